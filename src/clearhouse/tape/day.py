"""The rolling 24 hours: the last 1,440 minutes as one candle, the open one among them.

Closed minutes are kept and their sums moved on as minutes come and go; the extremes are looked
up again when one came or went. So the statistics are those minutes' candles, exactly.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from clearhouse.messages.market_queries import Candle
from clearhouse.model.ids import DAY_MS, MINUTE_MS, Millis
from clearhouse.tape.bars import Bar, flat


def first_minute(now: int) -> Millis:
    """When the first of the last 1,440 minutes began."""
    return Millis(now - now % MINUTE_MS - DAY_MS + MINUTE_MS)


@dataclass(slots=True)
class Day:
    """Closed minutes of the last 24 hours, oldest first; where nothing happened there is none.

    `before`: the price at which the first of them began, or the one that left last ended.
    """

    before: int
    minutes: deque[Candle] = field(default_factory=deque)
    volume: int = 0
    quote: int = 0
    trades: int = 0
    _extremes: tuple[int, int] | None = None

    def add(self, minute: Candle) -> None:
        """A minute was closed."""
        self.minutes.append(minute)
        self._count(minute, 1)

    def put_before(self, minutes: Iterable[Candle]) -> None:
        """What happened before everything that is known, oldest first."""
        earlier = tuple(minutes)
        self.minutes.extendleft(reversed(earlier))
        for minute in earlier:
            self._count(minute, 1)
        if earlier:
            self.before = earlier[0].open

    def window(self, last: Bar, now: Millis) -> Bar:
        """The 24 hours that end now; `last` is the minute that was open last."""
        start = first_minute(now)
        while self.minutes and self.minutes[0].open_at < start:
            gone = self.minutes.popleft()
            self.before = gone.close
            self._count(gone, -1)
        if last.open_at < start:
            return flat(start, last.close)
        whole = self._closed(start, last)
        whole.fold(last)
        return whole

    def _count(self, minute: Candle, sign: int) -> None:
        self.volume += sign * minute.volume
        self.quote += sign * minute.quote
        self.trades += sign * minute.trades
        self._extremes = None

    def _closed(self, start: Millis, last: Bar) -> Bar:
        """The closed minutes as one; it opens where the price stood when the window began."""
        minutes = self.minutes
        first = minutes[0] if minutes else last
        opened = self.before if first.open_at > start else first.open
        whole = flat(start, opened)
        if not minutes:
            return whole
        if self._extremes is None:
            self._extremes = max([m.high for m in minutes]), min([m.low for m in minutes])
        whole.touch(self._extremes[0])
        whole.touch(self._extremes[1])
        whole.volume, whole.quote, whole.trades = self.volume, self.quote, self.trades
        whole.first_id = next((m.first_id for m in minutes if m.first_id), 0)
        whole.last_id = next((m.last_id for m in reversed(minutes) if m.last_id), 0)
        return whole

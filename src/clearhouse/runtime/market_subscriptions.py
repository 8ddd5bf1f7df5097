"""Who is told what changed in the public market, and when: in order, after the journal has it."""

from collections import deque
from collections.abc import Callable

from clearhouse.engine.market_notices import Before, before, market_notices_of
from clearhouse.engine.state import State
from clearhouse.messages.events import Event
from clearhouse.messages.market_notices import MarketChanged, MarketNotice
from clearhouse.model.ids import Seq

MarketListener = Callable[[MarketNotice], None]
"""Called on the event loop with each notice. It must not raise and not wait."""


class MarketSubscriptions:
    """Listeners to the whole market, and the notices that wait for their commit."""

    def __init__(self) -> None:
        self._listeners: tuple[MarketListener, ...] = ()
        self._waiting: deque[tuple[Seq, MarketNotice]] = deque()

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def add(self, listener: MarketListener) -> Callable[[], None]:
        """Tell a listener of every later change; what is given back ends that."""
        self._listeners = (*self._listeners, listener)
        return lambda: self._end(listener)

    def before(self, state: State, event: Event) -> Before:
        """What an event is about to change."""
        return before(state, event)

    def note(self, state: State, event: Event, was: Before) -> None:
        """Note what an event, applied just now, tells everybody."""
        for notice in market_notices_of(event, was):
            self._waiting.append((state.seq, notice))

    def moved(self, symbol: str, seq: Seq, durable: Seq) -> None:
        """Tell of a market that moved by no fact, once the journal has what it was moved from."""
        if self._listeners:
            self._waiting.append((seq, MarketChanged(symbol)))
            self.publish(durable)

    def publish(self, durable: Seq) -> None:
        """Tell everything that the journal has by now."""
        while self._waiting and self._waiting[0][0] <= durable:
            _, notice = self._waiting.popleft()
            for listener in self._listeners:
                listener(notice)

    def _end(self, listener: MarketListener) -> None:
        self._listeners = tuple(other for other in self._listeners if other is not listener)

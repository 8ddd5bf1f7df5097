"""The seeded past: candles from before the venue was there.

A client that warms up on 1,500 candles finds them on the first day. They are a function of the
seed, the base asset, and when and at what price the symbol was listed, and of nothing else: none
is stored, and contracts on one asset went together.
Days are a walk back from that price (`feeds/days.py`); each is split into hours, those into
quarters, five minutes and minutes (`feeds/split.py`), so that small candles add up to large ones
exactly and the last one closes at the price of the listing. What was split is kept for a while.

The mark went with the last price. The index stood a little off it, by a share that changed with
the day and was none on the day of the listing; that share is the premium.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from clearhouse.feeds.characters import character_of
from clearhouse.feeds.days import Days, days_before
from clearhouse.feeds.noise import SIGMA, Keys, Numbers, bells, draws, key_of
from clearhouse.feeds.scales import DAY_MINUTES, scale_of
from clearhouse.feeds.split import Rows, joined, split
from clearhouse.market.rules import Rules
from clearhouse.messages.market_queries import Birth, Candle, CandleKind
from clearhouse.model.ids import DAY_MS, MINUTE_MS, Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.intervals import (
    LENGTHS,
    MONTH,
    Interval,
    following,
    month_start,
    months_since_1970,
    opening,
)
from clearhouse.model.money import SCALE

REACH_DAYS = 7 * 1_500
"""How far the past goes back, to the first of a month before: 1,500 weeks."""

SWING = 10
"""The past stays between a tenth and ten times the price that it ends at."""

LEVELS = (DAY_MINUTES, 60, 15, 5, 1)
"""Lengths of candles that others are folded from, in minutes; each is split into the next."""

ROWS_KEPT = 32_768
"""Split candles that a symbol keeps of each level."""

MILLION = 10**6
_PER_MILLION = SCALE // MILLION


class Window(Struct, frozen=True, kw_only=True):
    """Which candles: those that open from `start` to `end`, both inclusive.

    At most `limit`: the first ones from `start` on; without a `start` the latest ones.
    """

    kind: CandleKind
    interval: Interval
    limit: int
    start: Millis | None = None
    end: Millis | None = None


class Past:
    """The past of every symbol."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._symbols: dict[str, tuple[Birth, SymbolPast]] = {}

    def candles(
        self,
        contract: Contract,
        rules: Rules,
        birth: Birth,
        asked: Window,
    ) -> tuple[Candle, ...]:
        """Candles of a symbol from before its listing, oldest first."""
        known = self._symbols.get(contract.symbol)
        if known is None or known[0] != birth:
            known = birth, SymbolPast(self.seed, contract, rules, birth)
            self._symbols[contract.symbol] = known
        return known[1].candles(asked)


class _Stretch(NamedTuple):
    """Candles of one interval: when they open, and what they are folded from.

    `rows`: candles of `part` minutes, the first one `first_minute` minutes after 1970; `starts`:
    at which of them each candle begins.
    """

    openings: list[Millis]
    rows: Rows
    starts: Numbers
    first_minute: int
    part: int


class SymbolPast:
    """The past of one symbol. Its last candle of each interval ends where the venue began."""

    def __init__(self, seed: int, contract: Contract, rules: Rules, birth: Birth) -> None:
        self.until = birth.at // MINUTE_MS
        self._scale = scale_of(rules, birth.price, swing=SWING)
        self._character = character_of(contract.symbol)
        self._price = birth.price
        base = contract.base_asset
        self._keys = {part: key_of(seed, base, f"{part} minutes") for part in LEVELS}
        self._premium_key = key_of(seed, base, "premium")
        month = months_since_1970(max(0, birth.at - REACH_DAYS * DAY_MS))
        self.first_day = month_start(month) // DAY_MS
        self._days: Days | None = None
        self._split: dict[int, dict[int, Rows]] = {part: {} for part in LEVELS}

    def candles(self, asked: Window) -> tuple[Candle, ...]:
        """Candles from before the listing, oldest first; the last one may be cut by it."""
        openings = self._openings(asked)
        if not openings:
            return ()
        stretch = self._stretch(asked.interval, openings)
        if asked.kind is CandleKind.LAST:
            return self._traded(stretch)
        return self._priced(asked.kind, stretch)

    def _openings(self, asked: Window) -> list[Millis]:
        """When the candles open that are asked for, of those that there are."""
        interval = asked.interval
        oldest = _opening_from(interval, self.first_day * DAY_MS)
        newest = opening(interval, (self.until - 1) * MINUTE_MS)
        last = newest if asked.end is None else min(newest, opening(interval, asked.end))
        if asked.start is None:
            first = max(oldest, following(interval, last, 1 - asked.limit))
        else:
            first = max(oldest, _opening_from(interval, asked.start))
            last = min(last, following(interval, first, asked.limit - 1))
        return _openings(interval, first, last)

    def _stretch(self, interval: Interval, openings: list[Millis]) -> _Stretch:
        """What candles that open then are folded from."""
        part = _folded_from(interval)
        first = openings[0] // MINUTE_MS
        until = min(self.until, following(interval, openings[-1]) // MINUTE_MS)
        first_day = first // DAY_MINUTES
        rows = self._rows(part, first_day, (until - 1) // DAY_MINUTES)
        before = first_day * DAY_MINUTES
        wanted = slice((first - before) // part, -(-(until - before) // part))
        starts = (np.array(openings, dtype=np.int64) // MINUTE_MS - first) // part
        return _Stretch(openings, rows.some(wanted), starts, first, part)

    def _rows(self, part: int, first: int, last: int) -> Rows:
        """All candles of some minutes on these days."""
        if part == DAY_MINUTES:
            days = self._day_list()
            return days.rows.some(slice(first - days.first, last + 1 - days.first))
        kept = self._split[part]
        if len(kept) * (DAY_MINUTES // part) > ROWS_KEPT:
            kept.clear()
        missing = [day for day in range(first, last + 1) if day not in kept]
        if missing:
            kept.update(self._split_days(part, missing[0], missing[-1]))
        return joined([kept[day] for day in range(first, last + 1)])

    def _split_days(self, part: int, first: int, last: int) -> Iterator[tuple[int, Rows]]:
        """The next larger candles of these days, split: the parts of each day."""
        whole = LEVELS[LEVELS.index(part) - 1]
        minutes = min(self.until, (last + 1) * DAY_MINUTES) - first * DAY_MINUTES
        rows = self._rows(whole, first, last)
        places = np.arange(len(rows.open), dtype=np.int64) + first * (DAY_MINUTES // whole)
        finer = _finer(rows, (whole, part), minutes, draws(self._keys[whole], places))
        a_day = DAY_MINUTES // part
        for number, day in enumerate(range(first, last + 1)):
            yield day, finer.some(slice(number * a_day, (number + 1) * a_day))

    def _day_list(self) -> Days:
        if self._days is None:
            self._days = days_before(
                self._scale,
                self._character,
                self._price,
                self.until,
                first=self.first_day,
                key=self._keys[DAY_MINUTES],
            )
        return self._days

    def _traded(self, stretch: _Stretch) -> tuple[Candle, ...]:
        """Candles of the last price."""
        scale, rows, starts = self._scale, stretch.rows, stretch.starts
        sums = (np.add.reduceat(column, starts).tolist() for column in rows[4:])
        return tuple(
            Candle(
                *(at, open_, high, low, close),
                volume=scale.quantity(bought + sold),
                quote=scale.paid(bought_for + sold_for, bought + sold),
                trades=trades,
                taker_volume=scale.quantity(bought),
                taker_quote=scale.paid(bought_for, bought),
            )
            for at, open_, high, low, close, trades, bought, bought_for, sold, sold_for in zip(
                stretch.openings, *_folded(self._prices(rows), starts), *sums, strict=True
            )
        )

    def _priced(self, kind: CandleKind, stretch: _Stretch) -> tuple[Candle, ...]:
        """Candles of mark, index or premium, which nobody traded at: they moved every second."""
        columns = self._prices(stretch.rows)
        if kind is not CandleKind.MARK:
            off = self._premiums(stretch)
            premium = kind is CandleKind.PREMIUM
            columns = [off * _PER_MILLION if premium else _less(column, off) for column in columns]
        ends = [*stretch.openings[1:], Millis(self.until * MINUTE_MS)]
        return tuple(
            Candle(at, open_, high, low, close, trades=(end - at) // 1_000)
            for at, end, open_, high, low, close in zip(
                stretch.openings, ends, *_folded(columns, stretch.starts), strict=True
            )
        )

    def _prices(self, rows: Rows) -> list[Numbers]:
        """Open, high, low and close in units of 1e-8."""
        return [self._scale.base + column * self._scale.grain for column in rows[:4]]

    def _premiums(self, stretch: _Stretch) -> Numbers:
        """How far the index stood below the mark on each row's day, in millionths."""
        minutes = stretch.first_minute + np.arange(len(stretch.rows.open)) * stretch.part
        days = minutes // DAY_MINUTES
        off = bells(draws(self._premium_key, days)) * self._character.premium // SIGMA
        off[days >= (self.until - 1) // DAY_MINUTES] = 0
        return off


def _finer(rows: Rows, lengths: tuple[int, int], minutes: int, roots: Keys) -> Rows:
    """Candles of one length in parts of another; the last one may be shorter."""
    whole, part = lengths
    full, rest = divmod(minutes, whole)
    pieces = []
    if full:
        pieces.append(split(rows.some(slice(full)), [part] * (whole // part), roots[:full]))
    if rest:
        parts = [part] * (rest // part) + [rest % part] * (rest % part > 0)
        pieces.append(split(rows.some(slice(full, None)), parts, roots[full:]))
    return joined(pieces)


def _folded(columns: list[Numbers], starts: Numbers) -> list[list[int]]:
    """Open, high, low and close of the candles that begin at these rows."""
    opens, highs, lows, closes = columns
    ends = np.append(starts[1:], len(opens)) - 1
    return [
        opens[starts].tolist(),
        np.maximum.reduceat(highs, starts).tolist(),
        np.minimum.reduceat(lows, starts).tolist(),
        closes[ends].tolist(),
    ]


def _less(prices: Numbers, millionths: Numbers) -> Numbers:
    """Prices less a share, cut: a higher price stays higher or the same."""
    whole, part = prices // MILLION, prices % MILLION
    less: Numbers = prices - whole * millionths - part * millionths // MILLION
    return less


def _folded_from(interval: Interval) -> int:
    """The longest candles that one of the interval consists of, in minutes."""
    if interval == MONTH:
        return DAY_MINUTES
    minutes = LENGTHS[interval] // MINUTE_MS
    return next(part for part in LEVELS if minutes % part == 0)


def _opening_from(interval: Interval, at: int) -> Millis:
    """The first opening at a moment or after it."""
    here = opening(interval, at)
    return here if here == at else following(interval, here)


def _openings(interval: Interval, first: Millis, last: Millis) -> list[Millis]:
    if interval == MONTH:
        numbers = range(months_since_1970(first), months_since_1970(last) + 1)
        return [month_start(number) for number in numbers]
    return [Millis(at) for at in range(first, last + 1, LENGTHS[interval])]

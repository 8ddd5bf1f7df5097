"""The tape against its plain twin: the same trades, however they come, give the same answers."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from clearhouse.market.market import Market
from clearhouse.matching.book import OrderBook
from clearhouse.messages.market_queries import (
    Birth,
    Candle,
    CandleKind,
    CandleRow,
    ReadAggTrades,
    ReadCandles,
    ReadPublicTrades,
)
from clearhouse.model.ids import MINUTE_MS, Millis
from clearhouse.model.intervals import LENGTHS, Interval
from clearhouse.model.trades import Trades
from clearhouse.tape.day import first_minute
from clearhouse.tape.fill import filled, joined, span_of
from clearhouse.tape.symbol import LAST, SymbolTape, open_tape, resume_tape

from .naive import NaiveTape, Print, folded

BORN = Millis(1_771_200_012_345)
PRICE = 65_000 * 10**8
SYMBOL = "BTCUSDT"

Stored = dict[tuple[CandleKind, Interval], dict[Millis, Candle]]


class Step(Struct, frozen=True):
    """Trades that come together, after a while; `how`: as columns, one by one, or a set price."""

    wait: int
    how: str
    rows: tuple[tuple[int, int, int, bool], ...]
    saves: bool


ROWS = st.tuples(
    st.sampled_from((0, 0, 1, 900, 61_000, 600_000)),
    st.integers(-50, 50),
    st.integers(1, 2_000_000),
    st.booleans(),
)
STEPS = st.builds(
    Step,
    wait=st.sampled_from((0, 1, 40_000, 60_000, 3_000_000, 20_000_000)),
    how=st.sampled_from(("columns", "singles", "set")),
    rows=st.lists(ROWS, min_size=1, max_size=12).map(tuple),
    saves=st.booleans(),
)


class Twins:
    """Both tapes, the market that the fast one looks at, and what a store has of it."""

    def __init__(self) -> None:
        self.market = Market(last=PRICE, mark=PRICE, index=PRICE, priced_at=BORN)
        self.book = OrderBook(tick=10**7, anchor=PRICE, quantity=10**8, depth=1)
        self.fast: SymbolTape = open_tape(self.market, self.book, BORN)
        self.naive = NaiveTape(BORN, PRICE)
        self.now = BORN
        self.next_id = 1
        self.stored: Stored = {}

    def take(self, step: Step) -> None:
        """Let both hear the same."""
        self.now = Millis(self.now + step.wait)
        prints = list(self._prints(step))
        self.naive.prints += prints
        if step.how == "set":
            self.market.last = prints[-1].price
            self.fast.move(self.market, self.now)
        elif step.how == "columns":
            columns = Trades.of([one[1:] for one in prints])
            self.fast.trades(prints[0].trade_id, columns)
        else:
            for one in prints:
                self.fast.trade((one.trade_id, one.at, one.price, one.quantity, one.buyer_maker))
        self.market.last = prints[-1].price

    def _prints(self, step: Step) -> list[Print]:
        if step.how == "set":
            price = PRICE + step.rows[0][1] * 10**7
            same = price == self.market.last
            return [] if same else [Print(0, self.now, price, 0, False)]
        found = []
        for later, ticks, steps, buyer_maker in step.rows:
            self.now = Millis(self.now + later)
            price = PRICE + ticks * 10**7
            found.append(Print(self.next_id, self.now, price, steps * 10**5, buyer_maker))
            self.next_id += 1
        return found

    def save(self) -> None:
        """A store takes what it is told."""
        for row in self.fast.unsaved(SYMBOL):
            self.keep(row)
        self.fast.saving = {}

    def keep(self, row: CandleRow) -> None:
        self.stored.setdefault((row.kind, row.interval), {})[row.candle.open_at] = row.candle

    def restart(self) -> None:
        """Go on with what the store has."""
        self.save()
        latest: dict[CandleKind, dict[Interval, Candle]] = {}
        for (kind, interval), found in self.stored.items():
            latest.setdefault(kind, {})[interval] = found[max(found)]
        minutes = self.stored[LAST, "1m"]
        day = [minutes[at] for at in sorted(minutes) if at >= first_minute(self.now)]
        self.fast = resume_tape(
            self.market,
            self.book,
            self.now,
            birth=Birth(Millis(BORN - BORN % MINUTE_MS), PRICE),
            latest=latest,
            day=day,
        )

    def candles(self, interval: Interval) -> list[Candle]:
        """What the fast one and its store have, as it is shown."""
        here = {**self.stored.get((LAST, interval), {})}
        here |= {candle.open_at: candle for candle in self.fast.recent(LAST, interval)}
        asked = ReadCandles(
            symbol=SYMBOL,
            kind=LAST,
            interval=interval,
            now=self.now,
            limit=10**6,
            start=min(here),
        )
        return list(filled(joined((), here.values()), interval, span_of(asked)))


def taken(steps: list[Step]) -> Twins:
    twins = Twins()
    for step in steps:
        if step.how != "set" or PRICE + step.rows[0][1] * 10**7 != twins.market.last:
            twins.take(step)
        if step.saves:
            twins.save()
    return twins


@settings(max_examples=30, deadline=None)
@given(st.lists(STEPS, max_size=8))
def test_candles_of_every_interval_are_those_of_the_plain_twin(steps: list[Step]) -> None:
    twins = taken(steps)
    minutes = twins.naive.minutes(twins.now)
    for interval in LENGTHS:
        assert twins.candles(interval) == twins.naive.candles(interval, minutes)


@settings(max_examples=25, deadline=None)
@given(st.lists(STEPS, max_size=6), st.lists(STEPS, max_size=4))
def test_candles_go_on_after_a_restart(before: list[Step], after: list[Step]) -> None:
    twins = taken(before)
    twins.restart()
    for step in after:
        if step.how != "set":
            twins.take(step)
    minutes = twins.naive.minutes(twins.now)
    for interval in LENGTHS:
        assert twins.candles(interval) == twins.naive.candles(interval, minutes)


@settings(max_examples=30, deadline=None)
@given(st.lists(STEPS, max_size=10), st.sampled_from((0, 1_000, 80_000_000, 200_000_000)))
def test_the_last_24_hours_are_the_last_1440_minutes(steps: list[Step], later: int) -> None:
    twins = taken(steps)
    now = Millis(twins.now + later)
    minutes = twins.naive.minutes(now)[-1440:]
    whole = folded(first_minute(now), minutes)
    shown = twins.fast.statistics(SYMBOL, now)
    assert (shown.open_at, shown.open, shown.high, shown.low, shown.last) == (
        whole.open_at,
        whole.open,
        whole.high,
        whole.low,
        whole.close,
    )
    assert (shown.volume, shown.quote, shown.trades, shown.first_id, shown.last_id) == (
        whole.volume,
        whole.quote,
        whole.trades,
        whole.first_id,
        whole.last_id,
    )


@settings(max_examples=30, deadline=None)
@given(
    st.lists(STEPS, max_size=10),
    st.integers(1, 40),
    st.one_of(st.none(), st.integers(1, 60)),
    st.booleans(),
)
def test_trades_and_aggregate_trades_are_those_of_the_plain_twin(
    steps: list[Step], limit: int, from_id: int | None, timed: bool
) -> None:
    twins = taken(steps)
    every = [one for one in twins.naive.prints if one.quantity]
    wanted = [one for one in every if from_id is None or one.trade_id >= from_id]
    wanted = wanted[:limit] if from_id is not None else wanted[-limit:]
    asked = ReadPublicTrades(symbol=SYMBOL, limit=limit, from_id=from_id)
    shown = twins.fast.prints.latest(asked)
    assert [(t.trade_id, t.at, t.price, t.quantity, t.buyer_maker) for t in shown] == wanted

    middle = every[len(every) // 2].at if every and timed else None
    aggregates = list(twins.naive.aggregates())
    if middle is not None:
        aggregates = [a for a in aggregates if a.at >= middle]
        expected = aggregates[:limit]
    elif from_id is not None:
        expected = [a for a in aggregates if a.agg_id >= from_id][:limit]
    else:
        expected = aggregates[-limit:]
    question = ReadAggTrades(symbol=SYMBOL, limit=limit)
    if middle is not None:
        question = replace(question, start=Millis(middle))
    elif from_id is not None:
        question = replace(question, from_id=from_id)
    assert list(twins.fast.prints.aggregated(question)) == expected

"""Market data on a running venue: what is written of it, and that a replay sees the same state.

The clock stands; Ann has 100,000 USDT in her futures wallet.
"""

import asyncio
from collections.abc import Iterator

import pytest

from clearhouse.engine.snapshot import digest
from clearhouse.engine.state import State
from clearhouse.journal.memory import MemoryJournal
from clearhouse.journal.record import Head
from clearhouse.messages.commands import Command, OpenAccount, SetClock
from clearhouse.messages.events import Event
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_events import MarketMoved, OrderFilled
from clearhouse.model.ids import Millis
from clearhouse.model.money import SCALE, Money
from clearhouse.model.trades import Trades
from clearhouse.model.wallets import UMFUTURE
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.market import builtin_market
from clearhouse.runtime.mover import Mover
from clearhouse.runtime.recovery import recover
from clearhouse.runtime.sequencer import Sequencer
from unit.trading.desk import BTC, limit, market, units
from unit.world import ANN, NOW, credential


def begin() -> Iterator[Command]:
    yield from builtin_market()
    yield SetClock(mode="frozen", now=Millis(NOW))
    deposits = ((UMFUTURE, Money("USDT", 100_000 * SCALE)),)
    yield OpenAccount(label="", uid=ANN, credential=credential("ann"), deposits=deposits)


class Running:
    """A venue whose journal is in memory."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.sequencer = Sequencer(State(), self.journal, Clock())
        self.mover = Mover(self.sequencer)
        for command in begin():
            self.sequencer.submit(command)
        self.first = self.sequencer.head.seq

    def do(self, command: Command) -> None:
        self.sequencer.submit(command)

    def trades(self, *prices: str) -> None:
        rows = [(NOW, units(price), units("0.1"), False) for price in prices]
        self.mover.trades(BTC, Trades.of(rows))

    async def stop(self) -> list[Event]:
        """What was written since the beginning; a replay of all of it gives the same state."""
        await self.sequencer.stop()
        events = [event for _, group in self.journal.events(Head()) for event in group]
        assert digest(recover(self.journal).state) == digest(self.sequencer.state)
        return events[self.first :]


def written(*steps: str) -> list[Event]:
    """What is written when a source and Ann do something."""

    async def run() -> list[Event]:
        venue = Running()
        for step in steps:
            what, *words = step.split()
            if what == "trades":
                venue.trades(*words)
            elif what == "mark":
                venue.mover.prices(BTC, mark=units(words[0]), index=units(words[0]))
            elif what == "quotes":
                venue.mover.quotes(BTC, units(words[0]), units(words[1]))
            elif what == "market":
                venue.do(market("BUY", words[0]))
            else:
                venue.do(limit("BUY", *words))
        return await venue.stop()

    return asyncio.run(run())


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_a_market_that_nobody_trades_in_is_written_once_at_the_end() -> None:
    """So that prices go on at the next start; a venue that is killed goes back to those written."""

    async def run() -> None:
        venue = Running()
        for last in ("65001", "65002", "65003"):
            venue.trades(last)
            venue.mover.prices(BTC, mark=units(last))
        assert venue.sequencer.head.seq == venue.first
        assert kinds(await venue.stop()) == ["MarketMoved"]

    asyncio.run(run())


def test_what_it_came_to_is_written_before_the_next_command() -> None:
    events = written("trades 65001 65002", "mark 65010", "quotes 65003 65004", "limit 1 64000")
    assert kinds(events) == ["MarketMoved", "OrderPlaced"]
    [moved] = [event for event in events if isinstance(event, MarketMoved)]
    assert (moved.last, moved.mark, moved.bid, moved.ask) == tuple(
        map(units, ("65002", "65010", "65003", "65004"))
    )
    assert moved.next_trade_id == 3


def test_trades_that_reach_no_order_are_taken_together() -> None:
    """The fourth passes the order at 64,000; those before and after it reach nobody."""
    events = written("limit 1 64000", "trades 64500 64200 64000 63999 63500 64100", "limit 1 60000")
    assert kinds(events) == [
        "OrderPlaced",
        "MarketMoved",
        "OrderFilled",
        "HouseFilled",
        "MarketMoved",
        "MarketMoved",
        "OrderPlaced",
    ]
    moved = [event for event in events if isinstance(event, MarketMoved)]
    assert [event.last for event in moved] == [units("64000"), units("63999"), units("64100")]
    assert [event.next_trade_id for event in moved] == [4, 6, 8]
    [filled] = [event for event in events if isinstance(event, OrderFilled)]
    assert (filled.price, filled.trade_id) == (units("64000"), 4)


def test_a_mark_is_written_at_once_where_somebody_holds_a_position() -> None:
    events = written("market 1", "mark 65010", "trades 65020", "mark 65030")
    moved = [event for event in events if isinstance(event, MarketMoved)]
    assert [event.mark for event in moved] == [units("65010"), units("65010"), units("65030")]


def test_what_is_refused_moves_nothing() -> None:
    async def run() -> None:
        venue = Running()
        before = digest(venue.sequencer.state)
        with pytest.raises(Rejected):
            venue.trades("0")
        with pytest.raises(Rejected):
            venue.mover.quotes(BTC, units("2"), units("1"))
        with pytest.raises(Rejected):
            venue.mover.prices("NOPE", mark=1)
        with pytest.raises(Rejected):
            venue.mover.trades("NOPE", Trades.of([]))
        assert digest(venue.sequencer.state) == before
        assert await venue.stop() == []

    asyncio.run(run())


def test_a_refusal_does_not_wait_for_somebody_else_to_commit() -> None:
    """What the market came to is written before a command is looked at, also one that is refused."""

    async def run() -> None:
        venue = Running()
        await venue.sequencer.durable(venue.first)
        venue.trades("65001")
        with pytest.raises(Rejected):
            venue.do(limit("BUY", "1", "1"))
        assert venue.sequencer.head.seq == venue.first + 1
        await asyncio.wait_for(venue.sequencer.durable(venue.sequencer.head.seq), 2)
        await venue.sequencer.stop()

    asyncio.run(run())

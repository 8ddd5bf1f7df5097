"""A price that brings many accounts down is done in many commands, and nobody can tell.

Six accounts are long with four dollars each, and a price leaves none of them enough.
"""

import asyncio

import pytest

from clearhouse.engine.snapshot import digest
from clearhouse.engine.state import FROZEN, ClockSetting
from clearhouse.journal.memory import MemoryJournal
from clearhouse.journal.record import Head
from clearhouse.messages.commands import Command, DepositFunds, OpenAccount
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import PlaceOrder, SetPrice
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import Money
from clearhouse.model.orders import OrderKind, PositionSide, Side
from clearhouse.model.wallets import MAIN, UMFUTURE
from clearhouse.runtime import sequencer, venue
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.market import builtin_market
from clearhouse.runtime.recovery import recover
from clearhouse.runtime.sequencer import Sequencer
from clearhouse.runtime.venue import Venue
from unit.world import NOW, UNIT, credential

UIDS = tuple(Uid(3_000_001 + number) for number in range(6))
FALL = SetPrice(symbol="BTCUSDT", last=61_150 * UNIT)


@pytest.fixture(autouse=True)
def one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One liquidation in a round of the loop."""
    at_once(monkeypatch, 1)
    monkeypatch.setattr(sequencer, "MOST_TIMES", 1)  # a busy machine changes nothing


def at_once(monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
    monkeypatch.setattr(sequencer, "LOOKS_AT_ONCE", looks)
    monkeypatch.setattr(venue, "LOOKS_AT_ONCE", looks)


def before() -> list[Command]:
    commands: list[Command] = [*builtin_market()]
    for uid in UIDS:
        four = ((UMFUTURE, Money("USDT", 4 * UNIT)),)
        commands.append(
            OpenAccount(label="", uid=uid, credential=credential(f"of {uid}"), deposits=four)
        )
        commands.append(
            PlaceOrder(
                uid=uid,
                symbol="BTCUSDT",
                side=Side.BUY,
                kind=OrderKind.MARKET,
                quantity=UNIT // 1_000,
                price=0,
            )
        )
    return commands


class Watched:
    """A venue with its state, and how many accounts held a position in each round of the loop."""

    def __init__(self, journal: MemoryJournal | None = None) -> None:
        self.journal = journal or MemoryJournal()
        clock = Clock()
        self.state = recover(self.journal).state
        self.state.clock = ClockSetting(FROZEN, Millis(NOW))
        self.sequencer = Sequencer(self.state, self.journal, clock)
        self.venue = Venue(self.sequencer, self.journal, clock)
        self.seen: list[int] = []

    @property
    def holding(self) -> int:
        return len(self.state.markets["BTCUSDT"].holders)

    async def fall(self) -> None:
        await self.venue.submit_all(before())
        assert self.holding == 6
        falling = asyncio.ensure_future(self.venue.submit(FALL))
        while not falling.done():
            await asyncio.sleep(0)
            self.seen.append(self.holding)
        await falling


def after_a_fall(monkeypatch: pytest.MonkeyPatch, looks: int) -> tuple[Head, bytes, list[int]]:
    at_once(monkeypatch, looks)

    async def run() -> tuple[Head, bytes, list[int]]:
        watched = Watched()
        await watched.fall()
        assert watched.holding == 0
        await watched.venue.stop()
        return watched.sequencer.head, digest(watched.state), watched.seen

    return asyncio.run(run())


def test_it_leaves_what_one_command_would_have_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same records, so the same hash; but the loop came round in between."""
    whole, apart = after_a_fall(monkeypatch, 1_000), after_a_fall(monkeypatch, 1)
    assert apart[:2] == whole[:2]
    assert set(whole[2]) == {0}
    assert set(apart[2]) == {5, 4, 3, 2, 1, 0}


def test_the_last_of_several_commands_is_spread_too() -> None:
    """As the control plane sends them, also one alone."""

    async def run() -> None:
        watched = Watched()
        await watched.venue.submit_all(before())
        falling = asyncio.ensure_future(watched.venue.submit_all([FALL]))
        await asyncio.sleep(0)
        assert watched.holding == 5
        await falling
        assert watched.holding == 0
        await watched.venue.stop()

    asyncio.run(run())


def test_what_comes_meanwhile_is_decided_afterwards() -> None:
    """A deposit and a refusal wait for the last look."""

    async def run() -> None:
        watched = Watched()
        await watched.venue.submit_all(before())
        money = DepositFunds(uid=UIDS[5], wallet=MAIN, money=Money("USDT", UNIT))
        nobodys = DepositFunds(uid=Uid(9), wallet=MAIN, money=Money("USDT", UNIT))
        falling = asyncio.ensure_future(watched.venue.submit(FALL))
        await asyncio.sleep(0)
        assert watched.holding == 5
        paid, refused = await asyncio.gather(
            watched.venue.submit(money), watched.venue.submit(nobodys), return_exceptions=True
        )
        assert watched.holding == 0
        assert falling.done() or await falling
        assert not isinstance(paid, BaseException)
        assert isinstance(refused, Rejected)
        await watched.venue.stop()

    asyncio.run(run())


def test_the_sequencer_alone_decides_nothing_in_between() -> None:
    """Who does not wait finds everything done, at the cost of doing it at once."""

    async def run() -> None:
        watched = Watched()
        await watched.venue.submit_all(before())
        watched.sequencer.submit(FALL, looks=1)
        assert watched.holding == 5
        with pytest.raises(Rejected):
            watched.sequencer.submit(
                DepositFunds(uid=Uid(9), wallet=MAIN, money=Money("USDT", UNIT))
            )
        assert watched.holding == 0
        await watched.venue.stop()
        assert watched.sequencer.is_durable(watched.state.seq)

    asyncio.run(run())


def test_a_stop_takes_the_looks_that_are_left() -> None:
    async def run() -> None:
        watched = Watched()
        await watched.venue.submit_all(before())
        watched.sequencer.submit(FALL, looks=1)
        await watched.venue.stop()
        assert watched.holding == 0
        position = watched.state.futures.of(UIDS[5]).exposure("BTCUSDT").position(PositionSide.BOTH)
        assert position.quantity == 0

    asyncio.run(run())


def test_what_a_crash_cut_off_goes_on_at_the_next_start() -> None:
    """The journal has the price and one liquidation; the rest is as if nothing had been cut off."""

    async def run() -> None:
        whole, cut = Watched(), Watched()
        await whole.fall()
        await cut.venue.submit_all(before())
        cut.sequencer.submit(FALL, looks=1)
        cut.sequencer._run_due()  # one look: the account that fell is quiet now
        cut.sequencer._stopping = True  # nothing is decided any more
        await cut.sequencer.durable(cut.state.seq)
        assert cut.holding == 5
        again = Watched(cut.journal)
        assert again.holding == 5
        again.sequencer.finish_looks()
        assert again.holding == 0
        assert again.sequencer.head == whole.sequencer.head
        assert digest(again.state) == digest(whole.state)
        for one in (whole, again):
            await one.venue.stop()

    asyncio.run(run())

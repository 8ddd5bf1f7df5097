"""Who is told what changed: after the commit, in order, once, and as of each event.

`test_notices.py` has what is told.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from typing_extensions import override

from clearhouse.engine.state import State
from clearhouse.journal.memory import MemoryJournal
from clearhouse.ledger.postings import Posting
from clearhouse.messages.commands import (
    Command,
    DepositFunds,
    OpenAccount,
    SetClock,
    TransferFunds,
)
from clearhouse.messages.events import Event, FundsDeposited
from clearhouse.messages.notices import AccountChanged, BalanceChange, Notice
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import Millis, Seq, TranId, Uid
from clearhouse.model.money import Money
from clearhouse.model.wallets import MAIN, UMFUTURE, Wallet
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.group_commit import VenueStoppedError
from clearhouse.runtime.market import builtin_market
from clearhouse.runtime.sequencer import Sequencer
from clearhouse.runtime.venue import Venue
from unit.world import ANN, BOB, NOW, credential

AT = Millis(NOW)


class HeldJournal(MemoryJournal):
    """A journal whose commits wait while the test holds them, and then may fail."""

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()
        self.free.set()
        self.full = False

    @override
    def commit(self) -> None:
        assert self.free.wait(10)
        if self.full:
            raise OSError("no space left on device")
        super().commit()


class Scene:
    """A venue with two accounts, each with 100 USDT in its spot and 10 in its futures wallet."""

    def __init__(self) -> None:
        self.journal = HeldJournal()
        clock = Clock()
        self.sequencer = Sequencer(State(), self.journal, clock)
        self.venue = Venue(self.sequencer, self.journal, clock)
        self.told: list[Notice] = []

    async def open(self) -> None:
        accounts = [
            OpenAccount(
                label="",
                uid=uid,
                credential=credential(f"key of {uid}"),
                deposits=((MAIN, Money("USDT", 100)), (UMFUTURE, Money("USDT", 10))),
            )
            for uid in (ANN, BOB)
        ]
        frozen = SetClock(mode="frozen", now=AT)
        await self.venue.submit_all([*builtin_market(), frozen, *accounts])

    def listen(self, uid: Uid = ANN) -> Callable[[], None]:
        return self.venue.subscribe(uid, self.told.append)

    def submit(self, *commands: Command) -> "asyncio.Future[Any]":
        """Commands that are decided at once; their commit may be held."""
        return asyncio.gather(*(self.venue.submit(command) for command in commands))


def play(act: Callable[[Scene], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        scene = Scene()
        await scene.open()
        try:
            await act(scene)
        finally:
            scene.journal.free.set()
            await scene.venue.stop()

    asyncio.run(run())


def move(units: int, *, uid: Uid = ANN, out: bool = False, asset: str = "USDT") -> TransferFunds:
    kind = TransferKind.UMFUTURE_MAIN if out else TransferKind.MAIN_UMFUTURE
    return TransferFunds(uid=uid, kind=kind, money=Money(asset, units))


def give(units: int, wallet: Wallet = UMFUTURE, uid: Uid = ANN) -> DepositFunds:
    return DepositFunds(uid=uid, wallet=wallet, money=Money("USDT", units))


def changed(balance: int, change: int, reason: str = "DEPOSIT", uid: Uid = ANN) -> AccountChanged:
    """A notice of a change of USDT."""
    return AccountChanged(uid, AT, reason, (BalanceChange("USDT", balance, balance, change),))


def test_a_refusal_is_not_told() -> None:
    async def act(scene: Scene) -> None:
        scene.listen()
        with pytest.raises(Exception, match="INSUFFICIENT_BALANCE"):
            await scene.venue.submit(move(101))
        assert scene.told == []

    play(act)


# When


def test_nothing_is_told_before_its_commit() -> None:
    """Then in the order of the journal, each once, with the balances of its own moment."""

    async def act(scene: Scene) -> None:
        scene.listen()
        scene.journal.free.clear()
        submitted = scene.submit(move(1), move(2), give(4), move(3, out=True))
        await asyncio.sleep(0.05)
        assert scene.told == []
        assert scene.sequencer.state.books.balance(ANN, UMFUTURE, "USDT") == 14
        scene.journal.free.set()
        await submitted
        expected = [
            changed(11, 1),
            changed(13, 2),
            changed(17, 4, "ADMIN_DEPOSIT"),
            changed(14, -3, "WITHDRAW"),
        ]
        assert scene.told == expected
        await scene.venue.submit(give(1, MAIN))
        assert scene.told == expected

    play(act)


def test_what_is_not_durable_yet_waits() -> None:
    """What was decided during a commit is told by the next one."""

    async def act(scene: Scene) -> None:
        scene.listen()
        scene.journal.free.clear()
        first = scene.submit(move(1))
        await asyncio.sleep(0.02)
        second = scene.submit(move(2))
        await asyncio.sleep(0.02)
        assert scene.told == []
        scene.sequencer.subscriptions.publish(Seq(scene.sequencer.state.seq - 1))
        assert scene.told == [changed(11, 1)]
        scene.journal.free.set()
        await first
        await second
        assert scene.told == [changed(11, 1), changed(13, 2)]

    play(act)


def test_a_reply_leaves_when_its_notice_has_been_told() -> None:
    async def act(scene: Scene) -> None:
        scene.listen()
        await scene.venue.submit(move(1))
        assert scene.told == [changed(11, 1)]

    play(act)


# Who


def test_accounts_are_told_their_own() -> None:
    async def act(scene: Scene) -> None:
        bob: list[Notice] = []
        scene.listen()
        scene.venue.subscribe(BOB, bob.append)
        await scene.submit(move(1), move(2, uid=BOB), move(3))
        assert scene.told == [changed(11, 1), changed(14, 3)]
        assert bob == [changed(12, 2, uid=BOB)]

    play(act)


def test_every_listener_of_an_account_is_told_until_its_end() -> None:
    """The same function may listen twice; ending one of them, even twice, leaves the other."""

    async def act(scene: Scene) -> None:
        ends = [scene.listen(), scene.listen()]
        await scene.venue.submit(move(1))
        assert scene.told == [changed(11, 1), changed(11, 1)]
        ends[0]()
        ends[0]()
        await scene.venue.submit(move(2))
        assert scene.told[2:] == [changed(13, 2)]
        ends[1]()
        await scene.venue.submit(move(3))
        assert len(scene.told) == 3

    play(act)


def test_a_subscription_that_ends_before_the_commit_is_told_nothing() -> None:
    async def act(scene: Scene) -> None:
        end = scene.listen()
        scene.journal.free.clear()
        submitted = scene.submit(move(1))
        end()
        scene.journal.free.set()
        await submitted
        assert scene.told == []

    play(act)


def test_a_listener_may_end_another_one() -> None:
    """Which is told nothing from then on, not even the notice that is being told."""

    async def act(scene: Scene) -> None:
        ends: list[Callable[[], None]] = []
        scene.venue.subscribe(ANN, lambda _: ends[0]())
        ends.append(scene.listen())
        await scene.submit(move(1), move(2))
        assert scene.told == []

    play(act)


@pytest.mark.parametrize("others", [0, 1])
def test_a_subscription_is_told_later_changes_only(others: int) -> None:
    """Whether another one of its account was there when the change was decided or not."""

    async def act(scene: Scene) -> None:
        for _ in range(others):
            scene.venue.subscribe(ANN, lambda _: None)
        scene.journal.free.clear()
        before = scene.submit(move(1))
        await asyncio.sleep(0.02)
        scene.listen()
        after = scene.submit(move(2))
        await asyncio.sleep(0.02)
        scene.journal.free.set()
        await before
        await after
        assert scene.told == [changed(13, 2)]

    play(act)


# Failures


def test_a_journal_that_fails_lets_nothing_out() -> None:
    async def act(scene: Scene) -> None:
        scene.listen()
        scene.journal.free.clear()
        scene.journal.full = True
        submitted = scene.submit(move(1))
        await asyncio.sleep(0.02)
        scene.journal.free.set()
        with pytest.raises(VenueStoppedError):
            await submitted
        assert scene.told == []

    play(act)


def test_a_venue_that_stopped_lets_nothing_out() -> None:
    """A fact that cannot be applied stops it while the commit of an earlier one is under way."""

    def unbalanced(_: object) -> Event:
        return FundsDeposited(
            at=AT,
            tran_id=TranId(1),
            uid=ANN,
            wallet=MAIN,
            postings=(Posting(ANN, MAIN, "USDT", 1),),
        )

    async def act(scene: Scene) -> None:
        scene.listen()
        scene.journal.free.clear()
        first = scene.submit(move(1))
        await asyncio.sleep(0.02)
        with pytest.raises(VenueStoppedError):
            await scene.venue.submit(move(2), also=unbalanced)
        scene.journal.free.set()
        with pytest.raises(VenueStoppedError):
            await first
        await asyncio.sleep(0.02)
        assert scene.journal.head().seq > 0
        assert scene.told == []

    play(act)

"""A settlement on a running venue: in steps, each with a commit, and others are served between.

The clock stands half a second before 10:00 UTC, when BTCUSDT pays for an hour: 0.1 BTC at 65,000
and 0.00125% is 0.08125.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import TypeVar

import pytest
from msgspec.structs import replace
from typing_extensions import override

from clearhouse.engine import due
from clearhouse.engine.snapshot import digest
from clearhouse.journal.memory import MemoryJournal
from clearhouse.journal.record import Head, Record
from clearhouse.messages.commands import (
    Command,
    DepositFunds,
    ListContract,
    OpenAccount,
    SetClock,
)
from clearhouse.messages.trading_events import FundingPaid, FundingSettled
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import SCALE, Money
from clearhouse.model.wallets import UMFUTURE
from clearhouse.runtime.market import builtin_market
from clearhouse.runtime.opening import Opened, open_venue
from clearhouse.runtime.recovery import recover
from unit.trading.desk import market
from unit.world import credential

T = TypeVar("T")

HOLDERS = 7
DUE = 1_760_004_000_000
FAST = 1_000 * SCALE


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(due, "STEP", 2)
    yield


class Batches(MemoryJournal):
    """Counts what it is given at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    @override
    def append(self, records: Sequence[Record]) -> None:
        self.sizes.append(len(records))
        super().append(records)


def begin() -> Iterator[Command]:
    """BTCUSDT alone, with funding every hour, and accounts that are long."""
    for command in builtin_market():
        if not isinstance(command, ListContract):
            yield command
        elif command.contract.symbol == "BTCUSDT":
            yield ListContract(replace(command.contract, funding_interval_hours=1))
    yield SetClock(mode="frozen", now=Millis(DUE - 500))
    for number in range(HOLDERS):
        uid = Uid(1_000_001 + number)
        yield OpenAccount(label="", uid=uid, credential=credential(f"key of {uid}"))
        yield DepositFunds(uid=uid, wallet=UMFUTURE, money=Money("USDT", 100_000 * SCALE))
        yield market("BUY", "0.1", uid=uid)


async def opened(journal: MemoryJournal) -> Opened:
    def fail(error: Exception) -> None:
        raise error

    return await open_venue(journal, genesis=begin, on_failure=fail)


def facts(journal: MemoryJournal, kind: type[T]) -> list[T]:
    return [
        event for _, events in journal.events(Head()) for event in events if isinstance(event, kind)
    ]


async def until_settled(journal: MemoryJournal) -> None:
    async with asyncio.timeout(10):
        while not facts(journal, FundingSettled):  # noqa: ASYNC110  the journal tells nobody
            await asyncio.sleep(0.001)


def test_a_settlement_takes_several_commits_and_ends_by_itself() -> None:
    journal = Batches()

    async def run() -> None:
        venue = (await opened(journal)).venue
        journal.sizes.clear()
        await venue.submit(SetClock(mode="scaled", rate=FAST))
        await until_settled(journal)
        await venue.stop()
        # The clock; the start and two payments; two each; the last one and the end.
        assert journal.sizes == [1, 3, 2, 2, 2]

    asyncio.run(run())
    assert len(facts(journal, FundingPaid)) == HOLDERS


def test_what_comes_meanwhile_does_not_wait_for_its_end() -> None:
    """An order that is placed right at the due time is answered before the last payment."""
    journal = MemoryJournal()

    async def run() -> None:
        venue = (await opened(journal)).venue
        await venue.submit(SetClock(mode="frozen", now=Millis(DUE)))
        await venue.submit(market("SELL", "0.1", uid=Uid(1_000_001 + HOLDERS - 1)))
        paid = len(facts(journal, FundingPaid))
        assert paid < HOLDERS
        await until_settled(journal)
        await venue.stop()

    asyncio.run(run())
    assert [event.amount for event in facts(journal, FundingPaid)] == [-8_125_000] * HOLDERS


def test_a_settlement_that_a_stop_broke_off_goes_on_at_the_next_start() -> None:
    journal = MemoryJournal()

    async def run() -> None:
        first = await opened(journal)
        await first.venue.submit(SetClock(mode="frozen", now=Millis(DUE)))
        await first.venue.submit(market("SELL", "0.1", uid=Uid(1_000_001)))
        await first.venue.stop()
        assert not facts(journal, FundingSettled)
        second = await opened(journal)
        await until_settled(journal)
        assert len(facts(journal, FundingPaid)) == HOLDERS
        await second.venue.stop()
        assert digest(recover(journal).state) == digest(second.sequencer.state)

    asyncio.run(run())

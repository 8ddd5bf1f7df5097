"""The single writer: what is acknowledged when, and what happens when the journal fails."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from typing import Any

import pytest
from typing_extensions import override

from clearhouse.engine.state import State
from clearhouse.journal.memory import MemoryJournal
from clearhouse.journal.record import Record
from clearhouse.messages.commands import (
    AdvanceClock,
    Command,
    ListAsset,
    SetAssetIndex,
    SetClock,
)
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Asset
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.group_commit import VenueStoppedError
from clearhouse.runtime.sequencer import Sequencer
from clearhouse.runtime.venue import Venue


class SlowJournal(MemoryJournal):
    """A journal whose commits wait until the test lets them go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.batches: list[int] = []

    @override
    def append(self, records: Sequence[Record]) -> None:
        self.batches.append(len(records))
        super().append(records)

    @override
    def commit(self) -> None:
        assert self.let_go.wait(10)
        super().commit()


class FullJournal(MemoryJournal):
    """A journal that fails at one of its two calls."""

    def __init__(self, *, at: str) -> None:
        super().__init__()
        self.at = at

    @override
    def append(self, records: Sequence[Record]) -> None:
        if self.at == "append":
            raise OSError("no space left on device")
        super().append(records)

    @override
    def commit(self) -> None:
        raise OSError("no space left on device")


def asset(name: str) -> ListAsset:
    return ListAsset(Asset(name=name, full_name=name, index=100_000_000))


def venue_on(journal: MemoryJournal, failures: list[Exception] | None = None) -> Venue:
    clock = Clock()
    failed = failures if failures is not None else []
    return Venue(Sequencer(State(), journal, clock, on_failure=failed.append), journal, clock)


def test_commands_that_come_during_a_commit_share_the_next_one() -> None:
    journal = SlowJournal()

    async def run() -> None:
        venue = venue_on(journal)
        first = asyncio.ensure_future(venue.submit(asset("A")))
        await asyncio.sleep(0.01)
        others = [asyncio.ensure_future(venue.submit(asset(f"B{n}"))) for n in range(50)]
        await asyncio.sleep(0.01)
        journal.let_go.set()
        await asyncio.gather(first, *others)
        await venue.stop()

    asyncio.run(run())
    assert journal.batches == [1, 50]
    assert journal.head().seq == 51


async def waits(answer: Coroutine[Any, Any, object]) -> bool:
    """Whether an answer is still held back while the commit is."""
    task = asyncio.ensure_future(answer)
    done, _ = await asyncio.wait([task], timeout=0.05)
    task.add_done_callback(lambda finished: finished.exception())  # a refusal may come later
    return not done


def test_nothing_that_shows_an_undurable_fact_leaves_before_its_commit() -> None:
    """The reply, a read that shows it, and a refusal that follows from it."""
    journal = SlowJournal()

    async def run() -> None:
        venue = venue_on(journal)
        assert await waits(venue.submit(asset("A")))
        reading = venue.read(ReadCatalogue())
        assert await waits(reading)
        assert await waits(venue.submit(SetAssetIndex(asset="B", index=1)))
        journal.let_go.set()
        listed = await venue.read(ReadCatalogue())
        assert list(listed.assets) == ["A"]
        with pytest.raises(Rejected):
            await venue.submit(SetAssetIndex(asset="B", index=1))
        await venue.stop()

    asyncio.run(run())


@pytest.mark.parametrize("at", ["append", "commit"])
def test_a_journal_that_fails_stops_the_venue(at: str) -> None:
    """Every waiter and every later call is told, and the reason is given once."""
    failures: list[Exception] = []

    async def run() -> None:
        venue = venue_on(FullJournal(at=at), failures)
        waiters = [asyncio.ensure_future(venue.submit(asset(f"A{n}"))) for n in range(3)]
        for outcome in await asyncio.gather(*waiters, return_exceptions=True):
            assert isinstance(outcome, VenueStoppedError)
        with pytest.raises(VenueStoppedError):
            await venue.submit(asset("B"))
        with pytest.raises(VenueStoppedError):
            await venue.read(ReadCatalogue())
        await venue.stop()

    asyncio.run(run())
    assert len(failures) == 1
    assert "no space left on device" in str(failures[0])


def test_a_refused_command_writes_nothing() -> None:
    journal = MemoryJournal()

    async def run() -> None:
        venue = venue_on(journal)
        refused: list[Command] = [SetAssetIndex(asset="NOPE", index=1), AdvanceClock(1)]
        for command, reason in zip(
            refused, (Reason.UNKNOWN_ASSET, Reason.CLOCK_NOT_FROZEN), strict=True
        ):
            with pytest.raises(Rejected) as refusal:
                await venue.submit(command)
            assert refusal.value.reason is reason
        await venue.stop()

    asyncio.run(run())
    assert journal.head().seq == 0


def test_a_frozen_clock_stamps_what_follows_and_moves_only_when_told() -> None:
    async def run() -> tuple[int, ...]:
        venue = venue_on(MemoryJournal())
        await venue.submit(SetClock(mode="frozen", now=Millis(1_000_000)))
        (first,) = await venue.submit(asset("A"))
        await venue.submit(AdvanceClock(2_500))
        (second,) = await venue.submit(asset("B"))
        now = venue.now()
        await venue.stop()
        return first.at, second.at, now

    assert asyncio.run(run()) == (1_000_000, 1_002_500, 1_002_500)

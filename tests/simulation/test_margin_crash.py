"""A day that is cut short and begun again ends as the one that was not.

Accounts trade until many are liquidated, through the sequencer and a journal in a file. The journal
breaks off at a record drawn by lot, twice: the first time the venue comes back by replaying, the second
time by a snapshot and what follows it. The state at the end is the same to the byte. The clock is
frozen and every step draws from a seed of its own, so that there is nothing else it could differ by.
`CLEARHOUSE_DAY_ACCOUNTS` is the number of accounts (`make soak` asks for 1,000).
"""

import asyncio
import os
import random  # noqa: TID251  seeded below, so that a failure repeats
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from typing_extensions import override

from clearhouse.engine.execute import Decision
from clearhouse.engine.snapshot import digest
from clearhouse.engine.state import State
from clearhouse.journal.record import Record
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.messages.commands import AdvanceClock, Command, SetClock
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_events import OrderPlaced
from clearhouse.model.ids import Millis
from clearhouse.runtime.audit import audit
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.group_commit import VenueStoppedError
from clearhouse.runtime.market import builtin_market
from clearhouse.runtime.recovery import keep_snapshot, recover
from clearhouse.runtime.sequencer import Sequencer
from unit.world import NOW

from .margin_day import Day, opening, uids

ACCOUNTS = int(os.environ.get("CLEARHOUSE_DAY_ACCOUNTS", "60"))
STEPS = 20 * ACCOUNTS
AT_ONCE = 7
"""Commands of a commit."""


class Torn(SqliteJournal):
    """A journal whose disk fails when it is given a record."""

    def __init__(self, path: Path, last: int) -> None:
        super().__init__(path)
        self.last = last

    @override
    def append(self, records: Sequence[Record]) -> None:
        if records[-1].seq > self.last:
            raise OSError("the disk is gone")
        super().append(records)


class Ended(NamedTuple):
    """How a day went: the state's digest, the last record, forced orders, starts."""

    digest: bytes
    seq: int
    forced: int
    snapshots: list[int]


def commands() -> list[Command]:
    """What comes before the first step."""
    first: list[Command] = [SetClock(mode="frozen", now=Millis(NOW)), *builtin_market()]
    return [*first, *opening(uids(ACCOUNTS), "crash")]


async def run(path: Path, cuts: Sequence[int]) -> Ended:
    """The day, on a journal that fails at each of these records, and is opened again."""
    before, done, forced = commands(), [0], [0]
    snapshots, state = [], State()
    for last in (*cuts, 2**62):
        journal = Torn(path, last)
        recovered = recover(journal)
        snapshots.append(recovered.from_snapshot)
        number = bisect_right(done, recovered.head.seq)
        del done[number:], forced[number:]
        assert done[-1] == recovered.head.seq, "a command is in the journal whole or not at all"
        if number > 1:
            keep_snapshot(journal, recovered.state, recovered.head)
        sequencer = Sequencer(recovered.state, journal, Clock())
        try:
            await go_on(sequencer, before, done, forced)
        except VenueStoppedError:
            assert last < 2**62
        else:
            assert last == 2**62
        finally:
            await sequencer.stop()
            journal.close()
        state = sequencer.state
    return Ended(digest(state), done[-1], sum(forced), snapshots)


async def go_on(
    sequencer: Sequencer, before: Sequence[Command], done: list[int], forced: list[int]
) -> None:
    """Every command from the first that the journal does not have."""
    day = Day(uids(ACCOUNTS), "crash")
    for number in range(len(done) - 1, len(before) + STEPS):
        if number < len(before):
            command = before[number]
        elif number % 10:
            command = day.command(sequencer.state, number)
        else:
            command = AdvanceClock(60_000)
        events: Decision = ()
        with suppress(Rejected):
            events = sequencer.submit(command)
        done.append(sequencer.state.seq)
        orders = [event.order for event in events if isinstance(event, OrderPlaced)]
        forced.append(sum(order.client_id.startswith("autoclose-") for order in orders))
        if number % AT_ONCE == 0:
            await sequencer.durable(sequencer.state.seq)
    await sequencer.durable(sequencer.state.seq)


def test_a_day_that_is_cut_short_ends_as_one_that_was_not(tmp_path: Path) -> None:
    whole = asyncio.run(run(tmp_path / "whole.db", ()))
    dice = random.Random(ACCOUNTS)
    cuts = sorted(dice.sample(range(whole.seq // 3, whole.seq - 10), 2))
    torn = asyncio.run(run(tmp_path / "torn.db", cuts))
    assert (torn.digest, torn.seq, torn.forced) == (whole.digest, whole.seq, whole.forced)
    assert torn.forced > ACCOUNTS // 10
    *by_replay, by_snapshot = torn.snapshots
    assert by_replay == [0, 0]
    assert by_snapshot > 0
    found = audit(tmp_path / "torn.db")
    assert found.ok, found.problems
    print(f"{whole.seq} records, cut at {cuts}, {whole.forced} forced orders")

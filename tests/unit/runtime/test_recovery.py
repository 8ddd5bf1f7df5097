"""Recovery: by snapshot or by replay, the state is the same."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from clearhouse.engine.snapshot import digest
from clearhouse.engine.state import State
from clearhouse.journal.port import JournalError
from clearhouse.journal.record import BrokenJournalError
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.market import builtin_market
from clearhouse.runtime.recovery import keep_snapshot, recover
from clearhouse.runtime.sequencer import Sequencer


def filled(path: Path, *, snapshot: bool = False) -> bytes:
    """A journal with the built-in market; the digest of its state."""
    journal = SqliteJournal(path)

    async def run() -> State:
        sequencer = Sequencer(State(), journal, Clock())
        for command in builtin_market():
            sequencer.submit(command)
            await sequencer.durable(sequencer.state.seq)
        await sequencer.stop()
        return sequencer.state

    state = asyncio.run(run())
    if snapshot:
        keep_snapshot(journal, state, journal.head())
    journal.close()
    return digest(state)


def reopened(path: Path) -> tuple[bytes, int, int]:
    journal = SqliteJournal(path)
    try:
        recovered = recover(journal)
        return digest(recovered.state), recovered.from_snapshot, recovered.replayed
    finally:
        journal.close()


def change(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()


def test_replay_and_snapshot_lead_to_the_same_state(tmp_path: Path) -> None:
    plain = filled(tmp_path / "plain.db")
    quick = filled(tmp_path / "quick.db", snapshot=True)
    assert reopened(tmp_path / "plain.db")[1:] == (0, 21)
    assert reopened(tmp_path / "quick.db")[1:] == (21, 0)
    assert reopened(tmp_path / "plain.db")[0] == plain
    assert reopened(tmp_path / "quick.db")[0] == quick


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE snapshots SET digest = zeroblob(32)",
        "UPDATE snapshots SET hash = zeroblob(32)",
        "DELETE FROM snapshot_parts",
        "UPDATE snapshot_parts SET body = substr(body, 1, length(body) - 1)",
    ],
)
def test_a_snapshot_that_does_not_fit_is_left_aside(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "venue.db"
    expected = filled(path, snapshot=True)
    change(path, damage)
    assert reopened(path) == (expected, 0, 21)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE batches SET body = replace(body, CAST('BTC' AS BLOB), CAST('BTD' AS BLOB))",
        "UPDATE batches SET hash = zeroblob(32) WHERE first = 3",
        "DELETE FROM batches WHERE first = 7",
        "DELETE FROM batches WHERE first = 1",
    ],
)
def test_a_changed_journal_is_noticed(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "venue.db"
    filled(path)
    change(path, damage)
    with pytest.raises(BrokenJournalError):
        reopened(path)


def test_a_file_has_one_owner(tmp_path: Path) -> None:
    """A second server would fork the history."""
    path = tmp_path / "venue.db"
    journal = SqliteJournal(path)
    with pytest.raises(JournalError, match="in use by another server"):
        SqliteJournal(path)
    journal.close()
    SqliteJournal(path).close()


def test_a_file_of_somebody_else_or_of_a_later_version_is_refused(tmp_path: Path) -> None:
    change(tmp_path / "other.db", "CREATE TABLE notes (text TEXT)")
    with pytest.raises(JournalError, match="another program"):
        SqliteJournal(tmp_path / "other.db")
    filled(tmp_path / "later.db")
    change(tmp_path / "later.db", "PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="later version"):
        SqliteJournal(tmp_path / "later.db")

"""Rows for the histories are caches: dropped and built anew, they are the same."""

import sqlite3
from pathlib import Path

import pytest

from clearhouse.journal import read_models
from clearhouse.journal.record import Head
from clearhouse.journal.sqlite import SqliteJournal
from journal.history import ANN, history, records, transfer

Rows = dict[str, list[tuple[object, ...]]]


def rows(path: Path) -> Rows:
    db = sqlite3.connect(path)
    found = {
        table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
        for table in ("transfers", "postings")
    }
    db.close()
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal in three batches, with a reset in the middle of one."""
    journal = SqliteJournal(tmp_path / "journal.db")
    events = history()
    for batch in (events[:3], events[3:15], [*events[15:], transfer(13_526_853_630, ANN, 1, at=9)]):
        journal.append(records(batch, journal.head()))
        journal.commit()
    journal.close()
    return tmp_path / "journal.db"


def test_the_rows_are_those_of_the_life_after_the_reset(path: Path) -> None:
    found = rows(path)
    assert [row[0] for row in found["transfers"]] == [
        13_526_853_627,
        13_526_853_628,
        13_526_853_630,
    ]
    assert len(found["postings"]) == 12


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE meta SET value = 0",
        "DELETE FROM meta",
        "UPDATE meta SET value = 99",
    ],
)
def test_rows_of_another_version_are_built_anew(path: Path, damage: str) -> None:
    written = rows(path)
    db = sqlite3.connect(path)
    db.execute(damage)
    db.execute("DELETE FROM transfers")
    db.execute("UPDATE postings SET units = units + 1")
    db.commit()
    db.close()
    assert rows(path) != written
    SqliteJournal(path).close()
    assert rows(path) == written


def test_rows_of_this_version_are_left_alone(path: Path) -> None:
    """A start does not read the whole journal for nothing."""
    db = sqlite3.connect(path)
    db.execute("DELETE FROM transfers")
    db.commit()
    db.close()
    SqliteJournal(path).close()
    assert rows(path)["transfers"] == []


def test_a_new_version_of_the_rows_is_noted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_models, "VERSION", 7)
    written = rows(path)
    SqliteJournal(path).close()
    db = sqlite3.connect(path)
    assert db.execute("SELECT value FROM meta WHERE name = 'read_models'").fetchall() == [(7,)]
    db.close()
    assert rows(path) == written


def test_a_rebuild_that_is_cut_off_leaves_the_old_rows(path: Path) -> None:
    """It is one transaction: a broken batch on the way changes nothing."""
    written = rows(path)
    db = sqlite3.connect(path)
    db.execute("UPDATE meta SET value = 0")
    db.execute("UPDATE batches SET hash = zeroblob(32) WHERE first = 16")
    db.commit()
    db.close()
    with pytest.raises(Exception, match="the hash chain breaks"):
        SqliteJournal(path)
    assert rows(path) == written


def test_what_was_staged_and_not_committed_is_nowhere(path: Path) -> None:
    """Records and rows are one transaction."""
    written = rows(path)
    journal = SqliteJournal(path)
    head = journal.head()
    journal.append(records([transfer(13_526_853_631, ANN, 1, at=9)], head))
    journal.close()
    assert rows(path) == written
    again = SqliteJournal(path)
    assert again.head() == head
    assert sum(len(events) for _, events in again.events(Head())) == 26
    again.close()

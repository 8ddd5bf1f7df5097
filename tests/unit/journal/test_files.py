"""Which files a journal opens, and how it says no to the others."""

import os
import sqlite3
from pathlib import Path

import pytest

from clearhouse.journal.port import JournalError
from clearhouse.journal.sqlite import SqliteJournal
from journal.history import history, records


def refusal(path: Path) -> str:
    with pytest.raises(JournalError) as refused:
        SqliteJournal(path)
    return str(refused.value)


def test_a_file_in_use_is_refused_by_every_name_of_it(tmp_path: Path) -> None:
    path, link = tmp_path / "venue.db", tmp_path / "link.db"
    journal = SqliteJournal(path)
    link.symlink_to(path)
    for name in (path, link, tmp_path / "." / "venue.db"):
        assert refusal(name) == (
            f"{name} is in use by another server (process {os.getpid()}); stop that one, "
            "or give this one another file with --data"
        )
    journal.close()
    SqliteJournal(link).close()


def test_a_refused_file_is_let_go_of(tmp_path: Path) -> None:
    """The second complaint is the same as the first, not that the file is in use."""
    path = tmp_path / "foreign.db"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE notes (text TEXT)")
    db.close()
    expected = f"{path} is a database of another program; name another file"
    assert [refusal(path), refusal(path)] == [expected, expected]


def test_a_file_of_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "later.db"
    SqliteJournal(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 2")
    db.close()
    assert refusal(path) == f"{path} was written by a later version (format 2, this one knows 1)"


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("milk, bread, and a sentence that is longer than a header " * 10)
    assert refusal(path) == f"{path} cannot be opened as a journal: file is not a database"
    assert path.read_text().startswith("milk")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "venue.db"
    assert refusal(path) == f"{path} cannot be opened as a journal: No such file or directory"


def test_a_full_file_refuses_the_commit_and_keeps_what_it_has(tmp_path: Path) -> None:
    """As on a full disk: the batch that fits is there, the one that does not is not."""
    path = tmp_path / "full.db"
    journal = SqliteJournal(path)
    (pages,) = journal._db.execute("PRAGMA page_count").fetchone()
    journal._db.execute(f"PRAGMA max_page_count = {pages + 4}")
    kept = journal.head()
    with pytest.raises(sqlite3.OperationalError, match="database or disk is full"):
        for _ in range(1_000):
            journal.append(records(history()[-1:], journal.head()))
            journal.commit()
            kept = journal.head()
    journal.close()
    again = SqliteJournal(path)
    assert kept.seq > 10
    assert again.head() == kept
    again.close()


def test_rebuilding_rows_tells_how_far_it_is(tmp_path: Path) -> None:
    """As at the first start on a file whose rows an earlier version wrote."""
    path = tmp_path / "old.db"
    journal = SqliteJournal(path)
    for first in (0, 10):
        journal.append(records(history()[first : first + 10], journal.head()))
        journal.commit()
    journal.close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE meta SET value = 1 WHERE name = 'read_models'")
    db.close()
    told: list[int] = []
    SqliteJournal(path, progress=told.append).close()
    assert told == [10, 20]
    SqliteJournal(path, progress=told.append).close()
    assert told == [10, 20], "they are the rows of today now"

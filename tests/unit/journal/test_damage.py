"""Damage to stored records is noticed, wherever it is, and said in a sentence."""

import sqlite3
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearhouse.journal.record import BrokenJournalError, Head, decode
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.messages.events import Event
from journal.history import history, records


def filled(path: Path, batches: int = 5) -> list[Event]:
    """Five batches of five records."""
    journal = SqliteJournal(path)
    events = history()
    size = len(events) // batches
    for first in range(0, len(events), size):
        journal.append(records(events[first : first + size], journal.head()))
        journal.commit()
    journal.close()
    return events


def read(path: Path) -> list[Event]:
    journal = SqliteJournal(path)
    try:
        return [event for _, events in journal.events(Head()) for event in events]
    finally:
        journal.close()


def execute(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


def test_an_untouched_file_is_read_to_its_end(tmp_path: Path) -> None:
    events = filled(tmp_path / "sound.db")
    assert read(tmp_path / "sound.db") == events


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("DELETE FROM batches WHERE first = 1", "records 6 and on do not follow 0"),
        ("DELETE FROM batches WHERE first = 11", "records 16 and on do not follow 10"),
        ("UPDATE batches SET last = 11 WHERE first = 6", "the batch of records 6 to 11 is damaged"),
        ("UPDATE batches SET last = 26 WHERE first = 21", "records 21 to 26 is damaged"),
        ("UPDATE batches SET body = x'c1' WHERE first = 6", "records 6 to 10 is damaged"),
        ("UPDATE batches SET body = x'90' WHERE first = 6", "records 6 to 10 is damaged"),
        ("UPDATE batches SET hash = zeroblob(32) WHERE first = 6", "between record 6 and 10"),
        (
            "UPDATE batches SET body = (SELECT body FROM batches WHERE first = 16) WHERE first = 6",
            "between record 6 and 10",
        ),
    ],
)
def test_damage_is_told_by_its_place(tmp_path: Path, damage: str, sentence: str) -> None:
    path = tmp_path / "damaged.db"
    filled(path)
    execute(path, damage)
    with pytest.raises(BrokenJournalError, match=sentence):
        read(path)


def test_two_batches_that_change_places_are_noticed(tmp_path: Path) -> None:
    """Both keep their own hash: only the chain between them tells."""
    path = tmp_path / "swapped.db"
    filled(path)
    execute(
        path,
        "UPDATE batches SET first = -6, last = -10 WHERE first = 11",
        "UPDATE batches SET first = 11, last = 15 WHERE first = 6",
        "UPDATE batches SET first = 6, last = 10 WHERE first = -6",
    )
    with pytest.raises(BrokenJournalError, match="between record 6 and 10"):
        read(path)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_flipped_bit_is_noticed(tmp_path: Path, data: st.DataObject) -> None:
    """In the framing of a batch, in a record, or in a hash; the read models are left out."""
    path = tmp_path / "flipped.db"
    if not path.exists():
        filled(path)
    db = sqlite3.connect(path)
    column = data.draw(st.sampled_from(("body", "hash")))
    first = data.draw(st.sampled_from((1, 6, 11, 16, 21)))
    (sound,) = db.execute(f"SELECT {column} FROM batches WHERE first = ?", (first,)).fetchone()
    bit = data.draw(st.integers(0, len(sound) * 8 - 1))
    flipped = bytearray(sound)
    flipped[bit // 8] ^= 1 << bit % 8
    update = f"UPDATE batches SET {column} = ? WHERE first = ?"
    db.execute(update, (bytes(flipped), first))
    db.commit()
    with pytest.raises(BrokenJournalError):
        read(path)
    db.execute(update, (sound, first))
    db.commit()
    db.close()


def test_a_damaged_page_of_the_file_is_a_broken_journal(tmp_path: Path) -> None:
    """SQLite itself notices; what it says is part of the sentence."""
    path = tmp_path / "page.db"
    filled(path)
    db = sqlite3.connect(path)
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'batches'").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(BrokenJournalError, match="the file is damaged after record 0: "):
        read(path)


def test_a_record_of_an_unknown_kind_says_who_may_have_written_it() -> None:
    body = msgspec.msgpack.encode(["order_placed.1", 1_760_000_000_000, 7])
    with pytest.raises(BrokenJournalError, match="perhaps a later version wrote it"):
        decode(body)

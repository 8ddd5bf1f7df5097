"""Journals of released versions are read by today's code, byte for byte to the same state.

When a test here fails, the code that reads is wrong, not the file: a released event never
changes. Add a version and a step in `journal/upcasters.py` (ARCHITECTURE.md, "Journal").
"""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from clearhouse.engine.apply import apply
from clearhouse.engine.snapshot import digest
from clearhouse.engine.state import State
from clearhouse.journal.record import GENESIS_HASH, decode, encode, link
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.messages.events import EVENT_TYPES
from clearhouse.messages.queries import TransferHistory
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import Millis
from clearhouse.runtime.recovery import recover

from .history import ANN, history

BODIES = [
    bytes.fromhex(line)
    for line in Path(__file__).with_name("golden-v1.hex").read_text().splitlines()
]
CHAIN = "eab9f728c122f34a90927b92b3152f61b0d6f8729ab64237a6f3a0324ed6a810"
STATE = "17b87f94ff4e5f053e32c7297067f2862d50a28e6ee1087a7a86e23c664b40cb"
"""The digest covers the form of snapshots: it is written anew when `FORM` of
`engine/snapshot.py` changes, and only then, after a look at what changed."""


def test_the_golden_journal_holds_every_kind_of_event() -> None:
    """A new kind of event belongs into a golden journal of the release that brings it."""
    kinds = {msgspec.msgpack.decode(body)[0] for body in BODIES}
    assert kinds == {f"{event.KIND}.{event.VERSION}" for event in EVENT_TYPES}


def test_the_bytes_are_those_that_were_released() -> None:
    head = GENESIS_HASH
    for body in BODIES:
        head = link(head, body)
    assert head.hex() == CHAIN


def test_records_mean_what_they_meant() -> None:
    assert [decode(body) for body in BODIES] == history()


def test_records_of_today_are_written_as_they_were() -> None:
    assert [encode(event) for event in history()] == BODIES


def test_replaying_gives_the_state_that_it_gave() -> None:
    state = State()
    for body in BODIES:
        apply(state, decode(body))
    assert state.seq == 25
    assert state.next_tran_id == 13_526_853_630
    assert state.books.of(ANN) == {
        ("MAIN", "USDT"): 700 * 10**8,
        ("UMFUTURE", "USDT"): 250 * 10**8,
        ("ISOLATED_MARGIN:BTCUSDT", "USDT"): 3 * 10**8,
    }
    assert digest(state).hex() == STATE


@pytest.fixture
def golden_file(tmp_path: Path) -> Path:
    """A journal file as the first release wrote it, with its records in one batch."""
    path = tmp_path / "golden.db"
    last = bytes.fromhex(CHAIN)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA application_id = 0x434C4852")
        db.execute("PRAGMA user_version = 1")
        db.execute(
            "CREATE TABLE batches (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, "
            "body BLOB NOT NULL, hash BLOB NOT NULL)"
        )
        batch = (1, len(BODIES), msgspec.msgpack.encode(BODIES), last)
        db.execute("INSERT INTO batches VALUES (?, ?, ?, ?)", batch)
    db.close()
    return path


def test_a_released_file_opens_and_recovers(golden_file: Path) -> None:
    """Its read models are built anew: the rows of before the reset are gone."""
    journal = SqliteJournal(golden_file)
    recovered = recover(journal)
    page = journal.history(
        TransferHistory(
            uid=ANN,
            kinds=(TransferKind.MAIN_UMFUTURE,),
            start=Millis(0),
            end=Millis(2**53),
            offset=0,
            limit=10,
        )
    )
    journal.close()
    assert digest(recovered.state).hex() == STATE
    assert [(row.tran_id, row.units) for row in page.rows] == [(13_526_853_627, 250 * 10**8)]

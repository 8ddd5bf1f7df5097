"""The audit finds every way in which a journal file may lie, and changes nothing in it."""

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from clearhouse.engine.snapshot import dump
from clearhouse.engine.state import State
from clearhouse.journal.port import JournalError
from clearhouse.journal.read_models import TABLES
from clearhouse.journal.record import Head, chain
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.ledger.postings import Posting
from clearhouse.messages.commands import ResetVenue, TransferFunds
from clearhouse.messages.events import Event, FundsDeposited, VenueReset
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import FIRST_UID, Millis, TranId
from clearhouse.model.money import Money
from clearhouse.model.wallets import MAIN
from clearhouse.runtime.audit import Audit, audit
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET, genesis
from clearhouse.runtime.opening import open_venue
from clearhouse.runtime.recovery import keep_snapshot
from clearhouse.runtime.sealing import Sealer
from journal.history import history, later, records
from journal.margins import margins
from journal.trades import trades

Tamper = Callable[[sqlite3.Connection], object]

TRANSFERS = 5


async def fill(path: Path, *, reset: bool = False) -> None:
    """The demo account and some transfers, one commit each, and a snapshot at the end."""
    journal = SqliteJournal(path)
    commands = list(genesis(Sealer.ephemeral(), DEMO_KEY, DEMO_SECRET))
    opened = await open_venue(journal, genesis=lambda: commands, on_failure=print)
    for _ in range(TRANSFERS):
        await opened.venue.submit(
            TransferFunds(
                uid=FIRST_UID, kind=TransferKind.MAIN_UMFUTURE, money=Money("USDT", 100_000_000)
            )
        )
    if reset:
        await opened.venue.submit_all([ResetVenue(), *commands])
    await opened.venue.stop()
    keep_snapshot(journal, opened.sequencer.state, opened.venue.head)
    journal.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "venue.db"
    asyncio.run(fill(file))
    return file


def after(path: Path, tamper: Tamper) -> Audit:
    """What the audit says once somebody changed the file."""
    db = sqlite3.connect(path, isolation_level=None)
    tamper(db)
    db.close()
    return audit(path)


def run(statement: str) -> Tamper:
    return lambda db: db.execute(statement)


def test_a_sound_journal(path: Path) -> None:
    seen: list[tuple[int, int]] = []
    found = audit(path, lambda seq, last: seen.append((seq, last)))
    assert found.ok
    assert found.problems == ()
    assert (found.accounts, found.transfers) == (1, TRANSFERS)
    assert found.postings == 2 * (TRANSFERS + 4)
    assert found.assets == dict.fromkeys(("BNB", "BTC", "USDC", "USDT"), "0.00000000")
    assert seen[-1] == (found.seq, found.seq)


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_a_changed_row_of_any_table_is_found_out(tmp_path: Path, table: str) -> None:
    file = tmp_path / "golden.db"
    journal = SqliteJournal(file)
    journal.append(records([*history(), *later(), *trades(), *margins()]))
    journal.commit()
    journal.close()
    assert audit(file).problems == ()
    at = "created_at" if table in ("orders", "algo_orders") else "at"
    [problem] = after(file, run(f"UPDATE {table} SET {at} = {at} + 1")).problems
    assert problem.startswith(f"{table}: row 1 is")


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE orders SET status = 'NEW' WHERE order_id = 4000000001", "orders: row 1 is"),
        ("UPDATE orders SET executed = 1 WHERE order_id = 4000000003", "orders: row 3 is"),
        ("DELETE FROM orders WHERE order_id = 4000000003", "orders: row 3 is None"),
        ("UPDATE algo_orders SET status = 'NEW'", "algo_orders: row 1 is"),
    ],
)
def test_a_row_that_later_events_change_is_what_they_left(
    tmp_path: Path, statement: str, sentence: str
) -> None:
    """Also where the change came in another batch, after a reset of the life before."""
    file = tmp_path / "golden.db"
    journal = SqliteJournal(file)
    life: list[Event] = [*history(), *later(), *trades(), *margins()]
    reset: list[Event] = [VenueReset(at=Millis(1))]
    for batch in (life, reset, life[:-1], life[-1:]):
        journal.append(records(batch, journal.head()))
        journal.commit()
    journal.close()
    assert audit(file).problems == ()
    [problem] = after(file, run(statement)).problems
    assert problem.startswith(sentence)


def test_the_file_stays_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    audit(path)
    assert path.read_bytes() == before


def test_a_server_may_go_on_meanwhile(path: Path) -> None:
    journal = SqliteJournal(path)
    assert audit(path).ok
    journal.close()


def test_rows_before_a_reset_are_not_missed(tmp_path: Path) -> None:
    file = tmp_path / "reset.db"
    asyncio.run(fill(file, reset=True))
    found = audit(file)
    assert found.problems == ()
    assert (found.transfers, found.postings) == (0, 8)


def change_a_body(db: sqlite3.Connection) -> None:
    first, body = db.execute("SELECT first, body FROM batches ORDER BY first DESC").fetchone()
    changed = body.replace(b"USDT", b"USDC")
    assert changed != body
    db.execute("UPDATE batches SET body = ? WHERE first = ?", (changed, first))


def replace_the_snapshot(db: sqlite3.Connection) -> None:
    """Another state, in a snapshot that is whole in itself."""
    parts = list(dump(State()))
    db.execute("DELETE FROM snapshot_parts")
    db.executemany("INSERT INTO snapshot_parts VALUES (1, ?, ?)", enumerate(parts))
    db.execute("UPDATE snapshots SET digest = ?", (hashlib.sha256(b"".join(parts)).digest(),))


def add_money_from_nowhere(db: sqlite3.Connection) -> None:
    """A fact that does not balance, chained as it should be."""
    seq, last = db.execute("SELECT last, hash FROM batches ORDER BY first DESC").fetchone()
    event = FundsDeposited(
        at=Millis(1),
        tran_id=TranId(99_999_999_999),
        uid=FIRST_UID,
        wallet=MAIN,
        postings=(Posting(FIRST_UID, MAIN, "USDT", 1),),
    )
    [record] = chain(Head(seq, last), [event])
    body = msgspec.msgpack.encode([record.body])
    db.execute("INSERT INTO batches VALUES (?, ?, ?, ?)", (seq + 1, seq + 1, body, record.hash))


TAMPERINGS: dict[str, tuple[Tamper, str]] = {
    "stored bytes": (change_a_body, "the hash chain breaks"),
    "a lost batch": (run("DELETE FROM batches WHERE first = 30"), "records 30 to 30 are missing"),
    "a lost start": (run("DELETE FROM batches WHERE first = 1"), "records 1 to "),
    "a shorter batch": (run("UPDATE batches SET last = last + 1 WHERE first = 30"), "is damaged"),
    "no batch at all": (run("UPDATE batches SET body = 'x' WHERE first = 30"), "is damaged"),
    "bytes that are no batch": (
        run("UPDATE batches SET body = x'c1' WHERE first = 30"),
        "records 30 to 30 is damaged",
    ),
    "unbalanced facts": (add_money_from_nowhere, "cannot be applied"),
    "a lost posting": (
        run("DELETE FROM postings WHERE seq = (SELECT max(seq) FROM postings) AND leg = 1"),
        "postings: row 18 is None",
    ),
    "a changed posting": (run("UPDATE postings SET units = 1 WHERE leg = 0"), "postings: row 1 is"),
    "a changed transfer": (run("UPDATE transfers SET asset = 'BTC'"), "transfers: row 1 is"),
    "a transfer from nowhere": (
        run(
            "INSERT INTO transfers SELECT tran_id + 1000, uid, kind, '', '', asset, 1, at "
            "FROM transfers LIMIT 1"
        ),
        "transfers: the row (",
    ),
    "a damaged snapshot": (run("UPDATE snapshots SET digest = x'00'"), "is damaged"),
    "a lost part": (run("DELETE FROM snapshot_parts"), "is damaged"),
    "another history's snapshot": (run("UPDATE snapshots SET hash = x'00'"), "another history"),
    "a snapshot ahead": (run("UPDATE snapshots SET seq = seq + 1"), "is beside the journal"),
    "another state's snapshot": (replace_the_snapshot, "differs from the replay"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_changed_file_is_found_out(path: Path, name: str) -> None:
    tamper, sentence = TAMPERINGS[name]
    found = after(path, tamper)
    assert not found.ok
    assert len(found.problems) == 1
    assert sentence in found.problems[0]


@pytest.mark.parametrize(
    "statements",
    [
        "UPDATE meta SET value = 99",
        "UPDATE meta SET value = 1; DROP TABLE deposits; DROP TABLE index_prices",
        "DELETE FROM meta; UPDATE postings SET units = 0",
    ],
)
def test_rows_of_another_version_are_left_to_the_next_start(path: Path, statements: str) -> None:
    """An earlier release may have had fewer tables."""
    found = after(path, lambda db: db.executescript(statements))
    assert found.problems == ()
    assert (found.transfers, found.postings) == (TRANSFERS, 2 * (TRANSFERS + 4))


@pytest.mark.parametrize(
    ("pragma", "sentence"),
    [
        ("PRAGMA application_id = 1", "written by another program"),
        ("PRAGMA user_version = 99", "written by a later version"),
    ],
)
def test_a_file_of_somebody_else_is_refused(path: Path, pragma: str, sentence: str) -> None:
    with pytest.raises(JournalError, match=sentence):
        after(path, run(pragma))


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="there is no journal"):
        audit(tmp_path / "nothing.db")
    text = tmp_path / "text.db"
    text.write_text("not a database, however long it is made to be" * 50)
    with pytest.raises(JournalError, match="is no journal"):
        audit(text)


def test_a_file_without_its_tables_is_refused(path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be read"):
        after(path, run("DROP TABLE batches"))

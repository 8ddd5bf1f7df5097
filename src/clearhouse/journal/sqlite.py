"""The journal in one SQLite file.

A row of `batches` holds the records of one commit; its hash is that of its last record. The
read models and the batch are written in one transaction, so they never disagree. Rows are
bound on the caller's thread and only COMMIT runs on the writer's: binding is short Python
work that would fight for the interpreter lock, COMMIT is a long wait outside of it
(ARCHITECTURE.md, "Group commit").
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import msgspec

from clearhouse.journal import candles, read_models
from clearhouse.journal.checkpoints import Checkpoints
from clearhouse.journal.exports import csv_of
from clearhouse.journal.history import History
from clearhouse.journal.port import Csv, JournalError, Snapshot
from clearhouse.journal.read_models import project
from clearhouse.journal.record import BrokenJournalError, Head, Record, decode, verify
from clearhouse.journal.rows import Rows
from clearhouse.journal.tables import create_tables, write_rows
from clearhouse.messages.events import Event
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.market_queries import CandleRow
from clearhouse.model.ids import Millis, Seq, Uid

APPLICATION_ID = 0x434C_4852  # "CLHR": `file` and other tools can tell whose file this is
FORMAT = 1

Progress = Callable[[int], None]
CACHE_KIB = 65_536
EXPORT_CACHE_KIB = 2_048
"""An export goes over its rows once and in their order: it needs few pages at a time."""

_JOURNAL_TABLES = """
CREATE TABLE IF NOT EXISTS batches (
  first INTEGER PRIMARY KEY, last INTEGER NOT NULL, body BLOB NOT NULL, hash BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS snapshots (
  id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL, digest BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS snapshot_parts (
  snapshot INTEGER NOT NULL, part INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (snapshot, part));
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
_encode_batch = msgspec.msgpack.Encoder().encode
_decode_batch = msgspec.msgpack.Decoder(list[bytes]).decode


class SqliteJournal:
    """Records in a file that one process owns.

    `progress` is told the position reached while rows that an older version wrote are rebuilt.
    """

    def __init__(
        self, path: Path, *, read_only: bool = False, progress: Progress = lambda _: None
    ) -> None:
        self.name = str(path)
        self._path = path
        with ExitStack() as opened:
            self._lock = None if read_only else opened.enter_context(_lock(path))
            try:
                self._db = _connect(path, read_only=read_only)
                opened.callback(self._db.close)
                if not read_only:
                    _prepare(self._db, path, progress)
                self._reader = _connect(path, read_only=True)
            except sqlite3.Error as error:
                raise JournalError(f"{path} cannot be opened as a journal: {error}") from error
            opened.pop_all()  # a journal that could not be opened is let go of at once
        self.histories = History(self._reader)
        self.history = self.histories.answer
        self._checkpoints = Checkpoints(path)
        self._staged = 0

    def head(self) -> Head:
        """The last durable record."""
        found = self._db.execute("SELECT last, hash FROM batches ORDER BY first DESC LIMIT 1")
        row = found.fetchone()
        return Head(Seq(row[0]), row[1]) if row else Head()

    def append(self, records: Sequence[Record]) -> None:
        """Stage one batch: its bytes and its rows."""
        rows = Rows()
        for record in records:
            project(record.seq, record.event, rows)
        if not self._staged:
            self._db.execute("BEGIN")
        self._staged += len(records)
        body = _encode_batch([record.body for record in records])
        batch = (records[0].seq, records[-1].seq, body, records[-1].hash)
        self._db.execute("INSERT INTO batches VALUES (?, ?, ?, ?)", batch)
        write_rows(self._db, rows)

    def save_candles(self, rows: Sequence[CandleRow], *, forget: bool) -> None:
        """Stage candles, in the transaction of what is staged where there is something."""
        if not self._db.in_transaction:
            self._db.execute("BEGIN")
        candles.write_candles(self._db, rows, forget=forget)

    def commit(self) -> None:
        """Make the staged batches durable (fsync)."""
        self._db.execute("COMMIT")
        records, self._staged = self._staged, 0
        self._checkpoints.committed(self._db, records)

    def events(self, after: Head) -> Iterator[tuple[Head, list[Event]]]:
        """Durable events after a head, batch by batch."""
        yield from _read(self._db, after)

    def save_snapshot(self, head: Head, digest: bytes, parts: Iterable[bytes]) -> None:
        """Keep a snapshot in place of the older one."""
        db = self._db
        db.execute("BEGIN")
        db.execute("DELETE FROM snapshots")
        db.execute("DELETE FROM snapshot_parts")
        db.execute("INSERT INTO snapshots VALUES (1, ?, ?, ?)", (head.seq, head.hash, digest))
        numbered = enumerate(parts)
        db.executemany("INSERT INTO snapshot_parts VALUES (1, ?, ?)", numbered)
        db.execute("COMMIT")

    def snapshot(self) -> Snapshot | None:
        """The snapshot that is kept."""
        row = self._db.execute("SELECT seq, hash, digest FROM snapshots").fetchone()
        if row is None:
            return None
        parts = self._db.execute("SELECT body FROM snapshot_parts ORDER BY part").fetchall()
        return Snapshot(Head(Seq(row[0]), row[1]), row[2], tuple(part for (part,) in parts))

    def export(self, kind: ExportKind, uid: Uid, start: Millis, end: Millis) -> Csv:
        """A history as CSV, on a connection that is opened for it."""
        db = _connect(self._path, read_only=True, cache_kib=EXPORT_CACHE_KIB)
        try:
            yield from csv_of(
                lambda statement, values: db.execute(statement, values).fetchone(),
                kind,
                uid,
                start,
                end,
            )
        finally:
            db.close()

    def close(self) -> None:
        """Let go of the file."""
        self._checkpoints.close()
        self._reader.close()
        self._db.close()
        if self._lock:
            self._lock.close()


def _connect(path: Path, *, read_only: bool, cache_kib: int = CACHE_KIB) -> sqlite3.Connection:
    """A connection for any thread; the callers see to it that one uses it at a time."""
    mode = "ro" if read_only else "rwc"
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"PRAGMA cache_size = -{cache_kib}")
    db.execute("PRAGMA wal_autocheckpoint = 0")  # journal/checkpoints.py sees to it
    return db


def _lock(path: Path) -> IO[str]:
    """Own the file: a second server on it would fork its history."""
    real = path.resolve()  # one lock, whatever links lead to the file
    try:
        handle = Path(f"{real}.lock").open("a+")  # noqa: SIM115  held open as long as the journal
    except OSError as error:
        raise JournalError(f"{path} cannot be opened as a journal: {error.strerror}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        owner = handle.read().strip()
        handle.close()
        raise JournalError(
            f"{path} is in use by another server (process {owner}); stop that one, "
            "or give this one another file with --data"
        ) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def _prepare(db: sqlite3.Connection, path: Path, progress: Progress) -> None:
    """Create what is missing; refuse a file of somebody else or of a later version."""
    (owner,) = db.execute("PRAGMA application_id").fetchone()
    (found,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and owner != APPLICATION_ID:
        raise JournalError(f"{path} is a database of another program; name another file")
    if found > FORMAT:
        raise JournalError(
            f"{path} was written by a later version (format {found}, this one knows {FORMAT})"
        )
    db.execute("PRAGMA journal_mode = WAL")
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {FORMAT}")
    db.executescript(_JOURNAL_TABLES + candles.TABLE)
    kept = db.execute("SELECT value FROM meta WHERE name = 'read_models'").fetchone()
    if kept != (read_models.VERSION,):
        rebuild_read_models(db, progress)


def rebuild_read_models(db: sqlite3.Connection, progress: Progress = lambda _: None) -> None:
    """Write every row anew from the journal, in one transaction."""
    db.execute("BEGIN")
    create_tables(db)
    for head, events in _read(db, Head()):
        rows = Rows()
        for seq, event in enumerate(events, head.seq - len(events) + 1):
            project(Seq(seq), event, rows)
        write_rows(db, rows)
        progress(head.seq)
    db.execute("INSERT OR REPLACE INTO meta VALUES ('read_models', ?)", (read_models.VERSION,))
    db.execute("COMMIT")


def _read(db: sqlite3.Connection, after: Head) -> Iterator[tuple[Head, list[Event]]]:
    head = after
    try:
        rows = db.execute(
            "SELECT first, last, body, hash FROM batches WHERE first > ? ORDER BY first",
            (after.seq,),
        )
        for first, last, body, stored_hash in rows:
            if first != head.seq + 1:
                raise BrokenJournalError(f"records {first} and on do not follow {head.seq}")
            bodies = _bodies(body, first, last)
            head = verify(head, bodies, stored_hash)
            yield head, [decode(record) for record in bodies]
    except sqlite3.DatabaseError as error:
        raise BrokenJournalError(f"the file is damaged after record {head.seq}: {error}") from error


def _bodies(body: bytes, first: int, last: int) -> list[bytes]:
    """The records of a batch; refuses bytes that hold none, or not as many as they should."""
    try:
        bodies = _decode_batch(body)
    except msgspec.MsgspecError:
        bodies = []
    if len(bodies) != last - first + 1:
        raise BrokenJournalError(f"the batch of records {first} to {last} is damaged")
    return bodies

"""Audit: whether a journal file is what it says, without a server and without changing it.

The auditor trusts nothing that is derived. It reads the stored bytes with its own SQL, in one
read transaction, so that a running server may go on; follows the hash chain from the first
record; replays every fact from an empty state; and holds against that what was kept beside
the journal: the rows of the read models, one by one, and the snapshot. The books must sum to
zero in each asset.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from clearhouse.engine.apply import apply
from clearhouse.engine.snapshot import digest, load
from clearhouse.engine.state import State
from clearhouse.journal import read_models
from clearhouse.journal.port import JournalError
from clearhouse.journal.read_models import TABLES, project
from clearhouse.journal.record import BrokenJournalError, Head, decode, verify
from clearhouse.journal.rows import Row, Rows
from clearhouse.journal.sqlite import APPLICATION_ID, FORMAT
from clearhouse.journal.tables import create_tables, read_table, write_rows
from clearhouse.model.ids import Seq
from clearhouse.model.money import fixed8

Progress = Callable[[int, int], None]
"""Told the position reached and the last one."""

_decode_batch = msgspec.msgpack.Decoder(list[bytes]).decode
CHANGING = {table.name: table for table in TABLES if table.changes}
_BATCHES = "SELECT first, last, body, hash FROM batches ORDER BY first"


class Audit(Struct, frozen=True, kw_only=True):
    """What was found. `assets`: the sum of each asset over all accounts, which must be zero."""

    ok: bool
    seq: int
    hash: str
    digest: str
    accounts: int
    transfers: int
    postings: int
    assets: dict[str, str]
    problems: tuple[str, ...]


class _Kept(NamedTuple):
    """The snapshot that lies beside the journal."""

    seq: int
    hash: bytes
    digest: bytes


def audit(path: Path, progress: Progress = lambda _seq, _last: None) -> Audit:
    """Audit a journal file. Raises `JournalError` where the file is no journal at all."""
    db, aside = _open(path), sqlite3.connect("", isolation_level=None)
    try:
        return _Auditor(db, aside, progress).run()
    except sqlite3.DatabaseError as error:
        raise JournalError(f"{path} cannot be read: {error}") from error
    finally:
        db.close()
        aside.close()


class _Table:
    """Compares the rows of a read model with those that the journal gives, in their order.

    Without a way to `read` them it counts those that the journal gives.
    """

    def __init__(self, name: str, read: Callable[[], Iterator[Row]] | None) -> None:
        self.name = name
        self._read = read
        self.restart()

    def restart(self) -> None:
        """Begin again: a reset dropped all earlier rows."""
        self._rows = self._read() if self._read else iter(())
        self.rows = 0
        self.difference = ""

    def expect(self, row: Row) -> None:
        """The next row is this one."""
        if self.difference:
            return
        self.rows += 1
        if self._read is None:
            return
        found = next(self._rows, None)
        if found != row:
            self.difference = f"{self.name}: row {self.rows} is {found}, the journal gives {row}"

    def finish(self) -> None:
        """There is no further row."""
        extra = None if self.difference else next(self._rows, None)
        if extra is not None:
            self.difference = f"{self.name}: the row {extra} does not follow from the journal"


class _Auditor:
    """One pass over a file.

    Rows that later records change are collected in tables of their own, aside in a temporary
    database, and compared at the end.
    """

    def __init__(
        self, db: sqlite3.Connection, aside: sqlite3.Connection, progress: Progress
    ) -> None:
        self._db = db
        self._progress = progress
        self._state = State()
        self._head = Head()
        self._problems: list[str] = []
        self._tables: dict[str, _Table] = {}
        self._aside = aside

    def run(self) -> Audit:
        """Everything, in order; a broken chain ends the replay, not the report."""
        self._db.execute("BEGIN")  # all reads below see one moment of a running server
        self._open_tables()
        try:
            self._replay()
        except BrokenJournalError as error:
            self._problems.append(str(error))
        except TypeError as error:  # SQLite keeps what it is given, text among bytes too
            self._problems.append(f"the batch after record {self._head.seq} is damaged: {error}")
        else:
            self._check_read_models()
        totals = {row.asset: row.total for row in self._state.books.trial_balance()}
        self._problems += [
            f"{asset} sums to {fixed8(total)} over all accounts, not to zero"
            for asset, total in totals.items()
            if total
        ]
        return Audit(
            ok=not self._problems,
            seq=self._head.seq,
            hash=self._head.hash.hex(),
            digest=digest(self._state).hex(),
            accounts=len(self._state.register.accounts),
            transfers=self._tables["transfers"].rows,
            postings=self._tables["postings"].rows,
            assets={asset: fixed8(total) for asset, total in totals.items()},
            problems=tuple(self._problems),
        )

    def _open_tables(self) -> None:
        """Rows of another version are rebuilt when a server opens the file: not looked at."""
        version = self._db.execute("SELECT value FROM meta WHERE name = 'read_models'").fetchone()
        mine = version == (read_models.VERSION,)
        for table in TABLES:
            read = partial(read_table, self._db, table) if mine else None
            self._tables[table.name] = _Table(table.name, read)
        create_tables(self._aside)
        self._aside.execute("BEGIN")

    def _replay(self) -> None:
        (last,) = self._db.execute("SELECT ifnull(max(last), 0) FROM batches").fetchone()
        kept = self._db.execute("SELECT seq, hash, digest FROM snapshots").fetchone()
        snapshot = _Kept(*kept) if kept else None
        for batch in self._db.execute(_BATCHES):
            self._take(*batch)
            if snapshot and snapshot.seq == self._head.seq:
                self._check_snapshot(snapshot)
                snapshot = None
            self._progress(self._head.seq, last)
        if snapshot:
            self._problems.append(f"the snapshot of record {snapshot.seq} is beside the journal")

    def _take(self, first: int, last: int, body: bytes, stored: bytes) -> None:
        """Check a batch against the chain, then replay it."""
        if first != self._head.seq + 1:
            raise BrokenJournalError(f"records {self._head.seq + 1} to {first - 1} are missing")
        try:
            bodies = _decode_batch(body)
        except msgspec.MsgspecError:
            bodies = []
        if len(bodies) != last - first + 1:
            raise BrokenJournalError(f"the batch of records {first} to {last} is damaged")
        after = verify(self._head, bodies, stored)
        for offset, record in enumerate(bodies):
            self._apply(Seq(first + offset), record)
        self._head = after

    def _apply(self, seq: Seq, record: bytes) -> None:
        try:
            event = decode(record)
            apply(self._state, event)
        except Exception as error:  # whatever it is, it is a finding
            raise BrokenJournalError(f"record {seq} cannot be applied: {error!r}") from error
        rows = Rows()
        project(seq, event, rows)
        if rows.reset:
            for table in self._tables.values():
                table.restart()
        for name in [name for name in rows.tables if name not in CHANGING]:
            for row in rows.tables.pop(name):
                self._tables[name].expect(row)
        write_rows(self._aside, rows)

    def _check_snapshot(self, kept: _Kept) -> None:
        parts = [
            part for (part,) in self._db.execute("SELECT body FROM snapshot_parts ORDER BY part")
        ]
        fault = ""
        if kept.hash != self._head.hash:
            fault = "is of another history"
        elif kept.digest != hashlib.sha256(b"".join(parts)).digest():
            fault = "is damaged"
        elif kept.digest != digest(self._state) and _readable(parts):
            fault = "differs from the replay"
        if fault:
            self._problems.append(f"the snapshot of record {kept.seq} {fault}")

    def _check_read_models(self) -> None:
        for changing in CHANGING.values():
            for row in read_table(self._aside, changing):
                self._tables[changing.name].expect(row)
        for table in self._tables.values():
            table.finish()
            if table.difference:
                self._problems.append(table.difference)


def _readable(parts: list[bytes]) -> bool:
    """Whether this version reads the snapshot; one of another form is a cache that is ignored."""
    try:
        load(parts)
    except (ValueError, msgspec.MsgspecError):
        return False
    return True


def _open(path: Path) -> sqlite3.Connection:
    """The file, read-only; refuses what is no journal of this version or an older one."""
    if not path.is_file():
        raise JournalError(f"there is no journal {path}; name the file with --data")
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        (owner,) = db.execute("PRAGMA application_id").fetchone()
        (found,) = db.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        db.close()
        raise JournalError(f"{path} is no journal: {error}") from None
    if owner != APPLICATION_ID or found > FORMAT:
        db.close()
        by = "another program" if owner != APPLICATION_ID else "a later version"
        raise JournalError(f"{path} was written by {by}")
    return db

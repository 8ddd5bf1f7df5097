"""The journal in memory: for tests and for `--ephemeral`. Nothing outlives the process.

The records are a list; the histories are SQLite's too, in a database without a file, so that
there is one answer to a history query and not two.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from clearhouse.journal import candles
from clearhouse.journal.exports import csv_of
from clearhouse.journal.history import History
from clearhouse.journal.port import Csv, Snapshot
from clearhouse.journal.read_models import project
from clearhouse.journal.record import Head, Record, decode
from clearhouse.journal.rows import Row, Rows
from clearhouse.journal.tables import create_tables, write_rows
from clearhouse.messages.events import Event
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.market_queries import CandleRow
from clearhouse.model.ids import Millis, Uid


class MemoryJournal:
    """Records in a list, rows in a database in memory."""

    name = "memory (nothing is kept)"

    def __init__(self) -> None:
        self._staged: list[Record] = []
        self._records: list[Record] = []
        self._snapshot: Snapshot | None = None
        self._candles: list[tuple[Sequence[CandleRow], bool]] = []
        self._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        create_tables(self._db)
        self._db.execute(candles.TABLE)
        self.histories = History(self._db)
        self.history = self.histories.answer

    def head(self) -> Head:
        """The last committed record."""
        return _head(self._records[-1]) if self._records else Head()

    def append(self, records: Sequence[Record]) -> None:
        """Stage records."""
        self._staged.extend(records)

    def save_candles(self, rows: Sequence[CandleRow], *, forget: bool) -> None:
        """Stage candles."""
        self._candles.append((rows, forget))

    def commit(self) -> None:
        """Make the staged records part of the journal."""
        staged, self._staged = self._staged, []
        saving, self._candles = self._candles, []
        rows = Rows()
        for record in staged:
            project(record.seq, record.event, rows)
        with self.histories.alone():
            self._db.execute("BEGIN")
            write_rows(self._db, rows)
            for kept, forget in saving:
                candles.write_candles(self._db, kept, forget=forget)
            self._db.execute("COMMIT")
        self._records.extend(staged)

    def events(self, after: Head) -> Iterator[tuple[Head, list[Event]]]:
        """Every record after a head, one by one."""
        for record in self._records[after.seq :]:
            yield _head(record), [decode(record.body)]

    def save_snapshot(self, head: Head, digest: bytes, parts: Iterable[bytes]) -> None:
        """Keep one snapshot."""
        self._snapshot = Snapshot(head, digest, tuple(parts))

    def snapshot(self) -> Snapshot | None:
        """The snapshot."""
        return self._snapshot

    def export(self, kind: ExportKind, uid: Uid, start: Millis, end: Millis) -> Csv:
        """A history as CSV; each chunk has the one connection to itself."""

        def ask(statement: str, values: tuple[object, ...]) -> Row | None:
            with self.histories.alone():
                row: Row | None = self._db.execute(statement, values).fetchone()
                return row

        return csv_of(ask, kind, uid, start, end)

    def close(self) -> None:
        """Let go of the histories; the records can still be read by who holds the journal."""
        self._db.close()


def _head(record: Record) -> Head:
    return Head(record.seq, record.hash)

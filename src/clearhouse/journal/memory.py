"""The journal in memory: for tests and for `--ephemeral`. Nothing outlives the process."""

from collections.abc import Iterable, Iterator, Sequence

from clearhouse.journal.port import Snapshot
from clearhouse.journal.read_models import (
    PostingEntry,
    TransferEntry,
    no_rows,
    posting_row,
    project,
)
from clearhouse.journal.record import Head, Record, decode
from clearhouse.messages.events import Event
from clearhouse.messages.queries import (
    PostingHistory,
    PostingRow,
    TransferHistory,
    TransferPage,
    TransferRow,
)
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import Uid


class MemoryJournal:
    """Records in a list, rows by owner."""

    name = "memory (nothing is kept)"

    def __init__(self) -> None:
        self._staged: list[Record] = []
        self._records: list[Record] = []
        self._transfers: dict[Uid, list[TransferEntry]] = {}
        self._postings: list[PostingEntry] = []
        self._snapshot: Snapshot | None = None

    def head(self) -> Head:
        """The last committed record."""
        return _head(self._records[-1]) if self._records else Head()

    def append(self, records: Sequence[Record]) -> None:
        """Stage records."""
        self._staged.extend(records)

    def commit(self) -> None:
        """Make the staged records part of the journal."""
        staged, self._staged = self._staged, []
        self._records.extend(staged)
        for record in staged:
            self._project(record)

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

    def transfers(self, asked: TransferHistory) -> TransferPage:
        """Past transfers, newest first."""
        rows = [
            row
            for row in reversed(self._transfers.get(asked.uid, []))
            if row.kind == asked.kind
            and asked.start <= row.at <= asked.end
            and asked.from_symbol in (None, row.from_symbol)
            and asked.to_symbol in (None, row.to_symbol)
        ]
        rows.sort(key=lambda row: (row.at, row.tran_id), reverse=True)
        page = rows[asked.offset : asked.offset + asked.limit]
        return TransferPage(len(rows), tuple(_row(row) for row in page))

    def postings(self, asked: PostingHistory) -> tuple[PostingRow, ...]:
        """Past postings, oldest first."""
        found = [
            row for row in self._postings if row.seq > asked.after and asked.uid in (None, row.uid)
        ]
        last = found[asked.limit - 1].seq if len(found) >= asked.limit else None
        return tuple(posting_row(row) for row in found if last is None or row.seq <= last)

    def close(self) -> None:
        """Nothing to let go of."""

    def _project(self, record: Record) -> None:
        rows = project(record.seq, record.event, no_rows())
        if rows.reset:
            self._transfers.clear()
            self._postings.clear()
        for row in rows.transfers:
            self._transfers.setdefault(row.uid, []).append(row)
        self._postings.extend(rows.postings)


def _head(record: Record) -> Head:
    return Head(record.seq, record.hash)


def _row(entry: TransferEntry) -> TransferRow:
    return TransferRow(entry.tran_id, TransferKind(entry.kind), entry.asset, entry.units, entry.at)

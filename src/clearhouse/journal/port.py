"""The port of the journal: what the sequencer needs of a store.

`append` stages records and their read-model rows; `commit` makes everything staged durable
and may run on another thread, during which nothing is appended. A failed call leaves the
journal unusable: the process stops and recovers from what is stored.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from msgspec import Struct

from clearhouse.journal.record import Head, Record
from clearhouse.messages.events import Event
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.market_queries import CandleRow
from clearhouse.messages.queries import Query
from clearhouse.model.ids import Millis, Uid

A = TypeVar("A")
Csv = Generator[bytes, None, None]
"""Chunks of whole lines; closed by whoever does not read to the end."""


class Snapshot(Struct, frozen=True):
    """A state as of a head, in parts; `digest` is over all parts."""

    head: Head
    digest: bytes
    parts: tuple[bytes, ...]


class JournalError(Exception):
    """The store cannot be opened or written; the text says what to do."""


class Journal(Protocol):
    """A store of records."""

    @property
    def name(self) -> str:
        """Where the records are, for people."""
        ...

    def head(self) -> Head:
        """The last durable record."""
        ...

    def append(self, records: Sequence[Record]) -> None:
        """Stage records that follow the head, and their rows."""
        ...

    def save_candles(self, rows: Sequence[CandleRow], *, forget: bool) -> None:
        """Stage candles, in place of older ones; `forget` those of before. No records change.

        On the thread that commits next, beside nothing else.
        """
        ...

    def commit(self) -> None:
        """Make what is staged durable."""
        ...

    def events(self, after: Head) -> Iterator[tuple[Head, list[Event]]]:
        """Durable events after a head, in groups with their head; verifies the chain."""
        ...

    def save_snapshot(self, head: Head, digest: bytes, parts: Iterable[bytes]) -> None:
        """Keep a snapshot in place of an older one."""
        ...

    def snapshot(self) -> Snapshot | None:
        """The snapshot that is kept."""
        ...

    def history(self, asked: Query[A]) -> A:
        """The answer to a history query; callable from any thread."""
        ...

    def export(self, kind: ExportKind, uid: Uid, start: Millis, end: Millis) -> Csv:
        """A history as CSV, beside everything else; on any one thread."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...

"""A record is an event as stored bytes, chained to every record before it.

`hash(n) = SHA-256(hash(n-1) + bytes(n))`. The chain covers the stored bytes, record by
record, so it does not depend on how records were grouped into commits.
"""

import hashlib
from collections.abc import Callable, Iterable

import msgspec
from msgspec import Struct

from clearhouse.journal.upcasters import STORED_TYPES, upcast
from clearhouse.messages.events import Event
from clearhouse.model.ids import Seq

GENESIS_HASH = bytes(32)


class Head(Struct, frozen=True):
    """The end of the journal."""

    seq: Seq = Seq(0)
    hash: bytes = GENESIS_HASH


class Record(Struct, frozen=True):
    """An event in its place."""

    seq: Seq
    event: Event
    body: bytes
    hash: bytes


class BrokenJournalError(Exception):
    """The stored bytes are not what was written."""


encode: Callable[[Event], bytes] = msgspec.msgpack.Encoder().encode
_decode_stored = msgspec.msgpack.Decoder(STORED_TYPES).decode


def decode(body: bytes) -> Event:
    """The event of stored bytes, in its newest version; refuses a kind that is not known here."""
    try:
        return upcast(_decode_stored(body))
    except msgspec.MsgspecError as error:
        raise BrokenJournalError(
            f"a record cannot be read, perhaps a later version wrote it: {error}"
        ) from error


def link(previous: bytes, body: bytes) -> bytes:
    """The hash of a record that follows another."""
    return hashlib.sha256(previous + body).digest()


def follow(head: Head, event: Event) -> Record:
    """The record of an event that comes next."""
    body = encode(event)
    return Record(Seq(head.seq + 1), event, body, link(head.hash, body))


def chain(head: Head, events: Iterable[Event]) -> list[Record]:
    """Records of events that follow a head."""
    records = []
    for event in events:
        record = follow(head, event)
        records.append(record)
        head = Head(record.seq, record.hash)
    return records


def verify(head: Head, bodies: list[bytes], expected: bytes) -> Head:
    """The head after some stored records; raises when the stored hash is another one."""
    previous = head.hash
    for body in bodies:
        previous = link(previous, body)
    last = Seq(head.seq + len(bodies))
    if previous != expected:
        raise BrokenJournalError(
            f"the hash chain breaks between record {head.seq + 1} and {last}: "
            "the stored bytes are not those that were written"
        )
    return Head(last, previous)

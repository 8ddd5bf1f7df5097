"""Read models: rows for the history endpoints, derived from events.

They are written in the transaction of their events, and can be dropped and rebuilt from the
journal at any time. `VERSION` says which rows this code writes; a store with another version
is rebuilt when it is opened.
"""

from typing import NamedTuple

from clearhouse.messages.events import (
    Event,
    FundsDeposited,
    FundsTransferred,
    FundsWithdrawn,
    VenueReset,
)
from clearhouse.messages.queries import PostingRow
from clearhouse.model.ids import Millis, Seq, TranId, Uid
from clearhouse.model.wallets import Wallet

VERSION = 1

_MOVES = (FundsTransferred, FundsDeposited, FundsWithdrawn)


class TransferEntry(NamedTuple):
    """A row of the table of transfers."""

    tran_id: TranId
    uid: Uid
    kind: str
    from_symbol: str | None
    to_symbol: str | None
    asset: str
    units: int
    at: Millis


class PostingEntry(NamedTuple):
    """A row of the table of postings."""

    seq: Seq
    leg: int
    tran_id: TranId
    uid: Uid
    wallet: Wallet
    asset: str
    units: int
    at: Millis


class Rows(NamedTuple):
    """What one or several events add. `reset`: forget all earlier rows first."""

    reset: bool
    transfers: list[TransferEntry]
    postings: list[PostingEntry]


def project(seq: Seq, event: Event, into: Rows) -> Rows:
    """Add the rows of an event. A reset drops what was collected before it."""
    if isinstance(event, VenueReset):
        return Rows(True, [], [])
    if isinstance(event, FundsTransferred):
        into.transfers.append(_transfer(event))
    if isinstance(event, _MOVES):
        tran_id, at = event.tran_id, event.at
        into.postings.extend(
            [
                PostingEntry(seq, leg, tran_id, p.uid, p.wallet, p.asset, p.units, at)
                for leg, p in enumerate(event.postings)
            ]
        )
    return into


def no_rows() -> Rows:
    """Nothing yet."""
    return Rows(False, [], [])


def posting_row(entry: PostingEntry) -> PostingRow:
    """The row as an answer shows it."""
    return PostingRow(*entry)


def _transfer(event: FundsTransferred) -> TransferEntry:
    taken = event.postings[0]
    return TransferEntry(
        event.tran_id,
        event.uid,
        event.kind.value,
        event.from_symbol,
        event.to_symbol,
        taken.asset,
        -taken.units,
        event.at,
    )

"""Read models: rows for the history endpoints, derived from events.

They are written in the transaction of their events, and can be dropped and rebuilt from the
journal at any time. `VERSION` says which rows this code writes; a store with another version
is rebuilt when it is opened.
"""

from collections.abc import Callable
from typing import Any

from clearhouse.journal import activity_rows, postings, trading_rows, wallet_rows
from clearhouse.journal.rows import Rows
from clearhouse.messages.events import Event, VenueReset
from clearhouse.model.ids import Seq

VERSION = 6

TABLES = (*postings.TABLES, *wallet_rows.TABLES, *trading_rows.TABLES, *activity_rows.TABLES)

PROJECTIONS: dict[type[Event], Callable[[Rows, Seq, Any], None]] = {
    **postings.PROJECTIONS,
    **wallet_rows.PROJECTIONS,
    **trading_rows.PROJECTIONS,
    **activity_rows.PROJECTIONS,
    VenueReset: lambda rows, _seq, _event: rows.forget(),
}
"""Events that have rows."""


def project(seq: Seq, event: Event, into: Rows) -> None:
    """Add the rows of an event."""
    write = PROJECTIONS.get(type(event))
    if write:
        write(into, seq, event)

"""Read models: rows for the history endpoints, derived from events.

They are written in the transaction of their events, and can be dropped and rebuilt from the
journal at any time. `VERSION` says which rows this code writes; a store with another version
is rebuilt when it is opened.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from clearhouse.messages import events
from clearhouse.messages.events import Event
from clearhouse.model.ids import Millis, Seq
from clearhouse.model.wallets import UMFUTURE

VERSION = 3

Row = tuple[Any, ...]


class Why(StrEnum):
    """Why a posting was made. What the futures wallet shows as income is named as there."""

    TRANSFER = "TRANSFER"
    DEPOSIT = "DEPOSIT"
    WITHDRAWAL = "WITHDRAWAL"
    DIVIDEND = "DIVIDEND"
    DUST = "DUST"


INCOME_TYPES = {
    Why.TRANSFER: "TRANSFER",
    Why.DEPOSIT: "TRANSFER",
    Why.WITHDRAWAL: "TRANSFER",
}
"""How the income history calls each reason for which a futures wallet can move."""


class Table(NamedTuple):
    """A table: its columns as SQL declares them, its order, its indexes."""

    name: str
    columns: str
    order: str
    indexes: tuple[str, ...] = ()
    without_rowid: bool = False


TABLES = (
    Table(
        "transfers",
        "tran_id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, kind TEXT NOT NULL, "
        "from_symbol TEXT, to_symbol TEXT, asset TEXT NOT NULL, units INTEGER NOT NULL, "
        "at INTEGER NOT NULL",
        "tran_id",
        ("transfers_by_owner ON transfers (uid, kind, at)",),
    ),
    Table(
        "postings",
        "seq INTEGER NOT NULL, leg INTEGER NOT NULL, tran_id INTEGER NOT NULL, "
        "uid INTEGER NOT NULL, wallet TEXT NOT NULL, asset TEXT NOT NULL, "
        "units INTEGER NOT NULL, at INTEGER NOT NULL, why TEXT NOT NULL, symbol TEXT NOT NULL, "
        "PRIMARY KEY (seq, leg)",
        "seq, leg",
        ("postings_by_owner ON postings (uid, seq)",),
        without_rowid=True,
    ),
    Table(  # what the futures wallets show, in the order in which it is read: a page is one range
        "income",
        "uid INTEGER NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL, leg INTEGER NOT NULL, "
        "tran_id INTEGER NOT NULL, asset TEXT NOT NULL, units INTEGER NOT NULL, "
        "why TEXT NOT NULL, symbol TEXT NOT NULL, PRIMARY KEY (uid, at, seq, leg)",
        "seq, leg",
        ("income_by_symbol ON income (uid, symbol, at) WHERE symbol <> ''",),
        without_rowid=True,
    ),
    Table(
        "deposits",
        "tran_id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, wallet TEXT NOT NULL, "
        "asset TEXT NOT NULL, units INTEGER NOT NULL, at INTEGER NOT NULL",
        "tran_id",
        ("deposits_by_owner ON deposits (uid, at)",),
    ),
    Table(
        "withdrawals",
        "tran_id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, wallet TEXT NOT NULL, "
        "asset TEXT NOT NULL, units INTEGER NOT NULL, network TEXT NOT NULL, "
        "address TEXT NOT NULL, tag TEXT NOT NULL, order_id TEXT NOT NULL, "
        "internal INTEGER NOT NULL, at INTEGER NOT NULL",
        "tran_id",
        ("withdrawals_by_owner ON withdrawals (uid, at)",),
    ),
    Table(
        "dividends",
        "tran_id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, asset TEXT NOT NULL, "
        "units INTEGER NOT NULL, info TEXT NOT NULL, at INTEGER NOT NULL",
        "tran_id",
        ("dividends_by_owner ON dividends (uid, at)",),
    ),
    Table(
        "dust",
        "conversion INTEGER NOT NULL, tran_id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, "
        "wallet TEXT NOT NULL, asset TEXT NOT NULL, target TEXT NOT NULL, "
        "units INTEGER NOT NULL, proceeds INTEGER NOT NULL, charge INTEGER NOT NULL, "
        "at INTEGER NOT NULL",
        "tran_id",
        ("dust_by_owner ON dust (uid, wallet, at)",),
    ),
    Table(
        "index_prices",
        "seq INTEGER PRIMARY KEY, asset TEXT NOT NULL, price INTEGER NOT NULL, at INTEGER NOT NULL",
        "seq",
    ),
)


class Rows:
    """Rows by table that one or several events add. `reset`: forget all earlier rows first."""

    def __init__(self) -> None:
        self.reset = False
        self.tables: dict[str, list[Row]] = {}

    def add(self, table: str, row: Row) -> None:
        """One more row of a table."""
        self.tables.setdefault(table, []).append(row)

    def forget(self) -> None:
        """A reset drops what was collected before it."""
        self.reset = True
        self.tables = {}


def project(seq: Seq, event: Event, into: Rows) -> None:
    """Add the rows of an event."""
    write = PROJECTIONS.get(type(event))
    if write:
        write(into, seq, event)


def _post(rows: Rows, seq: Seq, event: Any, why: Why) -> None:
    at, tran_id, cause = event.at, event.tran_id, why.value
    for leg, p in enumerate(event.postings):
        uid, wallet, asset, units = p.uid, p.wallet, p.asset, p.units
        rows.add("postings", (seq, leg, tran_id, uid, wallet, asset, units, at, cause, ""))
        if wallet == UMFUTURE:
            rows.add("income", (uid, at, seq, leg, tran_id, asset, units, cause, ""))


def _transferred(rows: Rows, seq: Seq, event: events.FundsTransferred) -> None:
    taken = event.postings[0]
    symbols = event.from_symbol, event.to_symbol
    money = taken.asset, -taken.units
    rows.add("transfers", (event.tran_id, event.uid, event.kind.value, *symbols, *money, event.at))
    _post(rows, seq, event, Why.TRANSFER)


def _deposited(rows: Rows, seq: Seq, event: events.FundsDeposited) -> None:
    given = event.postings[1]
    row = (event.tran_id, event.uid, event.wallet, given.asset, given.units, event.at)
    rows.add("deposits", row)
    _post(rows, seq, event, Why.DEPOSIT)


def _sent(rows: Rows, seq: Seq, event: events.WithdrawalSent) -> None:
    taken = event.postings[0]
    where = event.network, event.address, event.tag, event.order_id, int(event.internal)
    money = taken.asset, -taken.units
    rows.add("withdrawals", (event.tran_id, event.uid, event.wallet, *money, *where, event.at))
    _post(rows, seq, event, Why.WITHDRAWAL)


def _distributed(rows: Rows, seq: Seq, event: events.DividendPaid) -> None:
    given = event.postings[1]
    row = (event.tran_id, event.uid, given.asset, given.units, event.info, event.at)
    rows.add("dividends", row)
    _post(rows, seq, event, Why.DIVIDEND)


def _converted(rows: Rows, seq: Seq, event: events.DustConverted) -> None:
    for part in event.parts:
        what = part.asset, event.target, part.units, part.proceeds, part.charge
        row = (event.tran_id, part.tran_id, event.uid, event.wallet, *what, event.at)
        rows.add("dust", row)
    _post(rows, seq, event, Why.DUST)


def _price(rows: Rows, seq: Seq, asset: str, price: int, at: Millis) -> None:
    rows.add("index_prices", (seq, asset, price, at))


PROJECTIONS: dict[type[Event], Callable[[Rows, Seq, Any], None]] = {
    events.FundsTransferred: _transferred,
    events.FundsDeposited: _deposited,
    events.FundsWithdrawn: lambda rows, seq, e: _post(rows, seq, e, Why.WITHDRAWAL),
    events.WithdrawalSent: _sent,
    events.DividendPaid: _distributed,
    events.DustConverted: _converted,
    events.AssetListed: lambda rows, seq, e: _price(rows, seq, e.asset.name, e.asset.index, e.at),
    events.AssetIndexSet: lambda rows, seq, e: _price(rows, seq, e.asset, e.index, e.at),
    events.VenueReset: lambda rows, _seq, _e: rows.forget(),
}
"""Events that have rows."""

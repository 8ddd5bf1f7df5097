"""Rows of wallets: transfers, deposits, withdrawals, distributions, dust, index prices."""

from collections.abc import Callable
from typing import Any

from clearhouse.journal.postings import Why, post
from clearhouse.journal.rows import Rows, Table
from clearhouse.messages import events
from clearhouse.messages.events import Event
from clearhouse.model.ids import Millis, Seq

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


def _transferred(rows: Rows, seq: Seq, event: events.FundsTransferred) -> None:
    taken = event.postings[0]
    symbols = event.from_symbol, event.to_symbol
    money = taken.asset, -taken.units
    rows.add("transfers", (event.tran_id, event.uid, event.kind.value, *symbols, *money, event.at))
    post(rows, seq, event, Why.TRANSFER)


def _deposited(rows: Rows, seq: Seq, event: events.FundsDeposited) -> None:
    given = event.postings[1]
    row = (event.tran_id, event.uid, event.wallet, given.asset, given.units, event.at)
    rows.add("deposits", row)
    post(rows, seq, event, Why.DEPOSIT)


def _sent(rows: Rows, seq: Seq, event: events.WithdrawalSent) -> None:
    taken = event.postings[0]
    where = event.network, event.address, event.tag, event.order_id, int(event.internal)
    money = taken.asset, -taken.units
    rows.add("withdrawals", (event.tran_id, event.uid, event.wallet, *money, *where, event.at))
    post(rows, seq, event, Why.WITHDRAWAL)


def _distributed(rows: Rows, seq: Seq, event: events.DividendPaid) -> None:
    given = event.postings[1]
    row = (event.tran_id, event.uid, given.asset, given.units, event.info, event.at)
    rows.add("dividends", row)
    post(rows, seq, event, Why.DIVIDEND)


def _converted(rows: Rows, seq: Seq, event: events.DustConverted) -> None:
    for part in event.parts:
        what = part.asset, event.target, part.units, part.proceeds, part.charge
        row = (event.tran_id, part.tran_id, event.uid, event.wallet, *what, event.at)
        rows.add("dust", row)
    post(rows, seq, event, Why.DUST)


def _price(rows: Rows, seq: Seq, asset: str, price: int, at: Millis) -> None:
    rows.add("index_prices", (seq, asset, price, at))


PROJECTIONS: dict[type[Event], Callable[[Rows, Seq, Any], None]] = {
    events.FundsTransferred: _transferred,
    events.FundsDeposited: _deposited,
    events.FundsWithdrawn: lambda rows, seq, e: post(rows, seq, e, Why.WITHDRAWAL),
    events.WithdrawalSent: _sent,
    events.DividendPaid: _distributed,
    events.DustConverted: _converted,
    events.AssetListed: lambda rows, seq, e: _price(rows, seq, e.asset.name, e.asset.index, e.at),
    events.AssetIndexSet: lambda rows, seq, e: _price(rows, seq, e.asset, e.index, e.at),
}

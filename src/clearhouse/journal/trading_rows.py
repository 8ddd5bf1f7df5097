"""Rows of trading: orders and their changes, fills, conditional orders, isolated margin.

An order is one row, written when it is placed and changed by what happens to it. Its events
carry what it came to, not what was added, so several changes are as good as the last of each.

A resting order that is cancelled writes the most rows for the least money, so its table has few
indexes, and those are written where they grow. Ids that clients make up are scattered like
hashes: with the number of a block of 4,096 orders before them, only the pages of the last block
are touched, and whoever looks for one looks into each block.
"""

from collections.abc import Callable
from typing import Any

from msgspec import to_builtins
from msgspec.structs import fields

from clearhouse.journal.activity_rows import count_fill
from clearhouse.journal.postings import post_fill
from clearhouse.journal.rows import Row, Rows, Table
from clearhouse.messages import trading_events as events
from clearhouse.messages.events import Event
from clearhouse.model.ids import Seq
from clearhouse.model.orders import AlgoOrder, AlgoStatus, Order

BLOCK_BITS = 12
BLOCK = f"order_id >> {BLOCK_BITS}"
FORCED = "(client_id = 'adl_autoclose' OR client_id GLOB 'autoclose-*')"
"""Orders by which the venue closed a position, by the names that they have."""

_TEXTS = {
    "client_id",
    "symbol",
    "side",
    "position_side",
    "kind",
    "time_in_force",
    "self_trade",
    "price_match",
    "working_type",
    "status",
    "reason",
}


def _columns(record: type[Order | AlgoOrder]) -> str:
    """A column for each field, in their order; the first one is the id."""
    number, *rest = (field.name for field in fields(record))
    declared = [f"{name} {'TEXT' if name in _TEXTS else 'INTEGER'} NOT NULL" for name in rest]
    return ", ".join((f"{number} INTEGER PRIMARY KEY", *declared))


TABLES = (
    Table(
        "orders",
        _columns(Order),
        "order_id",
        (
            "orders_by_time ON orders (uid, symbol, created_at)",
            f"orders_by_client ON orders ({BLOCK}, uid, symbol, client_id)",
            f"forced_orders ON orders (uid, created_at) WHERE {FORCED}",
        ),
        key="order_id",
    ),
    Table(
        "fills",
        "seq INTEGER PRIMARY KEY, uid INTEGER NOT NULL, trade_id INTEGER NOT NULL, "
        "symbol TEXT NOT NULL, order_id INTEGER NOT NULL, side TEXT NOT NULL, "
        "position_side TEXT NOT NULL, price INTEGER NOT NULL, quantity INTEGER NOT NULL, "
        "quote INTEGER NOT NULL, realized INTEGER NOT NULL, commission INTEGER NOT NULL, "
        "commission_asset TEXT NOT NULL, margin_asset TEXT NOT NULL, maker INTEGER NOT NULL, "
        "at INTEGER NOT NULL",
        "seq",
        (
            "fills_by_time ON fills (uid, symbol, at)",
            "fills_by_trade ON fills (uid, symbol, trade_id)",
            "fills_by_order ON fills (order_id)",
        ),
    ),
    Table(
        "amendments",
        "amendment_id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, symbol TEXT NOT NULL, "
        "order_id INTEGER NOT NULL, client_id TEXT NOT NULL, at INTEGER NOT NULL, "
        "price_before INTEGER NOT NULL, price INTEGER NOT NULL, "
        "quantity_before INTEGER NOT NULL, quantity INTEGER NOT NULL, count INTEGER NOT NULL, "
        "modify_id INTEGER NOT NULL",
        "amendment_id",
        ("amendments_by_order ON amendments (order_id)",),
    ),
    Table(
        "margin_changes",
        "uid INTEGER NOT NULL, symbol TEXT NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL, "
        "position_side TEXT NOT NULL, asset TEXT NOT NULL, amount INTEGER NOT NULL, "
        "PRIMARY KEY (uid, symbol, at, seq)",
        "seq",
        without_rowid=True,
    ),
    Table(
        "funding_rates",
        "symbol TEXT NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL, "
        "rate INTEGER NOT NULL, mark INTEGER NOT NULL, PRIMARY KEY (symbol, at, seq)",
        "seq",
        ("funding_rates_by_time ON funding_rates (at, seq)",),
        without_rowid=True,
    ),
    Table(
        "algo_orders",
        _columns(AlgoOrder),
        "algo_id",
        (
            "algo_orders_by_time ON algo_orders (uid, symbol, created_at)",
            "algo_orders_by_client ON algo_orders (uid, client_id)",
        ),
        key="algo_id",
    ),
)


def _placed(rows: Rows, _seq: Seq, event: events.OrderPlaced) -> None:
    rows.add("orders", _row(event.order))


def _filled(rows: Rows, seq: Seq, event: events.OrderFilled) -> None:
    what = event.trade_id, event.symbol, event.order_id, event.side.value
    amounts = event.price, event.quantity, event.quote, event.realized, event.commission
    assets = event.commission_asset, event.margin_asset
    position = event.position_side.value
    row = (seq, event.uid, *what, position, *amounts, *assets, int(event.maker), event.at)
    rows.add("fills", row)
    values = {
        "status": event.status.value,
        "executed": event.executed,
        "quote": event.total_quote,
        "updated_at": event.at,
    }
    rows.change("orders", event.order_id, values)
    post_fill(rows, seq, event)
    count_fill(rows, event)


def _amended(rows: Rows, _seq: Seq, event: events.OrderAmended) -> None:
    which = event.amendment_id, event.uid, event.symbol, event.order_id, event.client_id, event.at
    before_and_after = event.price_before, event.price, event.quantity_before, event.quantity
    rows.add("amendments", (*which, *before_and_after, event.count, event.modify_id))
    values = {
        "price": event.price,
        "quantity": event.quantity,
        "price_match": event.price_match.value,
        "amendments": event.count,
        "modify_id": event.modify_id,
        "updated_at": event.at,
    }
    rows.change("orders", event.order_id, values)


def _ended(rows: Rows, _seq: Seq, event: events.OrderEnded) -> None:
    values = {"status": event.status.value, "updated_at": event.at}
    rows.change("orders", event.order_id, values)


def _margin_moved(rows: Rows, seq: Seq, event: events.MarginMoved) -> None:
    what = event.position_side.value, event.asset, event.amount
    rows.add("margin_changes", (event.uid, event.symbol, event.at, seq, *what))


def _funding_started(rows: Rows, seq: Seq, event: events.FundingStarted) -> None:
    rows.add("funding_rates", (event.symbol, event.time, seq, event.rate, event.mark))


def _algo_placed(rows: Rows, _seq: Seq, event: events.AlgoPlaced) -> None:
    rows.add("algo_orders", _row(event.algo))


def _algo_activated(rows: Rows, _seq: Seq, event: events.AlgoActivated) -> None:
    values = {"activated": 1, "extreme": event.extreme, "updated_at": event.at}
    rows.change("algo_orders", event.algo_id, values)


def _algo_triggered(rows: Rows, _seq: Seq, event: events.AlgoTriggered) -> None:
    values = {
        "status": AlgoStatus.TRIGGERED.value,
        "order_id": event.order_id,
        "triggered_at": event.at,
        "updated_at": event.at,
    }
    rows.change("algo_orders", event.algo_id, values)


def _algo_ended(rows: Rows, _seq: Seq, event: events.AlgoEnded) -> None:
    values = {"status": event.status.value, "reason": event.reason, "updated_at": event.at}
    rows.change("algo_orders", event.algo_id, values)


def _row(record: Order | AlgoOrder) -> Row:
    """The fields as SQLite keeps them: words as text."""
    return tuple(to_builtins(record))


PROJECTIONS: dict[type[Event], Callable[[Rows, Seq, Any], None]] = {
    events.OrderPlaced: _placed,
    events.OrderFilled: _filled,
    events.OrderAmended: _amended,
    events.OrderEnded: _ended,
    events.MarginMoved: _margin_moved,
    events.FundingStarted: _funding_started,
    events.AlgoPlaced: _algo_placed,
    events.AlgoActivated: _algo_activated,
    events.AlgoTriggered: _algo_triggered,
    events.AlgoEnded: _algo_ended,
}

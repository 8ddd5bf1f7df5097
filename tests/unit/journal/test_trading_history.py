"""Histories of trading as the store answers them: by which index, and as a plain list would."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from clearhouse.journal.history import History
from clearhouse.journal.read_models import project
from clearhouse.journal.rows import Rows
from clearhouse.journal.tables import create_tables, write_rows
from clearhouse.messages.events import Event
from clearhouse.messages.queries import Query
from clearhouse.messages.trading_commands import OrderName
from clearhouse.messages.trading_histories import (
    AlgoHistory,
    Amendments,
    FindAlgo,
    FindOrder,
    ForcedOrders,
    MarginChanges,
    OrderHistory,
    UserTrades,
)
from clearhouse.model.ids import Millis, Seq
from clearhouse.model.orders import AlgoOrder, Order, OrderStatus
from journal.history import ANN, BOB, START
from journal.trades import order, placed, trades

FIRST = 4_000_000_001
EVER: dict[str, Any] = {"start": Millis(0), "end": Millis(2**53)}
AGO: dict[str, Any] = {"since": Millis(0), "unfilled_since": Millis(0)}
BY_ID, BY_CLIENT = OrderName(FIRST), OrderName(None, "client")
BTC: dict[str, Any] = {"uid": ANN, "symbol": "BTCUSDT"}
PAGE: dict[str, Any] = {"uid": ANN, "limit": 10}


def write(db: sqlite3.Connection, events: list[Event]) -> None:
    rows = Rows()
    for number, event in enumerate(events, 1):
        project(Seq(number), event, rows)
    write_rows(db, rows)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    store = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(store)
    write(store, trades())
    yield store
    store.close()


def plans(db: sqlite3.Connection, asked: Query[Any]) -> list[str]:
    """How each statement of an answer finds rows, and whether it has to sort them.

    Without the first and the last row of the table, and the numbers of blocks between them.
    """
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    History(db).answer(asked)
    db.set_trace_callback(None)
    steps = [
        row[-1]
        for statement in statements
        if "SELECT" in statement
        for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]
    return [
        step
        for step in steps
        if step.startswith(("SEARCH", "SCAN", "USE"))
        and not step.endswith((" orders", " blocks", " CONSTANT ROW"))
    ]


IN_TIME = (
    "SEARCH orders USING INDEX orders_by_time "
    "(uid=? AND symbol=? AND created_at>? AND created_at<?)"
)
ORDERS_SYMBOL = "SEARCH orders USING COVERING INDEX orders_by_time (uid=? AND symbol>?)"
FILLS_SYMBOL = "SEARCH fills USING COVERING INDEX fills_by_trade (uid=? AND symbol>?)"
IN_A_BLOCK = "SEARCH orders USING INDEX orders_by_client (<expr>=? AND uid=?"
OF_A_SYMBOL = f"{IN_A_BLOCK} AND symbol=?"
OWN_ORDER = "SEARCH orders USING INTEGER PRIMARY KEY (rowid=?)"
FILLS = "SEARCH fills USING INDEX"
FILLS_IN_TIME = f"{FILLS} fills_by_time (uid=? AND symbol=? AND at>? AND at<?)"
ALGOS = "SEARCH algo_orders USING"
SORTED = "USE TEMP B-TREE FOR ORDER BY"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (FindOrder(**BTC, name=BY_ID, **AGO), [OWN_ORDER]),
        (FindOrder(**BTC, name=BY_CLIENT, **AGO), [f"{OF_A_SYMBOL} AND client_id=?)", SORTED]),
        (OrderHistory(**PAGE, **AGO), [ORDERS_SYMBOL, ORDERS_SYMBOL, IN_TIME]),
        (OrderHistory(**PAGE, **AGO, **EVER), [ORDERS_SYMBOL, ORDERS_SYMBOL, IN_TIME]),
        (OrderHistory(**PAGE, **AGO, symbol="BTCUSDT"), [IN_TIME]),
        (OrderHistory(**PAGE, **AGO, **EVER, symbol="BTCUSDT"), [IN_TIME]),
        (
            OrderHistory(**PAGE, **AGO, from_id=FIRST, symbol="BTCUSDT"),
            [f"{OF_A_SYMBOL})", SORTED],
        ),
        (OrderHistory(**PAGE, **AGO, from_id=FIRST), [f"{IN_A_BLOCK})", SORTED]),
        (
            ForcedOrders(**PAGE, **EVER),
            ["SEARCH orders USING INDEX forced_orders (uid=? AND created_at>? AND created_at<?)"],
        ),
        (UserTrades(**PAGE, **EVER), [FILLS_SYMBOL, FILLS_SYMBOL, FILLS_IN_TIME]),
        (UserTrades(**PAGE, **EVER, symbol="BTCUSDT", newest=True), [FILLS_IN_TIME]),
        (
            UserTrades(**PAGE, **EVER, symbol="BTCUSDT", from_id=1),
            [f"{FILLS} fills_by_trade (uid=? AND symbol=? AND trade_id>?)"],
        ),
        (
            UserTrades(**PAGE, **EVER, symbol="BTCUSDT", order_id=FIRST),
            [f"{FILLS} fills_by_order (order_id=?)"],
        ),
        (
            AlgoHistory(**PAGE, **AGO, symbol="BTCUSDT"),
            [
                (
                    f"{ALGOS} INDEX algo_orders_by_time "
                    "(uid=? AND symbol=? AND created_at>? AND created_at<?)"
                ),
                *[OWN_ORDER] * 3,
            ],
        ),
        (
            FindAlgo(uid=ANN, name=BY_ID, **AGO),
            [f"{ALGOS} INTEGER PRIMARY KEY (rowid=?)", *[OWN_ORDER] * 3],
        ),
        (
            FindAlgo(uid=ANN, name=BY_CLIENT, **AGO),
            [
                f"{ALGOS} INDEX algo_orders_by_client (uid=? AND client_id=?)",
                *[OWN_ORDER] * 3,
            ],
        ),
        (
            Amendments(**BTC, **EVER, name=BY_ID, limit=9),
            [OWN_ORDER, "SEARCH amendments USING INDEX amendments_by_order (order_id=?)"],
        ),
        (
            MarginChanges(**BTC, **EVER, limit=9),
            ["SEARCH margin_changes USING PRIMARY KEY (uid=? AND symbol=? AND at>? AND at<?)"],
        ),
    ],
    ids=lambda case: type(case).__name__ if isinstance(case, Query) else "",
)
def test_every_history_is_a_range_of_an_index(
    db: sqlite3.Connection, asked: Query[Any], expected: list[str]
) -> None:
    """Sorted are the orders of a block and those of one client's name alone.

    The account has rows of one symbol: the search for a second finds none.
    """
    assert plans(db, asked) == expected


@pytest.mark.parametrize(("record", "table"), [(Order, "orders"), (AlgoOrder, "algo_orders")])
def test_words_are_text_and_all_else_numbers(
    db: sqlite3.Connection, record: type[msgspec.Struct], table: str
) -> None:
    found = {name: kind for _, name, kind, *_ in db.execute(f"PRAGMA table_info({table})")}
    expected = {}
    for field in fields(record):
        kind = msgspec.inspect.type_info(field.type)
        text = isinstance(kind, msgspec.inspect.StrType | msgspec.inspect.EnumType)
        expected[field.name] = "TEXT" if text else "INTEGER"
    assert found == expected


def test_changes_of_one_order_are_one_statement() -> None:
    """However often it was filled in a batch."""
    rows = Rows()
    for number in range(1, 6):
        values = {"status": "PARTIALLY_FILLED", "executed": number}
        rows.change("orders", FIRST, values)
    rows.change("orders", FIRST, {"status": "CANCELED"})
    assert rows.changes == {"orders": {FIRST: {"status": "CANCELED", "executed": 5}}}


# Against a plain list

orders = st.builds(
    lambda number, at, **facts: order(FIRST + number, at=at, **facts),
    st.one_of(st.integers(0, 20), st.integers(4_080, 4_110), st.integers(0, 20_000)),
    st.integers(0, 20),
    uid=st.sampled_from((ANN, BOB)),
    symbol=st.sampled_from(("BTCUSDT", "ETHUSDT")),
    client_id=st.sampled_from(("a", "b", "c")),
    status=st.sampled_from(OrderStatus),
    executed=st.sampled_from((0, 1)),
)
times = st.integers(0, 20).map(lambda offset: Millis(START + offset))
forgotten = st.fixed_dictionaries({"since": times, "unfilled_since": times})
OVER = ("CANCELED", "EXPIRED", "EXPIRED_IN_MATCH", "REJECTED")


def known(found: Order, since: Millis, unfilled_since: Millis) -> bool:
    if found.created_at < since:
        return False
    return bool(found.executed or found.status not in OVER or found.updated_at >= unfilled_since)


@settings(max_examples=150, deadline=None)
@given(
    made=st.lists(orders, max_size=30, unique_by=lambda one: one.order_id),
    symbol=st.sampled_from((None, "BTCUSDT")),
    from_id=st.one_of(st.none(), st.integers(0, 20_000)),
    window=st.one_of(st.none(), st.tuples(times, times)),
    limit=st.integers(1, 8),
    asked=forgotten,
)
def test_orders_are_those_of_a_plain_list(
    made: list[Order],
    symbol: str | None,
    from_id: int | None,
    window: tuple[Millis, Millis] | None,
    limit: int,
    asked: dict[str, Millis],
) -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(db)
    write(db, [_placed(one) for one in made])
    start, end = window or (None, None)
    number = None if from_id is None else FIRST + from_id
    found = History(db).answer(
        OrderHistory(
            uid=ANN,
            symbol=symbol,
            limit=limit,
            from_id=number,
            start=start,
            end=end,
            since=asked["since"],
            unfilled_since=asked["unfilled_since"],
        )
    )
    db.close()
    fitting = [
        one
        for one in made
        if one.uid == ANN
        and known(one, **asked)
        and symbol in (None, one.symbol)
        and (number is None or one.order_id >= number)
        and (window is None or window[0] <= one.created_at <= window[1])
    ]
    if window is None and number is not None:
        fitting.sort(key=lambda one: one.order_id)
    else:
        fitting.sort(key=lambda one: (one.created_at, one.order_id))
    newest = window is None and number is None
    page = fitting[-limit:] if newest else fitting[:limit]
    assert list(found) == sorted(page, key=lambda one: one.order_id)


@settings(max_examples=100, deadline=None)
@given(made=st.lists(orders, max_size=30, unique_by=lambda one: one.order_id), asked=forgotten)
def test_the_order_of_a_name_is_that_of_a_plain_list(
    made: list[Order], asked: dict[str, Millis]
) -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(db)
    write(db, [_placed(one) for one in made])
    name = OrderName(None, "a")
    since, unfilled_since = asked["since"], asked["unfilled_since"]
    found = History(db).answer(
        FindOrder(uid=ANN, symbol="BTCUSDT", name=name, since=since, unfilled_since=unfilled_since)
    )
    db.close()
    mine = ("a", ANN, "BTCUSDT")
    fitting = [
        one for one in made if (one.client_id, one.uid, one.symbol) == mine and known(one, **asked)
    ]
    assert found == max(fitting, key=lambda one: one.order_id, default=None)


def _placed(one: Order) -> Event:
    event = placed(one.order_id, at=0, uid=one.uid)
    return replace(event, order=one)

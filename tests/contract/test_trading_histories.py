"""The histories of trading, on every journal: orders as they stand, trades, changes, margin."""

from typing import Any

import pytest
from msgspec.structs import replace

from clearhouse.journal.port import Journal
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.messages.events import Event, VenueReset
from clearhouse.messages.trading_commands import OrderName
from clearhouse.messages.trading_histories import (
    AlgoHistory,
    Amendment,
    Amendments,
    FindAlgo,
    FindOrder,
    ForcedOrders,
    FoundAlgo,
    FundingRate,
    FundingRates,
    MarginChange,
    MarginChanges,
    OrderHistory,
    UserTrade,
    UserTrades,
)
from clearhouse.model.ids import Uid
from clearhouse.model.orders import (
    AlgoStatus,
    Order,
    OrderKind,
    OrderStatus,
    PositionSide,
    Side,
)
from journal.fundings import started as funding_started
from journal.history import ANN, BOB, USDT
from journal.trades import (
    algo,
    algo_activated,
    algo_ended,
    algo_placed,
    algo_triggered,
    amended,
    ended,
    filled,
    margin_moved,
    order,
    placed,
)

from .journals import LARGEST, at, write

FIRST = 4_000_000_001
OTHER = "ETHUSDT"
AGO: dict[str, Any] = {"since": at(0), "unfilled_since": at(0)}


def find(
    journal: Journal, number: int | None = None, client: str | None = None, **asked: Any
) -> Order | None:
    facts: dict[str, Any] = {"uid": ANN, "symbol": "BTCUSDT"} | AGO | asked
    return journal.history(FindOrder(name=OrderName(number, client), **facts))


def orders(journal: Journal, **asked: Any) -> list[int]:
    """The ids, without what all of them share."""
    facts: dict[str, Any] = {"uid": ANN, "limit": 10} | AGO | asked
    return [found.order_id - FIRST for found in journal.history(OrderHistory(**facts))]


def trades(journal: Journal, **asked: Any) -> list[int]:
    facts: dict[str, Any] = {"uid": ANN, "limit": 10, "start": at(0), "end": at(10_000)} | asked
    return [trade.trade_id for trade in journal.history(UserTrades(**facts))]


def algos(journal: Journal, **asked: Any) -> list[int]:
    facts: dict[str, Any] = {"uid": ANN, "symbol": "BTCUSDT", "limit": 10} | AGO | asked
    return [found.algo.algo_id for found in journal.history(AlgoHistory(**facts))]


def find_algo(
    journal: Journal, number: int | None = None, client: str | None = None, **asked: Any
) -> FoundAlgo | None:
    facts: dict[str, Any] = {"uid": ANN} | AGO | asked
    return journal.history(FindAlgo(name=OrderName(number, client), **facts))


def forced(journal: Journal, **asked: Any) -> list[int]:
    facts: dict[str, Any] = {"uid": ANN, "limit": 10, "start": at(0), "end": at(10_000)} | asked
    return [found.order_id for found in journal.history(ForcedOrders(**facts))]


def margin(journal: Journal, **asked: Any) -> list[int]:
    facts: dict[str, Any] = {
        "uid": ANN,
        "symbol": "BTCUSDT",
        "start": at(0),
        "end": at(10_000),
        "limit": 10,
    }
    return [row.amount for row in journal.history(MarginChanges(**(facts | asked)))]


def changes(
    journal: Journal, number: int | None = None, client: str | None = None, **asked: Any
) -> tuple[Amendment, ...]:
    facts: dict[str, Any] = {
        "uid": ANN,
        "symbol": "BTCUSDT",
        "start": at(0),
        "end": at(10_000),
        "limit": 10,
    }
    return journal.history(Amendments(name=OrderName(number, client), **(facts | asked)))


def test_a_new_journal_has_none(journal: Journal) -> None:
    assert find(journal, FIRST) is None
    assert find(journal, client="x") is None
    assert find_algo(journal, 1) is None
    assert orders(journal) == orders(journal, from_id=0) == []
    assert trades(journal) == algos(journal) == forced(journal) == margin(journal) == []
    assert changes(journal, FIRST) == ()


# An order, as its events leave it

LIFE: list[tuple[Event, dict[str, Any]]] = [
    (placed(FIRST, at=1), {}),
    (
        filled(FIRST, 1, at=2),
        {
            "status": OrderStatus.PARTIALLY_FILLED,
            "executed": 100_000,
            "quote": 64 * USDT,
            "updated_at": at(2),
        },
    ),
    (
        amended(FIRST, at=3),
        {
            "price": 64_000 * USDT,
            "quantity": 300_000,
            "amendments": 1,
            "modify_id": 7,
            "updated_at": at(3),
        },
    ),
    (
        filled(FIRST, 2, at=4, executed=200_000, total_quote=128 * USDT),
        {"executed": 200_000, "quote": 128 * USDT, "updated_at": at(4)},
    ),
    (
        amended(FIRST, at=5, amendment=2, price=(64_000 * USDT, 64_001 * USDT), count=2),
        {"price": 64_001 * USDT, "amendments": 2, "updated_at": at(5)},
    ),
    (ended(FIRST, at=6), {"status": OrderStatus.CANCELED, "updated_at": at(6)}),
]
"""Each event, and what it changes."""


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "in one batch"])
@pytest.mark.parametrize("steps", range(1, len(LIFE) + 1))
def test_an_order_is_as_its_events_left_it(journal: Journal, steps: int, together: bool) -> None:
    """However they were grouped into commits."""
    expected = order(FIRST, at=1)
    for _, changed in LIFE[:steps]:
        expected = replace(expected, **changed)
    events = [event for event, _ in LIFE[:steps]]
    for batch in [events] if together else [[event] for event in events]:
        write(journal, batch)
    assert find(journal, FIRST) == expected
    assert journal.history(OrderHistory(uid=ANN, limit=1, **AGO)) == (expected,)


def test_changes_of_several_orders_do_not_mix(journal: Journal) -> None:
    write(journal, [placed(FIRST + n, at=1, quantity=300_000) for n in range(3)])
    write(
        journal,
        [
            filled(FIRST, 1, at=2, executed=1, total_quote=2),
            ended(FIRST + 1, at=3, status=OrderStatus.EXPIRED),
            filled(FIRST + 2, 2, at=4, executed=3, total_quote=4),
            ended(FIRST + 2, at=5),
        ],
    )
    found = journal.history(OrderHistory(uid=ANN, limit=9, **AGO))
    assert [(o.status.value, o.executed, o.quote, o.updated_at) for o in found] == [
        ("PARTIALLY_FILLED", 1, 2, at(2)),
        ("EXPIRED", 0, 0, at(3)),
        ("CANCELED", 3, 4, at(5)),
    ]


def test_a_reset_empties_them(journal: Journal) -> None:
    """Also where the order of a life before was changed in the batch of the reset."""
    life = [placed(FIRST, at=1), filled(FIRST, 1, at=1), amended(FIRST, at=1)]
    life += [algo_placed(1, at=1), margin_moved(5, at=1)]
    write(journal, life)
    write(journal, [ended(FIRST, at=2), VenueReset(at=at(3)), placed(FIRST, at=4)])
    assert find(journal, FIRST) == order(FIRST, at=4)
    assert trades(journal) == algos(journal) == margin(journal) == []
    assert changes(journal, FIRST) == ()


def test_largest_numbers_come_back(journal: Journal) -> None:
    fields = "quantity", "price", "good_till", "stop_price"
    most: dict[str, Any] = dict.fromkeys(fields, LARGEST)
    write(journal, [placed(LARGEST, at=1, **most)])
    fill = filled(LARGEST, LARGEST, at=2, executed=LARGEST, total_quote=LARGEST, realized=-LARGEST)
    write(journal, [fill, amended(LARGEST, at=2, modify_id=LARGEST)])
    found = find(journal, LARGEST)
    assert found is not None
    assert (found.executed, found.quote, found.modify_id) == (LARGEST, LARGEST, LARGEST)
    assert found.good_till == found.stop_price == LARGEST
    [trade] = journal.history(UserTrades(uid=ANN, limit=1, start=at(0), end=at(9)))
    assert (trade.trade_id, trade.realized) == (LARGEST, -LARGEST)


# Finding one order


def test_an_order_is_found_by_its_id_or_by_its_clients(journal: Journal) -> None:
    write(journal, [placed(FIRST, at=1, client_id="a"), placed(FIRST + 1, at=2, client_id="b")])
    assert find(journal, FIRST) == find(journal, client="a") == order(FIRST, at=1, client_id="a")
    assert find(journal, FIRST, "b") == order(FIRST, at=1, client_id="a"), "the id wins"
    for asked in ({"uid": BOB}, {"symbol": OTHER}):
        assert find(journal, FIRST, **asked) is None
        assert find(journal, client="a", **asked) is None
    assert find(journal, FIRST + 2) is None
    assert find(journal, client="c") is None
    assert find(journal) is None


@pytest.mark.parametrize("between", [1, 4_096, 20_000])
def test_the_newest_order_with_a_clients_id_is_found(journal: Journal, between: int) -> None:
    """However many orders were placed between those that share it."""
    numbers = (FIRST, FIRST + between, FIRST + 2 * between)
    write(journal, [placed(number, at=1, client_id="a") for number in numbers])
    write(journal, [placed(FIRST + 5 * between, at=2, uid=BOB, client_id="a")])
    write(journal, [placed(FIRST + 6 * between, at=2, symbol=OTHER, client_id="a")])
    found = find(journal, client="a")
    assert found is not None
    assert found.order_id == FIRST + 2 * between


FORGOTTEN = [
    (OrderStatus.CANCELED, 0, 50, 0, True),
    (OrderStatus.CANCELED, 0, 51, 0, False),
    (OrderStatus.EXPIRED, 0, 51, 0, False),
    (OrderStatus.EXPIRED_IN_MATCH, 0, 51, 0, False),
    (OrderStatus.CANCELED, 1, 51, 0, True),
    (OrderStatus.EXPIRED, 1, 51, 0, True),
    (OrderStatus.CANCELED, 1, 51, 10, True),
    (OrderStatus.CANCELED, 1, 51, 11, False),
    (OrderStatus.CANCELED, 0, 0, 11, False),
    (None, 0, 51, 0, True),
    (None, 0, 51, 11, False),
]
"""End, executed, `unfilled_since`, `since`, and whether it is known; placed at 10, over at 50."""


@pytest.mark.parametrize(("status", "executed", "unfilled_since", "since", "known"), FORGOTTEN)
def test_what_the_exchange_forgets(
    journal: Journal,
    status: OrderStatus | None,
    executed: int,
    unfilled_since: int,
    since: int,
    known: bool,
) -> None:
    events: list[Event] = [placed(FIRST, at=10)]
    if executed:
        events.append(filled(FIRST, 1, at=20, executed=executed))
    if status:
        events.append(ended(FIRST, at=50, status=status))
    write(journal, events)
    asked: dict[str, Any] = {"since": at(since), "unfilled_since": at(unfilled_since)}
    assert (find(journal, FIRST, **asked) is not None) is known
    assert (find(journal, client=f"client-{FIRST}", **asked) is not None) is known
    every: list[dict[str, Any]] = [
        {},
        {"from_id": FIRST},
        {"start": at(0), "end": at(99)},
        {"symbol": "BTCUSDT"},
    ]
    for more in every:
        assert orders(journal, **asked, **more) == ([0] if known else [])


def test_an_order_is_found_behind_a_forgotten_one_of_its_name(journal: Journal) -> None:
    write(journal, [placed(FIRST, at=10, client_id="a"), filled(FIRST, 1, at=11)])
    write(journal, [placed(FIRST + 1, at=12, client_id="a"), ended(FIRST + 1, at=12)])
    found = find(journal, client="a", unfilled_since=at(13))
    assert found is not None
    assert found.order_id == FIRST


# All orders


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"limit": 2}, [3, 4]),
        ({"symbol": "BTCUSDT"}, [0, 2, 4]),
        ({"symbol": "BTCUSDT", "limit": 2}, [2, 4]),
        ({"symbol": "BNBUSDT"}, []),
        ({"uid": BOB}, [5]),
        ({"uid": Uid(9)}, []),
        ({"start": at(20), "end": at(40)}, [1, 2, 3]),
        ({"start": at(20), "end": at(40), "limit": 2}, [1, 2]),
        ({"start": at(20), "end": at(40), "symbol": "BTCUSDT"}, [2]),
        ({"start": at(21), "end": at(29)}, []),
        ({"start": at(30), "end": at(30)}, [2]),
        ({"start": at(40), "end": at(20)}, []),
        ({"start": at(30)}, [2, 3, 4]),
        ({"end": at(30), "limit": 2}, [1, 2]),
        ({"since": at(30)}, [2, 3, 4]),
        ({"since": at(30), "start": at(20), "end": at(40)}, [2, 3]),
        ({"from_id": 0}, [0, 1, 2, 3, 4]),
        ({"from_id": FIRST + 1}, [1, 2, 3, 4]),
        ({"from_id": FIRST + 1, "limit": 2}, [1, 2]),
        ({"from_id": FIRST + 1, "symbol": "BTCUSDT"}, [2, 4]),
        ({"from_id": FIRST + 1, "symbol": OTHER, "limit": 1}, [1]),
        ({"from_id": FIRST + 6}, []),
        ({"from_id": LARGEST}, []),
        ({"from_id": FIRST + 1, "since": at(40)}, [3, 4]),
        ({"from_id": FIRST + 2, "start": at(20), "end": at(40)}, [2, 3]),
    ],
)
def test_orders_come_by_window_by_id_or_newest(
    journal: Journal, asked: dict[str, Any], expected: list[int]
) -> None:
    symbols = ("BTCUSDT", OTHER) * 3
    for n in range(5):
        write(journal, [placed(FIRST + n, at=10 * n + 10, symbol=symbols[n])])
    write(journal, [placed(FIRST + 5, at=60, uid=BOB)])
    assert orders(journal, **asked) == expected


def test_orders_stand_by_id_where_the_clock_was_set_back(journal: Journal) -> None:
    times = (50, 51, 20, 21, 52)
    write(journal, [placed(FIRST + n, at=when) for n, when in enumerate(times)])
    assert orders(journal) == [0, 1, 2, 3, 4]
    assert orders(journal, from_id=FIRST + 1) == [1, 2, 3, 4]
    assert orders(journal, start=at(21), end=at(51)) == [0, 1, 3]
    assert orders(journal, start=at(20), end=at(99), limit=3) == [0, 2, 3]


def test_orders_from_an_id_on_cross_the_blocks_of_the_index(journal: Journal) -> None:
    """Ids of an account that are far apart, with those of others between."""
    far = [0, 1, 4_095, 4_096, 9_000, 50_000]
    events = [placed(FIRST + n, at=1, client_id=f"{100_000 - n}") for n in far]
    write(journal, [*events, placed(FIRST + 2, at=1, uid=BOB)])
    assert orders(journal, from_id=FIRST) == far
    assert orders(journal, from_id=FIRST + 1, limit=3) == [1, 4_095, 4_096]
    assert orders(journal, from_id=FIRST + 4_097) == [9_000, 50_000]


FORCED: list[tuple[int, int, dict[str, Any]]] = [
    (1, 10, {"client_id": "autoclose-1760000000010"}),
    (2, 20, {"client_id": "adl_autoclose"}),
    (3, 30, {"client_id": "autoclose-1760000000030", "symbol": OTHER}),
    (4, 40, {"client_id": "adl_autoclose"}),
    (5, 50, {"client_id": "autoclose"}),
    (6, 50, {"client_id": "adl_autoclose-1"}),
    (7, 50, {"client_id": "my-autoclose-1"}),
    (8, 50, {"client_id": "AUTOCLOSE-1"}),
    (9, 50, {"client_id": "autoclose-9", "uid": BOB}),
]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"kind": "LIQUIDATION"}, [1, 3]),
        ({"kind": "ADL"}, [2, 4]),
        ({"symbol": OTHER}, [3]),
        ({"symbol": OTHER, "kind": "ADL"}, []),
        ({"limit": 2}, [1, 2]),
        ({"start": at(20), "end": at(30)}, [2, 3]),
        ({"start": at(21), "end": at(29)}, []),
        ({"uid": BOB}, [9]),
    ],
)
def test_forced_orders_are_known_by_their_names(
    journal: Journal, asked: dict[str, Any], expected: list[int]
) -> None:
    write(journal, [placed(number, at=when, **facts) for number, when, facts in FORCED])
    assert forced(journal, **asked) == expected


# Trades


def test_a_trade_as_it_was_made(journal: Journal) -> None:
    fill = filled(
        FIRST,
        7,
        at=1,
        side=Side.SELL,
        position_side=PositionSide.LONG,
        maker=False,
        realized=-5,
        commission=3,
        commission_asset="BNB",
    )
    write(journal, [placed(FIRST, at=1), fill])
    expected = UserTrade(
        trade_id=7,
        symbol="BTCUSDT",
        order_id=FIRST,
        side=Side.SELL,
        position_side=PositionSide.LONG,
        price=64_000 * USDT,
        quantity=100_000,
        quote=64 * USDT,
        realized=-5,
        commission=3,
        commission_asset="BNB",
        margin_asset="USDT",
        maker=False,
        at=at(1),
    )
    [found] = journal.history(UserTrades(uid=ANN, limit=9, start=at(0), end=at(9)))
    assert found == expected
    assert found.maker is False
    assert found.side is Side.SELL


FILLS = [
    (1, 10, 101, "BTCUSDT", ANN),
    (1, 20, 102, OTHER, ANN),
    (2, 30, 101, "BTCUSDT", ANN),
    (3, 40, 103, "BTCUSDT", ANN),
    (3, 40, 104, "BTCUSDT", BOB),
    (2, 50, 102, OTHER, ANN),
    (9, 50, 103, "BTCUSDT", ANN),
]
"""Trade, time, order, symbol, account: the ids of trades are those of their symbol."""


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [1, 1, 2, 3, 2, 9]),
        ({"symbol": "BTCUSDT"}, [1, 2, 3, 9]),
        ({"symbol": OTHER}, [1, 2]),
        ({"symbol": "BTCUSDT", "limit": 2}, [1, 2]),
        ({"symbol": "BTCUSDT", "limit": 2, "newest": True}, [3, 9]),
        ({"limit": 3, "newest": True}, [3, 2, 9]),
        ({"start": at(20), "end": at(40)}, [1, 2, 3]),
        ({"start": at(20), "end": at(40), "newest": True, "limit": 1}, [3]),
        ({"start": at(41), "end": at(49)}, []),
        ({"symbol": "BTCUSDT", "from_id": 2}, [2, 3, 9]),
        ({"symbol": "BTCUSDT", "from_id": 2, "limit": 2}, [2, 3]),
        ({"symbol": "BTCUSDT", "from_id": 4}, [9]),
        ({"symbol": "BTCUSDT", "from_id": 2, "start": at(40)}, [3, 9]),
        ({"from_id": 2}, [2, 2, 3, 9]),
        ({"symbol": "BTCUSDT", "order_id": 101}, [1, 2]),
        ({"symbol": "BTCUSDT", "order_id": 101, "newest": True, "limit": 1}, [2]),
        ({"symbol": "BTCUSDT", "order_id": 101, "from_id": 2}, [2]),
        ({"symbol": OTHER, "order_id": 101}, []),
        ({"symbol": "BTCUSDT", "order_id": 104}, []),
        ({"uid": BOB}, [3]),
    ],
)
def test_trades_come_by_window_by_id_by_order_or_newest(
    journal: Journal, asked: dict[str, Any], expected: list[int]
) -> None:
    """Oldest first, and from an id on by id."""
    write(
        journal,
        [
            filled(number, trade, at=when, uid=uid, symbol=symbol)
            for trade, when, number, symbol, uid in FILLS
        ],
    )
    assert trades(journal, **asked) == expected


def test_both_sides_of_a_trade_with_oneself_are_there(journal: Journal) -> None:
    maker = filled(FIRST, 1, at=1)
    write(journal, [maker, filled(FIRST + 1, 1, at=1, side=Side.SELL, maker=False)])
    found = journal.history(UserTrades(uid=ANN, limit=9, start=at(0), end=at(9)))
    assert [(row.order_id - FIRST, row.maker) for row in found] == [(0, True), (1, False)]


# Changes of an order


def test_changes_of_an_order_come_newest_first(journal: Journal) -> None:
    write(journal, [placed(FIRST, at=1), placed(FIRST + 1, at=1)])
    write(journal, [amended(FIRST, at=2, amendment=5), amended(FIRST + 1, at=3, amendment=6)])
    prices = (64_000 * USDT, 64_001 * USDT)
    write(journal, [amended(FIRST, at=4, amendment=7, price=prices, count=2, modify_id=0)])
    newest = Amendment(
        amendment_id=7,
        symbol="BTCUSDT",
        order_id=FIRST,
        client_id=f"client-{FIRST}",
        at=at(4),
        price_before=64_000 * USDT,
        price=64_001 * USDT,
        quantity_before=200_000,
        quantity=300_000,
        number=2,
        modify_id=0,
    )
    first, second = changes(journal, FIRST)
    assert first == newest
    assert (second.amendment_id, second.number, second.modify_id) == (5, 1, 7)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [3, 2, 1]),
        ({"limit": 2}, [3, 2]),
        ({"start": at(2), "end": at(3)}, [2, 1]),
        ({"start": at(5), "end": at(9)}, []),
        ({"uid": BOB}, []),
        ({"symbol": OTHER}, []),
        ({"number": None, "client": f"client-{FIRST}"}, [3, 2, 1]),
        ({"number": None, "client": "nobody"}, []),
        ({"number": FIRST, "client": "nobody"}, [3, 2, 1]),
        ({"number": FIRST + 1}, []),
    ],
)
def test_changes_are_found_by_order_and_window(
    journal: Journal, asked: dict[str, Any], expected: list[int]
) -> None:
    write(journal, [placed(FIRST, at=1), placed(FIRST + 1, at=1)])
    write(journal, [amended(FIRST, at=1 + n, amendment=n, count=n) for n in (1, 2, 3)])
    rows = changes(journal, **({"number": FIRST} | asked))
    assert [row.amendment_id for row in rows] == expected


# Margin of isolated positions


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [5, -3, 2]),
        ({"add": True}, [5, 2]),
        ({"add": False}, [-3]),
        ({"limit": 2}, [5, -3]),
        ({"start": at(2), "end": at(3)}, [-3, 2]),
        ({"start": at(4), "end": at(9)}, []),
        ({"symbol": OTHER}, [7]),
        ({"uid": BOB}, [9]),
    ],
)
def test_changes_of_margin(journal: Journal, asked: dict[str, Any], expected: list[int]) -> None:
    write(journal, [margin_moved(5, at=1), margin_moved(9, at=1, uid=BOB)])
    write(journal, [margin_moved(-3, at=2), margin_moved(7, at=2, symbol=OTHER)])
    write(journal, [margin_moved(2, at=3)])
    assert margin(journal, **asked) == expected


def test_a_change_of_margin_as_it_was_made(journal: Journal) -> None:
    write(journal, [margin_moved(-3, at=1, side=PositionSide.LONG)])
    asked = MarginChanges(uid=ANN, symbol="BTCUSDT", start=at(0), end=at(9), limit=1)
    assert journal.history(asked) == (
        MarginChange("BTCUSDT", PositionSide.LONG, "USDT", -3, at(1)),
    )


# Conditional orders

STOP = 2_000_001
TRIGGERED = [
    algo_placed(STOP, at=1),
    algo_activated(STOP, 64_500 * USDT, at=2),
    algo_triggered(STOP, FIRST, at=3),
    placed(FIRST, at=3, kind=OrderKind.MARKET, price=0, algo_id=STOP),
    filled(FIRST, 1, at=4),
    filled(FIRST, 2, at=5, executed=200_000, total_quote=128 * USDT, status=OrderStatus.FILLED),
    algo_ended(STOP, at=5, status=AlgoStatus.FINISHED, executed=200_000, quote=128 * USDT),
]
ACTIVE = {"activated": True, "extreme": 64_500 * USDT}
FIRED = ACTIVE | {"status": AlgoStatus.TRIGGERED, "order_id": FIRST, "triggered_at": at(3)}
STEPS: list[tuple[int, dict[str, Any], int, int]] = [
    (1, {}, 0, 0),
    (2, ACTIVE | {"updated_at": at(2)}, 0, 0),
    (4, FIRED | {"updated_at": at(3)}, 0, 0),
    (5, FIRED | {"updated_at": at(3)}, 100_000, 64 * USDT),
    (7, FIRED | {"status": AlgoStatus.FINISHED, "updated_at": at(5)}, 200_000, 128 * USDT),
]
"""After so many events: what has changed, and what the order came to."""


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "in one batch"])
@pytest.mark.parametrize(("count", "changed", "executed", "quote"), STEPS)
def test_a_conditional_order_is_as_its_events_left_it(
    journal: Journal,
    count: int,
    changed: dict[str, Any],
    executed: int,
    quote: int,
    together: bool,
) -> None:
    events = TRIGGERED[:count]
    for batch in [events] if together else [[event] for event in events]:
        write(journal, batch)
    expected = FoundAlgo(replace(algo(STOP, at=1), **changed), executed, quote)
    assert find_algo(journal, STOP) == find_algo(journal, client=f"algo-{STOP}") == expected
    asked = AlgoHistory(uid=ANN, symbol="BTCUSDT", limit=9, **AGO)
    assert journal.history(asked) == (expected,)


def test_a_conditional_order_that_was_refused_keeps_the_reason(journal: Journal) -> None:
    refused = algo_ended(STOP, at=2, status=AlgoStatus.REJECTED, reason="insufficient margin")
    write(journal, [algo_placed(STOP, at=1), refused])
    found = find_algo(journal, STOP)
    assert found is not None
    assert found.algo.status is AlgoStatus.REJECTED
    assert found.algo.reason == "insufficient margin"


def test_a_conditional_order_is_found_by_its_id_or_by_its_clients(journal: Journal) -> None:
    write(journal, [algo_placed(1, at=1, client_id="a"), algo_placed(2, at=2, client_id="b")])
    write(journal, [algo_placed(3, at=3, client_id="a"), algo_placed(4, at=4, uid=BOB)])
    asked: list[tuple[int | None, str | None, int | None]] = [
        (1, None, 1),
        (2, "a", 2),
        (None, "a", 3),
        (None, "b", 2),
        (None, "c", None),
        (4, None, None),
        (9, None, None),
    ]
    for number, client, expected in asked:
        found = find_algo(journal, number, client)
        assert (found.algo.algo_id if found else None) == expected


@pytest.mark.parametrize(
    ("status", "unfilled_since", "since", "known"),
    [
        (AlgoStatus.CANCELED, 50, 0, True),
        (AlgoStatus.CANCELED, 51, 0, False),
        (AlgoStatus.EXPIRED, 51, 0, False),
        (AlgoStatus.REJECTED, 51, 0, False),
        (AlgoStatus.CANCELED, 0, 11, False),
        (None, 51, 10, True),
        (None, 51, 11, False),
    ],
)
def test_what_is_forgotten_of_conditional_orders(
    journal: Journal, status: AlgoStatus | None, unfilled_since: int, since: int, known: bool
) -> None:
    write(journal, [algo_placed(STOP, at=10)])
    if status:
        write(journal, [algo_ended(STOP, at=50, status=status)])
    asked: dict[str, Any] = {"since": at(since), "unfilled_since": at(unfilled_since)}
    assert (find_algo(journal, STOP, **asked) is not None) is known
    assert algos(journal, **asked) == ([STOP] if known else [])


def test_a_conditional_order_that_came_to_fills_is_kept(journal: Journal) -> None:
    write(journal, TRIGGERED)
    assert algos(journal, unfilled_since=at(99)) == [STOP]
    assert algos(journal, unfilled_since=at(99), since=at(2)) == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [1, 3, 4]),
        ({"limit": 2}, [3, 4]),
        ({"symbol": OTHER}, [2]),
        ({"uid": BOB}, [5]),
        ({"from_id": 2}, [3, 4]),
        ({"from_id": 1, "limit": 2}, [1, 3]),
        ({"start": at(10), "end": at(30)}, [1, 3]),
        ({"start": at(11), "end": at(40), "limit": 1}, [3]),
        ({"start": at(31), "end": at(39)}, []),
        ({"since": at(30)}, [3, 4]),
    ],
)
def test_conditional_orders_come_by_window_by_id_or_newest(
    journal: Journal, asked: dict[str, Any], expected: list[int]
) -> None:
    symbols = {2: OTHER}
    for n in (1, 2, 3, 4):
        write(journal, [algo_placed(n, at=10 * n, symbol=symbols.get(n, "BTCUSDT"))])
    write(journal, [algo_placed(5, at=50, uid=BOB)])
    assert algos(journal, **asked) == expected


def rates(journal: Journal, **asked: Any) -> list[tuple[str, int]]:
    """(symbol, milliseconds) of rates that are found."""
    found = journal.history(FundingRates(**({"limit": 10} | asked)))
    return [(rate.symbol, rate.time - at(0)) for rate in found]


@pytest.fixture
def settled(journal: Journal) -> Journal:
    """Three times two symbols, of which the other one was settled first."""
    life: list[Event] = []
    for number in (100, 200, 300):
        life += [funding_started(at=number, symbol=OTHER), funding_started(at=number)]
    write(journal, life)
    return journal


def test_a_rate_says_what_was_settled(journal: Journal) -> None:
    write(journal, [funding_started(at=100, rate=-70_000)])
    [found] = journal.history(FundingRates(limit=10))
    assert found == FundingRate("BTCUSDT", at(100), -70_000, 64_000 * USDT)


def test_rates_of_a_symbol_ascend(settled: Journal) -> None:
    assert rates(settled, symbol="BTCUSDT") == [("BTCUSDT", n) for n in (100, 200, 300)]
    assert rates(settled, symbol="BTCUSDT", limit=2) == [("BTCUSDT", 200), ("BTCUSDT", 300)]
    assert rates(settled, symbol="BTCUSDT", start=at(0), limit=1) == [("BTCUSDT", 100)]
    assert rates(settled, symbol="BTCUSDT", end=at(299), limit=1) == [("BTCUSDT", 200)]
    assert rates(settled, symbol="BTCUSDT", start=at(200), end=at(200)) == [("BTCUSDT", 200)]
    assert rates(settled, symbol="XRPUSDT") == []


def test_rates_of_all_symbols_stand_in_the_order_of_settling(settled: Journal) -> None:
    assert rates(settled, limit=3) == [("BTCUSDT", 200), (OTHER, 300), ("BTCUSDT", 300)]
    assert rates(settled, start=at(101), limit=3) == [
        (OTHER, 200),
        ("BTCUSDT", 200),
        (OTHER, 300),
    ]


def test_a_window_of_rates_is_a_range_of_an_index(settled: Journal) -> None:
    """A venue settles ten symbols thrice a day; nobody walks through years of that."""
    if not isinstance(settled, SqliteJournal):
        pytest.skip("the plan is the same in memory")
    assert plan_of(settled, "symbol = 'BTCUSDT' AND at BETWEEN 1 AND 2 ORDER BY at, seq") == (
        "SEARCH funding_rates USING PRIMARY KEY (symbol=? AND at>? AND at<?)"
    )
    assert plan_of(settled, "at BETWEEN 1 AND 2 ORDER BY at DESC, seq DESC") == (
        "SEARCH funding_rates USING INDEX funding_rates_by_time (at>? AND at<?)"
    )


def plan_of(journal: SqliteJournal, condition: str) -> str:
    statement = f"EXPLAIN QUERY PLAN SELECT rate FROM funding_rates WHERE {condition}"
    [row] = journal._db.execute(statement).fetchall()
    return str(row[3])

"""Conditional orders by the price that they wait for: what fires when, and in which order."""

from typing import Any

import pytest
from msgspec.structs import replace

from clearhouse.matching.triggers import Triggers, fires_rising, turned
from clearhouse.model.ids import Uid
from clearhouse.model.orders import (
    AlgoKind,
    AlgoOrder,
    PositionSide,
    Side,
    TimeInForce,
    WorkingType,
)

UNIT = 10**8
CONTRACT, MARK = WorkingType.CONTRACT_PRICE, WorkingType.MARK_PRICE
TRAILING = AlgoKind.TRAILING_STOP_MARKET


def algo(number: int, kind: AlgoKind, side: Side, trigger: int = 0, **facts: Any) -> AlgoOrder:
    order = AlgoOrder(
        algo_id=number,
        uid=Uid(1),
        client_id=f"c{number}",
        symbol="BTCUSDT",
        side=side,
        position_side=PositionSide.BOTH,
        kind=kind,
        time_in_force=TimeInForce.GTC,
        quantity=UNIT,
        price=0,
        trigger_price=trigger,
    )
    return replace(order, **facts)


def reached(triggers: Triggers, price: int, kind: WorkingType = CONTRACT) -> list[int]:
    return list(triggers.waiting[kind].reached(price))


@pytest.mark.parametrize("kind", [AlgoKind.STOP, AlgoKind.STOP_MARKET])
def test_stops_go_with_the_price(kind: AlgoKind) -> None:
    assert fires_rising(kind, Side.BUY)
    assert not fires_rising(kind, Side.SELL)


@pytest.mark.parametrize("kind", [AlgoKind.TAKE_PROFIT, AlgoKind.TAKE_PROFIT_MARKET])
def test_profits_are_taken_against_it(kind: AlgoKind) -> None:
    assert not fires_rising(kind, Side.BUY)
    assert fires_rising(kind, Side.SELL)


@pytest.mark.parametrize(
    ("kind", "side", "below", "above"),
    [
        (AlgoKind.STOP, Side.BUY, False, True),
        (AlgoKind.STOP, Side.SELL, True, False),
        (AlgoKind.STOP_MARKET, Side.BUY, False, True),
        (AlgoKind.STOP_MARKET, Side.SELL, True, False),
        (AlgoKind.TAKE_PROFIT, Side.BUY, True, False),
        (AlgoKind.TAKE_PROFIT, Side.SELL, False, True),
        (AlgoKind.TAKE_PROFIT_MARKET, Side.BUY, True, False),
        (AlgoKind.TAKE_PROFIT_MARKET, Side.SELL, False, True),
    ],
)
def test_a_trigger_fires_at_its_price_and_on_one_side_of_it(
    kind: AlgoKind, side: Side, *, below: bool, above: bool
) -> None:
    triggers = Triggers()
    triggers.add(algo(1, kind, side, 100))
    assert reached(triggers, 99) == [1] * below
    assert reached(triggers, 100) == [1]
    assert reached(triggers, 101) == [1] * above


def test_the_nearest_trigger_is_first_and_of_one_the_oldest() -> None:
    triggers = Triggers()
    for number, trigger in ((3, 110), (1, 105), (2, 105), (4, 120)):
        triggers.add(algo(number, AlgoKind.STOP_MARKET, Side.BUY, trigger))
    for number, trigger in ((7, 90), (5, 95), (6, 95), (8, 80)):
        triggers.add(algo(number, AlgoKind.STOP_MARKET, Side.SELL, trigger))
    assert reached(triggers, 115) == [1, 2, 3]
    assert reached(triggers, 85) == [5, 6, 7]
    assert reached(triggers, 100) == []


def test_those_that_wait_for_a_rise_are_first() -> None:
    triggers = Triggers()
    triggers.add(algo(1, AlgoKind.TAKE_PROFIT_MARKET, Side.BUY, 100))
    triggers.add(algo(2, AlgoKind.STOP_MARKET, Side.BUY, 100))
    assert reached(triggers, 100) == [2, 1]


def test_each_order_watches_its_own_price() -> None:
    triggers = Triggers()
    triggers.add(algo(1, AlgoKind.STOP, Side.BUY, 100))
    triggers.add(algo(2, AlgoKind.STOP, Side.BUY, 100, working_type=MARK))
    assert reached(triggers, 100) == [1]
    assert reached(triggers, 100, MARK) == [2]


def test_what_is_removed_fires_no_more() -> None:
    triggers = Triggers()
    orders = [algo(number, AlgoKind.STOP, Side.SELL, 100) for number in (1, 2, 3)]
    trailing = algo(4, TRAILING, Side.SELL)
    for order in (*orders, trailing):
        triggers.add(order)
    triggers.remove(orders[1])
    triggers.remove(trailing)
    assert reached(triggers, 100) == [1, 3]
    assert triggers.trailing == {}


def test_a_trailing_buy_keeps_the_lowest_price_and_a_sell_the_highest() -> None:
    triggers = Triggers()
    orders = {
        "buy": algo(1, TRAILING, Side.BUY, activated=True, extreme=100),
        "sell": algo(2, TRAILING, Side.SELL, activated=True, extreme=100),
        "marked": algo(3, TRAILING, Side.SELL, activated=True, extreme=100, working_type=MARK),
        "asleep": algo(4, TRAILING, Side.SELL),
    }
    for order in orders.values():
        triggers.add(order)
    for price in (103, 97, 101):
        triggers.follow(CONTRACT, price)
    triggers.follow(MARK, 102)
    seen = {name: order.extreme for name, order in orders.items()}
    assert seen == {"buy": 97, "sell": 103, "marked": 102, "asleep": 0}


@pytest.mark.parametrize(
    ("side", "extreme", "price", "expected"),
    [
        (Side.BUY, 100 * UNIT, 101 * UNIT - 1, False),
        (Side.BUY, 100 * UNIT, 101 * UNIT, True),
        (Side.BUY, 100 * UNIT, 102 * UNIT, True),
        (Side.SELL, 100 * UNIT, 99 * UNIT + 1, False),
        (Side.SELL, 100 * UNIT, 99 * UNIT, True),
        (Side.SELL, 100 * UNIT, 98 * UNIT, True),
        (Side.BUY, 3, 3, False),
        (Side.BUY, 3, 4, True),
        (Side.SELL, 3, 3, False),
        (Side.SELL, 3, 2, True),
    ],
)
def test_a_price_has_come_back_by_one_percent(
    side: Side, extreme: int, price: int, *, expected: bool
) -> None:
    order = algo(1, TRAILING, side, activated=True, extreme=extreme, callback_rate=1_000_000)
    assert turned(order, price) is expected

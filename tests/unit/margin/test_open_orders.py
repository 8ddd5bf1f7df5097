"""Margin of open orders: the larger of the two ways a position can go."""

import pytest

from unit.margin.holding import LONG, SHORT, Holding, units

ONE_WAY = [
    # position at 100 a piece, bids, asks, and what the orders need at 20 times
    ("0", "1000", "0", "50"),
    ("0", "1000", "1000", "50"),  # the larger side, not the sum
    ("0", "1000", "1500", "75"),
    ("10", "500", "0", "25"),  # more of the same
    ("10", "0", "1000", "0"),  # against the position: free
    ("10", "0", "2000", "0"),  # until it is worth twice the position
    ("10", "0", "2000.2", "0.01"),
    ("10", "0", "3000", "50"),
    ("10", "500", "2500", "25"),  # 1,500 one way, 1,500 the other
    ("10", "500", "2600", "30"),
    ("-10", "2000", "0", "0"),
    ("-10", "2500", "0", "25"),
    ("-10", "0", "400", "20"),
    ("0", "0.00000019", "0", "0"),
]


@pytest.mark.parametrize(("quantity", "bids", "asks", "margin"), ONE_WAY)
def test_one_way_mode(quantity: str, bids: str, asks: str, margin: str) -> None:
    world = Holding()
    world.hold("BTCUSDT", quantity, "90")
    world.order("BTCUSDT", bids=bids, asks=asks)
    world.mark("BTCUSDT", "100")
    found = world.figures("BTCUSDT")
    assert found.order_margin == units(margin)
    assert found.position_margin == abs(units(quantity)) * 5
    assert found.initial_margin == found.position_margin + found.order_margin
    assert (found.bid_value, found.ask_value) == (units(bids), units(asks))


def test_order_value_stays_when_the_mark_moves() -> None:
    world = Holding()
    world.hold("BTCUSDT", "10", "100")
    world.order("BTCUSDT", asks="3000")
    needed = []
    for mark in ("100", "150", "50"):
        world.mark("BTCUSDT", mark)
        needed.append(world.figures("BTCUSDT").order_margin)
    assert needed == [units("50"), 0, units("100")]


def test_each_side_of_hedge_mode_has_its_own_orders() -> None:
    world = Holding()
    world.hedge()
    world.hold("BTCUSDT", "10", "100", LONG)
    world.order("BTCUSDT", bids="600", side=LONG)
    world.order("BTCUSDT", asks="400", side=SHORT)
    world.mark("BTCUSDT", "100")
    long, short = world.figures("BTCUSDT", LONG), world.figures("BTCUSDT", SHORT)
    assert (long.position_margin, long.order_margin) == (units("50"), units("30"))
    assert (short.position_margin, short.order_margin) == (0, units("20"))
    row = world.asset()
    assert (row.position_margin, row.order_margin) == (units("50"), units("50"))

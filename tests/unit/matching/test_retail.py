"""Levels with the orders of retail price improvement among them."""

from clearhouse.matching.book import NONE, OrderBook
from clearhouse.matching.retail import with_retail
from clearhouse.model.ids import Uid
from clearhouse.model.orders import Order, OrderKind, PositionSide, Side, TimeInForce


def order(number: int, side: Side, price: int, quantity: int, *, retail: bool = False) -> Order:
    return Order(
        order_id=number,
        uid=Uid(1),
        client_id=f"c{number}",
        symbol="BTCUSDT",
        side=side,
        position_side=PositionSide.BOTH,
        kind=OrderKind.LIMIT,
        time_in_force=TimeInForce.RPI if retail else TimeInForce.GTC,
        quantity=quantity,
        price=price,
    )


def test_they_are_added_by_price_and_the_best_comes_first() -> None:
    book = OrderBook(tick=1, anchor=100, quantity=5, depth=2, mode=NONE)
    for one in (
        order(1, Side.BUY, 90, 3),
        order(2, Side.BUY, 95, 1, retail=True),
        order(3, Side.BUY, 90, 2, retail=True),
        order(4, Side.SELL, 110, 4),
    ):
        book.place_of(one).add(one)
    assert list(with_retail(book, Side.BUY)) == [(95, 1), (90, 5)]
    assert list(with_retail(book, Side.SELL)) == [(110, 4)]
    book.retail(Side.SELL).add(order(5, Side.SELL, 105, 7, retail=True))
    assert list(with_retail(book, Side.SELL)) == [(105, 7), (110, 4)]

"""The order book of a symbol: price-time priority among accounts and the levels of the house.

A side keeps its prices sorted with the best one last, and each price its orders in the order of
their arrival. What the house always quotes (`matching/house.py`) is in no side: it is there
when it is asked for, so at its price it stands behind everybody. Orders of retail price
improvement stand apart: on the exchange only orders of its own apps take them, here the house.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from clearhouse.model.ids import Millis, Seq
from clearhouse.model.money import multiply_toward_zero
from clearhouse.model.orders import (
    BUY,
    RPI,
    Order,
    Side,
)

HOUSE, NONE, LEVELS = "house", "none", "levels"
"""How the house quotes: see `LiquiditySet`."""

NOTHING_TAKEN = 0, 0

Level = dict[int, Order]
"""Orders of one price by id, oldest first."""


@dataclass(slots=True)
class BookSide:
    """The open orders of one side. A key is the price, negative for asks: the best is the last."""

    sign: int
    keys: list[int] = field(default_factory=list)
    by_key: dict[int, Level] = field(default_factory=dict)

    def add(self, order: Order) -> None:
        """Put an order behind the others of its price."""
        key = order.price * self.sign
        level = self.by_key.get(key)
        if level is None:
            self.by_key[key] = {order.order_id: order}
            insort(self.keys, key)
        else:
            level[order.order_id] = order

    def remove(self, order: Order) -> None:
        """Take an order out; it must be there."""
        key = order.price * self.sign
        level = self.by_key[key]
        del level[order.order_id]
        if not level:
            del self.by_key[key]
            del self.keys[bisect_left(self.keys, key)]

    def first(self) -> Order | None:
        """The order that is filled next."""
        if not self.keys:
            return None
        return next(iter(self.by_key[self.keys[-1]].values()))

    def best(self) -> int | None:
        """The best price."""
        return self.keys[-1] * self.sign if self.keys else None

    def levels(self) -> Iterator[tuple[int, int]]:
        """Prices with their open quantity, best first."""
        for key in reversed(self.keys):
            yield key * self.sign, sum(o.quantity - o.executed for o in self.by_key[key].values())

    def orders(self) -> Iterator[Order]:
        """Every order, in the order in which it would be filled."""
        for key in reversed(self.keys):
            yield from self.by_key[key].values()


@dataclass(slots=True)
class OrderBook:
    """Both sides, and how the house quotes: see `LiquiditySet` and `QuotingSet`.

    `anchor`: the price that the house quotes around; `bid` and `ask`: where its quotes begin.
    `taken`: how much of them was taken (of bids, of asks) since they were quoted, where they do
    not refill. `update_id`: the last event that changed the book, `updated_at` its time. Orders
    of the house's levels have negative ids, counted down from `next_quote_id`.
    """

    tick: int
    anchor: int
    quantity: int
    depth: int
    mode: str = HOUSE
    update_id: Seq = Seq(0)
    updated_at: Millis = Millis(0)
    next_quote_id: int = -1
    spread: int = 0
    gap: int = 0
    refills: bool = True
    bid: int = 0
    ask: int = 0
    taken: tuple[int, int] = NOTHING_TAKEN
    bids: BookSide = field(default_factory=lambda: BookSide(Side.BUY.sign))
    asks: BookSide = field(default_factory=lambda: BookSide(Side.SELL.sign))
    retail_bids: BookSide = field(default_factory=lambda: BookSide(Side.BUY.sign))
    retail_asks: BookSide = field(default_factory=lambda: BookSide(Side.SELL.sign))
    quotes: dict[int, Order] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.bid:
            self.quote_around(self.anchor)

    def quote_around(self, price: int) -> None:
        """Let the house quote around a price, full again."""
        half = self.distance(self.spread, price)
        self.anchor, self.bid, self.ask = price, price - half, price + half
        self.taken = NOTHING_TAKEN

    def distance(self, part: int, price: int) -> int:
        """A part of a price in whole ticks; at least one."""
        tick = self.tick or 1
        return max(multiply_toward_zero(price, part) // tick, 1) * tick

    def take(self, side: Side, quantity: int) -> None:
        """The house's quotes of a side have less to give, if they do not refill."""
        if not self.refills:
            bids, asks = self.taken
            self.taken = (bids + quantity, asks) if side is BUY else (bids, asks + quantity)

    def changed(self, seq: Seq, at: Millis) -> None:
        """Note an event that changed the book."""
        self.update_id, self.updated_at = seq, at

    def side(self, side: Side) -> BookSide:
        """The orders of a side that everybody sees and takes."""
        return self.bids if side is BUY else self.asks

    def retail(self, side: Side) -> BookSide:
        """The orders of a side that only the house takes: retail price improvement."""
        return self.retail_bids if side is BUY else self.retail_asks

    def place_of(self, order: Order) -> BookSide:
        """Where an order stands."""
        if order.time_in_force is RPI:
            return self.retail(order.side)
        return self.side(order.side)


OrderBooks = dict[str, OrderBook]

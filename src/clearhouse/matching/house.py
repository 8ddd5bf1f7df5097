"""What the house quotes around the anchor: always there, and last in the queue.

A sweep takes the levels one by one. Where quotes refill they are full again after it, so that a
price stands still until somebody moves it, however much is traded; else what was taken is gone
until the price moves.
"""

from collections.abc import Iterator

from clearhouse.matching.book import HOUSE, NOTHING_TAKEN, OrderBook
from clearhouse.model.orders import Side

DEPTH = 20
"""Levels of a side where nothing else was chosen: as many as a price match can ask for."""


def house_levels(book: OrderBook, side: Side) -> Iterator[tuple[int, int]]:
    """Prices and quantities that the house bids (BUY) or asks (SELL), best first."""
    if book.mode != HOUSE:
        return
    buys = side is Side.BUY
    price, taken = (book.bid, book.taken[0]) if buys else (book.ask, book.taken[1])
    step, quantity = side.sign * book.distance(book.gap, book.anchor), book.quantity
    for _ in range(book.depth):
        if price <= 0:
            return
        if taken < quantity:
            yield price, quantity - taken
        taken = max(0, taken - quantity)
        price -= step


def depth_levels(book: OrderBook, side: Side) -> Iterator[tuple[int, int]]:
    """All quotes of a side by price, best first: accounts', the house's levels, and the house."""
    own, house, sign = book.side(side).levels(), house_levels(book, side), side.sign
    one, other = next(own, None), next(house, None)
    while one and other:
        if one[0] == other[0]:
            yield one[0], one[1] + other[1]
            one, other = next(own, None), next(house, None)
        elif (one[0] - other[0]) * sign > 0:
            yield one
            one = next(own, None)
        else:
            yield other
            other = next(house, None)
    left = one or other
    if left:
        yield left
    yield from own
    yield from house


def best(book: OrderBook, side: Side) -> tuple[int, int] | None:
    """The best price of a side and its quantity."""
    return next(depth_levels(book, side), None)


def best_price(book: OrderBook, side: Side) -> int | None:
    """The best price of a side; asked for every order, so it is found without its level."""
    own = book.side(side).best()
    quoted = _quoted(book, side)
    if quoted is None:
        return own
    return quoted if own is None or (quoted - own) * side.sign > 0 else own


def nth_price(book: OrderBook, side: Side, n: int) -> int | None:
    """The n-th best price of a side, from 1; None where the side has fewer."""
    for number, (price, _) in enumerate(depth_levels(book, side), 1):
        if number == n:
            return price
    return None


def _quoted(book: OrderBook, side: Side) -> int | None:
    """The best price of the house."""
    if book.taken != NOTHING_TAKEN:
        level = next(house_levels(book, side), None)
        return level[0] if level else None
    price = book.bid if side is Side.BUY else book.ask
    return price if book.mode == HOUSE and price > 0 else None

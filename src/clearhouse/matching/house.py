"""What the house quotes around the anchor: always there, always full, and last in the queue.

A sweep takes the levels one by one; after it they are full again, so that a price stands still
until somebody sets it, however much is traded.
"""

from collections.abc import Iterator

from clearhouse.matching.book import HOUSE, OrderBook
from clearhouse.model.orders import Side

DEPTH = 20
"""Levels of a side where nothing else was chosen: as many as a price match can ask for."""


def house_levels(book: OrderBook, side: Side) -> Iterator[tuple[int, int]]:
    """Prices and quantities that the house bids (BUY) or asks (SELL), best first."""
    if book.mode != HOUSE:
        return
    step, quantity = side.sign * book.tick, book.quantity
    price = book.anchor
    for _ in range(book.depth):
        price -= step
        if price <= 0:
            return
        yield price, quantity


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
    quoted = book.anchor - side.sign * book.tick
    if book.mode != HOUSE or quoted <= 0:
        return own
    return quoted if own is None or (quoted - own) * side.sign > 0 else own


def nth_price(book: OrderBook, side: Side, n: int) -> int | None:
    """The n-th best price of a side, from 1; None where the side has fewer."""
    for number, (price, _) in enumerate(depth_levels(book, side), 1):
        if number == n:
            return price
    return None

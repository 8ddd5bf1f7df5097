"""The book with the orders of retail price improvement, which stand apart in it."""

from collections.abc import Iterator

from clearhouse.matching.book import OrderBook
from clearhouse.matching.house import depth_levels
from clearhouse.model.orders import Side


def with_retail(book: OrderBook, side: Side) -> Iterator[tuple[int, int]]:
    """All quotes of a side by price, best first, and the retail orders at theirs."""
    retail = dict(book.retail(side).levels())
    if not retail:
        yield from depth_levels(book, side)
        return
    for price, quantity in depth_levels(book, side):
        retail[price] = retail.get(price, 0) + quantity
    yield from sorted(retail.items(), key=lambda level: -level[0] * side.sign)

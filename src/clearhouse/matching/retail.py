"""The book with its orders of retail price improvement, which nobody but the house takes.

They may stand beyond the best of the other side: such a one is not shown.
"""

from clearhouse.matching.book import OrderBook
from clearhouse.matching.house import depth_levels
from clearhouse.model.orders import BUY, SELL, Side

Levels = tuple[tuple[int, int], ...]


def levels_with_retail(book: OrderBook) -> tuple[Levels, Levels]:
    """Bids and asks as (price, quantity), best first."""
    bids, asks = _merged(book, BUY), _merged(book, SELL)
    best_bid, best_ask = max(bids, default=0), min(asks, default=None)
    shown_bids = {p: q for p, q in bids.items() if best_ask is None or p < best_ask}
    shown_asks = {p: q for p, q in asks.items() if p > best_bid}
    shown_bids |= _crossed(book, BUY, shown_bids)
    shown_asks |= _crossed(book, SELL, shown_asks)
    return (
        tuple(sorted(shown_bids.items(), reverse=True)),
        tuple(sorted(shown_asks.items())),
    )


def _merged(book: OrderBook, side: Side) -> dict[int, int]:
    """Every level of a side."""
    found = dict(depth_levels(book, side))
    for price, quantity in book.retail(side).levels():
        found[price] = found.get(price, 0) + quantity
    return found


def _crossed(book: OrderBook, side: Side, shown: dict[int, int]) -> dict[int, int]:
    """Public levels that only a retail order crosses: they are shown, as everywhere."""
    return {p: q for p, q in depth_levels(book, side) if p not in shown}

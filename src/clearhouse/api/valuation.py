"""What holdings are worth in another asset, by the index prices."""

from clearhouse.messages.queries import CatalogueView, WalletsView
from clearhouse.model.money import SCALE

Priced = WalletsView | CatalogueView
"""What knows the index prices."""


def value_in(view: Priced, asset: str, units: int, quote: str) -> int:
    """Units of `quote` that an amount of `asset` is worth, cut at 8 decimals."""
    price, quote_price = view.indices.get(asset, 0), view.indices[quote]
    worth = abs(units) * price // quote_price
    return worth if units >= 0 else -worth


def total_in(view: Priced, rows: list[tuple[str, int]], quote: str) -> int:
    """The sum of what several amounts are worth."""
    return sum(value_in(view, asset, units, quote) for asset, units in rows)


def price_in(view: Priced, asset: str, quote: str) -> int:
    """The price of one unit of an asset, in units of 1e-8 of the quote asset."""
    return value_in(view, asset, SCALE, quote)

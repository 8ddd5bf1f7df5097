"""Levels of a book and sums of values, as the exchange prints them."""

from collections.abc import Iterable

from clearhouse.model.instruments import Contract
from clearhouse.model.money import DECIMALS, with_decimals

Level = tuple[str, str]
"""Price and quantity."""


def levels(contract: Contract, found: Iterable[tuple[int, int]]) -> list[Level]:
    """Prices and quantities with the decimals of their symbol."""
    prices, quantities = contract.price_precision, contract.quantity_precision
    return [(with_decimals(p, prices), with_decimals(q, quantities)) for p, q in found]


def value_decimals(contract: Contract) -> int:
    """The decimals of a sum of values: as many as a price and a quantity have together."""
    return min(contract.price_precision + contract.quantity_precision, DECIMALS)

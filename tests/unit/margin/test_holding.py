"""The break-even price, and what isolated positions hold."""

import pytest

from clearhouse.margin.exposure import Exposure
from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.margin.holding import break_even_price, isolated_wallets
from clearhouse.model.orders import Position, PositionSide
from unit.world import World

ONE = 10**8

PRICES = [
    ("flat", Position(cumulative_realized=5 * ONE), 0),
    ("long", Position(quantity=2 * ONE, entry_price=100 * ONE, fees=ONE), 10_050_000_000),
    ("short", Position(quantity=-2 * ONE, entry_price=100 * ONE, fees=ONE), 9_950_000_000),
    (
        "long with a profit taken",
        Position(quantity=ONE, entry_price=100 * ONE, fees=ONE, realized=11 * ONE),
        90 * ONE,
    ),
    (
        "short with a profit taken",
        Position(quantity=-ONE, entry_price=100 * ONE, fees=ONE, realized=11 * ONE),
        110 * ONE,
    ),
    (
        "cut toward the entry price",
        Position(quantity=3 * ONE, entry_price=100 * ONE, fees=ONE),
        10_033_333_333,
    ),
]


@pytest.mark.parametrize(("name", "position", "price"), PRICES, ids=[row[0] for row in PRICES])
def test_break_even_price(name: str, position: Position, price: int) -> None:
    assert break_even_price(position) == price


def test_isolated_wallets_are_those_of_the_margin_asset() -> None:
    """Both sides of a symbol and every symbol of the asset; a cross position holds nothing."""
    held = {
        "BTCUSDT": {PositionSide.LONG: 3, PositionSide.SHORT: 4},
        "ETHUSDT": {PositionSide.BOTH: 5},
        "SOLUSDT": {PositionSide.BOTH: 0},
    }
    account = FuturesAccount(
        exposures={
            symbol: Exposure(
                positions={side: Position(1, 1, units) for side, units in sides.items()}
            )
            for symbol, sides in held.items()
        }
    )
    catalogue = World().state.catalogue
    assert isolated_wallets(catalogue, account, "USDT") == 12
    assert isolated_wallets(catalogue, account, "USDC") == 0

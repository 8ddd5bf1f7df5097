"""What isolated positions hold of a wallet."""

from clearhouse.margin.exposure import Exposure
from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.margin.positions import isolated_wallets
from clearhouse.model.orders import Position, PositionSide
from unit.world import World


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

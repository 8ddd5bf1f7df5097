"""What is read of one position, or of the isolated ones together, without any other total."""

from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.market.catalogue import Catalogue
from clearhouse.model.money import divide_toward_zero
from clearhouse.model.orders import Position


def break_even_price(position: Position) -> int:
    """EP + (fees − realised) / q since it was opened; 0 where nothing is open.

    No fee of closing it is estimated (docs/internals/numbers.md, "Positions").
    """
    if not position.quantity:
        return 0
    owed = divide_toward_zero(position.fees - position.realized, abs(position.quantity))
    return position.entry_price + (owed if position.quantity > 0 else -owed)


def isolated_wallets(catalogue: Catalogue, account: FuturesAccount, asset: str) -> int:
    """What of an asset's wallet is assigned to isolated positions."""
    return sum(
        position.isolated_wallet
        for symbol, exposure in account.exposures.items()
        if catalogue.contracts[symbol].margin_asset == asset
        for position in exposure.positions.values()
    )

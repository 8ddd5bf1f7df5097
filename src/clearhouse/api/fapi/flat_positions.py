"""Rows of symbols without a position.

An account without positions shows the same row for every symbol as any other such account,
so the rows are rendered once for each catalogue and position mode.
"""

from collections.abc import Mapping

from msgspec import Struct

from clearhouse.margin.futures_account import NO_SETTINGS, setting_of
from clearhouse.messages.queries import CatalogueView, SymbolSetting
from clearhouse.model.instruments import Contract
from clearhouse.model.money import ZERO_FIXED, trimmed
from clearhouse.model.orders import HEDGE_SIDES, ONE_WAY_SIDES


class PositionRow(Struct, frozen=True, rename="camel"):
    """A position of account information V2."""

    symbol: str
    initial_margin: str
    maint_margin: str
    unrealized_profit: str
    position_initial_margin: str
    open_order_initial_margin: str
    leverage: str
    isolated: bool
    entry_price: str
    max_notional: str
    bid_notional: str
    ask_notional: str
    position_side: str
    position_amt: str
    update_time: int


def flat_rows(
    catalogue: CatalogueView, *, hedge: bool, settings: Mapping[str, SymbolSetting] = NO_SETTINGS
) -> list[PositionRow]:
    """A row for each symbol and side; `settings` are those that the account has changed."""
    sides = HEDGE_SIDES if hedge else ONE_WAY_SIDES
    return [
        _flat(contract, side, setting_of(settings, contract))
        for contract in catalogue.contracts.values()
        for side in sides
    ]


def _flat(contract: Contract, side: str, setting: SymbolSetting) -> PositionRow:
    return PositionRow(
        symbol=contract.symbol,
        initial_margin="0",
        maint_margin="0",
        unrealized_profit=ZERO_FIXED,
        position_initial_margin="0",
        open_order_initial_margin="0",
        leverage=str(setting.leverage),
        isolated=setting.isolated,
        entry_price="0.00000",
        max_notional=trimmed(contract.max_notional(setting.leverage)),
        bid_notional="0",
        ask_notional="0",
        position_side=side,
        position_amt="0",
        update_time=0,
    )

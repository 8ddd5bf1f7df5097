"""Rows of symbols without a position.

An account without positions shows the same row for every symbol as any other such account,
so the rows are rendered once for each catalogue and position mode.
"""

from msgspec import Struct

from clearhouse.messages.queries import CatalogueView
from clearhouse.model.instruments import Contract
from clearhouse.model.money import ZERO_FIXED, trimmed

DEFAULT_LEVERAGE = 20
ONE_WAY_SIDES = ("BOTH",)
HEDGE_SIDES = ("LONG", "SHORT")


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


def flat_rows(catalogue: CatalogueView, *, hedge: bool) -> list[PositionRow]:
    """A row for each symbol and side."""
    sides = HEDGE_SIDES if hedge else ONE_WAY_SIDES
    return [_flat(contract, side) for contract in catalogue.contracts.values() for side in sides]


def _flat(contract: Contract, side: str) -> PositionRow:
    leverage = min(DEFAULT_LEVERAGE, max(b.initial_leverage for b in contract.brackets))
    return PositionRow(
        symbol=contract.symbol,
        initial_margin="0",
        maint_margin="0",
        unrealized_profit=ZERO_FIXED,
        position_initial_margin="0",
        open_order_initial_margin="0",
        leverage=str(leverage),
        isolated=False,
        entry_price="0.00000",
        max_notional=trimmed(contract.max_notional(leverage)),
        bid_notional="0",
        ask_notional="0",
        position_side=side,
        position_amt="0",
        update_time=0,
    )

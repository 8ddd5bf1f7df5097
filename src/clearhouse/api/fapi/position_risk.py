"""Positions as they stand at the mark, and their places in the queue of deleveraging.

Sources: «Position Information V2/V3», «Position ADL Quantile Estimation» and the WebSocket API
pages; the numbers are explained in docs/internals/numbers.md.
"""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.api.params import Symbol
from clearhouse.margin.requirements import BREAK_EVEN_DECIMALS
from clearhouse.messages.queries import CatalogueView, PositionView, ReadCatalogue
from clearhouse.messages.trading_queries import ReadPositions
from clearhouse.model.money import at_least, fixed8, price_text, trimmed
from clearhouse.model.orders import PositionSide

router = Router(Family.FAPI)


class PositionParams(Struct, frozen=True):
    """One symbol, or all of them."""

    symbol: Symbol | None = None


class PositionRiskV2(Struct, frozen=True, rename="camel", gc=False):
    """A position of position information V2."""

    entry_price: str
    break_even_price: str
    margin_type: str
    is_auto_add_margin: str
    isolated_margin: str
    leverage: str
    liquidation_price: str
    mark_price: str
    max_notional_value: str
    position_amt: str
    notional: str
    isolated_wallet: str
    symbol: str
    un_realized_profit: str
    position_side: str
    update_time: int


class PositionRiskV3(Struct, frozen=True, rename="camel", gc=False):
    """A position of position information V3."""

    symbol: str
    position_side: str
    position_amt: str
    entry_price: str
    break_even_price: str
    mark_price: str
    un_realized_profit: str
    liquidation_price: str
    isolated_margin: str
    notional: str
    margin_asset: str
    isolated_wallet: str
    initial_margin: str
    maint_margin: str
    position_initial_margin: str
    open_order_initial_margin: str
    adl: int
    bid_notional: str
    ask_notional: str
    update_time: int


class AdlQuantile(Struct, frozen=True, rename="camel"):
    """The places of a symbol's positions: LONG and SHORT, and BOTH or HEDGE."""

    symbol: str
    adl_quantile: dict[str, int]


@router.get("/v2/positionRisk", security=Security.USER_DATA, weight=ip(5), ws="account.position")
async def position_risk_v2(ctx: Context, params: PositionParams) -> list[PositionRiskV2]:
    """Position information V2.

    Every symbol, or the one that is named: BOTH in one-way mode, LONG and SHORT in hedge mode.
    """
    views = await ctx.read(ReadPositions(ctx.uid, params.symbol, every=True))
    listed = await ctx.read(ReadCatalogue())
    return [_row_v2(listed, view) for view in views]


@router.get("/v3/positionRisk", security=Security.USER_DATA, weight=ip(5), ws="v2/account.position")
async def position_risk_v3(ctx: Context, params: PositionParams) -> list[PositionRiskV3]:
    """Position information V3.

    Only positions that are open or have open orders; leverage and margin type are in
    symbolConfig.
    """
    views = await ctx.read(ReadPositions(ctx.uid, params.symbol))
    listed = await ctx.read(ReadCatalogue())
    return [_row_v3(listed, view) for view in views]


@router.get("/v1/adlQuantile", security=Security.USER_DATA, weight=ip(5))
async def adl_quantile(ctx: Context, params: PositionParams) -> list[AdlQuantile]:
    """Position ADL quantile estimation: 0 is closed last, 4 first.

    Symbols with an open position, or the one that is named. Where cross margin and hedge mode
    come together, LONG and SHORT have the same place and HEDGE stands for both.
    """
    named = params.symbol is not None
    views = await ctx.read(ReadPositions(ctx.uid, params.symbol, every=named))
    rows: dict[str, list[PositionView]] = {}
    for view in views:
        if view.quantity or named:
            rows.setdefault(view.symbol, []).append(view)
    return [AdlQuantile(symbol, _places(row)) for symbol, row in rows.items()]


def _places(views: list[PositionView]) -> dict[str, int]:
    found = {view.side: view.quantile for view in views}
    if PositionSide.BOTH in found:
        return {"LONG": 0, "SHORT": 0, "BOTH": found[PositionSide.BOTH]}
    long, short = found.get(PositionSide.LONG, 0), found.get(PositionSide.SHORT, 0)
    if views[0].isolated:
        return {"LONG": long, "SHORT": short, "BOTH": 0}
    if len([view for view in views if view.quantity]) > 1:
        long = short = max(long, short)
    return {"LONG": long, "SHORT": short, "HEDGE": 0}


def _row_v2(listed: CatalogueView, view: PositionView) -> PositionRiskV2:
    precision = listed.contracts[view.symbol].quantity_precision
    return PositionRiskV2(
        entry_price=price_text(view.entry_price),
        break_even_price=_break_even(view),
        margin_type="isolated" if view.isolated else "cross",
        is_auto_add_margin="false",
        isolated_margin=fixed8(view.isolated_margin),
        leverage=str(view.leverage),
        liquidation_price=_amount(view.liquidation_price),
        mark_price=fixed8(view.mark_price),
        max_notional_value=trimmed(view.max_notional),
        position_amt=at_least(view.quantity, precision),
        notional=_amount(view.notional),
        isolated_wallet=_amount(view.isolated_wallet),
        symbol=view.symbol,
        un_realized_profit=fixed8(view.unrealized),
        position_side=view.side,
        update_time=view.updated_at,
    )


def _row_v3(listed: CatalogueView, view: PositionView) -> PositionRiskV3:
    precision = listed.contracts[view.symbol].quantity_precision
    return PositionRiskV3(
        symbol=view.symbol,
        position_side=view.side,
        position_amt=at_least(view.quantity, precision),
        entry_price=price_text(view.entry_price),
        break_even_price=_break_even(view),
        mark_price=fixed8(view.mark_price),
        un_realized_profit=fixed8(view.unrealized),
        liquidation_price=_amount(view.liquidation_price),
        isolated_margin=_amount(view.isolated_margin),
        notional=_amount(view.notional),
        margin_asset=view.margin_asset,
        isolated_wallet=_amount(view.isolated_wallet),
        initial_margin=_amount(view.initial_margin),
        maint_margin=_amount(view.maint_margin),
        position_initial_margin=_amount(view.position_margin),
        open_order_initial_margin=_amount(view.order_margin),
        adl=view.quantile,
        bid_notional=_amount(view.bid_value),
        ask_notional=_amount(view.ask_value),
        update_time=view.updated_at,
    )


def _amount(units: int) -> str:
    """Eight decimals, but zero is one character."""
    return fixed8(units) if units else "0"


def _break_even(view: PositionView) -> str:
    return at_least(view.break_even_price, 1, of=BREAK_EVEN_DECIMALS)

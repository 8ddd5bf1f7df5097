"""Settings of the whole futures account: asset mode, position mode, fees in BNB.

Sources: «Futures Account Configuration», «Get Current Multi-Assets Mode», «Change
Multi-Assets Mode», «Get Current Position Mode», «Change Position Mode», «Get BNB Burn
Status», «Toggle BNB Burn On Futures Trade». Every refusal stands in
docs/reference/futures-account.md.
"""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.api.params import Switch
from clearhouse.messages.commands import SetFeeBurn, SetMultiAssetsMode, SetPositionMode
from clearhouse.messages.events import FeeBurnSet, MultiAssetsModeSet, PositionModeSet
from clearhouse.messages.queries import ReadFuturesSettings

router = Router(Family.FAPI)


class AccountConfig(Struct, frozen=True, rename="camel"):
    """What account information V3 left out of V2."""

    fee_tier: int
    dual_side_position: bool
    multi_assets_margin: bool
    can_trade: bool = True
    can_deposit: bool = True
    can_withdraw: bool = True
    update_time: int = 0
    trade_group_id: int = -1


class MultiAssetsMode(Struct, frozen=True, rename="camel"):
    """Whether multi-assets mode is on."""

    multi_assets_margin: bool


class PositionMode(Struct, frozen=True, rename="camel"):
    """Whether hedge mode is on."""

    dual_side_position: bool


class FeeBurn(Struct, frozen=True, rename="camel"):
    """Whether fees are paid in BNB."""

    fee_burn: bool


class MultiAssetsModeParams(Struct, frozen=True, rename="camel"):
    """The mode to switch to."""

    multi_assets_margin: Switch


class PositionModeParams(Struct, frozen=True, rename="camel"):
    """The mode to switch to."""

    dual_side_position: Switch


class FeeBurnParams(Struct, frozen=True, rename="camel"):
    """The choice to make."""

    fee_burn: Switch


class Done(Struct, frozen=True):
    """What the futures switches answer."""

    code: int = 200
    msg: str = "success"


@router.get("/v1/accountConfig", security=Security.USER_DATA, weight=ip(5))
async def account_config(ctx: Context) -> AccountConfig:
    """Futures account configuration.

    Fee tier and both modes. `updateTime` is a reserved field and 0, as in account V2.
    """
    view = await ctx.read(ReadFuturesSettings(ctx.uid))
    return AccountConfig(view.fees.tier, view.hedge, view.multi_assets)


@router.get("/v1/multiAssetsMargin", security=Security.USER_DATA, weight=ip(30))
async def multi_assets_mode(ctx: Context) -> MultiAssetsMode:
    """Current multi-assets mode."""
    view = await ctx.read(ReadFuturesSettings(ctx.uid))
    return MultiAssetsMode(view.multi_assets)


@router.post("/v1/multiAssetsMargin", security=Security.TRADE)
async def set_multi_assets_mode(ctx: Context, params: MultiAssetsModeParams) -> Done:
    """Change multi-assets mode.

    Refuses no change (-4171), open orders (-4170), entering it with an isolated symbol (-4167),
    leaving it with a negative wallet (-4172), and positions that would lack margin (-4169).
    """
    command = SetMultiAssetsMode(uid=ctx.uid, on=params.multi_assets_margin)
    await ctx.submit(command, MultiAssetsModeSet)
    return Done()


@router.get("/v1/positionSide/dual", security=Security.USER_DATA, weight=ip(30))
async def position_mode(ctx: Context) -> PositionMode:
    """Current position mode.

    True is hedge mode, false is one-way mode.
    """
    view = await ctx.read(ReadFuturesSettings(ctx.uid))
    return PositionMode(view.hedge)


@router.post("/v1/positionSide/dual", security=Security.TRADE)
async def set_position_mode(ctx: Context, params: PositionModeParams) -> Done:
    """Change position mode.

    Refuses no change (-4059), open orders (-4067) and positions (-4068).
    """
    command = SetPositionMode(uid=ctx.uid, hedge=params.dual_side_position)
    await ctx.submit(command, PositionModeSet)
    return Done()


@router.get("/v1/feeBurn", security=Security.USER_DATA, weight=ip(30))
async def fee_burn(ctx: Context) -> FeeBurn:
    """BNB burn status.

    True where fees of futures trades are paid in BNB, at a discount.
    """
    view = await ctx.read(ReadFuturesSettings(ctx.uid))
    return FeeBurn(view.fee_burn)


@router.post("/v1/feeBurn", security=Security.TRADE)
async def set_fee_burn(ctx: Context, params: FeeBurnParams) -> Done:
    """Toggle BNB burn on futures trades.

    The same choice again is no refusal.
    """
    await ctx.submit(SetFeeBurn(uid=ctx.uid, on=params.fee_burn), FeeBurnSet)
    return Done()

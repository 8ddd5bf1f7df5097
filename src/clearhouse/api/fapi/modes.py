"""Modes of the futures account: multi-assets margin and position side."""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.api.params import NoParams, Switch
from clearhouse.messages.commands import SetMultiAssetsMode, SetPositionMode
from clearhouse.messages.events import MultiAssetsModeSet, PositionModeSet
from clearhouse.messages.queries import ReadFuturesAccount

router = Router(Family.FAPI)


class MultiAssetsMode(Struct, frozen=True, rename="camel"):
    """Whether multi-assets mode is on."""

    multi_assets_margin: bool


class PositionMode(Struct, frozen=True, rename="camel"):
    """Whether hedge mode is on."""

    dual_side_position: bool


class MultiAssetsModeParams(Struct, frozen=True, rename="camel"):
    """The mode to switch to."""

    multi_assets_margin: Switch


class PositionModeParams(Struct, frozen=True, rename="camel"):
    """The mode to switch to."""

    dual_side_position: Switch


class Done(Struct, frozen=True):
    """What the futures switches answer."""

    code: int = 200
    msg: str = "success"


@router.get("/v1/multiAssetsMargin", security=Security.USER_DATA, weight=ip(30))
async def multi_assets_mode(ctx: Context, params: NoParams) -> MultiAssetsMode:  # noqa: ARG001
    """Current multi-assets mode."""
    view = await ctx.read(ReadFuturesAccount(ctx.uid))
    return MultiAssetsMode(view.multi_assets)


@router.post("/v1/multiAssetsMargin", security=Security.TRADE)
async def set_multi_assets_mode(ctx: Context, params: MultiAssetsModeParams) -> Done:
    """Change multi-assets mode.

    Refuses no change (-4171), and leaving it with a negative wallet (-4172).
    """
    command = SetMultiAssetsMode(uid=ctx.uid, on=params.multi_assets_margin)
    await ctx.submit(command, MultiAssetsModeSet)
    return Done()


@router.get("/v1/positionSide/dual", security=Security.USER_DATA, weight=ip(30))
async def position_mode(ctx: Context, params: NoParams) -> PositionMode:  # noqa: ARG001
    """Current position mode.

    True is hedge mode, false is one-way mode.
    """
    view = await ctx.read(ReadFuturesAccount(ctx.uid))
    return PositionMode(view.hedge)


@router.post("/v1/positionSide/dual", security=Security.TRADE)
async def set_position_mode(ctx: Context, params: PositionModeParams) -> Done:
    """Change position mode.

    Refuses no change (-4059).
    """
    command = SetPositionMode(uid=ctx.uid, hedge=params.dual_side_position)
    await ctx.submit(command, PositionModeSet)
    return Done()

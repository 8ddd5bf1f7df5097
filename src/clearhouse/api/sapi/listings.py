"""What is listed, as the wallet pages show it: details, fees, tags, openings, delistings.

Sources: «Asset Detail», «Trade Fee», «Get Spot Asset Tags», «Get Open Symbol List» and «Get
Symbols Delist Schedule for Spot». All of it is read off the catalogue; what the catalogue does
not know (tags, delistings) is empty, never made up.
"""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family
from clearhouse.api.params import Asset, Symbol, Text
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.rejections import Reason
from clearhouse.model.money import fixed8

router = Router(Family.SAPI)

SMALLEST_WITHDRAWAL = 1
NO_FEE = "0"


class AssetParams(Struct, frozen=True, rename="camel"):
    """One asset or all."""

    asset: Asset | None = None


class AssetDetail(Struct, frozen=True, rename="camel"):
    """How an asset comes and goes."""

    min_withdraw_amount: str
    deposit_status: bool
    withdraw_fee: str
    withdraw_status: bool


class PairParams(Struct, frozen=True, rename="camel"):
    """One pair or all."""

    symbol: Symbol | None = None


class TradeFee(Struct, frozen=True, rename="camel"):
    """The spot rates of a pair."""

    symbol: str
    maker_commission: str
    taker_commission: str


class TagParams(Struct, frozen=True, rename="camel"):
    """Tags, separated by commas: assets that have one of them."""

    tag: Text | None = None


class TaggedAsset(Struct, frozen=True, rename="camel"):
    """An asset and its tags."""

    asset_code: str
    asset_name: str
    trading: bool
    tags: tuple[str, ...]


class Opening(Struct, frozen=True, rename="camel"):
    """Symbols that open at a time."""

    open_time: int
    symbols: list[str]


class Delisting(Struct, frozen=True, rename="camel"):
    """Symbols that end at a time."""

    delist_time: int
    symbols: list[str]


@router.get("/v1/asset/assetDetail", security=Security.USER_DATA)
async def asset_detail(ctx: Context, params: AssetParams) -> dict[str, AssetDetail]:
    """Asset detail: every listed asset may come and go, without a fee."""
    listed = await ctx.read(ReadCatalogue())
    if params.asset is not None and params.asset not in listed.assets:
        raise ApiError(Reason.UNKNOWN_ASSET, hint=f"no asset {params.asset} is listed")
    open_both_ways = AssetDetail(fixed8(SMALLEST_WITHDRAWAL), True, NO_FEE, True)
    return {name: open_both_ways for name in listed.assets if params.asset in (None, name)}


@router.get("/v1/asset/tradeFee", security=Security.USER_DATA)
async def trade_fee(ctx: Context, params: PairParams) -> list[TradeFee]:
    """Trade fee: there is no spot market here, so it costs nothing."""
    listed = await ctx.read(ReadCatalogue())
    if params.symbol is not None and params.symbol not in listed.contracts:
        raise ApiError(Reason.UNKNOWN_SYMBOL, hint=f"no symbol {params.symbol} is listed")
    return [
        TradeFee(symbol, NO_FEE, NO_FEE)
        for symbol in listed.contracts
        if params.symbol in (None, symbol)
    ]


@router.get("/v1/spot/asset/tags", security=Security.MARKET_DATA, weight=ip(100))
async def asset_tags(ctx: Context, params: TagParams) -> list[TaggedAsset]:
    """Get spot asset tags: assets have none here, so asking for a tag finds none."""
    listed = await ctx.read(ReadCatalogue())
    if params.tag is not None:
        return []
    return [TaggedAsset(asset.name, asset.full_name, True, ()) for asset in listed.assets.values()]


@router.get("/v1/spot/open-symbol-list", security=Security.MARKET_DATA, weight=ip(100))
async def openings(ctx: Context) -> list[Opening]:
    """Get open symbol list: symbols whose `onboardDate` lies ahead, soonest first."""
    listed = await ctx.read(ReadCatalogue())
    ahead: dict[int, list[str]] = {}
    for contract in listed.contracts.values():
        if contract.onboard_date > ctx.now:
            ahead.setdefault(contract.onboard_date, []).append(contract.symbol)
    return [Opening(time, ahead[time]) for time in sorted(ahead)]


@router.get("/v1/spot/delist-schedule", security=Security.MARKET_DATA, weight=ip(100))
async def delistings(_: Context) -> list[Delisting]:
    """Get symbols delist schedule for spot: empty, because nothing listed here ever ends."""
    return []

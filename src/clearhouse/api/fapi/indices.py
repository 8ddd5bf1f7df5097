"""What prices are made of: the collateral index of each asset, the index of each symbol.

Sources: «Multi-Assets Mode Asset Index», «Query Index Price Constituents», «Composite Index
Symbol Information». Choices: docs/reference/market.md.
"""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, ip
from clearhouse.api.errors import ApiError, Family
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.params import Symbol
from clearhouse.messages.queries import CatalogueView, ReadCatalogue
from clearhouse.messages.rejections import Reason
from clearhouse.messages.trading_queries import ReadQuotes
from clearhouse.model.instruments import Collateral
from clearhouse.model.money import SCALE, fixed8

router = Router(Family.FAPI)

THIS_VENUE = "clearhouse"
"""The one exchange whose price an index is made of: nothing is averaged here."""
USD = "USD"


class OneOrAll(Struct, frozen=True):
    """One symbol, or all of them."""

    symbol: Symbol | None = None


class OneSymbol(Struct, frozen=True):
    """Of which symbol."""

    symbol: Symbol


class AssetIndex(Struct, frozen=True, rename="camel"):
    """What an asset counts for as collateral, in USD.

    The index price, and what is left of it of a balance (bid) and added to it for a debt (ask);
    the same when it is exchanged by force.
    """

    symbol: str
    time: int
    index: str
    bid_buffer: str
    ask_buffer: str
    bid_rate: str
    ask_rate: str
    auto_exchange_bid_buffer: str
    auto_exchange_ask_buffer: str
    auto_exchange_bid_rate: str
    auto_exchange_ask_rate: str


class Constituent(Struct, frozen=True):
    """A price that the index is made of, and its share."""

    exchange: str
    symbol: str
    price: str
    weight: str


class Constituents(Struct, frozen=True):
    """What the index price of a symbol is made of."""

    symbol: str
    time: int
    constituents: tuple[Constituent, ...]


class Component(Struct, frozen=True, rename="camel"):
    """An asset in a composite index."""

    base_asset: str
    quote_asset: str
    weight_in_quantity: str
    weight_in_percentage: str


class CompositeIndex(Struct, frozen=True, rename="camel"):
    """What a composite index is made of."""

    symbol: str
    time: int
    component: str
    base_asset_list: tuple[Component, ...]


@router.get("/v1/assetIndex", weight=ip(1, without_symbol=10))
async def asset_index(ctx: Context, params: OneOrAll) -> AssetIndex | list[AssetIndex]:
    """Multi-assets mode asset index: one object for `symbol` (`BTCUSD`), else a list."""
    rows = _asset_indices(await ctx.read(ReadCatalogue()), ctx.now)
    if params.symbol is None:
        return list(rows.values())
    if params.symbol not in rows:
        hint = f"no collateral asset has the index {params.symbol}"
        raise ApiError(Reason.UNKNOWN_SYMBOL, hint=hint)
    return rows[params.symbol]


@router.get("/v1/constituents", weight=ip(2))
async def constituents(ctx: Context, params: OneSymbol) -> Constituents:
    """Index price constituents: the venue's own index price, which is all there is to it."""
    (quote,) = await ctx.read(ReadQuotes(ctx.now, params.symbol))
    only = Constituent(THIS_VENUE, quote.symbol, fixed8(quote.index), fixed8(SCALE))
    return Constituents(quote.symbol, ctx.now, (only,))


@router.get("/v1/indexInfo")
async def index_info(ctx: Context, params: OneOrAll) -> list[CompositeIndex]:
    """Composite index symbol information: no contract is on a composite index here."""
    if params.symbol is not None:
        contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    return []


def _asset_indices(listed: CatalogueView, now: int) -> dict[str, AssetIndex]:
    found = (
        _asset_index(name + USD, listed.indices[name], asset.collateral, now)
        for name, asset in listed.assets.items()
        if asset.collateral is not None
    )
    return {row.symbol: row for row in found}


def _asset_index(symbol: str, index: int, rules: Collateral, now: int) -> AssetIndex:
    return AssetIndex(
        symbol=symbol,
        time=now,
        index=fixed8(index),
        bid_buffer=fixed8(rules.bid_buffer),
        ask_buffer=fixed8(rules.ask_buffer),
        bid_rate=fixed8(rules.bid_rate(index)),
        ask_rate=fixed8(rules.ask_rate(index)),
        auto_exchange_bid_buffer=fixed8(rules.auto_exchange_bid_buffer),
        auto_exchange_ask_buffer=fixed8(rules.auto_exchange_ask_buffer),
        auto_exchange_bid_rate=fixed8(rules.auto_exchange_bid_rate(index)),
        auto_exchange_ask_rate=fixed8(rules.auto_exchange_ask_rate(index)),
    )

"""Spot prices: what the index prices say of a pair. Source: «Symbol price ticker»."""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, ip
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.params import Symbol
from clearhouse.api.spot.general import SYMBOLS_HELD_ONLY, Pairs, Status, wanted_symbols
from clearhouse.api.valuation import price_in
from clearhouse.messages.queries import CatalogueView, ReadCatalogue
from clearhouse.model.money import fixed8

router = Router(Family.SPOT)


class PriceParams(Struct, frozen=True, rename="camel"):
    """One pair, or a JSON list of pairs, or all; of one status or of any."""

    symbol: Symbol | None = None
    symbols: Pairs | None = None
    symbol_status: Status | None = None


class Price(Struct, frozen=True):
    """The price of a pair."""

    symbol: str
    price: str


@router.get("/v3/ticker/price", weight=ip(2, without_symbol=4))
async def prices(ctx: Context, params: PriceParams) -> Price | list[Price]:
    """Symbol price ticker: the index price of the base asset over that of the quote asset.

    One object for `symbol`, else a list. Pairs are held and not traded here, so their status
    is BREAK; with another `symbolStatus` lists are empty and a single pair is refused.
    """
    listed = await ctx.read(ReadCatalogue())
    wanted = wanted_symbols(params.symbol, params.symbols, listed)
    matching = params.symbol_status in (None, SYMBOLS_HELD_ONLY)
    if params.symbol is None:
        return [_price(listed, symbol) for symbol in wanted if matching]
    if not matching:
        raise ApiError(Fault.OTHER_STATUS, hint=f"{params.symbol} is {SYMBOLS_HELD_ONLY}")
    return _price(listed, params.symbol)


def _price(listed: CatalogueView, symbol: str) -> Price:
    pair = listed.contracts[symbol]
    return Price(symbol, fixed8(price_in(listed, pair.base_asset, pair.quote_asset)))

"""The public trades of a symbol: the latest, older ones, and those of one taker put together.

Sources: «Recent Trades List», «Old Trades Lookup», «Compressed/Aggregate Trades List».
Formats: docs/reference/market.md.
"""

from typing import Annotated

from msgspec import Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.params import INTEGER, Symbol, Time, integer_in
from clearhouse.messages.market_queries import AggTrade, ReadAggTrades, ReadPublicTrades
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.trading_queries import TradeView
from clearhouse.model.ids import HOUR_MS, Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.money import with_decimals

router = Router(Family.FAPI)

DEFAULT_ROWS = 500
QUOTE_DECIMALS = 2
"""Decimals of the value of a trade in the public list, whatever the symbol."""

TradeId = Annotated[int, INTEGER]


class TradesParams(Struct, frozen=True):
    """Of which symbol, and how many."""

    symbol: Symbol
    limit: Annotated[int, integer_in(1, 1000)] = DEFAULT_ROWS


class OlderParams(Struct, frozen=True, rename="camel"):
    """Of which symbol, how many, and from which trade on."""

    symbol: Symbol
    limit: Annotated[int, integer_in(1, 500)] = 100
    from_id: TradeId | None = None


class AggParams(Struct, frozen=True, rename="camel"):
    """Of which symbol, from which trade or time on, and how many; both ends of times count."""

    symbol: Symbol
    from_id: TradeId | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, integer_in(1, 1000)] = DEFAULT_ROWS


class Trade(Struct, frozen=True, rename="camel"):
    """A trade of the book. `isBuyerMaker`: the seller took."""

    id: int
    price: str
    qty: str
    quote_qty: str
    time: int
    is_buyer_maker: bool
    is_rpi_trade: bool = field(name="isRPITrade")


class Aggregate(Struct, frozen=True):
    """Trades of one taker at one time and price. `m`: the seller took.

    `a`: its id, that of the first of them; `p`: price; `q`: quantity, `nq` without what was
    filled by retail price improvement; `f` and `l`: first and last trade; `T`: time.
    """

    a: int
    p: str
    q: str
    nq: str
    f: int
    l: int  # noqa: E741  the exchange's name
    T: int
    m: bool


@router.get("/v1/trades", weight=ip(5))
async def trades(ctx: Context, params: TradesParams) -> list[Trade]:
    """Recent trades list: the latest of the book, oldest first."""
    return await _trades(ctx, ReadPublicTrades(symbol=params.symbol, limit=params.limit))


@router.get("/v1/historicalTrades", weight=ip(200), security=Security.MARKET_DATA)
async def historical_trades(ctx: Context, params: OlderParams) -> list[Trade]:
    """Old trades lookup: those from `fromId` on, without it the latest; oldest first."""
    asked = ReadPublicTrades(symbol=params.symbol, limit=params.limit, from_id=params.from_id)
    return await _trades(ctx, asked)


@router.get("/v1/aggTrades", weight=ip(20))
async def agg_trades(ctx: Context, params: AggParams) -> list[Aggregate]:
    """Compressed/aggregate trades list, oldest first.

    From `fromId` or `startTime` on, else the latest. An id and times do not go together, and
    between two times lies less than an hour.
    """
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    _check_window(params)
    asked = ReadAggTrades(
        symbol=params.symbol,
        limit=params.limit,
        from_id=params.from_id,
        start=None if params.start_time is None else Millis(params.start_time),
        end=None if params.end_time is None else Millis(params.end_time),
    )
    return [_aggregate(contract, found) for found in await ctx.read(asked)]


def _check_window(params: AggParams) -> None:
    start, end = params.start_time, params.end_time
    if params.from_id is not None and not (start is None and end is None):
        raise ApiError(Fault.BAD_COMBINATION, hint="fromId does not go together with times")
    if start is not None and end is not None:
        if start > end:
            raise ApiError(Fault.START_AFTER_END)
        if end - start >= HOUR_MS:
            raise ApiError(Fault.HOURS_TOO_MANY, 1)


async def _trades(ctx: Context, asked: ReadPublicTrades) -> list[Trade]:
    contract = contract_of(await ctx.read(ReadCatalogue()), asked.symbol)
    return [_trade(contract, found) for found in await ctx.read(asked)]


def _trade(contract: Contract, trade: TradeView) -> Trade:
    return Trade(
        id=trade.trade_id,
        price=with_decimals(trade.price, contract.price_precision),
        qty=with_decimals(trade.quantity, contract.quantity_precision),
        quote_qty=with_decimals(trade.quote, QUOTE_DECIMALS),
        time=trade.at,
        is_buyer_maker=trade.buyer_maker,
        is_rpi_trade=False,
    )


def _aggregate(contract: Contract, found: AggTrade) -> Aggregate:
    quantity = with_decimals(found.quantity, contract.quantity_precision)
    return Aggregate(
        a=found.agg_id,
        p=with_decimals(found.price, contract.price_precision),
        q=quantity,
        nq=quantity,
        f=found.first_id,
        l=found.last_id,
        T=found.at,
        m=found.buyer_maker,
    )

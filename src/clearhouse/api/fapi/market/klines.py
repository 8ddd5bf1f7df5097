"""Candles: of the last price by symbol and by pair, and of index, mark and premium.

Sources: «Kline/Candlestick Data» and its continuous, index price, mark price and premium index
kinds. Formats: docs/reference/market.md.

What is closed does not change, so its rows are rendered once (`sheets.py`); the candle of now is
rendered for each answer.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Raw, Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Limits, Router, ip_by_limit
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.fapi.market.levels import value_decimals
from clearhouse.api.fapi.market.sheets import Sheets, Style
from clearhouse.api.params import Form, Symbol, Time, choice, integer_in
from clearhouse.messages.market_queries import CandleKind, ReadCandles
from clearhouse.messages.queries import CatalogueView, ReadCatalogue
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.intervals import LENGTHS

router = Router(Family.FAPI)

WEIGHTS: tuple[tuple[Limits, int], ...] = (
    (range(1, 100), 1),
    (range(100, 500), 2),
    (range(500, 1001), 5),
    (range(1001, 1501), 10),
)
DEFAULT_ROWS = 500
WEIGHT = ip_by_limit(*WEIGHTS, default=DEFAULT_ROWS)
PRICE_DECIMALS = 8
"""Of mark, index and premium, whatever the symbol."""


def _interval(_name: str, text: str) -> str:
    if text not in LENGTHS:
        raise ApiError(Fault.BAD_INTERVAL, hint=f"it is one of {', '.join(LENGTHS)}")
    return text


Interval = Annotated[str, Form("ENUM", _interval, tuple(LENGTHS))]
Limit = Annotated[int, integer_in(1, 1500)]


class ContractType(StrEnum):
    """What a pair may be traded as; here there are perpetual contracts."""

    PERPETUAL = "PERPETUAL"
    CURRENT_QUARTER = "CURRENT_QUARTER"
    NEXT_QUARTER = "NEXT_QUARTER"
    TRADIFI_PERPETUAL = "TRADIFI_PERPETUAL"


class SymbolParams(Struct, frozen=True, rename="camel"):
    """Of which symbol, how long, from when to when, and how many; both ends count."""

    symbol: Symbol
    interval: Interval
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Limit = DEFAULT_ROWS


class PairParams(Struct, frozen=True, rename="camel"):
    """The same of a pair."""

    pair: Symbol
    interval: Interval
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Limit = DEFAULT_ROWS


class ContinuousParams(Struct, frozen=True, rename="camel"):
    """The same of a pair and a type of contract."""

    pair: Symbol
    contract_type: Annotated[ContractType, choice(ContractType, Fault.BAD_CONTRACT_TYPE)]
    interval: Interval
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Limit = DEFAULT_ROWS


Row = tuple[int, str, str, str, str, str, int, str, int, str, str, str]
"""openTime, open, high, low, close, volume, closeTime, quoteVolume, trades, volume and value that
buyers took, and nothing."""


@router.get("/v1/klines", weight=WEIGHT)
async def klines(ctx: Context, params: SymbolParams) -> list[Row] | Raw:
    """Kline/candlestick data, oldest first; the last one may still be open.

    With `startTime` the first from there on, else the latest.
    """
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    return await _rows(ctx, contract, CandleKind.LAST, params)


@router.get("/v1/continuousKlines", weight=WEIGHT)
async def continuous_klines(ctx: Context, params: ContinuousParams) -> list[Row] | Raw:
    """Continuous contract kline/candlestick data: of perpetual contracts those of the symbol."""
    contract = _of_pair(await ctx.read(ReadCatalogue()), params.pair)
    if params.contract_type is not ContractType.PERPETUAL:
        raise ApiError(Fault.BAD_CONTRACT_TYPE, hint=f"{params.pair} is traded as PERPETUAL")
    return await _rows(ctx, contract, CandleKind.LAST, params)


@router.get("/v1/indexPriceKlines", weight=WEIGHT)
async def index_price_klines(ctx: Context, params: PairParams) -> list[Row] | Raw:
    """Index price kline/candlestick data."""
    contract = _of_pair(await ctx.read(ReadCatalogue()), params.pair)
    return await _rows(ctx, contract, CandleKind.INDEX, params)


@router.get("/v1/markPriceKlines", weight=WEIGHT)
async def mark_price_klines(ctx: Context, params: SymbolParams) -> list[Row] | Raw:
    """Mark price kline/candlestick data."""
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    return await _rows(ctx, contract, CandleKind.MARK, params)


@router.get("/v1/premiumIndexKlines", weight=WEIGHT)
async def premium_index_klines(ctx: Context, params: SymbolParams) -> list[Row] | Raw:
    """Premium index kline data."""
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    return await _rows(ctx, contract, CandleKind.PREMIUM, params)


def _of_pair(listed: CatalogueView, pair: str) -> Contract:
    """The contract of a pair: a symbol is named as its pair."""
    contract = listed.contracts.get(pair)
    if contract is None:
        raise ApiError(Fault.BAD_PAIR, hint=f"no pair {pair} is listed")
    return contract


async def _rows(
    ctx: Context,
    contract: Contract,
    kind: CandleKind,
    params: SymbolParams | PairParams | ContinuousParams,
) -> Raw:
    start, end = params.start_time, params.end_time
    if start is not None and end is not None and start > end:
        raise ApiError(Fault.START_AFTER_END)
    asked = ReadCandles(
        symbol=contract.symbol,
        kind=kind,
        interval=params.interval,
        now=ctx.now,
        limit=params.limit,
        start=None if start is None else Millis(start),
        end=None if end is None else Millis(end),
    )
    sheets = ctx.rendered.made("klines", 0, Sheets)
    return await sheets.answer(ctx, asked, _style(contract, kind))


def _style(contract: Contract, kind: CandleKind) -> Style:
    if kind is CandleKind.LAST:
        decimals = contract.price_precision, contract.quantity_precision
        return Style(*decimals, value_decimals(contract))
    return Style(PRICE_DECIMALS, 0, 0)

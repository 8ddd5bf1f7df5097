"""Statistics of a symbol over time, from what this venue's accounts did in it.

Sources: «Open Interest Statistics», «Top Trader Long/Short Ratio (Accounts)» and «(Positions)»,
«Long/Short Ratio», «Taker Buy/Sell Volume», «Basis», «Quarterly Contract Settlement Price».
A row tells of its `timestamp`, a multiple of the period: what was held and priced then, what was
traded in the period before. Choices: docs/reference/statistics.md.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from msgspec import Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, in_pool, ip
from clearhouse.api.errors import Family
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.fapi.moments import (
    BasisParams,
    ContractType,
    PairParams,
    SymbolParams,
    Window,
    moments_of,
)
from clearhouse.api.limits import STATISTICS_POOL
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.statistics import Moment, ReadSample, Sample, Statistics
from clearhouse.model.ids import Millis
from clearhouse.model.money import (
    SCALE,
    divide_toward_zero,
    fixed8,
    multiply_toward_zero,
    with_decimals,
)

router = Router(Family.FUTURES_DATA)

R = TypeVar("R")

SHARE = 4
"""Decimals of shares and ratios."""
SMALLEST_SHARE = 10_000
"""In units of 1e-8."""
NO_SUPPLY = "0"
"""How much of a coin there is elsewhere is not known here."""


class OpenInterestRow(Struct, frozen=True, rename="camel"):
    """What was held long, in the base asset and by its value at the mark."""

    symbol: str
    sum_open_interest: str
    sum_open_interest_value: str
    circulating_supply: str = field(name="CMCCirculatingSupply")
    timestamp: int


class RatioRow(Struct, frozen=True, rename="camel"):
    """Shares of long and short, and what one is by the other."""

    symbol: str
    long_short_ratio: str
    long_account: str
    short_account: str
    timestamp: int


class TakerRow(Struct, frozen=True, rename="camel"):
    """What those who took bought and sold."""

    buy_sell_ratio: str
    buy_vol: str
    sell_vol: str
    timestamp: int


class BasisRow(Struct, frozen=True, rename="camel"):
    """How far the last price of a contract stood from the index."""

    index_price: str
    contract_type: str
    basis_rate: str
    futures_price: str
    annualized_basis_rate: str
    basis: str
    pair: str
    timestamp: int


class Delivery(Struct, frozen=True, rename="camel"):
    """A contract that was delivered."""

    delivery_time: int
    delivery_price: int


POOL = in_pool(STATISTICS_POOL)
KEY_NAMED: dict[str, Any] = {"security": Security.MARKET_DATA, "key_asked": False}
"""The exchange's documents name a key for these, and it answers without one."""


@router.get("/data/openInterestHist", weight=POOL)
async def open_interest_history(ctx: Context, params: SymbolParams) -> list[OpenInterestRow]:
    """Open interest statistics; periods without trades are absent."""

    def row(moment: Moment) -> OpenInterestRow | None:
        held, sample = moment.open_interest, moment.sample
        if not moment.trades or sample is None:
            return None
        value = multiply_toward_zero(held, sample.mark)
        amounts = fixed8(held), fixed8(value)
        return OpenInterestRow(params.symbol, *amounts, NO_SUPPLY, moment.at)

    return await _rows(ctx, params.symbol, params, row)


@router.get("/data/globalLongShortAccountRatio", weight=POOL)
async def accounts_ratio(ctx: Context, params: SymbolParams) -> list[RatioRow]:
    """Long/short ratio: of the positions of all accounts, by number."""
    return await _ratios(ctx, params, lambda moment: (moment.longs, moment.shorts))


@router.get("/data/topLongShortAccountRatio", **KEY_NAMED, weight=POOL)
async def top_accounts_ratio(ctx: Context, params: SymbolParams) -> list[RatioRow]:
    """Top trader long/short ratio (accounts): of the fifth with the most margin, by number."""
    return await _ratios(ctx, params, lambda moment: _top(moment, lambda top: top[4:6]))


@router.get("/data/topLongShortPositionRatio", **KEY_NAMED, weight=POOL)
async def top_positions_ratio(ctx: Context, params: SymbolParams) -> list[RatioRow]:
    """Top trader long/short ratio (positions): of the fifth with the most margin, by quantity."""
    return await _ratios(ctx, params, lambda moment: _top(moment, lambda top: top[6:8]))


@router.get("/data/takerlongshortRatio", weight=POOL)
async def taker_volume(ctx: Context, params: SymbolParams) -> list[TakerRow]:
    """Taker buy/sell volume; periods without trades are absent."""

    def row(moment: Moment) -> TakerRow | None:
        bought, sold = moment.bought, moment.sold
        volumes = with_decimals(bought, SHARE), with_decimals(sold, SHARE)
        ratio = _ratio(bought, sold)
        return TakerRow(ratio, *volumes, moment.at) if bought or sold else None

    return await _rows(ctx, params.symbol, params, row)


@router.get("/data/basis", weight=POOL)
async def basis(ctx: Context, params: BasisParams) -> list[BasisRow]:
    """Basis: the last price against the index price; only perpetual contracts are listed."""
    contract = contract_of(await ctx.read(ReadCatalogue()), params.pair)
    if params.contract_type is not ContractType.PERPETUAL:
        return []

    def row(moment: Moment) -> BasisRow | None:
        if moment.sample is None:
            return None
        last, index = moment.sample.last, moment.sample.index_price
        return BasisRow(
            index_price=fixed8(index),
            contract_type=params.contract_type.value,
            basis_rate=with_decimals(divide_toward_zero(last - index, index), SHARE),
            futures_price=with_decimals(last, contract.price_precision),
            annualized_basis_rate="",
            basis=fixed8(last - index),
            pair=params.pair,
            timestamp=moment.at,
        )

    return await _rows(ctx, params.pair, params, row)


@router.get("/data/delivery-price", weight=ip(0))
async def delivery_price(ctx: Context, params: PairParams) -> list[Delivery]:
    """Quarterly contract settlement price: none, because every contract here is perpetual."""
    contract_of(await ctx.read(ReadCatalogue()), params.pair)
    return []


async def _ratios(
    ctx: Context, params: SymbolParams, sides: Callable[[Moment], tuple[int, int]]
) -> list[RatioRow]:
    """Rows of the moments at which somebody had a position."""

    def row(moment: Moment) -> RatioRow | None:
        long, short = sides(moment)
        if not long + short:
            return None
        share = with_decimals(divide_toward_zero(long, long + short), SHARE)
        rest = with_decimals(SCALE - _cut(divide_toward_zero(long, long + short)), SHARE)
        return RatioRow(params.symbol, _ratio(long, short), share, rest, moment.at)

    return await _rows(ctx, params.symbol, params, row)


def _top(moment: Moment, sides: Callable[[Sample], tuple[int, int]]) -> tuple[int, int]:
    return (0, 0) if moment.sample is None else sides(moment.sample)


async def _rows(
    ctx: Context, symbol: str, window: Window, row: Callable[[Moment], R | None]
) -> list[R]:
    """The rows of a window: the first with a start, else the last."""
    contract_of(await ctx.read(ReadCatalogue()), symbol)
    first, last = moments_of(window, ctx.now)
    if window.start_time is not None:
        moments = await _told(ctx, symbol, window, first, last)
        return list(islice(_made(moments, row), window.limit))
    near = max(first, Millis(last - (window.limit - 1) * window.period.ms))
    rows = list(_made(await _told(ctx, symbol, window, near, last), row))
    if len(rows) < window.limit and first < near:
        rows = list(_made(await _told(ctx, symbol, window, first, last), row))
    return rows[-window.limit :]


async def _told(
    ctx: Context, symbol: str, window: Window, first: Millis, last: Millis
) -> tuple[Moment, ...]:
    """What is known of moments; those after the last fact show the symbol as it stands."""
    since, now = await ctx.read(ReadSample(symbol))
    asked = Statistics(symbol=symbol, period=window.period.ms, first=first, last=last)
    found = await ctx.read(asked)
    return tuple(one._replace(sample=now) if one.at >= since else one for one in found)


def _made(moments: Iterable[Moment], row: Callable[[Moment], R | None]) -> Iterator[R]:
    for moment in moments:
        made = row(moment)
        if made is not None:
            yield made


def _cut(share: int) -> int:
    """A share as it is printed."""
    return share // SMALLEST_SHARE * SMALLEST_SHARE


def _ratio(one: int, other: int) -> str:
    """One by the other, at most 10000, which also stands where nothing is on the other side."""
    largest = divide_toward_zero(SCALE, SMALLEST_SHARE)
    return with_decimals(min(divide_toward_zero(one, other), largest) if other else largest, SHARE)

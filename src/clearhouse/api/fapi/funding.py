"""Funding: the rates that were settled, and the bounds and intervals of each symbol.

Sources: «Get Funding Rate History», «Get Funding Rate Info». What is due next is in
`premiumIndex`. Both share a pool of requests of their own. Choices: docs/reference/market.md.
"""

from typing import Annotated

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, in_pool
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.limits import FUNDING_POOL
from clearhouse.api.params import Symbol, Time, integer_in
from clearhouse.funding.rate import USUAL_HOURS, usual_cap
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.trading_histories import FundingRate, FundingRates
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.money import fixed8, parse_signed

router = Router(Family.FAPI)

DEFAULT_ROWS = 100
LATEST_ROWS = 200
"""Without times and limit."""
REGULAR = "Regular"
"""The other type, `Special`, is for dividends of stocks."""


class RateParams(Struct, frozen=True, rename="camel"):
    """Which rates; both ends belong to the window."""

    symbol: Symbol | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, integer_in(1, 1000)] | None = None


class Rate(Struct, frozen=True, rename="camel"):
    """A rate that was settled; the mark price is that of the settlement."""

    symbol: str
    funding_rate: str
    funding_time: int
    mark_price: str
    rate_type: str = REGULAR


class Info(Struct, frozen=True, rename="camel"):
    """Bounds and interval of a symbol; `disclaimer` is false where they were adjusted."""

    symbol: str
    adjusted_funding_rate_cap: str
    adjusted_funding_rate_floor: str
    funding_interval_hours: int
    disclaimer: bool


@router.get("/v1/fundingRate", weight=in_pool(FUNDING_POOL))
async def funding_rate(ctx: Context, params: RateParams) -> list[Rate]:
    """Funding rate history, ascending.

    With `startTime` from there on, without it the latest; without times and limit the latest 200.
    """
    if params.symbol is not None:
        contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    start, end = params.start_time, params.end_time
    if start is not None and end is not None and start > end:
        raise ApiError(Fault.START_AFTER_END)
    latest = start is None and end is None
    asked = FundingRates(
        symbol=params.symbol,
        start=None if start is None else Millis(start),
        end=None if end is None else Millis(end),
        limit=params.limit or (LATEST_ROWS if latest else DEFAULT_ROWS),
    )
    return [_rate(row) for row in await ctx.read(asked)]


@router.get("/v1/fundingInfo", weight=in_pool(FUNDING_POOL))
async def funding_info(ctx: Context) -> list[Info]:
    """Funding rate info: cap, floor and interval of every symbol."""
    listed = await ctx.read(ReadCatalogue())
    return [_info(contract) for contract in listed.contracts.values()]


def _rate(row: FundingRate) -> Rate:
    return Rate(row.symbol, fixed8(row.rate), row.time, fixed8(row.mark))


def _info(contract: Contract) -> Info:
    cap, floor = parse_signed(contract.funding_cap), parse_signed(contract.funding_floor)
    usual = usual_cap(contract)
    hours = contract.funding_interval_hours
    return Info(
        symbol=contract.symbol,
        adjusted_funding_rate_cap=fixed8(cap),
        adjusted_funding_rate_floor=fixed8(floor),
        funding_interval_hours=hours,
        disclaimer=(floor, cap, hours) == (-usual, usual, USUAL_HOURS),
    )

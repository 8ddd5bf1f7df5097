"""The terms on which an account trades: its fee rates, order limits and restrictions.

Sources: «User Commission Rate», «Query User Rate Limit», «Futures Trading Quantitative Rules
Indicators».
"""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.api.fapi.account_settings import Done
from clearhouse.api.fapi.general import ORDER_LIMITS, Empty, RateLimit
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.params import Symbol
from clearhouse.margin.futures_account import RPI_FEE
from clearhouse.messages.queries import ReadCatalogue, ReadFuturesSettings
from clearhouse.model.money import trimmed

router = Router(Family.FAPI)


class CommissionRateParams(Struct, frozen=True):
    """Of which symbol."""

    symbol: Symbol


class TradingStatusParams(Struct, frozen=True):
    """Of one symbol, or of all."""

    symbol: Symbol | None = None


class CommissionRate(Struct, frozen=True, rename="camel"):
    """Fee rates as fractions: 0.0002 is 0.02%."""

    symbol: str
    maker_commission_rate: str
    taker_commission_rate: str
    rpi_commission_rate: str


class TradingStatus(Struct, frozen=True, rename="camel"):
    """Rules that restrict the account, by symbol: none."""

    indicators: Empty
    update_time: int


@router.get("/v1/commissionRate", security=Security.USER_DATA, weight=ip(20))
async def commission_rate(ctx: Context, params: CommissionRateParams) -> CommissionRate:
    """User commission rate.

    Every symbol has the account's rates; the operator sets them on the control plane.
    """
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    fees = (await ctx.read(ReadFuturesSettings(ctx.uid))).fees
    rates = (trimmed(rate) for rate in (fees.maker, fees.taker, RPI_FEE))
    return CommissionRate(contract.symbol, *rates)


@router.get("/v1/rateLimit/order", security=Security.USER_DATA)
async def order_limits(_: Context) -> list[RateLimit]:
    """User rate limit: how many orders the account may place in 10 seconds and in a minute."""
    return ORDER_LIMITS


@router.post("/v1/stock/contract", security=Security.USER_DATA, weight=ip(50))
async def sign_contract(_: Context) -> Done:
    """Sign the agreement on contracts on stocks.

    None is listed here, so there is nothing to agree to: it always succeeds, and nothing is kept.
    """
    return Done()


@router.get("/v1/apiTradingStatus", security=Security.USER_DATA, weight=ip(1, without_symbol=10))
async def trading_status(ctx: Context, params: TradingStatusParams) -> TradingStatus:
    """Futures trading quantitative rules indicators.

    No account is restricted here, so there are none. `updateTime` is now.
    """
    if params.symbol is not None:
        contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    return TradingStatus(Empty(), ctx.now)

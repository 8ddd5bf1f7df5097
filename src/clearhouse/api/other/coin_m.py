"""COIN-M futures: its wallet. There are no contracts, and exchangeInfo says so."""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security
from clearhouse.api.errors import Family
from clearhouse.api.fapi.general import RATE_LIMITS, RateLimit
from clearhouse.messages.queries import ReadWallets
from clearhouse.model.ids import account_alias
from clearhouse.model.money import ZERO_FIXED, fixed8
from clearhouse.model.wallets import CMFUTURE

router = Router(Family.DAPI)


class CoinMExchangeInfo(Struct, frozen=True, rename="camel"):
    """Limits, and no symbols."""

    timezone: str
    server_time: int
    rate_limits: tuple[RateLimit, ...]
    exchange_filters: tuple[str, ...]
    symbols: tuple[str, ...]


class CoinMBalance(Struct, frozen=True, rename="camel"):
    """An asset of the COIN-M wallet."""

    account_alias: str
    asset: str
    balance: str
    withdraw_available: str
    cross_wallet_balance: str
    cross_un_pnl: str
    available_balance: str
    update_time: int


@router.get("/v1/exchangeInfo")
async def exchange_info(ctx: Context) -> CoinMExchangeInfo:
    """Exchange information of COIN-M: no contracts are listed."""
    return CoinMExchangeInfo("UTC", ctx.now, RATE_LIMITS, (), ())


@router.get("/v1/balance", security=Security.USER_DATA)
async def balance(ctx: Context) -> list[CoinMBalance]:
    """Futures account balance of COIN-M: the assets that were ever moved there."""
    view = await ctx.read(ReadWallets(ctx.uid))
    alias = account_alias(ctx.uid)
    return [
        CoinMBalance(
            alias,
            h.asset,
            amount := fixed8(h.units),
            amount,
            amount,
            ZERO_FIXED,
            amount,
            view.moved_at,
        )
        for h in view.holdings
        if h.wallet == CMFUTURE
    ]

"""Portfolio margin: its wallet. What lies there is free: nothing can be traded with it."""

from msgspec import Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family
from clearhouse.api.params import Asset
from clearhouse.messages.queries import ReadWallets
from clearhouse.messages.rejections import Reason
from clearhouse.model.money import ZERO_FIXED, fixed8
from clearhouse.model.wallets import PORTFOLIO_MARGIN

router = Router(Family.PAPI)


class PortfolioBalance(Struct, frozen=True, rename="camel"):
    """An asset of the portfolio margin wallet."""

    asset: str
    total_wallet_balance: str
    cross_margin_asset: str
    cross_margin_borrowed: str
    cross_margin_free: str
    cross_margin_interest: str
    cross_margin_locked: str
    um_wallet_balance: str
    um_unrealized_pnl: str = field(name="umUnrealizedPNL")
    cm_wallet_balance: str
    cm_unrealized_pnl: str = field(name="cmUnrealizedPNL")
    update_time: int
    negative_balance: str


class BalanceParams(Struct, frozen=True):
    """One asset or all."""

    asset: Asset | None = None


@router.get("/v1/balance", security=Security.USER_DATA, weight=ip(20))
async def balance(ctx: Context, params: BalanceParams) -> list[PortfolioBalance] | PortfolioBalance:
    """Account balance of portfolio margin: a list, or one object with `asset`."""
    view = await ctx.read(ReadWallets(ctx.uid))
    held = {h.asset: h.units for h in view.holdings if h.wallet == PORTFOLIO_MARGIN}
    if params.asset is None:
        return [_row(asset, units, view.moved_at) for asset, units in held.items()]
    if params.asset not in view.indices:
        raise ApiError(Reason.UNKNOWN_ASSET, hint=f"no asset {params.asset} is listed")
    return _row(params.asset, held.get(params.asset, 0), view.moved_at)


def _row(asset: str, units: int, at: int) -> PortfolioBalance:
    amount, none = fixed8(units), ZERO_FIXED
    return PortfolioBalance(
        asset, amount, amount, none, amount, none, none, none, none, none, none, at, none
    )

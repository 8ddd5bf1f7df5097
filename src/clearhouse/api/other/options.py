"""Options: the wallet as margin account. No option is traded, so nothing is at risk."""

from msgspec import Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.messages.queries import ReadWallets
from clearhouse.model.money import ZERO_FIXED, fixed8
from clearhouse.model.wallets import OPTION

router = Router(Family.EAPI)


class OptionAsset(Struct, frozen=True, rename="camel"):
    """An asset of the options wallet."""

    asset: str
    margin_balance: str
    equity: str
    available: str
    initial_margin: str
    maint_margin: str
    unrealized_pnl: str = field(name="unrealizedPNL")


class OptionAccount(Struct, frozen=True):
    """The options wallet; `greek` is empty without positions."""

    asset: list[OptionAsset]
    greek: tuple[str, ...]
    time: int


@router.get("/v1/marginAccount", security=Security.USER_DATA, weight=ip(3))
async def margin_account(ctx: Context) -> OptionAccount:
    """Option margin account information: the assets that were ever moved there."""
    view = await ctx.read(ReadWallets(ctx.uid))
    rows = [
        OptionAsset(
            h.asset,
            amount := fixed8(h.units),
            amount,
            amount,
            ZERO_FIXED,
            ZERO_FIXED,
            ZERO_FIXED,
        )
        for h in view.holdings
        if h.wallet == OPTION
    ]
    return OptionAccount(rows, (), ctx.now)

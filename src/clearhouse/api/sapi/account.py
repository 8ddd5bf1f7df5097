"""What the calling key may do, how its account stands, and whether the system runs."""

from msgspec import Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security
from clearhouse.api.errors import Family
from clearhouse.messages.commands import SetFastWithdraw
from clearhouse.messages.events import FastWithdrawSet
from clearhouse.messages.queries import ReadFuturesSettings
from clearhouse.model.access import Permission

router = Router(Family.SAPI)


class ApiRestrictions(Struct, frozen=True, rename="camel"):
    """The permissions of a key."""

    ip_restrict: bool
    create_time: int
    enable_reading: bool
    enable_withdrawals: bool
    enable_internal_transfer: bool
    enable_margin: bool
    enable_futures: bool
    permits_universal_transfer: bool
    enable_vanilla_options: bool
    enable_fix_api_trade: bool
    enable_fix_read_only: bool
    enable_spot_and_margin_trading: bool
    enable_portfolio_margin_trading: bool


class TriggerCondition(Struct, frozen=True):
    """Numbers of orders beyond which the exchange looks at how they are used."""

    gcr: int = field(default=150, name="GCR")
    ifer: int = field(default=150, name="IFER")
    ufr: int = field(default=300, name="UFR")


class TradingStatus(Struct, frozen=True, kw_only=True, rename="camel"):
    """Whether trading by key is locked: no rule here ever locks it."""

    is_locked: bool = False
    planned_recover_time: int = 0
    trigger_condition: TriggerCondition = TriggerCondition()
    update_time: int


class TradingStatusAnswer(Struct, frozen=True):
    """The status, wrapped."""

    data: TradingStatus


class AccountStatus(Struct, frozen=True):
    """Every account here is in order."""

    data: str = "Normal"


class AccountInfo(Struct, frozen=True, rename="camel"):
    """The fee tier, and which products an account has: all of those that the venue has."""

    vip_level: int
    is_margin_enabled: bool = True
    is_future_enabled: bool = True
    is_options_enabled: bool = True
    is_portfolio_margin_retail_enabled: bool = True


class Switched(Struct, frozen=True):
    """Nothing to say."""


class SystemStatus(Struct, frozen=True):
    """0 is normal."""

    status: int
    msg: str


@router.get("/v1/account/apiRestrictions", security=Security.USER_DATA)
async def api_restrictions(ctx: Context) -> ApiRestrictions:
    """Get API key permission."""
    key = ctx.key
    assert key is not None
    may = key.permissions
    return ApiRestrictions(
        ip_restrict=bool(key.allowed_ips),
        create_time=key.created_at,
        enable_reading=Permission.READING in may,
        enable_withdrawals=Permission.WITHDRAWALS in may,
        enable_internal_transfer=Permission.INTERNAL_TRANSFER in may,
        enable_margin=Permission.MARGIN in may,
        enable_futures=Permission.FUTURES in may,
        permits_universal_transfer=Permission.UNIVERSAL_TRANSFER in may,
        enable_vanilla_options=Permission.OPTIONS in may,
        enable_fix_api_trade=Permission.FIX_TRADE in may,
        enable_fix_read_only=Permission.FIX_READ in may,
        enable_spot_and_margin_trading=Permission.SPOT_AND_MARGIN_TRADING in may,
        enable_portfolio_margin_trading=Permission.PORTFOLIO_MARGIN in may,
    )


@router.get("/v1/account/apiTradingStatus", security=Security.USER_DATA)
async def trading_status(ctx: Context) -> TradingStatusAnswer:
    """Account API trading status."""
    return TradingStatusAnswer(TradingStatus(update_time=ctx.now))


@router.get("/v1/account/status", security=Security.USER_DATA)
async def account_status(_: Context) -> AccountStatus:
    """Account status."""
    return AccountStatus()


@router.get("/v1/account/info", security=Security.USER_DATA)
async def account_info(ctx: Context) -> AccountInfo:
    """Account info."""
    return AccountInfo((await ctx.read(ReadFuturesSettings(ctx.uid))).fees.tier)


@router.post(
    "/v1/account/enableFastWithdrawSwitch",
    security=Security.USER_DATA,
    permissions=(Permission.SPOT_AND_MARGIN_TRADING,),
)
async def enable_fast_withdraw(ctx: Context) -> Switched:
    """Enable fast withdraw switch: withdrawals to accounts of this venue are internal."""
    await ctx.submit(SetFastWithdraw(uid=ctx.uid, on=True), FastWithdrawSet)
    return Switched()


@router.post(
    "/v1/account/disableFastWithdrawSwitch",
    security=Security.USER_DATA,
    permissions=(Permission.SPOT_AND_MARGIN_TRADING,),
)
async def disable_fast_withdraw(ctx: Context) -> Switched:
    """Disable fast withdraw switch: they look like all others."""
    await ctx.submit(SetFastWithdraw(uid=ctx.uid, on=False), FastWithdrawSet)
    return Switched()


@router.get("/v1/system/status")
async def system_status(_: Context) -> SystemStatus:
    """System status."""
    return SystemStatus(0, "normal")

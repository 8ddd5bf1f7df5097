"""What the calling key may do, and whether the system runs."""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security
from clearhouse.api.errors import Family
from clearhouse.api.params import NoParams
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


class SystemStatus(Struct, frozen=True):
    """0 is normal."""

    status: int
    msg: str


@router.get("/v1/account/apiRestrictions", security=Security.USER_DATA)
async def api_restrictions(ctx: Context, params: NoParams) -> ApiRestrictions:  # noqa: ARG001
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


@router.get("/v1/system/status")
async def system_status(ctx: Context, params: NoParams) -> SystemStatus:  # noqa: ARG001
    """System status."""
    return SystemStatus(0, "normal")

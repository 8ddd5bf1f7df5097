"""When the markets of stocks, commodities and currencies are open: none of them is listed.

Source: «Trading Schedule».
"""

from msgspec import Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, ip
from clearhouse.api.errors import Family

router = Router(Family.FAPI)


class Session(Struct, frozen=True, rename="camel"):
    """A session of a market, and its kind."""

    start_time: int
    end_time: int
    type: str


class Sessions(Struct, frozen=True):
    """The sessions of a market, from a week ago to a week ahead."""

    sessions: tuple[Session, ...] = ()


class MarketSchedules(Struct, frozen=True):
    """The sessions of each group of markets."""

    equity: Sessions = field(name="EQUITY", default=Sessions())
    commodity: Sessions = field(name="COMMODITY", default=Sessions())
    kr_equity: Sessions = field(name="KR_EQUITY", default=Sessions())
    hk_equity: Sessions = field(name="HK_EQUITY", default=Sessions())
    cn_equity: Sessions = field(name="CN_EQUITY", default=Sessions())
    fx: Sessions = field(name="FX", default=Sessions())


class TradingSchedule(Struct, frozen=True, rename="camel"):
    """Every group of markets."""

    update_time: int
    market_schedules: MarketSchedules


@router.get("/v1/tradingSchedule", weight=ip(5))
async def trading_schedule(ctx: Context) -> TradingSchedule:
    """Trading schedule: every group without sessions, because nothing of it is listed here."""
    return TradingSchedule(ctx.now, MarketSchedules())

"""Income history: every movement of the futures wallet.

Source: «Get Income History». Transfers, and the operator's deposits and withdrawals, are of
the type TRANSFER and carry the `tranId` of their movement. A trade gives up to two rows, profit
and commission, that share a `tranId` and carry its `tradeId`; funding gives one.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.params import Symbol, Time, choice, integer_in
from clearhouse.api.windows import closed_window
from clearhouse.journal.postings import INCOME_TYPES
from clearhouse.messages.histories import IncomeHistory, IncomeRow
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.model.ids import DAY_MS
from clearhouse.model.money import fixed8

router = Router(Family.FAPI)

DEFAULT_WINDOW_MS = 7 * DAY_MS
RETENTION_MS = 92 * DAY_MS
"""Three months, the longest there are."""


class IncomeType(StrEnum):
    """What the exchange knows of; this venue writes those of `INCOME_TYPES`."""

    TRANSFER = "TRANSFER"
    WELCOME_BONUS = "WELCOME_BONUS"
    REALIZED_PNL = "REALIZED_PNL"
    FUNDING_FEE = "FUNDING_FEE"
    COMMISSION = "COMMISSION"
    INSURANCE_CLEAR = "INSURANCE_CLEAR"
    REFERRAL_KICKBACK = "REFERRAL_KICKBACK"
    COMMISSION_REBATE = "COMMISSION_REBATE"
    API_REBATE = "API_REBATE"
    CONTEST_REWARD = "CONTEST_REWARD"
    CROSS_COLLATERAL_TRANSFER = "CROSS_COLLATERAL_TRANSFER"
    OPTIONS_PREMIUM_FEE = "OPTIONS_PREMIUM_FEE"
    OPTIONS_SETTLE_PROFIT = "OPTIONS_SETTLE_PROFIT"
    INTERNAL_TRANSFER = "INTERNAL_TRANSFER"
    AUTO_EXCHANGE = "AUTO_EXCHANGE"
    DELIVERED_SETTELMENT = "DELIVERED_SETTELMENT"  # the exchange's spelling
    COIN_SWAP_DEPOSIT = "COIN_SWAP_DEPOSIT"
    COIN_SWAP_WITHDRAW = "COIN_SWAP_WITHDRAW"
    POSITION_LIMIT_INCREASE_FEE = "POSITION_LIMIT_INCREASE_FEE"
    STRATEGY_UMFUTURES_TRANSFER = "STRATEGY_UMFUTURES_TRANSFER"
    FEE_RETURN = "FEE_RETURN"
    BFUSD_REWARD = "BFUSD_REWARD"
    SPECIAL_FUNDING_FEE = "SPECIAL_FUNDING_FEE"


_NAMES = {why.value: name for why, name in INCOME_TYPES.items()}


class IncomeParams(Struct, frozen=True, rename="camel"):
    """Which movements, and which page of them."""

    symbol: Symbol | None = None
    income_type: Annotated[IncomeType, choice(IncomeType)] | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    page: Annotated[int, integer_in(1, 1_000_000)] = 1
    limit: Annotated[int, integer_in(1, 1000)] = 100


class Income(Struct, frozen=True, rename="camel", gc=False):
    """One movement; `info` repeats its type, and only a trade has a `tradeId`."""

    symbol: str
    income_type: str
    income: str
    asset: str
    info: str
    time: int
    tran_id: int
    trade_id: str = ""


@router.get("/v1/income", security=Security.USER_DATA, weight=ip(30))
async def income(ctx: Context, params: IncomeParams) -> list[Income]:
    """Income history: the movements of the futures wallet, oldest first.

    With `startTime` the rows from there on, without it the newest ones; `page` goes on from
    them. Without times the last 7 days; rows are kept for 3 months.
    """
    if params.symbol is not None:
        contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=DEFAULT_WINDOW_MS,
        kept_ms=RETENTION_MS,
    )
    asked = IncomeHistory(
        uid=ctx.uid,
        start=start,
        end=end,
        offset=(params.page - 1) * params.limit,
        limit=params.limit,
        newest=params.start_time is None,
        whys=_whys(params.income_type),
        symbol=params.symbol,
    )
    return [_income(row) for row in await ctx.read(asked)]


def _whys(wanted: IncomeType | None) -> tuple[str, ...] | None:
    """The movements of a type; None for every type."""
    if wanted is None:
        return None
    return tuple(why for why, name in _NAMES.items() if name == wanted)


def _income(row: IncomeRow) -> Income:
    name, trade = _NAMES[row.why], str(row.trade_id or "")
    return Income(row.symbol, name, fixed8(row.units), row.asset, name, row.at, row.tran_id, trade)

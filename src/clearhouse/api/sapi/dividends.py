"""Distributions to holders. The operator pays them through the control plane.

Source: «Asset Dividend Record».
"""

from typing import Annotated

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.api.params import Asset, Time, integer_in
from clearhouse.api.windows import closed_window
from clearhouse.messages.histories import DividendHistory
from clearhouse.model.ids import DAY_MS
from clearhouse.model.money import fixed8

router = Router(Family.SAPI)

LONGEST_WINDOW_MS = 180 * DAY_MS
TO_THE_ACCOUNT = 1


class DividendParams(Struct, frozen=True, rename="camel"):
    """Which distributions."""

    asset: Asset | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, integer_in(1, 500)] = 20


class Dividend(Struct, frozen=True, rename="camel"):
    """One distribution."""

    id: int
    amount: str
    asset: str
    div_time: int
    en_info: str
    tran_id: int
    direction: int = TO_THE_ACCOUNT


class Dividends(Struct, frozen=True):
    """The newest ones, and how many there are in the window."""

    rows: list[Dividend]
    total: int


@router.get("/v1/asset/assetDividend", security=Security.USER_DATA, weight=ip(10))
async def dividends(ctx: Context, params: DividendParams) -> Dividends:
    """Asset dividend record: distributions to the account.

    Newest first, in at most 180 days; without times the last 180 days.
    """
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=LONGEST_WINDOW_MS,
        longest_ms=LONGEST_WINDOW_MS,
    )
    page = await ctx.read(
        DividendHistory(uid=ctx.uid, start=start, end=end, limit=params.limit, asset=params.asset)
    )
    rows = [
        Dividend(row.tran_id, fixed8(row.units), row.asset, row.at, row.info, row.tran_id)
        for row in page.rows
    ]
    return Dividends(rows, page.total)

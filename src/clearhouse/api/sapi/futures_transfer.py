"""The old futures transfer: four of the universal kinds under a number.

Sources: «New Future Account Transfer» and «Get Future Account Transaction History List». The
exchange keeps them for old clients. They are the universal transfer in another dress: the same
command, the same refusals, the same permission, and each history shows what the other made.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.api.params import Amount, Asset, Time, choice, integer_in
from clearhouse.api.sapi.transfer import CONFIRMED, DEFAULT_WINDOW_MS, RETENTION_MS, Moved
from clearhouse.api.windows import closed_window
from clearhouse.messages.commands import TransferFunds
from clearhouse.messages.events import FundsTransferred
from clearhouse.messages.histories import TransferHistory
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import Permission
from clearhouse.model.money import Money, fixed8

router = Router(Family.SAPI)


class Direction(StrEnum):
    """The numbers of the four kinds."""

    SPOT_TO_USD_M = "1"
    USD_M_TO_SPOT = "2"
    SPOT_TO_COIN_M = "3"
    COIN_M_TO_SPOT = "4"


KINDS = {
    Direction.SPOT_TO_USD_M: TransferKind.MAIN_UMFUTURE,
    Direction.USD_M_TO_SPOT: TransferKind.UMFUTURE_MAIN,
    Direction.SPOT_TO_COIN_M: TransferKind.MAIN_CMFUTURE,
    Direction.COIN_M_TO_SPOT: TransferKind.CMFUTURE_MAIN,
}
DIRECTIONS = {kind: direction for direction, kind in KINDS.items()}


class FuturesTransferParams(Struct, frozen=True):
    """What to move which way."""

    asset: Asset
    amount: Amount
    type: Annotated[Direction, choice(Direction)]


class FuturesHistoryParams(Struct, frozen=True, rename="camel"):
    """Which transfers, and which page of them."""

    asset: Asset | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    current: Annotated[int, integer_in(1, 1_000_000)] = 1
    size: Annotated[int, integer_in(1, 100)] = 10


class FuturesTransfer(Struct, frozen=True, rename="camel"):
    """One past transfer."""

    asset: str
    tran_id: int
    amount: str
    type: str
    timestamp: int
    status: str


class FuturesTransfers(Struct, frozen=True):
    """A page, newest first, and the number of rows in all."""

    rows: list[FuturesTransfer]
    total: int


@router.post(
    "/v1/futures/transfer",
    security=Security.USER_DATA,
    permissions=(Permission.UNIVERSAL_TRANSFER,),
)
async def futures_transfer(ctx: Context, params: FuturesTransferParams) -> Moved:
    """New future account transfer: between spot and futures; 1 and 3 go there, 2 and 4 back."""
    command = TransferFunds(
        uid=ctx.uid, kind=KINDS[params.type], money=Money(params.asset, params.amount)
    )
    return Moved((await ctx.submit(command, FundsTransferred)).tran_id)


@router.get("/v1/futures/transfer", security=Security.USER_DATA, weight=ip(10))
async def futures_transfers(ctx: Context, params: FuturesHistoryParams) -> FuturesTransfers:
    """Get future account transaction history list: transfers between spot and futures.

    Newest first. Without times the last 7 days; rows are kept for 6 months.
    """
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=DEFAULT_WINDOW_MS,
        kept_ms=RETENTION_MS,
    )
    asked = TransferHistory(
        uid=ctx.uid,
        kinds=tuple(DIRECTIONS),
        start=start,
        end=end,
        offset=(params.current - 1) * params.size,
        limit=params.size,
        asset=params.asset,
    )
    page = await ctx.read(asked)
    rows = [
        FuturesTransfer(
            row.asset,
            row.tran_id,
            fixed8(row.units),
            DIRECTIONS[row.kind].value,
            row.at,
            CONFIRMED,
        )
        for row in page.rows
    ]
    return FuturesTransfers(rows, page.total)

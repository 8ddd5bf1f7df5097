"""Universal transfer and its history, and the old futures transfer's place in it.

Source: «User Universal Transfer» and «Query User Universal Transfer History»; every refusal
stands in docs/reference/transfers.md.
"""

from typing import Annotated

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, uid
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.params import Amount, Asset, Symbol, Time, choice, integer_in
from clearhouse.api.windows import closed_window
from clearhouse.messages.commands import TransferFunds
from clearhouse.messages.events import FundsTransferred
from clearhouse.messages.histories import TransferHistory
from clearhouse.messages.transfers import ROUTES, TransferKind
from clearhouse.model.access import Permission
from clearhouse.model.ids import DAY_MS
from clearhouse.model.money import Money, trimmed

router = Router(Family.SAPI)

DEFAULT_WINDOW_MS = 7 * DAY_MS
RETENTION_MS = 183 * DAY_MS
CONFIRMED = "CONFIRMED"


class TransferParams(Struct, frozen=True, rename="camel"):
    """What to move from where to where."""

    type: Annotated[TransferKind, choice(TransferKind)]
    asset: Asset
    amount: Amount
    from_symbol: Symbol | None = None
    to_symbol: Symbol | None = None


class Moved(Struct, frozen=True, rename="camel"):
    """The number of the movement; history and income rows carry it too."""

    tran_id: int


class HistoryParams(Struct, frozen=True, rename="camel"):
    """Which transfers, and which page of them."""

    type: Annotated[TransferKind, choice(TransferKind)]
    start_time: Time | None = None
    end_time: Time | None = None
    current: Annotated[int, integer_in(1, 1_000_000)] = 1
    size: Annotated[int, integer_in(1, 100)] = 10
    from_symbol: Symbol | None = None
    to_symbol: Symbol | None = None


class HistoryRow(Struct, frozen=True, rename="camel"):
    """One past transfer."""

    timestamp: int
    asset: str
    amount: str
    type: str
    status: str
    tran_id: int


class History(Struct, frozen=True):
    """A page, newest first, and the number of rows in all."""

    total: int
    rows: list[HistoryRow]


@router.post(
    "/v1/asset/transfer",
    security=Security.USER_DATA,
    permissions=(Permission.UNIVERSAL_TRANSFER,),
    weight=uid(900),
)
async def transfer(ctx: Context, params: TransferParams) -> Moved:
    """User universal transfer.

    Move an asset between two wallets of the account. `fromSymbol` is needed where the source
    is an isolated margin wallet, `toSymbol` where the target is one.
    """
    command = TransferFunds(
        uid=ctx.uid,
        kind=params.type,
        money=Money(params.asset, params.amount),
        from_symbol=params.from_symbol,
        to_symbol=params.to_symbol,
    )
    return Moved((await ctx.submit(command, FundsTransferred)).tran_id)


@router.get(
    "/v1/asset/transfer",
    security=Security.USER_DATA,
    permissions=(Permission.UNIVERSAL_TRANSFER,),
)
async def history(ctx: Context, params: HistoryParams) -> History:
    """Query user universal transfer history.

    Newest first. Without times the last 7 days; rows are kept for 6 months.
    """
    _require_symbols(params)
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=DEFAULT_WINDOW_MS,
        kept_ms=RETENTION_MS,
    )
    page = await ctx.read(
        TransferHistory(
            uid=ctx.uid,
            kinds=(params.type,),
            start=start,
            end=end,
            offset=(params.current - 1) * params.size,
            limit=params.size,
            from_symbol=params.from_symbol,
            to_symbol=params.to_symbol,
        )
    )
    rows = [
        HistoryRow(row.at, row.asset, trimmed(row.units), row.kind.value, CONFIRMED, row.tran_id)
        for row in page.rows
    ]
    return History(page.total, rows)


def _require_symbols(params: HistoryParams) -> None:
    route = ROUTES[params.type]
    if route.needs_from_symbol and params.from_symbol is None:
        raise ApiError(Fault.MISSING, "fromSymbol")
    if route.needs_to_symbol and params.to_symbol is None:
        raise ApiError(Fault.MISSING, "toSymbol")

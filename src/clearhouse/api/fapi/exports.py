"""Histories of the futures account as files: asked for, written beside everything, downloaded.

Sources: «Get Download Id For Futures Transaction History», «Get Futures Transaction History
Download Link by Id», and the pages of the same names for orders and trades; what they leave
open is answered in docs/reference/exports.md.
"""

from msgspec import Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.params import Text, Time
from clearhouse.messages.commands import RequestExport
from clearhouse.messages.events import ExportRequested
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.queries import ExportView, FindExport, ReadExportPace
from clearhouse.messages.rejections import Reason
from clearhouse.model.ids import DAY_MS, Millis

router = Router(Family.FAPI)

MAX_DAYS = 366
"""A year, whichever it is."""


class ExportParams(Struct, frozen=True, rename="camel"):
    """The closed window of the rows."""

    start_time: Time
    end_time: Time


class Requested(Struct, frozen=True):
    """The number to ask for the link with, and how long that has taken lately."""

    pace: int = field(name="avgCostTimestampOfLast30d")
    download_id: str = field(name="downloadId")


class LinkParams(Struct, frozen=True, rename="camel"):
    """The number of an export."""

    download_id: Text


class DownloadLink(Struct, frozen=True, rename="camel"):
    """How far an export is, and where its file is."""

    download_id: str
    status: str
    url: str = ""
    notified: bool = False
    expiration_timestamp: int = -1
    is_expired: bool | None = None


@router.get("/v1/income/asyn", security=Security.USER_DATA, weight=ip(1000))
async def request_income(ctx: Context, params: ExportParams) -> Requested:
    """Get a download id for the transaction history: every movement of the futures wallet.

    Refuses a window of more than 366 days (-4165), and a 101st request in 30 days (-1003).
    """
    return await _request(ctx, ExportKind.INCOME, params)


@router.get("/v1/income/asyn/id", security=Security.USER_DATA, weight=ip(10))
async def income_link(ctx: Context, params: LinkParams) -> DownloadLink:
    """Get the link to a transaction history by its download id.

    Refuses an id that the account was not given for a transaction history (-1130).
    """
    return await _link(ctx, ExportKind.INCOME, params.download_id)


@router.get("/v1/order/asyn", security=Security.USER_DATA, weight=ip(1000))
async def request_orders(ctx: Context, params: ExportParams) -> Requested:
    """Get a download id for the order history.

    Refuses a window of more than 366 days (-4165), and an 11th request in 30 days (-1003).
    """
    return await _request(ctx, ExportKind.ORDER, params)


@router.get("/v1/order/asyn/id", security=Security.USER_DATA, weight=ip(10))
async def orders_link(ctx: Context, params: LinkParams) -> DownloadLink:
    """Get the link to an order history by its download id.

    Refuses an id that the account was not given for an order history (-1130).
    """
    return await _link(ctx, ExportKind.ORDER, params.download_id)


@router.get("/v1/trade/asyn", security=Security.USER_DATA, weight=ip(1000))
async def request_trades(ctx: Context, params: ExportParams) -> Requested:
    """Get a download id for the trade history.

    Refuses a window of more than 366 days (-4165), and a 6th request in 30 days (-1003).
    """
    return await _request(ctx, ExportKind.TRADE, params)


@router.get("/v1/trade/asyn/id", security=Security.USER_DATA, weight=ip(10))
async def trades_link(ctx: Context, params: LinkParams) -> DownloadLink:
    """Get the link to a trade history by its download id.

    Refuses an id that the account was not given for a trade history (-1130).
    """
    return await _link(ctx, ExportKind.TRADE, params.download_id)


async def _request(ctx: Context, kind: ExportKind, params: ExportParams) -> Requested:
    start, end = Millis(params.start_time), Millis(params.end_time)
    if start > end:
        raise ApiError(Fault.START_AFTER_END)
    if end - start > MAX_DAYS * DAY_MS:
        raise ApiError(Fault.WINDOW_TOO_LONG, MAX_DAYS)
    command = RequestExport(uid=ctx.uid, kind=kind, start=start, end=end)
    requested = await ctx.submit(command, ExportRequested)
    pace = await ctx.read(ReadExportPace(ctx.uid, kind, ctx.now))
    return Requested(pace, str(requested.export_id))


async def _link(ctx: Context, kind: ExportKind, download_id: str) -> DownloadLink:
    export = await _find(ctx, kind, download_id)
    if export.expires_at is None:
        return DownloadLink(download_id, "processing")
    return DownloadLink(
        download_id,
        "completed",
        url=ctx.link_to(export),
        notified=True,
        expiration_timestamp=export.expires_at,
        is_expired=export.has_expired(ctx.now) or None,
    )


async def _find(ctx: Context, kind: ExportKind, download_id: str) -> ExportView:
    """The caller's own export of a kind; refuses every other number in the same words."""
    known = download_id.isascii() and download_id.isdigit()
    export = await ctx.read(FindExport(int(download_id))) if known else None
    if export is None or export.uid != ctx.uid or export.kind is not kind:
        raise ApiError(Reason.UNKNOWN_EXPORT, hint="no download of this kind has this id")
    return export

"""Orders that are asked for: one, those that are open, and all that are kept.

Sources: «Query Order», «Query Current Open Order», «Current All Open Orders», «All Orders»,
«User's Force Orders». An order that is over is forgotten after 90 days, one that was never
filled after 3.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.fapi.orders.answers import Shape, answer, digits_of
from clearhouse.api.fapi.orders.changing import OrderParams
from clearhouse.api.fapi.orders.forms import OrderId
from clearhouse.api.fapi.orders.shapes import ForcedOrder, ListedOrder, QueriedOrder
from clearhouse.api.params import Symbol, Time, choice, integer_in
from clearhouse.api.windows import closed_window, more_than_days
from clearhouse.messages.queries import CatalogueView, ReadCatalogue
from clearhouse.messages.rejections import Reason
from clearhouse.messages.trading_histories import FindOrder, ForcedOrders, OrderHistory
from clearhouse.messages.trading_queries import FindOpenOrder, ReadOpenOrders
from clearhouse.model.ids import DAY_MS, Millis
from clearhouse.model.orders import Order

router = Router(Family.FAPI)

KEPT_MS = 90 * DAY_MS
UNFILLED_KEPT_MS = 3 * DAY_MS
LONGEST_WINDOW_MS = 7 * DAY_MS


class ForcedKind(StrEnum):
    """Why the venue closed a position."""

    LIQUIDATION = "LIQUIDATION"
    ADL = "ADL"


class OpenOrdersParams(Struct, frozen=True):
    """Of one symbol, or of every one."""

    symbol: Symbol | None = None


class AllOrdersParams(Struct, frozen=True, kw_only=True, rename="camel"):
    """Orders from an id on, or of a window of time, or the newest."""

    symbol: Symbol | None = None
    order_id: OrderId | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, integer_in(1, 1000)] = 500


class ForcedOrdersParams(Struct, frozen=True, kw_only=True, rename="camel"):
    """Which orders of the venue."""

    symbol: Symbol | None = None
    auto_close_type: Annotated[ForcedKind, choice(ForcedKind)] | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, integer_in(1, 100)] = 50


@router.get("/v1/order", security=Security.USER_DATA, ws="order.status")
async def find_order(ctx: Context, params: OrderParams) -> QueriedOrder:
    """Query order: one that is open, or over and still kept."""
    name = params.name
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    order = await ctx.read(FindOpenOrder(ctx.uid, params.symbol, name))
    if order is None:
        order = await ctx.read(
            FindOrder(
                uid=ctx.uid,
                symbol=params.symbol,
                name=name,
                since=Millis(ctx.now - KEPT_MS),
                unfilled_since=Millis(ctx.now - UNFILLED_KEPT_MS),
            )
        )
    return answer(QueriedOrder, _found(order), digits_of(contract))


@router.get("/v1/openOrder", security=Security.USER_DATA)
async def find_open_order(ctx: Context, params: OrderParams) -> QueriedOrder:
    """Query current open order: one that is over is as unknown as one that never was."""
    name = params.name
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    order = await ctx.read(FindOpenOrder(ctx.uid, params.symbol, name))
    return answer(QueriedOrder, _found(order), digits_of(contract))


@router.get("/v1/openOrders", security=Security.USER_DATA, weight=ip(1, without_symbol=40))
async def open_orders(ctx: Context, params: OpenOrdersParams) -> list[QueriedOrder]:
    """Current all open orders, ascending by id; conditional orders are not among them."""
    listed = await _listed(ctx, params.symbol)
    orders = await ctx.read(ReadOpenOrders(ctx.uid, params.symbol))
    return _answers(QueriedOrder, orders, listed)


@router.get("/v1/allOrders", security=Security.USER_DATA, weight=ip(5))
async def all_orders(ctx: Context, params: AllOrdersParams) -> list[ListedOrder]:
    """All orders, ascending by id: those with `orderId` or a later one, or of a window of time.

    With neither the newest of the last 7 days. A window is 7 days at most.
    """
    listed = await _listed(ctx, params.symbol)
    orders = await ctx.read(_history(ctx, params))
    return _answers(ListedOrder, orders, listed)


@router.get("/v1/forceOrders", security=Security.USER_DATA, weight=ip(20, without_symbol=50))
async def forced_orders(ctx: Context, params: ForcedOrdersParams) -> list[ForcedOrder]:
    """User's force orders: those by which the venue closed positions, ascending by id.

    Without `startTime` those of 7 days before `endTime`; they are kept for 90 days.
    """
    listed = await _listed(ctx, params.symbol)
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=LONGEST_WINDOW_MS,
        kept_ms=KEPT_MS,
    )
    asked = ForcedOrders(
        uid=ctx.uid,
        start=start,
        end=end,
        limit=params.limit,
        symbol=params.symbol,
        kind=params.auto_close_type,
    )
    orders = await ctx.read(asked)
    return _answers(ForcedOrder, orders, listed)


def _history(ctx: Context, params: AllOrdersParams) -> OrderHistory:
    """What is asked of the journal: `orderId` goes before a window."""
    asked = OrderHistory(
        uid=ctx.uid,
        limit=params.limit,
        since=Millis(ctx.now - KEPT_MS),
        unfilled_since=Millis(ctx.now - UNFILLED_KEPT_MS),
        symbol=params.symbol,
        from_id=params.order_id,
    )
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=LONGEST_WINDOW_MS,
        kept_ms=KEPT_MS,
        longest_ms=LONGEST_WINDOW_MS,
        too_long=more_than_days,
    )
    if params.order_id is not None:
        return asked
    if params.start_time is None and params.end_time is None:
        return replace(asked, since=start)
    return replace(asked, start=start, end=end)


async def _listed(ctx: Context, symbol: str | None) -> CatalogueView:
    """What is listed; refuses a symbol that is not."""
    listed = await ctx.read(ReadCatalogue())
    if symbol is not None:
        contract_of(listed, symbol)
    return listed


def _found(order: Order | None) -> Order:
    if order is None:
        raise ApiError(Reason.NO_SUCH_ORDER)
    return order


def _answers(shape: type[Shape], orders: Iterable[Order], listed: CatalogueView) -> list[Shape]:
    digits = {contract.symbol: digits_of(contract) for contract in listed.contracts.values()}
    return [answer(shape, order, digits[order.symbol]) for order in orders]

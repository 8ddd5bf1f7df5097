"""The algo service: conditional orders are placed, cancelled and asked for here.

Sources: «New Algo Order», «Cancel Algo Order», «Cancel All Algo Open Orders», «Query Algo
Order», «Current All Algo Open Orders», «Query All Algo Orders», and the same of the WebSocket
API. Every refusal stands in docs/reference/algo-orders.md.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.fapi.algo_rows import (
    AlgoDetail,
    AlgoRow,
    PlacedAlgo,
    algo_detail,
    algo_row,
    placed_algo,
)
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.fapi.orders.answers import digits_of
from clearhouse.api.fapi.orders.forms import (
    ClientId,
    NewClientId,
    OrderId,
    PositionSideOf,
    ReduceOnly,
    ResponseType,
    ResponseTypeOf,
    SelfTradeOf,
    SideOf,
    TimeInForceOf,
)
from clearhouse.api.fapi.orders.placing import require_one_price
from clearhouse.api.order_errors import OrderFault
from clearhouse.api.params import Amount, Switch, Symbol, Time, choice, integer_in
from clearhouse.api.windows import closed_window, more_than_days
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.rejections import Reason
from clearhouse.messages.trading_commands import (
    CancelAlgo,
    CancelAllAlgos,
    OrderName,
    PlaceAlgo,
)
from clearhouse.messages.trading_events import AlgoPlaced
from clearhouse.messages.trading_histories import AlgoHistory, FindAlgo, FoundAlgo
from clearhouse.messages.trading_queries import FindOpenAlgo, ReadOpenAlgos
from clearhouse.model.ids import DAY_MS, Millis
from clearhouse.model.orders import (
    LIMITED,
    AlgoKind,
    PositionSide,
    PriceMatch,
    SelfTrade,
    TimeInForce,
    WorkingType,
)

router = Router(Family.FAPI)

LONGEST_WINDOW_MS = 7 * DAY_MS
UNFILLED_KEPT_MS = 3 * DAY_MS
KEPT_MS = 90 * DAY_MS


class AlgoType(StrEnum):
    """What the algo service takes."""

    CONDITIONAL = "CONDITIONAL"


Kind = Annotated[AlgoKind, choice(AlgoKind, OrderFault.BAD_TYPE)]
Watched = Annotated[WorkingType, choice(WorkingType, OrderFault.BAD_WORKING_TYPE)]
Match = Annotated[PriceMatch, choice(PriceMatch, OrderFault.BAD_PRICE_MATCH)]


class NewAlgoParams(Struct, frozen=True, kw_only=True, rename="camel"):
    """The conditional order to place. `callbackRate` 1 is 1%."""

    algo_type: Annotated[AlgoType, choice(AlgoType)]
    symbol: Symbol
    side: SideOf
    kind: Kind = field(name="type")
    position_side: PositionSideOf = PositionSide.BOTH
    time_in_force: TimeInForceOf = TimeInForce.GTC
    quantity: Amount | None = None
    price: Amount | None = None
    trigger_price: Amount | None = None
    working_type: Watched = WorkingType.CONTRACT_PRICE
    price_match: Match = PriceMatch.NONE
    close_position: Switch = False
    price_protect: Switch = False
    reduce_only: ReduceOnly = False
    activate_price: Amount | None = None
    callback_rate: Amount | None = None
    client_algo_id: NewClientId = ""
    new_order_resp_type: ResponseTypeOf = ResponseType.ACK
    self_trade_prevention_mode: SelfTradeOf = SelfTrade.NONE
    good_till_date: Time | None = None


class AlgoNameParams(Struct, frozen=True, rename="camel"):
    """Which order: by its id, which wins, or by the client's."""

    algo_id: OrderId | None = None
    client_algo_id: ClientId | None = None


class AlgoSymbolParams(Struct, frozen=True):
    """Of which symbol."""

    symbol: Symbol


class OpenAlgosParams(Struct, frozen=True, rename="camel"):
    """Of one symbol, or of all; `algoId`: that one alone."""

    algo_type: Annotated[AlgoType, choice(AlgoType)] | None = None
    symbol: Symbol | None = None
    algo_id: OrderId | None = None


class AllAlgosParams(Struct, frozen=True, rename="camel"):
    """Of which symbol; from an id on, or in a window."""

    symbol: Symbol
    algo_id: OrderId | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, integer_in(1, 1000)] = 500


class Cancelled(Struct, frozen=True, rename="camel"):
    """An order was cancelled; `code` is a text here."""

    algo_id: int
    client_algo_id: str
    code: str = "200"
    msg: str = "success"


class AllCancelled(Struct, frozen=True):
    """The orders of a symbol were cancelled, if there were any."""

    code: int = 200
    msg: str = "The operation of cancel all open order is done."


@router.post(
    "/v1/algoOrder", security=Security.TRADE, weight=ip(0), orders=(1, 1), ws="algoOrder.place"
)
async def new_algo_order(ctx: Context, params: NewAlgoParams) -> PlacedAlgo:
    """Place a conditional order.

    It holds no margin and waits until the price that it watches reaches its trigger. Then it
    becomes a limit or market order, for which the account must have the margin by then.
    """
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    _check_needed(params)
    _check_unneeded(params)
    placed = await ctx.submit(_command(ctx, params), AlgoPlaced)
    return placed_algo(placed.algo, digits_of(contract))


@router.delete("/v1/algoOrder", security=Security.TRADE, ws="algoOrder.cancel")
async def cancel_algo_order(ctx: Context, params: AlgoNameParams) -> Cancelled:
    """Cancel a conditional order that still waits.

    By `algoId`, which wins, or `clientAlgoId`. The order of a triggered one is cancelled as any
    other order.
    """
    name = _name(params)
    command = CancelAlgo(uid=ctx.uid, name=name)
    algo, _ = await ctx.venue.change(FindOpenAlgo(ctx.uid, name), command)
    assert algo is not None  # or the command would have been refused
    return Cancelled(algo.algo_id, algo.client_id)


@router.delete("/v1/algoOpenOrders", security=Security.TRADE)
async def cancel_open_algo_orders(ctx: Context, params: AlgoSymbolParams) -> AllCancelled:
    """Cancel every conditional order of a symbol that still waits.

    None is no refusal.
    """
    await ctx.venue.submit(CancelAllAlgos(uid=ctx.uid, symbol=params.symbol))
    return AllCancelled()


@router.get("/v1/algoOrder", security=Security.USER_DATA)
async def algo_order(ctx: Context, params: AlgoNameParams) -> AlgoDetail:
    """A conditional order, waiting or over.

    Those that ended without a fill are forgotten after 3 days, every one after 90.
    """
    asked = FindAlgo(
        uid=ctx.uid,
        name=_name(params),
        since=Millis(ctx.now - KEPT_MS),
        unfilled_since=Millis(ctx.now - UNFILLED_KEPT_MS),
    )
    found = await ctx.read(asked)
    if found is None:
        raise ApiError(Reason.NO_SUCH_ORDER)
    listed = await ctx.read(ReadCatalogue())
    return algo_detail(found, digits_of(contract_of(listed, found.algo.symbol)))


@router.get("/v1/openAlgoOrders", security=Security.USER_DATA, weight=ip(1, without_symbol=40))
async def open_algo_orders(ctx: Context, params: OpenAlgosParams) -> list[AlgoRow]:
    """The conditional orders that still wait, oldest first."""
    listed = await ctx.read(ReadCatalogue())
    if params.symbol is not None:
        contract_of(listed, params.symbol)
    waiting = await ctx.read(ReadOpenAlgos(uid=ctx.uid, symbol=params.symbol))
    return [
        algo_row(FoundAlgo(algo, 0, 0), digits_of(contract_of(listed, algo.symbol)))
        for algo in waiting
        if params.algo_id in (None, algo.algo_id)
    ]


@router.get("/v1/allAlgoOrders", security=Security.USER_DATA, weight=ip(5))
async def all_algo_orders(ctx: Context, params: AllAlgosParams) -> list[AlgoRow]:
    """The conditional orders of a symbol, waiting or over, oldest first.

    With `algoId` from that one on, else in a window of 7 days at most; without times the newest
    of the last 7 days. What is kept is as for one order.
    """
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    digits = digits_of(contract)
    return [algo_row(found, digits) for found in await ctx.read(_history(ctx, params))]


def _history(ctx: Context, params: AllAlgosParams) -> AlgoHistory:
    timed = params.start_time is not None or params.end_time is not None
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=LONGEST_WINDOW_MS,
        longest_ms=LONGEST_WINDOW_MS,
        too_long=more_than_days,
    )
    newest = not timed and params.algo_id is None
    return AlgoHistory(
        uid=ctx.uid,
        symbol=params.symbol,
        limit=params.limit,
        since=start if newest else Millis(ctx.now - KEPT_MS),
        unfilled_since=Millis(ctx.now - UNFILLED_KEPT_MS),
        from_id=params.algo_id,
        start=start if timed else None,
        end=end if timed else None,
    )


def _name(params: AlgoNameParams) -> OrderName:
    """Which order is meant; refuses a request that names none."""
    if params.algo_id is None and params.client_algo_id is None:
        raise ApiError(OrderFault.NEITHER_SENT, "algoId", "clientAlgoId")
    return OrderName(params.algo_id, params.client_algo_id)


def _check_needed(params: NewAlgoParams) -> None:
    """What a kind of order cannot do without."""
    trailing = params.kind is AlgoKind.TRAILING_STOP_MARKET
    needed = (
        ("callbackRate", params.callback_rate, trailing),
        ("triggerPrice", params.trigger_price, not trailing),
        ("quantity", params.quantity, not params.close_position),
        ("goodTillDate", params.good_till_date, params.time_in_force is TimeInForce.GTD),
    )
    for name, value, wanted in needed:
        if wanted and value is None:
            raise ApiError(Fault.MISSING, name)
    if params.kind in LIMITED:
        require_one_price(params.price, params.price_match)


def _check_unneeded(params: NewAlgoParams) -> None:
    """What a kind of order has no use for."""
    trailing = params.kind is AlgoKind.TRAILING_STOP_MARKET
    if trailing and params.trigger_price is not None:
        raise ApiError(Reason.WOULD_TRIGGER, hint="a trailing order has no triggerPrice")
    unneeded = (
        ("callbackRate", params.callback_rate, not trailing),
        ("activatePrice", params.activate_price, not trailing),
        ("price", params.price, params.kind not in LIMITED),
    )
    for name, value, unwanted in unneeded:
        if unwanted and value is not None:
            raise ApiError(OrderFault.NOT_REQUIRED, name)
    if params.price_match is not PriceMatch.NONE and params.kind not in LIMITED:
        raise ApiError(OrderFault.MARKET_PRICE_MATCH)


def _command(ctx: Context, params: NewAlgoParams) -> PlaceAlgo:
    return PlaceAlgo(
        uid=ctx.uid,
        symbol=params.symbol,
        side=params.side,
        kind=params.kind,
        position_side=params.position_side,
        time_in_force=params.time_in_force,
        quantity=params.quantity or 0,
        price=params.price or 0,
        trigger_price=params.trigger_price or 0,
        working_type=params.working_type,
        price_match=params.price_match,
        close_position=params.close_position,
        price_protect=params.price_protect,
        reduce_only=params.reduce_only,
        activate_price=params.activate_price or 0,
        callback_rate=_fraction(params.callback_rate or 0),
        client_id=params.client_algo_id,
        self_trade=params.self_trade_prevention_mode,
        good_till=Millis(params.good_till_date or 0),
    )


def _fraction(percent: int) -> int:
    """A percentage as a fraction; refuses more than six decimals."""
    fraction, rest = divmod(percent, 100)
    if rest:
        raise ApiError(Fault.TOO_PRECISE)
    return fraction

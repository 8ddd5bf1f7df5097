"""The algo service: conditional orders are placed, cancelled and asked for here.

Sources: «New Algo Order», «Cancel Algo Order», «Cancel All Algo Open Orders», «Query Algo
Order», «Current All Algo Open Orders», «Query All Algo Orders», and the same of the WebSocket
API. Every refusal stands in docs/reference/algo-orders.md.
"""

import re
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
from clearhouse.api.order_errors import OrderFault
from clearhouse.api.params import Amount, Form, Switch, Symbol, Text, Time, choice, integer_in
from clearhouse.api.windows import closed_window
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.rejections import Reason
from clearhouse.messages.trading_commands import (
    CancelAlgo,
    CancelAllAlgos,
    OrderName,
    PlaceAlgo,
)
from clearhouse.messages.trading_events import AlgoEnded, AlgoPlaced
from clearhouse.messages.trading_histories import AlgoHistory, FindAlgo, FoundAlgo
from clearhouse.messages.trading_queries import FindOpenAlgo, ReadOpenAlgos
from clearhouse.model.ids import DAY_MS, Millis
from clearhouse.model.orders import (
    AlgoKind,
    PositionSide,
    PriceMatch,
    SelfTrade,
    Side,
    TimeInForce,
    WorkingType,
)

router = Router(Family.FAPI)

LONGEST_WINDOW_MS = 7 * DAY_MS
UNFILLED_KEPT_MS = 3 * DAY_MS
KEPT_MS = 90 * DAY_MS

_LIMITS = (AlgoKind.STOP, AlgoKind.TAKE_PROFIT)
_CLIENT_ID = re.compile(r"[.A-Z:/a-z0-9_-]+\Z")
_LONGEST_CLIENT_ID = 36


class AlgoType(StrEnum):
    """What the algo service takes."""

    CONDITIONAL = "CONDITIONAL"


class ResponseType(StrEnum):
    """How much is answered; a conditional order has no more to say."""

    ACK = "ACK"
    RESULT = "RESULT"


def _client_id(_: str, text: str) -> str:
    if len(text) > _LONGEST_CLIENT_ID:
        raise ApiError(OrderFault.LONG_CLIENT_ID)
    if not _CLIENT_ID.match(text):
        raise ApiError(OrderFault.BAD_CLIENT_ID, hint="letters, digits and . : / _ - are taken")
    return text


ClientId = Annotated[str, Form("STRING", _client_id)]
BuyOrSell = Annotated[Side, choice(Side, OrderFault.BAD_SIDE)]
Kind = Annotated[AlgoKind, choice(AlgoKind, OrderFault.BAD_TYPE)]
Position = Annotated[PositionSide, choice(PositionSide, OrderFault.BAD_POSITION_SIDE)]
Force = Annotated[TimeInForce, choice(TimeInForce, OrderFault.BAD_TIME_IN_FORCE)]
Watched = Annotated[WorkingType, choice(WorkingType, Reason.WORKING_TYPE_INVALID)]
Match = Annotated[PriceMatch, choice(PriceMatch, OrderFault.BAD_PRICE_MATCH)]
Prevention = Annotated[SelfTrade, choice(SelfTrade, OrderFault.BAD_SELF_TRADE)]
Response = Annotated[ResponseType, choice(ResponseType, OrderFault.BAD_RESPONSE_TYPE)]


class NewAlgoParams(Struct, frozen=True, kw_only=True, rename="camel"):
    """The conditional order to place. `callbackRate` 1 is 1%."""

    algo_type: Annotated[AlgoType, choice(AlgoType)]
    symbol: Symbol
    side: BuyOrSell
    kind: Kind = field(name="type")
    position_side: Position = PositionSide.BOTH
    time_in_force: Force = TimeInForce.GTC
    quantity: Amount | None = None
    price: Amount | None = None
    trigger_price: Amount | None = None
    working_type: Watched = WorkingType.CONTRACT_PRICE
    price_match: Match = PriceMatch.NONE
    close_position: Switch = False
    price_protect: Switch = False
    reduce_only: Switch = False
    activate_price: Amount | None = None
    callback_rate: Amount | None = None
    client_algo_id: ClientId = ""
    new_order_resp_type: Response = ResponseType.ACK
    self_trade_prevention_mode: Prevention = SelfTrade.NONE
    good_till_date: Time | None = None


class AlgoNameParams(Struct, frozen=True, rename="camel"):
    """Which order: by its id, which wins, or by the client's."""

    algo_id: Time | None = None
    client_algo_id: Text | None = None


class AlgoSymbolParams(Struct, frozen=True):
    """Of which symbol."""

    symbol: Symbol


class OpenAlgosParams(Struct, frozen=True, rename="camel"):
    """Of one symbol, or of all; `algoId`: that one alone."""

    algo_type: Annotated[AlgoType, choice(AlgoType)] | None = None
    symbol: Symbol | None = None
    algo_id: Time | None = None


class AllAlgosParams(Struct, frozen=True, rename="camel"):
    """Of which symbol; from an id on, or in a window."""

    symbol: Symbol
    algo_id: Time | None = None
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


@router.post("/v1/algoOrder", security=Security.TRADE, weight=ip(0), ws="algoOrder.place")
async def new_algo_order(ctx: Context, params: NewAlgoParams) -> PlacedAlgo:
    """Place a conditional order.

    It holds no margin and waits until the price that it watches reaches its trigger. Then it
    becomes a limit or market order, for which the account must have the margin by then.
    """
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    _check_needed(params)
    _check_unneeded(params)
    placed = await ctx.submit(_command(ctx, params), AlgoPlaced)
    return placed_algo(contract, placed.algo)


@router.delete("/v1/algoOrder", security=Security.TRADE, ws="algoOrder.cancel")
async def cancel_algo_order(ctx: Context, params: AlgoNameParams) -> Cancelled:
    """Cancel a conditional order that still waits.

    By `algoId`, which wins, or `clientAlgoId`. The order of a triggered one is cancelled as any
    other order.
    """
    algo = await ctx.read(FindOpenAlgo(uid=ctx.uid, name=_name(params)))
    if algo is None:
        raise ApiError(Reason.NO_ORDER_TO_CANCEL, hint="no such conditional order is waiting")
    await ctx.submit(CancelAlgo(uid=ctx.uid, name=OrderName(algo.algo_id)), AlgoEnded)
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
    return algo_detail(contract_of(listed, found.algo.symbol), found)


@router.get("/v1/openAlgoOrders", security=Security.USER_DATA, weight=ip(1, without_symbol=40))
async def open_algo_orders(ctx: Context, params: OpenAlgosParams) -> list[AlgoRow]:
    """The conditional orders that still wait, oldest first."""
    listed = await ctx.read(ReadCatalogue())
    if params.symbol is not None:
        contract_of(listed, params.symbol)
    waiting = await ctx.read(ReadOpenAlgos(uid=ctx.uid, symbol=params.symbol))
    return [
        algo_row(contract_of(listed, algo.symbol), FoundAlgo(algo, 0, 0))
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
    found = await ctx.read(_history(ctx, params))
    return [algo_row(contract, row) for row in found]


def _history(ctx: Context, params: AllAlgosParams) -> AlgoHistory:
    timed = params.start_time is not None or params.end_time is not None
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=LONGEST_WINDOW_MS,
        longest_ms=LONGEST_WINDOW_MS,
        too_long=lambda longest_ms: ApiError(Fault.WINDOW_TOO_LONG, longest_ms // DAY_MS),
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
    limit = params.kind in _LIMITS
    trailing = params.kind is AlgoKind.TRAILING_STOP_MARKET
    needed = (
        ("callbackRate", params.callback_rate, trailing),
        ("triggerPrice", params.trigger_price, not trailing),
        ("price", params.price, limit and params.price_match is PriceMatch.NONE),
        ("quantity", params.quantity, not params.close_position),
        ("goodTillDate", params.good_till_date, params.time_in_force is TimeInForce.GTD),
    )
    for name, value, wanted in needed:
        if wanted and value is None:
            raise ApiError(Fault.MISSING, name)


def _check_unneeded(params: NewAlgoParams) -> None:
    """What a kind of order has no use for."""
    limit = params.kind in _LIMITS
    trailing = params.kind is AlgoKind.TRAILING_STOP_MARKET
    if trailing and params.trigger_price is not None:
        raise ApiError(Reason.WOULD_TRIGGER, hint="a trailing order has no triggerPrice")
    for name, value, wanted in (
        ("callbackRate", params.callback_rate, trailing),
        ("activatePrice", params.activate_price, trailing),
        ("price", params.price, limit),
    ):
        if value is not None and not wanted:
            raise ApiError(OrderFault.NOT_REQUIRED, name)
    if params.price_match is not PriceMatch.NONE:
        if not limit:
            raise ApiError(OrderFault.MARKET_PRICE_MATCH)
        if params.price is not None:
            raise ApiError(OrderFault.NOT_REQUIRED, "price", hint="priceMatch gives the price")


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

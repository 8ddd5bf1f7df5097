"""Orders in the user data stream: TRADE_LITE, ORDER_TRADE_UPDATE and ALGO_UPDATE."""

from msgspec import UNSET, Struct, UnsetType, field

from clearhouse.messages.notices import AlgoChanged, OrderChanged, OrderTraded
from clearhouse.model.ids import Millis
from clearhouse.model.money import divide_toward_zero, trimmed, with_decimals
from clearhouse.model.orders import LIMITED, AlgoKind, AlgoOrder, OrderKind, WorkingType

TRADE_LITE = "TRADE_LITE"
ORDER_TRADE_UPDATE = "ORDER_TRADE_UPDATE"
ALGO_UPDATE = "ALGO_UPDATE"


class TradeLite(Struct, frozen=True, kw_only=True, tag_field="e", tag=TRADE_LITE):
    """TRADE_LITE: a fill, in short."""

    event_at: Millis = field(name="E")
    at: Millis = field(name="T")
    symbol: str = field(name="s")
    quantity: str = field(name="q")
    price: str = field(name="p")
    maker: bool = field(name="m")
    client_id: str = field(name="c")
    side: str = field(name="S")
    last_price: str = field(name="L")
    last_quantity: str = field(name="l")
    trade_id: int = field(name="t")
    order_id: int = field(name="i")


class OrderState(Struct, frozen=True, kw_only=True):
    """The order of an ORDER_TRADE_UPDATE.

    `N` and `n` with a fill only, `AP` and `cr` where it came from a trailing order, `M` where a
    change of it was tagged. `si` and `ss` mean nothing.
    """

    symbol: str = field(name="s")
    client_id: str = field(name="c")
    side: str = field(name="S")
    kind: str = field(name="o")
    time_in_force: str = field(name="f")
    quantity: str = field(name="q")
    price: str = field(name="p")
    average_price: str = field(name="ap")
    stop_price: str = field(name="sp")
    execution: str = field(name="x")
    status: str = field(name="X")
    order_id: int = field(name="i")
    modify_id: str | UnsetType = field(name="M", default=UNSET)
    last_quantity: str = field(name="l")
    executed: str = field(name="z")
    last_price: str = field(name="L")
    commission_asset: str | UnsetType = field(name="N", default=UNSET)
    commission: str | UnsetType = field(name="n", default=UNSET)
    at: Millis = field(name="T")
    trade_id: int = field(name="t")
    bids: str = field(name="b")
    asks: str = field(name="a")
    maker: bool = field(name="m")
    reduce_only: bool = field(name="R")
    working_type: str = field(name="wt")
    original_kind: str = field(name="ot")
    position_side: str = field(name="ps")
    close_position: bool = field(name="cp")
    activate_price: str | UnsetType = field(name="AP", default=UNSET)
    callback_rate: str | UnsetType = field(name="cr", default=UNSET)
    realized: str = field(name="rp")
    price_protect: bool = field(name="pP")
    si: int = 0
    ss: int = 0
    self_trade: str = field(name="V")
    price_match: str = field(name="pm")
    good_till: int = field(name="gtd")
    expiry: str = field(name="er")


class OrderTradeUpdate(Struct, frozen=True, tag_field="e", tag=ORDER_TRADE_UPDATE):
    """ORDER_TRADE_UPDATE."""

    E: Millis
    T: Millis
    o: OrderState


class AlgoState(Struct, frozen=True, kw_only=True):
    """The conditional order of an ALGO_UPDATE. `ai`, `ap`, `aq` and `act` are of its order."""

    client_id: str = field(name="caid")
    algo_id: int = field(name="aid")
    at: str = "CONDITIONAL"
    kind: str = field(name="o")
    symbol: str = field(name="s")
    side: str = field(name="S")
    position_side: str = field(name="ps")
    time_in_force: str = field(name="f")
    quantity: str = field(name="q")
    status: str = field(name="X")
    order_id: str = field(name="ai")
    average_price: str = field(name="ap")
    executed: str = field(name="aq")
    order_kind: str = field(name="act")
    trigger_price: str = field(name="tp")
    price: str = field(name="p")
    self_trade: str = field(name="V")
    working_type: str = field(name="wt")
    price_match: str = field(name="pm")
    close_position: bool = field(name="cp")
    price_protect: bool = field(name="pP")
    reduce_only: bool = field(name="R")
    triggered_at: Millis = field(name="tt")
    good_till: int = field(name="gtd")
    reason: str = field(name="rm")
    activated: bool = field(name="ia")


class AlgoUpdate(Struct, frozen=True, tag_field="e", tag=ALGO_UPDATE):
    """ALGO_UPDATE; T stands before E here."""

    T: Millis
    E: Millis
    o: AlgoState


def trade_lite(notice: OrderTraded) -> TradeLite:
    """The short form of a fill."""
    order, fill = notice.order, notice.fill
    return TradeLite(
        event_at=notice.at,
        at=notice.at,
        symbol=order.symbol,
        quantity=with_decimals(order.quantity, notice.quantity_decimals),
        price=with_decimals(order.price, notice.price_decimals),
        maker=fill.maker,
        client_id=order.client_id,
        side=order.side,
        last_price=with_decimals(fill.price, notice.price_decimals),
        last_quantity=with_decimals(fill.quantity, notice.quantity_decimals),
        trade_id=fill.trade_id,
        order_id=order.order_id,
    )


def order_trade_update(notice: OrderChanged) -> OrderTradeUpdate:
    """An order, what happened to it, and the fill where it was one."""
    order, fill, origin = notice.order, notice.fill, notice.origin
    trailing = origin if origin and origin.kind is AlgoKind.TRAILING_STOP_MARKET else None
    state = OrderState(
        symbol=order.symbol,
        client_id=order.client_id,
        side=order.side,
        kind=order.kind,
        time_in_force=order.time_in_force,
        quantity=trimmed(order.quantity),
        price=trimmed(order.price),
        average_price=_average(order.quote, order.executed),
        stop_price=trimmed(order.stop_price),
        execution=notice.execution,
        status=order.status,
        order_id=order.order_id,
        modify_id=str(order.modify_id) if order.modify_id else UNSET,
        last_quantity=trimmed(fill.quantity) if fill else "0",
        executed=trimmed(order.executed),
        last_price=trimmed(fill.price) if fill else "0",
        commission_asset=fill.commission_asset if fill else UNSET,
        commission=trimmed(fill.commission) if fill else UNSET,
        at=notice.at,
        trade_id=fill.trade_id if fill else 0,
        bids=trimmed(notice.bids),
        asks=trimmed(notice.asks),
        maker=fill.maker if fill else False,
        reduce_only=order.closing or order.close_position,
        working_type=origin.working_type if origin else WorkingType.CONTRACT_PRICE,
        original_kind=origin.kind if origin else order.kind,
        position_side=order.position_side,
        close_position=order.close_position,
        activate_price=trimmed(trailing.activate_price) if trailing else UNSET,
        callback_rate=_percent(trailing.callback_rate) if trailing else UNSET,
        realized=trimmed(fill.realized) if fill else "0",
        price_protect=origin.price_protect if origin else False,
        self_trade=order.self_trade,
        price_match=order.price_match,
        good_till=order.good_till,
        expiry=notice.expiry,
    )
    return OrderTradeUpdate(notice.at, notice.at, state)


def algo_update(notice: AlgoChanged) -> AlgoUpdate:
    """A conditional order, and what came of the order that it became."""
    algo = notice.algo
    state = AlgoState(
        client_id=algo.client_id,
        algo_id=algo.algo_id,
        kind=algo.kind,
        symbol=algo.symbol,
        side=algo.side,
        position_side=algo.position_side,
        time_in_force=algo.time_in_force,
        quantity=trimmed(algo.quantity),
        status=algo.status,
        order_id=str(algo.order_id) if algo.order_id else "",
        average_price=_average(notice.quote, notice.executed),
        executed=trimmed(notice.executed),
        order_kind=_becomes(algo) if algo.order_id else "0",
        trigger_price=trimmed(algo.trigger_price),
        price=trimmed(algo.price),
        self_trade=algo.self_trade,
        working_type=algo.working_type,
        price_match=algo.price_match,
        close_position=algo.close_position,
        price_protect=algo.price_protect,
        reduce_only=algo.reduce_only or algo.close_position,
        triggered_at=algo.triggered_at,
        good_till=algo.good_till,
        reason=algo.reason,
        activated=algo.activated,
    )
    return AlgoUpdate(notice.at, notice.at, state)


def _average(quote: int, executed: int) -> str:
    return trimmed(divide_toward_zero(quote, executed)) if executed else "0"


def _percent(rate: int) -> str:
    return trimmed(100 * rate)


def _becomes(algo: AlgoOrder) -> OrderKind:
    return OrderKind.LIMIT if algo.kind in LIMITED else OrderKind.MARKET

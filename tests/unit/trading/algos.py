"""Conditional orders in tests: Ann has 100,000 USDT of futures balance, BTCUSDT stands at 65,000."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from clearhouse.engine.apply import apply
from clearhouse.engine.state import State
from clearhouse.messages.commands import SetPositionMode
from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import PlaceAlgo, PlaceOrder, SetPrice
from clearhouse.messages.trading_events import (
    AlgoActivated,
    AlgoEnded,
    AlgoPlaced,
    AlgoTriggered,
    OrderEnded,
    OrderFilled,
    OrderPlaced,
)
from clearhouse.model.orders import (
    AlgoKind,
    OrderKind,
    PositionSide,
    Side,
    WorkingType,
)
from clearhouse.model.wallets import UMFUTURE
from unit.world import ANN, UNIT, World

BTC = "BTCUSDT"
BUY, SELL = Side.BUY, Side.SELL
LONG, SHORT = PositionSide.LONG, PositionSide.SHORT
MARK, LAST = WorkingType.MARK_PRICE, WorkingType.CONTRACT_PRICE
STOP, STOP_MARKET = AlgoKind.STOP, AlgoKind.STOP_MARKET
PROFIT, PROFIT_MARKET = AlgoKind.TAKE_PROFIT, AlgoKind.TAKE_PROFIT_MARKET
TRAILING = AlgoKind.TRAILING_STOP_MARKET
TENTH = UNIT // 10


def usdt(text: str) -> int:
    """Units of a price such as `65,000.1`."""
    whole, _, part = text.replace(",", "").partition(".")
    return int(whole) * UNIT + int(part.ljust(8, "0"))


def funded(*, hedge: bool = False, tell: Callable[[State, Event], None] = apply) -> World:
    world = World(tell)
    world.give(100_000 * UNIT, "USDT", UMFUTURE)
    if hedge:
        world.do(SetPositionMode(uid=ANN, hedge=True))
    return world


def stop(**facts: Any) -> PlaceAlgo:
    """A stop that sells a tenth of a bitcoin at market, once the last price is 64,000."""
    return replace(
        PlaceAlgo(
            uid=ANN,
            symbol=BTC,
            side=SELL,
            kind=STOP_MARKET,
            quantity=TENTH,
            trigger_price=usdt("64,000"),
        ),
        **facts,
    )


def limit_stop(**facts: Any) -> PlaceAlgo:
    """The same with a limit order at 63,900."""
    return replace(stop(kind=STOP, price=usdt("63,900")), **facts)


def trailing(**facts: Any) -> PlaceAlgo:
    """A trailing sell that comes back by one percent."""
    return replace(stop(kind=TRAILING, trigger_price=0, callback_rate=1_000_000), **facts)


def closing(**facts: Any) -> PlaceAlgo:
    """A stop that closes the position."""
    return replace(stop(quantity=0, close_position=True), **facts)


def market_order(side: Side, quantity: int = TENTH, **facts: Any) -> PlaceOrder:
    return replace(
        PlaceOrder(uid=ANN, symbol=BTC, side=side, kind=OrderKind.MARKET, quantity=quantity),
        **facts,
    )


def set_price(last: str | None = None, mark: str | None = None) -> SetPrice:
    units = {name: usdt(text) for name, text in (("last", last), ("mark", mark)) if text}
    return SetPrice(symbol=BTC, **units)


def steps(events: list[Event]) -> list[tuple[Any, ...]]:
    """What happened to orders, in short."""
    return [step for step in map(_step, events) if step]


def _step(event: Event) -> tuple[Any, ...]:
    match event:
        case AlgoPlaced():
            return "waits", event.algo.algo_id
        case AlgoActivated():
            return "follows", event.algo_id, event.extreme
        case AlgoTriggered():
            return "triggered", event.algo_id
        case AlgoEnded():
            return event.status.value, event.algo_id, event.executed, event.reason
        case OrderPlaced():
            return "placed", event.order.kind.value, event.order.quantity
        case OrderFilled():
            return "filled", event.quantity, event.price
        case OrderEnded():
            return "ended", event.expiry.value
        case _:
            return ()

"""Conditional orders whose price has come become orders of the book.

Asked after every command that may have changed a price. The nearest trigger fires first; what its
order then does to the price may fire more, until none is reached. Those that watch the mark come
before those that watch the last price, trailing orders come last.
"""

from collections.abc import Iterator

from clearhouse.market.market import Market
from clearhouse.market.rules import Rules
from clearhouse.matching.triggers import Triggers, turned
from clearhouse.messages.events import Event
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import PlaceOrder
from clearhouse.messages.trading_events import AlgoActivated, AlgoTriggered
from clearhouse.model.ids import Millis
from clearhouse.model.money import SCALE
from clearhouse.model.orders import (
    LIMITED,
    AlgoOrder,
    AlgoStatus,
    OrderKind,
    PositionSide,
    TimeInForce,
)
from clearhouse.trading.algos import end_algo, followed_price, watched_price
from clearhouse.trading.placing import admit, enter
from clearhouse.trading.state import Trading

NOTHING_TO_CLOSE = "there is no position to close"


def fire_triggers(state: Trading, symbol: str, at: Millis) -> Iterator[Event]:
    """Fire what the prices of a symbol reach, one by one, until they reach nothing more."""
    triggers = state.triggers[symbol]
    while triggers.count:
        yield from _activate(state, triggers, symbol, at)
        algo = next_reached(state, triggers, symbol)
        if algo is None:
            return
        yield from _fire(state, algo, at)


def next_reached(state: Trading, triggers: Triggers, symbol: str) -> AlgoOrder | None:
    """The order that fires next; one with price protection not while the prices are far apart."""
    rules, market = state.catalogue.rules[symbol], state.markets[symbol]
    apart = prices_apart(rules, market)
    for kind, waiting in triggers.waiting.items():
        for algo_id in waiting.reached(watched_price(market, rules, kind)):
            algo = state.orders.algos[algo_id]
            if not (apart and algo.price_protect):
                return algo
    for algo in triggers.trailing.values():
        if apart and algo.price_protect:
            continue
        if algo.activated and turned(algo, followed_price(market, algo.working_type)):
            return algo
    return None


def prices_apart(rules: Rules, market: Market) -> bool:
    """Whether mark and last price differ by more than the symbol's `triggerProtect`."""
    return abs(market.mark - market.last) * SCALE > market.last * rules.trigger_protect


def _activate(state: Trading, triggers: Triggers, symbol: str, at: Millis) -> Iterator[Event]:
    """Trailing orders whose activation price has come follow from here on."""
    market = state.markets[symbol]
    for algo in tuple(triggers.trailing.values()):
        price = followed_price(market, algo.working_type)
        if not algo.activated and (price - algo.activate_price) * algo.side.sign <= 0:
            yield AlgoActivated(
                at=at, uid=algo.uid, algo_id=algo.algo_id, symbol=symbol, extreme=price
            )


def _fire(state: Trading, algo: AlgoOrder, at: Millis) -> Iterator[Event]:
    """Place its order; where that is refused, or there is nothing to close, it is over."""
    command = order_of(state, algo)
    if not command.quantity:
        yield end_algo(algo, AlgoStatus.EXPIRED, NOTHING_TO_CLOSE, at)
        return
    try:
        order = admit(state, command, at, algo=algo)
    except Rejected as refused:
        reason = refused.detail or refused.reason.name.replace("_", " ").lower()
        yield end_algo(algo, AlgoStatus.REJECTED, reason, at)
        return
    yield AlgoTriggered(
        at=at, uid=algo.uid, algo_id=algo.algo_id, symbol=algo.symbol, order_id=order.order_id
    )
    yield from enter(state, order, at)


def order_of(state: Trading, algo: AlgoOrder) -> PlaceOrder:
    """What a conditional order places; a quantity of 0 where it finds nothing to close.

    The order has the client's id of the conditional order, unless an open one has it already.
    """
    market = algo.kind not in LIMITED
    taken = (algo.uid, algo.client_id) in state.orders.names
    return PlaceOrder(
        uid=algo.uid,
        symbol=algo.symbol,
        side=algo.side,
        kind=OrderKind.MARKET if market else OrderKind.LIMIT,
        quantity=_closable(state, algo) if algo.close_position else algo.quantity,
        price=algo.price,
        position_side=algo.position_side,
        time_in_force=TimeInForce.GTC if market else algo.time_in_force,
        reduce_only=algo.reduce_only
        or (algo.close_position and algo.position_side is PositionSide.BOTH),
        client_id="" if taken else algo.client_id,
        self_trade=algo.self_trade,
        price_match=algo.price_match,
        good_till=algo.good_till,
    )


def _closable(state: Trading, algo: AlgoOrder) -> int:
    """What an order of its side can close of the position."""
    exposure = state.futures.of(algo.uid).exposure(algo.symbol)
    return max(0, -exposure.position(algo.position_side).quantity * algo.side.sign)

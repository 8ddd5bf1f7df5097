"""Conditional orders: how they end, and what their events change.

One waits, becomes an order of the book when its price comes (`trading/firing.py`), and is
over with that order. While it waits it holds no margin; it is found by its id and its client's
name until it is over.
"""

from collections.abc import Iterator
from copy import copy

from clearhouse.market.market import Market
from clearhouse.market.rules import Rules
from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import (
    AlgoActivated,
    AlgoEnded,
    AlgoPlaced,
    AlgoTriggered,
)
from clearhouse.model.ids import Millis
from clearhouse.model.orders import AlgoOrder, AlgoStatus, Order, WorkingType
from clearhouse.trading.deadlines import Due
from clearhouse.trading.state import Trading

TIME_IS_UP = "goodTillDate has passed"


def end_algo(algo: AlgoOrder, status: AlgoStatus, reason: str, at: Millis) -> AlgoEnded:
    """A conditional order is over and no order came of it."""
    return AlgoEnded(
        at=at,
        uid=algo.uid,
        algo_id=algo.algo_id,
        symbol=algo.symbol,
        status=status,
        reason=reason,
        executed=0,
        quote=0,
    )


def finish_algo(state: Trading, order: Order, at: Millis) -> Iterator[Event]:
    """An order is over; so is the conditional order that it came from, if it did."""
    algo = state.orders.algos.get(order.algo_id)
    if algo is not None:
        yield AlgoEnded(
            at=at,
            uid=algo.uid,
            algo_id=algo.algo_id,
            symbol=algo.symbol,
            status=AlgoStatus.FINISHED,
            reason="",
            executed=order.executed,
            quote=order.quote,
        )


def expire_algo(state: Trading, algo_id: int, at: Millis) -> Iterator[Event]:
    """The time of a conditional order is up; the order of a triggered one has its own."""
    algo = state.orders.algos.get(algo_id)
    if algo is not None and algo.status is AlgoStatus.NEW:
        yield end_algo(algo, AlgoStatus.EXPIRED, TIME_IS_UP, at)


def watched_price(market: Market, rules: Rules, kind: WorkingType) -> int:
    """The price that triggers are held against: the last one, or the mark cut to the tick."""
    if kind is WorkingType.CONTRACT_PRICE:
        return market.last
    return market.mark - (market.mark - rules.price.low) % (rules.tick or 1)


def followed_price(market: Market, kind: WorkingType) -> int:
    """The price that trailing orders follow."""
    return market.last if kind is WorkingType.CONTRACT_PRICE else market.mark


def follow_price(state: Trading, symbol: str) -> None:
    """Let trailing orders see the prices of a symbol, which have changed; it fires none."""
    triggers = state.triggers[symbol]
    if triggers.trailing:
        market = state.markets[symbol]
        for kind in WorkingType:
            triggers.follow(kind, followed_price(market, kind))


def apply_algo_placed(state: Trading, event: AlgoPlaced) -> None:
    """Let it wait."""
    algo = copy(event.algo)
    state.orders.next_algo_id = algo.algo_id + 1
    add_algo(state, algo)


def add_algo(state: Trading, algo: AlgoOrder) -> None:
    """Put a conditional order where it belongs: also when a snapshot is restored."""
    state.orders.algos[algo.algo_id] = algo
    state.orders.algo_names[algo.uid, algo.client_id] = algo.algo_id
    if algo.status is AlgoStatus.NEW:
        state.triggers[algo.symbol].add(algo)
        state.futures.opened(algo.uid).exposed(algo.symbol).algos[algo.algo_id] = None
        if algo.good_till:
            state.deadlines.add(algo.good_till, Due.ALGO, algo.algo_id)


def apply_algo_activated(state: Trading, event: AlgoActivated) -> None:
    """Follow the price from here on."""
    algo = state.orders.algos[event.algo_id]
    algo.activated, algo.extreme, algo.updated_at = True, event.extreme, event.at


def apply_algo_triggered(state: Trading, event: AlgoTriggered) -> None:
    """It waits no more; it is over when its order is."""
    algo = state.orders.algos[event.algo_id]
    _wait_no_more(state, algo)
    algo.status, algo.order_id = AlgoStatus.TRIGGERED, event.order_id
    algo.triggered_at = algo.updated_at = event.at


def apply_algo_ended(state: Trading, event: AlgoEnded) -> None:
    """Forget it; the journal's tables know it from here on."""
    algo = state.orders.algos.pop(event.algo_id)
    state.orders.algo_names.pop((algo.uid, algo.client_id), None)
    if algo.status is AlgoStatus.NEW:
        _wait_no_more(state, algo)
    algo.status, algo.reason, algo.updated_at = event.status, event.reason, event.at


def _wait_no_more(state: Trading, algo: AlgoOrder) -> None:
    state.triggers[algo.symbol].remove(algo)
    del state.futures.opened(algo.uid).exposed(algo.symbol).algos[algo.algo_id]

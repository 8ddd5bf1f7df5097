"""Queries about open orders."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from clearhouse.engine.state import State
from clearhouse.messages.queries import Query
from clearhouse.messages.trading_queries import CheckOrder, FindOpenOrder, ReadOpenOrders
from clearhouse.model.orders import Order
from clearhouse.trading.placing import admit


def _check(state: State, asked: CheckOrder) -> Order:
    state.register.require(asked.command.uid)
    return admit(state, asked.command, asked.now)


def _find(state: State, asked: FindOpenOrder) -> Order | None:
    order = state.orders.find(asked.uid, asked.symbol, asked.name)
    return replace(order) if order else None


def _open_orders(state: State, asked: ReadOpenOrders) -> tuple[Order, ...]:
    exposures = state.futures.of(asked.uid).exposures
    if asked.symbol is not None:
        exposure = exposures.get(state.catalogue.contract(asked.symbol).symbol)
        return tuple(map(replace, exposure.orders.values())) if exposure else ()
    found = [order for exposure in exposures.values() for order in exposure.orders.values()]
    return tuple(replace(order) for order in sorted(found, key=lambda order: order.order_id))


ORDER_ANSWERS: dict[type[Query[Any]], Callable[..., Any]] = {
    CheckOrder: _check,
    FindOpenOrder: _find,
    ReadOpenOrders: _open_orders,
}
"""Answers to the queries about open orders."""

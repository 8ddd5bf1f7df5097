"""Queries about conditional orders that are not over."""

from collections.abc import Callable
from copy import copy
from typing import Any

from clearhouse.messages.queries import Query
from clearhouse.messages.trading_queries import FindOpenAlgo, ReadOpenAlgos
from clearhouse.model.orders import AlgoOrder
from clearhouse.trading.state import Trading


def _find(state: Trading, asked: FindOpenAlgo) -> AlgoOrder | None:
    algo = state.orders.find_algo(asked.uid, asked.name)
    return copy(algo) if algo else None


def _waiting(state: Trading, asked: ReadOpenAlgos) -> tuple[AlgoOrder, ...]:
    exposures = state.futures.of(asked.uid).exposures.items()
    waiting = sorted(
        algo_id
        for symbol, exposure in exposures
        if asked.symbol in (None, symbol)
        for algo_id in exposure.algos
    )
    return tuple(copy(state.orders.algos[algo_id]) for algo_id in waiting)


ALGO_ANSWERS: dict[type[Query[Any]], Callable[..., Any]] = {
    FindOpenAlgo: _find,
    ReadOpenAlgos: _waiting,
}
"""Answers to the queries about conditional orders."""

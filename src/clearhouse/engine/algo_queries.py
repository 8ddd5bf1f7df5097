"""Queries about conditional orders that are not over."""

from copy import copy

from clearhouse.messages.trading_queries import FindOpenAlgo, ReadOpenAlgos
from clearhouse.model.orders import AlgoOrder
from clearhouse.trading.state import Trading


def find_open_algo(state: Trading, asked: FindOpenAlgo) -> AlgoOrder | None:
    """A copy of the order, or None."""
    algo = state.orders.find_algo(asked.uid, asked.name)
    return copy(algo) if algo else None


def read_open_algos(state: Trading, asked: ReadOpenAlgos) -> tuple[AlgoOrder, ...]:
    """Copies of those that wait, oldest first."""
    exposures = state.futures.of(asked.uid).exposures.items()
    waiting = sorted(
        algo_id
        for symbol, exposure in exposures
        if asked.symbol in (None, symbol)
        for algo_id in exposure.algos
    )
    return tuple(copy(state.orders.algos[algo_id]) for algo_id in waiting)

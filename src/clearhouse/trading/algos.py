"""Conditional orders: what waits, and what it comes to."""

from collections.abc import Iterator

from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import CancelAlgo, CancelAllAlgos, PlaceAlgo
from clearhouse.messages.trading_events import AlgoActivated, AlgoEnded, AlgoPlaced, AlgoTriggered
from clearhouse.model.ids import Millis
from clearhouse.model.orders import AlgoOrder, Order
from clearhouse.trading.state import Trading


def finish_algo(state: Trading, order: Order, at: Millis) -> Iterator[Event]:
    return
    yield


def follow_price(state: Trading, symbol: str) -> None:
    return


def expire_algo(state: Trading, algo_id: int, at: Millis) -> Iterator[Event]:
    return
    yield


def apply_algo_placed(state: Trading, event: AlgoPlaced) -> None: ...
def apply_algo_activated(state: Trading, event: AlgoActivated) -> None: ...
def apply_algo_triggered(state: Trading, event: AlgoTriggered) -> None: ...
def apply_algo_ended(state: Trading, event: AlgoEnded) -> None: ...
def decide_place_algo(state: Trading, command: PlaceAlgo, at: Millis) -> Iterator[Event]:
    return
    yield


def decide_cancel_algo(state: Trading, command: CancelAlgo, at: Millis) -> Iterator[Event]:
    return
    yield


def decide_cancel_all_algos(state: Trading, command: CancelAllAlgos, at: Millis) -> Iterator[Event]:
    return
    yield


def add_algo(state: Trading, algo: AlgoOrder) -> None: ...

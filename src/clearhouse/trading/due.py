"""What is due next, and what then happens to orders: they expire, and countdowns run out."""

from collections.abc import Iterator

from clearhouse.messages.events import Event
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.orders import Expiry, OrderStatus
from clearhouse.trading.algos import expire_algo
from clearhouse.trading.apply import stands
from clearhouse.trading.deadlines import Deadline, Due
from clearhouse.trading.ending import end_order, run_countdown
from clearhouse.trading.state import Trading


def next_due(state: Trading) -> Deadline | None:
    """What falls due next; what no longer stands is dropped on the way."""
    heap = state.deadlines.heap
    while heap and not stands(state, heap[0]):
        state.deadlines.pop()
    return heap[0] if heap else None


def run_deadline(state: Trading, deadline: Deadline, at: Millis) -> Iterator[Event]:
    """Do what has fallen due of orders; funding is settled above (`engine/due.py`)."""
    _, due, number, symbol = deadline
    assert due is not Due.FUNDING
    match due:
        case Due.COUNTDOWN:
            yield from run_countdown(state, Uid(number), symbol, at)
        case Due.ORDER:
            order = state.orders.open[number]
            yield from end_order(state, order, OrderStatus.EXPIRED, Expiry.GOOD_TILL, at)
        case Due.ALGO:
            yield from expire_algo(state, number, at)

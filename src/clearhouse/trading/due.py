"""What happens when its time has come: orders and conditional orders expire, countdowns run out."""

from collections.abc import Iterator

from clearhouse.messages.events import Event
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.orders import Expiry, OrderStatus
from clearhouse.trading.algos import expire_algo
from clearhouse.trading.apply import stands
from clearhouse.trading.deadlines import Deadline, Due
from clearhouse.trading.ending import end_order, run_countdown
from clearhouse.trading.state import Trading


def run_due(state: Trading, at: Millis) -> Iterator[Event]:
    """Everything that has fallen due by now, in order."""
    while (deadline := next_due(state)) and deadline[0] <= at:
        yield from _run(state, deadline, at)
        assert not stands(state, deadline), "what was run must not be due again"


def next_due(state: Trading) -> Deadline | None:
    """What falls due next; what no longer stands is dropped on the way."""
    heap = state.deadlines.heap
    while heap and not stands(state, heap[0]):
        state.deadlines.pop()
    return heap[0] if heap else None


def _run(state: Trading, deadline: Deadline, at: Millis) -> Iterator[Event]:
    _, due, number, symbol = deadline
    match due:
        case Due.COUNTDOWN:
            yield from run_countdown(state, Uid(number), symbol, at)
        case Due.ORDER:
            order = state.orders.open[number]
            yield from end_order(state, order, OrderStatus.EXPIRED, Expiry.GOOD_TILL, at)
        case Due.ALGO:
            yield from expire_algo(state, number, at)

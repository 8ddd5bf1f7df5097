"""What happens when its time has come: orders end, countdowns run out, funding is settled."""

from collections.abc import Iterator

from clearhouse.engine.state import State
from clearhouse.funding.settlement import pay_funding, start_settlement
from clearhouse.messages.events import Event
from clearhouse.model.ids import Millis
from clearhouse.trading.apply import stands
from clearhouse.trading.deadlines import Due
from clearhouse.trading.due import next_due, run_deadline

STEP = 100
"""Payments of funding in one command, while others wait for their turn."""


def run_step(state: State, at: Millis) -> Iterator[Event]:
    """Everything that has fallen due by now, in order, but of funding one step of payments.

    A settlement in which nobody takes part counts for one.
    """
    yield from _run_deadlines(state, at)
    left = STEP
    while state.deadlines.settling and left > 0:
        symbol = next(iter(state.deadlines.settling))
        settlement = state.markets[symbol].settlement
        assert settlement is not None
        step, left = left, left - max(1, len(settlement.unpaid))
        yield from pay_funding(state, symbol, at, step)
        yield from _run_deadlines(state, at)


def run_due(state: State, at: Millis) -> Iterator[Event]:
    """Everything that has fallen due by now, in order, with all payments of funding."""
    yield from _run_deadlines(state, at)
    while state.deadlines.settling:
        yield from pay_funding(state, next(iter(state.deadlines.settling)), at)
        yield from _run_deadlines(state, at)


def _run_deadlines(state: State, at: Millis) -> Iterator[Event]:
    while (deadline := next_due(state)) and deadline[0] <= at:
        if deadline[1] is Due.FUNDING:
            yield start_settlement(state, deadline[3], deadline[0], at)
        else:
            yield from run_deadline(state, deadline, at)
        assert not stands(state, deadline), "what was run must not be due again"

"""Samples of every symbol, taken as the venue's clock passes each moment.

Between facts nothing changes but what a source moves, so no timer is needed: before the first
fact or movement after a moment is applied, the state is what it was at that moment. What was
sampled goes to the journal in the batch of that fact, so after a crash a sample is there, or is
taken again by the same rule.
A sample stands until the next one, so a symbol that does not change is kept once.
"""

from clearhouse.engine.samples import samples
from clearhouse.engine.state import State
from clearhouse.messages.statistics import Sample, moment_after
from clearhouse.model.ids import Millis


class Sampler:
    """What was sampled and is not yet with the journal, and when the next moment comes."""

    def __init__(self, state: State) -> None:
        self._next = moment_after(state.at)
        self._known: dict[str, Sample] = {}
        self._taken: list[tuple[Millis, Sample]] = []

    def passes(self, at: Millis) -> bool:
        """Whether a time comes after the moment."""
        return at >= self._next

    def take(self, state: State, at: Millis) -> None:
        """Sample the state of before what happens at a time after the moment."""
        for one in samples(state):
            if self._known.get(one.symbol) != one:
                self._known[one.symbol] = one
                self._taken.append((self._next, one))
        self._next = moment_after(at)

    def clock_changed(self, state: State) -> None:
        """The clock may be set back; a venue that is reset starts over."""
        self._next = moment_after(min(state.at, state.clock.now))
        if not state.catalogue.contracts:
            self._known.clear()
            self._taken.clear()

    def handed_over(self) -> list[tuple[Millis, Sample]]:
        """What was sampled since the last time."""
        taken, self._taken = self._taken, []
        return taken

"""Lets a recording set the venue's clock, by the same commands as anybody does."""

from clearhouse.engine.state import FROZEN, SCALED
from clearhouse.messages.commands import AdvanceClock, SetClock
from clearhouse.model.ids import Millis
from clearhouse.runtime.sequencer import Sequencer


class Timekeeping:
    """Sets the clock of a venue."""

    def __init__(self, sequencer: Sequencer) -> None:
        self._sequencer = sequencer

    def run_at(self, now: Millis, rate: int) -> None:
        """Let it go on from a time, at a rate in units of 1e-8."""
        self._sequencer.submit(SetClock(mode=SCALED, now=now, rate=rate))

    def stand_at(self, now: Millis) -> None:
        """Let it stand."""
        self._sequencer.submit(SetClock(mode=FROZEN, now=now))

    def go_to(self, now: Millis) -> None:
        """Move it on while it stands; what falls due meanwhile is done.

        A clock that somebody set otherwise meanwhile is set again.
        """
        clock = self._sequencer.state.clock
        if clock.mode != FROZEN or clock.now > now:
            self.stand_at(now)
        elif clock.now < now:
            self._sequencer.submit(AdvanceClock(now - clock.now))

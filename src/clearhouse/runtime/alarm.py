"""The alarm: wakes the venue when something falls due by its clock."""

import asyncio
from collections.abc import Callable

from clearhouse.model.ids import Millis
from clearhouse.runtime.clock import Clock

LONGEST_SLEEP_SECONDS = 3_600.0
"""Looked again at least this often: the wall clock may be set."""


class Alarm:
    """Calls `ring` when the clock reaches the time that was set last.

    A frozen clock reaches nothing; whoever moves it does what falls due (`AdvanceClock`).
    """

    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._at: Millis | None = None
        self._timer: asyncio.TimerHandle | None = None

    def set(self, at: Millis | None) -> None:
        """Ring at a time, or never.

        For a later time than before nothing is set anew, because orders are cancelled all the
        time: the alarm wakes up when it would have, and sleeps on.
        """
        before, self._at = self._at, at
        if self._timer and at is not None and before is not None and at >= before:
            return
        if at != before:
            self._sleep()

    def clock_changed(self) -> None:
        """The clock goes another way; the time that was set stays."""
        self._sleep()

    def stop(self) -> None:
        """Ring no more."""
        self.set(None)

    def _sleep(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        left = None if self._at is None else self._clock.seconds_until(self._at)
        if left is not None:
            delay = min(left, LONGEST_SLEEP_SECONDS)
            self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._timer = None
        if self._at is not None and self._clock.now() >= self._at:
            self._at = None
            self._ring()
        else:
            self._sleep()

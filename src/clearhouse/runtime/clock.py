"""The clock. Nothing else in Clearhouse knows what time it is.

The venue's time is real, frozen, or scaled; which one is a fact in the journal, so that a
restart does not change it. Time for people (logs, latencies) is always real.
"""

import time

from clearhouse.engine.state import FROZEN, REAL, ClockSetting
from clearhouse.model.ids import Millis
from clearhouse.model.money import SCALE

monotonic = time.perf_counter
"""Seconds for measuring how long something took."""


class Clock:
    """The venue's time in UTC milliseconds."""

    def __init__(self) -> None:
        self._setting = ClockSetting()
        self._set_at_ms = 0

    def set(self, setting: ClockSetting) -> None:
        """Follow a setting from this moment on."""
        self._setting = setting
        self._set_at_ms = time.monotonic_ns() // 1_000_000

    def now(self) -> Millis:
        """The time that requests are judged by and events are stamped with."""
        setting = self._setting
        if setting.mode == REAL:
            return wall_clock_ms()
        if setting.mode == FROZEN:
            return setting.now
        elapsed = time.monotonic_ns() // 1_000_000 - self._set_at_ms
        return Millis(setting.now + elapsed * setting.rate // SCALE)

    def seconds_until(self, at: Millis) -> float | None:
        """Real seconds until a time of the venue, 0 where it is past; None on a frozen clock."""
        left = max(0, at - self.now())
        if self._setting.mode == REAL:
            return left / 1000
        if self._setting.mode == FROZEN:
            return None
        return left * SCALE / self._setting.rate / 1000


def wall_clock_ms() -> Millis:
    """Real UTC milliseconds."""
    return Millis(time.time_ns() // 1_000_000)

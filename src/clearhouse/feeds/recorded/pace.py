"""How recorded time goes by while the venue's does.

A place in the recording belongs to a time of the venue; from there on both go their way, the
recording so many times as fast. A speed is a fraction, so that neither ever drifts.
"""

from math import gcd
from typing import NamedTuple

from typing_extensions import override

from clearhouse.feeds.archive.numerals import Ints
from clearhouse.model.ids import Millis
from clearhouse.model.money import AmountError, parse_units, trimmed

_HUNDREDTHS = 1_000_000
"""Units of 1e-8 in a hundredth."""
_SLOWEST, _FASTEST = 1, 1_000_000
"""In hundredths: from 0.01 to 10,000 times."""

UNLIMITED = "max"


class SpeedError(ValueError):
    """A text that is no speed."""


class Speed(NamedTuple):
    """Recorded time per time of the venue, as a fraction; 0 is as fast as it goes."""

    times: int
    of: int = 1

    @override
    def __str__(self) -> str:
        if not self.times:
            return UNLIMITED
        return trimmed(self.times * 100 * _HUNDREDTHS // self.of)

    @property
    def units(self) -> int:
        """In units of 1e-8, as the clock takes a rate."""
        return self.times * 100 * _HUNDREDTHS // self.of


ORIGINAL_SPEED = Speed(1)


def parse_speed(text: str) -> Speed:
    """A speed from 0.01 to 10000 in hundredths, with an x or without, or `max`."""
    if text == UNLIMITED:
        return Speed(0)
    try:
        hundredths, rest = divmod(parse_units(text.removesuffix("x")), _HUNDREDTHS)
    except AmountError:
        hundredths, rest = 0, 1
    if rest or not _SLOWEST <= hundredths <= _FASTEST:
        raise SpeedError(f"'{text}' is no speed: take one from 0.01 to 10000 in hundredths, or max")
    common = gcd(hundredths, 100)
    return Speed(hundredths // common, 100 // common)


class Pace(NamedTuple):
    """At `since` of the venue's time the recording was at `place`; from there it goes on."""

    place: int
    since: Millis
    speed: Speed

    def place_at(self, now: int) -> int:
        """How far the recording is."""
        assert self.speed.times
        return self.place + (now - self.since) * self.speed.times // self.speed.of

    def time_of(self, place: int) -> Millis:
        """The venue's time at which the recording comes to a place."""
        assert self.speed.times
        return Millis(self.since - (self.place - place) * self.speed.of // self.speed.times)

    def times_of(self, places: Ints) -> Ints:
        """The same of a column, and no later."""
        assert self.speed.times
        return self.since + (places - self.place) * self.speed.of // self.speed.times

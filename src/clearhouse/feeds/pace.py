"""How a synthetic market gets from one moment to another in bounded work.

A market that is asked every fifth of a second moves second by second. One whose clock was
advanced by a month cannot: it goes by days at first, then by hours, minutes and seconds, the
finer the nearer it comes, and arrives after a few hundred strides however far it was.
"""

from collections.abc import Iterator
from typing import NamedTuple

from clearhouse.model.ids import DAY_MS, HOUR_MS, MINUTE_MS

SECOND_MS = 1_000
SLOT_MS = 200
"""Trades are made and quotes moved so often."""

LENGTHS = (SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS)
MOST_STRIDES = 60
"""Of one length, before a longer one is taken."""


class Stride(NamedTuple):
    """Up to a moment, from the moment that much earlier."""

    until: int
    length: int


def strides(done: int, now: int) -> Iterator[Stride]:
    """Strides that end at multiples of their length, up to the last full second.

    From one moment to another they are always the same ones.
    """
    while True:
        behind = now - done
        length = next((one for one in LENGTHS if behind <= MOST_STRIDES * one), None)
        if length is None:
            length = behind // MOST_STRIDES // DAY_MS * DAY_MS
        until = (done // length + 1) * length
        if until > now:
            return
        yield Stride(until, length)
        done = until

"""What a market keeps for funding: its premium so far, and a settlement that is under way.

The premium index is how far the mark stands from the index. It is sampled every five seconds
of the venue's clock, and a sample weighs as much as its number: the newest most
(docs/internals/numbers.md, "Funding"). No sample is stored. Between two facts the premium stands
still, so all samples of a stretch are taken in one step when a fact ends it.
"""

from dataclasses import dataclass, field

from clearhouse.model.ids import HOUR_MS, Millis, Uid
from clearhouse.model.money import SCALE, clamp, divide_toward_zero, mean_toward_zero
from clearhouse.model.orders import PositionSide

SAMPLE_MS = 5_000
LARGEST_PREMIUM = SCALE
"""A premium counts for no more than the index itself, so that sums of samples stay numbers."""


@dataclass(slots=True)
class Premium:
    """The samples since the last settlement: how many, and the sum of each times its number."""

    since: Millis = Millis(0)
    samples: int = 0
    weighted: int = 0

    def take(self, premium: int, now: Millis) -> None:
        """Take the samples up to now, all at the premium that was in force."""
        self.samples, self.weighted = self.until(premium, now)

    def average(self, premium: int, now: Millis) -> int:
        """The average as of now; before the first sample, what is in force."""
        samples, weighted = self.until(premium, now)
        return mean_toward_zero(weighted, _weight(samples)) if samples else premium

    def until(self, premium: int, now: Millis) -> tuple[int, int]:
        """The samples and their weighted sum as of now, all since the last ones at one premium."""
        samples = max(self.samples, (now - self.since) // SAMPLE_MS)
        return samples, self.weighted + (_weight(samples) - _weight(self.samples)) * premium


@dataclass(slots=True)
class Settlement:
    """A settlement from its start to its end; `time` is when it was due.

    `unpaid`: accounts that had a position when it started and have neither paid nor received.
    `held`: what those of them had then whose positions changed since. `left`: what was received
    less what was paid, which is the other side's: the house's.
    """

    time: Millis
    rate: int
    mark: int
    scheduled: bool
    unpaid: dict[Uid, None]
    held: dict[Uid, dict[PositionSide, int]] = field(default_factory=dict)
    left: int = 0


def premium_index(mark: int, index: int) -> int:
    """How far the mark stands from the index, as a part of the index; cut at 8 decimals."""
    premium = divide_toward_zero(mark - index, index)
    return clamp(premium, -LARGEST_PREMIUM, LARGEST_PREMIUM)


def due_after(at: Millis, hours: int) -> Millis:
    """The next multiple of an interval in UTC."""
    every = hours * HOUR_MS
    return Millis((at // every + 1) * every)


def _weight(samples: int) -> int:
    """1 + 2 + … + samples."""
    return samples * (samples + 1) // 2

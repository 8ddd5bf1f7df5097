"""What falls due: orders with an end, countdowns, and funding.

A heap that is never searched: what was cancelled stays in it until its time, unless most of it
is that, and then the heap is made anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heapify, heappop, heappush

from clearhouse.model.ids import Millis, Uid


class Due(IntEnum):
    """What happens; at one moment in this order."""

    COUNTDOWN = 0
    ORDER = 1
    ALGO = 2
    FUNDING = 3


Deadline = tuple[Millis, Due, int, str]
"""When, what, and which: an order's id, a countdown's uid and symbol, a symbol."""

COMPACT_ABOVE = 10_000


@dataclass(slots=True)
class Deadlines:
    """Countdowns by account and symbol, and the heap, which the rest of the state gives.

    `settling`: symbols whose funding is being settled, in the order in which that began.
    """

    countdowns: dict[tuple[Uid, str], Millis] = field(default_factory=dict)
    settling: dict[str, None] = field(default_factory=dict)
    heap: list[Deadline] = field(default_factory=list, compare=False)
    compact_at: int = field(default=COMPACT_ABOVE, compare=False)

    def add(self, at: Millis, due: Due, number: int, symbol: str = "") -> None:
        """Let something fall due."""
        heappush(self.heap, (at, due, number, symbol))

    def next_at(self) -> Millis | None:
        """When something falls due next; it may have been cancelled meanwhile."""
        return self.heap[0][0] if self.heap else None

    def pop(self) -> Deadline:
        """What falls due next, taken out."""
        return heappop(self.heap)

    def compact(self, stands: Callable[[Deadline], bool]) -> None:
        """Drop what no longer stands, once there is much of it."""
        if len(self.heap) > self.compact_at:
            self.heap = [deadline for deadline in self.heap if stands(deadline)]
            heapify(self.heap)
            self.compact_at = max(COMPACT_ABOVE, 2 * len(self.heap))

"""Who is to be looked at: accounts that something happened to, and those whose prices went far.

Looking at an account exactly takes microseconds, and a mark may move a million of them. So a look
leaves bounds behind: while each mark stays within its own, and each index price that shared
collateral depends on, looking again would do nothing. A mark that moves is compared with two
arrays of integers, and only those whose bounds it left are looked at.

All of it is a cache: worked out from the rest of the state (`liquidation/bounds.py`), in no
snapshot and in no digest. `apply` notes what happened, a look takes the note away.
"""

from array import array
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clearhouse.model.ids import Uid
from clearhouse.model.orders import PositionSide

HIGHEST = 2**63 - 1
"""No price is above: it says that a bound is none."""

FEW = 16
"""Up to so many are pushed onto a heap one by one."""

Place = tuple[int, Uid, PositionSide]
"""Where a position stands in a queue of deleveraging: minus its score, whose, and which."""


class Bounds(NamedTuple):
    """Prices that change nothing: from the low one to the high one, both included."""

    low: int
    high: int

    def within(self, other: "Bounds") -> "Bounds":
        """The prices that are in both."""
        return Bounds(max(self.low, other.low), min(self.high, other.high))


ANY = Bounds(0, HIGHEST)
NEVER = Bounds(HIGHEST, 0)
"""No price is within: the account is looked at whatever its prices are."""


class Rows:
    """The bounds of every account that depends on one price; a row each, in no order."""

    __slots__ = ("_at", "_highs", "_lows", "_uids")

    def __init__(self) -> None:
        self._at: dict[Uid, int] = {}
        self._uids, self._lows, self._highs = array("q"), array("q"), array("q")

    def put(self, uid: Uid, bounds: Bounds) -> None:
        """The bounds of an account."""
        row = self._at.get(uid)
        if row is None:
            self._at[uid] = len(self._uids)
            self._uids.append(uid)
            self._lows.append(bounds.low)
            self._highs.append(bounds.high)
        else:
            self._lows[row], self._highs[row] = bounds

    def drop(self, uid: Uid) -> None:
        """The account depends on the price no more; the last row takes its place."""
        row = self._at.pop(uid, None)
        if row is None:
            return
        last = Uid(self._uids.pop())
        low, high = self._lows.pop(), self._highs.pop()
        if last != uid:
            self._uids[row], self._lows[row], self._highs[row] = last, low, high
            self._at[last] = row

    def left_by(self, price: int) -> list[Uid]:
        """Accounts whose bounds a price is not within."""
        if not self._at:
            return []
        lows, highs = self.arrays()
        rows = np.flatnonzero((lows > price) | (highs < price))
        uids: list[Uid] = np.frombuffer(self._uids, dtype=np.int64)[rows].tolist()
        return uids

    def arrays(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The low and the high bounds, not copied: to be let go before a row is put."""
        lows, highs = self._lows, self._highs
        return np.frombuffer(lows, dtype=np.int64), np.frombuffer(highs, dtype=np.int64)


@dataclass(slots=True)
class Watch:
    """Bounds of marks by symbol and of index prices by asset, and who is still to be looked at.

    `marks` has the holders of a symbol; `indices` and `sharing` accounts that share collateral.
    `changed`: accounts that something happened to; `moved`: symbols whose mark did; `revalued`:
    assets with another index price. `waiting` is the heap of those who follow from these.

    `queues`: of deleveraging, by symbol and sign, as far as somebody asked since a mark moved;
    `ranked_anew`: accounts whose places in them hold no longer.
    """

    marks: dict[str, Rows] = field(default_factory=dict)
    indices: dict[str, Rows] = field(default_factory=dict)
    sharing: dict[Uid, None] = field(default_factory=dict)
    changed: dict[Uid, None] = field(default_factory=dict)
    moved: dict[str, None] = field(default_factory=dict)
    revalued: dict[str, None] = field(default_factory=dict)
    waiting: list[Uid] = field(default_factory=list)
    queues: dict[tuple[str, int], list[Place]] = field(default_factory=dict)
    ranked_anew: dict[Uid, None] = field(default_factory=dict)

    def note(self, uid: Uid) -> None:
        """Something happened to an account."""
        self.changed[uid] = None
        if self.queues:
            self.ranked_anew[uid] = None

    @property
    def settled(self) -> bool:
        """Whether nobody is to be looked at."""
        return not (self.waiting or self.changed or self.moved or self.revalued)

    def next_uid(self, mark: Callable[[str], int], index: Callable[[str], int]) -> Uid | None:
        """Who is to be looked at next, taken out: of all who wait, the one of the lowest uid."""
        if self.moved:
            self.queues = {}
        for symbol in self.moved:
            self._add(left_by(self.marks, symbol, mark(symbol)))
        for asset in self.revalued:
            self._add(left_by(self.indices, asset, index(asset)))
        self.moved, self.revalued = {}, {}
        if self.changed:
            self._add(self.changed)
            self.changed = {}
        if not self.waiting:
            self.queues, self.ranked_anew = {}, {}
            return None
        uid = heappop(self.waiting)
        while self.waiting and self.waiting[0] == uid:
            heappop(self.waiting)
        return uid

    def _add(self, uids: Collection[Uid]) -> None:
        if len(uids) > FEW:
            self.waiting.extend(uids)
            heapify(self.waiting)
        else:
            for uid in uids:
                heappush(self.waiting, uid)

    def put(self, rows: dict[str, Rows], name: str, uid: Uid, bounds: Bounds | None) -> None:
        """The bounds of an account for one price; None where it does not depend on it."""
        found = rows.get(name)
        if bounds is not None:
            if found is None:
                found = rows[name] = Rows()
            found.put(uid, bounds)
        elif found is not None:
            found.drop(uid)


def left_by(rows: dict[str, Rows], name: str, price: int) -> list[Uid]:
    """Accounts whose bounds the price of that name left."""
    found = rows.get(name)
    return found.left_by(price) if found else []

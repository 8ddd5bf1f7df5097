"""Conditional orders by the price that they wait for.

An order waits for its price to rise to a point or to fall to one. Both kinds are sorted, so a
price that moves looks only at those it reaches. Trailing orders follow the price and are looked
at whenever it moves.
"""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field

from clearhouse.model.orders import AlgoKind, AlgoOrder, Side, WorkingType

_STOPS = (AlgoKind.STOP, AlgoKind.STOP_MARKET)


def fires_rising(algo: AlgoOrder) -> bool:
    """Whether an order fires when the price is at its trigger or above, and not at or below.

    A stop goes with the price that moves against it, a take-profit with the other.
    """
    return (algo.kind in _STOPS) == (algo.side is Side.BUY)


@dataclass(slots=True)
class Waiting:
    """Orders that wait for one of the two prices: (trigger price, id), sorted."""

    rising: list[tuple[int, int]] = field(default_factory=list)
    falling: list[tuple[int, int]] = field(default_factory=list)

    def reached(self, price: int) -> int | None:
        """The order that a price fires next: the nearest trigger first, then the oldest."""
        if self.rising and self.rising[0][0] <= price:
            return self.rising[0][1]
        if self.falling and self.falling[-1][0] >= price:
            trigger = self.falling[-1][0]
            return self.falling[bisect_left(self.falling, (trigger, 0))][1]
        return None


@dataclass(slots=True)
class Triggers:
    """The conditional orders of a symbol."""

    waiting: dict[WorkingType, Waiting] = field(
        default_factory=lambda: {kind: Waiting() for kind in WorkingType}
    )
    trailing: dict[int, AlgoOrder] = field(default_factory=dict)

    def add(self, algo: AlgoOrder) -> None:
        """Let an order wait."""
        if algo.kind is AlgoKind.TRAILING_STOP_MARKET:
            self.trailing[algo.algo_id] = algo
        else:
            insort(self._row(algo), (algo.trigger_price, algo.algo_id))

    def remove(self, algo: AlgoOrder) -> None:
        """Let an order wait no more; it must be there."""
        if algo.kind is AlgoKind.TRAILING_STOP_MARKET:
            del self.trailing[algo.algo_id]
            return
        row, entry = self._row(algo), (algo.trigger_price, algo.algo_id)
        at = bisect_right(row, entry) - 1
        assert row[at] == entry
        del row[at]

    def _row(self, algo: AlgoOrder) -> list[tuple[int, int]]:
        waiting = self.waiting[algo.working_type]
        return waiting.rising if fires_rising(algo) else waiting.falling


TriggersBySymbol = dict[str, Triggers]

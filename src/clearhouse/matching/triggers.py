"""Conditional orders by the price that they wait for.

An order waits for its price to rise to a point or to fall to one. Both kinds are sorted, so a
price that moves looks only at those it reaches. Trailing orders follow the price and are looked
at whenever it moves.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from clearhouse.model.money import SCALE, multiply_toward_zero
from clearhouse.model.orders import AlgoKind, AlgoOrder, Side, WorkingType

_STOPS = (AlgoKind.STOP, AlgoKind.STOP_MARKET)


def fires_rising(kind: AlgoKind, side: Side) -> bool:
    """Whether an order fires when the price is at its trigger or above, and not at or below.

    A stop goes with the price that moves against it, a take-profit with the other.
    """
    return (kind in _STOPS) == (side is Side.BUY)


@dataclass(slots=True)
class Waiting:
    """Orders that wait for one of the two prices: (trigger price, id), sorted."""

    rising: list[tuple[int, int]] = field(default_factory=list)
    falling: list[tuple[int, int]] = field(default_factory=list)

    def reached(self, price: int) -> Iterator[int]:
        """The orders that a price fires: the nearest trigger first, and of one the oldest.

        Those that wait for a rise come before those that wait for a fall.
        """
        for trigger, algo_id in self.rising:
            if trigger > price:
                break
            yield algo_id
        end = len(self.falling)
        while end and self.falling[end - 1][0] >= price:
            start = bisect_left(self.falling, (self.falling[end - 1][0], 0))
            yield from (algo_id for _, algo_id in self.falling[start:end])
            end = start


@dataclass(slots=True)
class Triggers:
    """The conditional orders of a symbol, and how many: mostly there is none."""

    waiting: dict[WorkingType, Waiting] = field(
        default_factory=lambda: {kind: Waiting() for kind in WorkingType}
    )
    trailing: dict[int, AlgoOrder] = field(default_factory=dict)
    count: int = 0

    def add(self, algo: AlgoOrder) -> None:
        """Let an order wait."""
        self.count += 1
        if algo.kind is AlgoKind.TRAILING_STOP_MARKET:
            self.trailing[algo.algo_id] = algo
        else:
            insort(self._row(algo), (algo.trigger_price, algo.algo_id))

    def remove(self, algo: AlgoOrder) -> None:
        """Let an order wait no more; it must be there."""
        self.count -= 1
        if algo.kind is AlgoKind.TRAILING_STOP_MARKET:
            del self.trailing[algo.algo_id]
            return
        row, entry = self._row(algo), (algo.trigger_price, algo.algo_id)
        at = bisect_right(row, entry) - 1
        assert row[at] == entry
        del row[at]

    def follow(self, working_type: WorkingType, price: int) -> None:
        """Let the trailing orders that watch a price see it; it fires none."""
        for algo in self.trailing.values():
            if algo.activated and algo.working_type is working_type:
                better = min if algo.side is Side.BUY else max
                algo.extreme = better(algo.extreme, price)

    def _row(self, algo: AlgoOrder) -> list[tuple[int, int]]:
        waiting = self.waiting[algo.working_type]
        return waiting.rising if fires_rising(algo.kind, algo.side) else waiting.falling


def trigger_of(algo: AlgoOrder) -> int:
    """What the price must reach: of a trailing order as things stand, by the best it has seen."""
    if algo.kind is not AlgoKind.TRAILING_STOP_MARKET:
        return algo.trigger_price
    rate = algo.callback_rate if algo.side is Side.BUY else -algo.callback_rate
    return multiply_toward_zero(algo.extreme or algo.activate_price, SCALE + rate)


def turned(algo: AlgoOrder, price: int) -> bool:
    """Whether a price has come back by the callback rate from the best that an order has seen."""
    if algo.side is Side.BUY:
        return price * SCALE >= algo.extreme * (SCALE + algo.callback_rate)
    return price * SCALE <= algo.extreme * (SCALE - algo.callback_rate)


TriggersBySymbol = dict[str, Triggers]

"""A local order book as clients keep it: a snapshot, the differences after it, and no gap."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Side = dict[str, str]
"""Quantities by price, as they were printed."""


@dataclass
class LocalBook:
    """Events wait until there is a snapshot; after it each must join the one before."""

    waiting: list[dict[str, Any]] = field(default_factory=list)
    update_id: int = 0
    joined: bool = False
    bids: Side = field(default_factory=dict)
    asks: Side = field(default_factory=dict)

    def snapshot(self, depth: dict[str, Any]) -> None:
        """Begin with what `depth` answered; what came before it is forgotten."""
        self.update_id = depth["lastUpdateId"]
        self.bids, self.asks = dict(depth["bids"]), dict(depth["asks"])
        waiting, self.waiting = self.waiting, []
        for event in waiting:
            self.take(event)

    def take(self, event: dict[str, Any]) -> None:
        """One event."""
        if not self.update_id:
            self.waiting.append(event)
        elif self.joined or event["u"] >= self.update_id:
            self._join(event)
            _apply(self.bids, event["b"])
            _apply(self.asks, event["a"])
            self.update_id = event["u"]

    def _join(self, event: dict[str, Any]) -> None:
        if self.joined:
            assert event["pu"] == self.update_id, (event, self.update_id)
        else:
            within = event["U"] <= self.update_id <= event["u"]
            assert within or event["pu"] == self.update_id, (event, self.update_id)
            self.joined = True

    def shown(self, limit: int = 1_000) -> tuple[list[list[str]], list[list[str]]]:
        """The best levels of both sides, best first."""
        return (
            _sorted(self.bids, reverse=True)[:limit],
            _sorted(self.asks, reverse=False)[:limit],
        )


def _apply(side: Side, levels: Iterable[list[str]]) -> None:
    for price, quantity in levels:
        if float(quantity):
            side[price] = quantity
        else:
            side.pop(price, None)


def _sorted(side: Side, *, reverse: bool) -> list[list[str]]:
    found = sorted(side.items(), key=lambda level: float(level[0]), reverse=reverse)
    return [list(level) for level in found]

"""A venue's side of a source: a clock that a test moves, and what the source did."""

import asyncio
from collections.abc import Mapping
from typing import Any

from clearhouse.feeds.port import Prices, Source
from clearhouse.market.rules import Rules
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.trades import Trades

UNIT = 10**8


class Stage:
    """Movements and outlook in one, and a timekeeper; what was moved stands in `moves`.

    A move is its time, symbol, what it was, and its numbers in whole units of the price.
    """

    def __init__(self, now: int) -> None:
        self.time = now
        self.moves: list[tuple[Any, ...]] = []
        self.clock: list[tuple[Any, ...]] = []
        self.settings = 0
        self._moved = asyncio.Event()

    def trades(self, symbol: str, trades: Trades) -> None:
        for at, price, quantity, maker in zip(*trades, strict=True):
            side = "sell" if maker else "buy"
            row = (int(at), symbol, side, int(price) / UNIT, int(quantity) / UNIT)
            self.moves.append(row)

    def prices(self, symbol: str, **prices: int | None) -> None:
        for name, price in prices.items():
            if price is not None:
                self.moves.append((self.time, symbol, name, price / UNIT))

    def quotes(self, symbol: str, bid: int, ask: int) -> None:
        self.moves.append((self.time, symbol, "quotes", bid / UNIT, ask / UNIT))

    def now(self) -> Millis:
        return Millis(self.time)

    async def until(self, at: Millis) -> Millis:
        settings = self.settings
        while self.time < at and self.settings == settings:
            await self._moved.wait()
        return self.now()

    def contracts(self) -> Mapping[str, Contract]:
        return {}

    def rules(self, symbol: str) -> Rules:
        raise NotImplementedError

    def prices_of(self, symbol: str) -> Prices:
        raise NotImplementedError

    def run_at(self, now: Millis, rate: int) -> None:
        self.clock.append(("run", now, rate / UNIT))
        self.time = now

    def stand_at(self, now: Millis) -> None:
        self.clock.append(("stand", now))
        self.time = now

    def go_to(self, now: Millis) -> None:
        assert now >= self.time
        self.clock.append(("go", now))
        self.time = now

    async def advance(self, ms: int) -> list[tuple[Any, ...]]:
        """Let time pass; what was moved meanwhile."""
        self.time += ms
        self._moved.set()
        self._moved = asyncio.Event()
        return await self.settled()

    async def set_clock(self, now: int) -> list[tuple[Any, ...]]:
        """Somebody sets the clock to another time."""
        self.settings += 1
        return await self.advance(now - self.time)

    async def settled(self) -> list[tuple[Any, ...]]:
        """What was moved since this was asked last, when nothing more comes."""
        for _ in range(50):
            await asyncio.sleep(0)
        moves, self.moves = self.moves, []
        return moves


async def playing(source: Source, stage: Any, through: Any = None) -> asyncio.Task[None]:
    """The source, under way, through something else or not."""
    task = asyncio.create_task(source.run(through or stage, stage))
    await asyncio.sleep(0)
    return task

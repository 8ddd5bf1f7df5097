"""Local books that follow the streams through seeded hours: no gap, and the book in the end."""

import asyncio
import json
from contextlib import AsyncExitStack
from random import Random  # noqa: TID251  the seed is part of the test
from typing import Any

import pytest

from clearhouse.messages.commands import Command
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import (
    CancelOrder,
    OrderName,
    PlaceOrder,
    SetLiquidity,
    SetPrice,
)
from clearhouse.model.ids import Uid
from clearhouse.model.orders import OrderKind, Side, TimeInForce
from clearhouse.model.trades import Trades
from clearhouse.runtime.mover import Mover
from unit.api.harness import NOW, House, Socket, in_house

from .local_book import LocalBook

BTC, UNIT = "BTCUSDT", 10**8
NAMES = ("@depth@0ms", "@depth@100ms", "@depth", "@depth@500ms")
STEPS = 240


class Follower:
    """A client that keeps a book by one stream, and begins anew now and then."""

    def __init__(self, house: House, name: str) -> None:
        self.house = house
        self.name = f"btcusdt{name}"
        self.book = LocalBook()
        self.rounds = 0

    async def follow(self, stop: asyncio.Event) -> None:
        """Until it is told to stop, on one connection after the other."""
        while not stop.is_set():
            self.book = LocalBook()
            self.rounds += 1
            async with self.house.socket(path=f"/public/ws/{self.name}") as socket:
                self.book.snapshot(await depth(self.house))
                await self._read(socket, stop, events=15)

    async def _read(self, socket: Socket, stop: asyncio.Event, events: int) -> None:
        while events and not stop.is_set():
            try:
                text = (await asyncio.wait_for(socket.next(), 0.2))["text"]
            except TimeoutError:
                continue
            self.book.take(json.loads(text))
            events -= 1
        while stop.is_set() and self.book.update_id < (await depth(self.house))["lastUpdateId"]:
            self.book.take(json.loads((await socket.next())["text"]))


async def depth(house: House) -> Any:
    return (await house.send("GET", "/fapi/v1/depth", f"symbol={BTC}&limit=1000")).json


class Stirrer:
    """Random movements of a market by a seed."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.random = Random(seed)
        self.mover = Mover(house.opened.sequencer)
        self.price = 65_000

    async def step(self) -> None:
        """One movement; a refusal moves nothing and is no matter here."""
        self.price += self.random.randint(-20, 20)
        kind = self.random.choice(("set", "source", "trades", "order", "order", "cancel", "levels"))
        try:
            match kind:
                case "source":
                    self.mover.quotes(BTC, self.price * UNIT, (self.price + 1) * UNIT)
                case "trades":
                    row = (NOW, self.price * UNIT, UNIT // 100, True)
                    self.mover.trades(BTC, Trades.of([row]))
                case _:
                    await self.house.opened.venue.submit(self._command(kind))
        except Rejected:
            pass

    def _command(self, kind: str) -> Command:
        match kind:
            case "set":
                return SetPrice(symbol=BTC, last=self.price * UNIT)
            case "levels":
                quantity = self.random.randint(1, 9) * UNIT
                bids = tuple(((self.price - n) * UNIT, quantity) for n in range(1, 6))
                asks = tuple(((self.price + n) * UNIT, quantity) for n in range(1, 6))
                house = SetLiquidity(symbol=BTC, mode="house", depth=20, quantity=quantity)
                levels = SetLiquidity(symbol=BTC, mode="levels", bids=bids, asks=asks)
                return self.random.choice((house, levels))
            case "cancel":
                orders = list(self.house.state.orders.open.values())
                order = self.random.choice(orders) if orders else None
                name = OrderName(order.order_id if order else 1)
                return CancelOrder(uid=Uid(self.house.uid), symbol=BTC, name=name)
            case _:
                side = self.random.choice(list(Side))
                return PlaceOrder(
                    uid=Uid(self.house.uid),
                    symbol=BTC,
                    side=side,
                    kind=OrderKind.LIMIT,
                    quantity=self.random.randint(1, 5) * UNIT // 1000,
                    price=(self.price + self.random.randint(-30, 30)) * UNIT,
                    time_in_force=self.random.choice((TimeInForce.GTC, TimeInForce.IOC)),
                )


@pytest.mark.parametrize("seed", [1, 2])
def test_books_that_follow_are_the_book(seed: int) -> None:
    async def scene(house: House) -> None:
        await house.transfer("MAIN_UMFUTURE", "USDT", "90000")
        stop, stirrer = asyncio.Event(), Stirrer(house, seed)
        followers = [Follower(house, name) for name in NAMES]
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(asyncio.timeout(30))
            top = await stack.enter_async_context(house.socket(path="/ws/btcusdt@depth20@0ms"))
            following = asyncio.gather(*(one.follow(stop) for one in followers))
            for _ in range(STEPS):
                await stirrer.step()
                await asyncio.sleep(0.01)
            stop.set()
            await following
            last = await depth(house)
            best: dict[str, Any] = {}
            while best.get("u") != last["lastUpdateId"]:
                best = await top.reply()
        for one in followers:
            assert one.book.update_id == last["lastUpdateId"], one.name
            assert one.book.shown() == (last["bids"], last["asks"]), one.name
            assert (best["b"], best["a"]) == one.book.shown(20)
        assert followers[0].rounds > 3, "it began anew while the market moved"

    in_house(scene)

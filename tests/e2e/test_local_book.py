"""A book kept from a real server's streams, through reconnects; and a reader that does not read."""

import asyncio
import json
from contextlib import suppress
from random import Random  # noqa: TID251  `Target` has a place for one
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from clearhouse.testing import Client, ServerProcess
from simulation.listening import connections
from simulation.local_book import LocalBook
from simulation.rude import Target, stream

from .accounts import Account, open_account
from .market import fresh, quote, set_price

PATIENCE_S = 60
DEPTH = "/fapi/v1/depth?symbol=BTCUSDT&limit=1000"


@pytest.fixture
def trader(control: Client) -> Account:
    fresh(control)
    return open_account(control, {"UMFUTURE": {"USDT": "50000"}})


def stir(speaker: Client, control: Client, number: int) -> None:
    """Prices, orders that rest, orders that take, cancels, and quotes of the house."""
    price = 65_000 + 7 * (number % 40)
    if number % 10 == 5:
        levels = [[str(price - n), f"{n}.5"] for n in range(1, 9)]
        quote(control, bids=levels, asks=[[str(price + n), f"{n}.25"] for n in range(1, 9)])
    elif number % 10 == 9:
        control.control("PUT", "/symbols/BTCUSDT/liquidity", {"mode": "house"})
    elif number % 3 == 0:
        set_price(control, str(price))
    elif number % 7 == 1:
        speaker.signed("DELETE", "/fapi/v1/allOpenOrders", symbol="BTCUSDT")
    else:
        side, aside = ("BUY", -50) if number % 2 else ("SELL", 50)
        speaker.signed(
            "POST",
            "/fapi/v1/order",
            symbol="BTCUSDT",
            type="LIMIT",
            timeInForce="GTC",
            side=side,
            quantity=f"0.{number % 9 + 1:03}",
            price=str(price + aside * (number % 3 - 1)),
        )


async def stirring(server: ServerProcess, control: Client, trader: Account) -> None:
    """Until it is cancelled, which waits for the movement that is under way."""
    speaker = Client(server.url, trader.api_key, trader.secret)
    number = 0
    with suppress(asyncio.CancelledError):
        while True:
            number += 1
            moving = asyncio.ensure_future(asyncio.to_thread(stir, speaker, control, number))
            try:
                await asyncio.shield(moving)
            except asyncio.CancelledError:
                await moving
                raise
            await asyncio.sleep(0.01)
    speaker.close()


async def depth(reader: Client) -> Any:
    return (await asyncio.to_thread(reader.send, "GET", DEPTH)).json


async def follow(socket: ClientConnection, reader: Client, events: int) -> LocalBook:
    """Join a book to the stream, and keep it for some events."""
    book = LocalBook()
    book.snapshot(await depth(reader))
    for _ in range(events):
        book.take(json.loads(await socket.recv()))
    return book


@pytest.mark.parametrize("speed", ["", "@100ms", "@500ms", "@0ms"])
def test_a_book_is_kept_through_reconnects(
    server: ServerProcess, control: Client, trader: Account, speed: str
) -> None:
    url = f"{server.url.replace('http', 'ws')}/public/ws/btcusdt@depth{speed}"
    reader = Client(server.url)

    async def talk() -> None:
        stirred = asyncio.ensure_future(stirring(server, control, trader))
        for _ in range(3):
            async with connect(url, proxy=None) as socket:
                await follow(socket, reader, 5)
        async with connect(url, proxy=None) as socket:
            book = await follow(socket, reader, 5)
            stirred.cancel()
            await stirred
            last = await depth(reader)
            while book.update_id < last["lastUpdateId"]:
                book.take(json.loads(await socket.recv()))
        assert book.update_id == last["lastUpdateId"]
        assert book.shown() == (last["bids"], last["asks"])

    asyncio.run(asyncio.wait_for(talk(), PATIENCE_S))
    reader.close()


def test_a_reader_that_does_not_read_is_cut_and_nobody_waits_for_it(
    server: ServerProcess, control: Client, trader: Account
) -> None:
    names = "/".join(["btcusdt@depth@0ms", *(f"btcusdt@depth{n}@0ms" for n in (5, 10, 20))])
    url = f"{server.url.replace('http', 'ws')}/public/ws/btcusdt@depth@0ms"
    reader = Client(server.url)

    async def talk() -> None:
        begun = connections(server)
        async with connect(url, proxy=None) as good:
            following = asyncio.ensure_future(listen(good))
            async with stream(Target(server.url, names, Random(0))):
                assert connections(server) == begun + 2
                price = 65_000
                while connections(server) == begun + 2:
                    price = 131_000 - price
                    await asyncio.to_thread(set_price, control, str(price))
            assert connections(server) == begun + 1
            last = (await depth(reader))["lastUpdateId"]
            async with asyncio.timeout(5):
                while not following.done() and heard[-1] < last:  # noqa: ASYNC110  of `listen`
                    await asyncio.sleep(0.05)
            following.cancel()

    heard: list[int] = [0]

    async def listen(good: ClientConnection) -> None:
        async for text in good:
            event = json.loads(text)
            assert heard[-1] in (0, event["pu"])
            heard.append(event["u"])

    asyncio.run(asyncio.wait_for(talk(), PATIENCE_S))
    reader.close()

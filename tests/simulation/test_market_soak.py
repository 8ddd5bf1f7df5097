"""Books that clients keep of a moving market, through reconnects: no chain ever breaks.

`CLEARHOUSE_SOAK_SECONDS` is how long it lasts (default 8; `make soak` asks for ten minutes).
"""

import asyncio
import json
import os
import random  # noqa: TID251  seeded by what it is for
from contextlib import closing
from typing import Any

import ccxt.pro
from websockets.asyncio.client import connect

from clearhouse.testing import Client, ServerProcess
from e2e.accounts import Account, open_account
from e2e.clients import ccxt_client

from .local_book import LocalBook

SECONDS = float(os.environ.get("CLEARHOUSE_SOAK_SECONDS", "8"))
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
SPEEDS = ("", "@100ms", "@500ms", "@0ms")
UNIFIED = ("BTC/USDT:USDT", "ETH/USDT:USDT")
SESSION_S = 5.0
"""How long a connection lasts on the average."""


class Kept:
    """What was seen: events joined, connections made."""

    def __init__(self) -> None:
        self.events = 0
        self.sessions = 0
        self.watched = 0


async def read(reader: Client, path: str) -> Any:
    return (await asyncio.to_thread(reader.send, "GET", path)).json


async def keep_book(url: str, symbol: str, speed: str, until: float, kept: Kept) -> None:
    """One connection after the other; each joins a snapshot and follows. `LocalBook` asserts."""
    chance, loop = random.Random(f"{symbol}{speed}"), asyncio.get_running_loop()
    address = f"{url.replace('http', 'ws')}/public/ws/{symbol.lower()}@depth{speed}"
    with closing(Client(url)) as reader:
        while loop.time() < until:
            end = loop.time() + chance.uniform(0.2, 2 * SESSION_S)
            async with connect(address, proxy=None) as socket:
                kept.sessions += 1
                book = LocalBook()
                book.snapshot(await read(reader, f"/fapi/v1/depth?symbol={symbol}&limit=1000"))
                while loop.time() < min(end, until):
                    book.take(json.loads(await socket.recv()))
                    kept.events += 1
                bids, asks = book.shown(1)
                assert float(bids[0][0]) < float(asks[0][0])


async def watch_with_ccxt(
    exchange: ccxt.pro.Exchange, symbol: str, until: float, kept: Kept
) -> None:
    """ccxt checks `pu` itself and raises where the chain is broken."""
    loop = asyncio.get_running_loop()
    while loop.time() < until:
        book = await exchange.watch_order_book(symbol)
        assert book["bids"][0][0] < book["asks"][0][0]
        kept.watched += 1


async def trade(url: str, account: Account, until: float) -> None:
    """Orders that rest near the price, some of which the market passes, and cancels."""
    loop, number = asyncio.get_running_loop(), 0
    with closing(Client(url, account.api_key, account.secret)) as speaker:
        while loop.time() < until:
            number += 1
            ticker = await read(speaker, "/fapi/v1/ticker/bookTicker?symbol=BTCUSDT")
            order = {"symbol": "BTCUSDT", "type": "LIMIT", "timeInForce": "GTC"}
            side, price = ("BUY", "bidPrice") if number % 2 else ("SELL", "askPrice")
            sent = order | {"side": side, "quantity": "0.002", "price": ticker[price]}
            await asyncio.to_thread(speaker.signed, "POST", "/fapi/v1/order", **sent)
            if number % 5 == 0:
                everything = {"symbol": "BTCUSDT"}
                await asyncio.to_thread(
                    speaker.signed, "DELETE", "/fapi/v1/allOpenOrders", **everything
                )
            await asyncio.sleep(0.1)


def test_no_chain_breaks() -> None:
    kept = Kept()
    arguments = ("--ephemeral", "--no-rate-limits", "--market", "synthetic")
    with ServerProcess(*arguments, "--profile", "realistic") as server:
        with closing(Client(server.url)) as control:
            account = open_account(control, {"UMFUTURE": {"USDT": "50000"}})

        async def talk() -> None:
            until = asyncio.get_running_loop().time() + SECONDS
            exchange = ccxt_client("binanceusdm", server.url, account, professional=True)
            try:
                await asyncio.gather(
                    trade(server.url, account, until),
                    *(watch_with_ccxt(exchange, symbol, until, kept) for symbol in UNIFIED),
                    *(
                        keep_book(server.url, symbol, speed, until, kept)
                        for symbol in SYMBOLS
                        for speed in SPEEDS
                    ),
                )
            finally:
                await exchange.close()

        asyncio.run(asyncio.wait_for(talk(), SECONDS + 60))
        with closing(Client(server.url)) as control:  # a silent connection is closed after a while
            assert control.control("GET", "/ledger/check").json["ok"]
    print(f"{kept.events} events, {kept.sessions} connections, {kept.watched} books by ccxt")
    assert kept.events > 4 * SECONDS * len(SYMBOLS)
    assert kept.sessions > len(SYMBOLS) * len(SPEEDS)
    assert kept.watched > SECONDS

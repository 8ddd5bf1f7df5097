"""The user data stream, received by the official SDK, ccxt.pro and python-binance, unpatched."""

import asyncio
import json
import logging
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from websockets.asyncio.client import connect

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, deposit, open_account
from .clients import ccxt_client, official_rest, official_streams, point_python_binance

with warnings.catch_warnings():
    # python-binance imports a name that websockets gives up.
    warnings.filterwarnings("ignore", "websockets", DeprecationWarning)
    import binance

# The SDK passes aiohttp a number where it wants a structure by now.
pytestmark = pytest.mark.filterwarnings(
    "ignore:parameter 'timeout' of type 'float':DeprecationWarning"
)
PATIENCE = 10


@pytest.fixture
def account(control: Client) -> Account:
    return open_account(control, {"MAIN": {"USDT": "1000"}})


def pay(control: Client, account: Account, amount: str) -> Awaitable[int]:
    """A deposit into the futures wallet, beside the running loop."""
    return asyncio.to_thread(deposit, control, account, "UMFUTURE", "USDT", amount)


def within(talk: Callable[[], Awaitable[None]]) -> None:
    """Run a conversation; one that hangs fails."""

    async def session() -> None:
        async with asyncio.timeout(3 * PATIENCE):
            await talk()

    asyncio.run(session())


def test_the_official_sdk_receives_its_own_models(
    server: ServerProcess, control: Client, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    """It opens all three routes, subscribes by the key on the private one, and parses."""
    rest = official_rest(server.url, account)
    key = rest.start_user_data_stream().data().listen_key
    seen: list[Any] = []

    async def talk() -> None:
        streams = official_streams(server.url)
        arrived: asyncio.Queue[Any] = asyncio.Queue()
        await streams.create_connection()
        try:
            handle = await streams.user_data(key)
            handle.on("message", arrived.put_nowait)
            await asyncio.sleep(0.3)  # the SDK does not wait for the answer to its SUBSCRIBE
            await pay(control, account, "12.5")
            seen.append(await arrived.get())
            await handle.unsubscribe()
        finally:
            await streams.close_connection()

    within(talk)
    event = seen[0].actual_instance
    assert type(event).__name__ == "AccountUpdate"
    assert event.to_dict()["a"] == {
        "m": "ADMIN_DEPOSIT",
        "B": [{"a": "USDT", "wb": "12.50000000", "cw": "12.50000000", "bc": "12.5"}],
        "P": [],
    }
    assert rest.keepalive_user_data_stream().data().listen_key == key
    rest.close_user_data_stream()
    complaints = [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert [r.getMessage() for r in complaints] == []


def test_ccxt_pro_watches_its_balance(
    server: ServerProcess, control: Client, account: Account
) -> None:
    async def talk() -> None:
        exchange = ccxt_client("binanceusdm", server.url, account, professional=True)
        exchange.options["watchPositions"] = {"fetchPositionsSnapshot": False}  # none are open
        try:
            waiting = asyncio.ensure_future(exchange.watch_balance())
            await asyncio.sleep(1)
            await pay(control, account, "7.25")
            balance = await waiting
            while balance["USDT"]["total"] != 7.25:
                balance = await exchange.watch_balance()
        finally:
            await exchange.close()

    within(talk)


def test_python_binance_receives_the_user_socket(
    server: ServerProcess, control: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # it would ask the proxy even for this machine
    point_python_binance(server.url)

    async def talk() -> None:
        client = await binance.AsyncClient.create(account.api_key, account.secret)
        try:
            async with binance.BinanceSocketManager(client).futures_user_socket() as socket:
                await pay(control, account, "3")
                event = await socket.recv()
                assert event["e"] == "ACCOUNT_UPDATE"
                assert event["a"]["B"][0]["wb"] == "3.00000000"
            key = await client.futures_stream_get_listen_key()
            assert len(key) == 64
            await client.futures_stream_keepalive(key)
            await client.futures_stream_close(key)
        finally:
            await client.close_connection()

    within(talk)


@pytest.mark.parametrize(
    "path",
    [
        "/ws/{key}",
        "/private/ws/{key}",
        "/private/ws?listenKey={key}",
        "/private/stream?listenKey={key}&events=ACCOUNT_UPDATE",
        "/stream?streams={key}",
    ],
)
def test_every_form_that_clients_use_works_on_the_wire(
    server: ServerProcess, control: Client, account: Account, path: str
) -> None:
    speaker = Client(server.url, account.api_key, account.secret)
    headers = {"X-MBX-APIKEY": account.api_key}
    key = speaker.send("POST", "/fapi/v1/listenKey", headers).json["listenKey"]
    speaker.close()

    async def talk() -> None:
        url = server.url.replace("http", "ws") + path.format(key=key)
        async with connect(url, proxy=None) as socket:
            await (await socket.ping())
            await pay(control, account, "1")
            frame = json.loads(await socket.recv())
            event = frame["data"] if "stream" in path.partition("?")[0] else frame
            assert event["a"]["B"][0]["bc"] == "1"

    within(talk)

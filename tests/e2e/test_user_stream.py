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


def wake(control: Client, account: Account) -> Awaitable[int]:
    """Another event: python-binance closes a socket at the next one, or ten seconds later."""
    paying = asyncio.to_thread(deposit, control, account, "UMFUTURE", "BNB", "1")
    return asyncio.ensure_future(paying)


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
                closing = wake(control, account)
            await closing
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


# Orders


@pytest.fixture
def trader(control: Client) -> Account:
    return open_account(control, {"UMFUTURE": {"USDT": "10000"}})


def kind_of(event: dict[str, Any]) -> str:
    """An event in a word: executions of orders, statuses of conditional ones, reasons."""
    match event["e"]:
        case "ORDER_TRADE_UPDATE":
            return f"{event['o']['x']} {event['o']['X']}"
        case "ALGO_UPDATE":
            return f"algo {event['o']['X']}"
        case "ACCOUNT_UPDATE":
            return str(event["a"]["m"])
        case name:
            return str(name)


FILLED = ["TRADE_LITE", "ORDER", "TRADE FILLED"]


NAMES = {
    "OrderTradeUpdate": "ORDER_TRADE_UPDATE",
    "TradeLite": "TRADE_LITE",
    "AccountUpdate": "ACCOUNT_UPDATE",
    "AlgoUpdate": "ALGO_UPDATE",
}
"""Models of the official SDK, and what each stands for."""


def official_orders(rest: Any) -> None:
    """A limit order and its end; a short, and a stop that the next purchase reaches."""
    bitcoin = {"symbol": "BTCUSDT", "quantity": 0.01}
    limit = {"side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "price": 60000}
    made = rest.new_order(**bitcoin, **limit, new_client_order_id="mine").data()
    change = {"symbol": "BTCUSDT", "side": "BUY", "quantity": 0.02, "price": 61000}
    rest.modify_order(**change, order_id=made.order_id)
    rest.cancel_order(symbol="BTCUSDT", orig_client_order_id="mine")
    rest.new_order(symbol="BTCUSDT", quantity=0.02, side="SELL", type="MARKET")
    stop = {"side": "BUY", "type": "STOP_MARKET", "trigger_price": 65000.1}
    rest.new_algo_order(algo_type="CONDITIONAL", **bitcoin, **stop)
    trailing = {"side": "BUY", "type": "TRAILING_STOP_MARKET", "callback_rate": 5}
    waiting = rest.new_algo_order(algo_type="CONDITIONAL", **bitcoin, **trailing).data()
    rest.cancel_algo_order(algo_id=waiting.algo_id)
    rest.new_order(**bitcoin, side="BUY", type="MARKET")


def test_the_official_sdk_receives_orders_fills_and_conditional_orders(
    server: ServerProcess, trader: Account, caplog: pytest.LogCaptureFixture
) -> None:
    """Each event becomes the model of its kind, in the documented order, without a complaint."""
    rest = official_rest(server.url, trader)
    key = rest.start_user_data_stream().data().listen_key
    seen: list[Any] = []
    expected = [
        "NEW NEW",
        "AMENDMENT NEW",
        "CANCELED CANCELED",
        "NEW NEW",
        *FILLED,
        "algo NEW",
        "algo NEW",
        "algo NEW",  # the trailing order follows the price at once
        "algo CANCELED",
        "NEW NEW",
        *FILLED,
        "algo TRIGGERED",
        "NEW NEW",
        *FILLED,
        "algo FINISHED",
    ]

    async def talk() -> None:
        streams = official_streams(server.url)
        arrived: asyncio.Queue[Any] = asyncio.Queue()
        await streams.create_connection()
        try:
            handle = await streams.user_data(key)
            handle.on("message", arrived.put_nowait)
            await asyncio.sleep(0.3)  # the SDK does not wait for the answer to its SUBSCRIBE
            await asyncio.to_thread(official_orders, rest)
            seen.extend([await arrived.get() for _ in expected])
        finally:
            await streams.close_connection()

    within(talk)
    models = [event.actual_instance for event in seen]
    events = [model.to_dict() | {"e": NAMES[type(model).__name__]} for model in models]
    assert [kind_of(event) for event in events] == expected
    follow = [event["o"]["ia"] for event in events if kind_of(event) == "algo NEW"]
    assert follow == [False, False, True]
    triggered, ended = events[-6]["o"], events[-1]["o"]
    assert triggered["ai"] == ended["ai"] == str(events[-2]["o"]["i"])
    assert (ended["act"], ended["aq"], ended["ap"]) == ("MARKET", "0.01", "65000.1")
    complaints = [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert [r.getMessage() for r in complaints] == []


def test_ccxt_pro_watches_its_orders_trades_and_positions(
    server: ServerProcess, trader: Account
) -> None:
    """An order that rests, one that is filled, and the position that comes of it."""

    async def talk() -> None:
        exchange = ccxt_client("binanceusdm", server.url, trader, professional=True)
        exchange.newUpdates = True
        symbol = "BTC/USDT:USDT"
        try:
            await exchange.load_markets()
            watches = (exchange.watch_orders, exchange.watch_my_trades, exchange.watch_positions)
            watched = [asyncio.ensure_future(watch()) for watch in watches]
            await asyncio.sleep(1)
            await exchange.create_order(symbol, "market", "buy", 0.01)
            orders, [trade], [position] = await asyncio.gather(*watched)
            while orders[-1]["status"] != "closed":
                orders = await exchange.watch_orders()
            assert (orders[-1]["filled"], orders[-1]["average"]) == (0.01, 65000.1)
            assert orders[-1]["fee"]["cost"] == pytest.approx(0.3250005)
            assert (trade["amount"], trade["price"], trade["side"]) == (0.01, 65000.1, "buy")
            assert (position["side"], position["contracts"]) == ("long", 0.01)
            assert position["entryPrice"] == 65000.1
            acts: tuple[tuple[Callable[[], Awaitable[Any]], str], ...] = (
                (lambda: exchange.create_order(symbol, "limit", "sell", 0.01, 70000), "open"),
                (lambda: exchange.cancel_all_orders(symbol), "canceled"),
            )
            for act, status in acts:
                waiting = asyncio.ensure_future(exchange.watch_orders())
                await asyncio.sleep(0)
                await act()
                order = (await waiting)[-1]
                assert (order["type"], order["status"], order["price"]) == ("limit", status, 70000)
        finally:
            await exchange.close()

    within(talk)


def test_python_binance_receives_both_sides_of_hedge_mode(
    server: ServerProcess, control: Client, trader: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    point_python_binance(server.url)
    bitcoin = {"symbol": "BTCUSDT", "type": "MARKET", "quantity": "0.01"}
    steps = [("BUY", "LONG"), ("SELL", "SHORT"), ("SELL", "LONG"), ("BUY", "SHORT")]
    events: list[dict[str, Any]] = []

    async def talk() -> None:
        client = await binance.AsyncClient.create(trader.api_key, trader.secret)
        try:
            await client.futures_change_position_mode(dualSidePosition="true")
            async with binance.BinanceSocketManager(client).futures_user_socket() as socket:
                for side, of in steps:
                    await client.futures_create_order(**bitcoin, side=side, positionSide=of)
                    events.extend([await socket.recv() for _ in range(4)])
                closing = wake(control, trader)
            await closing
        finally:
            await client.close_connection()

    within(talk)
    assert [kind_of(event) for event in events] == ["NEW NEW", *FILLED] * 4
    accounts = [event["a"] for event in events if event["e"] == "ACCOUNT_UPDATE"]
    assert [[(p["ps"], p["pa"]) for p in account["P"]] for account in accounts] == [
        [("LONG", "0.01")],
        [("SHORT", "-0.01")],
        [("LONG", "0")],
        [("SHORT", "0")],
    ]
    balance = client_balance(server, trader)
    assert accounts[-1]["B"][0]["wb"] == balance


def client_balance(server: ServerProcess, account: Account) -> str:
    """What the account's futures wallet holds of USDT."""
    rows = official_rest(server.url, account).futures_account_balance_v3().data()
    return next(str(row.balance) for row in rows if row.asset == "USDT")

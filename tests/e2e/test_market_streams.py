"""Market streams, received by the official SDK, ccxt.pro and python-binance, unpatched."""

import asyncio
import json
import logging
import warnings
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

import pytest

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import ccxt_client, official_streams, point_python_binance
from .market import fresh, set_price

with warnings.catch_warnings():
    # python-binance imports a name that websockets gives up.
    warnings.filterwarnings("ignore", "websockets", DeprecationWarning)
    import binance

# The SDK passes aiohttp a number where it wants a structure by now.
pytestmark = pytest.mark.filterwarnings(
    "ignore:parameter 'timeout' of type 'float':DeprecationWarning"
)
PATIENCE = 30
SYMBOL, UNIFIED = "btcusdt", "BTC/USDT:USDT"


@pytest.fixture
def trader(control: Client) -> Account:
    fresh(control)
    return open_account(control, {"UMFUTURE": {"USDT": "10000"}})


def within(talk: Callable[[], Awaitable[None]]) -> None:
    """Run a conversation; one that hangs fails."""

    async def session() -> None:
        async with asyncio.timeout(PATIENCE):
            await talk()

    asyncio.run(session())


def stir(server: ServerProcess, control: Client, trader: Account, number: int) -> None:
    """Move the price, trade at it, and leave an order in the book and take it out again."""
    set_price(control, f"{65_000 + number}")
    speaker = Client(server.url, trader.api_key, trader.secret)
    side = "BUY" if number % 2 else "SELL"
    bought = {"symbol": "BTCUSDT", "type": "MARKET", "side": side, "quantity": "0.001"}
    assert speaker.signed("POST", "/fapi/v1/order", **bought).status == 200
    rests = {"symbol": "BTCUSDT", "type": "LIMIT", "side": "BUY", "quantity": "0.002"}
    placed = speaker.signed("POST", "/fapi/v1/order", **rests, price="64000", timeInForce="GTC")
    assert placed.status == 200, placed.body
    if number % 2:
        speaker.signed(
            "DELETE", "/fapi/v1/order", symbol="BTCUSDT", orderId=str(placed.json["orderId"])
        )
    speaker.close()


def configure(control: Client) -> None:
    """Give a contract other tiers."""
    tiers = [
        {
            "bracket": 1,
            "initialLeverage": 125,
            "notionalCap": 50_000_000,
            "notionalFloor": 0,
            "maintMarginRatio": 0.004,
            "cum": 0,
        }
    ]
    assert control.control("PUT", "/symbols/BTCUSDT", {"brackets": tiers}).status == 200


def ruin(server: ServerProcess, control: Client) -> None:
    """Have an account bought more than it can bear, and take it down."""
    ruined = open_account(control, {"UMFUTURE": {"USDT": "1000"}})
    speaker = Client(server.url, ruined.api_key, ruined.secret)
    leverage = speaker.signed("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage="100")
    assert leverage.status == 200, leverage.body
    bought = {"symbol": "BTCUSDT", "type": "MARKET", "side": "BUY", "quantity": "1"}
    assert speaker.signed("POST", "/fapi/v1/order", **bought).status == 200
    set_price(control, "62000")
    speaker.close()


async def stirring(server: ServerProcess, control: Client, trader: Account) -> None:
    """Every quarter of a second, until it is cancelled."""
    number = 0
    while True:
        number += 1
        await asyncio.to_thread(stir, server, control, trader, number)
        await asyncio.sleep(0.25)


OFFICIAL: dict[str, tuple[str, dict[str, str]]] = {
    "btcusdt@aggTrade": ("aggregate_trade_streams", {"symbol": SYMBOL}),
    "!miniTicker@arr": ("all_market_mini_tickers_stream", {}),
    "!ticker@arr": ("all_market_tickers_streams", {}),
    "!assetIndex@arr": ("asset_index", {}),
    "btcusdt_perpetual@continuousKline_1m": (
        "continuous_contract_kline_candlestick_streams",
        {"pair": SYMBOL, "contract_type": "perpetual", "interval": "1m"},
    ),
    "btcusdt@miniTicker": ("individual_symbol_mini_ticker_stream", {"symbol": SYMBOL}),
    "btcusdt@ticker": ("individual_symbol_ticker_streams", {"symbol": SYMBOL}),
    "btcusdt@kline_5m": ("kline_candlestick_streams", {"symbol": SYMBOL, "interval": "5m"}),
    "btcusdt@markPrice@1s": ("mark_price_stream", {"symbol": SYMBOL, "update_speed": "1s"}),
    "!markPrice@arr@1s": ("mark_price_stream_for_all_market", {"update_speed": "1s"}),
    "!bookTicker": ("all_book_tickers_stream", {}),
    "btcusdt@depth": ("diff_book_depth_streams", {"symbol": SYMBOL}),
    "btcusdt@bookTicker": ("individual_symbol_book_ticker_streams", {"symbol": SYMBOL}),
    "btcusdt@depth10@100ms": (
        "partial_book_depth_streams",
        {"symbol": SYMBOL, "levels": "10", "update_speed": "100ms"},
    ),
    "btcusdt@rpiDepth@500ms": ("rpi_diff_book_depth_streams", {"symbol": SYMBOL}),
    "!contractInfo": ("contract_info_stream", {}),
    "!forceOrder@arr": ("all_market_liquidation_order_streams", {}),
    "btcusdt@forceOrder": ("liquidation_order_streams", {"symbol": SYMBOL}),
}
"""Streams that tell something in the test, and how the SDK asks for each."""

QUIET: dict[str, tuple[str, dict[str, str]]] = {
    "btcusdt@compositeIndex": (
        "composite_index_symbol_information_streams",
        {"symbol": SYMBOL},
    ),
    "tradingSession": ("trading_session_stream", {}),
}


def test_the_official_sdk_receives_its_own_models(
    server: ServerProcess, control: Client, trader: Account, caplog: pytest.LogCaptureFixture
) -> None:
    """A model that does not fit is only logged."""
    seen: dict[str, Any] = {}

    async def talk() -> None:
        streams = official_streams(server.url)
        await streams.create_connection()
        stirred = asyncio.ensure_future(stirring(server, control, trader))
        try:
            for name, (method, arguments) in (OFFICIAL | QUIET).items():
                handle = await getattr(streams, method)(**arguments)
                handle.on("message", lambda event, name=name: seen.setdefault(name, event))
                await asyncio.sleep(0.15)  # ten frames a second are the most
            with closing(Client(server.url)) as other:  # the first one stirs meanwhile
                await asyncio.to_thread(configure, other)
                await asyncio.to_thread(ruin, server, other)
            while set(seen) != set(OFFICIAL):
                assert not stirred.done(), stirred
                await asyncio.sleep(0.1)
        finally:
            stirred.cancel()
            await streams.close_connection()

    within(talk)
    complaints = [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert [r.getMessage() for r in complaints] == []
    assert float(seen["btcusdt@ticker"].to_dict()["h"]) >= 65_000


def test_ccxt_pro_watches_the_market(
    server: ServerProcess, control: Client, trader: Account
) -> None:
    async def talk() -> None:
        exchange = ccxt_client("binanceusdm", server.url, trader, professional=True)
        stirred = asyncio.ensure_future(stirring(server, control, trader))
        try:
            book = await exchange.watch_order_book(UNIFIED)
            for _ in range(5):
                book = await exchange.watch_order_book(UNIFIED)
                assert book["bids"][0][0] < book["asks"][0][0]
            ticker = await exchange.watch_ticker(UNIFIED)
            assert ticker["high"] >= ticker["last"] >= ticker["low"]
            assert (await exchange.watch_trades(UNIFIED))[-1]["amount"] == 0.001
            assert (await exchange.watch_ohlcv(UNIFIED, "1m"))[-1][5] > 0
            tickers = await exchange.watch_bids_asks([UNIFIED])
            assert tickers[UNIFIED]["bid"] < tickers[UNIFIED]["ask"]
            assert (await exchange.watch_mark_price(UNIFIED))["markPrice"] >= 65_000
            assert UNIFIED in await exchange.watch_tickers()
        finally:
            stirred.cancel()
            await exchange.close()

    within(talk)


def test_python_binance_receives_market_sockets(
    server: ServerProcess, control: Client, trader: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # it would ask the proxy even for this machine
    point_python_binance(server.url)

    async def talk() -> None:
        client = await binance.AsyncClient.create(trader.api_key, trader.secret)
        stirred = asyncio.ensure_future(stirring(server, control, trader))
        manager = binance.BinanceSocketManager(client)
        sockets = {
            "continuous_kline": manager.kline_futures_socket("BTCUSDT"),
            "aggTrade": manager.aggtrade_futures_socket("BTCUSDT"),
            "bookTicker": manager.symbol_ticker_futures_socket("BTCUSDT"),
            "depthUpdate": manager.futures_depth_socket("BTCUSDT"),
            "markPriceUpdate": manager.futures_multiplex_socket(["btcusdt@markPrice@1s"]),
        }
        try:
            for kind, socket in sockets.items():
                async with socket as receiving:
                    event = await receiving.recv()
                    data = event.get("data", event)
                    assert data["e"] == kind, json.dumps(event)
            async with manager.all_mark_price_socket() as receiving:
                assert len((await receiving.recv())["data"]) == 10
        finally:
            stirred.cancel()
            await client.close_connection()

    within(talk)

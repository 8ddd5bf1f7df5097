"""Conditional orders with the exchange's SDK, ccxt and python-binance: placed, fired, cancelled."""

import asyncio
import logging
import warnings
from typing import Any

import pytest

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import ccxt_client, official_rest, official_socket, point_python_binance

with warnings.catch_warnings():
    # python-binance imports a name that websockets gives up.
    warnings.filterwarnings("ignore", "websockets", DeprecationWarning)
    import binance

BTC = "BTC/USDT:USDT"


@pytest.fixture
def account(control: Client) -> Account:
    set_price(control, "65000")
    return open_account(control, {"UMFUTURE": {"USDT": "50000"}})


def set_price(control: Client, last: str) -> None:
    answer = control.control("PUT", "/symbols/BTCUSDT/price", {"last": last})
    assert answer.status == 200, answer.body


def test_the_official_sdk(
    server: ServerProcess, control: Client, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    """It only logs an answer that does not fit its model, so its log must stay empty."""
    client = official_rest(server.url, account)
    stop = {"algo_type": "CONDITIONAL", "symbol": "BTCUSDT", "side": "SELL", "quantity": 0.1}
    first = client.new_algo_order(type="STOP_MARKET", trigger_price=64000, **stop).data()
    assert (first.algo_status, first.trigger_price, first.quantity) == ("NEW", "64000.00", "0.100")
    trailing = client.new_algo_order(
        type="TRAILING_STOP_MARKET", callback_rate=1, activate_price=66000, **stop
    ).data()
    assert (trailing.activate_price, trailing.callback_rate) == ("66000.00", "1")
    opened = client.current_all_algo_open_orders(symbol="BTCUSDT").data()
    assert [row.algo_id for row in opened] == [first.algo_id, trailing.algo_id]
    for last in ("66000", "67000", "66330"):
        set_price(control, last)
    fired = client.query_algo_order(algo_id=trailing.algo_id).data()
    assert (fired.algo_status, fired.actual_price) == ("FINISHED", "66329.90000")
    gone = client.cancel_algo_order(algo_id=first.algo_id).data()
    assert (gone.client_algo_id, gone.code) == (first.client_algo_id, "200")
    listed = client.query_all_algo_orders(symbol="BTCUSDT").data()
    assert [row.algo_status for row in listed] == ["CANCELED", "FINISHED"]
    assert client.cancel_all_algo_open_orders(symbol="BTCUSDT").data().code == 200
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []


@pytest.mark.filterwarnings(
    "ignore:parameter 'timeout' of type 'float':DeprecationWarning"  # the SDK's, to aiohttp
)
def test_the_official_websocket(server: ServerProcess, account: Account) -> None:
    async def scene() -> None:
        client = official_socket(server.url, account)
        await client.create_connection()
        try:
            placed = await client.new_algo_order(
                algo_type="CONDITIONAL",
                symbol="BTCUSDT",
                side="BUY",
                type="TAKE_PROFIT",
                quantity=0.1,
                price=60000.5,
                trigger_price=60001,
            )
            number = placed.data().result.algo_id
            gone = await client.cancel_algo_order(algo_id=number)
            assert gone.data().result.algo_id == number
        finally:
            await client.close_connection()

    asyncio.run(scene())


def test_ccxt(server: ServerProcess, control: Client, account: Account) -> None:
    """A position with a stop, a target and a trailing stop; the stop closes it."""
    client: Any = ccxt_client("binanceusdm", server.url, account)
    client.load_markets()
    client.create_order(BTC, "market", "buy", 0.2)
    stop = client.create_order(BTC, "market", "sell", 0.2, None, {"stopLossPrice": 64000})
    target = client.create_order(BTC, "limit", "sell", 0.1, 70000, {"takeProfitPrice": 69000})
    trailing = client.create_order(
        BTC, "market", "sell", 0.1, None, {"trailingPercent": 5, "reduceOnly": True}
    )
    closing = client.create_order(
        BTC, "market", "sell", None, None, {"triggerPrice": 63000, "closePosition": True}
    )
    placed = [stop, target, trailing, closing]
    assert [order["status"] for order in placed] == ["open"] * 4
    assert [order["info"]["orderType"] for order in placed] == [
        "STOP_MARKET",
        "TAKE_PROFIT",
        "TRAILING_STOP_MARKET",
        "STOP_MARKET",
    ]
    waiting = client.fetch_open_orders(BTC, params={"trigger": True})
    assert [order["id"] for order in waiting] == [order["id"] for order in placed]
    set_price(control, "64000")
    (position,) = [p for p in client.fetch_positions([BTC]) if p["contracts"]] or [None]
    assert position is None
    fired = client.fetch_order(stop["id"], BTC, {"trigger": True})
    assert fired["info"]["algoStatus"] == "FINISHED"
    client.cancel_order(target["id"], BTC, {"trigger": True})
    client.cancel_all_orders(BTC, {"trigger": True})
    assert client.fetch_open_orders(BTC, params={"trigger": True}) == []
    client.session.close()


def test_python_binance(server: ServerProcess, control: Client, account: Account) -> None:
    point_python_binance(server.url)
    client = binance.Client(account.api_key, account.secret)
    try:
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "STOP_MARKET", "quantity": "0.1"}
        routed = client.futures_create_order(stopPrice="66000", **order)
        named = client.futures_create_algo_order(triggerPrice="67000", **order)
        assert [routed["algoStatus"], named["algoStatus"]] == ["NEW", "NEW"]
        set_price(control, "66000")
        fired = client.futures_get_algo_order(algoId=routed["algoId"])
        assert (fired["algoStatus"], fired["actualQty"]) == ("FINISHED", "0.100")
        (waiting,) = client.futures_get_open_algo_orders(symbol="BTCUSDT")
        assert waiting["algoId"] == named["algoId"]
        client.futures_cancel_algo_order(algoId=named["algoId"])
        found = client.futures_get_all_algo_orders(symbol="BTCUSDT")
        assert [row["algoStatus"] for row in found] == ["FINISHED", "CANCELED"]
    finally:
        client.close_connection()
        client.loop.close()
        asyncio.set_event_loop(None)

"""Trading with python-binance: forms, Python's own booleans, and deadlines that a clock reaches."""

import asyncio
import warnings
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import point_python_binance
from .market import fill, fresh, quote, set_price, settle_funding

with warnings.catch_warnings():
    # python-binance imports a name that websockets gives up.
    warnings.filterwarnings("ignore", "websockets", DeprecationWarning)
    import binance

BTC: dict[str, Any] = {"symbol": "BTCUSDT"}
LIMIT: dict[str, Any] = {
    **BTC,
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
}
MARKET: dict[str, Any] = {**BTC, "type": "MARKET", "quantity": "0.01"}


@pytest.fixture
def account(control: Client) -> Account:
    fresh(control)
    return open_account(control, {"UMFUTURE": {"USDT": "10000", "BNB": "1"}})


@pytest.fixture
def client(server: ServerProcess, account: Account) -> Iterator[Any]:
    point_python_binance(server.url)
    speaking = binance.Client(account.api_key, account.secret)
    yield speaking
    speaking.close_connection()
    speaking.loop.close()  # the client takes an event loop and leaves it open
    asyncio.set_event_loop(None)


def code_of(call: Any, **params: Any) -> int:
    """The code that a call is refused with."""
    with pytest.raises(binance.BinanceAPIException) as refused:
        call(**params)
    return int(refused.value.code)


def test_the_life_of_a_limit_order(control: Client, client: Any) -> None:
    made = client.futures_create_order(**LIMIT, price="64000", newClientOrderId="mine")
    assert (made["status"], made["price"]) == ("NEW", "64000.00")
    changed = client.futures_modify_order(
        **BTC, side="BUY", quantity="0.02", price="63000", origClientOrderId="mine"
    )
    assert (changed["orderId"], changed["origQty"]) == (made["orderId"], "0.020")
    fill(control, made["orderId"], quantity="0.005")
    [waiting] = client.futures_get_open_orders(**BTC)
    assert (waiting["status"], waiting["executedQty"]) == ("PARTIALLY_FILLED", "0.005")
    gone = client.futures_cancel_order(**BTC, orderId=made["orderId"])
    assert (gone["status"], gone["executedQty"]) == ("CANCELED", "0.005")
    assert client.futures_get_order(**BTC, orderId=made["orderId"])["avgPrice"] == "63000.00000"
    assert code_of(client.futures_get_order, **BTC, orderId=1) == -2013
    assert code_of(client.futures_cancel_order, **BTC, orderId=made["orderId"]) == -2011
    client.futures_create_order(**LIMIT, price="62000")
    client.futures_cancel_all_open_orders(**BTC)
    statuses = [row["status"] for row in client.futures_get_all_orders(**BTC)]
    assert statuses == ["CANCELED", "CANCELED"]


def test_a_fee_that_is_paid_in_bnb(client: Any) -> None:
    """10% off, at 600 USDT for one; the trade, the income and both wallets say the same."""
    client.futures_create_order(**MARKET, side="BUY")
    [trade] = client.futures_account_trades(**BTC)
    # 650.001 · 0.0005 · 0.9 / 600
    assert (trade["commission"], trade["commissionAsset"]) == ("0.00048750", "BNB")
    [income] = client.futures_income_history(incomeType="COMMISSION")
    assert (income["income"], income["asset"]) == ("-0.00048750", "BNB")
    held = {row["asset"]: row["balance"] for row in client.futures_account_balance()}
    assert (held["USDT"], held["BNB"]) == ("10000.00000000", "0.99951250")
    [position] = client.futures_position_information(**BTC)
    # 650.001 · 0.0005 · 0.9 is what a coin paid in BNB costs in USDT
    assert Decimal(position["breakEvenPrice"]) == Decimal("65000.1") + Decimal("29.250045")


def test_batches_answer_element_by_element(client: Any) -> None:
    """Lists as python-binance encodes them, under the names that it knows."""
    orders = [
        {**LIMIT, "price": "60000", "newClientOrderId": "one"},
        {**LIMIT, "price": "100", "newClientOrderId": "two"},
        {**LIMIT, "price": "61000", "newClientOrderId": "three", "reduceOnly": "true"},
        {**LIMIT, "price": "62000", "newClientOrderId": "four"},
    ]
    placed = client.futures_place_batch_order(batchOrders=orders)
    assert [row.get("code", row.get("status")) for row in placed] == ["NEW", -4013, -2022, "NEW"]
    gone = client.futures_cancel_orders(**BTC, origclientorderidlist=["one", "two", "four"])
    assert [row.get("code", row.get("status")) for row in gone] == ["CANCELED", -2011, "CANCELED"]


def test_switches_are_pythons_own_booleans(client: Any) -> None:
    client.futures_create_order(**MARKET, side="BUY")
    done = client.futures_create_order(
        **MARKET | {"quantity": "1"}, side="SELL", reduceOnly=True, newOrderRespType="RESULT"
    )
    assert (done["status"], done["executedQty"], done["reduceOnly"]) == ("EXPIRED", "0.010", True)
    client.futures_change_position_mode(dualSidePosition=True)
    for side, of in (("BUY", "LONG"), ("SELL", "SHORT")):
        client.futures_create_order(**MARKET, side=side, positionSide=of)
    rows = client.futures_position_information(**BTC)
    assert [(row["positionSide"], row["positionAmt"]) for row in rows] == [
        ("LONG", "0.010"),
        ("SHORT", "-0.010"),
    ]
    assert code_of(client.futures_change_position_mode, dualSidePosition=False) == -4068


def test_every_record_of_a_round_trip_agrees(control: Client, client: Any) -> None:
    """Leverage, isolated margin, funding, a take-profit that fires: orders, trades, income."""
    client.futures_change_leverage(**BTC, leverage=10)
    client.futures_change_margin_type(**BTC, marginType="ISOLATED")
    quote(control, bids=[["64999.9", "5"]], asks=[["65000.1", "0.1"], ["65001.1", "5"]])
    client.futures_create_order(**MARKET | {"quantity": "0.2"}, side="BUY")
    client.futures_change_position_margin(**BTC, amount="50", type=1)
    settle_funding(control, "0.0001")
    target = client.futures_create_algo_order(
        **BTC, side="SELL", type="TAKE_PROFIT_MARKET", triggerPrice="65500", closePosition=True
    )
    control.control("PUT", "/symbols/BTCUSDT/liquidity", {"mode": "house"})
    set_price(control, "65500")
    fired = client.futures_get_algo_order(algoId=target["algoId"])
    assert (fired["algoStatus"], fired["actualPrice"]) == ("FINISHED", "65499.90000")
    order = client.futures_get_order(**BTC, orderId=int(fired["actualOrderId"]))
    assert (order["status"], order["stopPrice"], order["closePosition"]) == (
        "FILLED",
        "65500.00",
        True,
    )
    trades = client.futures_account_trades(**BTC)
    assert [(row["qty"], row["price"], row["realizedPnl"]) for row in trades] == [
        ("0.100", "65000.10", "0.00000000"),
        ("0.100", "65001.10", "0.00000000"),
        ("0.200", "65499.90", "99.86000000"),  # 0.2 of 65,000.6 to 65,499.9
    ]
    rows = client.futures_income_history()
    of: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        of[row["incomeType"]].append(row["income"])
    assert of["REALIZED_PNL"] == ["99.86000000"]
    assert of["FUNDING_FEE"] == ["-1.30000000"]
    assert of["COMMISSION"] == [f"-{row['commission']}" for row in trades]
    traded = [row["tradeId"] for row in rows if row["incomeType"] == "COMMISSION"]
    assert traded == [str(row["id"]) for row in trades]
    for asset in ("USDT", "BNB"):
        total = sum(Decimal(row["income"]) for row in rows if row["asset"] == asset)
        [held] = [r for r in client.futures_account_balance() if r["asset"] == asset]
        assert Decimal(held["balance"]) == total
    history = client.futures_position_margin_history(**BTC)
    assert [(row["type"], row["amount"]) for row in history] == [(1, "50.00000000")]
    assert client.futures_position_information(**BTC) == []


def test_deadlines_come_with_the_clock(control: Client, client: Any) -> None:
    """A countdown, a good-till-date order and a conditional one, each at its own time."""
    now = client.futures_time()["serverTime"] // 1000 * 1000
    client.timestamp_offset = now - wall_clock_ms()
    control.control("PUT", "/clock", {"mode": "frozen", "now": now})
    client.futures_create_order(
        **LIMIT | {"symbol": "ETHUSDT", "quantity": "0.1"}, price="3100", newClientOrderId="eth"
    )
    client.futures_countdown_cancel_all(symbol="ETHUSDT", countdownTime=300_000)
    dated = {"timeInForce": "GTD", "goodTillDate": now + 700_000}
    client.futures_create_order(**LIMIT | dated, price="64000", newClientOrderId="btc")
    stop = client.futures_create_algo_order(
        **LIMIT | dated | {"type": "STOP"}, price="66000", triggerPrice="66000"
    )

    def states() -> tuple[str, str, str]:
        eth = client.futures_get_order(symbol="ETHUSDT", origClientOrderId="eth")["status"]
        btc = client.futures_get_order(**BTC, origClientOrderId="btc")["status"]
        return eth, btc, client.futures_get_algo_order(algoId=stop["algoId"])["algoStatus"]

    seen = [states()]
    for ms in (299_999, 1, 399_999, 1):
        control.control("POST", "/clock/advance", {"ms": ms})
        client.timestamp_offset += ms
        seen.append(states())
    assert seen == [
        ("NEW", "NEW", "NEW"),
        ("NEW", "NEW", "NEW"),
        ("CANCELED", "NEW", "NEW"),
        ("CANCELED", "NEW", "NEW"),
        ("CANCELED", "EXPIRED", "EXPIRED"),
    ]

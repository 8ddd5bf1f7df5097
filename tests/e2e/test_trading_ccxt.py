"""Trading with ccxt over REST, and watching it with ccxt.pro."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from typing import Any

import ccxt
import pytest

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import ccxt_client
from .market import fill, fresh, quote, set_price

BTC = "BTC/USDT:USDT"
PATIENCE = 20


@pytest.fixture
def account(control: Client) -> Account:
    fresh(control)
    return open_account(control, {"UMFUTURE": {"USDT": "10000"}})


@pytest.fixture
def exchange(server: ServerProcess, account: Account) -> Iterator[Any]:
    client = ccxt_client("binanceusdm", server.url, account)
    with closing(client.session):
        client.load_markets()
        yield client


def limit(amount: float, price: float, side: str = "buy") -> dict[str, object]:
    """An element of a batch."""
    return {"symbol": BTC, "type": "limit", "side": side, "amount": amount, "price": price}


def positions(exchange: Any) -> list[tuple[str, float, float]]:
    rows = [row for row in exchange.fetch_positions([BTC]) if row["contracts"]]
    return [(row["side"], row["contracts"], row["entryPrice"]) for row in rows]


def test_the_life_of_a_limit_order(control: Client, exchange: Any) -> None:
    """It rests, is changed, filled in parts; order, trades, position and ledger agree."""
    order = exchange.create_order(BTC, "limit", "buy", 0.01, 64000)
    assert (order["status"], order["remaining"]) == ("open", 0.01)
    changed = exchange.edit_order(order["id"], BTC, "limit", "buy", 0.02, 63000)
    assert (changed["id"], changed["price"], changed["amount"]) == (order["id"], 63000, 0.02)
    fill(control, int(order["id"]), quantity="0.005")
    [waiting] = exchange.fetch_open_orders(BTC)
    assert (waiting["status"], waiting["filled"], waiting["cost"]) == ("open", 0.005, 315)
    fill(control, int(order["id"]), price="62000")
    [whole] = exchange.fetch_closed_orders(BTC)
    assert (whole["status"], whole["filled"], whole["average"]) == ("closed", 0.02, 62250)
    trades = exchange.fetch_my_trades(BTC)
    assert [(t["order"], t["amount"], t["price"], t["fee"]["cost"]) for t in trades] == [
        (order["id"], 0.005, 63000, 0.063),
        (order["id"], 0.015, 62000, 0.186),
    ]
    assert sum(trade["cost"] for trade in trades) == whole["cost"] == 1245
    assert positions(exchange) == [("long", 0.02, 62250)]
    fees = [row["amount"] for row in exchange.fetch_ledger("USDT") if row["type"] == "commission"]
    assert fees == [0.063, 0.186]
    assert exchange.fetch_balance()["USDT"]["total"] == 10000 - 0.249 + 0.02 * (65000 - 62250)


def test_orders_in_batches(exchange: Any) -> None:
    made = exchange.create_orders([limit(0.01, 60000), limit(0.01, 100), limit(0.01, 61000)])
    # ccxt sorts what it got by time, and a refusal has none
    assert [order["status"] for order in made] == ["rejected", "open", "open"]
    refused, first, last = made
    assert refused["info"]["code"] == -4013
    changed = exchange.edit_orders([{"id": first["id"], **limit(0.02, 60500)}])
    assert [(order["id"], order["amount"]) for order in changed] == [(first["id"], 0.02)]
    gone = exchange.cancel_orders([last["id"]], BTC)
    assert [order["status"] for order in gone] == ["canceled"]
    gone = exchange.cancel_orders([last["id"], first["id"]], BTC)
    assert [order["id"] for order in gone] == [first["id"]]  # ccxt drops a refusal
    with pytest.raises(ccxt.OrderNotFound):  # an answer of one refusal is an exception in ccxt
        exchange.cancel_orders([last["id"]], BTC)
    found = {order["id"]: order["status"] for order in exchange.fetch_orders(BTC)}
    assert found == {first["id"]: "canceled", last["id"]: "canceled"}


def test_all_orders_are_cancelled(exchange: Any) -> None:
    for price in (60000, 61000, 62000):
        exchange.create_order(BTC, "limit", "buy", 0.01, price)
    exchange.create_order("ETH/USDT:USDT", "limit", "buy", 0.1, 3100)
    exchange.cancel_all_orders(BTC)
    assert exchange.fetch_open_orders(BTC) == []
    assert len(exchange.fetch_canceled_orders(BTC)) == 3
    exchange.options["fetchOpenOrders"] = {"warnWithoutSymbol": False}
    assert [order["symbol"] for order in exchange.fetch_open_orders()] == ["ETH/USDT:USDT"]


def test_both_sides_of_hedge_mode(control: Client, exchange: Any) -> None:
    exchange.set_position_mode(True)
    hedged = {"hedged": True}
    exchange.create_order(BTC, "market", "buy", 0.03, None, hedged)
    exchange.create_order(BTC, "market", "sell", 0.02, None, hedged)
    assert positions(exchange) == [("long", 0.03, 65000.1), ("short", 0.02, 64999.9)]
    with pytest.raises(ccxt.OperationRejected, match="-4061"):
        exchange.create_order(BTC, "market", "buy", 0.01)
    set_price(control, "66000")
    closing_it = {"hedged": True, "reduceOnly": True}
    exchange.create_order(BTC, "market", "sell", 0.03, None, closing_it)
    exchange.create_order(BTC, "market", "buy", 0.02, None, closing_it)
    assert positions(exchange) == []
    realized = [row for row in exchange.fetch_ledger("USDT") if row["type"] == "trade"]
    assert [row["info"]["income"] for row in realized] == ["29.99400000", "-20.00400000"]
    exchange.set_position_mode(False)


def test_isolated_margin_is_added_and_taken(exchange: Any) -> None:
    exchange.set_margin_mode("isolated", BTC)
    exchange.set_leverage(10, BTC)
    exchange.create_order(BTC, "market", "buy", 0.01)
    assert exchange.add_margin(BTC, 20)["amount"] == 20
    assert exchange.reduce_margin(BTC, 5)["amount"] == 5
    [position] = exchange.fetch_positions([BTC])
    assert (position["marginMode"], position["collateral"]) == ("isolated", 79.67399950)
    history = exchange.fetch_margin_adjustment_history(BTC)
    assert [(row["type"], row["amount"]) for row in history] == [("add", 20), ("reduce", 5)]


def test_special_orders(control: Client, exchange: Any) -> None:
    """ccxt's own words for post-only, immediate, whole, reducing, and following the book."""
    quote(control, bids=[["64990", "1"]], asks=[["65010", "0.004"], ["65020", "1"]])
    with pytest.raises(ccxt.OrderNotFillable, match="-5022"):
        exchange.create_order(BTC, "limit", "buy", 0.01, 65010, {"postOnly": True})
    maker = exchange.create_order(BTC, "limit", "buy", 0.01, 65000, {"postOnly": True})
    assert (maker["postOnly"], maker["timeInForce"]) == (True, "PO")
    rest = exchange.create_order(BTC, "limit", "buy", 0.01, 65010, {"timeInForce": "IOC"})
    assert (rest["status"], rest["filled"]) == ("expired", 0.004)
    with pytest.raises(ccxt.OrderNotFillable, match="-5021"):
        exchange.create_order(BTC, "limit", "buy", 0.01, 65010, {"timeInForce": "FOK"})
    queued = exchange.create_order(BTC, "limit", "buy", 0.01, None, {"priceMatch": "QUEUE"})
    assert queued["price"] == 65000
    with pytest.raises(ccxt.InvalidOrder, match="-2022"):
        exchange.create_order(BTC, "market", "buy", 0.01, None, {"reduceOnly": True})


@pytest.mark.parametrize(
    ("amount", "price", "refusal", "code"),
    [
        (5, 65000, ccxt.InsufficientFunds, "-2019"),
        (0.01, 70000, ccxt.BadRequest, "-4016"),
        (0.001, 40000, ccxt.InvalidOrder, "-4164"),
    ],
)
def test_a_bot_learns_why_it_was_refused(
    exchange: Any, amount: float, price: float, refusal: type[Exception], code: str
) -> None:
    """The exceptions that ccxt keeps for the exchange's futures, which it knows by their host."""
    with pytest.raises(refusal, match=code):
        exchange.create_order(BTC, "limit", "buy", amount, price)


async def eventually(watch: Callable[[], Awaitable[Any]], holds: Callable[[Any], bool]) -> Any:
    """The first answer of a watcher of which something holds."""
    async with asyncio.timeout(PATIENCE):
        while True:
            seen = await watch()
            if holds(seen):
                return seen


def test_everything_that_ccxt_pro_watches(
    server: ServerProcess, control: Client, account: Account
) -> None:
    """An order that is filled in parts, by two prices, while everything is watched."""
    quote(control, asks=[["65000.1", "0.004"], ["65000.2", "1"]])

    async def scene() -> None:
        exchange = ccxt_client("binanceusdm", server.url, account, professional=True)
        exchange.newUpdates = False  # each watcher shows all that it knows
        try:
            await exchange.load_markets()
            watching = [
                asyncio.ensure_future(eventually(watch, holds))
                for watch, holds in (
                    (exchange.watch_orders, lambda seen: seen[-1]["status"] == "closed"),
                    (exchange.watch_my_trades, lambda seen: len(seen) == 2),
                    (
                        exchange.watch_positions,
                        lambda seen: [p["contracts"] for p in seen] == [0.01],
                    ),
                    (exchange.watch_balance, lambda seen: seen["USDT"]["total"] < 9999.68),
                )
            ]
            await asyncio.sleep(1)
            order = await exchange.create_order(BTC, "market", "buy", 0.01)
            orders, trades, held, balance = await asyncio.gather(*watching)
        finally:
            await exchange.close()
        [seen] = [row for row in orders if row["id"] == order["id"]]
        assert (seen["filled"], seen["average"], seen["remaining"]) == (0.01, 65000.16, 0)
        assert [(row["amount"], row["price"]) for row in trades] == [
            (0.004, 65000.1),
            (0.006, 65000.2),
        ]
        assert (held[-1]["side"], held[-1]["entryPrice"]) == ("long", 65000.16)
        # 0.05% of 260.0004 and of 390.0012
        assert balance["USDT"]["total"] == pytest.approx(9999.6749992)

    asyncio.run(scene())

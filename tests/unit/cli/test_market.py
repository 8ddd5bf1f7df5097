"""price, liquidity, order, funding: the market from the command line."""

import pytest

from clearhouse.testing import Client, ServerProcess
from unit.cli.conftest import Run


def placed(server: ServerProcess, price: str) -> str:
    """An order of the demo account to buy 0.1 BTC."""
    client = Client(server.url)
    client.signed(
        "POST", "/sapi/v1/asset/transfer", type="MAIN_UMFUTURE", asset="USDT", amount="9000"
    )
    order = client.signed(
        "POST",
        "/fapi/v1/order",
        symbol="BTCUSDT",
        side="BUY",
        type="LIMIT",
        timeInForce="GTC",
        quantity="0.1",
        price=price,
    )
    client.close()
    assert order.status == 200, order.body
    return str(order.json["orderId"])


def test_prices_are_set_and_shown(run: Run, server: ServerProcess) -> None:
    at = ("--url", server.url)
    assert run("price", "set", "ETHUSDT", "--last", "3000.5", *at).out == (
        "ETHUSDT: last 3000.5, mark 3000.5, index 3000.5; 0 trades\n"
    )
    only_mark = run("price", "set", "ETHUSDT", "--last", "3000", "--mark", "3001", "--json", *at)
    assert only_mark.json == {
        "symbol": "ETHUSDT",
        "last": "3000",
        "mark": "3001",
        "index": "3000.5",
        "trades": 0,
    }
    rows = run("price", "show", "--json", *at).json
    assert next(row for row in rows if row["symbol"] == "ETHUSDT")["mark"] == "3001"
    assert "ETHUSDT" in run("price", "show", *at).out
    one = run("price", "show", "ETHUSDT", "--levels", "2", "--json", *at).json
    assert one["bids"] == [["2999.99", "2000"], ["2999.98", "2000"]]
    shown = run("price", "show", "ETHUSDT", *at).out
    assert "3000.01" in shown
    assert "house, 20 levels of 2000" in shown


def test_liquidity_is_set(run: Run, server: ServerProcess) -> None:
    at = ("--url", server.url)
    set_it = ("liquidity", "set", "XRPUSDT")
    assert run(*set_it, "none", *at).out == "XRPUSDT: none; 0 trades\n"
    assert "none" in run("price", "show", "XRPUSDT", *at).out
    chosen = run(*set_it, "house", "--depth", "3", "--quantity", "7", *at)
    assert chosen.out == "XRPUSDT: house, 3 levels of 7; 0 trades\n"
    levels = ("--bid", "0.5:10", "--bid", "0.4:20", "--ask", "0.7:30", "--json")
    assert run(*set_it, *levels, *at).json == {
        "symbol": "XRPUSDT",
        "mode": "levels",
        "bids": [["0.5", "10"], ["0.4", "20"]],
        "asks": [["0.7", "30"]],
        "trades": 0,
    }


def test_an_order_is_filled(run: Run, server: ServerProcess) -> None:
    at, order = ("--url", server.url), placed(server, "62000")
    fill = ("order", "fill", order, "--quantity", "0.04", "--price", "61000", *at)
    assert run(*fill).out == f"BTCUSDT order {order}: 0.04 at 61000, PARTIALLY_FILLED with 0.04\n"
    rest = run("order", "fill", order, "--json", "--idempotency-key", "rest", *at).json
    assert (rest["status"], rest["executedQty"]) == ("FILLED", "0.1")
    again = run("order", "fill", order, "--json", "--idempotency-key", "rest", *at).json
    assert again == rest
    gone = run("order", "fill", order, *at)
    assert gone.status == 1
    assert f"no order {order} is open" in gone.err


def test_funding_is_settled(run: Run, server: ServerProcess) -> None:
    at = ("--url", server.url)
    settled = run("funding", "settle", "SOLUSDT", "--rate", "-0.0002", *at)
    assert settled.out == (
        "SOLUSDT: rate -0.0002 at mark 150; 0 positions paid 0 and received 0 USDT\n"
    )
    assert run("funding", "settle", "SOLUSDT", "--json", *at).json["rate"] == "0.0001"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("price", "set", "BTCUSDT"), "name a price: --last, --mark or --index"),
        (("price", "set", "BTCUSDT", "--last", "0"), "last: above zero"),
        (("price", "set", "NOPE", "--last", "1"), "no symbol NOPE is listed"),
        (("price", "set", "a/b?c#d", "--last", "1"), "is no call of this server"),
        (("price", "show", "NOPE"), "no symbol NOPE is listed"),
        (("liquidity", "set", "BTCUSDT"), "name a mode, or levels of one side or both"),
        (("liquidity", "set", "BTCUSDT", "often"), "mode: house or none"),
        (("liquidity", "set", "BTCUSDT", "--bid", "1"), "--bid takes PRICE:QUANTITY, not '1'"),
        (("order", "fill", "7"), "no order 7 is open"),
        (("funding", "settle", "NOPE"), "no symbol NOPE is listed"),
    ],
)
def test_a_refusal_is_a_sentence(
    run: Run, server: ServerProcess, words: tuple[str, ...], sentence: str
) -> None:
    ran = run(*words, "--url", server.url)
    assert (ran.status, ran.out) == (1, "")
    assert sentence in ran.err

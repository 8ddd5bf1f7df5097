"""ccxt, `binance` and `binanceusdm`: start-up with keys, balances, transfers, modes."""

import asyncio
from collections.abc import Iterator
from typing import Any

import ccxt
import pytest

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import ccxt_client

KINDS = ("binance", "binanceusdm")


@pytest.fixture
def account(control: Client) -> Account:
    return open_account(control, {"MAIN": {"USDT": "1000", "BTC": "2"}})


@pytest.fixture(params=KINDS)
def either(
    request: pytest.FixtureRequest, server: ServerProcess, account: Account
) -> Iterator[Any]:
    client = ccxt_client(request.param, server.url, account)
    yield client
    client.session.close()


@pytest.fixture
def binance(server: ServerProcess, account: Account) -> Iterator[Any]:
    client = ccxt_client("binance", server.url, account)
    yield client
    client.session.close()


def totals(balance: Any) -> dict[str, float]:
    """The assets that are there."""
    return {asset: amount for asset, amount in balance["total"].items() if amount}


@pytest.mark.parametrize(
    ("kind", "first", "markets"),
    [("binance", "BTC/USDT", 20), ("binanceusdm", "BTC/USDT:USDT", 10)],
)
def test_markets_load_with_keys(
    server: ServerProcess, account: Account, kind: str, first: str, markets: int
) -> None:
    """With keys ccxt also asks for coins and margin pairs, and looks each asset up there."""
    client = ccxt_client(kind, server.url, account)
    loaded = client.load_markets()
    client.session.close()
    assert len(loaded) == markets
    assert next(iter(loaded)) == first
    contract = loaded["BTC/USDT:USDT"]
    assert contract["active"] is True
    assert contract["precision"] == {
        "amount": 0.001,
        "price": 0.1,
        "base": 1e-8,
        "quote": 1e-8,
    }
    for market in loaded.values():
        assert {market["base"], market["quote"]} <= client.currencies.keys()


def test_money_goes_to_the_futures_wallet_and_back(either: Any) -> None:
    there = either.transfer("USDT", 100, "spot", "swap")
    assert there["id"] == str(there["info"]["tranId"])
    assert totals(either.fetch_balance({"type": "swap"})) == {"USDT": 100.0}
    either.transfer("USDT", 40.5, "linear", "spot")
    assert either.fetch_balance({"type": "swap"})["USDT"] == {
        "free": 59.5,
        "used": 0.0,
        "total": 59.5,
    }


@pytest.mark.parametrize(
    ("account_type", "balance"),
    [
        ("swap", {"type": "swap"}),
        ("margin", {"type": "margin"}),
        ("cross", {"type": "margin", "marginMode": "cross"}),
        ("funding", {"type": "funding"}),
    ],
)
def test_a_transfer_arrives_where_the_balance_is_read(
    binance: Any, account_type: str, balance: dict[str, str]
) -> None:
    binance.transfer("BTC", 0.5, "spot", account_type)
    assert totals(binance.fetch_balance(balance)) == {"BTC": 0.5}
    assert totals(binance.fetch_balance({"type": "spot"})) == {"USDT": 1000.0, "BTC": 1.5}


def test_coin_margined_balance(binance: Any) -> None:
    binance.transfer("BTC", 0.5, "spot", "inverse")
    rows = binance.dapiPrivateGetBalance()
    assert [(row["asset"], row["balance"]) for row in rows] == [("BTC", "0.50000000")]


def test_isolated_margin_is_named_by_its_market(binance: Any) -> None:
    """`BTC/USDT` as an account, or `isolated` with a symbol."""
    binance.load_markets()
    binance.transfer("USDT", 30, "spot", "BTC/USDT")
    binance.transfer("USDT", 20, "spot", "isolated", {"symbol": "BTC/USDT"})
    binance.transfer("USDT", 7, "BTC/USDT", "cross")
    binance.transfer("USDT", 2, "cross", "ETH/USDT")
    binance.transfer("USDT", 1, "BTC/USDT", "spot")
    pairs = binance.fetch_balance({"type": "margin", "marginMode": "isolated"})
    assert totals(pairs) == {"USDT": 44.0}
    assert {row["symbol"]: row["quoteAsset"]["free"] for row in pairs["info"]["assets"]} == {
        "BTCUSDT": "42.00000000",
        "ETHUSDT": "2.00000000",
    }
    assert totals(binance.fetch_balance({"type": "margin"})) == {"USDT": 5.0}


def test_history_of_transfers(binance: Any) -> None:
    first = binance.transfer("USDT", 12.5, "spot", "funding")
    binance.transfer("USDT", 1, "spot", "margin")
    rows = binance.fetch_transfers("USDT", None, None, {"type": "MAIN_FUNDING"})
    assert len(rows) == 1
    row = rows[0]
    assert (row["id"], row["currency"], row["amount"], row["status"]) == (
        first["id"],
        "USDT",
        12.5,
        "ok",
    )
    assert (row["fromAccount"], row["toAccount"]) == ("spot", "funding")


def test_modes(server: ServerProcess, account: Account) -> None:
    client = ccxt_client("binanceusdm", server.url, account)
    assert client.fetch_position_mode()["hedged"] is False
    assert client.set_position_mode(True) == {"code": 200, "msg": "success"}
    assert client.fetch_position_mode()["hedged"] is True
    with pytest.raises(ccxt.OperationRejected, match="-4059"):
        client.set_position_mode(True)
    client.fapiPrivatePostMultiAssetsMargin({"multiAssetsMargin": "true"})
    assert client.fapiPrivateGetMultiAssetsMargin() == {"multiAssetsMargin": True}
    client.session.close()


def test_leverage_and_margin_mode(server: ServerProcess, account: Account) -> None:
    client = ccxt_client("binanceusdm", server.url, account)
    symbol = "BTC/USDT:USDT"
    assert client.set_leverage(10, symbol)["leverage"] in (10, "10")
    assert client.set_margin_mode("isolated", symbol) == {"code": 200, "msg": "success"}
    with pytest.raises(ccxt.ExchangeError, match="-4046"):
        client.set_margin_mode("isolated", symbol)
    found = client.fetch_leverages()[symbol]
    assert (found["marginMode"], found["longLeverage"], found["shortLeverage"]) == (
        "isolated",
        10,
        10,
    )
    assert client.fetch_margin_mode(symbol)["marginMode"] == "isolated"
    assert client.fetch_leverages()["ETH/USDT:USDT"]["longLeverage"] == 20
    client.session.close()


def test_leverage_tiers(server: ServerProcess, account: Account) -> None:
    client = ccxt_client("binanceusdm", server.url, account)
    tiers = client.fetch_leverage_tiers()
    assert len(tiers) == 10
    second = tiers["BNB/USDT:USDT"][1]
    assert (second["minNotional"], second["maxNotional"]) == (10_000.0, 200_000.0)
    assert (second["maintenanceMarginRate"], second["maxLeverage"]) == (0.006, 50.0)
    assert client.fetch_market_leverage_tiers("BNB/USDT:USDT") == tiers["BNB/USDT:USDT"]
    client.session.close()


def test_fees_and_ledger(server: ServerProcess, account: Account) -> None:
    client = ccxt_client("binanceusdm", server.url, account)
    moved = client.transfer("USDT", 100, "spot", "swap")
    client.transfer("USDT", 40.5, "swap", "spot")
    fee = client.fetch_trading_fee("BTC/USDT:USDT")
    assert (fee["maker"], fee["taker"]) == (0.0002, 0.0005)
    assert "BTC/USDT:USDT" in client.fetch_trading_fees()
    rows = client.fetch_ledger("USDT")
    assert [(row["type"], row["direction"], row["amount"]) for row in rows] == [
        ("transfer", "in", 100.0),
        ("transfer", "out", 40.5),
    ]
    assert rows[0]["id"] == moved["id"]
    assert client.fetch_ledger("USDT", rows[0]["timestamp"], 1)[0]["id"] == moved["id"]
    assert client.fetch_funding_history("BTC/USDT:USDT") == []
    client.session.close()


@pytest.mark.parametrize(
    ("call", "refusal", "code"),
    [
        (lambda c: c.transfer("USDT", 1e9, "spot", "swap"), ccxt.ExchangeError, "-5013"),
        (lambda c: c.transfer("USDT", 1, "spot", "future"), ccxt.ExchangeError, "-3028"),
        (lambda c: c.fetch_deposit_address("USDT", {"network": "?"}), ccxt.ExchangeError, "-1100"),
    ],
)
def test_refusals_carry_the_code(binance: Any, call: Any, refusal: type, code: str) -> None:
    binance.load_markets()
    with pytest.raises(refusal, match=code):
        call(binance)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"secret": "wrong"}, ccxt.AuthenticationError),
        ({"apiKey": "k" * 64}, ccxt.AuthenticationError),
    ],
)
def test_wrong_credentials_are_an_authentication_error(
    server: ServerProcess, account: Account, changed: dict[str, str], refusal: type
) -> None:
    client = ccxt_client("binanceusdm", server.url, account)
    for name, value in changed.items():
        setattr(client, name, value)
    with pytest.raises(refusal):
        client.fetch_balance()
    client.session.close()


@pytest.mark.parametrize("kind", KINDS)
def test_the_asynchronous_client(server: ServerProcess, account: Account, kind: str) -> None:
    async def session() -> dict[str, float]:
        client = ccxt_client(kind, server.url, account, asynchronous=True)
        try:
            await client.load_markets()
            await client.transfer("USDT", 100, "spot", "swap")
            return totals(await client.fetch_balance({"type": "swap"}))
        finally:
            await client.close()

    assert asyncio.run(session()) == {"USDT": 100.0}

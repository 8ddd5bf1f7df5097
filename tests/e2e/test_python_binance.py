"""python-binance: the constructor's ping, wallets, transfers, futures account, modes.

It sends everything that is not a GET as a form body, and Python's `True` as it stands.
"""

import asyncio
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import point_python_binance

with warnings.catch_warnings():
    # python-binance imports a name that websockets gives up.
    warnings.filterwarnings("ignore", "websockets", DeprecationWarning)
    import binance

READINGS = {
    "get_account": "uid",
    "get_margin_account": "userAssets",
    "get_isolated_margin_account": "assets",
    "get_account_api_permissions": "enableFutures",
    "get_system_status": "status",
    "get_server_time": "serverTime",
    "get_exchange_info": "symbols",
    "futures_time": "serverTime",
    "futures_exchange_info": "symbols",
    "futures_coin_exchange_info": "symbols",
}


@pytest.fixture
def account(control: Client) -> Account:
    return open_account(control, {"MAIN": {"USDT": "1000", "BTC": "2"}})


@pytest.fixture
def client(server: ServerProcess, account: Account) -> Iterator[Any]:
    point_python_binance(server.url)
    speaking = binance.Client(account.api_key, account.secret)
    yield speaking
    speaking.close_connection()
    speaking.loop.close()  # the client takes an event loop and leaves it open
    asyncio.set_event_loop(None)


def test_the_constructor_pings(client: Any) -> None:
    assert client.ping() == {}
    assert client.futures_ping() == {}


def test_from_a_transfer_to_the_futures_account(client: Any) -> None:
    moved = client.make_universal_transfer(type="MAIN_UMFUTURE", asset="USDT", amount="250.5")
    page = client.query_universal_transfer_history(type="MAIN_UMFUTURE")
    assert page["total"] == 1
    assert page["rows"][0]["tranId"] == moved["tranId"]
    for rows in (
        client.futures_account_balance(),
        client.futures_account_balance(version=2),
        client.futures_account_balance(version=3),
    ):
        assert (rows[0]["asset"], rows[0]["balance"]) == ("USDT", "250.50000000")
    for version in (2, 3):
        answer = client.futures_account(version=version)
        assert answer["totalWalletBalance"] == "250.50000000"
    assert client.get_asset_balance("USDT") == {
        "asset": "USDT",
        "free": "749.50000000",
        "locked": "0.00000000",
    }


def test_an_isolated_wallet(client: Any) -> None:
    client.make_universal_transfer(
        type="MAIN_ISOLATED_MARGIN", asset="USDT", amount=12, toSymbol="BTCUSDT"
    )
    pairs = client.get_isolated_margin_account(symbols="BTCUSDT")["assets"]
    assert pairs[0]["quoteAsset"]["free"] == "12.00000000"


@pytest.mark.parametrize("value", [True, "true", "TRUE"])
def test_a_switch_takes_a_python_boolean(client: Any, value: object) -> None:
    done = {"code": 200, "msg": "success"}
    assert client.futures_change_multi_assets_mode(multiAssetsMargin=value) == done
    assert client.futures_get_multi_assets_mode() == {"multiAssetsMargin": True}
    assert client.futures_change_multi_assets_mode(multiAssetsMargin=False) == done
    assert client.futures_change_position_mode(dualSidePosition=value) == done
    assert client.futures_get_position_mode() == {"dualSidePosition": True}


def test_symbol_settings(client: Any) -> None:
    assert client.futures_change_leverage(symbol="BNBUSDT", leverage=50) == {
        "leverage": 50,
        "maxNotionalValue": "200000",
        "symbol": "BNBUSDT",
    }
    done = {"code": 200, "msg": "success"}
    assert client.futures_change_margin_type(symbol="BNBUSDT", marginType="ISOLATED") == done
    assert client.futures_symbol_config(symbol="BNBUSDT") == [
        {
            "symbol": "BNBUSDT",
            "marginType": "ISOLATED",
            "isAutoAddMargin": False,
            "leverage": 50,
            "maxNotionalValue": "200000",
        }
    ]
    config = client.futures_account_config()
    assert (config["dualSidePosition"], config["multiAssetsMargin"]) == (False, False)


def test_terms_and_brackets(client: Any) -> None:
    rates = client.futures_commission_rate(symbol="BTCUSDT")
    assert (rates["makerCommissionRate"], rates["takerCommissionRate"]) == ("0.0002", "0.0005")
    first = client.futures_leverage_bracket(symbol="BTCUSDT")[0]["brackets"][0]
    assert (first["initialLeverage"], first["maintMarginRatio"]) == (150, 0.004)
    assert len(client.futures_leverage_bracket()) == 10


def test_income(client: Any) -> None:
    moved = client.make_universal_transfer(type="MAIN_UMFUTURE", asset="USDT", amount="250.5")
    client.make_universal_transfer(type="UMFUTURE_MAIN", asset="USDT", amount="0.5")
    rows = client.futures_income_history()
    assert [(row["incomeType"], row["income"]) for row in rows] == [
        ("TRANSFER", "250.50000000"),
        ("TRANSFER", "-0.50000000"),
    ]
    assert rows[0]["tranId"] == moved["tranId"]
    assert client.futures_income_history(incomeType="TRANSFER", limit=1) == rows[1:]
    assert client.futures_income_history(startTime=rows[0]["time"], limit=1) == rows[:1]


@pytest.mark.parametrize("method", READINGS)
def test_a_reading_answers_an_object(client: Any, method: str) -> None:
    assert READINGS[method] in getattr(client, method)()


@pytest.mark.parametrize(
    ("kind", "method", "field", "amount"),
    [
        ("MAIN_FUNDING", "funding_wallet", "free", "0.5"),
        ("MAIN_CMFUTURE", "futures_coin_account_balance", "balance", "0.50000000"),
        ("MAIN_PORTFOLIO_MARGIN", "papi_get_balance", "totalWalletBalance", "0.50000000"),
    ],
)
def test_other_wallets_list_what_came_in(
    client: Any, kind: str, method: str, field: str, amount: str
) -> None:
    client.make_universal_transfer(type=kind, asset="BTC", amount="0.5")
    rows = getattr(client, method)()
    assert [(row["asset"], row[field]) for row in rows] == [("BTC", amount)]


def test_lists_for_start_up(client: Any) -> None:
    assert {row["asset"] for row in client.get_user_asset()} == {"USDT", "BTC"}
    assert len(client.get_all_coins_info()) == 11
    assert len(client.get_margin_all_pairs()) == 10
    assert len(client.get_all_isolated_margin_symbols()) == 10
    assert client.get_symbol_info("BTCUSDT")["baseAsset"] == "BTC"


@pytest.mark.parametrize(
    ("refused", "status", "code"),
    [
        (
            lambda c: c.make_universal_transfer(type="MAIN_UMFUTURE", asset="USDT", amount=5000),
            400,
            -5013,
        ),
        (lambda c: c.make_universal_transfer(type="MAIN_MOON", asset="USDT", amount=1), 400, -1130),
        (lambda c: c.make_universal_transfer(type="MAIN_UMFUTURE", asset="USDT"), 400, -1102),
        (lambda c: c.futures_change_position_mode(dualSidePosition=False), 400, -4059),
        (lambda c: c.futures_change_multi_assets_mode(multiAssetsMargin=False), 400, -4171),
        (lambda c: c.futures_change_leverage(symbol="BTCUSDT", leverage=151), 400, -4028),
        (
            lambda c: c.futures_change_margin_type(symbol="BTCUSDT", marginType="CROSSED"),
            400,
            -4046,
        ),
        (lambda c: c.futures_commission_rate(symbol="MOONUSDT"), 400, -1121),
        (lambda c: c.futures_klines(symbol="BTCUSDT", interval="7m"), 400, -1120),
        (lambda c: c.futures_loan_wallet(), 404, -1099),
    ],
)
def test_refusals(client: Any, refused: Any, status: int, code: int) -> None:
    with pytest.raises(binance.BinanceAPIException) as raised:
        refused(client)
    assert (raised.value.status_code, raised.value.code) == (status, code)

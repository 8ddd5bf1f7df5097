"""Dust, distributions, listings and old routes, as three client libraries call them."""

import asyncio
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import ccxt
import pytest
from binance_common.errors import BadRequestError, NotFoundError

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import ccxt_client, official_wallet, point_python_binance

with warnings.catch_warnings():
    # python-binance imports a name that websockets gives up.
    warnings.filterwarnings("ignore", "websockets", DeprecationWarning)
    import binance


@pytest.fixture
def account(control: Client) -> Account:
    """10 XRP are 6 USD and 20 DOGE are 3 USD: dust."""
    made = open_account(control, {"MAIN": {"XRP": "10", "DOGE": "20", "USDT": "1000"}})
    control.control(
        "POST",
        f"/accounts/{made.uid}/dividends",
        {"asset": "BTC", "amount": "1.5", "info": "Launchpool"},
    )
    return made


@pytest.fixture
def official(
    server: ServerProcess, account: Account, caplog: pytest.LogCaptureFixture
) -> Iterator[Any]:
    """The SDK only logs an answer that does not fit its model, so its log must stay empty."""
    yield official_wallet(server.url, account)
    assert [
        r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.WARNING
    ] == []


@pytest.fixture
def unofficial(server: ServerProcess, account: Account) -> Iterator[Any]:
    client = ccxt_client("binance", server.url, account)
    yield client
    client.session.close()


@pytest.fixture
def python(server: ServerProcess, account: Account) -> Iterator[Any]:
    point_python_binance(server.url)
    speaking = binance.Client(account.api_key, account.secret)
    yield speaking
    speaking.close_connection()
    speaking.loop.close()  # the client takes an event loop and leaves it open
    asyncio.set_event_loop(None)


@pytest.mark.parametrize("assets", ["XRP,DOGE", ["XRP", "DOGE"]])
def test_official_dust(official: Any, assets: object) -> None:
    offered = official.get_assets_that_can_be_converted_into_bnb().data()
    assert [row.asset for row in offered.details] == ["XRP", "DOGE"]
    turned = official.dust_transfer(asset=assets, account_type="SPOT").data()
    assert (turned.total_transfered, turned.total_service_charge) == ("0.01500000", "0.00030000")
    log = official.dustlog().data()
    assert (log.total, log.user_asset_dribblets[0].total_transfered_amount) == (1, "0.0147")


def test_official_dust_convert(official: Any) -> None:
    offered = official.dust_convertible_assets(target_asset="USDT").data()
    assert [(row.asset, row.to_target_asset_off_exchange) for row in offered.details] == [
        ("XRP", "5.88"),
        ("DOGE", "2.94"),
    ]
    turned = official.dust_convert(asset="DOGE", target_asset="USDT", client_id="a-1").data()
    assert (turned.total_transfered, turned.total_service_charge) == ("3", "0.06")


def test_official_readings(official: Any) -> None:
    dividends = official.asset_dividend_record(asset="BTC").data()
    assert [(row.amount, row.en_info) for row in dividends.rows] == [("1.50000000", "Launchpool")]
    assert [row.symbol for row in official.trade_fee(symbol="BTCUSDT").data()] == ["BTCUSDT"]
    assert len(official.get_spot_asset_tags().data()) == 11
    assert official.get_open_symbol_list().data() == []
    assert official.get_symbols_delist_schedule_for_spot().data() == []
    assert official.asset_detail(asset="BTC").data() is not None


def test_official_switches(official: Any) -> None:
    done = official.toggle_bnb_burn_on_spot_trade_and_margin_interest(
        spot_bnb_burn="false", interest_bnb_burn="true"
    ).data()
    assert (done.spot_bnb_burn, done.interest_bnb_burn) == (False, True)
    with pytest.raises(BadRequestError) as refused:
        official.toggle_bnb_burn_on_spot_trade_and_margin_interest()
    assert refused.value.status_code == -1102


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.query_user_delegation_history(email="a@b.c", start_time=1, end_time=2),
        lambda c: c.get_cloud_mining_payment_and_refund_history(start_time=1, end_time=2),
        lambda c: c.withdraw_travel_rule(
            coin="BTC", address="x", amount=1, questionnaire='{"isAddressOwner":1}'
        ),
        lambda c: c.withdraw_history_v1(),
        lambda c: c.withdraw_history_v2(),
        lambda c: c.submit_deposit_questionnaire_travel_rule(tran_id=1, questionnaire="{}"),
        lambda c: c.submit_deposit_questionnaire_v2(deposit_id="1", questionnaire="{}"),
        lambda c: c.deposit_history_travel_rule(),
        lambda c: c.deposit_history_v2(),
        lambda c: c.check_questionnaire_requirements(),
        lambda c: c.vasp_list(),
    ],
)
def test_official_calls_that_are_refused_by_design(official: Any, call: Any) -> None:
    with pytest.raises(BadRequestError, match="not supported") as refused:
        call(official)
    assert refused.value.status_code == -1020


def test_unofficial_dust(unofficial: Any) -> None:
    """ccxt repeats the name for each asset; its dust trades are read off the log."""
    unofficial.load_markets()
    turned = unofficial.sapiPostAssetDust({"asset": ["XRP", "DOGE"]})
    assert turned["totalTransfered"] == "0.01500000"
    trades = unofficial.fetch_my_dust_trades()
    assert [(row["symbol"], row["amount"], row["cost"], row["fee"]["cost"]) for row in trades] == [
        ("XRP/BNB", 10.0, 0.0098, 0.0002),
        ("DOGE/BNB", 20.0, 0.0049, 0.0001),
    ]


def test_unofficial_fees_and_prices(unofficial: Any) -> None:
    fees = unofficial.fetch_trading_fees()
    assert (fees["BTC/USDT"]["maker"], fees["BTC/USDT"]["taker"]) == (0.0, 0.0)
    assert unofficial.fetch_trading_fee("BTC/USDT")["maker"] == 0.0
    assert unofficial.fetch_last_prices()["BTC/USDT"]["price"] == 65000.0


def test_unofficial_refusals(unofficial: Any) -> None:
    with pytest.raises(ccxt.ExchangeError, match="-21015"):
        unofficial.sapiPostMarginTransfer({"asset": "USDT", "amount": 1, "type": 1})
    with pytest.raises(ccxt.ExchangeError, match="-5000"):
        unofficial.fapiPrivateGetAccount()


def test_python_dust(python: Any) -> None:
    assert [row["asset"] for row in python.get_dust_assets()["details"]] == ["XRP", "DOGE"]
    assert python.transfer_dust(asset="XRP")["totalTransfered"] == "0.01000000"
    assert python.get_dust_log()["total"] == 1


@pytest.mark.parametrize("assets", ["XRP,DOGE", ["XRP", "DOGE"]])
def test_python_signs_several_assets_wrongly(python: Any, assets: object) -> None:
    """It signs the text of its own parameters and sends another, which the exchange refuses too."""
    with pytest.raises(binance.BinanceAPIException) as refused:
        python.transfer_dust(asset=assets)
    assert refused.value.code == -1022


def test_python_readings(python: Any) -> None:
    assert python.get_asset_dividend_history(limit=5)["rows"][0]["amount"] == "1.50000000"
    assert python.get_asset_details(asset="BTC")["BTC"]["withdrawStatus"] is True
    assert python.get_trade_fee(symbol="BTCUSDT")[0]["takerCommission"] == "0"
    assert python.get_spot_delist_schedule() == []
    assert python.get_symbol_ticker(symbol="ETHUSDT") == {
        "symbol": "ETHUSDT",
        "price": "3200.00000000",
    }
    assert len(python.get_all_tickers()) == 10
    assert python.get_margin_all_assets(asset="BTC")[0]["assetName"] == "BTC"


def test_python_switches(python: Any) -> None:
    both = {"spotBNBBurn": False, "interestBNBBurn": False}
    assert python.toggle_bnb_burn_spot_margin(spotBNBBurn=False) == both
    assert python.get_bnb_burn_spot_margin() == both


def test_python_old_futures_transfer(python: Any) -> None:
    moved = python.futures_account_transfer(asset="USDT", amount="250.5", type=1)
    page = python.transfer_history(asset="USDT", startTime=0)
    assert page["total"] == 1
    row = page["rows"][0]
    assert (row["tranId"], row["amount"], row["type"], row["status"]) == (
        moved["tranId"],
        "250.50000000",
        "1",
        "CONFIRMED",
    )


def test_python_margin(python: Any) -> None:
    moved = python.make_universal_transfer(type="MAIN_MARGIN", asset="USDT", amount=5)
    [row] = python.get_margin_transfer_history(type="ROLL_IN")["rows"]
    assert (row["txId"], row["amount"]) == (moved["tranId"], "5.00000000")
    assert python.get_max_margin_transfer(asset="USDT") == {"amount": "5.00000000"}
    with pytest.raises(binance.BinanceAPIException) as refused:
        python.transfer_spot_to_margin(asset="USDT", amount=5)
    assert (refused.value.status_code, refused.value.code) == (400, -21015)


def test_a_path_that_is_not_built_is_not_found(official: Any) -> None:
    with pytest.raises(NotFoundError):
        official.get_country_list()

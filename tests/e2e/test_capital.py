"""Deposits, withdrawals and snapshots with the clients that people use."""

import asyncio
import warnings
from collections.abc import Iterator
from typing import Any

import ccxt
import pytest
from binance_common.errors import BadRequestError, UnauthorizedError

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .accounts import Account, deposit, open_account, withdrawer
from .clients import ccxt_client, official_wallet, point_python_binance

with warnings.catch_warnings():
    # python-binance imports a name that websockets gives up.
    warnings.filterwarnings("ignore", "websockets", DeprecationWarning)
    import binance

OUTSIDE = "0x94df8b352de7f46f64b01d3666bf6e936e44ce60"
DAY = 86_400_000


@pytest.fixture
def account(control: Client) -> Account:
    return withdrawer(control, open_account(control, {"MAIN": {"USDT": "1000", "BTC": "2"}}))


@pytest.fixture
def other(control: Client) -> Account:
    return withdrawer(control, open_account(control))


@pytest.fixture
def ccxt_binance(server: ServerProcess, account: Account) -> Iterator[Any]:
    client = ccxt_client("binance", server.url, account)
    yield client
    client.session.close()


@pytest.fixture
def python_binance(server: ServerProcess, account: Account) -> Iterator[Any]:
    point_python_binance(server.url)
    speaking = binance.Client(account.api_key, account.secret)
    yield speaking
    speaking.close_connection()
    speaking.loop.close()  # the client takes an event loop and leaves it open
    asyncio.set_event_loop(None)


@pytest.fixture
def tomorrow(control: Client) -> Iterator[int]:
    """The venue a day ahead, its clock standing still."""
    now = wall_clock_ms() + DAY
    control.control("PUT", "/clock", {"mode": "frozen", "now": now})
    yield now
    control.control("PUT", "/clock", {"mode": "real"})


def test_official_money_goes_from_one_account_to_another(
    server: ServerProcess, account: Account, other: Account
) -> None:
    sender, receiver = official_wallet(server.url, account), official_wallet(server.url, other)
    sender.enable_fast_withdraw_switch()
    there = receiver.deposit_address(coin="USDT").data()
    made = sender.withdraw(
        coin="USDT", address=there.address, amount=12.5, withdraw_order_id="first"
    ).data()
    [sent] = sender.withdraw_history(withdraw_order_id="first").data()
    [came] = receiver.deposit_history(include_source=True, tx_id=sent.tx_id).data()
    assert (sent.id, sent.amount, sent.status) == (made.id, "12.50000000", 6)
    assert (came.amount, came.status, came.tx_id) == ("12.5", 1, sent.tx_id)
    assert came.transfer_type == sent.transfer_type == 1
    assert receiver.user_asset().data()[0].free == "12.5"
    assert receiver.one_click_arrival_deposit_apply(deposit_id=int(came.id)).data().data is True
    assert float(sender.fetch_withdraw_quota().data().used_wd_quota) > 0
    sender.disable_fast_withdraw_switch()


def test_official_addresses(server: ServerProcess, control: Client, account: Account) -> None:
    wallet = official_wallet(server.url, account)
    [listed] = wallet.fetch_deposit_address_list_with_network(coin="BTC", network="BTC").data()
    assert listed.address == wallet.deposit_address(coin="BTC", network="BTC").data().address
    entry = {"coin": "BTC", "address": OUTSIDE, "name": "cold", "trusted": True}
    control.control("POST", f"/accounts/{account.uid}/addresses", entry)
    control.control("PUT", f"/accounts/{account.uid}/whitelist", {"enabled": True})
    [saved] = wallet.fetch_withdraw_address_list().data()
    assert (saved.address, saved.name, saved.white_status) == (OUTSIDE, "cold", True)
    assert wallet.withdraw(coin="BTC", address=OUTSIDE, amount=0.5).data().id
    with pytest.raises(BadRequestError) as refused:
        wallet.withdraw(coin="BTC", address=OUTSIDE, amount=0.5, network="ETH")
    assert refused.value.status_code == -4035


def test_official_key_without_an_ip_restriction(server: ServerProcess, control: Client) -> None:
    open_to_all = open_account(control, {"MAIN": {"USDT": "1"}})
    with pytest.raises(UnauthorizedError) as refused:
        official_wallet(server.url, open_to_all).withdraw(coin="USDT", address=OUTSIDE, amount=1)
    assert refused.value.status_code == -1002


def test_official_account(server: ServerProcess, account: Account) -> None:
    wallet = official_wallet(server.url, account)
    assert wallet.account_status().data().data == "Normal"
    assert wallet.account_info().data().vip_level == 0
    assert wallet.account_api_trading_status().data().data.is_locked is False
    assert wallet.daily_account_snapshot(type="SPOT").data().snapshot_vos == []


def test_ccxt_deposits_and_withdrawals(
    server: ServerProcess, control: Client, account: Account, other: Account, ccxt_binance: Any
) -> None:
    """ccxt asks for windows of exactly 90 days, and formats amounts by getall."""
    number = deposit(control, account, "FUNDING", "USDT", "70")
    found = ccxt_binance.fetch_deposits("USDT", wall_clock_ms() - DAY)
    assert [(row["id"], row["amount"], row["status"]) for row in found][-1] == (
        str(number),
        70.0,
        "ok",
    )
    receiver = ccxt_client("binance", server.url, other)
    there = receiver.fetch_deposit_address("USDT")
    assert (there["currency"], there["tag"]) == ("USDT", None)
    made = ccxt_binance.withdraw("USDT", 30.25, there["address"])
    [sent] = ccxt_binance.fetch_withdrawals("USDT", wall_clock_ms() - DAY)
    assert (sent["id"], sent["amount"], sent["status"]) == (made["id"], 30.25, "ok")
    assert (sent["address"], sent["internal"]) == (there["address"], False)
    assert sent["fee"] == {"currency": "USDT", "cost": 0.0}
    [came] = receiver.fetch_deposits()
    assert (came["txid"], came["amount"]) == (sent["txid"], 30.25)
    receiver.session.close()


def test_ccxt_networks_are_labels(ccxt_binance: Any) -> None:
    """A network of ccxt's own naming goes out as the exchange calls it, and comes back."""
    ccxt_binance.withdraw("USDT", 1, OUTSIDE, {"network": "ERC20"})
    [sent] = ccxt_binance.fetch_withdrawals("USDT")
    assert (sent["info"]["network"], sent["network"]) == ("ETH", "ERC20")


def test_ccxt_refusals(ccxt_binance: Any) -> None:
    with pytest.raises(ccxt.ExchangeError, match="-4026"):
        ccxt_binance.withdraw("USDT", 5000, OUTSIDE)
    with pytest.raises(ccxt.ExchangeError, match="-4106"):
        ccxt_binance.withdraw("USDT", 1, OUTSIDE, {"tag": "101764890"})


def test_python_binance_deposits_and_withdrawals(
    control: Client, account: Account, other: Account, python_binance: Any
) -> None:
    number = deposit(control, account, "MAIN", "BTC", "0.25")
    newest = python_binance.get_deposit_history(coin="BTC")[0]
    assert (newest["id"], newest["amount"]) == (str(number), "0.25")
    there = python_binance.get_deposit_address("BTC", network="BTC")
    assert (
        there["address"]
        != newest["address"]
        == python_binance.get_deposit_address("BTC")["address"]
    )
    made = python_binance.withdraw(
        coin="BTC", address=OUTSIDE, amount=0.1, transactionFeeFlag=True, name="cold"
    )
    assert python_binance.get_withdraw_history(coin="BTC")[0]["id"] == made["id"]
    assert python_binance.get_withdraw_history_id(made["id"])["amount"] == "0.10000000"


def test_python_binance_account(python_binance: Any) -> None:
    assert python_binance.get_account_status() == {"data": "Normal"}
    assert python_binance.get_account_api_trading_status()["data"]["isLocked"] is False
    assert python_binance.get_account_snapshot(type="FUTURES") == {
        "code": 200,
        "msg": "",
        "snapshotVos": [],
    }


def test_python_binance_switches_fast_withdrawal(
    control: Client, account: Account, python_binance: Any
) -> None:
    """Its own names for it leave out a part of the path, and are refused as on the exchange."""

    def fast() -> object:
        shown = control.control("GET", f"/accounts/{account.uid}").json
        return shown["wallets"]["fastWithdraw"]

    assert python_binance.margin_v1_post_account_enable_fast_withdraw_switch() == {}
    assert fast() is True
    assert python_binance.margin_v1_post_account_disable_fast_withdraw_switch() == {}
    assert fast() is False
    with pytest.raises(binance.exceptions.BinanceAPIException, match="code=-1099"):
        python_binance.enable_fast_withdraw_switch()


def test_python_binance_snapshots(python_binance: Any, tomorrow: int) -> None:
    python_binance.timestamp_offset = tomorrow - wall_clock_ms()
    [day] = python_binance.get_account_snapshot(type="SPOT", limit=30)["snapshotVos"]
    held = {row["asset"]: row["free"] for row in day["data"]["balances"]}
    assert held == {"USDT": "1000.00000000", "BTC": "2.00000000"}
    assert day["updateTime"] == tomorrow // DAY * DAY - 1000

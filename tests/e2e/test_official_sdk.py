"""The exchange's own Python SDK, REST: deposit, transfer, balances, account, modes."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from binance_common.errors import BadRequestError, NotFoundError, UnauthorizedError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, add_key, deposit, open_account, pem
from .clients import official_rest, official_wallet


@pytest.fixture(autouse=True)
def parsed_without_complaint(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The SDK only logs an answer that does not fit its model, so its log must stay empty."""
    yield
    assert [
        r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.WARNING
    ] == []


@pytest.fixture
def account(control: Client) -> Account:
    return open_account(control, {"MAIN": {"USDT": "1000"}})


@pytest.fixture
def wallet(server: ServerProcess, account: Account) -> Any:
    return official_wallet(server.url, account)


@pytest.fixture
def futures(server: ServerProcess, account: Account) -> Any:
    return official_rest(server.url, account)


def test_from_a_deposit_to_the_futures_account(
    control: Client, account: Account, wallet: Any, futures: Any
) -> None:
    deposit(control, account, "MAIN", "USDT", "234.5")
    moved = wallet.user_universal_transfer(type="MAIN_UMFUTURE", asset="USDT", amount=1200.25)
    assert moved.status == 200
    number = moved.data().tran_id

    page = wallet.query_user_universal_transfer_history(type="MAIN_UMFUTURE").data()
    assert page.total == 1
    row = page.rows[0]
    assert (row.tran_id, row.asset, row.amount, row.status) == (
        number,
        "USDT",
        "1200.25",
        "CONFIRMED",
    )
    spot = wallet.user_asset().data()
    assert [(r.asset, r.free) for r in spot] == [("USDT", "34.25")]

    for rows in (
        futures.futures_account_balance_v2().data(),
        futures.futures_account_balance_v3().data(),
    ):
        assert rows[0].asset == "USDT"
        assert rows[0].balance == "1200.25000000"
        assert rows[0].max_withdraw_amount == "1200.25000000"
        assert rows[0].margin_available is True

    v2 = futures.account_information_v2().data()
    assert v2.total_wallet_balance == "1200.25000000"
    assert v2.available_balance == "1200.25000000"
    assert len(v2.positions) == 10
    v3 = futures.account_information_v3().data()
    assert v3.total_margin_balance == "1200.25000000"
    assert v3.positions == []


def test_every_other_reading_of_the_wallet_sdk(wallet: Any) -> None:
    wallet.user_universal_transfer(type="MAIN_FUNDING", asset="USDT", amount=10)
    assert [(r.asset, r.free) for r in wallet.funding_wallet().data()] == [("USDT", "10")]
    named = wallet.user_asset(asset="BTC", need_btc_valuation=True).data()
    assert [(r.asset, r.free, r.btc_valuation) for r in named] == [("BTC", "0", "0")]
    overview = wallet.query_user_wallet_balance(quote_asset="USDT").data()
    assert [r.wallet_name for r in overview if r.balance != "0"] == ["Spot", "Funding"]
    coins = {r.coin: r.free for r in wallet.all_coins_information().data()}
    assert coins["USDT"] == "990"
    rights = wallet.get_api_key_permission().data()
    assert rights.permits_universal_transfer is True
    assert rights.enable_futures is True
    status = wallet.system_status().data()
    assert (status.status, status.msg) == (0, "normal")


def test_modes_are_switched(futures: Any) -> None:
    assert futures.change_multi_assets_mode(multi_assets_margin="true").data().code == 200
    assert futures.get_current_multi_assets_mode().data().multi_assets_margin is True
    assert futures.change_position_mode(dual_side_position="true").data().msg == "success"
    assert futures.get_current_position_mode().data().dual_side_position is True
    positions = futures.account_information_v2().data().positions
    assert [p.position_side for p in positions[:2]] == ["LONG", "SHORT"]


def test_settings_of_the_account(control: Client, account: Account, futures: Any) -> None:
    config = futures.futures_account_configuration().data()
    assert (config.fee_tier, config.can_trade, config.trade_group_id) == (0, True, -1)
    assert futures.get_bnb_burn_status().data().fee_burn is True
    assert futures.toggle_bnb_burn_on_futures_trade(fee_burn="false").data().code == 200
    assert futures.get_bnb_burn_status().data().fee_burn is False
    rates = futures.user_commission_rate(symbol="BTCUSDT").data()
    assert (rates.maker_commission_rate, rates.rpi_commission_rate) == ("0.0002", "0.00005")
    fees = {"maker": "0.0001", "taker": "0.0003", "tier": 2}
    control.control("PUT", f"/accounts/{account.uid}/fees", fees)
    assert futures.user_commission_rate(symbol="BTCUSDT").data().taker_commission_rate == "0.0003"
    assert futures.futures_account_configuration().data().fee_tier == 2
    limits = futures.query_user_rate_limit().data()
    assert [(row.interval, row.limit) for row in limits] == [("SECOND", 300), ("MINUTE", 1200)]
    status = futures.futures_trading_quantitative_rules_indicators().data()
    assert status.update_time > 1_700_000_000_000


def test_settings_of_a_symbol(futures: Any) -> None:
    changed = futures.change_initial_leverage(symbol="BTCUSDT", leverage=75).data()
    assert (changed.leverage, changed.max_notional_value) == (75, "3000000")
    done = futures.change_margin_type(symbol="BTCUSDT", margin_type="ISOLATED").data()
    assert (done.code, done.msg) == (200, "success")
    [config] = futures.symbol_configuration(symbol="BTCUSDT").data()
    assert (config.leverage, config.margin_type) == (75, "ISOLATED")
    assert len(futures.symbol_configuration().data()) == 10
    [named] = futures.notional_and_leverage_brackets(symbol="BTCUSDT").data().actual_instance
    assert named.brackets[2].maint_margin_ratio == 0.0065
    assert len(futures.notional_and_leverage_brackets().data().actual_instance) == 10
    with pytest.raises(BadRequestError) as refused:
        futures.change_margin_type(symbol="BTCUSDT", margin_type="ISOLATED")
    assert refused.value.status_code == -4046


def test_income(wallet: Any, futures: Any) -> None:
    moved = wallet.user_universal_transfer(type="MAIN_UMFUTURE", asset="USDT", amount=12.5).data()
    wallet.user_universal_transfer(type="UMFUTURE_MAIN", asset="USDT", amount=2)
    rows = futures.get_income_history().data()
    assert [(row.income_type, row.income, row.asset) for row in rows] == [
        ("TRANSFER", "12.50000000", "USDT"),
        ("TRANSFER", "-2.00000000", "USDT"),
    ]
    assert rows[0].tran_id == moved.tran_id
    page = futures.get_income_history(start_time=rows[0].time, limit=1).data()
    assert [row.tran_id for row in page] == [moved.tran_id]


def test_market_calls_need_no_key(server: ServerProcess) -> None:
    futures = official_rest(server.url)
    assert futures.test_connectivity().data() == {}
    assert futures.check_server_time().data().server_time > 1_700_000_000_000
    symbols = futures.exchange_information().data().symbols
    assert symbols[0].symbol == "BTCUSDT"
    assert symbols[0].filters[0].filter_type == "PRICE_FILTER"


def test_the_weight_header_is_understood(futures: Any) -> None:
    first = futures.futures_account_balance_v2().rate_limits[0]
    second = futures.futures_account_balance_v2().rate_limits[0]
    assert (first.rateLimitType, first.interval, first.intervalNum) == (
        "REQUEST_WEIGHT",
        "MINUTE",
        1,
    )
    assert second.count in (first.count + 5, 5)  # 5 where a minute began between the two


def test_refusals_arrive_as_the_exceptions_of_the_sdk(
    server: ServerProcess, account: Account, wallet: Any
) -> None:
    with pytest.raises(BadRequestError, match="insufficient balance") as short:
        wallet.user_universal_transfer(type="MAIN_UMFUTURE", asset="USDT", amount=1000.5)
    assert short.value.status_code == -5013
    with pytest.raises(BadRequestError) as unsigned:
        official_wallet(server.url, account, api_secret="wrong").user_asset()
    assert unsigned.value.status_code == -1022
    with pytest.raises(UnauthorizedError) as unknown:
        official_wallet(server.url, account, api_key="k" * 64).user_asset()
    assert unknown.value.status_code == -2015
    with pytest.raises(NotFoundError):
        wallet.fetch_address_verification_list()


@pytest.mark.parametrize("kind", ["ED25519", "RSA"])
def test_private_keys_sign(
    server: ServerProcess, control: Client, account: Account, kind: str
) -> None:
    private = (
        Ed25519PrivateKey.generate() if kind == "ED25519" else generate_private_key(65537, 2048)
    )
    settings: dict[str, Any] = {
        "api_key": add_key(control, account, private),
        "private_key": pem(private),
    }
    official_wallet(server.url, **settings).user_universal_transfer(
        type="MAIN_UMFUTURE", asset="USDT", amount=7
    )
    rows = official_rest(server.url, **settings).futures_account_balance_v2().data()
    assert rows[0].balance == "7.00000000"

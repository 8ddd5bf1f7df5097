"""The market as each client asks for it: a row for each of a library's calls.

A row is the name of a call, what it is called with, and how many rows or fields must come back
at least; 0 where this venue has none. Two accounts have traded, and ten minutes have gone by.
The official SDK only logs an answer that does not fit its model, so its log must stay empty.
"""

import asyncio
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import ccxt_client, official_rest, point_python_binance

with warnings.catch_warnings():
    # python-binance imports a name that websockets gives up.
    warnings.filterwarnings("ignore", "websockets", DeprecationWarning)
    import binance

TEN_MINUTES = 600_000
BTC = {"symbol": "BTCUSDT"}
SERIES = {**BTC, "period": "5m"}
BASIS = {"pair": "BTCUSDT", "contractType": "PERPETUAL", "period": "5m"}
PAIR = {"pair": "BTCUSDT"}


class Row(NamedTuple):
    """A call, its arguments, and how much must come back."""

    call: str
    arguments: Mapping[str, Any] = MappingProxyType({})
    least: int = 1


OFFICIAL = (
    Row("adl_risk", {}, 10),
    Row("adl_risk", BTC),
    Row("asset_index", {}, 6),
    Row("asset_index", {"symbol": "BTCUSD"}),
    Row("basis", {"pair": "BTCUSDT", "contract_type": "PERPETUAL", "period": "5m"}),
    Row("check_server_time"),
    Row("composite_index_symbol_information", {}, 0),
    Row("exchange_information"),
    Row("get_funding_rate_history", {}, 0),
    Row("get_funding_rate_info", {}, 10),
    Row("long_short_ratio", SERIES),
    Row("mark_price"),
    Row("open_interest_statistics", SERIES),
    Row("order_book", BTC),
    Row("quarterly_contract_settlement_price", PAIR, 0),
    Row("query_index_price_constituents", BTC),
    Row("query_insurance_fund_balance_snapshot", {}, 2),
    Row("query_insurance_fund_balance_snapshot", BTC),
    Row("recent_trades_list", BTC, 2),
    Row("symbol_order_book_ticker"),
    Row("symbol_price_ticker"),
    Row("symbol_price_ticker_v2"),
    Row("taker_buy_sell_volume", SERIES),
    Row("top_trader_long_short_ratio_accounts", SERIES),
    Row("top_trader_long_short_ratio_positions", SERIES),
    Row("trading_schedule"),
)
PYTHON_BINANCE = (
    Row("futures_time"),
    Row("futures_exchange_info"),
    Row("futures_mark_price", {}, 10),
    Row("futures_funding_rate", {}, 0),
    Row("futures_order_book", BTC),
    Row("futures_recent_trades", BTC, 2),
    Row("futures_symbol_ticker", {}, 10),
    Row("futures_orderbook_ticker", {}, 10),
    Row("futures_top_longshort_account_ratio", SERIES),
    Row("futures_top_longshort_position_ratio", SERIES),
    Row("futures_global_longshort_ratio", SERIES),
    Row("futures_taker_longshort_ratio", SERIES),
    Row("futures_open_interest_hist", SERIES),
    Row("futures_basis", BASIS),
    Row("futures_delivery_price", PAIR, 0),
    Row("futures_index_price_constituents", BTC),
    Row("futures_insurance_fund_balance_snapshot", BTC),
    Row("futures_index_info", {}, 0),
)
PERPETUAL = {"symbol": "BTC/USDT:USDT"}
CCXT = (
    Row("fetch_time"),
    Row("fetch_markets", {}, 10),
    Row("fetch_funding_rate", PERPETUAL),
    Row("fetch_funding_rates", {}, 10),
    Row("fetch_funding_intervals", {}, 10),
    Row("fetch_funding_rate_history", PERPETUAL, 0),
    Row("fetch_mark_price", PERPETUAL),
    Row("fetch_mark_prices", {}, 10),
    Row("fetch_bids_asks", {}, 10),
    Row("fetch_last_prices", {}, 10),
    Row("fetch_order_book", PERPETUAL),
    Row("fetch_open_interest_history", PERPETUAL),
    Row("fetch_long_short_ratio_history", {**PERPETUAL, "timeframe": "5m"}),
    Row("fapiDataGetBasis", {"params": BASIS}),
    Row("fapiDataGetDeliveryPrice", {"params": PAIR}, 0),
    Row("fapiDataGetGlobalLongShortAccountRatio", {"params": SERIES}),
    Row("fapiDataGetTakerlongshortRatio", {"params": SERIES}),
    Row("fapiDataGetTopLongShortAccountRatio", {"params": SERIES}),
    Row("fapiDataGetTopLongShortPositionRatio", {"params": SERIES}),
    Row("fapiPublicGetAssetIndex", {"params": {}}, 6),
    Row("fapiPublicGetConstituents", {"params": BTC}),
    Row("fapiPublicGetIndexInfo", {"params": {}}, 0),
    Row("fapiPublicGetInsuranceBalance", {"params": {}}, 2),
)


@pytest.fixture(scope="module")
def account(server: ServerProcess) -> Account:
    """An account without anything; two others traded ten minutes ago."""
    with closing(Client(server.url)) as control:
        then = wall_clock_ms() - TEN_MINUTES
        assert control.control("PUT", "/clock", {"mode": "frozen", "now": then}).status == 200
        for side in ("BUY", "SELL"):
            trader = open_account(control, {"UMFUTURE": {"USDT": "100000"}})
            with closing(Client(server.url, trader.api_key, trader.secret)) as trading:
                order: dict[str, object] = {
                    **BTC,
                    "side": side,
                    "type": "MARKET",
                    "quantity": "0.1",
                }
                order["timestamp"] = then
                assert trading.signed("POST", "/fapi/v1/order", **order).status == 200
        control.control("PUT", "/clock", {"mode": "real"})
        return open_account(control)


@pytest.fixture(scope="module")
def official(server: ServerProcess, account: Account) -> Any:
    return official_rest(server.url, account)


@pytest.fixture(scope="module")
def python_binance(server: ServerProcess, account: Account) -> Iterator[Any]:
    point_python_binance(server.url)
    client = binance.Client(account.api_key, account.secret)
    yield client
    client.close_connection()
    client.loop.close()  # the client takes an event loop and leaves it open
    asyncio.set_event_loop(None)


@pytest.fixture(scope="module")
def ccxt_usdm(server: ServerProcess, account: Account) -> Iterator[Any]:
    client = ccxt_client("binanceusdm", server.url, account)
    yield client
    client.session.close()


def size(found: Any) -> int:
    """Rows of a list, fields of an object, 1 of anything else that is there."""
    found = getattr(found, "actual_instance", found)  # one of two shapes, in the SDK
    if isinstance(found, list | dict):
        return len(found)
    return 0 if found is None else 1


@pytest.mark.parametrize("row", OFFICIAL, ids=lambda row: row.call)
def test_the_official_sdk(official: Any, row: Row, caplog: pytest.LogCaptureFixture) -> None:
    answer = getattr(official, row.call)(**row.arguments)
    assert answer.status == 200
    assert size(answer.data()) >= row.least
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("row", PYTHON_BINANCE, ids=lambda row: row.call)
def test_python_binance(python_binance: Any, row: Row) -> None:
    assert size(getattr(python_binance, row.call)(**row.arguments)) >= row.least


@pytest.mark.parametrize("row", CCXT, ids=lambda row: row.call)
def test_ccxt(ccxt_usdm: Any, row: Row) -> None:
    assert size(getattr(ccxt_usdm, row.call)(**row.arguments)) >= row.least

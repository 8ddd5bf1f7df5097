"""Market data as public clients read it: candles, trades and tickers, and what they check in them."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import ccxt_client, official_rest
from .market import fresh, set_price

BTC = "BTC/USDT:USDT"
MINUTE = 60_000
START = 1_760_000_040_000


@pytest.fixture
def account(control: Client) -> Iterator[Account]:
    """A frozen clock and three minutes of trades, by an account whose client minds no clock."""
    fresh(control)
    account = open_account(control, {"UMFUTURE": {"USDT": "100000"}})
    control.control("PUT", "/clock", {"mode": "frozen", "now": START})
    yield account
    control.control("PUT", "/clock", {"mode": "real"})


@pytest.fixture
def exchange(server: ServerProcess, account: Account) -> Iterator[Any]:
    client = ccxt_client("binanceusdm", server.url, account)
    with closing(client.session):
        client.load_time_difference()
        client.load_markets()
        yield client


def trade(control: Client, exchange: Any) -> None:
    """0.02 bought at 65000.1, in the next minute 0.01 sold at 64499.9, and a quiet minute."""
    exchange.create_order(BTC, "market", "buy", 0.02)
    control.control("POST", "/clock/advance", {"ms": MINUTE})
    exchange.load_time_difference()
    set_price(control, "64500")
    exchange.create_order(BTC, "market", "sell", 0.01)
    control.control("POST", "/clock/advance", {"ms": MINUTE})


def test_ccxt_reads_candles_trades_and_tickers(control: Client, exchange: Any) -> None:
    trade(control, exchange)
    candles = exchange.fetch_ohlcv(BTC, "1m")[-3:]
    assert candles == [
        [START, 65000.0, 65000.1, 65000.0, 65000.1, 0.02],
        [START + MINUTE, 65000.1, 65000.1, 64499.9, 64499.9, 0.01],
        [START + 2 * MINUTE, 64499.9, 64499.9, 64499.9, 64499.9, 0.0],
    ]
    later = exchange.fetch_ohlcv(BTC, "1m", since=START + 1)
    assert later == candles[1:]
    assert len(exchange.fetch_ohlcv(BTC, "1d", limit=1000)) == 1000, "the past is seeded"
    assert exchange.fetch_ohlcv(BTC, "1m", params={"price": "mark"})[-1][4] == 64500.0
    assert exchange.fetch_ohlcv(BTC, "1m", params={"price": "index"})[-1][4] == 64500.0

    rows = exchange.fapiPublicGetKlines({"symbol": "BTCUSDT", "interval": "1m", "limit": 1440})
    day = [[float(cell) for cell in row] for row in rows]
    ticker = exchange.fetch_ticker(BTC)
    assert ticker["high"] == max(candle[2] for candle in day)
    assert ticker["low"] == min(candle[3] for candle in day)
    assert (ticker["open"], ticker["last"]) == (day[0][1], 64499.9)
    assert ticker["baseVolume"] == pytest.approx(sum(candle[5] for candle in day), abs=1e-9)
    assert ticker["quoteVolume"] >= ticker["baseVolume"] * ticker["low"]
    assert ticker["timestamp"] == START + MINUTE
    assert BTC in exchange.fetch_tickers()

    trades = exchange.fetch_trades(BTC)
    assert [(t["side"], t["amount"], t["price"]) for t in trades] == [
        ("buy", 0.02, 65000.1),
        ("sell", 0.01, 64499.9),
    ]
    assert exchange.fetch_open_interest(BTC)["openInterestAmount"] == 0.01


def test_the_official_sdk_reads_candles_and_trades(
    control: Client, server: ServerProcess, exchange: Any, account: Account
) -> None:
    trade(control, exchange)
    rest = official_rest(server.url, account)
    rows = rest.kline_candlestick_data("BTCUSDT", "1m").data()
    assert [row[0] for row in rows[-3:]] == [START, START + MINUTE, START + 2 * MINUTE]
    assert rest.mark_price_kline_candlestick_data("BTCUSDT", "1h").data()
    assert rest.index_price_kline_candlestick_data("BTCUSDT", "1h").data()
    assert rest.premium_index_kline_data("BTCUSDT", "1h").data()
    found = rest.continuous_contract_kline_candlestick_data("BTCUSDT", "PERPETUAL", "1m").data()
    assert found == rows
    aggregates = rest.compressed_aggregate_trades_list("BTCUSDT").data()
    assert [(row.a, row.p) for row in aggregates] == [(1, "65000.10"), (2, "64499.90")]

"""A server whose market moves: the same every time, candles that add up, and bots that live in it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import ccxt
import pytest

from clearhouse.model.intervals import LENGTHS
from clearhouse.testing.process import ServerProcess

NOW = 1_760_000_067_123  # 8:54:27 UTC: before now, so that candles begin there
DAY = 86_400_000


class Server:
    """A server, its market and its clock."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str) -> Any:
        with urlopen(self.url + path) as answer:
            return json.load(answer)

    def put(self, path: str, body: object, *, method: str = "PUT") -> Any:
        request = Request(
            f"{self.url}/_clearhouse/v1{path}", json.dumps(body).encode(), method=method
        )
        with urlopen(request) as answer:
            return json.load(answer)

    def advance(self, ms: int) -> None:
        self.put("/clock/advance", {"ms": ms}, method="POST")


def moved(seed: int) -> Iterator[Server]:
    """A server with a frozen clock, a day after it began."""
    arguments = ("--ephemeral", "--no-request-log", "--no-rate-limits", "--market-seed", str(seed))
    with ServerProcess(*arguments) as process:
        server = Server(process.url)
        server.put("/clock", {"mode": "frozen", "now": NOW})
        server.put("/reset", {}, method="POST")
        server.put("/clock", {"mode": "frozen", "now": NOW})
        server.put("/market", {"source": "synthetic"})
        for ms in (2_000, 58_000, 3_540_000):
            server.advance(ms)
        yield server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield from moved(1)


PATHS = (
    "/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=200",
    "/fapi/v1/markPriceKlines?symbol=ETHUSDT&interval=5m&limit=50",
    "/fapi/v1/aggTrades?symbol=BTCUSDT&limit=100",
    "/fapi/v1/ticker/24hr?symbol=BTCUSDT",
    "/fapi/v1/premiumIndex",
    "/fapi/v1/ticker/bookTicker",
)


def test_the_same_seed_and_clock_give_the_same_bytes(server: Server) -> None:
    [twin] = [[one.get(path) for path in PATHS] for one in moved(1)]
    [other] = [[one.get(path) for path in PATHS] for one in moved(2)]
    here = [server.get(path) for path in PATHS]
    assert here == twin
    assert all(one != two for one, two in zip(here, other, strict=True))


@pytest.mark.parametrize("interval", LENGTHS)
@pytest.mark.parametrize("kind", ["klines", "markPriceKlines"])
def test_a_bot_finds_its_warm_up(server: Server, interval: str, kind: str) -> None:
    """1,500 candles, each possible, each opening where the one before closed."""
    path = f"/fapi/v1/{kind}?symbol=BTCUSDT&interval={interval}&limit=1500"
    rows = server.get(path)
    assert len(rows) == (346 if interval == "1M" else 1_500)
    assert rows[-1][0] <= NOW + 3_600_000 <= rows[-1][6]
    for row in rows:
        first, high, low, close, volume, quote = (float(text) for text in (*row[1:6], row[7]))
        assert low <= min(first, close) <= max(first, close) <= high
        if kind == "klines":
            assert low * volume <= quote * 1.000001 <= high * volume * 1.000002
    if kind == "klines":
        born = NOW // 60_000 * 60_000
        before = [row for row in rows if row[6] < born]
        assert all(one[4] == two[1] for one, two in pairwise(before))


def test_the_day_in_which_the_venue_was_born_is_the_sum_of_its_minutes(server: Server) -> None:
    midnight = NOW // DAY * DAY
    path = f"/fapi/v1/klines?symbol=BTCUSDT&startTime={midnight}&limit=1500"
    minutes, [day] = server.get(f"{path}&interval=1m"), server.get(f"{path}&interval=1d")
    assert len(minutes) == 8 * 60 + 54 + 61
    assert day[1] == minutes[0][1]
    assert day[4] == minutes[-1][4]
    assert float(day[2]) == max(float(row[2]) for row in minutes)
    assert float(day[3]) == min(float(row[3]) for row in minutes)
    assert round(float(day[5]), 3) == round(sum(float(row[5]) for row in minutes), 3)
    assert day[8] == sum(row[8] for row in minutes)


def test_ccxt_sees_a_market_that_makes_sense(server: Server) -> None:
    client = ccxt.binanceusdm({"urls": {"api": {"fapiPublic": f"{server.url}/fapi/v1"}}})
    client.options["fetchCurrencies"] = False
    client.set_markets(_markets(client))
    ticker = client.fetch_ticker("BTC/USDT:USDT")
    assert ticker["low"] <= ticker["last"] <= ticker["high"]
    assert ticker["quoteVolume"] >= ticker["baseVolume"] * ticker["low"]
    assert len(client.fetch_ohlcv("BTC/USDT:USDT", "1h", limit=1_000)) == 1_000


def _markets(client: Any) -> Any:
    return client.parse_markets(client.fapiPublicGetExchangeInfo()["symbols"])


def test_what_runs_is_told(server: Server) -> None:
    market = server.get("/_clearhouse/v1/info")["market"]
    assert market["source"]["name"] == "synthetic"
    assert market["source"]["state"] == "running"
    assert market["source"]["seed"] == 1
    assert market["source"]["asOf"] == NOW // 200 * 200 + 3_600_000
    assert market["profile"]["name"] == "ideal"
    assert market["past"] == {"seeded": True, "seed": 1}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "name a source, a seed, a replay, a profile or conditions"),
        ({"source": "moon"}, "there is no source 'moon'; choose fixed, synthetic"),
        ({"profile": "kind"}, "there is no profile 'kind'; choose ideal, realistic, harsh"),
        ({"conditions": {"rejectRate": "1.5"}}, "rejectRate: 0 to 1"),
        ({"conditions": {"latencyMs": [5, 1]}}, "latencyMs: two numbers in order, 0 to 10000"),
        ({"seed": -1}, "seed"),
        ({"conditions": {"kindness": 1}}, "kindness"),
    ],
)
def test_what_is_no_market_is_refused_and_changes_nothing(
    server: Server, body: object, message: str
) -> None:
    before = server.get("/_clearhouse/v1/market")
    with pytest.raises(HTTPError) as refused:
        server.put("/market", body)
    with refused.value as answer:
        assert answer.status == 400
        assert message in json.load(answer)["error"]["message"]
    assert server.get("/_clearhouse/v1/market") == before


def test_the_command_line_shows_and_changes_it(server: Server) -> None:
    def said(*words: str) -> str:
        command = (sys.executable, "-m", "clearhouse", "market", *words, "--url", server.url)
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        return ran.stdout

    assert "synthetic, running" in said("show")
    assert "50 to 400 ms" in said("profile", "harsh")
    assert json.loads(said("profile", "ideal", "--json"))["profile"]["name"] == "ideal"
    assert "fixed, standing" in said("source", "fixed")
    assert json.loads(said("source", "synthetic", "--seed", "1", "--json"))["source"]["seed"] == 1

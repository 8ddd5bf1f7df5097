"""One Clearhouse is the exchange of another: followed, lost, found again, and never unasked."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .market import set_price
from .served import Served, served

BTC = "BTCUSDT"
ORDER = {"symbol": BTC, "side": "BUY", "type": "MARKET", "quantity": "0.010"}
STALE_SECONDS = 5


@pytest.fixture
def exchange() -> Iterator[Served]:
    with served() as client:
        yield client


@pytest.fixture
def venue(exchange: Served) -> Iterator[Served]:
    flags = ("--market", "live", "--live-url", exchange.url, "--live-symbols", f"{BTC},ETHUSDT")
    with served(*flags) as client:
        yield client


def wait(until: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def source(client: Served) -> Any:
    return client.control("GET", "/info").json["market"]["source"]


def seen(client: Served) -> tuple[str, str, str]:
    """Last price, mark and best bid."""
    mark = client.send("GET", f"/fapi/v1/premiumIndex?symbol={BTC}").json["markPrice"]
    bid = client.send("GET", f"/fapi/v1/ticker/bookTicker?symbol={BTC}").json["bidPrice"]
    last = client.send("GET", f"/fapi/v2/ticker/price?symbol={BTC}").json["price"]
    return last, mark, bid


def paid(client: Served) -> str:
    """The price of the account's last trade."""
    return str(client.signed("GET", "/fapi/v1/userTrades", symbol=BTC).json[-1]["price"])


def test_it_follows_and_says_when_it_cannot(exchange: Served, venue: Served) -> None:
    wait(lambda: source(venue)["connected"] is True)
    set_price(exchange, "71000", mark="71010", index="70990")
    wait(lambda: seen(venue)[1:] == ("71010.00000000", "70999.90"))
    assert (
        exchange.signed(
            "POST", "/sapi/v1/asset/transfer", type="MAIN_UMFUTURE", asset="USDT", amount="5000"
        ).status
        == 200
    )
    assert exchange.signed("POST", "/fapi/v1/order", **ORDER).status == 200
    wait(lambda: seen(venue)[0] == "71000.10")
    found = source(venue)
    assert (found["name"], found["state"], found["connections"]) == ("live", "running", 2)
    assert found["ageMs"] < 1000 * STALE_SECONDS

    venue.signed(
        "POST", "/sapi/v1/asset/transfer", type="MAIN_UMFUTURE", asset="USDT", amount="5000"
    )
    filled = venue.signed("POST", "/fapi/v1/order", **ORDER, newOrderRespType="RESULT")
    assert (filled.json["status"], paid(venue)) == ("FILLED", "71000.10")
    assert int(filled.headers["x-clearhouse-market-age-ms"]) < 1000 * STALE_SECONDS

    exchange.server.stop()
    wait(lambda: source(venue)["state"] == "stale")
    assert source(venue)["connected"] is False
    assert set(source(venue)["stale"].split(", ")) == {BTC, "ETHUSDT"}
    refused = venue.signed("POST", "/fapi/v1/order", **ORDER)
    assert (refused.status, refused.json["code"]) == (503, -1001)
    assert f"the live market of {BTC} is stale" in refused.headers["x-clearhouse-hint"]
    assert int(refused.headers["x-clearhouse-market-age-ms"]) >= 1000 * STALE_SECONDS

    body = {"live": {"url": exchange.url, "symbols": [BTC], "whenStale": "fill"}}
    assert venue.control("PUT", "/market", body).status == 200
    time.sleep(STALE_SECONDS + 0.5)
    assert source(venue)["state"] == "stale"
    late = venue.signed("POST", "/fapi/v1/order", **ORDER, newOrderRespType="RESULT")
    assert (late.json["status"], paid(venue)) == ("FILLED", "71000.10")
    assert int(late.headers["x-clearhouse-market-age-ms"]) >= 1000 * STALE_SECONDS


SPY = """
import asyncio, sys, uvloop
uvloop.run = asyncio.run  # which opens sockets in Python, where a hook sees it
WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
def spy(event, arguments):
    if event in WATCHED:
        with open({log!r}, "a") as out:
            print(event, arguments[1:2] if event == "socket.connect" else arguments[:1], file=out)
sys.addaudithook(spy)
"""


def test_without_being_asked_no_connection_is_opened(tmp_path: Path) -> None:
    """Every source but `live`, with all that a server does, under a hook that sees every socket."""
    log = tmp_path / "log"
    (tmp_path / "sitecustomize.py").write_text(SPY.format(log=str(log)))
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    command = ("env", f"PYTHONPATH={path}", sys.executable, "-m", "clearhouse")
    with served("--market", "synthetic", command=command) as client:
        for name in ("fixed", "synthetic"):
            client.control("PUT", "/market", {"source": name})
            client.send("GET", f"/fapi/v1/klines?symbol={BTC}&interval=1m")
        time.sleep(1)
        assert not log.exists(), log.read_text()
        refused = client.control("PUT", "/market", {"source": "live", "live": {"url": "x"}})
        assert refused.status == 400
        assert not log.exists(), log.read_text()
        followed = {"source": "live", "live": {"url": "ws://127.0.0.1:9"}}
        client.control("PUT", "/market", followed)
        wait(log.exists)  # the hook sees what there is to see
        assert "127.0.0.1" in log.read_text()


def test_the_code_that_connects_is_not_loaded() -> None:
    check = (
        "import sys, clearhouse.cli.serve, clearhouse.app;"
        "assert 'clearhouse.feeds.live.source' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0

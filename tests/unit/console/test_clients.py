"""What a user pastes works as it is."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from clearhouse.console.clients import Place, client_names, client_settings
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET
from clearhouse.testing import Client, ServerProcess

NEEDS = {"official": "binance_sdk_wallet", "ccxt": "ccxt", "python-binance": "binance"}
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess("--ephemeral") as running:
        yield running


def pasted(name: str, url: str, more: str = "") -> str:
    """What the code of a client, and `more` below it, prints; with no way to the exchange."""
    client = client_settings(name, Place(url, DEMO_KEY, DEMO_SECRET))
    shell = [sys.executable, "-c"] if client.language == "python" else ["bash", "-c"]
    environment = {"PATH": os.environ["PATH"], "HTTPS_PROXY": NOWHERE, "https_proxy": NOWHERE}
    ran = subprocess.run(
        [*shell, client.code + more], capture_output=True, text=True, check=False, env=environment
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def in_futures(url: str) -> float:
    """USDT of the demo account's futures wallet."""
    with closing(Client(url)) as client:
        rows = client.signed("GET", "/fapi/v2/balance").json
    return next(float(row["balance"]) for row in rows if row["asset"] == "USDT")


@pytest.mark.parametrize("name", NEEDS)
def test_pasted_python_moves_money(server: ServerProcess, name: str) -> None:
    pytest.importorskip(NEEDS[name])
    before = in_futures(server.url)
    assert "USDT" in pasted(name, server.url) or name == "ccxt"
    assert in_futures(server.url) == before + 1000


BUYS_TOO_MUCH = """
try:
    exchange.create_order("BTC/USDT:USDT", "market", "buy", 100)
except ccxt.InsufficientFunds as refused:
    print(refused)
"""


def test_pasted_ccxt_raises_what_it_raises_at_the_exchange(server: ServerProcess) -> None:
    """It has an exception for a code of the futures, and finds it by the host of the exchange."""
    pytest.importorskip("ccxt")
    assert "Margin is insufficient" in pasted("ccxt", server.url, BUYS_TOO_MUCH)


def test_pasted_curl_reads_the_balance(server: ServerProcess) -> None:
    for tool in ("curl", "openssl"):
        if subprocess.run(["which", tool], capture_output=True, check=False).returncode:
            pytest.skip(f"{tool} is not here")
    assert '"accountAlias"' in pasted("curl", server.url)


def test_websockets_follow_the_scheme() -> None:
    assert Place("http://127.0.0.1:7400").ws == "ws://127.0.0.1:7400"
    assert Place("https://venue.example").ws == "wss://venue.example"


@pytest.mark.parametrize("name", client_names())
def test_key_and_secret_stand_in_the_code(name: str) -> None:
    code = client_settings(name, Place("http://h:1", "THE_KEY", "THE_SECRET")).code
    keyless = name in ("hummingbot", "cryptofeed")
    assert ("THE_KEY" in code) is not keyless
    assert ("THE_SECRET" in code) is not keyless
    assert "http://h:1" in code

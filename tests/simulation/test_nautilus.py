"""A trading node of nautilus_trader, with its own Binance adapter, in a market that moves.

`CLEARHOUSE_NAUTILUS` names an interpreter that has nautilus_trader (`make soak` makes one): it
brings pandas and pyarrow, which nothing here needs. The adapter decodes strictly, and what it
cannot take it logs as an error; so nothing may stand in its log of errors.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from clearhouse.testing import Client, ServerProcess

pytestmark = pytest.mark.xdist_group("nautilus")  # one node for all of it

NODE = Path(__file__).with_name("nautilus_node.py")
SEALED = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), "http://127.0.0.1:9")
LONGEST_S = 180
MINUTE_NS = 60_000_000_000


LIMIT_LIFE = [
    "OrderInitialized",
    "OrderSubmitted",
    "OrderAccepted",
    "OrderPendingCancel",
    "OrderCanceled",
]
MARKET_LIFE = ["OrderInitialized", "OrderSubmitted", "OrderAccepted", "OrderFilled"]


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    flags = "--ephemeral", "--no-request-log", "--market", "synthetic"
    with ServerProcess(*flags) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: ServerProcess) -> Iterator[Client]:
    """The demo account, with a position and an order."""
    with closing(Client(server.url)) as speaking:
        funds = {"type": "MAIN_UMFUTURE", "asset": "USDT", "amount": "10000"}
        ask(speaking, "POST", "/sapi/v1/asset/transfer", **funds)
        order = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.020", "type": "MARKET"}
        ask(speaking, "POST", "/fapi/v1/order", **order)
        order |= {"quantity": "0.003", "type": "LIMIT", "price": "58500", "timeInForce": "GTC"}
        ask(speaking, "POST", "/fapi/v1/order", **order)
        yield speaking


def ask(client: Client, method: str, path: str, **params: str) -> Any:
    """An answer that is no refusal."""
    answer = client.signed(method, path, **params)
    assert answer.status == 200, answer.body
    return answer.json


@pytest.fixture(scope="module")
def observed(server: ServerProcess, client: Client) -> Any:
    """What the node reports, after which the market stands."""
    ran = subprocess.run(
        [os.environ["CLEARHOUSE_NAUTILUS"], NODE, server.url, client.api_key, client.secret],
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        env={**os.environ, **SEALED},
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return json.loads(ran.stdout.splitlines()[-1])


def test_it_reads_every_contract(observed: Any, client: Client) -> None:
    listed = client.send("GET", "/fapi/v1/exchangeInfo").json["symbols"]
    assert observed["instruments"] == sorted(f"{row['symbol']}-PERP.BINANCE" for row in listed)


def test_it_takes_over_what_the_account_has(observed: Any) -> None:
    assert observed["taken_over"] == {"open_orders": ["0.003"], "net_position": "0.020"}


def test_everything_that_it_subscribed_comes_in_order(observed: Any) -> None:
    """No trade missed, no bar twice, nothing older than what came before, and no crossed book."""
    assert observed["faults"] == {}
    counts = observed["counts"]
    assert counts["bars"] in {1, 2}, "a minute or two closed meanwhile"
    for name, least in {"deltas": 50, "quotes": 50, "trades": 20, "marks": 5}.items():
        assert counts[name] >= least, name


def test_its_book_is_the_book(observed: Any) -> None:
    """Level by level, once the market stood: what was missed on the way would show."""
    assert observed["book"]["kept"] == observed["book"]["shown"]
    assert ["58500.00", "0.003"] in observed["book"]["kept"][0]


def test_the_past_has_no_holes(observed: Any) -> None:
    assert observed["counts"]["past bars"] == 1_500
    assert observed["steps_of_past"] == [MINUTE_NS]
    assert observed["counts"]["past trades"] >= 1


def test_it_trades(observed: Any, client: Client) -> None:
    """A limit order that is cancelled, a market order that fills, and both sides agree on it."""
    assert observed["orders"] == [LIMIT_LIFE, MARKET_LIFE]
    assert observed["net_position"] == "0.030"
    (position,) = ask(client, "GET", "/fapi/v3/positionRisk")
    assert position["positionAmt"] == "0.030"
    (row,) = (row for row in ask(client, "GET", "/fapi/v3/balance") if row["asset"] == "USDT")
    assert observed["balances"]["USDT"] == f"{row['balance']} USDT"

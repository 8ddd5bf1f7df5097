"""Answers about the market against the models of the exchange's own SDK, row by row.

Two accounts have traded, and ten minutes have gone by, so that no series is empty.
"""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlencode

import pytest

from clearhouse.testing import Client, ServerProcess

from .sdk_market import MARKET
from .sdk_models import disagreements

START = 1_760_000_000_000
TEN_MINUTES = 600_000


@pytest.fixture(scope="module")
def market() -> Iterator[Client]:
    """A market that two accounts have traded in; the clock stands still since."""
    with (
        ServerProcess("--ephemeral", "--no-rate-limits") as server,
        closing(Client(server.url)) as client,
    ):
        client.control("PUT", "/clock", {"mode": "frozen", "now": START})
        for side in ("BUY", "SELL"):
            body = {"balances": {"UMFUTURE": {"USDT": "100000"}}}
            made = client.control("POST", "/accounts", body).json
            client.api_key, client.secret = made["apiKey"], made["apiSecret"]
            order = {"symbol": "BTCUSDT", "side": side, "type": "MARKET", "quantity": "0.1"}
            assert client.signed("POST", "/fapi/v1/order", timestamp=START, **order).status == 200
        client.control("POST", "/clock/advance", {"ms": TEN_MINUTES})
        yield client


def answer_to(market: Client, name: str, params: dict[str, object]) -> object:
    """As everybody may ask, with the key that some rows need."""
    method, path = name.split(" ")
    key = {"X-MBX-APIKEY": market.api_key}
    reply = market.send(method, f"{path}?{urlencode(params)}", key)
    assert reply.status == 200, reply.body
    return reply.json


@pytest.mark.parametrize("name", MARKET)
def test_an_answer_is_what_the_model_says(market: Client, name: str) -> None:
    asked = MARKET[name]
    answer = answer_to(market, name, asked.params)
    assert bool(answer) is not asked.empty
    assert disagreements(asked.described, answer) == set()


@pytest.mark.parametrize("name", [name for name, asked in MARKET.items() if asked.one])
def test_one_has_the_shape_of_all(market: Client, name: str) -> None:
    asked = MARKET[name]
    answer = answer_to(market, name, asked.one or {})
    assert isinstance(answer, dict)
    assert disagreements(asked.described, answer) == set()

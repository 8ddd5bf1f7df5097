"""Answers about positions against the models of the exchange's own SDK, on a real server."""

import json
from collections.abc import Iterator, Mapping

import pytest
from websockets.sync.client import connect

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .sdk_models import disagreements
from .sdk_positions import POSITIONS, SOCKET_POSITIONS

BTC = {"symbol": "BTCUSDT"}
MARKET = {**BTC, "type": "MARKET", "quantity": "0.01"}

CALLS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("GET /fapi/v2/positionRisk", BTC),
    ("GET /fapi/v2/positionRisk", {}),
    ("GET /fapi/v3/positionRisk", {}),
    ("GET /fapi/v1/adlQuantile", BTC),
    ("POST /fapi/v1/positionMargin", {**BTC, "amount": "10.5", "type": 1}),
    ("GET /fapi/v1/positionMargin/history", BTC),
)


@pytest.fixture
def holder(client: Client) -> Iterator[Client]:
    """The demo account with an isolated position, which it has no more afterwards."""
    moved = {"type": "MAIN_UMFUTURE", "asset": "USDT", "amount": 10_000}
    call(client, "POST /sapi/v1/asset/transfer", moved)
    call(client, "POST /fapi/v1/marginType", {**BTC, "marginType": "ISOLATED"})
    call(client, "POST /fapi/v1/order", {**MARKET, "side": "BUY"})
    yield client
    call(client, "POST /fapi/v1/order", {**MARKET, "side": "SELL"})
    call(client, "POST /fapi/v1/marginType", {**BTC, "marginType": "CROSSED"})


def call(client: Client, name: str, params: Mapping[str, object]) -> object:
    method, path = name.split(" ")
    reply = client.signed(method, path, **params)
    assert reply.status == 200, reply.body
    return reply.json


def test_every_answer_is_what_the_model_says(holder: Client) -> None:
    assert {name for name, _ in CALLS} == POSITIONS.keys()
    for name, params in CALLS:
        answer = call(holder, name, params)
        assert answer, "an empty answer shows nothing"
        assert disagreements(POSITIONS[name], answer) == set(), name


@pytest.mark.parametrize("method", SOCKET_POSITIONS)
def test_a_websocket_answer_is_what_the_model_says(
    server: ServerProcess, holder: Client, method: str
) -> None:
    sent: dict[str, object] = {"apiKey": holder.api_key, "timestamp": wall_clock_ms(), **BTC}
    payload = "&".join(f"{name}={sent[name]}" for name in sorted(sent))
    sent["signature"] = holder.signature(payload.encode())
    with connect(server.url.replace("http", "ws") + "/ws-fapi/v1", proxy=None) as socket:
        socket.send(json.dumps({"id": "a-1", "method": method, "params": sent}))
        answer = json.loads(socket.recv(timeout=10))
    assert answer["result"], "an empty answer shows nothing"
    assert disagreements(SOCKET_POSITIONS[method], answer) == set()

"""Answers about positions and conditional orders against the models of the exchange's own SDK."""

import json
from collections.abc import Mapping

from websockets.sync.client import connect

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .sdk_models import disagreements
from .sdk_positions import ALGOS, POSITIONS, SOCKET

ETH = {"symbol": "ETHUSDT"}
BUY: dict[str, object] = {**ETH, "side": "BUY", "type": "MARKET", "quantity": "1"}
STOP = {
    **ETH,
    "algoType": "CONDITIONAL",
    "side": "SELL",
    "type": "STOP_MARKET",
    "quantity": "1",
    "triggerPrice": "3000",
    "clientAlgoId": "guard",
}
GUARD = {"clientAlgoId": "guard"}

CALLS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("GET /fapi/v2/positionRisk", ETH),
    ("GET /fapi/v3/positionRisk", ETH),
    ("GET /fapi/v1/adlQuantile", {}),
    ("POST /fapi/v1/positionMargin", {**ETH, "amount": "10", "type": 1}),
    ("GET /fapi/v1/positionMargin/history", ETH),
    ("POST /fapi/v1/algoOrder", STOP),
    ("GET /fapi/v1/algoOrder", GUARD),
    ("GET /fapi/v1/openAlgoOrders", {}),
    ("GET /fapi/v1/allAlgoOrders", ETH),
    ("DELETE /fapi/v1/algoOrder", GUARD),
    ("DELETE /fapi/v1/algoOpenOrders", ETH),
)
SOCKET_CALLS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("account.position", ETH),
    ("v2/account.position", ETH),
    ("algoOrder.place", STOP),
    ("algoOrder.cancel", GUARD),
)
DIFFERS: dict[str, set[str]] = {
    "algoOrder.place": {"+result.activatePrice", "+result.callbackRate"},  # as over REST
}


def open_position(client: Client) -> None:
    """A long position in ETHUSDT with isolated margin."""
    steps: tuple[tuple[str, dict[str, object]], ...] = (
        (
            "/sapi/v1/asset/transfer",
            {"type": "MAIN_UMFUTURE", "asset": "USDT", "amount": "5000"},
        ),
        ("/fapi/v1/marginType", {**ETH, "marginType": "ISOLATED"}),
        ("/fapi/v1/order", BUY),
    )
    for path, params in steps:
        reply = client.signed("POST", path, **params)
        assert reply.status == 200, reply.body


def close_position(client: Client) -> None:
    client.signed("POST", "/fapi/v1/order", **{**BUY, "side": "SELL", "reduceOnly": "true"})
    client.signed("POST", "/fapi/v1/marginType", **ETH, marginType="CROSSED")


def test_every_answer_is_what_its_model_says(server: ServerProcess, client: Client) -> None:
    open_position(client)
    described = POSITIONS | ALGOS
    for name, params in CALLS:
        method, path = name.split(" ")
        reply = client.signed(method, path, **params)
        assert reply.status == 200, (name, reply.body)
        assert reply.json, name
        assert disagreements(described[name], reply.json) == DIFFERS.get(name, set()), name
    url = server.url.replace("http", "ws") + "/ws-fapi/v1"
    with connect(url, proxy=None) as socket:
        for method, params in SOCKET_CALLS:
            sent = {**params, "apiKey": client.api_key, "timestamp": wall_clock_ms()}
            payload = "&".join(f"{name}={sent[name]}" for name in sorted(sent))
            sent["signature"] = client.signature(payload.encode())
            socket.send(json.dumps({"id": method, "method": method, "params": sent}))
            reply = json.loads(socket.recv(timeout=10))
            assert reply["status"] == 200, reply
            found = disagreements(SOCKET[method], reply)
            assert found == DIFFERS.get(method, set()), method
    close_position(client)
    assert {name for name, _ in CALLS} == described.keys()
    assert {method for method, _ in SOCKET_CALLS} == SOCKET.keys()

"""Answers about orders against the models of the exchange's own SDK, on a real server."""

import json
from collections.abc import Iterator, Mapping

import pytest
from websockets.sync.client import connect

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .sdk_models import disagreements
from .sdk_orders import ORDERS, SOCKET_ORDERS

BTC = {"symbol": "BTCUSDT"}
MARKET = {**BTC, "side": "BUY", "type": "MARKET", "quantity": "0.01"}
LIMIT = {**BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01"}
MINE = {**BTC, "origClientOrderId": "mine"}
NEW = {**LIMIT, "price": "64000", "newClientOrderId": "mine"}
CHANGED = {**MINE, "side": "BUY", "quantity": "0.02", "price": "63000"}

CALLS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("POST /fapi/v1/order/test", NEW),
    ("POST /fapi/v1/order", NEW),
    ("POST /fapi/v1/order", MARKET),
    ("PUT /fapi/v1/order", CHANGED),
    ("GET /fapi/v1/order", MINE),
    ("GET /fapi/v1/openOrder", MINE),
    ("GET /fapi/v1/openOrders", {}),
    ("GET /fapi/v1/allOrders", BTC),
    ("GET /fapi/v1/userTrades", BTC),
    ("GET /fapi/v1/orderAmendment", MINE),
    ("PUT /fapi/v1/batchOrders", {"batchOrders": json.dumps([{**CHANGED, "price": "62000"}])}),
    ("DELETE /fapi/v1/order", MINE),
    ("POST /fapi/v1/batchOrders", {"batchOrders": json.dumps([NEW])}),
    ("DELETE /fapi/v1/batchOrders", {**BTC, "origClientOrderIdList": '["mine"]'}),
    ("POST /fapi/v1/countdownCancelAll", {**BTC, "countdownTime": 0}),
    ("DELETE /fapi/v1/allOpenOrders", BTC),
    ("POST /fapi/v1/stock/contract", {}),
)
"""A life of orders in which each call has something to show."""

NEVER_HERE = {"GET /fapi/v1/forceOrders"}
"""The venue has closed no position."""

SOCKET_CALLS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("order.place", NEW),
    ("order.status", MINE),
    ("order.modify", CHANGED),
    ("order.cancel", MINE),
)
SOCKET_DIFFERS = {
    "order.status": {"-result.activatePrice", "-result.priceRate", "+rateLimits"},
    "order.cancel": {"-result.activatePrice", "-result.priceRate"},
    "order.modify": {"+result.pair"},  # as over REST
}


@pytest.fixture
def trader(client: Client) -> Iterator[Client]:
    """A client whose futures account has money."""
    moved = client.signed(
        "POST", "/sapi/v1/asset/transfer", type="MAIN_UMFUTURE", asset="USDT", amount="5000"
    )
    assert moved.status == 200
    yield client
    client.signed("DELETE", "/fapi/v1/allOpenOrders", **BTC)


def test_every_answer_of_a_life_of_orders_is_what_its_model_says(trader: Client) -> None:
    for name, params in CALLS:
        method, path = name.split(" ")
        reply = trader.signed(method, path, **params)
        assert reply.status == 200, (name, reply.body)
        assert reply.json, name
        assert disagreements(ORDERS[name], reply.json) == set(), name
    assert {name for name, _ in CALLS} | NEVER_HERE == ORDERS.keys()


def test_every_answer_on_the_socket_is_what_its_model_says(
    server: ServerProcess, trader: Client
) -> None:
    url = server.url.replace("http", "ws") + "/ws-fapi/v1"
    with connect(url, proxy=None) as socket:
        for method, params in SOCKET_CALLS:
            sent: dict[str, object] = {
                **params,
                "apiKey": trader.api_key,
                "timestamp": wall_clock_ms(),
            }
            payload = "&".join(f"{name}={sent[name]}" for name in sorted(sent))
            sent["signature"] = trader.signature(payload.encode())
            socket.send(json.dumps({"id": method, "method": method, "params": sent}))
            reply = json.loads(socket.recv(timeout=10))
            assert reply["status"] == 200, reply
            found = disagreements(SOCKET_ORDERS[method], reply)
            assert found == SOCKET_DIFFERS.get(method, set()), method
    assert {method for method, _ in SOCKET_CALLS} == SOCKET_ORDERS.keys()


def test_a_refused_element_has_the_fields_of_an_error(trader: Client) -> None:
    elements = json.dumps([{**NEW, "side": "UP"}])
    reply = trader.signed("POST", "/fapi/v1/batchOrders", batchOrders=elements)
    assert reply.json == [{"code": -1117, "msg": "Invalid side."}]
    described = ORDERS["POST /fapi/v1/batchOrders"]
    [parsed] = [described.model.model_validate(row, strict=True) for row in reply.json]
    assert parsed.model_fields_set == {"code", "msg"}

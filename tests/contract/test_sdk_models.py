"""Answers of the endpoint catalogue against the models of the exchange's own SDKs.

Strict parsing keeps strings strings and integers integers; the walk over what was parsed finds
fields that the SDK would drop and fields that it would miss.
"""

import json

import pytest
from pydantic import ValidationError
from websockets.sync.client import connect

from clearhouse.api.operations import OPERATIONS
from clearhouse.api.ws_session import SESSION_METHODS
from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .sdk_models import REST, WEBSOCKET, WITHOUT_MODEL, disagreements

SWITCHES = {
    "POST /fapi/v1/multiAssetsMargin": "multiAssetsMargin",
    "POST /fapi/v1/positionSide/dual": "dualSidePosition",
}
PARAMETERS: dict[str, dict[str, object]] = {
    "POST /sapi/v1/asset/transfer": {"type": "MAIN_FUNDING", "asset": "USDT", "amount": "1.5"},
    "GET /sapi/v1/asset/transfer": {"type": "MAIN_FUNDING"},
}
WINDOW: dict[str, object] = {"startTime": 1_700_000_000_000, "endTime": 1_700_000_000_001}
EXPORTS = tuple(f"GET /fapi/v1/{kind}/asyn" for kind in ("income", "order", "trade"))
LINKS = tuple(f"{name}/id" for name in EXPORTS)
PARAMETERS |= dict.fromkeys(EXPORTS, WINDOW)
READINGS = sorted(REST.keys() - SWITCHES.keys() - set(LINKS))

SOCKET_DIFFERS = {
    # A socket method answers what its REST twin answers. The models of the socket were made from
    # other samples: `feeBurn` is not in them, and these two fields are not in REST's.
    "account.status": {"+result.feeBurn", "-result.positions.breakEvenPrice"},
    "v2/account.status": {"-result.assets.marginAvailable"},
}


def rich(client: Client) -> None:
    """Put money into every wallet, so that no answer is an empty list."""
    for kind in ("MAIN_UMFUTURE", "MAIN_CMFUTURE", "MAIN_FUNDING", "MAIN_MARGIN", "MAIN_OPTION"):
        moved = client.signed(
            "POST", "/sapi/v1/asset/transfer", type=kind, asset="BTC", amount="0.01"
        )
        assert moved.status == 200


def answer_to(client: Client, name: str, **more: object) -> object:
    method, path = name.split(" ")
    reply = client.signed(method, path, **PARAMETERS.get(name, {}), **more)
    assert reply.status == 200, reply.body
    return reply.json


def ask(server: ServerProcess, client: Client, method: str) -> object:
    """A signed WebSocket API request on a connection of its own."""
    sent: dict[str, object] = {"apiKey": client.api_key, "timestamp": wall_clock_ms()}
    payload = "&".join(f"{name}={sent[name]}" for name in sorted(sent))
    sent["signature"] = client.signature(payload.encode())
    with connect(server.url.replace("http", "ws") + "/ws-fapi/v1", proxy=None) as socket:
        socket.send(json.dumps({"id": "a-1", "method": method, "params": sent}))
        return json.loads(socket.recv(timeout=10))


def test_every_operation_has_a_model_or_a_reason_to_have_none() -> None:
    """A new operation must be entered in one of the tables."""
    declared = {op.name for op in OPERATIONS}
    declared |= {op.ws_method for op in (*OPERATIONS, *SESSION_METHODS) if op.ws_method}
    assert declared == REST.keys() | WEBSOCKET.keys() | WITHOUT_MODEL
    assert not (REST.keys() | WEBSOCKET.keys()) & WITHOUT_MODEL


@pytest.mark.parametrize("name", READINGS)
def test_a_rest_answer_is_what_the_model_says(client: Client, name: str) -> None:
    rich(client)
    answer_to(client, "POST /sapi/v1/asset/transfer")
    answer = answer_to(client, name)
    assert answer, "an empty answer shows nothing"
    assert disagreements(REST[name], answer) == set()


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_and_what_it_changes_are_what_the_models_say(client: Client, name: str) -> None:
    """In the other mode every answer of the futures account still has its shape."""
    assert disagreements(REST[name], answer_to(client, name, **{SWITCHES[name]: "true"})) == set()
    for reading in ("GET /fapi/v2/account", "GET /fapi/v3/account", "GET /fapi/v2/balance"):
        assert disagreements(REST[reading], answer_to(client, reading)) == set()
    switched = answer_to(client, name.replace("POST", "GET"))
    assert switched == {SWITCHES[name]: True}
    answer_to(client, name, **{SWITCHES[name]: "false"})


@pytest.mark.parametrize("name", LINKS)
def test_the_status_of_an_export_is_what_the_model_says(client: Client, name: str) -> None:
    """While the file is written, or when it is there: the shape is one."""
    requested = answer_to(client, name.removesuffix("/id"))
    assert isinstance(requested, dict)
    found = answer_to(client, name, downloadId=requested["downloadId"])
    assert disagreements(REST[name], found) == set()


def test_the_overview_with_detail_has_every_field_of_its_model(client: Client) -> None:
    rich(client)
    name = "GET /sapi/v1/asset/wallet/balance"
    answer = answer_to(client, name, needBalanceDetail="true")
    assert disagreements(REST[name]._replace(absent=frozenset()), answer) == set()


@pytest.mark.parametrize("method", WEBSOCKET)
def test_a_websocket_answer_is_what_the_model_says(
    server: ServerProcess, client: Client, method: str
) -> None:
    rich(client)
    found = disagreements(WEBSOCKET[method], ask(server, client, method))
    assert found == SOCKET_DIFFERS.get(method, set())


@pytest.mark.parametrize(
    ("name", "row", "found"),
    [
        ("GET /fapi/v1/time", {"serverTime": 1, "zone": "UTC"}, {"+zone"}),
        ("GET /fapi/v1/multiAssetsMargin", {}, {"-multiAssetsMargin"}),
    ],
)
def test_the_walk_sees_fields_too_many_and_too_few(name: str, row: object, found: set[str]) -> None:
    assert disagreements(REST[name], row) == found


@pytest.mark.parametrize("value", ["1", 1.0, True])
def test_the_walk_refuses_other_types(value: object) -> None:
    with pytest.raises(ValidationError):
        disagreements(REST["GET /fapi/v1/time"], {"serverTime": value})

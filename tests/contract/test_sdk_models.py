"""Answers of the endpoint catalogue against the models of the exchange's own SDKs.

Strict parsing keeps strings strings and integers integers; the walk over what was parsed finds
fields that the SDK would drop and fields that it would miss.
"""

import json

import pytest
from pydantic import ValidationError
from websockets.sync.client import connect

from clearhouse.api.endpoint import WS_PATH
from clearhouse.api.operations import OPERATIONS
from clearhouse.api.ws_session import SESSION_METHODS
from clearhouse.model.ids import DAY_MS, FIRST_TRAN_ID, FIRST_UID
from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .sdk_market import MARKET
from .sdk_models import REST, SNAPSHOT_FIELDS, WEBSOCKET, WITHOUT_MODEL, disagreements
from .sdk_orders import ORDERS, SOCKET_ORDERS
from .sdk_positions import ALGOS, POSITIONS, SOCKET

SWITCHES = {
    "POST /fapi/v1/multiAssetsMargin": "multiAssetsMargin",
    "POST /fapi/v1/positionSide/dual": "dualSidePosition",
    "POST /fapi/v1/feeBurn": "feeBurn",
}
PARAMETERS: dict[str, dict[str, object]] = {
    "POST /sapi/v1/asset/transfer": {"type": "MAIN_FUNDING", "asset": "USDT", "amount": "1.5"},
    "GET /sapi/v1/asset/transfer": {"type": "MAIN_FUNDING"},
    "GET /fapi/v1/commissionRate": {"symbol": "BTCUSDT"},
    "GET /fapi/v1/depth": {"symbol": "BTCUSDT"},
    "GET /fapi/v1/trades": {"symbol": "BTCUSDT"},
    "GET /fapi/v1/rpiDepth": {"symbol": "BTCUSDT"},
    "GET /fapi/v1/openInterest": {"symbol": "BTCUSDT"},
    "depth": {"symbol": "BTCUSDT"},
    "POST /fapi/v1/leverage": {"symbol": "BTCUSDT", "leverage": 10},
    "POST /sapi/v1/asset/dust": {"asset": "XRP"},
    "POST /sapi/v1/asset/dust-convert/convert": {"asset": "XRP"},
    "POST /sapi/v1/asset/dust-convert/query-convertible-assets": {"targetAsset": "BTC"},
    "POST /sapi/v1/bnbBurn": {"spotBNBBurn": "true"},
    "GET /sapi/v1/capital/deposit/address": {"coin": "BTC"},
    "GET /sapi/v1/capital/deposit/address/list": {"coin": "BTC"},
    "POST /sapi/v1/capital/deposit/credit-apply": {"depositId": FIRST_TRAN_ID},
    "POST /sapi/v1/capital/withdraw/apply": {
        "coin": "BTC",
        "address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "amount": "0.00000001",
        "withdrawOrderId": "mine",
    },
    "GET /sapi/v1/accountSnapshot": {"type": "SPOT"},
}
SNAPSHOTS = {
    "SPOT": {"balances", "totalAssetOfBtc"},
    "MARGIN": {
        "marginLevel",
        "totalAssetOfBtc",
        "totalLiabilityOfBtc",
        "totalNetAssetOfBtc",
        "userAssets",
    },
    "FUTURES": {"assets", "position"},
}
FIRST = {
    # What must be there before the operation can succeed.
    "PUT /fapi/v1/listenKey": "POST /fapi/v1/listenKey",
    "userDataStream.ping": "POST /fapi/v1/listenKey",
    "userDataStream.stop": "POST /fapi/v1/listenKey",
}
CHANGES = {"POST /fapi/v1/marginType"}
"""Changes that are refused the second time."""
PREPARATIONS = (
    (
        "POST",
        f"/accounts/{FIRST_UID}/deposits",
        {"wallet": "MAIN", "asset": "XRP", "amount": "0.1"},
    ),
    (
        "POST",
        f"/accounts/{FIRST_UID}/deposits",
        {"wallet": "MAIN", "asset": "ADA", "amount": "0.1"},
    ),
    ("POST", f"/accounts/{FIRST_UID}/dividends", {"asset": "BNB", "amount": "0.1"}),
    ("POST", "/symbols/BTCUSDT/funding", {"rate": "0.0001"}),
    (
        "PUT",
        "/symbols/SOLUSDC",
        {"baseAsset": "SOL", "quoteAsset": "USDC", "onboardDate": 4_102_444_800_000},
    ),
)
"""Dust, a distribution, funding, and a symbol that is still to open."""
WINDOW: dict[str, object] = {"startTime": 1_700_000_000_000, "endTime": 1_700_000_000_001}
EXPORTS = tuple(f"GET /fapi/v1/{kind}/asyn" for kind in ("income", "order", "trade"))
LINKS = tuple(f"{name}/id" for name in EXPORTS)
PARAMETERS |= dict.fromkeys(EXPORTS, WINDOW)
TRADES = tuple(f"GET /fapi/v1/{name}" for name in ("trades", "historicalTrades", "aggTrades"))
READINGS = sorted(REST.keys() - SWITCHES.keys() - CHANGES - {*TRADES, *LINKS})

SOCKET_DIFFERS = {
    # A socket method answers what its REST twin answers. The models of the socket were made from
    # other samples: `feeBurn` is not in them, and these two fields are not in REST's.
    "account.status": {"+result.feeBurn", "-result.positions.breakEvenPrice"},
    "v2/account.status": {"-result.assets.marginAvailable"},
    # The levels stand beside the result in the model, and in it on the exchange.
    "depth": {"+result.asks", "+result.bids", "-asks", "-bids"},
}


def rich(client: Client) -> None:
    """Put money into every wallet and use every book, so that no answer is an empty list.

    From here on the client has a key that may withdraw.
    """
    account = f"/accounts/{FIRST_UID}"
    key = client.control(
        "POST", f"{account}/keys", {"kind": "HMAC", "ipRestrict": ["127.0.0.1"]}
    ).json
    client.api_key, client.secret = key["apiKey"], key["apiSecret"]
    answer_to(client, "POST /sapi/v1/capital/withdraw/apply")
    client.control("POST", f"{account}/addresses", {"coin": "BTC", "address": "abc"})
    for kind in ("MAIN_UMFUTURE", "MAIN_CMFUTURE", "MAIN_FUNDING", "MAIN_MARGIN", "MAIN_OPTION"):
        moved = client.signed(
            "POST", "/sapi/v1/asset/transfer", type=kind, asset="BTC", amount="0.01"
        )
        assert moved.status == 200
    for method, path, body in PREPARATIONS:
        assert client.control(method, path, body).status == 200
    answer_to(client, "POST /sapi/v1/asset/dust", asset="ADA")


def answer_to(client: Client, name: str, **more: object) -> object:
    method, path = name.split(" ")
    reply = client.signed(method, path, **{**PARAMETERS.get(name, {}), **more})
    assert reply.status == 200, reply.body
    return reply.json


def ask(server: ServerProcess, client: Client, method: str) -> object:
    """A signed WebSocket API request on a connection of its own."""
    own = PARAMETERS.get(method, {})
    sent: dict[str, object] = {**own, "apiKey": client.api_key, "timestamp": wall_clock_ms()}
    payload = "&".join(f"{name}={sent[name]}" for name in sorted(sent))
    sent["signature"] = client.signature(payload.encode())
    with connect(server.url.replace("http", "ws") + "/ws-fapi/v1", proxy=None) as socket:
        socket.send(json.dumps({"id": "a-1", "method": method, "params": sent}))
        return json.loads(socket.recv(timeout=10))


def test_every_operation_has_a_model_or_a_reason_to_have_none() -> None:
    """A new operation must be entered in one of the tables."""
    declared = {op.name for op in OPERATIONS if not op.refused and op.path != WS_PATH}
    declared |= {op.ws_method for op in (*OPERATIONS, *SESSION_METHODS) if op.ws_method}
    tables = (REST, WEBSOCKET, ORDERS, SOCKET_ORDERS, POSITIONS, ALGOS, SOCKET, MARKET)
    described = {name for table in tables for name in table}
    assert declared == described | WITHOUT_MODEL
    assert not described & WITHOUT_MODEL


@pytest.mark.parametrize("name", READINGS)
def test_a_rest_answer_is_what_the_model_says(client: Client, name: str) -> None:
    rich(client)
    answer_to(client, "POST /sapi/v1/asset/transfer")
    if name in FIRST:
        answer_to(client, FIRST[name])
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


def test_a_change_of_the_margin_type_is_what_the_model_says(client: Client) -> None:
    name = "POST /fapi/v1/marginType"
    for margin_type in ("ISOLATED", "CROSSED"):
        done = answer_to(client, name, symbol="BTCUSDT", marginType=margin_type)
        assert disagreements(REST[name], done) == set()
        config = answer_to(client, "GET /fapi/v1/symbolConfig", symbol="BTCUSDT")
        assert disagreements(REST["GET /fapi/v1/symbolConfig"], config) == set()


@pytest.mark.parametrize(
    "name",
    [
        "symbolConfig",
        "leverageBracket",
        "apiTradingStatus",
        "ticker/price",
        "ticker/bookTicker",
        "ticker/24hr",
        "premiumIndex",
    ],
)
def test_one_symbol_has_the_shape_of_all(client: Client, name: str) -> None:
    reading = f"GET /fapi/v1/{name}"
    found = disagreements(REST[reading], answer_to(client, reading, symbol="ETHUSDT"))
    assert found == set()


def test_a_trade_is_what_the_model_says(client: Client) -> None:
    """The position is closed again, because the other tests switch modes."""
    moved = {"type": "MAIN_UMFUTURE", "asset": "USDT", "amount": 100}
    answer_to(client, "POST /sapi/v1/asset/transfer", **moved)
    for side in ("BUY", "SELL"):
        market = {"symbol": "BTCUSDT", "side": side, "type": "MARKET", "quantity": 0.001}
        answer_to(client, "POST /fapi/v1/order", **market)
    for name in TRADES:
        trades = answer_to(client, name, symbol="BTCUSDT")
        assert isinstance(trades, list)
        assert len(trades) >= 2
        assert disagreements(REST[name], trades) == set()


@pytest.mark.parametrize("kind", SNAPSHOTS)
def test_each_kind_of_snapshot_has_its_fields_of_the_model(client: Client, kind: str) -> None:
    rich(client)
    tomorrow = wall_clock_ms() + DAY_MS
    client.control("PUT", "/clock", {"mode": "frozen", "now": tomorrow})
    try:
        name = "GET /sapi/v1/accountSnapshot"
        answer = answer_to(client, name, type=kind, timestamp=tomorrow)
        absent = frozenset(f"snapshotVos.data.{f}" for f in {*SNAPSHOT_FIELDS} - SNAPSHOTS[kind])
        assert disagreements(REST[name]._replace(absent=absent), answer) == set()
    finally:
        client.control("PUT", "/clock", {"mode": "real"})


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
    if method in FIRST:
        answer_to(client, FIRST[method])
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

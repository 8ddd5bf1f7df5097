"""Habits of real clients, REST: what they send and what they cannot do without.

Each test is one habit; its table holds the ways in which clients have it.
"""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote, urlencode

import pytest

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, Response, ServerProcess

from .accounts import Account, open_account

FORM = "application/x-www-form-urlencoded"
TRANSFER = "/sapi/v1/asset/transfer"


@pytest.fixture
def account(control: Client) -> Account:
    return open_account(control, {"MAIN": {"USDT": "1000"}})


@pytest.fixture
def client(server: ServerProcess, account: Account) -> Iterator[Client]:
    with closing(Client(server.url, account.api_key, account.secret)) as speaking:
        yield speaking


def signed_text(client: Client, text: str) -> str:
    """The text with a timestamp and its signature, as it will stand on the wire."""
    stamped = f"{text}&timestamp={wall_clock_ms()}".lstrip("&")
    return f"{stamped}&signature={client.signature(stamped.encode())}"


def send(client: Client, method: str, target: str, body: str = "", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.send(method, target, {"X-MBX-APIKEY": client.api_key, **named}, body.encode())


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", FORM, "", "multipart/x"]
)
@pytest.mark.parametrize("place", ["query", "body"])
def test_no_content_type_changes_how_a_post_is_read(
    client: Client, content_type: str, place: str
) -> None:
    """Official clients say JSON and send everything in the query; others send a form body."""
    text = signed_text(client, "type=MAIN_FUNDING&asset=USDT&amount=1")
    target, body = (f"{TRANSFER}?{text}", "") if place == "query" else (TRANSFER, text)
    answer = send(client, "POST", target, body, Content_Type=content_type)
    assert answer.status == 200, answer.body


def test_a_get_may_say_that_it_is_json(client: Client) -> None:
    target = "/fapi/v2/balance?" + signed_text(client, "")
    assert send(client, "GET", target, Content_Type="application/json;charset=utf-8").status == 200


@pytest.mark.parametrize(
    "symbols",
    [
        "%5B%22BTCUSDT%22%2C%22ETHUSDT%22%5D",
        "%5b%22BTCUSDT%22%2c%22ETHUSDT%22%5d",
        "[%22BTCUSDT%22,%22ETHUSDT%22]",
        "%5B%22BTCUSDT%22%2C+%22ETHUSDT%22%5D",
    ],
)
def test_a_list_arrives_as_encoded_json(client: Client, symbols: str) -> None:
    answer = client.send("GET", f"/api/v3/exchangeInfo?symbols={symbols}")
    assert [row["symbol"] for row in answer.json["symbols"]] == ["BTCUSDT", "ETHUSDT"]


@pytest.mark.parametrize("value", ["a b", "[1,2]", "ü", "a+b", "%", "a&b=c"])
def test_special_characters_are_signed_as_they_were_sent(client: Client, value: str) -> None:
    """Unknown parameters are ignored but signed, whatever is in them."""
    for text in (urlencode({"note": value}), f"note={quote(value, safe='')}"):
        answer = send(client, "GET", "/fapi/v2/balance?" + signed_text(client, text))
        assert answer.status == 200, answer.body


@pytest.mark.parametrize("name", ["fromSymbol", "fromsymbol", "FROMSYMBOL"])
def test_names_are_matched_without_case(client: Client, name: str) -> None:
    client.signed(
        "POST", TRANSFER, type="MAIN_ISOLATED_MARGIN", asset="USDT", amount="5", toSymbol="BTCUSDT"
    )
    moved = client.signed(
        "POST",
        TRANSFER,
        **{"type": "ISOLATED_MARGIN_MAIN", "asset": "USDT", "amount": "1", name: "BTCUSDT"},
    )
    assert moved.status == 200, moved.body


@pytest.mark.parametrize("value", ["true", "True", "TRUE"])
def test_booleans_are_written_in_many_ways(client: Client, value: str) -> None:
    answer = client.signed("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin=value)
    assert answer.json == {"code": 200, "msg": "success"}
    again = client.signed("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin=value.lower())
    assert again.json["code"] == -4171


@pytest.mark.parametrize(
    ("path", "signed"),
    [
        ("/sapi/v1/capital/config/getall", True),
        ("/sapi/v1/margin/allPairs", False),
        ("/sapi/v1/margin/allPairs", True),
        ("/sapi/v1/margin/isolated/allPairs", True),
        ("/api/v3/exchangeInfo", False),
        ("/dapi/v1/exchangeInfo", False),
        ("/fapi/v1/exchangeInfo", False),
        ("/fapi/v1/positionSide/dual", True),
        ("/fapi/v1/multiAssetsMargin", True),
        ("/fapi/v1/time", False),
        ("/api/v3/time", False),
        ("/api/v3/ping", False),
        ("/fapi/v3/account", True),
    ],
)
def test_what_clients_call_first_is_there(client: Client, path: str, signed: bool) -> None:
    answer = client.signed("GET", path) if signed else send(client, "GET", path)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "application/json"


def test_every_asset_of_exchange_information_is_a_coin(client: Client) -> None:
    """ccxt looks each one up as a currency."""
    coins = {row["coin"] for row in client.signed("GET", "/sapi/v1/capital/config/getall").json}
    for path in ("/fapi/v1/exchangeInfo", "/api/v3/exchangeInfo"):
        for symbol in client.send("GET", path).json["symbols"]:
            assert {symbol["baseAsset"], symbol["quoteAsset"]} <= coins


SYMBOL_FIELDS = {
    "symbol",
    "pair",
    "contractType",
    "deliveryDate",
    "onboardDate",
    "maintMarginPercent",
    "requiredMarginPercent",
    "baseAsset",
    "quoteAsset",
    "marginAsset",
    "pricePrecision",
    "quantityPrecision",
    "baseAssetPrecision",
    "quotePrecision",
    "underlyingType",
    "underlyingSubType",
    "triggerProtect",
    "liquidationFee",
    "marketTakeBound",
    "filters",
    "orderTypes",
    "timeInForce",
    "status",
}


def test_exchange_information_has_what_strict_readers_require(client: Client) -> None:
    """The price filter stands first: a client reads the tick size from there."""
    for symbol in client.send("GET", "/fapi/v1/exchangeInfo").json["symbols"]:
        assert symbol.keys() >= SYMBOL_FIELDS
        assert symbol["filters"][0]["filterType"] == "PRICE_FILTER"
        assert float(symbol["filters"][0]["tickSize"]) > 0
        assert (symbol["contractType"], symbol["status"]) == ("PERPETUAL", "TRADING")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/fapi/v1/ping", {"x-mbx-used-weight-1m"}),
        ("/fapi/v1/time", {"x-mbx-used-weight-1m"}),
        ("/api/v3/ping", {"x-mbx-used-weight-1m", "x-mbx-used-weight"}),
        ("/api/v3/time", {"x-mbx-used-weight-1m", "x-mbx-used-weight"}),
        ("/sapi/v1/system/status", {"x-sapi-used-ip-weight-1m"}),
    ],
)
def test_used_weight_and_date_are_in_the_headers(
    client: Client, path: str, headers: set[str]
) -> None:
    answer = client.send("GET", path)
    assert headers <= answer.headers.keys()
    assert all(int(answer.headers[name]) >= 1 for name in headers)
    assert answer.headers["date"].endswith("GMT")


@pytest.mark.parametrize(
    ("method", "target", "api_key", "status", "code"),
    [
        ("GET", "/fapi/v2/balance", None, 401, -2014),
        ("GET", "/fapi/v2/balance", "short", 401, -2014),
        ("GET", "/fapi/v2/balance", "k" * 64, 401, -2015),
        ("GET", "/fapi/v2/balance", "", 400, -1102),
        ("GET", "/fapi/v2/balance?timestamp=1&signature=a", "", 400, -1021),
        ("GET", "/fapi/v9/nothing", "", 404, -5000),
        ("PUT", "/fapi/v2/balance", "", 404, -5000),
        ("GET", "/sapi/v9/nothing", "", 404, -1099),
        ("PUT", "/api/v3/account", "", 405, -1020),
        ("POST", TRANSFER, "", 400, -1102),
        ("GET", "/api/v3/exchangeInfo?symbol=%ZZ", "", 400, -1100),
        ("GET", "/api/v3/exchangeInfo?symbol=MOON", "", 400, -1121),
    ],
)
def test_an_error_is_json_with_the_status_that_clients_choose_by(
    client: Client, method: str, target: str, api_key: str | None, status: int, code: int
) -> None:
    """`api_key` empty: the account's own; None: no header."""
    headers = {} if api_key is None else {"X-MBX-APIKEY": api_key or client.api_key}
    answer = client.send(method, target, headers)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/json"
    assert list(answer.json) == ["code", "msg"]
    assert answer.json["code"] == code


def test_a_timestamp_too_many_is_tolerated_where_none_is_needed(client: Client) -> None:
    answer = send(client, "GET", "/fapi/v1/time?" + signed_text(client, ""))
    assert answer.status == 200

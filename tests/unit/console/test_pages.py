"""The pages: what they say, what they load, and what is not there."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing

import pytest
from msgspec.structs import replace
from openapi_spec_validator import validate

from clearhouse import __version__
from clearhouse.api.metrics import RequestMetrics
from clearhouse.api.openapi import openapi
from clearhouse.api.operations import OPERATIONS
from clearhouse.console.clients import Place
from clearhouse.console.landing import landing_page
from clearhouse.console.markup import code_words, el, join
from clearhouse.console.shapes import shape_text
from clearhouse.console.status import MetricsPage, VenueStatus
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET
from clearhouse.testing import Client, Response, ServerProcess

PAGES = ("/", "/docs", "/docs/numbers", "/docs/coverage")
EXPLAINED_FIELDS = {
    "account": (
        "feeTier feeBurn canTrade canDeposit canWithdraw updateTime multiAssetsMargin tradeGroupId "
        "totalInitialMargin totalMaintMargin totalWalletBalance totalUnrealizedProfit "
        "totalMarginBalance totalPositionInitialMargin totalOpenOrderInitialMargin "
        "totalCrossWalletBalance totalCrossUnPnl availableBalance maxWithdrawAmount"
    ),
    "asset": (
        "accountAlias asset balance walletBalance unrealizedProfit marginBalance maintMargin "
        "initialMargin positionInitialMargin openOrderInitialMargin crossWalletBalance crossUnPnl "
        "availableBalance maxWithdrawAmount marginAvailable updateTime"
    ),
    "position": (
        "symbol initialMargin maintMargin unrealizedProfit positionInitialMargin "
        "openOrderInitialMargin leverage isolated entryPrice maxNotional bidNotional askNotional "
        "positionSide positionAmt updateTime"
    ),
}
STATUS = VenueStatus(accounts=3, seq=1234, now=0, clock="frozen", store="<file>")
PLACE = Place("http://127.0.0.1:1")


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with ServerProcess("--ephemeral") as server, closing(Client(server.url)) as speaking:
        yield speaking


def text_of(response: Response) -> str:
    return response.body.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_a_page(client: Client, path: str) -> None:
    page = client.send("GET", path)
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["x-clearhouse"] == __version__
    assert page.headers["x-content-type-options"] == "nosniff"
    text = text_of(page)
    assert text.startswith("<!doctype html>")
    assert f'<a href="{path}" aria-current="page">' in text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere(client: Client, path: str) -> None:
    text = text_of(client.send("GET", path))
    assert re.findall(r'(?:src|srcset|action)="', text) == []
    assert set(re.findall(r'<link [^>]*href="([^"]*)"', text)) == {"data:,"}
    assert re.findall(r"@import|url\(", text) == []
    assert re.findall(r' (?:style|on[a-z]+)="', text) == []


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_allows_the_style_and_script_of_the_page_alone(
    client: Client, path: str
) -> None:
    page = client.send("GET", path)
    policy = dict(
        part.split(" ", 1) for part in page.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", text_of(page), re.DOTALL)
        digest = b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert policy[directive] == f"'sha256-{digest}'"


def test_the_first_page_shows_the_demo_key_where_it_works(client: Client) -> None:
    text = text_of(client.send("GET", "/"))
    assert DEMO_KEY in text
    assert DEMO_SECRET in text
    assert "1 account" not in text
    assert '<dt>Accounts</dt><dd class="">1</dd>' in text


def test_the_first_page_shows_placeholders_where_the_key_is_another() -> None:
    own = ServerProcess("--ephemeral", "--demo-secret", "S" * 64)
    with own as server, closing(Client(server.url)) as client:
        text = text_of(client.send("GET", "/"))
    assert DEMO_SECRET not in text
    assert "S" * 64 not in text
    assert "YOUR_API_SECRET" in text


def test_the_first_page_escapes_what_it_shows() -> None:
    text = bytes(landing_page(STATUS, Place("http://<script>"), 5).body).decode()
    assert "&lt;file&gt;" in text
    assert text.count("<script>") == 1
    assert "1,234" in text
    assert "1970-01-01 00:00:00" in text


def test_the_first_page_says_when_the_venue_stopped() -> None:
    stopped = VenueStatus(accounts=0, seq=0, now=0, clock="real", store="x", failure="disk full")
    assert '<dd class="bad">disk full</dd>' in bytes(landing_page(stopped, PLACE, 0).body).decode()


def test_metrics_count_requests_and_show_the_venue(client: Client) -> None:
    client.send("GET", "/fapi/v1/ping")
    text = text_of(client.send("GET", "/metrics"))
    assert re.search(
        r'^clearhouse_requests_total\{code="0",operation="GET /fapi/v1/ping",status="200"\} \d',
        text,
        re.MULTILINE,
    )
    assert "clearhouse_accounts 1.0" in text
    assert "clearhouse_journal_seq 27.0" in text
    assert "clearhouse_stopped 0.0" in text


def test_metrics_say_that_the_venue_stopped() -> None:
    requests = RequestMetrics()
    requests.add("GET /x", 200, 0, 10)
    requests.add("GET /y", 400, -1102, 10)
    stopped = VenueStatus(accounts=0, seq=0, now=0, clock="real", store="x", failure="disk full")
    page = MetricsPage(requests, lambda: stopped)
    assert b"clearhouse_stopped 1.0" in bytes(page.response().body)
    assert page.requests_answered() == 2


def test_the_openapi_document_is_valid(client: Client) -> None:
    answer = client.send("GET", "/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    document = answer.json
    validate(document)
    assert document["openapi"] == "3.1.0"
    ids = [e["operationId"] for path in document["paths"].values() for e in path.values()]
    assert len(ids) == len(set(ids)) == sum(op.method != "WS" for op in OPERATIONS)


def test_parts_that_may_be_rendered_are_described_by_their_type() -> None:
    schemas = openapi(OPERATIONS)["components"]["schemas"]
    assert schemas["AccountV2"]["properties"]["positions"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/PositionRow"},
    }
    assert schemas["ExchangeInfo"]["properties"]["symbols"]["type"] == "array"


def test_a_refused_operation_says_so_in_the_document() -> None:
    operation = replace(OPERATIONS[0], refused="No such thing here.")
    [path] = openapi([operation])["paths"].values()
    assert path["post"]["x-refused"] == "No such thing here."


def test_an_unknown_path_is_the_exchanges_error_for_programs(client: Client) -> None:
    answer = client.send("GET", "/vapi/v1/time")
    assert answer.status == 404
    assert answer.json == {
        "code": -1099,
        "msg": "Not found: /vapi/v1/time is no operation of this venue. "
        "What is built: /docs/coverage",
    }


def test_an_unknown_path_is_a_page_for_people(client: Client) -> None:
    answer = client.send("GET", "/%3Cscript%3E", {"Accept": "text/html"})
    assert answer.status == 404
    assert "<code>/&lt;script&gt;</code>" in text_of(answer)
    assert '<a href="/docs/coverage">' in text_of(answer)


def test_a_page_only_answers_get(client: Client) -> None:
    answer = client.send("POST", "/docs")
    assert (answer.status, answer.json["code"]) == (405, -1020)
    assert answer.headers["allow"] == "GET, HEAD"


def test_the_control_plane_refuses_in_its_own_form(client: Client) -> None:
    missing = client.control("GET", "/nothing")
    assert missing.status == 404
    assert missing.json["error"]["code"] == "not_found"
    assert missing.json["error"]["message"].endswith("see /docs")
    wrong = client.control("DELETE", "/clock")
    assert wrong.status == 405
    assert wrong.json["error"]["code"] == "wrong_method"
    assert wrong.headers["allow"] == "GET, HEAD, PUT"


def test_the_reference_has_the_calls_of_the_control_plane(client: Client) -> None:
    text = text_of(client.send("GET", "/docs"))
    assert "<code>/_clearhouse/v1/accounts/{uid}/keys/{api_key}</code>" in text
    assert "Take a key away for good." in text


def test_each_field_of_the_account_answers_leads_to_its_explanation(client: Client) -> None:
    numbers = text_of(client.send("GET", "/docs/numbers"))
    anchors = re.findall(r' id="([^"]+)"', numbers)
    assert len(anchors) == len(set(anchors))
    inside = re.findall(r'href="#([^"]+)"', numbers)
    links = re.findall(r'href="/docs/numbers#([^"]+)"', text_of(client.send("GET", "/docs")))
    assert set(inside) | set(links) <= set(anchors)
    for kind, names in EXPLAINED_FIELDS.items():
        assert {f"{kind}-{name}" for name in names.split()} <= set(links)


def test_a_formula_leads_to_what_it_reads(client: Client) -> None:
    numbers = text_of(client.send("GET", "/docs/numbers"))
    assert (
        '<code><a href="#account-available">available</a> / '
        '<a href="#asset-askRate">askRate</a></code>'
    ) in numbers
    assert '<code><a href="#asset-walletBalance">walletBalance</a>[USDT]</code>' in numbers
    assert '<a href="#position-brackets">brackets</a>' in numbers
    assert "what was bought less what was sold in SYMBOL" in numbers


def test_elements_escape_text_and_attributes() -> None:
    assert el("a", "<b>", href='"x"') == '<a href="&quot;x&quot;">&lt;b&gt;</a>'
    assert join(el("i", "x"), " & ") == "<i>x</i> &amp; "
    assert code_words("send `a<b` now") == "send <code>a&lt;b</code> now"


def test_shapes() -> None:
    schema = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "asset": {"type": "string"},
                "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "more": {"$ref": "#/components/schemas/Empty"},
                "any": {},
                "none": {"type": "array"},
            },
        },
    }
    empty = {"Empty": {"type": "object", "properties": {}}}
    assert shape_text(schema, empty) == (
        '[\n  {\n    "asset": string,\n    "note": string | null,\n    "more": {},\n'
        '    "any": any,\n    "none": []\n  }\n]'
    )
    assert json.dumps(schema)


def test_names_in_shapes_may_be_links() -> None:
    shown = {"type": "object", "title": "Row", "properties": {"asset": {"type": "string"}}}
    text = shape_text(
        {"anyOf": [{"$ref": "#/components/schemas/Row"}, {"type": "null"}]},
        {"Row": shown},
        name=lambda title, field: el("a", field, href=f"#{title}-{field}"),
    )
    assert text == '{\n  "<a href="#Row-asset">asset</a>": string\n} | null'


@pytest.mark.parametrize("path", ["/docs", "/docs/coverage"])
def test_the_events_of_the_user_data_stream_are_shown(client: Client, path: str) -> None:
    page = text_of(client.send("GET", path))
    for event in ("ACCOUNT_UPDATE", "ACCOUNT_CONFIG_UPDATE", "listenKeyExpired"):
        assert f"<code>{event}</code>" in page
    assert "this venue runs no strategies" in page


def test_a_weight_by_symbol_is_shown_both_ways(client: Client) -> None:
    for path in ("/docs", "/docs/coverage"):
        assert "1 IP, without symbol 10" in text_of(client.send("GET", path))

"""`/docs`: the API reference, and `/docs/coverage`: the same declarations as one table."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from starlette.responses import Response

from clearhouse.api.coverage import (
    STREAMS,
    all_params,
    by_family,
    operation_row,
    status_text,
    weight_text,
)
from clearhouse.api.endpoint import WS_PATH, Operation
from clearhouse.api.errors import TABLES, Family
from clearhouse.api.openapi import openapi
from clearhouse.api.params import Param
from clearhouse.api.streams.catalogue import USER_EVENTS, WAYS_IN
from clearhouse.api.streams.market.forms import FORMS, Form
from clearhouse.console.layout import page
from clearhouse.console.markup import Html, code_words, el, join, table
from clearhouse.console.numbers import field_link
from clearhouse.console.shapes import shape_text

_SECURITY_SENTENCES = {
    "NONE": "no key",
    "MARKET_DATA": "API key",
    "USER_STREAM": "API key",
    "USER_DATA": "API key and signature",
    "TRADE": "API key and signature",
}
_ERROR_FAMILIES = {"Futures": Family.FAPI, "Wallet and margin": Family.SAPI, "Spot": Family.SPOT}


class ControlCall(NamedTuple):
    """A call of the control plane, for the reference."""

    method: str
    path: str
    summary: str


def reference_page(operations: Iterable[Operation], calls: Iterable[ControlCall]) -> Response:
    """`/docs`."""
    declared = list(operations)
    document = openapi(op for op in declared if op.path != WS_PATH)
    menu, sections = [], []
    for title, members in by_family(declared):
        menu.append(_menu(title, [(_anchor(op), op.method, _short(op)) for op in members]))
        articles = (_article(op, document) for op in members)
        sections.append(el("section", el("h2", title), *articles, data_group=""))
    listed = list(calls)
    menu.append(
        _menu(
            "Elsewhere",
            [
                ("streams", "", "User data stream"),
                ("errors", "", "Errors"),
                ("control-plane", "", "Control plane"),
            ],
        )
    )
    search = Html(
        '<input id="search" type="search" placeholder="Search  ( / )" aria-label="Search">'
    )
    nothing = el("p", "Nothing here says that.", class_="soft", id="nothing", hidden="")
    rest = _streams(), _errors(), _control_plane(listed)
    body = el("div", _introduction(), *sections, nothing, *rest)
    aside = el("aside", search, *menu)
    return page("API reference · Clearhouse", el("div", aside, body, class_="docs"), here="/docs")


def coverage_page(operations: Iterable[Operation]) -> Response:
    """`/docs/coverage`."""
    declared = list(operations)
    built = sum(not operation.refused for operation in declared)
    lead = f"{built} operations are built. What is not listed is answered with 404."
    sections = []
    for title, members in by_family(declared):
        rows = [_coverage_row(operation) for operation in members]
        head = ("operation", "WebSocket API", "security", "weight", "parameters", "status")
        sections.append(join(el("h2", title), table(head, rows)))
    command = code_words("The same as JSON: `clearhouse coverage --json`.")
    rows = [(el("code", row.stream), status_text(row)) for row in STREAMS]
    streams = join(el("h2", "Streams"), table(("stream or event", "status"), rows))
    return page(
        "Coverage · Clearhouse",
        el("h1", "Coverage"),
        el("p", lead, class_="lead"),
        el("p", command, class_="soft"),
        el("div", *sections, streams, class_="coverage"),
        here="/docs/coverage",
    )


def _coverage_row(operation: Operation) -> tuple[str, ...]:
    row = operation_row(operation)
    name = join(
        _method(row.method), " ", el("a", _short(operation), href=f"/docs#{_anchor(operation)}")
    )
    params = [
        el("code", p.name) if p.required else Html(f"[{el('code', p.name)}]") for p in row.params
    ]
    return (
        name,
        el("code", row.ws_method) if row.ws_method and operation.method != "WS" else "",
        row.security,
        weight_text(row),
        Html(" ".join(params)),
        status_text(row),
    )


def _introduction() -> Html:
    return join(
        el("h1", "API reference"),
        el(
            "p",
            "Generated from the declarations that the server itself runs on. Paths, parameters, "
            "answers and errors are those of the exchange.",
            class_="lead",
        ),
        el(
            "p",
            code_words(
                "Send the key in the header `X-MBX-APIKEY`. A signed operation also needs "
                "`timestamp` (UTC milliseconds) and `signature`: HMAC-SHA256 in hex, or RSA or "
                "Ed25519 in base64, over the query string and body exactly as they are sent. On "
                "the WebSocket API the key is the parameter `apiKey`, and the signature is over "
                "the parameters sorted by name."
            ),
        ),
    )


def _article(operation: Operation, document: dict[str, Any]) -> Html:
    title = join(
        _method(operation.method), el("a", _short(operation), href=f"#{_anchor(operation)}")
    )
    parts = [
        el("h3", title),
        el("p", operation.summary),
        el("p", code_words(operation.description), class_="soft") if operation.description else "",
        _facts(operation),
        _params(operation),
        _answer(operation, document),
    ]
    if operation.refused:
        parts.insert(2, el("p", operation.refused, class_="bad"))
    return el("article", *parts, id=_anchor(operation), data_words=_words(operation))


def _facts(operation: Operation) -> Html:
    kind = operation.security.value
    weight = weight_text(operation_row(operation))
    facts = [("Needs", f"{_SECURITY_SENTENCES[kind]} ({kind})"), ("Weight", weight)]
    if operation.ws_method and operation.method != "WS":
        facts.append(("WebSocket API", operation.ws_method))
    if operation.permissions:
        facts.append(("Permission", ", ".join(p.value for p in operation.permissions)))
    return el(
        "div", *(el("span", f"{name} ", el("b", fact)) for name, fact in facts), class_="facts"
    )


def _params(operation: Operation) -> Html:
    forms: dict[str, Param] = {param.name: param for param in operation.params}
    rows: list[tuple[str, ...]] = []
    for row in all_params(operation):
        values = forms[row.name].form.values if row.name in forms else ()
        listed = el("span", ", ".join(values), class_="soft mono") if values else ""
        rows.append((el("code", row.name), row.type, "required" if row.required else "", listed))
    return table(("parameter", "type", "", "values"), rows) if rows else Html("")


def _answer(operation: Operation, document: dict[str, Any]) -> Html:
    entry = document["paths"].get(operation.path, {}).get(operation.method.lower())
    if entry is None or operation.refused:
        return Html("")
    schema = entry["responses"]["200"]["content"]["application/json"]["schema"]
    text = shape_text(schema, document["components"]["schemas"], name=field_link)
    return el("details", el("summary", "Answer"), el("pre", el("code", text)))


def _streams() -> Html:
    """Streams of an account and of the market: how to get in, and what is pushed."""
    text = code_words(
        "A listen key (`POST /fapi/v1/listenKey`) opens it for 60 minutes; an event leaves when "
        'the journal has its fact. Combined streams wrap it in `{"stream": …, "data": …}`.'
    )
    ways: list[tuple[str, ...]] = [(el("code", way),) for way in WAYS_IN]
    events: list[tuple[str, ...]] = [
        (el("code", event.name), event.pushed if not event.refused else f"Refused: {event.refused}")
        for event in USER_EVENTS
    ]
    return join(
        el("h2", "User data stream", id="streams"),
        el("p", text, class_="soft"),
        table(("WebSocket path",), ways),
        table(("event", "pushed when"), events),
        el("h2", "Market streams", id="market-streams"),
        table(("stream", "how often", "pushed"), [_market_stream(form) for form in FORMS]),
    )


def _market_stream(form: Form) -> tuple[str, ...]:
    pushed = f"Refused: {form.refused}" if form.refused else form.pushed
    return el("code", form.text), form.speed_text, pushed


def _errors() -> Html:
    pieces = [el("h2", "Errors", id="errors")]
    pieces.append(el("p", code_words('Every refusal is `{"code": …, "msg": "…"}`.'), class_="soft"))
    for title, family in _ERROR_FAMILIES.items():
        rows = sorted(set(TABLES[family].values()), key=lambda row: (-row.code, row.status))
        cells: list[tuple[str, ...]] = [
            (el("code", str(row.code)), str(row.status), row.message.replace("%s", "…"))
            for row in rows
        ]
        grid = table(("code", "HTTP", "message"), cells)
        pieces.append(el("details", el("summary", title), grid))
    return join(*pieces)


def _control_plane(calls: list[ControlCall]) -> Html:
    rows: list[tuple[str, ...]] = [
        (join(_method(call.method), " ", el("code", call.path)), call.summary) for call in calls
    ]
    text = code_words(
        "For operators and tests, never for clients: JSON, with `Authorization: Bearer TOKEN` "
        "where a token is set. A POST may carry an `Idempotency-Key`."
    )
    return join(
        el("h2", "Control plane", id="control-plane"),
        el("p", text, class_="soft"),
        table(("call", "does"), rows),
    )


def _menu(title: str, entries: list[tuple[str, str, str]]) -> Html:
    links = (
        el("a", _method(method) if method else "", name, href=f"#{anchor}", data_words=name.lower())
        for anchor, method, name in entries
    )
    return el("div", el("h3", title), *links, data_group="")


def _method(method: str) -> Html:
    return el("span", method, class_=f"method {method}")


def _short(operation: Operation) -> str:
    is_ws = operation.method == "WS"
    return operation.ws_method if is_ws and operation.ws_method else operation.path


def _anchor(operation: Operation) -> str:
    return (
        re.sub(r"[^A-Za-z0-9]+", "-", f"{operation.method}{_short(operation)}").strip("-").lower()
    )


def _words(operation: Operation) -> str:
    """What the search looks in."""
    params = " ".join(param.name for param in operation.params)
    words = (
        operation.name,
        operation.ws_method or "",
        operation.summary,
        operation.description,
        params,
    )
    return " ".join(words).lower()

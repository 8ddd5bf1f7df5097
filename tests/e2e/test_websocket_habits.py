"""Habits of real clients, WebSocket API: frames, ids, signatures, limits, pings."""

import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import socket_url


@pytest.fixture(scope="module")
def account(control: Client) -> Account:
    return open_account(control, {"UMFUTURE": {"USDT": "12.5"}})


@pytest.fixture
def socket(server: ServerProcess) -> Iterator[ClientConnection]:
    with connect(socket_url(server.url), proxy=None) as open_socket:
        yield open_socket


def ask(socket: ClientConnection, frame: object) -> dict[str, Any]:
    socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))
    reply = json.loads(socket.recv(timeout=10))
    assert isinstance(reply, dict)
    return reply


def signed(account: Account, **params: object) -> dict[str, object]:
    """Parameters sorted by name, each value as its text, over which the signature goes."""
    sent: dict[str, object] = {"apiKey": account.api_key, "timestamp": wall_clock_ms(), **params}
    text = "&".join(f"{name}={_text(sent[name])}" for name in sorted(sent))
    signature = hmac.digest(account.secret.encode(), text.encode(), "sha256").hex()
    return {**sent, "signature": signature}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(
    "method",
    [
        "account.balance",
        "v2/account.balance",
        "account.status",
        "v2/account.status",
        "v1/account.balance",
    ],
)
def test_the_method_may_carry_a_version(
    socket: ClientConnection, account: Account, method: str
) -> None:
    reply = ask(socket, {"id": "a", "method": method, "params": signed(account)})
    assert list(reply) == ["id", "status", "result", "rateLimits"]
    assert reply["status"] == 200


@pytest.mark.parametrize("number", [1, 0, 2**53, "605a6d20-6588-4cb9-afa0-b0ab087507ba", "", None])
def test_an_id_is_echoed_as_it_is(socket: ClientConnection, number: object) -> None:
    assert ask(socket, {"id": number, "method": "ping"})["id"] == number


@pytest.mark.parametrize(
    "more",
    [
        {"recvWindow": 5000},
        {"recvWindow": "5000"},
        {"timestamp": None},
        {"returnRateLimits": True},
        {"unknown": "kept in the signature"},
    ],
)
def test_values_may_be_numbers_booleans_or_texts(
    socket: ClientConnection, account: Account, more: dict[str, object]
) -> None:
    if "timestamp" in more:
        more = {"timestamp": str(wall_clock_ms())}
    reply = ask(socket, {"id": 1, "method": "account.balance", "params": signed(account, **more)})
    assert reply["status"] == 200, reply


def test_limits_are_in_every_reply_errors_too(socket: ClientConnection, account: Account) -> None:
    """The official SDK indexes them."""
    for frame in (
        {"id": 1, "method": "ping"},
        {"id": 2, "method": "account.balance", "params": signed(account)},
        {"id": 3, "method": "account.balance", "params": {}},
        {"id": 4, "method": "no.such"},
        "no json",
        b"\x00\x01",
    ):
        row = ask(socket, frame)["rateLimits"][0]
        assert list(row) == ["rateLimitType", "interval", "intervalNum", "limit", "count"]
        assert row["limit"] == 2400


@pytest.mark.parametrize(
    ("of_connection", "of_request", "shown"),
    [
        ("", None, True),
        ("?returnRateLimits=false", None, False),
        ("?returnRateLimits=true", None, True),
        ("", False, False),
        ("?returnRateLimits=false", True, True),
    ],
)
def test_limits_are_hidden_on_demand(
    server: ServerProcess, of_connection: str, of_request: bool | None, shown: bool
) -> None:
    """The word of the request goes before that of the connection."""
    params = {} if of_request is None else {"returnRateLimits": of_request}
    with connect(socket_url(server.url) + of_connection, proxy=None) as open_socket:
        reply = ask(open_socket, {"id": 1, "method": "ping", "params": params})
    assert ("rateLimits" in reply) is shown


def test_the_handshake_names_the_connection(socket: ClientConnection) -> None:
    assert socket.response is not None
    assert socket.response.headers["x-mbx-uuid"]


def test_a_ping_is_answered_at_once(socket: ClientConnection) -> None:
    assert socket.ping(b"are you there").wait(timeout=2)


@pytest.mark.parametrize(
    ("frame", "number", "status", "code"),
    [
        ("no json", None, 400, -1135),
        (b"\x00\x01", None, 400, -1135),
        ([1, 2], None, 400, -1100),
        ({"id": 7}, 7, 400, -1100),
        ({"id": 7, "method": "no.such"}, 7, 400, -1130),
        ({"id": 7, "method": "account.balance"}, 7, 401, -2014),
        ({"id": 7, "method": "account.balance", "params": {"apiKey": "k" * 64}}, 7, 401, -2015),
    ],
)
def test_an_error_has_the_shape_of_errors_and_leaves_the_connection_open(
    socket: ClientConnection, frame: object, number: object, status: int, code: int
) -> None:
    reply = ask(socket, frame)
    assert list(reply) == ["id", "status", "error", "rateLimits"]
    assert (reply["id"], reply["status"], reply["error"]["code"]) == (number, status, code)
    assert ask(socket, {"id": 8, "method": "ping"})["result"] == {}


def test_a_wrong_signature_is_refused(socket: ClientConnection, account: Account) -> None:
    params = signed(account) | {"signature": "0" * 64}
    reply = ask(socket, {"id": 1, "method": "account.balance", "params": params})
    assert (reply["status"], reply["error"]["code"]) == (400, -1022)


def test_requests_may_be_sent_ahead_and_are_answered_in_order(
    socket: ClientConnection, account: Account
) -> None:
    for number in range(20):
        socket.send(
            json.dumps({"id": number, "method": "account.balance", "params": signed(account)})
        )
    replies = [json.loads(socket.recv(timeout=10)) for _ in range(20)]
    assert [reply["id"] for reply in replies] == list(range(20))
    assert {reply["status"] for reply in replies} == {200}

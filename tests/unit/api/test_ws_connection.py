"""A WebSocket API connection: its session, its share of the limits, and its end."""

import asyncio
import json

import pytest

from clearhouse.api import ws_api
from clearhouse.api.ws_api import FRAMES_PER_SECOND
from clearhouse.config import Config
from unit.api.harness import NOW, WALL, House, Socket, in_house, ws_signed, ws_text
from unit.api.signers import Signer, ed25519, rsa

REJECTED = {
    "code": -2015,
    "msg": "Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1",
}


async def keyed(house: House, signer: Signer) -> House:
    return await house.new_key(kind=signer.kind, publicKey=signer.public_key)


def signed(house: House, signer: Signer, **params: object) -> dict[str, object]:
    sent: dict[str, object] = {"apiKey": house.key, "timestamp": NOW, **params}
    return {**sent, "signature": signer.sign(ws_text(sent))}


def status(key: str | None, since: int | None) -> dict[str, object]:
    return {
        "apiKey": key,
        "authorizedSince": since,
        "connectedSince": NOW,
        "returnRateLimits": True,
        "serverTime": NOW,
        "userDataStream": False,
    }


@pytest.mark.parametrize("signer", [ed25519(), rsa()], ids=["ed25519", "rsa"])
def test_requests_signed_with_asymmetric_keys(signer: Signer) -> None:
    async def scene(house: House) -> None:
        owner = await keyed(house, signer)
        async with house.socket() as socket:
            right = await socket.ask("account.balance", signed(owner, signer))
            assert right["status"] == 200
            spoiled = signed(owner, signer) | {"signature": signer.sign("something else")}
            wrong = await socket.ask("account.balance", spoiled)
            assert wrong["error"]["code"] == -1022

    in_house(scene)


def test_logon_status_logout() -> None:
    async def scene(house: House) -> None:
        signer = ed25519()
        owner = await keyed(house, signer)
        async with house.socket() as socket:
            assert (await socket.ask("session.status"))["result"] == status(None, None)
            logon = await socket.ask("session.logon", signed(owner, signer))
            assert (logon["status"], logon["result"]) == (200, status(owner.key, NOW))
            assert (await socket.ask("session.status"))["result"] == status(owner.key, NOW)
            free = await socket.ask("account.balance", {"timestamp": NOW})
            assert free["status"] == 200
            stale = await socket.ask("account.balance", {"timestamp": NOW - 5001})
            assert stale["error"]["code"] == -1021
            none = await socket.ask("account.balance")
            assert none["error"]["code"] == -1102
            assert (await socket.ask("session.logout"))["result"] == status(None, None)
            after = await socket.ask("account.balance", {"timestamp": NOW})
            assert (after["status"], after["error"]["code"]) == (401, -2014)

    in_house(scene)


@pytest.mark.parametrize("kind", ["HMAC", "RSA"])
def test_logon_needs_an_ed25519_key(kind: str) -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            if kind == "RSA":
                owner = await keyed(house, rsa())
                reply = await socket.ask("session.logon", signed(owner, rsa()))
            else:
                reply = await socket.signed("session.logon")
            assert (reply["status"], reply["error"]) == (
                400,
                {"code": -4056, "msg": "Invalid api key type."},
            )
            assert (await socket.ask("session.status"))["result"]["apiKey"] is None

    in_house(scene)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"apiKey": None}, -2014),
        ({"apiKey": "k" * 64}, -2015),
        ({"timestamp": None}, -1102),
        ({"signature": None}, -1102),
        ({"timestamp": NOW - 5001}, -1021),
        ({"signature": "AAAA"}, -1022),
    ],
)
def test_a_logon_that_is_refused_leaves_the_session_as_it_was(
    change: dict[str, object], code: int
) -> None:
    async def scene(house: House) -> None:
        signer = ed25519()
        owner = await keyed(house, signer)
        sent = {k: v for k, v in (signed(owner, signer) | change).items() if v is not None}
        async with house.socket() as socket:
            reply = await socket.ask("session.logon", sent)
            assert reply["error"]["code"] == code
            assert (await socket.ask("session.status"))["result"] == status(None, None)
            await socket.ask("session.logon", signed(owner, signer))
            assert (await socket.ask("session.logon", sent))["error"]["code"] == code
            assert (await socket.ask("session.status"))["result"] == status(owner.key, NOW)

    in_house(scene)


def test_a_key_revoked_after_logon() -> None:
    async def scene(house: House) -> None:
        signer = ed25519()
        owner = await keyed(house, signer)
        async with house.socket() as socket:
            await socket.ask("session.logon", signed(owner, signer))
            await house.control("DELETE", f"/accounts/{house.uid}/keys/{owner.key}")
            reply = await socket.ask("account.balance", {"timestamp": NOW})
            assert (reply["status"], reply["error"]) == (401, REJECTED)
            mine = await socket.signed("account.balance")
            assert mine["status"] == 200

    in_house(scene)


def test_an_explicit_key_goes_before_the_session_s() -> None:
    async def scene(house: House) -> None:
        signer = ed25519()
        owner = await keyed(house, signer)
        other = await house.account(UMFUTURE={"USDT": "7"})
        async with house.socket() as socket:
            await socket.ask("session.logon", signed(owner, signer))
            reply = await socket.ask("account.balance", ws_signed(other))
            assert reply["result"][0]["balance"] == "7.00000000"
            unsigned = {"apiKey": other.key, "timestamp": NOW}
            assert (await socket.ask("account.balance", unsigned))["error"]["code"] == -1102
            mine = await socket.ask("account.balance", {"timestamp": NOW})
            assert mine["result"][0]["balance"] == "0.00000000"

    in_house(scene)


def test_a_session_belongs_to_its_connection() -> None:
    async def scene(house: House) -> None:
        signer = ed25519()
        owner = await keyed(house, signer)
        async with house.socket() as first, house.socket() as second:
            await first.ask("session.logon", signed(owner, signer))
            assert (await second.ask("session.status"))["result"]["apiKey"] is None

    in_house(scene)


def test_weight_is_shared_with_rest() -> None:
    async def scene(house: House) -> None:
        await house.signed("GET", "/fapi/v2/balance")
        async with house.socket() as socket:
            reply = await socket.signed("account.balance")
            assert reply["rateLimits"][0]["count"] == 15  # 5 + 5 for the handshake + 5
        answer = await house.send("GET", "/fapi/v1/ping")
        assert answer.headers["x-mbx-used-weight-1m"] == "16"

    in_house(scene)


def test_too_many_requests_and_a_ban_are_told_in_frames() -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            for _ in range(2395):
                await house.send("GET", "/fapi/v1/ping")
            for _ in range(20):
                reply = await socket.ask("ping")
                assert (reply["status"], reply["error"]["code"]) == (429, -1003)
            reply = await socket.ask_raw("{")
            assert (reply["status"], reply["error"]) == (
                418,
                {
                    "code": -1003,
                    "msg": (
                        f"Way too many requests; IP banned until {WALL + 120_000}. "
                        "Please use the websocket for live updates to avoid bans."
                    ),
                },
            )
        async with house.socket() as refused:
            assert refused.opening["status"] == 418
            assert json.loads((await refused.next())["body"])["code"] == -1003

    in_house(scene)


async def _flood(socket: Socket, frames: int) -> None:
    for _ in range(frames):
        socket.push("{")
    for _ in range(frames):
        await socket.reply()


def test_a_flood_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(house: House) -> None:
        second = 100.0
        monkeypatch.setattr(ws_api, "monotonic", lambda: second)
        async with house.socket() as socket:
            await _flood(socket, FRAMES_PER_SECOND)
            second = 101.0
            await _flood(socket, FRAMES_PER_SECOND)
            socket.push("{")
            closed = await socket.next()
            assert closed == {
                "type": "websocket.close",
                "code": 1008,
                "reason": "more than 500 frames a second",
            }
        assert (await house.send("GET", "/fapi/v1/ping")).status == 200

    in_house(scene)


def test_without_rate_limits_nobody_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(house: House) -> None:
        monkeypatch.setattr(ws_api, "monotonic", lambda: 100.0)
        async with house.socket() as socket:
            await _flood(socket, FRAMES_PER_SECOND + 1)

    in_house(scene, Config(data=None, rate_limits=False))


def test_a_connection_ends_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(house: House) -> None:
        monkeypatch.setattr(ws_api, "LIFETIME_SECONDS", 0.01)
        async with house.socket() as socket:
            await asyncio.sleep(0.05)
            assert await socket.next() == {
                "type": "websocket.close",
                "code": 1001,
                "reason": "24 hours",
            }

    in_house(scene)


@pytest.mark.parametrize(
    "path", ["/", "/wss", "/ws-fapi", "/ws-fapi/v2", "/fapi/v1/ping", "/private/streams"]
)
def test_other_paths_open_nothing(path: str) -> None:
    async def scene(house: House) -> None:
        async with house.socket(path=path) as socket:
            assert socket.opening["type"] == "websocket.close"

    in_house(scene)


def test_a_slash_at_the_end_is_the_same_path() -> None:
    async def scene(house: House) -> None:
        async with house.socket(path="/ws-fapi/v1/") as socket:
            assert (await socket.ask("ping"))["status"] == 200

    in_house(scene)


def test_a_bug_is_told_as_the_exchange_would_and_the_connection_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            with monkeypatch.context() as patch:
                patch.setattr(house.opened.venue, "read", None)
                reply = await socket.signed("account.balance")
            assert (reply["id"], reply["status"], reply["error"]) == (
                1,
                500,
                {
                    "code": -1001,
                    "msg": "Internal error; unable to process your request. Please try again.",
                },
            )
            assert (await socket.signed("account.balance"))["status"] == 200

    in_house(scene)

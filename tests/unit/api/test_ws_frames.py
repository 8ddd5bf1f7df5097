"""The WebSocket API: the shape of answers, and frames that are wrong."""

import json

import pytest

from unit.api.harness import NOW, House, in_house, ws_signed, ws_text

LIMITS = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 2400}
ILLEGAL = {"code": -1100, "msg": "Illegal characters found in a parameter."}
NO_JSON = {"code": -1135, "msg": "Invalid JSON Request"}
NO_METHOD = {"code": -1130, "msg": "Data sent for parameter 'method' is not valid."}


def test_an_answer() -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            assert socket.opening["type"] == "websocket.accept"
            reply = await socket.ask("time")
            assert reply == {
                "id": 1,
                "status": 200,
                "result": {"serverTime": NOW},
                "rateLimits": [LIMITS | {"count": 6}],  # 5 for the handshake
            }

    in_house(scene)


def test_a_refusal() -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            assert await socket.ask("account.balance") == {
                "id": 1,
                "status": 401,
                "error": {"code": -2014, "msg": "API-key format invalid."},
                "rateLimits": [LIMITS | {"count": 10}],
            }

    in_house(scene)


@pytest.mark.parametrize(
    "method", ["account.balance", "v2/account.balance", "account.status", "v2/account.status"]
)
def test_an_answer_is_that_of_its_rest_twin(method: str) -> None:
    twins = {
        "account.balance": "/fapi/v2/balance",
        "v2/account.balance": "/fapi/v3/balance",
        "account.status": "/fapi/v2/account",
        "v2/account.status": "/fapi/v3/account",
    }

    async def scene(house: House) -> None:
        await house.transfer("MAIN_UMFUTURE", "USDT", "12.5")
        async with house.socket() as socket:
            reply = await socket.signed(method)
        assert reply["status"] == 200
        assert reply["result"] == (await house.signed("GET", twins[method])).json

    in_house(scene)


@pytest.mark.parametrize(
    ("method", "known"),
    [
        ("v1/account.balance", True),
        ("v1/ping", True),
        ("v1/v2/account.balance", False),
        ("v2/ping", False),
        ("v3/account.balance", False),
        ("V1/ping", False),
        ("PING", False),
        ("", False),
        ("ping ", False),
        ("order.shout", False),
        ("\u5e01", False),
        ("x" * 5000, False),
    ],
)
def test_version_prefix(method: str, known: bool) -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            reply = await socket.signed(method)
        if known:
            assert reply["status"] == 200
        else:
            assert (reply["status"], reply["error"]) == (400, NO_METHOD)
            assert reply["id"] == 1

    in_house(scene)


@pytest.mark.parametrize(
    "sent",
    [
        0,
        1,
        -1,
        2**63,
        2**64,
        -(2**70),
        "",
        "abc",
        "d8c40a5b-9a4f-4f1c",
        "\u5e01\n\0",
        "9" * 200,
        None,
    ],
)
def test_the_id_is_echoed(sent: object) -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            assert (await socket.ask("ping", id=sent))["id"] == sent
            assert (await socket.ask("nothing", id=sent))["id"] == sent
            text = json.dumps({"id": sent, "method": 5})
            assert (await socket.ask_raw(text))["id"] == sent

    in_house(scene)


def test_no_id_is_a_null_id() -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            assert (await socket.ask_raw('{"method":"ping"}'))["id"] is None

    in_house(scene)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", NO_JSON),
        ("{", NO_JSON),
        ("ping", NO_JSON),
        ('{"method":"ping"', NO_JSON),
        ('{"method":"ping"}}', NO_JSON),
        ('{"method":"ping",}', NO_JSON),
        ("{'method':'ping'}", NO_JSON),
        ('{"method":"ping","id":NaN}', NO_JSON),
        ('{"method":"ping","id":"\\ud800"}', NO_JSON),
        ('{"method":"ping","id":"\\x"}', NO_JSON),
        ('{"method":"ping","x":' + "[" * 60_000, NO_JSON),
        ('{"method":"ping","params":{"a":' + "[" * 60_000, NO_JSON),
        ("[" * 60_000, ILLEGAL),
        ("[]", ILLEGAL),
        ("1", ILLEGAL),
        ('"ping"', ILLEGAL),
        ("null", ILLEGAL),
        ("{}", ILLEGAL),
        ('{"id":null}', ILLEGAL),
        ('{"method":null}', ILLEGAL),
        ('{"method":1}', ILLEGAL),
        ('{"method":["ping"]}', ILLEGAL),
        ('{"method":"ping","id":1.5}', ILLEGAL),
        ('{"method":"ping","id":true}', ILLEGAL),
        ('{"method":"ping","id":[1]}', ILLEGAL),
        ('{"method":"ping","id":{}}', ILLEGAL),
        ('{"method":"ping","params":[]}', ILLEGAL),
        ('{"method":"ping","params":"a"}', ILLEGAL),
        ('{"method":"ping","params":{"a":[1]}}', ILLEGAL),
        ('{"method":"ping","params":{"a":{}}}', ILLEGAL),
        ('{"method":"ping","params":{"a":' + "9" * 5000 + "}}", ILLEGAL),
    ],
)
def test_a_frame_that_is_wrong(text: str, error: dict[str, object]) -> None:
    """It is answered, counted, and the connection goes on."""

    async def scene(house: House) -> None:
        before = house.digest()
        async with house.socket() as socket:
            assert await socket.ask_raw(text) == {
                "id": None,
                "status": 400,
                "error": error,
                "rateLimits": [LIMITS | {"count": 6}],
            }
            assert (await socket.ask("ping"))["rateLimits"][0]["count"] == 7
        assert house.digest() == before

    in_house(scene)


def test_a_binary_frame() -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            for data in (b"", b"\xff\x00", b'{"method":"ping"}'):
                socket.push_bytes(data)
                reply = await socket.reply()
                assert (reply["status"], reply["error"]) == (400, NO_JSON)
            assert (await socket.ask("ping"))["status"] == 200

    in_house(scene)


@pytest.mark.parametrize(
    ("query", "params", "shown"),
    [
        ("", {}, True),
        ("returnRateLimits=false", {}, False),
        ("returnRateLimits=true", {}, True),
        ("returnRateLimits=FALSE", {}, False),
        ("returnRateLimits=%66alse&x=%", {}, False),
        ("", {"returnRateLimits": False}, False),
        ("", {"returnRateLimits": "false"}, False),
        ("", {"returnRateLimits": True}, True),
        ("returnRateLimits=false", {"returnRateLimits": True}, True),
        ("returnRateLimits=false", {"returnRateLimits": "true"}, True),
    ],
)
def test_return_rate_limits(query: str, params: dict[str, object], shown: bool) -> None:
    """The request's word goes before that of the URL, and lasts for its answer only."""

    async def scene(house: House) -> None:
        async with house.socket(query) as socket:
            reply = await socket.ask("account.balance", ws_signed(house, **params))
            assert reply["status"] == 200
            assert ("rateLimits" in reply) is shown
            usual = "rateLimits" in await socket.ask("ping")
            assert usual is ("alse" not in query.lower())

    in_house(scene)


@pytest.mark.parametrize(
    ("name", "value", "spelling"),
    [
        ("x", 5, "5"),
        ("x", -5, "-5"),
        ("x", 2**80, str(2**80)),
        ("x", True, "true"),
        ("x", False, "false"),
        ("x", "true", "true"),
        ("x", "0.10", "0.10"),
        ("x", "", ""),
        ("x", "a b&c=d", "a b&c=d"),
        ("x", "\u5e01", "\u5e01"),
        ("recvWindow", 5000, "5000"),
        ("recvWindow", "5000", "5000"),
        ("timestamp", str(NOW), str(NOW)),
        ("Z", 1, "1"),
    ],
)
def test_parameters_are_signed_as_they_are_spelled(name: str, value: object, spelling: str) -> None:
    async def scene(house: House) -> None:
        sent: dict[str, object] = {"apiKey": house.key, "timestamp": NOW, name: value}
        text = "&".join(f"{k}={spelling if k == name else sent[k]}" for k in sorted(sent))
        async with house.socket() as socket:
            right = await socket.ask("account.balance", {**sent, "signature": house.sign(text)})
            assert right["status"] == 200
            wrong = house.sign(text + "&")
            assert (await socket.ask("account.balance", {**sent, "signature": wrong}))["error"] == {
                "code": -1022,
                "msg": "Signature for this request is not valid.",
            }

    in_house(scene)


@pytest.mark.parametrize("number", ["0.10", "1.0", "1e3", "1E-8", "-0.0", "0.1000000000000000055"])
def test_a_decimal_is_signed_by_its_text(number: str) -> None:
    async def scene(house: House) -> None:
        text = f"apiKey={house.key}&timestamp={NOW}&x={number}"
        async with house.socket() as socket:
            reply = await socket.ask_raw(
                f'{{"id":1,"method":"account.balance","params":{{"timestamp":{NOW},"x":{number},'
                f'"apiKey":"{house.key}","signature":"{house.sign(text)}"}}}}'
            )
        assert reply["status"] == 200

    in_house(scene)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"apiKey": None}, 401, -2014),
        ({"apiKey": ""}, 401, -2014),
        ({"apiKey": 5}, 401, -2014),
        ({"apiKey": "k" * 64}, 401, -2015),
        ({"timestamp": None}, 400, -1102),
        ({"timestamp": ""}, 400, -1102),
        ({"timestamp": NOW - 5000}, 200, 0),
        ({"timestamp": NOW - 5001}, 400, -1021),
        ({"timestamp": NOW + 999}, 200, 0),
        ({"timestamp": NOW + 1000}, 400, -1021),
        ({"timestamp": True}, 400, -1100),
        ({"timestamp": "now"}, 400, -1100),
        ({"recvWindow": -1}, 400, -1100),
        ({"recvWindow": ""}, 400, -1105),
        ({"timestamp": NOW - 100, "recvWindow": 99}, 400, -1021),
    ],
)
def test_security(change: dict[str, object], status: int, code: int) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        async with house.socket() as socket:
            reply = await socket.ask("account.balance", ws_signed(house, **change))
        assert (reply["status"], reply.get("error", {}).get("code", 0)) == (status, code)
        assert house.digest() == before

    in_house(scene)


def test_null_is_an_empty_parameter() -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            sent = {"apiKey": house.key, "timestamp": None}
            sent["signature"] = house.sign(ws_text({**sent, "timestamp": ""}))
            reply = await socket.ask("account.balance", sent)
        assert reply["error"]["code"] == -1102

    in_house(scene)


def test_a_key_bound_to_another_address() -> None:
    async def scene(house: House) -> None:
        bound = await house.new_key(ipRestrict=["10.1.2.3"])
        async with bound.socket() as socket:
            reply = await socket.signed("account.balance")
        assert (reply["status"], reply["error"]) == (
            401,
            {
                "code": -2015,
                "msg": "Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1",
            },
        )

    in_house(scene)

"""Control frames and refused handshakes: every answer, and every way to get it wrong."""

from typing import Any

import pytest

from clearhouse.config import Config
from unit.api.harness import House, in_house, open_house
from unit.api.streams.listening import MINUTE_MS, advance, listen_key, refusal, silent

NO_KEY: dict[str, Any] = {
    "code": -1125,
    "msg": (
        "This listenKey does not exist. Please use POST /fapi/v1/listenKey to recreate listenKey"
    ),
}
END = "line 1 column "
VARIANTS = "`SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`"


def test_subscribe_list_unsubscribe() -> None:
    async def scene(house: House) -> None:
        key = await listen_key(house)
        async with house.socket(path="/private/stream") as socket:
            assert await socket.ask("SUBSCRIBE", [key], id=1) == {"result": None, "id": 1}
            assert await socket.ask("LIST_SUBSCRIPTIONS", id=2) == {"result": [key], "id": 2}
            assert await socket.ask("SUBSCRIBE", [key], id="9d32157c") == {
                "result": None,
                "id": "9d32157c",
            }
            await house.transfer("MAIN_UMFUTURE", "USDT", "1")
            assert (await socket.reply())["stream"] == key
            assert await silent(socket), "subscribed twice, told once"
            assert (await socket.ask("UNSUBSCRIBE", [key, "never"]))["result"] is None
            assert (await socket.ask("LIST_SUBSCRIPTIONS"))["result"] == []
            await house.transfer("MAIN_UMFUTURE", "USDT", "1")
            assert await silent(socket)

    in_house(scene)


@pytest.mark.parametrize(("path", "combined"), [("/ws", False), ("/stream", True)])
def test_the_property_tells_and_changes_the_wrapper(path: str, combined: bool) -> None:
    async def scene(house: House) -> None:
        key = await listen_key(house)
        async with house.socket(path=path) as socket:
            assert (await socket.ask("GET_PROPERTY", ["combined"]))["result"] is combined
            await socket.ask("SUBSCRIBE", [key])
            changed = await socket.ask("SET_PROPERTY", ["combined", not combined])
            assert changed == {"result": None, "id": 1}
            await house.transfer("MAIN_UMFUTURE", "USDT", "1")
            assert ("stream" in await socket.reply()) is not combined

    in_house(scene)


REFUSED: list[tuple[str, int, str, Any]] = [
    ("{nope", 3, "Invalid JSON: expected value at line 1 column 2", None),
    ("", 3, "Invalid JSON: expected value at line 1 column 0", None),
    ("[1]", 2, "Invalid request: invalid type, expected an object at line 1 column 3", None),
    ("7", 2, "Invalid request: invalid type, expected an object at line 1 column 1", None),
    ('{"id":1}', 2, "Invalid request: missing field `method` at line 1 column 8", 1),
    (
        '{"method":"SUBSCRIBE","params":[]}',
        2,
        "Invalid request: request ID must be an unsigned integer",
        None,
    ),
    ('{"id":-1}', 2, "Invalid request: request ID must be an unsigned integer", None),
    ('{"id":1.5}', 2, "Invalid request: request ID must be an unsigned integer", None),
    ('{"id":true}', 2, "Invalid request: request ID must be an unsigned integer", None),
    (
        '{"method":"PLEASE","id":4}',
        2,
        f"Invalid request: unknown variant `PLEASE`, expected one of {VARIANTS} at {END}26",
        4,
    ),
    (
        '{"method":7,"id":4}',
        2,
        f"Invalid request: unknown variant `7`, expected one of {VARIANTS} at {END}19",
        4,
    ),
    (
        '{"method":"SUBSCRIBE","params":"x","id":5}',
        2,
        "Invalid request: params must be a list of stream names",
        5,
    ),
    (
        '{"method":"SUBSCRIBE","params":[1],"id":5}',
        2,
        "Invalid request: params must be a list of stream names",
        5,
    ),
    (
        '{"method":"SUBSCRIBE","id":5}',
        2,
        "Invalid request: params must be a list of stream names",
        5,
    ),
    (
        '{"method":"SET_PROPERTY","params":[1,true],"id":6}',
        2,
        "Invalid request: property name must be a string",
        6,
    ),
    (
        '{"method":"GET_PROPERTY","id":6}',
        2,
        "Invalid request: property name must be a string",
        6,
    ),
    (
        '{"method":"GET_PROPERTY","params":["combined",1],"id":6}',
        2,
        "Invalid request: too many parameters",
        6,
    ),
    ('{"method":"SET_PROPERTY","params":["speed",true],"id":7}', 0, "Unknown property", 7),
    (
        '{"method":"SET_PROPERTY","params":["combined",1],"id":8}',
        1,
        "Invalid value type: expected Boolean",
        8,
    ),
    (
        '{"method":"SET_PROPERTY","params":["combined"],"id":8}',
        1,
        "Invalid value type: expected Boolean",
        8,
    ),
    (
        '{"method":"SUBSCRIBE","params":["btcusdt@nonsense"],"id":9}',
        2,
        "Invalid request: invalid stream",
        9,
    ),
    (
        '{"method":"SUBSCRIBE","params":["!bookTicker@arr"],"id":9}',
        2,
        "Invalid request: invalid stream",
        9,
    ),
    ('{"method":"SUBSCRIBE","params":["nokey"],"id":10}', -1125, NO_KEY["msg"], 10),
    (f'{{"method":"SUBSCRIBE","params":["{"z" * 64}"],"id":10}}', -1125, NO_KEY["msg"], 10),
]


@pytest.mark.parametrize(("sent", "code", "message", "id_"), REFUSED)
def test_a_frame_is_refused_and_the_connection_goes_on(
    sent: str, code: int, message: str, id_: object
) -> None:
    async def scene(house: House) -> None:
        async with house.socket(path="/ws") as socket:
            assert await socket.ask_raw(sent) == {
                "error": {"code": code, "msg": message},
                "id": id_,
            }
            assert (await socket.ask("LIST_SUBSCRIPTIONS"))["result"] == []

    in_house(scene)


def test_a_binary_frame_is_read_as_text() -> None:
    async def scene(house: House) -> None:
        async with house.socket(path="/ws") as socket:
            socket.push_bytes(b'{"method":"LIST_SUBSCRIPTIONS","id":1}')
            assert (await socket.reply())["result"] == []
            socket.push_bytes(b"\xff\xfe")
            assert (await socket.reply())["error"]["code"] == 3

    in_house(scene)


def test_of_several_streams_all_are_subscribed_or_none() -> None:
    async def scene(house: House) -> None:
        key = await listen_key(house)
        async with house.socket(path="/ws") as socket:
            for bad in ("nokey", "btcusdt@depths"):
                assert "error" in await socket.ask("SUBSCRIBE", [key, bad])
                assert (await socket.ask("LIST_SUBSCRIPTIONS"))["result"] == []
            await house.transfer("MAIN_UMFUTURE", "USDT", "1")
            assert await silent(socket)

    in_house(scene)


def test_1024_streams_are_the_most() -> None:
    async def scene(house: House) -> None:
        async with house.socket(path="/ws") as socket:
            answer = await socket.ask("SUBSCRIBE", [f"key{n}" for n in range(1025)])
            assert answer["error"] == {
                "code": 2,
                "msg": "Invalid request: more than 1024 streams",
            }
            answer = await socket.ask("SUBSCRIBE", [f"key{n}" for n in range(1024)])
            assert answer["error"]["code"] == -1125, "as many as that are looked at"

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "query"),
    [("/ws/{}", ""), ("/private/ws", "listenKey={}"), ("/stream", "streams={}")],
)
@pytest.mark.parametrize("kind", ["unknown", "expired", "closed", "foreign"])
def test_a_handshake_with_a_key_that_is_none_is_refused(path: str, query: str, kind: str) -> None:
    async def scene(house: House) -> None:
        key = await listen_key(house)
        if kind == "unknown":
            key = "k" * 64
        elif kind == "expired":
            await advance(house, 60 * MINUTE_MS)
        elif kind == "closed":
            await house.send("DELETE", "/fapi/v1/listenKey", headers={"x-mbx-apikey": house.key})
        else:
            key = await _of_another_venue()
        assert await refusal(house, path.format(key), query.format(key)) == (400, NO_KEY)

    in_house(scene)


async def _of_another_venue() -> str:
    async with open_house() as elsewhere:
        return await listen_key(elsewhere)


def test_a_handshake_for_a_stream_of_no_form_is_refused() -> None:
    async def scene(house: House) -> None:
        status, body = await refusal(house, "/market/ws/btcusdt@markPrices")
        message = "Invalid request: invalid stream"
        assert (status, body) == (400, {"code": -1130, "msg": message})

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/ws", ""),
        ("/stream", ""),
        ("/stream", "streams="),
        ("/market/ws/0", ""),
        ("/public/ws/17", ""),
        ("/market/stream", "streams="),
        ("/private/stream", ""),
        ("/public/stream/", ""),
    ],
)
def test_a_connection_may_begin_with_no_stream(path: str, query: str) -> None:
    """Official clients open all three routes at once; ccxt appends a serial number."""

    async def scene(house: House) -> None:
        async with house.socket(query, path=path) as socket:
            assert socket.opening["type"] == "websocket.accept"
            assert (await socket.ask("LIST_SUBSCRIPTIONS"))["result"] == []

    in_house(scene)


def test_the_eleventh_frame_of_a_second_closes_the_connection() -> None:
    async def scene(house: House) -> None:
        async with house.socket(path="/ws") as socket:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("clearhouse.api.streams.server.monotonic", lambda: 5.5)
                for number in range(10):
                    answer = await socket.ask("LIST_SUBSCRIPTIONS", id=number)
                    assert answer == {"result": [], "id": number}
                socket.push('{"method":"LIST_SUBSCRIPTIONS","id":11}')
                closed = await socket.next()
                assert (closed["type"], closed["code"]) == ("websocket.close", 1008)

    in_house(scene)


def test_who_floods_again_and_again_is_banned() -> None:
    """Each closed connection counts like a refused request: the 21st of a minute bans."""

    async def scene(house: House) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("clearhouse.api.streams.server.monotonic", lambda: 5.5)
            for _ in range(21):
                async with house.socket(path="/ws") as socket:
                    assert socket.opening["type"] == "websocket.accept"
                    for number in range(11):
                        socket.push(f'{{"method":"LIST_SUBSCRIPTIONS","id":{number}}}')
                    for _ in range(10):
                        await socket.reply()
                    assert (await socket.next())["code"] == 1008
        assert (await refusal(house, "/ws"))[0] == 418
        assert (await house.send("GET", "/fapi/v1/ping")).status == 418

    in_house(scene)


def test_frames_are_not_counted_where_limits_are_off() -> None:
    async def scene(house: House) -> None:
        async with house.socket(path="/ws") as socket:
            for number in range(50):
                assert (await socket.ask("LIST_SUBSCRIPTIONS", id=number))["id"] == number

    in_house(scene, Config(data=None, rate_limits=False))


def test_a_connection_ends_after_24_hours() -> None:
    async def scene(house: House) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("clearhouse.api.streams.server.LIFETIME_SECONDS", 0.05)
            async with house.socket(path="/ws") as socket:
                closed = await socket.next()
                assert (closed["type"], closed["code"]) == ("websocket.close", 1001)
                assert closed["reason"] == "24 hours"

    in_house(scene)


def test_a_banned_address_opens_no_stream() -> None:
    async def scene(house: House) -> None:
        while (await house.send("GET", "/fapi/v1/exchangeInfo")).status != 418:
            pass
        status, body = await refusal(house, "/ws")
        assert (status, body["code"]) == (418, -1003)

    in_house(scene)

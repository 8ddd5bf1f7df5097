"""Names of market streams: which there are, and what becomes of the others."""

import pytest

from clearhouse.api.streams.market.forms import FORMS, channel_of, form_of, is_market_stream
from unit.api.harness import House, in_house
from unit.api.streams.listening import refusal, silent

NAMES = [
    ("btcusdt@bookTicker", "<symbol>@bookTicker", "public", 0),
    ("!bookTicker", "!bookTicker", "public", 5000),
    ("btcusdt@depth", "<symbol>@depth", "public", 250),
    ("btcusdt@depth@0ms", "<symbol>@depth@0ms", "public", 0),
    ("btcusdt@depth@100ms", "<symbol>@depth@100ms", "public", 100),
    ("btcusdt@depth@250ms", "<symbol>@depth@250ms", "public", 250),
    ("btcusdt@depth@500ms", "<symbol>@depth@500ms", "public", 500),
    ("btcusdt@depth5", "<symbol>@depth<levels>", "public", 250),
    ("btcusdt@depth10@100ms", "<symbol>@depth<levels>@100ms", "public", 100),
    ("btcusdt@depth20@500ms", "<symbol>@depth<levels>@500ms", "public", 500),
    ("btcusdt@rpiDepth@500ms", "<symbol>@rpiDepth@500ms", "public", 500),
    ("btcusdt@trade", "<symbol>@trade", "public", 0),
    ("btcusdt@aggTrade", "<symbol>@aggTrade", "market", 100),
    ("btcusdt@kline_1m", "<symbol>@kline_<interval>", "market", 250),
    ("btcusdt@kline_1M", "<symbol>@kline_<interval>", "market", 250),
    (
        "btcusdt_perpetual@continuousKline_3d",
        "<pair>_<contractType>@continuousKline_<interval>",
        "market",
        250,
    ),
    ("btcusdt@miniTicker", "<symbol>@miniTicker", "market", 500),
    ("btcusdt@ticker", "<symbol>@ticker", "market", 2000),
    ("!miniTicker@arr", "!miniTicker@arr", "market", 1000),
    ("!ticker@arr", "!ticker@arr", "market", 1000),
    ("btcusdt@markPrice", "<symbol>@markPrice", "market", 3000),
    ("btcusdt@markPrice@1s", "<symbol>@markPrice@1s", "market", 1000),
    ("!markPrice@arr", "!markPrice@arr", "market", 3000),
    ("!markPrice@arr@1s", "!markPrice@arr@1s", "market", 1000),
    ("btcusdt@forceOrder", "<symbol>@forceOrder", "market", 1000),
    ("!forceOrder@arr", "!forceOrder@arr", "market", 1000),
    ("!contractInfo", "!contractInfo", "market", 0),
    ("!assetIndex@arr", "!assetIndex@arr", "market", 1000),
    ("btcusd@assetIndex", "<assetSymbol>@assetIndex", "market", 1000),
    ("defiusdt@compositeIndex", "<symbol>@compositeIndex", "market", 1000),
    ("tradingSession", "tradingSession", "market", 1000),
    ("币安人生usdt@bookTicker", "<symbol>@bookTicker", "public", 0),
]


@pytest.mark.parametrize(("name", "text", "route", "speed"), NAMES)
def test_a_name_has_one_form(name: str, text: str, route: str, speed: int) -> None:
    form, _ = channel_of(name)
    assert (form.text, form.route, form.speed_ms) == (text, route, speed)
    assert is_market_stream(name)


def test_every_form_is_named_above() -> None:
    speeds = {f"<symbol>@depth<levels>@{ms}ms" for ms in (0, 250)}
    assert {form.text for form in FORMS} == {text for _, text, _, _ in NAMES} | speeds


STRANGERS = [
    "BTCUSDT@bookTicker",
    "btcusdt@bookticker",
    "btcusdt@depth7",
    "btcusdt@depth@50ms",
    "btcusdt@markPrice@2s",
    "btcusdt@nonsense",
    "@depth",
    "btc usdt@depth",
    "!bookTicker@arr",
    "btcusdt@kline_1s",
    "btcusdt@kline_",
    "btcusdt_perpetual@continuousKline_1s",
    "btcusdt_quarter@continuousKline_1m",
    "btcusdt@rpiDepth",
    "btcusdt@continuousKline_1m",
    "!ticker_1h@arr",
    "!forceOrder",
    "btcusdt@depth\n",
    "x" * 101 + "@depth",
]


@pytest.mark.parametrize("name", STRANGERS)
def test_a_name_of_no_form_is_refused(name: str) -> None:
    assert form_of(name) is None
    assert is_market_stream(name), "and is no listen key either"

    async def scene(house: House) -> None:
        async with house.socket(path="/market/ws/1") as socket:
            answer = await socket.ask("SUBSCRIBE", ["btcusdt@depth", name], id="a1")
            error = {"code": 2, "msg": "Invalid request: invalid stream"}
            assert answer == {"error": error, "id": "a1"}
            assert (await socket.ask("LIST_SUBSCRIPTIONS"))["result"] == []

    in_house(scene)


def test_a_handshake_with_such_a_name_is_refused() -> None:
    async def scene(house: House) -> None:
        told = (400, {"code": -1130, "msg": "Invalid request: invalid stream"})
        assert await refusal(house, "/market/ws/btcusdt@markPrices") == told
        assert await refusal(house, "/stream", "streams=btcusdt@depth/BTCUSDT@depth") == told

    in_house(scene)


@pytest.mark.parametrize(
    "name",
    [
        "nonono@depth@0ms",
        "nonono@markPrice@1s",
        "tradingSession",
        "nonono@compositeIndex",
        "btcusdt_next_quarter@continuousKline_1m",
        "nonono@ticker",
        "nonono@trade",
        "nonono@kline_1m",
    ],
)
def test_a_stream_with_nothing_to_tell_is_taken_and_silent(name: str) -> None:
    """As the exchange takes it: a symbol may be listed later."""

    async def scene(house: House) -> None:
        async with house.socket(path=f"/ws/{name}") as socket:
            assert (await socket.ask("LIST_SUBSCRIPTIONS"))["result"] == [name]
            assert await silent(socket)

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "query", "wrapped"),
    [
        ("/ws/btcusdt@bookTicker", "", False),
        ("/public/ws/btcusdt@bookTicker", "", False),
        ("/market/ws/7/btcusdt@bookTicker", "", False),
        ("/private/ws/btcusdt@bookTicker", "", False),
        ("/ws", "streams=btcusdt@bookTicker", False),
        ("/stream", "streams=btcusdt@bookTicker", True),
        ("/stream", "streams=btcusdt%40bookTicker", True),
        ("/public/stream", "streams=/btcusdt@bookTicker/", True),
    ],
)
def test_every_way_in_carries_every_stream(path: str, query: str, wrapped: bool) -> None:
    async def scene(house: House) -> None:
        async with house.socket(query, path=path) as socket:
            event = await socket.reply()
            if wrapped:
                assert list(event) == ["stream", "data"]
                assert event["stream"] == "btcusdt@bookTicker"
            assert (event["data"] if wrapped else event)["e"] == "bookTicker"

    in_house(scene)

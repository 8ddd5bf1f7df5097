"""Public streams of an exchange move the market; a silent one is seen to be."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from typing_extensions import override
from websockets.asyncio.server import Server, ServerConnection, serve

from clearhouse.feeds.live import source
from clearhouse.feeds.live.address import EXCHANGE, AddressError, routes, stream_home
from clearhouse.feeds.live.source import Live
from clearhouse.market.rules import Rules
from unit.feeds.archive.files import rules
from unit.feeds.stage import Stage, playing

NOW = 1_760_000_000_000
TRADE = (
    '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1760000000123,"s":"BTCUSDT","a":7,'
    '"p":"42000.10","q":"0.250","nq":"0.250","f":1,"l":2,"T":1759999999990,"m":true,"st":1}}'
)
QUOTE = (
    '{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":400900217,"s":"BTCUSDT",'
    '"b":"42000.00","B":"1.5","a":"42000.10","A":"2","T":1760000000000,"E":1760000000001}}'
)
MARK = (
    '{"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1760000000000,'
    '"s":"BTCUSDT","p":"42000.12345678","P":"42000.5","i":"41999.5","r":"0.0001",'
    '"T":1760025600000}}'
)


class Listing(Stage):
    """A venue that lists the built-in market."""

    @override
    def contracts(self) -> Mapping[str, Any]:
        return dict.fromkeys(("BTCUSDT", "ETHUSDT"))

    @override
    def rules(self, symbol: str) -> Rules:
        return rules()[symbol]


class Exchange:
    """Two routes of streams, and a clock for ages."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.connections: list[ServerConnection] = []
        self.seconds = 1000.0

    async def serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.asked.append(connection.request.path)
        self.connections.append(connection)
        await connection.wait_closed()

    async def send(self, *frames: str) -> None:
        for frame in frames:
            await self.connections[-1].send(frame)
        await asyncio.sleep(0.02)

    async def reached(self, connections: int) -> None:
        """Wait for as many connections in all."""
        for _ in range(200):
            if len(self.asked) >= connections:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(self.asked)


Scene = Callable[[Exchange, Live, Listing, Server], Awaitable[None]]


def at_the_exchange(scene: Scene, **settings: Any) -> None:
    async def whole() -> None:
        exchange, stage = Exchange(), Listing(NOW)
        async with serve(exchange.serve, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            url = f"http://127.0.0.1:{port}"
            live = Live(url, monotonic=lambda: exchange.seconds, **settings)
            task = await playing(live, stage)
            try:
                await exchange.reached(2)
                await scene(exchange, live, stage, server)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    asyncio.run(whole())


def test_trades_quotes_and_marks_move_the_market() -> None:
    async def scene(exchange: Exchange, live: Live, stage: Listing, _server: Server) -> None:
        both = "btcusdt@aggTrade/btcusdt@markPrice@1s/ethusdt@aggTrade/ethusdt@markPrice@1s"
        assert sorted(exchange.asked) == [
            f"/market/stream?streams={both}",
            "/public/stream?streams=btcusdt@bookTicker/ethusdt@bookTicker",
        ]
        await exchange.send(QUOTE, MARK, QUOTE, TRADE)
        assert await stage.settled() == [
            (NOW, "BTCUSDT", "quotes", 42000, 42000.1),
            (NOW, "BTCUSDT", "mark", 42000.12345678),
            (NOW, "BTCUSDT", "index", 41999.5),
            (NOW - 10, "BTCUSDT", "sell", 42000.1, 0.25),
            (NOW, "BTCUSDT", "quotes", 42000, 42000.1),
        ]
        view = live.view()
        assert (view.state, view.as_of, view.trouble) == ("running", NOW, "")
        assert (view.details["connected"], view.details["frames"]) == (True, 4)

    at_the_exchange(scene)


def test_a_trade_of_another_time_has_the_venues() -> None:
    async def scene(exchange: Exchange, _live: Live, stage: Listing, _server: Server) -> None:
        stage.time = NOW + 86_400_000
        await exchange.send(TRADE)
        assert (await stage.settled())[0][0] == stage.time

    at_the_exchange(scene)


@pytest.mark.parametrize(
    ("frame", "trouble"),
    [
        ("{", "a frame cannot be read"),
        ('{"result":null,"id":1}', "a frame cannot be read"),
        (TRADE.replace("42000.10", "42000.15"), "off the tick size of this venue"),
        (TRADE.replace("42000.10", "-1"), "'-1' is no number"),
        (TRADE.replace("0.250", "0"), "a price or quantity of zero"),
        (TRADE.replace("BTCUSDT", "PEPEUSDT"), "PEPEUSDT was not asked for"),
    ],
)
def test_a_frame_that_cannot_be_used_moves_nothing(frame: str, trouble: str) -> None:
    async def scene(exchange: Exchange, live: Live, stage: Listing, _server: Server) -> None:
        await exchange.send(frame)
        assert await stage.settled() == []
        assert trouble in live.view().trouble
        assert (live.view().details["unusable"], live.view().state) == (1, "connecting")

    at_the_exchange(scene)


def test_a_silent_symbol_is_stale() -> None:
    async def scene(exchange: Exchange, live: Live, _stage: Listing, _server: Server) -> None:
        await exchange.send(MARK)
        exchange.seconds += 4.9
        assert (live.stale("BTCUSDT"), live.stale("ETHUSDT")) == (None, None)
        exchange.seconds += 0.2
        assert live.stale("BTCUSDT") == (
            "the live market of BTCUSDT is stale: nothing heard for 5 s"
        )
        assert live.stale("ETHUSDT") == (
            "the live market of ETHUSDT is stale: nothing heard for 5 s since it began"
        )
        assert live.view().state == "stale"
        await exchange.send(MARK)
        assert live.view().state == "running"
        assert live.view().details["stale"] == "ETHUSDT"
        assert live.view().details["ageMs"] == 0

    at_the_exchange(scene)


def test_a_connection_that_breaks_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "FIRST_WAIT_SECONDS", 0.01)

    async def scene(exchange: Exchange, live: Live, stage: Listing, _server: Server) -> None:
        await exchange.connections[-1].close()
        await exchange.reached(3)
        await exchange.send(MARK)
        assert [move[2] for move in await stage.settled()] == ["mark", "index"]
        assert (live.view().details["reconnects"], live.view().state) == (1, "running")

    at_the_exchange(scene)


def test_an_exchange_that_is_away_is_tried_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source, "FIRST_WAIT_SECONDS", 0.005)

    async def scene(exchange: Exchange, live: Live, _stage: Listing, server: Server) -> None:
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.2)
        view = live.view()
        assert view.details["connected"] is False
        assert int(view.details["reconnects"]) in range(4, 20)  # 5, 10, 20, 40, 80 ms
        assert view.trouble.startswith(("market: ", "public: "))
        exchange.seconds += 6
        assert live.view().state == "stale"

    at_the_exchange(scene)


def test_only_the_symbols_that_were_named() -> None:
    async def scene(exchange: Exchange, _live: Live, _stage: Listing, _server: Server) -> None:
        assert "/public/stream?streams=ethusdt@bookTicker" in exchange.asked

    at_the_exchange(scene, symbols=("ETHUSDT",))


@pytest.mark.parametrize(
    ("url", "home"),
    [
        (EXCHANGE, "wss://fstream.binance.com"),
        ("http://127.0.0.1:7400", "ws://127.0.0.1:7400"),
        ("https://paper.example/venue/", "wss://paper.example/venue"),
        ("ws://[::1]:7400", "ws://[::1]:7400"),
    ],
)
def test_addresses(url: str, home: str) -> None:
    assert stream_home(url) == home


@pytest.mark.parametrize(
    "url", ["", "binance", "ftp://x", "ws://", "http://u:p@x", "ws://x?y=1", "ws://x:y"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(AddressError):
        stream_home(url)


def test_too_many_symbols_for_a_connection() -> None:
    with pytest.raises(AddressError, match="513 symbols are 1026 streams of market"):
        list(routes("ws://x", [f"S{number}" for number in range(513)]))

"""Trades, candles and statistics on market streams, byte for byte."""

import json
from typing import Any

import pytest

from clearhouse.model.orders import Side
from unit.api.harness import NOW, House, in_house
from unit.api.streams.listening import MINUTE_MS, advance, silent
from unit.api.streams.test_trading_events import act, frame, market, order

OPENED = 1_759_999_980_000
"""When the minute of `NOW` began: 20 seconds before."""


async def buy(house: House, thousandths: int = 300) -> None:
    """0.1 at 65,000 and the rest at 65,010, where `market` has them for sale."""
    await act(house, order(house, thousandths))


def test_each_trade_is_told_once() -> None:
    async def scene(house: House) -> None:
        await market(house)
        await buy(house, 50)
        async with house.socket(path="/ws/btcusdt@trade") as socket:
            await buy(house, 100)
            head = f'{{"e":"trade","E":{NOW},"T":{NOW},"s":"BTCUSDT",'
            tail = '"X":"MARKET","m":false}'
            assert await frame(socket) == f'{head}"t":2,"p":"65000.00","q":"0.050",{tail}'
            assert await frame(socket) == f'{head}"t":3,"p":"65010.00","q":"0.050",{tail}'
            assert await silent(socket)

    in_house(scene)


def test_trades_of_one_taker_at_one_price_are_one() -> None:
    """Two orders of 0.1 each are at the same price; 0.15 takes one of them and half the other."""

    async def scene(house: House) -> None:
        await market(house)
        for name in ("one", "other"):
            await act(house, order(house, 100, 64_000, name=name))
        seller = await house.account(UMFUTURE={"USDT": "10000"})
        async with house.socket(path="/ws/btcusdt@aggTrade") as socket:
            await act(house, order(seller, 150, 64_000, Side.SELL, name="taker"))
            assert await frame(socket) == (
                f'{{"e":"aggTrade","E":{NOW},"s":"BTCUSDT","a":1,"p":"64000.00","q":"0.150",'
                f'"nq":"0.150","f":1,"l":2,"T":{NOW},"m":true,"st":1}}'
            )
            assert await silent(socket)

    in_house(scene)


KLINE = (
    f'"k":{{"t":{OPENED},"T":{OPENED + MINUTE_MS - 1},SYMBOL"i":"1m","f":1,"L":2,"o":"65000.00",'
    '"c":"65010.00","h":"65010.00","l":"65000.00","v":"0.300","n":2,"x":CLOSED,"q":"19502.00000",'
    '"V":"0.300","Q":"19502.00000","B":"0"}}'
)
NEXT = (
    f'"k":{{"t":{OPENED + MINUTE_MS},"T":{OPENED + 2 * MINUTE_MS - 1},SYMBOL"i":"1m","f":-1,"L":-1,'
    '"o":"65010.00","c":"65010.00","h":"65010.00","l":"65010.00","v":"0.000","n":0,"x":false,'
    '"q":"0.00000","V":"0.000","Q":"0.00000","B":"0"}}'
)


@pytest.mark.parametrize(
    ("name", "head", "symbol"),
    [
        ("btcusdt@kline_1m", '{"e":"kline","E":AT,"s":"BTCUSDT",', '"s":"BTCUSDT",'),
        (
            "btcusdt_perpetual@continuousKline_1m",
            '{"e":"continuous_kline","E":AT,"ps":"BTCUSDT","ct":"PERPETUAL",',
            "",
        ),
    ],
)
def test_a_candle_is_told_when_it_changes_and_when_it_closes(
    name: str, head: str, symbol: str
) -> None:
    async def scene(house: House) -> None:
        await market(house)
        await buy(house)
        async with house.socket(path=f"/ws/{name}") as socket:
            now, later = head.replace("AT", str(NOW)), head.replace("AT", str(NOW + MINUTE_MS))
            candle = KLINE.replace("SYMBOL", symbol)
            assert await frame(socket) == now + candle.replace("CLOSED", "false")
            await advance(house, MINUTE_MS)
            assert await frame(socket) == later + candle.replace("CLOSED", "true")
            assert await frame(socket) == later + NEXT.replace("SYMBOL", symbol)
            assert await silent(socket)

    in_house(scene)


def test_every_minute_that_passed_is_closed_in_its_order() -> None:
    async def scene(house: House) -> None:
        async with house.socket(path="/ws/btcusdt@kline_1m") as socket:
            first = (await socket.reply())["k"]
            await advance(house, 3 * MINUTE_MS)
            candles = [(await socket.reply())["k"] for _ in range(4)]
            assert [(k["t"] - first["t"], k["x"]) for k in candles] == [
                (0, True),
                (MINUTE_MS, True),
                (2 * MINUTE_MS, True),
                (3 * MINUTE_MS, False),
            ]

    in_house(scene)


@pytest.mark.parametrize("interval", ["1m", "1h", "1d", "1w", "1M"])
def test_the_open_candle_has_the_bounds_of_its_interval(interval: str) -> None:
    bounds = {
        "1m": (OPENED, OPENED + MINUTE_MS - 1),
        "1h": (1_759_996_800_000, 1_760_000_399_999),
        "1d": (1_759_968_000_000, 1_760_054_399_999),
        "1w": (1_759_708_800_000, 1_760_313_599_999),
        "1M": (1_759_276_800_000, 1_761_955_199_999),
    }

    async def scene(house: House) -> None:
        async with house.socket(path=f"/ws/btcusdt@kline_{interval}") as socket:
            candle = (await socket.reply())["k"]
            assert (candle["t"], candle["T"]) == bounds[interval]
            assert candle["i"] == interval

    in_house(scene)


DAY_AGO = 1_759_913_640_000
"""When the first of the last 1,440 minutes began."""


def test_the_statistics_of_a_day() -> None:
    async def scene(house: House) -> None:
        await market(house)
        await buy(house)
        async with house.socket(path="/ws/btcusdt@ticker") as socket:
            assert await frame(socket) == (
                f'{{"e":"24hrTicker","E":{NOW},"s":"BTCUSDT","p":"10.00","P":"0.015","w":"65006.66",'
                '"c":"65010.00","Q":"0.200","o":"65000.00","h":"65010.00","l":"65000.00","v":"0.300",'
                f'"q":"19502.00000","O":{DAY_AGO},"C":{NOW},"F":1,"L":2,"n":2,"ps":"BTCUSDT","st":1}}'
            )
        async with house.socket(path="/ws/btcusdt@miniTicker") as socket:
            assert await frame(socket) == (
                f'{{"e":"24hrMiniTicker","E":{NOW},"s":"BTCUSDT","c":"65010.00","o":"65000.00",'
                '"h":"65010.00","l":"65000.00","v":"0.300","q":"19502.00000","ps":"BTCUSDT","st":1}'
            )

    in_house(scene)


@pytest.mark.parametrize("name", ["!ticker@arr", "!miniTicker@arr"])
def test_after_the_first_time_only_symbols_that_changed_are_listed(name: str) -> None:
    async def scene(house: House) -> None:
        await market(house)
        async with house.socket(path=f"/ws/{name}") as socket:
            first: list[dict[str, Any]] = await socket.reply()
            assert [row["s"] for row in first] == list(house.state.catalogue.contracts)
            await buy(house)
            second = await socket.reply()
            assert [(row["s"], row["c"]) for row in second] == [("BTCUSDT", "65010.00")]

    in_house(scene)


@pytest.mark.parametrize("name", ["btcusdt@trade", "btcusdt@aggTrade"])
def test_after_a_reset_trades_are_told_from_the_first_one_on(name: str) -> None:
    async def scene(house: House) -> None:
        await market(house)
        for _ in range(3):
            await buy(house, 10)
        async with house.socket(path=f"/ws/{name}") as socket:
            assert (await house.control("POST", "/reset")).status == 200
            bought = await house.control("PUT", "/clock", {"mode": "frozen", "now": NOW})
            assert bought.status == 200
            await market(house)
            await buy(house, 20)
            told = json.loads(await frame(socket))
            assert (told.get("t", told.get("a")), told["q"]) == (1, "0.020")

    in_house(scene)

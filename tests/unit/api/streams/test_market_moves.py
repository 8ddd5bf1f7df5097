"""What a source moves is on the streams, although the journal may never hear of it."""

import json

import pytest

from clearhouse.model.trades import Trades
from clearhouse.runtime.mover import Mover
from unit.api.harness import NOW, House, in_house
from unit.api.streams.listening import silent
from unit.api.streams.test_trading_events import BTC, UNIT, frame


def trades(*prices: int) -> Trades:
    return Trades.of([(NOW, price * UNIT, UNIT // 10, True) for price in prices])


def test_trades_of_a_source_are_told_without_a_fact() -> None:
    async def scene(house: House) -> None:
        mover = Mover(house.opened.sequencer)
        async with (
            house.socket(path="/ws/btcusdt@trade") as single,
            house.socket(path="/ws/btcusdt@aggTrade") as together,
        ):
            before = house.state.seq
            mover.trades(BTC, trades(65_001, 65_001, 65_002))
            told = [json.loads(await frame(single)) for _ in range(3)]
            assert [(one["t"], one["p"], one["m"]) for one in told] == [
                (1, "65001.00", True),
                (2, "65001.00", True),
                (3, "65002.00", True),
            ]
            both = [json.loads(await frame(together)) for _ in range(2)]
            assert [(one["a"], one["f"], one["l"], one["q"]) for one in both] == [
                (1, 1, 2, "0.200"),
                (3, 3, 3, "0.100"),
            ]
            mover.trades(BTC, trades(65_002, 65_003))
            rest = [json.loads(await frame(together)) for _ in range(2)]
            assert [(one["a"], one["f"], one["l"], one["q"]) for one in rest] == [
                (4, 4, 4, "0.100"),
                (5, 5, 5, "0.100"),
            ], "the rest of one that was told already, then another"
            assert house.state.seq == before

    in_house(scene)


@pytest.mark.parametrize("name", ["btcusdt@depth@0ms", "btcusdt@depth@100ms", "btcusdt@depth"])
def test_quotes_of_a_source_change_the_book(name: str) -> None:
    async def scene(house: House) -> None:
        mover = Mover(house.opened.sequencer)
        async with house.socket(path=f"/ws/{name}") as socket:
            assert await silent(socket)
            last = None
            for price in (66_000, 66_001, 67_000):
                mover.quotes(BTC, price * UNIT, (price + 1) * UNIT)
                event = json.loads(await frame(socket))
                assert event["pu"] == last or last is None
                assert [f"{price}.00", "0.000"] not in event["b"]
                assert f"{price}.00" in {level[0] for level in event["b"]}
                last = event["u"]
            answer = await house.send("GET", "/fapi/v1/depth", f"symbol={BTC}")
            assert answer.json["lastUpdateId"] == last

    in_house(scene)


def test_marks_of_a_source_are_told() -> None:
    async def scene(house: House) -> None:
        mover = Mover(house.opened.sequencer)
        async with house.socket(path="/ws/btcusdt@markPrice@1s") as socket:
            mover.prices(BTC, mark=65_123 * UNIT, index=65_100 * UNIT)
            event = json.loads(await frame(socket))
            assert (event["p"], event["i"]) == ("65123.00000000", "65100.00000000")

    in_house(scene)

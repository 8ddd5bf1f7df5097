"""Market streams, byte for byte: what is told, when, and to whom."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from clearhouse.messages.commands import ListContract
from clearhouse.messages.trading_commands import PlaceOrder, SetLiquidity, SetPrice
from clearhouse.model.ids import Uid
from clearhouse.model.orders import OrderKind, Side, TimeInForce
from simulation.local_book import LocalBook
from unit.api.harness import NOW, House, in_house
from unit.api.streams.listening import silent
from unit.api.streams.test_liquidation_events import long_two
from unit.api.streams.test_trading_events import BTC, UNIT, act, frame, order

QUOTED = '"b":[["64999.90","2.000"]],"a":[["65000.10","3.000"]]'


async def two_levels(house: House, bid: int = 2 * UNIT) -> None:
    """One level on each side."""
    bids, asks = ((6_499_990 * UNIT // 100, bid),), ((6_500_010 * UNIT // 100, 3 * UNIT),)
    await act(house, SetLiquidity(symbol=BTC, mode="levels", bids=bids, asks=asks))


async def bid(house: House, price: int, quantity: int) -> None:
    """An order of the demo account that rests."""
    await house.transfer("MAIN_UMFUTURE", "USDT", "10000")
    placed = PlaceOrder(
        uid=Uid(house.uid),
        symbol=BTC,
        side=Side.BUY,
        kind=OrderKind.LIMIT,
        quantity=quantity,
        price=price,
        client_id="mine",
    )
    await act(house, placed)


async def depth(house: House) -> Any:
    answer = await house.send("GET", "/fapi/v1/depth", f"symbol={BTC}")
    return answer.json


def test_the_best_prices_are_told_once_and_when_they_change() -> None:
    async def scene(house: House) -> None:
        await two_levels(house)
        first = (await depth(house))["lastUpdateId"]
        async with house.socket(path="/ws/btcusdt@bookTicker") as socket:
            assert await frame(socket) == (
                f'{{"e":"bookTicker","u":{first},"E":{NOW},"T":{NOW},"s":"BTCUSDT","ps":"BTCUSDT",'
                '"b":"64999.90","B":"2.000","a":"65000.10","A":"3.000","st":1}'
            )
            await bid(house, 60_000 * UNIT, UNIT)
            assert await silent(socket), "behind the best nothing shows"
            await act(house, SetLiquidity(symbol=BTC, mode="none"))
            last = (await depth(house))["lastUpdateId"]
            assert await frame(socket) == (
                f'{{"e":"bookTicker","u":{last},"E":{NOW},"T":{NOW},"s":"BTCUSDT","ps":"BTCUSDT",'
                '"b":"60000.00","B":"1.000","a":"0.00","A":"0.000","st":1}'
            )

    in_house(scene)


@pytest.mark.parametrize("name", ["btcusdt@depth", "btcusdt@depth@0ms", "btcusdt@depth@100ms"])
def test_differences_chain_and_join_the_book(name: str) -> None:
    async def scene(house: House) -> None:
        await two_levels(house)
        async with house.socket(path=f"/ws/{name}") as socket:
            assert await silent(socket)
            start = (await depth(house))["lastUpdateId"]
            await two_levels(house, 5 * UNIT)
            second = (await depth(house))["lastUpdateId"]
            assert second > start
            assert await frame(socket) == (
                f'{{"e":"depthUpdate","E":{NOW},"T":{NOW},"s":"BTCUSDT","U":{start + 1},'
                f'"u":{second},"pu":{start},"b":[["64999.90","5.000"]],"a":[],"ps":"BTCUSDT","st":1}}'
            )
            await act(house, SetLiquidity(symbol=BTC, mode="none"))
            third = (await depth(house))["lastUpdateId"]
            event = json.loads(await frame(socket))
            assert (event["U"], event["u"], event["pu"]) == (second + 1, third, second)
            assert event["b"] == [["64999.90", "0.000"]]
            assert event["a"] == [["65000.10", "0.000"]]
            assert await silent(socket)

    in_house(scene)


def test_a_level_that_was_read_and_went_is_told_to_be_gone() -> None:
    """Or a client that joined the book which it read would keep it for ever."""

    async def scene(house: House) -> None:
        await two_levels(house)
        async with house.socket(path="/ws/btcusdt@depth@500ms") as socket:
            assert await silent(socket)
            passing = ((64_990 * UNIT, UNIT),)
            await act(house, SetLiquidity(symbol=BTC, mode="levels", bids=passing))
            book = LocalBook()
            book.snapshot(await depth(house))
            assert book.shown() == ([["64990.00", "1.000"]], [])
            await two_levels(house)
            last = (await depth(house))["lastUpdateId"]
            while book.update_id < last:
                book.take(json.loads(await frame(socket)))
            assert book.shown() == ([["64999.90", "2.000"]], [["65000.10", "3.000"]])

    in_house(scene)


@pytest.mark.parametrize("name", ["btcusdt@depth5@100ms", "btcusdt@depth10", "btcusdt@depth20@0ms"])
def test_the_best_levels_are_told_whole(name: str) -> None:
    async def scene(house: House) -> None:
        await two_levels(house)
        start = (await depth(house))["lastUpdateId"]
        async with house.socket(path=f"/ws/{name}") as socket:
            assert await frame(socket) == (
                f'{{"e":"depthUpdate","E":{NOW},"T":{NOW},"s":"BTCUSDT","U":{start},"u":{start},'
                f'"pu":{start},{QUOTED},"ps":"BTCUSDT","st":1}}'
            )
            await two_levels(house)
            last = (await depth(house))["lastUpdateId"]
            assert await frame(socket) == (
                f'{{"e":"depthUpdate","E":{NOW},"T":{NOW},"s":"BTCUSDT","U":{start + 1},"u":{last},'
                f'"pu":{start},{QUOTED},"ps":"BTCUSDT","st":1}}'
            )

    in_house(scene)


def test_no_more_levels_than_are_named() -> None:
    async def scene(house: House) -> None:
        for levels in (5, 10, 20):
            async with house.socket(path=f"/ws/btcusdt@depth{levels}@100ms") as socket:
                event = await socket.reply()
                assert (len(event["b"]), len(event["a"])) == (levels, levels)

    in_house(scene)


def test_mark_prices_are_told_at_every_turn() -> None:
    async def scene(house: House) -> None:
        prices = SetPrice(symbol=BTC, last=65_000 * UNIT, mark=65_010 * UNIT, index=65_020 * UNIT)
        await act(house, prices)
        async with house.socket(path="/ws/btcusdt@markPrice@1s") as socket:
            for _ in range(2):
                assert await frame(socket) == (
                    f'{{"e":"markPriceUpdate","E":{NOW},"s":"BTCUSDT","p":"65010.00000000",'
                    '"i":"65020.00000000","P":"65020.00000000","r":"0.00010000",'
                    '"ap":"65010.00000000","T":1760025600000,"st":1}'
                )

    in_house(scene)


def test_all_mark_prices_are_one_list() -> None:
    async def scene(house: House) -> None:
        async with house.socket("streams=!markPrice@arr@1s", path="/market/stream") as socket:
            told = await socket.reply()
            assert told["stream"] == "!markPrice@arr@1s"
            rows = told["data"]
            assert [row["s"] for row in rows] == list(house.state.catalogue.contracts)
            assert {row["e"] for row in rows} == {"markPriceUpdate"}

    in_house(scene)


def test_the_index_of_collateral() -> None:
    row = (
        f'{{"e":"assetIndexUpdate","E":{NOW},"s":"BTCUSD","i":"65000.00000000","b":"0.05000000",'
        '"a":"0.05000000","B":"61750.00000000","A":"68250.00000000","q":"0.02500000",'
        '"g":"0.02500000","Q":"63375.00000000","G":"66625.00000000"}'
    )

    async def scene(house: House) -> None:
        async with house.socket(path="/ws/btcusd@assetIndex") as socket:
            assert await frame(socket) == row
        async with house.socket(path="/ws/!assetIndex@arr") as socket:
            assert row in await frame(socket)

    in_house(scene)


def test_a_liquidation_is_told_to_everybody() -> None:
    """Two coins bought at 65,000 fall below their margin; the house bids 60,199.90."""
    order = (
        f'"e":"forceOrder","E":{NOW},"o":{{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"2",'
        f'"p":"60013","ap":"60199.9","X":"FILLED","l":"2","z":"2","T":{NOW}}}'
    )

    async def scene(house: House) -> None:
        await long_two(house)
        async with (
            house.socket(path="/market/ws/btcusdt@forceOrder") as one,
            house.socket(path="/market/ws/!forceOrder@arr") as every,
            house.socket(path="/market/ws/ethusdt@forceOrder") as other,
        ):
            await act(house, SetPrice(symbol=BTC, last=60_200 * UNIT))
            assert await frame(one) == f"{{{order}}}"
            assert await frame(every) == f'{{{order},"ps":"BTCUSDT","st":1}}'
            assert await silent(one)
            assert await silent(other)

    in_house(scene)


def test_a_contract_is_told_when_it_is_configured() -> None:
    """Its tiers only where they are other ones than before."""

    async def scene(house: House) -> None:
        contract = house.state.catalogue.contracts[BTC]
        head = (
            f'{{"e":"contractInfo","E":{NOW},"s":"BTCUSDT","ct":"PERPETUAL","dt":4133404800000,'
            '"ot":1567965300000,"cs":"TRADING"'
        )
        async with house.socket(path="/ws/!contractInfo") as socket:
            assert await silent(socket)
            await act(house, ListContract(contract=contract))
            assert await frame(socket) == head + ',"st":1}'
            two = replace(contract, brackets=contract.brackets[:2])
            await act(house, ListContract(contract=two))
            assert await frame(socket) == head + (
                ',"bks":[{"bs":1,"bnf":0,"bnc":300000,"mmr":0.004,"cf":0,"mi":101,"ma":150},'
                '{"bs":2,"bnf":300000,"bnc":800000,"mmr":0.005,"cf":300,"mi":1,"ma":100}],"st":1}'
            )

    in_house(scene)


def test_retail_orders_show_in_their_own_stream_alone() -> None:
    async def scene(house: House) -> None:
        await two_levels(house)
        await house.transfer("MAIN_UMFUTURE", "USDT", "10000")
        start = (await depth(house))["lastUpdateId"]
        async with (
            house.socket(path="/ws/btcusdt@rpiDepth@500ms") as retail,
            house.socket(path="/ws/btcusdt@depth@500ms") as usual,
        ):
            await act(
                house,
                replace(order(house, 10, 64_000), time_in_force=TimeInForce.RPI),
                order(house, 20, 63_000, name="other"),
            )
            last = (await depth(house))["lastUpdateId"]
            head = (
                f'{{"e":"depthUpdate","E":{NOW},"T":{NOW},"s":"BTCUSDT","U":{start + 1},'
                f'"u":{last},"pu":{start},'
            )
            tail = '"a":[],"ps":"BTCUSDT","st":1}'
            both = '"b":[["63000.00","0.020"],["64000.00","0.010"]],'
            assert await frame(retail) == head + both + tail
            assert await frame(usual) == head + '"b":[["63000.00","0.020"]],' + tail

    in_house(scene)


def test_a_change_that_no_level_shows_is_told_by_the_best_levels() -> None:
    """Clients refuse an event without levels. The order here shows in the retail stream alone."""

    async def scene(house: House) -> None:
        await two_levels(house)
        await house.transfer("MAIN_UMFUTURE", "USDT", "10000")
        start = (await depth(house))["lastUpdateId"]
        async with house.socket(path="/ws/btcusdt@depth@0ms") as socket:
            await act(house, replace(order(house, 10, 64_000), time_in_force=TimeInForce.RPI))
            last = (await depth(house))["lastUpdateId"]
            assert last > start
            assert await frame(socket) == (
                f'{{"e":"depthUpdate","E":{NOW},"T":{NOW},"s":"BTCUSDT","U":{start + 1},'
                f'"u":{last},"pu":{start},{QUOTED},"ps":"BTCUSDT","st":1}}'
            )
            assert await silent(socket)

    in_house(scene)


def test_a_book_without_levels_tells_nothing_until_it_has_one() -> None:
    async def scene(house: House) -> None:
        await act(house, SetLiquidity(symbol=BTC, mode="none"))
        await house.transfer("MAIN_UMFUTURE", "USDT", "10000")
        start = (await depth(house))["lastUpdateId"]
        async with house.socket(path="/ws/btcusdt@depth@0ms") as socket:
            await act(house, replace(order(house, 10, 64_000), time_in_force=TimeInForce.RPI))
            assert await silent(socket)
            await two_levels(house)
            last = (await depth(house))["lastUpdateId"]
            event = json.loads(await frame(socket))
            assert (event["U"], event["u"], event["pu"]) == (start + 1, last, start)
            assert event["b"] == [["64999.90", "2.000"]]
            assert await silent(socket)

    in_house(scene)

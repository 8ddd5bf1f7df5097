"""Market streams, byte for byte: what is told, when, and to whom."""

import asyncio
import json
import threading
from contextlib import AsyncExitStack
from typing import Any

import pytest
from msgspec.structs import replace

from clearhouse.api.streams.market import broadcasts
from clearhouse.api.streams.market.books import BestLevels
from clearhouse.api.wire import encode_json
from clearhouse.messages.commands import ListContract
from clearhouse.messages.trading_commands import PlaceOrder, SetLiquidity, SetPrice
from clearhouse.model.ids import Uid
from clearhouse.model.orders import OrderKind, Side, TimeInForce
from unit.api.harness import NOW, House, Socket, in_house
from unit.api.streams.listening import silent
from unit.api.streams.test_liquidation_events import long_two
from unit.api.streams.test_trading_events import BTC, UNIT, act, events, frame, market, order

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


def test_a_symbol_that_is_listed_later_is_told_from_then_on() -> None:
    async def scene(house: House) -> None:
        async with house.socket(path="/ws/newusdt@bookTicker") as socket:
            assert await silent(socket)
            listed = house.state.catalogue.contracts[BTC]
            await act(house, ListContract(contract=replace(listed, symbol="NEWUSDT")))
            await act(house, SetPrice(symbol="NEWUSDT", last=1_000 * UNIT))
            event = await socket.reply()
            while event["b"] != "999.90":
                event = await socket.reply()
            assert (event["s"], event["a"]) == ("NEWUSDT", "1000.10")

    in_house(scene)


def test_listeners_of_one_stream_are_told_the_same_bytes_each_once() -> None:
    async def scene(house: House) -> None:
        name = "btcusdt@bookTicker"
        async with (
            house.socket(path=f"/ws/{name}/{name}") as one,
            house.socket(f"streams={name}", path="/stream") as other,
        ):
            await one.next()
            await other.next()
            await two_levels(house)
            plain = await last_frame(one)
            wrapped = await last_frame(other)
            assert wrapped == f'{{"stream":"{name}","data":{plain}}}'
            assert await silent(one)
            await one.ask("UNSUBSCRIBE", [name])
            await two_levels(house, 7 * UNIT)
            assert '"B":"7.000"' in await frame(other)
            assert await silent(one)

    in_house(scene)


async def last_frame(socket: Socket) -> str:
    """The first frame that shows what `two_levels` quoted; the start may be told twice."""
    text = await frame(socket)
    while '"B":"2.000"' not in text:
        text = await frame(socket)
    return text


def test_streams_have_no_turns_when_nobody_listens() -> None:
    async def scene(house: House) -> None:
        feed = house.opened.sequencer.subscriptions.market

        def heard() -> bool:
            return feed.heard

        assert not heard()
        async with house.socket(path="/ws/btcusdt@depth") as socket:
            assert heard()
            await socket.ask("UNSUBSCRIBE", ["btcusdt@depth"])
            assert not heard()
            await socket.ask("SUBSCRIBE", ["btcusdt@depth"])
            assert heard()
        assert not heard()

    in_house(scene)


@pytest.mark.parametrize("name", ["btcusdt@bookTicker", "btcusdt@depth@100ms", "btcusdt@trade"])
def test_nothing_leaves_before_the_journal_has_it(name: str) -> None:
    """A commit that takes a while holds back what shows its facts, and nothing else."""

    async def scene(house: House) -> None:
        await market(house)
        journal, gate = house.opened.sequencer._journal, threading.Event()
        commit = journal.commit

        def slow() -> None:
            gate.wait()
            commit()

        async with house.socket(path=f"/ws/{name}") as socket:
            if name == "btcusdt@bookTicker":
                await socket.next()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(journal, "commit", slow)
                bought = asyncio.ensure_future(act(house, order(house, 100)))
                await asyncio.sleep(0.35)
                assert await silent(socket)
                assert not bought.done()
                gate.set()
                assert BTC in await frame(socket)
                await bought

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


def test_an_event_is_encoded_once_for_all() -> None:
    """Twenty listeners, half of them on combined connections."""

    async def scene(house: House) -> None:
        name = "btcusdt@bookTicker"
        async with AsyncExitStack() as stack:
            sockets = []
            for path in [f"/ws/{name}", f"/stream/{name}"] * 10:
                socket = await stack.enter_async_context(house.socket(path=path))
                await socket.next()
                sockets.append(socket)
            await asyncio.sleep(0.1)
            with pytest.MonkeyPatch.context() as patch:
                made: list[bytes] = []

                def counted(event: object) -> bytes:
                    made.append(encode_json(event))
                    return made[-1]

                patch.setattr(broadcasts, "encode_json", counted)
                await two_levels(house)
                for socket in sockets:
                    await last_frame(socket)
            assert len(made) == 1

    in_house(scene)


def test_a_fault_of_a_stream_is_reported_and_it_goes_on() -> None:
    async def scene(house: House) -> None:
        faults: list[str] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, told: faults.append(told["message"]))

        def broken(*_: object) -> None:
            raise ZeroDivisionError

        async with house.socket(path="/ws/btcusdt@depth5@100ms/btcusdt@bookTicker") as socket:
            await events(socket, 2)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(BestLevels, "_update", broken)
                await two_levels(house)
                assert (await socket.reply())["e"] == "bookTicker"
                await asyncio.sleep(0.3)
                assert await silent(socket)
            await two_levels(house, 3 * UNIT)
            told = {event["e"]: event for event in await events(socket, 2)}
            assert told["depthUpdate"]["b"] == [["64999.90", "3.000"]]
        assert faults == ["the stream btcusdt@depth5@100ms could not be told"]

    in_house(scene)


def test_a_thousand_streams_are_joined_at_once() -> None:
    """One wait for the journal, however many they are."""

    async def scene(house: House) -> None:
        names = [f"btcusdt@kline_{n}" for n in ("1m", "1h")]
        names += [f"sym{n}usdt@depth" for n in range(1_022)]
        async with house.socket(path="/ws") as socket:
            assert (await socket.ask("SUBSCRIBE", names))["result"] is None
            answer = await socket.ask("LIST_SUBSCRIPTIONS", id=7)
            while "e" in answer:
                answer = await socket.reply()
            assert answer == {"result": names, "id": 7}
            answer = await socket.ask("SUBSCRIBE", ["btcusdt@depth"])
            while "e" in answer:
                answer = await socket.reply()
            assert answer["error"] == {"code": 2, "msg": "Invalid request: more than 1024 streams"}

    in_house(scene)

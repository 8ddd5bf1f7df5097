"""How market streams are told: to whom, how often, and not before the journal has it."""

import asyncio
import threading
from contextlib import AsyncExitStack

import pytest
from msgspec.structs import replace

from clearhouse.api.streams.market import broadcasts
from clearhouse.api.streams.market.books import BestLevels
from clearhouse.api.wire import encode_json
from clearhouse.messages.commands import ListContract
from clearhouse.messages.trading_commands import SetPrice
from unit.api.harness import House, Socket, in_house
from unit.api.streams.listening import silent
from unit.api.streams.test_market_events import two_levels
from unit.api.streams.test_trading_events import BTC, UNIT, act, events, frame, market, order


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

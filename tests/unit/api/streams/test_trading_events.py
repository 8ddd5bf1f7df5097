"""Orders and fills on the wire: whose they are, in which order, and what `events` leaves of them."""

import json
from typing import Any

import pytest

from clearhouse.messages.commands import Command
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import PlaceOrder, SetLiquidity, SetPrice
from clearhouse.model.ids import Uid
from clearhouse.model.orders import OrderKind, Side
from unit.api.harness import NOW, House, Socket, in_house
from unit.api.streams.listening import listen_key, silent

BTC = "BTCUSDT"
UNIT = 10**8
HEAD = f'"E":{NOW},"T":{NOW},'


async def frame(socket: Socket) -> str:
    message = await socket.next()
    assert message["type"] == "websocket.send", message
    text: str = message["text"]
    return text


async def events(socket: Socket, count: int) -> list[dict[str, Any]]:
    return [json.loads(await frame(socket)) for _ in range(count)]


async def act(house: House, *commands: Command) -> None:
    for command in commands:
        await house.opened.venue.submit(command)


async def market(house: House) -> None:
    """65,000, where 0.1 is for sale, and 1 at 65,010; and money to buy it."""
    asks = ((65_000 * UNIT, UNIT // 10), (65_010 * UNIT, UNIT))
    quotes = SetLiquidity(symbol=BTC, mode="levels", asks=asks)
    await act(house, SetPrice(symbol=BTC, last=65_000 * UNIT), quotes)
    await house.transfer("MAIN_UMFUTURE", "USDT", "10000")


def order(
    house: House, thousandths: int, price: int = 0, side: Side = Side.BUY, name: str = "mine"
) -> PlaceOrder:
    """A limit order where it has a price."""
    return PlaceOrder(
        uid=Uid(house.uid),
        symbol=BTC,
        side=side,
        kind=OrderKind.LIMIT if price else OrderKind.MARKET,
        quantity=thousandths * UNIT // 1000,
        price=price * UNIT,
        client_id=name,
    )


def test_a_market_order_that_fills_twice_byte_for_byte() -> None:
    async def scene(house: House) -> None:
        await market(house)
        async with house.socket(path=f"/ws/{await listen_key(house)}") as socket:
            await act(house, order(house, 150))
            frames = [await frame(socket) for _ in range(7)]
        number = json.loads(frames[0])["o"]["i"]
        first, second = (json.loads(frames[i])["t"] for i in (1, 4))
        assert second == first + 1
        tail = (
            '"R":false,"wt":"CONTRACT_PRICE","ot":"MARKET","ps":"BOTH","cp":false,"rp":"0",'
            '"pP":false,"si":0,"ss":0,"V":"EXPIRE_MAKER","pm":"NONE","gtd":0,"er":"0"}}'
        )
        update = (
            f'{{"e":"ORDER_TRADE_UPDATE",{HEAD}"o":{{"s":"BTCUSDT","c":"mine","S":"BUY",'
            '"o":"MARKET","f":"GTC","q":"0.15","p":"0",'
        )
        lite = f'{{"e":"TRADE_LITE",{HEAD}"s":"BTCUSDT","q":"0.150","p":"0.00","m":false,'
        account = f'{{"e":"ACCOUNT_UPDATE",{HEAD}"a":{{"m":"ORDER","B":[{{"a":"USDT",'
        assert frames == [
            (
                f'{update}"ap":"0","sp":"0","x":"NEW","X":"NEW","i":{number},"l":"0","z":"0","L":"0",'
                f'"T":{NOW},"t":0,"b":"0","a":"0","m":false,{tail}'
            ),
            f'{lite}"c":"mine","S":"BUY","L":"65000.00","l":"0.100","t":{first},"i":{number}}}',
            (
                f'{account}"wb":"9996.75000000","cw":"9996.75000000","bc":"0"}}],"P":['
                '{"s":"BTCUSDT","pa":"0.1","ep":"65000","bep":"65032.5","cr":"0","up":"0",'
                '"mt":"cross","iw":"0","ps":"BOTH"}]}}'
            ),
            (
                f'{update}"ap":"65000","sp":"0","x":"TRADE","X":"PARTIALLY_FILLED","i":{number},'
                f'"l":"0.1","z":"0.1","L":"65000","N":"USDT","n":"3.25","T":{NOW},"t":{first},'
                f'"b":"0","a":"0","m":false,{tail}'
            ),
            f'{lite}"c":"mine","S":"BUY","L":"65010.00","l":"0.050","t":{second},"i":{number}}}',
            (
                f'{account}"wb":"9995.12475000","cw":"9995.12475000","bc":"0"}}],"P":['
                '{"s":"BTCUSDT","pa":"0.15","ep":"65003.33333333","bep":"65035.834999996667","cr":"0",'
                '"up":"-0.49999999","mt":"cross","iw":"0","ps":"BOTH"}]}}'
            ),
            (
                f'{update}"ap":"65003.33333333","sp":"0","x":"TRADE","X":"FILLED","i":{number},'
                f'"l":"0.05","z":"0.15","L":"65010","N":"USDT","n":"1.62525","T":{NOW},"t":{second},'
                f'"b":"0","a":"0","m":false,{tail}'
            ),
        ]

    in_house(scene)


def test_both_accounts_of_a_trade_see_their_own_side() -> None:
    async def scene(house: House) -> None:
        await market(house)
        other = await house.account(UMFUTURE={"USDT": "1000"})
        async with (
            house.socket(path=f"/ws/{await listen_key(house)}") as mine,
            other.socket(path=f"/ws/{await listen_key(other)}") as theirs,
        ):
            await act(house, order(house, 10, 64_000), order(other, 10, side=Side.SELL, name="its"))
            for socket, name, maker, side in (
                (mine, "mine", True, "BUY"),
                (theirs, "its", False, "SELL"),
            ):
                placed, lite, account, traded = await events(socket, 4)
                assert {event["o"]["c"] for event in (placed, traded)} == {name}
                assert (lite["c"], lite["m"], lite["S"]) == (name, maker, side)
                assert account["a"]["P"][0]["pa"] == ("0.01" if side == "BUY" else "-0.01")
                assert traded["o"]["m"] is maker
                assert await silent(socket)

    in_house(scene)


def test_a_connection_gets_only_the_kinds_that_it_named() -> None:
    async def scene(house: House) -> None:
        await market(house)
        key = await listen_key(house)
        async with (
            house.socket(f"listenKey={key}&events=TRADE_LITE", path="/private/ws") as short,
            house.socket(
                f"listenKey={key}&events=ORDER_TRADE_UPDATE/ALGO_ORDER_UPDATE", path="/private/ws"
            ) as orders,
        ):
            await act(house, order(house, 150))
            assert [event["e"] for event in await events(short, 2)] == ["TRADE_LITE"] * 2
            assert [event["o"]["x"] for event in await events(orders, 3)] == [
                "NEW",
                "TRADE",
                "TRADE",
            ]
            assert await silent(short)
            assert await silent(orders)

    in_house(scene)


def test_a_refused_order_pushes_nothing() -> None:
    async def scene(house: House) -> None:
        await market(house)
        async with house.socket(path=f"/ws/{await listen_key(house)}") as socket:
            refused = await house.transfer("UMFUTURE_MAIN", "USDT", "10000.00000001")
            assert refused.status == 400
            with pytest.raises(Rejected, match="the order needs"):
                await act(house, order(house, 900_000, 64_000))
            assert await silent(socket)

    in_house(scene)

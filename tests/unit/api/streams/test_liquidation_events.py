"""What an account hears when its margin gets close, and when it no longer suffices."""

import json

from clearhouse.messages.commands import SetLeverage
from clearhouse.messages.trading_commands import ForceFill, PlaceOrder, SetPrice
from clearhouse.model.ids import Uid
from clearhouse.model.orders import OrderKind, Side
from unit.api.harness import NOW, House, in_house
from unit.api.streams.listening import listen_key, silent
from unit.api.streams.test_trading_events import BTC, UNIT, act, events, frame


async def long_two(house: House) -> None:
    """2 BTC at 65,000 on 10,000 USDT: 9,974 after the fee."""
    uid = Uid(house.uid)
    await house.transfer("MAIN_UMFUTURE", "USDT", "10000")
    placed = PlaceOrder(
        uid=uid,
        symbol=BTC,
        side=Side.BUY,
        kind=OrderKind.LIMIT,
        quantity=2 * UNIT,
        price=64_000 * UNIT,
        client_id="mine",
    )
    await act(house, SetLeverage(uid=uid, symbol=BTC, leverage=100), placed)
    [order] = house.state.orders.open
    await act(house, ForceFill(order_id=order, price=65_000 * UNIT))


def test_a_margin_call_byte_for_byte() -> None:
    async def scene(house: House) -> None:
        await long_two(house)
        async with house.socket(path=f"/ws/{await listen_key(house)}") as socket:
            await act(house, SetPrice(symbol=BTC, last=60_300 * UNIT))
            assert await frame(socket) == (
                f'{{"e":"MARGIN_CALL","E":{NOW},"cw":"9974","p":[{{"s":"BTCUSDT","ps":"BOTH",'
                '"pa":"2","mt":"CROSSED","iw":"0","mp":"60300","up":"-9400","mm":"482.4"}]}'
            )
            await act(house, SetPrice(symbol=BTC, last=60_290 * UNIT))
            await silent(socket)

    in_house(scene)


def test_a_liquidation_in_its_order() -> None:
    """The forced order, its fill, the position that is gone, and the fee that took the rest."""

    async def scene(house: House) -> None:
        await long_two(house)
        async with house.socket(path=f"/ws/{await listen_key(house)}") as socket:
            await act(house, SetPrice(symbol=BTC, last=60_200 * UNIT))
            told = await events(socket, 5)
            await silent(socket)
        assert [event["e"] for event in told] == [
            "ORDER_TRADE_UPDATE",
            "TRADE_LITE",
            "ACCOUNT_UPDATE",
            "ORDER_TRADE_UPDATE",
            "ACCOUNT_UPDATE",
        ]
        placed, _, moved, filled, cleared = told
        assert placed["o"]["x"] == "NEW"
        assert placed["o"]["c"].startswith("autoclose-")
        assert (filled["o"]["x"], filled["o"]["X"], filled["o"]["n"]) == (
            "CALCULATED",
            "FILLED",
            "0",
        )
        assert moved["a"]["P"][0]["pa"] == "0"
        assert json.dumps(cleared["a"]) == json.dumps(
            {
                "m": "INSURANCE_CLEAR",
                "B": [{"a": "USDT", "wb": "0.00000000", "cw": "0.00000000", "bc": "-373.8"}],
                "P": [],
            }
        )

    in_house(scene)

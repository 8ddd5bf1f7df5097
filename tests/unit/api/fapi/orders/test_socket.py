"""The twins of the order calls on the WebSocket API: the same parameters, answers and refusals."""

import pytest

from unit.api.fapi.orders.calls import CHANGE, FIND, LIMIT, MARKET, MINE, fund, taken
from unit.api.fapi.orders.test_answers import PLACED, READ
from unit.api.harness import House, in_house


def test_an_order_is_placed_read_changed_and_cancelled() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        async with house.socket() as socket:
            assert (await socket.signed("order.place", **LIMIT))["result"] == PLACED
            assert (await socket.signed("order.status", **MINE))["result"] == READ
            changed = (await socket.signed("order.modify", **CHANGE, modifyId=3))["result"]
            assert (changed["price"], changed["origQty"]) == ("63000.00", "0.020")
            assert changed["modifyId"] == 3
            assert (await taken(house, FIND, MINE)).json["origQty"] == "0.020"
            cancelled = (await socket.signed("order.cancel", **MINE))["result"]
            assert cancelled["status"] == "CANCELED"

    in_house(scene)


def test_numbers_and_booleans_of_json() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        async with house.socket() as socket:
            numbers = {**LIMIT, "price": 64000, "reduceOnly": False}
            assert (await socket.signed("order.place", **numbers))["result"] == PLACED

    in_house(scene)


@pytest.mark.parametrize(
    ("method", "params", "status", "code"),
    [
        ("order.place", {**MARKET, "type": "STOP_MARKET"}, 400, -4120),
        ("order.place", {**MARKET, "quantity": "1000"}, 400, -4005),
        ("order.place", {}, 400, -1102),
        ("order.modify", CHANGE, 400, -2013),
        ("order.cancel", MINE, 400, -2011),
        ("order.status", {"symbol": "BTCUSDT"}, 400, -1102),
    ],
)
def test_refusals(method: str, params: dict[str, object], status: int, code: int) -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            reply = await socket.signed(method, **params)
            assert (reply["status"], reply["error"]["code"]) == (status, code)

    in_house(scene)

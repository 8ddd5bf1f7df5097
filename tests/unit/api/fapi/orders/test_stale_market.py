"""Orders in a market that is stale are refused where the venue says so, and never silently."""

import json

from clearhouse.runtime.staleness import refusing
from unit.api.fapi.orders.calls import (
    AMEND,
    CANCEL,
    CHANGE,
    LIMIT,
    MARKET,
    MINE,
    PLACE,
    PLACE_BATCH,
    ask,
    fund,
    taken,
)
from unit.api.harness import House, in_house

WHY = "the live market of BTCUSDT is stale: nothing heard for 7 s"
REFUSED = (503, -1001, "Internal error; unable to process your request. Please try again.")


def test_new_and_changed_orders_are_refused_and_cancelling_is_not() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        house.opened.venue.admit = refusing(lambda symbol: WHY if symbol == "BTCUSDT" else None)
        before = house.digest()
        for call, params in ((PLACE, MARKET), (AMEND, CHANGE)):
            answer = await ask(house, call, params)
            assert answer.refusal == REFUSED
            assert answer.headers["x-clearhouse-hint"] == (
                f"{WHY}; the order was not placed (when stale: refuse)"
            )
        assert house.digest() == before
        other = {**LIMIT, "symbol": "ETHUSDT", "price": "3000.00", "newClientOrderId": "other"}
        await taken(house, PLACE, other)
        await taken(house, CANCEL, MINE)
        house.opened.venue.admit = refusing(lambda _: None)
        await taken(house, PLACE, LIMIT)

    in_house(scene)


def test_of_a_batch_those_are_refused_that_are_in_the_stale_market() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        house.opened.venue.admit = refusing(lambda symbol: WHY if symbol == "BTCUSDT" else None)
        other = {**LIMIT, "symbol": "ETHUSDT", "price": "3000.00", "quantity": "0.1"}
        del other["newClientOrderId"]
        answer = await taken(house, PLACE_BATCH, {"batchOrders": json.dumps([LIMIT, other])})
        first, second = answer.json
        assert first == {"code": REFUSED[1], "msg": REFUSED[2]}
        assert (second["symbol"], second["status"]) == ("ETHUSDT", "NEW")

    in_house(scene)

"""Batches: an answer for each element, in the order sent, each decided by itself."""

import json

import pytest

from unit.api.fapi.orders.calls import (
    AMEND_BATCH,
    CANCEL_BATCH,
    CHANGE,
    LIMIT,
    MARKET,
    OPEN_ORDERS,
    PLACE,
    PLACE_BATCH,
    ask,
    fund,
    taken,
)
from unit.api.fapi.orders.test_answers import FIRST, PLACED
from unit.api.harness import House, in_house

UNKNOWN = {"code": -2011, "msg": "Unknown order sent."}


def batch(*elements: object) -> dict[str, object]:
    return {"batchOrders": json.dumps(elements)}


def named(name: str, **changes: object) -> dict[str, object]:
    return {**LIMIT, "newClientOrderId": name, **changes}


def test_each_is_taken_or_refused_by_itself() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        sent = batch(
            named("mine"),
            named("b", side="UP"),
            named("c", symbol="MOONUSDT"),
            {},
            {**MARKET, "quantity": "100"},
        )
        assert (await taken(house, PLACE_BATCH, sent)).json == [
            PLACED,
            {"code": -1117, "msg": "Invalid side."},
            {"code": -1121, "msg": "Invalid symbol."},
            {
                "code": -1102,
                "msg": "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
            },
            {"code": -2019, "msg": "Margin is insufficient."},
        ]
        found = (await taken(house, OPEN_ORDERS, {})).json
        assert [order["clientOrderId"] for order in found] == ["mine"]

    in_house(scene)


def test_what_one_element_does_the_next_one_sees() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        sent = batch(
            {**MARKET, "side": "SELL", "reduceOnly": "true"},
            MARKET,
            {**MARKET, "side": "SELL", "reduceOnly": "true", "newOrderRespType": "RESULT"},
            named("twice"),
            named("twice"),
        )
        found = (await taken(house, PLACE_BATCH, sent)).json
        assert [row.get("code") or row["status"] for row in found] == [
            -2022,
            "NEW",
            "FILLED",
            "NEW",
            -4116,
        ]

    in_house(scene)


def test_numbers_booleans_and_nulls_keep_their_meaning() -> None:
    """0.1 + 0.2 would not be a quantity; `0.010` is one, with or without quotes."""

    async def scene(house: House) -> None:
        await fund(house)
        text = (
            '[{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","timeInForce":"GTC",'
            '"quantity":0.010,"price":64000,"reduceOnly":false,"positionSide":null,'
            '"newClientOrderId":"mine"},'
            '{"symbol":"BTCUSDT","side":"BUY","type":"MARKET","quantity":0.30000000000000004},'
            '{"symbol":"BTCUSDT","side":"BUY","type":"MARKET","quantity":[1]}]'
        )
        found = (await taken(house, PLACE_BATCH, {"batchOrders": text})).json
        assert found[0] == PLACED
        assert [row["code"] for row in found[1:]] == [-1111, -1100]

    in_house(scene)


def test_a_batch_of_changes() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        for name in ("mine", "b"):
            await taken(house, PLACE, named(name))
        sent = batch(
            {**CHANGE, "origClientOrderId": "b", "quantity": 0.02, "modifyId": 9},
            {**CHANGE, "origClientOrderId": "nobody"},
            {**CHANGE, "origClientOrderId": None, "orderId": FIRST, "stopPrice": 1},
            {**CHANGE, "price": None},
        )
        found = (await taken(house, AMEND_BATCH, sent)).json
        assert [row.get("code") for row in found] == [None, -2013, None, -1102]
        assert (found[0]["clientOrderId"], found[0]["modifyId"]) == ("b", 9)
        assert (found[2]["clientOrderId"], found[2]["price"]) == ("mine", "63000.00")

    in_house(scene)


@pytest.mark.parametrize(
    "sent",
    [
        {"orderIdList": f"[{FIRST + 1},5,{FIRST}]"},
        {"orderIdList": f'["{FIRST + 1}", "5", "{FIRST}"]'},
        {"orderidlist": f"[{FIRST + 1},5,{FIRST}]"},
        {"origClientOrderIdList": '["b","nobody","mine"]'},
        {"origclientorderidlist": '["b","nobody","mine"]'},
        {"orderIdList": f"[{FIRST + 1},5,{FIRST}]", "origClientOrderIdList": '["mine"]'},
    ],
)
def test_a_batch_of_cancellations(sent: dict[str, object]) -> None:
    async def scene(house: House) -> None:
        await fund(house)
        for name in ("mine", "b"):
            await taken(house, PLACE, named(name))
        found = (await taken(house, CANCEL_BATCH, {"symbol": "BTCUSDT", **sent})).json
        assert found == [
            {**PLACED, "clientOrderId": "b", "orderId": FIRST + 1, "status": "CANCELED"},
            UNKNOWN,
            {**PLACED, "status": "CANCELED"},
        ]

    in_house(scene)


def test_a_batch_is_one_commit() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        journal = house.opened.sequencer._journal
        commits = 0
        commit = journal.commit

        def counted() -> None:
            nonlocal commits
            commits += 1
            commit()

        journal.commit = counted  # type: ignore[method-assign]  # only counts
        await taken(house, PLACE_BATCH, batch(*(named(str(n)) for n in range(5))))
        assert commits == 1

    in_house(scene)


def test_a_batch_costs_weight_and_orders_whatever_comes_of_it() -> None:
    async def scene(house: House) -> None:
        before = (await ask(house, OPEN_ORDERS, {"symbol": "BTCUSDT"})).headers
        answer = await ask(house, PLACE_BATCH, batch(LIMIT, LIMIT))
        assert answer.headers["x-mbx-order-count-10s"] == "5"
        assert answer.headers["x-mbx-order-count-1m"] == "1"
        used = int(answer.headers["x-mbx-used-weight-1m"])
        assert used - int(before["x-mbx-used-weight-1m"]) == 5

    in_house(scene)

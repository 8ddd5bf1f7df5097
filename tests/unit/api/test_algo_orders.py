"""The algo service over REST and WebSocket API: answers, refusals, and what the reference says."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from clearhouse.messages.commands import AdvanceClock
from clearhouse.messages.trading_commands import SetPrice
from unit.api.harness import NOW, Answer, House, in_house

ALGO, OPEN = "/fapi/v1/algoOrder", "/fapi/v1/openAlgoOrders"
ALL, CANCEL_ALL = "/fapi/v1/allAlgoOrders", "/fapi/v1/algoOpenOrders"
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "algo-orders.md"
FIRST = 2_000_001

STOP: dict[str, object] = {
    "algoType": "CONDITIONAL",
    "symbol": "BTCUSDT",
    "side": "SELL",
    "type": "STOP_MARKET",
    "quantity": "0.1",
    "triggerPrice": "64000",
}
LIMIT = STOP | {"type": "STOP", "price": "63900"}
TRAILING = STOP | {"type": "TRAILING_STOP_MARKET", "triggerPrice": None, "callbackRate": "1"}
CLOSING = STOP | {"quantity": None, "closePosition": "true"}
HEDGED = CLOSING | {"positionSide": "LONG"}
DAY = 86_400_000
UNIT = 10**8


def place(house: House, params: dict[str, object]) -> Coroutine[Any, Any, Answer]:
    return house.signed("POST", ALGO, params)


async def placed(house: House, params: dict[str, object]) -> Any:
    answer = await place(house, params)
    assert answer.status == 200, answer.body
    return answer.json


PLACED = {
    "algoId": FIRST,
    "clientAlgoId": "mine",
    "algoType": "CONDITIONAL",
    "orderType": "STOP_MARKET",
    "symbol": "BTCUSDT",
    "side": "SELL",
    "positionSide": "BOTH",
    "timeInForce": "GTC",
    "quantity": "0.100",
    "algoStatus": "NEW",
    "triggerPrice": "64000.00",
    "price": "0.00",
    "icebergQuantity": None,
    "selfTradePreventionMode": "NONE",
    "workingType": "CONTRACT_PRICE",
    "priceMatch": "NONE",
    "closePosition": False,
    "priceProtect": False,
    "reduceOnly": False,
    "activatePrice": "",
    "callbackRate": "",
    "createTime": NOW,
    "updateTime": NOW,
    "triggerTime": 0,
    "goodTillDate": 0,
}

LISTED = {
    "algoId": FIRST,
    "clientAlgoId": "mine",
    "algoType": "CONDITIONAL",
    "orderType": "STOP_MARKET",
    "symbol": "BTCUSDT",
    "side": "SELL",
    "positionSide": "BOTH",
    "timeInForce": "GTC",
    "quantity": "0.100",
    "algoStatus": "NEW",
    "actualOrderId": "",
    "actualPrice": "0.00000",
    "triggerPrice": "64000.00",
    "price": "0.00",
    "icebergQuantity": None,
    "tpTriggerPrice": "0.00",
    "tpPrice": "0.00",
    "slTriggerPrice": "0.00",
    "slPrice": "0.00",
    "tpOrderType": "",
    "selfTradePreventionMode": "NONE",
    "workingType": "CONTRACT_PRICE",
    "priceMatch": "NONE",
    "closePosition": False,
    "priceProtect": False,
    "reduceOnly": False,
    "createTime": NOW,
    "updateTime": NOW,
    "triggerTime": 0,
    "goodTillDate": 0,
}


def test_an_order_is_placed_listed_and_cancelled() -> None:
    async def scene(house: House) -> None:
        mine = STOP | {"clientAlgoId": "mine"}
        found = await placed(house, mine)
        assert found == PLACED
        assert list(found) == list(PLACED)
        listed = (await house.signed("GET", OPEN)).json
        assert listed == [LISTED]
        assert list(listed[0]) == list(LISTED)
        cancelled = await house.signed("DELETE", ALGO, {"clientAlgoId": "mine"})
        assert cancelled.body == (
            b'{"algoId":2000001,"clientAlgoId":"mine","code":"200","msg":"success"}'
        )
        assert (await house.signed("GET", OPEN)).json == []

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "shown"),
    [
        (
            LIMIT | {"timeInForce": "GTD", "goodTillDate": NOW + 3_600_500},
            {
                "orderType": "STOP",
                "price": "63900.00",
                "timeInForce": "GTD",
                "goodTillDate": NOW + 3_600_000,
            },
        ),
        (
            CLOSING | {"workingType": "MARK_PRICE", "priceProtect": "TRUE"},
            {
                "quantity": "0.000",
                "closePosition": True,
                "workingType": "MARK_PRICE",
                "priceProtect": True,
            },
        ),
        (
            TRAILING | {"reduceOnly": "true", "selfTradePreventionMode": "EXPIRE_BOTH"},
            {
                "orderType": "TRAILING_STOP_MARKET",
                "triggerPrice": "64350.00",
                "activatePrice": "65000.00",
                "callbackRate": "1",
                "reduceOnly": True,
                "selfTradePreventionMode": "EXPIRE_BOTH",
            },
        ),
        (
            TRAILING | {"side": "BUY", "activatePrice": "60000", "callbackRate": "0.5"},
            {
                "orderType": "TRAILING_STOP_MARKET",
                "side": "BUY",
                "triggerPrice": "60300.00",
                "activatePrice": "60000.00",
                "callbackRate": "0.5",
            },
        ),
        (
            LIMIT | {"price": None, "priceMatch": "OPPONENT_5", "newOrderRespType": "RESULT"},
            {"orderType": "STOP", "priceMatch": "OPPONENT_5"},
        ),
    ],
)
def test_what_each_kind_shows(params: dict[str, object], shown: dict[str, object]) -> None:
    async def scene(house: House) -> None:
        assert await placed(house, params | {"clientAlgoId": "mine"}) == PLACED | shown

    in_house(scene)


def test_the_websocket_api_places_and_cancels() -> None:
    async def scene(house: House) -> None:
        async with house.socket() as socket:
            found = await socket.signed("algoOrder.place", **STOP, clientAlgoId="mine")
            assert found["result"] == PLACED
            gone = await socket.signed("algoOrder.cancel", algoId=FIRST)
            assert gone["result"] == {
                "algoId": FIRST,
                "clientAlgoId": "mine",
                "code": "200",
                "msg": "success",
            }
            again = await socket.signed("algoOrder.cancel", algoId=FIRST)
            assert (again["status"], again["error"]) == (
                400,
                {"code": -2011, "msg": "Unknown order sent."},
            )

    in_house(scene)


def test_the_list_is_narrowed() -> None:
    async def scene(house: House) -> None:
        await placed(house, STOP)
        await placed(house, STOP | {"symbol": "ETHUSDT", "quantity": "1", "triggerPrice": "3000"})
        await placed(house, TRAILING)
        for sent, expected in (
            ({}, [0, 1, 2]),
            ({"symbol": "BTCUSDT", "algoType": "CONDITIONAL"}, [0, 2]),
            ({"algoId": FIRST + 1}, [1]),
            ({"symbol": "BTCUSDT", "algoId": FIRST + 1}, []),
            ({"symbol": "BNBUSDT"}, []),
        ):
            rows = (await house.signed("GET", OPEN, sent)).json
            assert [row["algoId"] - FIRST for row in rows] == expected

    in_house(scene)


def test_all_of_a_symbol_are_cancelled() -> None:
    async def scene(house: House) -> None:
        await placed(house, STOP)
        await placed(house, STOP | {"symbol": "ETHUSDT", "quantity": "1", "triggerPrice": "3000"})
        for _ in range(2):
            answer = await house.signed("DELETE", CANCEL_ALL, {"symbol": "BTCUSDT"})
            assert answer.json == {
                "code": 200,
                "msg": "The operation of cancel all open order is done.",
            }
        rows = (await house.signed("GET", OPEN)).json
        assert [row["symbol"] for row in rows] == ["ETHUSDT"]

    in_house(scene)


DETAIL = {
    "algoId": FIRST,
    "clientAlgoId": "mine",
    "algoType": "CONDITIONAL",
    "orderType": "STOP_MARKET",
    "symbol": "BTCUSDT",
    "side": "SELL",
    "positionSide": "BOTH",
    "timeInForce": "GTC",
    "quantity": "0.100",
    "algoStatus": "NEW",
    "actualOrderId": "",
    "actualPrice": "0.00000",
    "actualType": "MARKET",
    "actualQty": "0.100",
    "triggerPrice": "64000.00",
    "price": "0.00",
    "icebergQuantity": None,
    "tpOrderType": "",
    "selfTradePreventionMode": "NONE",
    "workingType": "CONTRACT_PRICE",
    "priceMatch": "NONE",
    "closePosition": False,
    "priceProtect": False,
    "reduceOnly": False,
    "createTime": NOW,
    "updateTime": NOW,
    "triggerTime": 0,
    "goodTillDate": 0,
}


async def funded(house: House) -> None:
    answer = await house.transfer("MAIN_UMFUTURE", "USDT", "50000")
    assert answer.status == 200, answer.body


async def price(house: House, last: int) -> None:
    await house.opened.venue.submit(SetPrice(symbol="BTCUSDT", last=last * UNIT))


async def later(house: House, ms: int) -> None:
    await house.opened.venue.submit(AdvanceClock(ms=ms))


def after(days: int) -> dict[str, object]:
    """The timestamp of a request so many days later."""
    return {"timestamp": NOW + days * DAY}


def test_an_order_is_found_while_it_waits_and_when_it_is_over() -> None:
    async def scene(house: House) -> None:
        await funded(house)
        await placed(house, STOP | {"clientAlgoId": "mine"})
        waiting = (await house.signed("GET", ALGO, {"algoId": FIRST})).json
        assert waiting == DETAIL
        assert list(waiting) == list(DETAIL)
        await price(house, 64_000)
        over = (await house.signed("GET", ALGO, {"clientAlgoId": "mine"})).json
        filled = {
            "algoStatus": "FINISHED",
            "actualOrderId": "4000000001",
            "actualPrice": "63999.90000",
            "triggerTime": NOW,
        }
        assert over == DETAIL | filled
        listed = (await house.signed("GET", ALL, {"symbol": "BTCUSDT"})).json
        assert listed == [LISTED | filled]
        assert (await house.signed("GET", OPEN)).json == []

    in_house(scene)


def test_a_limit_order_that_has_come_of_it() -> None:
    async def scene(house: House) -> None:
        await funded(house)
        await placed(house, LIMIT | {"price": "64100", "clientAlgoId": "mine"})
        await price(house, 64_000)
        found = (await house.signed("GET", ALGO, {"algoId": FIRST})).json
        assert found == DETAIL | {
            "orderType": "STOP",
            "price": "64100.00",
            "algoStatus": "TRIGGERED",
            "actualOrderId": "4000000001",
            "actualType": "LIMIT",
            "actualQty": "0.000",
            "triggerTime": NOW,
        }
        answer = await house.signed("DELETE", ALGO, {"algoId": FIRST})
        assert answer.refusal == (400, -2011, "Unknown order sent.")

    in_house(scene)


def test_which_are_listed() -> None:
    async def scene(house: House) -> None:
        for _ in range(4):
            await placed(house, STOP)
        await placed(house, STOP | {"symbol": "ETHUSDT", "quantity": "1", "triggerPrice": "3000"})
        await house.signed("DELETE", ALGO, {"algoId": FIRST + 1})
        for sent, expected in (
            ({}, [0, 1, 2, 3]),
            ({"limit": 2}, [2, 3]),
            ({"limit": 2, "startTime": NOW - 1}, [0, 1]),
            ({"endTime": NOW - 1}, []),
            ({"algoId": FIRST + 2}, [2, 3]),
            ({"algoId": FIRST + 2, "limit": 1}, [2]),
        ):
            rows = (await house.signed("GET", ALL, {"symbol": "BTCUSDT", **sent})).json
            assert [row["algoId"] - FIRST for row in rows] == expected, sent

    in_house(scene)


def test_what_is_forgotten() -> None:
    """A cancelled order after three days, one that waits after ninety."""

    async def scene(house: House) -> None:
        await placed(house, STOP)
        await placed(house, STOP)
        await house.signed("DELETE", ALGO, {"algoId": FIRST})
        await later(house, 3 * DAY)
        asked = {"algoId": FIRST} | after(3)
        assert (await house.signed("GET", ALGO, asked)).json["algoStatus"] == "CANCELED"
        await later(house, 1)
        gone = (400, -2013, "Order does not exist.")
        assert (await house.signed("GET", ALGO, asked)).refusal == gone
        await later(house, 87 * DAY - 1)
        asked = {"algoId": FIRST + 1} | after(90)
        assert (await house.signed("GET", ALGO, asked)).json["algoStatus"] == "NEW"
        rows = (await house.signed("GET", ALL, {"symbol": "BTCUSDT"} | after(90))).json
        assert rows == []
        rows = await house.signed("GET", ALL, {"symbol": "BTCUSDT", "algoId": 1} | after(90))
        assert [row["algoId"] for row in rows.json] == [FIRST + 1]
        await later(house, 1)
        assert (await house.signed("GET", ALGO, asked)).refusal == gone

    in_house(scene)


def test_an_order_of_another_account_is_none() -> None:
    async def scene(house: House) -> None:
        await placed(house, STOP)
        other = await house.account()
        answer = await other.signed("GET", ALGO, {"algoId": FIRST})
        assert answer.refusal == (400, -2013, "Order does not exist.")
        answer = await other.signed("DELETE", ALGO, {"algoId": FIRST})
        assert answer.refusal == (400, -2011, "Unknown order sent.")

    in_house(scene)


_POST = ("POST", ALGO)
_MISSING = "Mandatory parameter '%s' was not sent, was empty/null, or malformed."
_INVALID = "Data sent for parameter '%s' is not valid."
_UNNEEDED = "Parameter '%s' sent when not required."
_SIDE = "Order's position side does not match user's setting."
_NEITHER = "Param 'algoId' or 'clientAlgoId' must be sent, but both were empty/null!"
_AMOUNT = (
    "Illegal characters found in parameter 'quantity'; "
    "legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'."
)
_GOOD_TILL = (
    "The goodTillDate timestamp must be greater than the current time plus 600 seconds and "
    "smaller than 253402300799000 (UTC 9999-12-31 23:59:59)"
)
_NOTIONAL = "Order's notional must be no smaller than 50 (unless you choose reduce only)"

REFUSALS: list[tuple[tuple[str, str], dict[str, object], int, str]] = [
    (_POST, STOP | {"algoType": None}, -1102, _MISSING % "algoType"),
    (_POST, STOP | {"symbol": None}, -1102, _MISSING % "symbol"),
    (_POST, STOP | {"side": ""}, -1102, _MISSING % "side"),
    (_POST, STOP | {"type": None}, -1102, _MISSING % "type"),
    (_POST, STOP | {"algoType": "VP"}, -1130, _INVALID % "algoType"),
    (_POST, STOP | {"closePosition": "yes"}, -1130, _INVALID % "closePosition"),
    (_POST, STOP | {"priceProtect": "yes"}, -1130, _INVALID % "priceProtect"),
    (_POST, STOP | {"quantity": "-1"}, -1100, _AMOUNT),
    (_POST, STOP | {"side": "LONG"}, -1117, "Invalid side."),
    (_POST, STOP | {"type": "LIMIT"}, -1116, "Invalid orderType."),
    (_POST, STOP | {"positionSide": "NONE"}, -4060, "Invalid position side."),
    (_POST, STOP | {"timeInForce": "GTE_GTC"}, -1115, "Invalid timeInForce."),
    (_POST, STOP | {"workingType": "LAST"}, -4031, "Invalid parameter working type"),
    (_POST, STOP | {"priceMatch": "BEST"}, -5037, "Invalid price match"),
    (_POST, STOP | {"reduceOnly": "yes"}, -4062, "Invalid or improper reduceOnly value."),
    (
        _POST,
        STOP | {"clientAlgoId": "x" * 37},
        -4015,
        "Client order id length should not be more than 36 chars",
    ),
    (_POST, STOP | {"clientAlgoId": "a b"}, -4015, "Client order id is not valid."),
    (_POST, STOP | {"newOrderRespType": "FULL"}, -1136, "Invalid newOrderRespType."),
    (
        _POST,
        STOP | {"selfTradePreventionMode": "YES"},
        -5039,
        "Invalid self trade prevention mode",
    ),
    (_POST, STOP | {"symbol": "NOSUCH"}, -1121, "Invalid symbol."),
    (_POST, TRAILING | {"callbackRate": None}, -1102, _MISSING % "callbackRate"),
    (_POST, STOP | {"triggerPrice": None}, -1102, _MISSING % "triggerPrice"),
    (_POST, STOP | {"quantity": None}, -1102, _MISSING % "quantity"),
    (_POST, LIMIT | {"timeInForce": "GTD"}, -1102, _MISSING % "goodTillDate"),
    (_POST, LIMIT | {"price": None}, -1102, _MISSING % "price"),
    (_POST, LIMIT | {"priceMatch": "QUEUE"}, -1106, _UNNEEDED % "price"),
    (_POST, TRAILING | {"triggerPrice": "1"}, -2021, "Order would immediately trigger."),
    (_POST, STOP | {"callbackRate": "1"}, -1106, _UNNEEDED % "callbackRate"),
    (_POST, STOP | {"activatePrice": "1"}, -1106, _UNNEEDED % "activatePrice"),
    (_POST, STOP | {"price": "1"}, -1106, _UNNEEDED % "price"),
    (
        _POST,
        STOP | {"priceMatch": "QUEUE"},
        -5038,
        "Price match only supports order type: LIMIT, STOP AND TAKE_PROFIT",
    ),
    (_POST, STOP | {"positionSide": "LONG"}, -4061, _SIDE),
    (_POST, LIMIT | {"closePosition": "true"}, -1106, _UNNEEDED % "closePosition"),
    (
        _POST,
        CLOSING | {"quantity": "0.1"},
        -4137,
        "Quantity must be zero with closePosition equals true",
    ),
    (_POST, CLOSING | {"reduceOnly": "true"}, -1106, _UNNEEDED % "reduceOnly"),
    (_POST, TRAILING | {"callbackRate": "0.09"}, -1130, _INVALID % "callbackRate"),
    (_POST, TRAILING | {"callbackRate": "10.1"}, -1130, _INVALID % "callbackRate"),
    (
        _POST,
        TRAILING | {"callbackRate": "1.0000001"},
        -1111,
        "Precision is over the maximum defined for this asset.",
    ),
    (
        _POST,
        STOP | {"triggerPrice": "64000.001"},
        -1111,
        "Precision is over the maximum defined for this asset.",
    ),
    (_POST, TRAILING | {"activatePrice": "66000.05"}, -4135, "Invalid activation price"),
    (_POST, STOP | {"triggerPrice": "0"}, -4006, "Stop price less than zero."),
    (_POST, STOP | {"triggerPrice": "4529764.1"}, -4007, "Stop price greater than max price."),
    (_POST, STOP | {"triggerPrice": "64000.05"}, -4014, "Price not increased by tick size."),
    (_POST, LIMIT | {"price": "0"}, -4001, "Price less than 0."),
    (_POST, LIMIT | {"price": "4529764.1"}, -4002, "Price greater than max price."),
    (_POST, LIMIT | {"price": "556.7"}, -4013, "Price less than min price."),
    (
        _POST,
        LIMIT | {"side": "BUY", "triggerPrice": "66000", "price": "69300.1"},
        -4183,
        "Limit price can't be higher than 69300.",
    ),
    (_POST, LIMIT | {"price": "60799.9"}, -4184, "Limit price can't be lower than 60800."),
    (_POST, STOP | {"quantity": "0"}, -4003, "Quantity less than zero."),
    (_POST, STOP | {"quantity": "120.001"}, -4005, "Quantity greater than max quantity."),
    (_POST, STOP | {"quantity": "0.001", "triggerPrice": "600"}, -4164, _NOTIONAL),
    (
        _POST,
        LIMIT | {"timeInForce": "GTD", "goodTillDate": NOW + 600_000},
        -5040,
        _GOOD_TILL,
    ),
    (_POST, STOP | {"clientAlgoId": "taken"}, -4116, "clientOrderId is duplicated"),
    (_POST, STOP | {"triggerPrice": "65000"}, -2021, "Order would immediately trigger."),
    (_POST, TRAILING | {"activatePrice": "65000"}, -2021, "Order would immediately trigger."),
    (("DELETE", ALGO), {}, -1102, _NEITHER),
    (("DELETE", ALGO), {"algoId": 1}, -2011, "Unknown order sent."),
    (("DELETE", CANCEL_ALL), {"symbol": "NOSUCH"}, -1121, "Invalid symbol."),
    (("GET", ALGO), {}, -1102, _NEITHER),
    (("GET", ALGO), {"algoId": 1}, -2013, "Order does not exist."),
    (("GET", OPEN), {"symbol": "NOSUCH"}, -1121, "Invalid symbol."),
    (("GET", ALL), {"symbol": "NOSUCH"}, -1121, "Invalid symbol."),
    (("GET", ALL), {"symbol": "BTCUSDT", "limit": 1001}, -1130, _INVALID % "limit"),
    (
        ("GET", ALL),
        {"symbol": "BTCUSDT", "startTime": NOW, "endTime": NOW - 1},
        -1023,
        "Start time is greater than end time.",
    ),
    (
        ("GET", ALL),
        {"symbol": "BTCUSDT", "startTime": NOW - 7 * DAY - 1, "endTime": NOW},
        -4165,
        "Maximum time interval is 7 days",
    ),
]

IN_HEDGE_MODE: list[tuple[dict[str, object], int, str]] = [
    (STOP, -4061, _SIDE),
    (
        STOP | {"positionSide": "LONG", "reduceOnly": "true"},
        -4062,
        "Invalid or improper reduceOnly value.",
    ),
    (HEDGED | {"positionSide": "SHORT"}, -1102, _MISSING % "closePosition"),
    (
        HEDGED | {"side": "BUY", "triggerPrice": "66000"},
        -1102,
        _MISSING % "closePosition",
    ),
]


def test_what_is_refused() -> None:
    async def scene(house: House) -> None:
        await placed(house, STOP | {"clientAlgoId": "taken"})
        before = house.digest()
        for (method, path), params, code, message in REFUSALS:
            answer = await house.signed(method, path, params)
            assert answer.refusal == (400, code, message), (path, params)
        assert house.digest() == before

    in_house(scene)


def test_what_is_refused_in_hedge_mode() -> None:
    async def scene(house: House) -> None:
        await house.signed("POST", "/fapi/v1/positionSide/dual", {"dualSidePosition": "true"})
        for params, code, message in IN_HEDGE_MODE:
            assert (await place(house, params)).refusal == (400, code, message), params
        await placed(house, HEDGED)

    in_house(scene)


def test_the_two_hundred_and_first_is_refused() -> None:
    async def scene(house: House) -> None:
        for _ in range(200):
            await placed(house, STOP)
            house.wall.now += 100
        answer = await place(house, STOP)
        assert answer.refusal == (400, -4045, "Reach max stop order limit.")

    in_house(scene)


def test_the_reference_lists_these_refusals_and_no_others() -> None:
    text = PAGE.read_text("utf-8").split("\n## Refusals\n")[1]
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    documented = {(row[0].strip(" `"), int(row[1])) for row in rows}
    shown = {(f"{method} {path}", code) for (method, path), _, code, _ in REFUSALS}
    shown |= {(f"POST {ALGO}", code) for _, code, _ in IN_HEDGE_MODE}
    assert documented == shown | {(f"POST {ALGO}", -4045)}

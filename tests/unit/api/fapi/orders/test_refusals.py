"""What the order endpoints refuse: one refusal a row, and every code of the reference page.

A refused order leaves nothing behind but the counts of the limits.
"""

from collections.abc import Awaitable, Callable, Mapping

import pytest
from msgspec.structs import replace

from clearhouse.api.errors import TABLES, Family
from clearhouse.api.limits import ORDER_POOLS
from clearhouse.messages.commands import ListContract
from clearhouse.messages.trading_commands import SetLiquidity
from clearhouse.model.money import SCALE
from unit.api.fapi.orders.calls import (
    ALL_ORDERS,
    AMEND,
    AMEND_BATCH,
    AMENDMENTS,
    CANCEL,
    CANCEL_ALL,
    CANCEL_BATCH,
    CHANGE,
    CHECK,
    COUNTDOWN,
    FIND,
    FIND_OPEN,
    FORCED,
    LIMIT,
    MARKET,
    MINE,
    OPEN_ORDERS,
    PLACE,
    PLACE_BATCH,
    TRADES,
    ask,
    fund,
    taken,
)
from unit.api.harness import NOW, House, in_house
from unit.api.test_reference import rows

Params = Mapping[str, object]
Scene = Callable[[House], Awaitable[None]]
ID = {"symbol": "BTCUSDT", "orderId": 1}
DAY = 86_400_000
LEFT_OUT = None


def with_(base: Params, **changes: object) -> Params:
    return {**base, **changes}


PARAMETERS: list[tuple[str, Params, int, str]] = [
    (PLACE, with_(LIMIT, symbol=LEFT_OUT), -1102, "parameter 'symbol' was not sent"),
    (PLACE, with_(LIMIT, side=LEFT_OUT), -1102, "parameter 'side' was not sent"),
    (PLACE, with_(LIMIT, type=LEFT_OUT), -1102, "parameter 'type' was not sent"),
    (PLACE, with_(LIMIT, timeInForce=LEFT_OUT), -1102, "parameter 'timeInForce' was not sent"),
    (PLACE, with_(LIMIT, quantity=LEFT_OUT), -1102, "parameter 'quantity' was not sent"),
    (PLACE, with_(LIMIT, price=LEFT_OUT), -1102, "parameter 'price' was not sent"),
    (PLACE, with_(LIMIT, timeInForce="GTD"), -1102, "parameter 'goodTillDate' was not sent"),
    (PLACE, with_(MARKET, quantity=LEFT_OUT), -1102, "parameter 'quantity' was not sent"),
    (PLACE, with_(LIMIT, newClientOrderId=""), -1105, "Parameter 'newClientOrderId' was empty."),
    (PLACE, with_(LIMIT, price="-1"), -1100, "in parameter 'price'; legal range is"),
    (PLACE, with_(LIMIT, quantity="1e-2"), -1100, "in parameter 'quantity'; legal range is"),
    (PLACE, with_(LIMIT, goodTillDate="soon"), -1100, "in parameter 'goodTillDate'; legal"),
    (PLACE, with_(LIMIT, price="64000.123456789"), -1111, "Precision is over the maximum"),
    (PLACE, with_(LIMIT, quantity="1" + "0" * 16), -1130, "'quantity' is not valid"),
    (PLACE, with_(MARKET, timeInForce="GTC"), -1106, "Parameter 'timeInForce' sent when not"),
    (PLACE, with_(MARKET, price="65000"), -1106, "Parameter 'price' sent when not required."),
    (PLACE, with_(LIMIT, priceMatch="QUEUE"), -1106, "Parameter 'price' sent when not required."),
    (PLACE, with_(MARKET, closePosition="true"), -1106, "Parameter 'closePosition' sent when"),
    (PLACE, with_(LIMIT, timeInForce="gtc"), -1115, "Invalid timeInForce."),
    (PLACE, with_(LIMIT, type="limit"), -1116, "Invalid orderType."),
    (PLACE, with_(LIMIT, type="LIMIT_MAKER"), -1116, "Invalid orderType."),
    (PLACE, with_(LIMIT, side="LONG"), -1117, "Invalid side."),
    (PLACE, with_(LIMIT, symbol="MOONUSDT"), -1121, "Invalid symbol."),
    (PLACE, with_(LIMIT, newOrderRespType="FULL"), -1136, "Invalid newOrderRespType."),
    (PLACE, with_(LIMIT, newClientOrderId="#1"), -4015, "Client order id is not valid."),
    (PLACE, with_(LIMIT, newClientOrderId="autoclose-1"), -4015, "Client order id is not valid."),
    (PLACE, with_(LIMIT, newClientOrderId="x" * 37), -4015, "should not be more than 36 chars"),
    (PLACE, with_(LIMIT, positionSide="UP"), -4060, "Invalid position side."),
    (PLACE, with_(LIMIT, reduceOnly="1"), -4062, "Invalid or improper reduceOnly value."),
    (PLACE, with_(MARKET, type="STOP"), -4120, "Order type not supported for this endpoint."),
    (PLACE, with_(MARKET, type="STOP_MARKET"), -4120, "Order type not supported for this"),
    (PLACE, with_(MARKET, type="TAKE_PROFIT"), -4120, "Please use the Algo Order API endpoints"),
    (PLACE, with_(MARKET, type="TAKE_PROFIT_MARKET"), -4120, "Algo Order API endpoints instead."),
    (PLACE, with_(MARKET, type="TRAILING_STOP_MARKET"), -4120, "Order type not supported"),
    (PLACE, with_(LIMIT, priceMatch="BEST", price=LEFT_OUT), -5037, "Invalid price match"),
    (PLACE, with_(LIMIT, priceMatch="OPPONENT_10", price=LEFT_OUT), -5037, "Invalid price match"),
    (PLACE, with_(LIMIT, priceMatch="OPPONENT_20", price=LEFT_OUT), -5037, "Invalid price match"),
    (PLACE, with_(MARKET, priceMatch="QUEUE"), -5038, "Price match only supports order type:"),
    (PLACE, with_(LIMIT, selfTradePreventionMode="DECREMENT"), -5039, "Invalid self trade"),
    (CHECK, with_(MARKET, type="STOP_MARKET", stopPrice="1"), -4120, "Order type not supported"),
    (CHECK, with_(LIMIT, workingType="LAST"), -1130, "'workingType' is not valid."),
    (AMEND, with_(CHANGE, origClientOrderId=LEFT_OUT), -1102, "both were empty/null!"),
    (AMEND, with_(CHANGE, quantity=LEFT_OUT), -1102, "parameter 'quantity' was not sent"),
    (AMEND, with_(CHANGE, price=LEFT_OUT), -1102, "parameter 'price' was not sent"),
    (AMEND, with_(CHANGE, priceMatch="QUEUE"), -1106, "Parameter 'price' sent when not required."),
    (AMEND, with_(CHANGE, priceMatch="OPPONENT_20", price=LEFT_OUT), -5037, "Invalid price match"),
    (AMEND, with_(CHANGE, modifyId="x"), -1100, "in parameter 'modifyId'"),
    (AMEND, with_(CHANGE, symbol="MOONUSDT"), -1121, "Invalid symbol."),
    (AMEND, CHANGE, -2013, "Order does not exist."),
    (CANCEL, {"symbol": "BTCUSDT"}, -1102, "Param 'origClientOrderId' or 'orderid' must be sent"),
    (CANCEL, with_(ID, symbol="MOONUSDT"), -1121, "Invalid symbol."),
    (CANCEL, ID, -2011, "Unknown order sent."),
    (CANCEL, MINE, -2011, "Unknown order sent."),
    (CANCEL, with_(MINE, origClientOrderId="é"), -4015, "Client order id is not valid."),
    (FIND, {"symbol": "BTCUSDT"}, -1102, "Param 'origClientOrderId' or 'orderid' must be sent"),
    (FIND_OPEN, {"symbol": "BTCUSDT"}, -1102, "both were empty/null!"),
    (FIND_OPEN, {"orderId": 1}, -1102, "parameter 'symbol' was not sent"),
    (FIND_OPEN, ID, -2013, "Order does not exist."),
    (OPEN_ORDERS, {"symbol": "MOONUSDT"}, -1121, "Invalid symbol."),
    (ALL_ORDERS, {"symbol": "MOONUSDT"}, -1121, "Invalid symbol."),
    (ALL_ORDERS, {"limit": 1001}, -1130, "'limit' is not valid"),
    (ALL_ORDERS, {"startTime": 2, "endTime": 1}, -1023, "Start time is greater than end time."),
    (ALL_ORDERS, {"startTime": NOW - 7 * DAY - 1}, -4165, "Maximum time interval is 7 days"),
    (TRADES, {"fromId": 1, "startTime": NOW}, -1128, "Combination of optional parameters"),
    (TRADES, {"orderId": 1}, -1102, "parameter 'symbol' was not sent"),
    (TRADES, {"startTime": NOW - 7 * DAY - 1}, -4165, "Maximum time interval is 7 days"),
    (TRADES, {"limit": 0}, -1130, "'limit' is not valid"),
    (FORCED, {"autoCloseType": "BOTH"}, -1130, "'autoCloseType' is not valid"),
    (FORCED, {"limit": 101}, -1130, "'limit' is not valid"),
    (AMENDMENTS, {"symbol": "BTCUSDT"}, -1102, "both were empty/null!"),
    (AMENDMENTS, with_(ID, startTime=2, endTime=1), -1023, "Start time is greater than end"),
    (CANCEL_ALL, {}, -1102, "parameter 'symbol' was not sent"),
    (CANCEL_ALL, {"symbol": "MOONUSDT"}, -1121, "Invalid symbol."),
    (COUNTDOWN, {"symbol": "BTCUSDT"}, -1102, "parameter 'countdownTime' was not sent"),
    (COUNTDOWN, {"symbol": "MOONUSDT", "countdownTime": 1}, -1121, "Invalid symbol."),
    (PLACE_BATCH, {}, -1102, "parameter 'batchOrders' was not sent"),
    (PLACE_BATCH, {"batchOrders": "[{"}, -1102, "parameter 'batchOrders' was not sent"),
    (PLACE_BATCH, {"batchOrders": '{"symbol": "BTCUSDT"}'}, -1102, "or malformed."),
    (PLACE_BATCH, {"batchOrders": "[1]"}, -1102, "or malformed."),
    (PLACE_BATCH, {"batchOrders": "[]"}, -4082, "Invalid number of batch place orders."),
    (PLACE_BATCH, {"batchOrders": "[{},{},{},{},{},{}]"}, -4082, "Invalid number of batch"),
    (AMEND_BATCH, {"batchOrders": "[{},{},{},{},{},{}]"}, -4082, "Invalid number of batch"),
    (CANCEL_BATCH, {"symbol": "BTCUSDT"}, -1102, "Param 'orderIdList' or 'origClientOrderIdList'"),
    (CANCEL_BATCH, {"symbol": "BTCUSDT", "orderIdList": "[]"}, -1102, "both were empty/null!"),
    (CANCEL_BATCH, {"symbol": "BTCUSDT", "orderIdList": "1"}, -1102, "or malformed."),
    (CANCEL_BATCH, {"symbol": "BTCUSDT", "orderIdList": '["x"]'}, -1100, "'orderIdList'"),
    (
        CANCEL_BATCH,
        {"symbol": "BTCUSDT", "orderIdList": "[1,2,3,4,5,6,7,8,9,10,11]"},
        -4032,
        "Exceed maximum cancel order size.",
    ),
    (CANCEL_BATCH, {"symbol": "MOONUSDT", "orderIdList": "[1]"}, -1121, "Invalid symbol."),
]
"""Refused whatever the account has and does."""


@pytest.mark.parametrize(("call", "params", "code", "text"), PARAMETERS)
def test_parameters(call: str, params: Params, code: int, text: str) -> None:
    async def scene(house: House) -> None:
        await refused(house, call, params, code, text)

    in_house(scene)


async def refused(house: House, call: str, params: Params, code: int, text: str) -> None:
    """A call that is refused so, and leaves the state as it is."""
    before = house.digest()
    status, found, message = (await ask(house, call, params)).refusal
    assert (status, found) == (400, code), message
    assert text in message
    assert house.digest() == before


async def rested(house: House) -> None:
    """An order of the account is in the book."""
    await fund(house)
    await taken(house, PLACE, LIMIT)


async def long(house: House) -> None:
    await fund(house)
    await taken(house, PLACE, with_(MARKET, quantity="0.02"))


async def hedged(house: House) -> None:
    """A long position in hedge mode."""
    await fund(house)
    await taken(house, "POST /fapi/v1/positionSide/dual", {"dualSidePosition": "true"})
    await taken(house, PLACE, with_(MARKET, positionSide="LONG"))


async def much_amended(house: House) -> None:
    await rested(house)
    [order] = house.state.orders.open.values()
    order.amendments = 10_000


async def few_orders(house: House) -> None:
    """The symbol takes one open order of an account, and there is one."""
    contract = house.state.catalogue.contracts["BTCUSDT"]
    await house.opened.venue.submit(ListContract(replace(contract, max_num_orders=1)))
    await rested(house)


async def coarse_steps(house: House) -> None:
    """Quantities go in steps of 0.005."""
    contract = house.state.catalogue.contracts["BTCUSDT"]
    coarse = replace(contract, step_size="0.005", min_qty="0.005")
    await house.opened.venue.submit(ListContract(coarse))
    await fund(house)


async def nobody_quotes(house: House) -> None:
    await fund(house)
    await house.opened.venue.submit(SetLiquidity(symbol="BTCUSDT", mode="none"))


async def far_offers(house: House) -> None:
    """The best ask is further from the mark than the percent price filter allows."""
    await fund(house)
    ask = (70_000 * SCALE, SCALE)
    await house.opened.venue.submit(SetLiquidity(symbol="BTCUSDT", mode="levels", asks=(ask,)))


async def high_leverage(house: House) -> None:
    """At 125 times the leverage a position is small; there is money enough."""
    await fund(house, "100000")
    await taken(house, "POST /fapi/v1/leverage", {"symbol": "BTCUSDT", "leverage": 125})


BUY, SELL = LIMIT, with_(LIMIT, side="SELL", price="66000.0")

BUSINESS: list[tuple[Scene, str, Params, int, str]] = [
    (fund, PLACE, with_(BUY, quantity="0.0001"), -1111, "Precision is over the maximum defined"),
    (fund, PLACE, with_(BUY, price="64000.001"), -1111, "Precision is over the maximum defined"),
    (rested, AMEND, with_(CHANGE, side="SELL"), -1117, "Invalid side."),
    (rested, CANCEL, with_(MINE, symbol="ETHUSDT"), -2011, "Unknown order sent."),
    (rested, FIND_OPEN, with_(MINE, origClientOrderId="yours"), -2013, "Order does not exist."),
    (fund, PLACE, with_(MARKET, quantity="10"), -2019, "Margin is insufficient."),
    (fund, CHECK, with_(MARKET, quantity="10"), -2019, "Margin is insufficient."),
    (rested, AMEND, with_(CHANGE, quantity="10"), -2019, "Margin is insufficient."),
    (fund, PLACE, with_(MARKET, reduceOnly="true"), -2022, "ReduceOnly Order is rejected."),
    (long, PLACE, with_(MARKET, reduceOnly="true"), -2022, "ReduceOnly Order is rejected."),
    (hedged, PLACE, with_(MARKET, positionSide="SHORT"), -2022, "ReduceOnly Order is rejected."),
    (few_orders, PLACE, with_(BUY, newClientOrderId="b"), -2025, "Reach max open order limit."),
    (high_leverage, PLACE, with_(MARKET, quantity="100"), -2027, "Exceeded the maximum allowable"),
    (fund, PLACE, with_(BUY, price="0"), -4001, "Price less than 0."),
    (fund, PLACE, with_(BUY, price="4529764.1"), -4002, "Price greater than max price."),
    (fund, PLACE, with_(MARKET, quantity="0"), -4003, "Quantity less than zero."),
    (coarse_steps, PLACE, with_(BUY, quantity="0.001"), -4004, "Quantity less than min quantity."),
    (fund, PLACE, with_(BUY, quantity="1000.001"), -4005, "Quantity greater than max quantity."),
    (fund, PLACE, with_(MARKET, quantity="120.001"), -4005, "Quantity greater than max quantity."),
    (fund, PLACE, with_(BUY, price="556.7"), -4013, "Price less than min price."),
    (fund, PLACE, with_(BUY, price="64000.05"), -4014, "Price not increased by tick size."),
    (fund, PLACE, with_(BUY, price="68250.1"), -4016, "Price is higher than mark price multiplier"),
    (coarse_steps, PLACE, with_(BUY, quantity="0.006"), -4023, "Qty not increased by step size."),
    (fund, PLACE, with_(SELL, price="61749.9"), -4024, "Price is lower than mark price multiplier"),
    (fund, PLACE, with_(BUY, positionSide="LONG"), -4061, "Order's position side does not match"),
    (hedged, PLACE, BUY, -4061, "Order's position side does not match user's setting."),
    (
        hedged,
        PLACE,
        with_(SELL, positionSide="LONG", reduceOnly="true"),
        -4062,
        "Invalid or improper reduceOnly value.",
    ),
    (rested, PLACE, with_(BUY, price="63000"), -4116, "clientOrderId is duplicated"),
    (far_offers, PLACE, MARKET, -4131, "The counterparty's best price does not meet"),
    (
        fund,
        PLACE,
        with_(BUY, quantity="0.001", price="49000"),
        -4164,
        "Order's notional must be no smaller than 50 (unless you choose reduce only)",
    ),
    (nobody_quotes, PLACE, with_(BUY, timeInForce="FOK"), -5021, "the FOK order has been rejected"),
    (fund, PLACE, with_(BUY, timeInForce="GTX", price="66000"), -5022, "the Post Only order will"),
    (fund, PLACE, with_(BUY, timeInForce="RPI", price="66000"), -5022, "the Post Only order will"),
    (much_amended, AMEND, CHANGE, -5026, "Exceed maximum modify order limit."),
    (
        rested,
        AMEND,
        with_(CHANGE, quantity="0.010", price="64000"),
        -5027,
        "No need to modify the order.",
    ),
    (
        rested,
        AMEND,
        with_(CHANGE, quantity="0.001", price="49000"),
        -5029,
        "Order's notional must be no smaller than 50",
    ),
    (
        fund,
        PLACE,
        with_(BUY, timeInForce="GTD", goodTillDate=NOW + 600_000),
        -5040,
        "must be greater than the current time plus 600 seconds",
    ),
    (
        nobody_quotes,
        PLACE,
        with_(BUY, price=LEFT_OUT, priceMatch="QUEUE_20"),
        -5041,
        "No depth matches this BBO order",
    ),
    (rested, AMEND, with_(CHANGE, reduceOnly="true"), -5047, "is not a reduce-only order"),
]
"""Refused for what the account has, or for the market: where all that stands is the first scene."""


@pytest.mark.parametrize(("before", "call", "params", "code", "text"), BUSINESS)
def test_business(before: Scene, call: str, params: Params, code: int, text: str) -> None:
    async def scene(house: House) -> None:
        await before(house)
        await refused(house, call, params, code, text)

    in_house(scene)


def test_too_many_orders() -> None:
    """Refused orders count as well; the window of ten seconds is full first."""

    async def scene(house: House) -> None:
        for _ in range(ORDER_POOLS[0].limit):
            await ask(house, PLACE, {})
        answer = await ask(house, PLACE, LIMIT)
        assert answer.refusal == (
            429,
            -1015,
            "Too many new orders; current limit is 300 orders per 10 SECOND.",
        )
        assert answer.headers["retry-after"] == "10"

    in_house(scene)


def documented(heading: str) -> set[int]:
    """The codes in the first column of a table of the page."""
    found = [int(code) for row in rows("orders.md", heading) for code in row[0].split(", ")]
    assert len(found) == len(set(found)) or heading == "Refusals"
    return set(found)


def test_the_page_has_the_codes_that_are_met_here_and_no_others() -> None:
    met = {code for _, _, code, _ in PARAMETERS} | {code for _, _, _, code, _ in BUSINESS}
    assert documented("Refusals") == met | {-1015}


def test_the_messages_of_the_page_are_those_of_the_futures_family() -> None:
    known = {
        (failure.code, failure.status, failure.message.replace("%s", "…"))
        for failure in TABLES[Family.FAPI].values()
    }
    page = rows("orders.md", "Refusals")
    assert {(int(code), int(status), text.strip("`")) for code, status, text, *_ in page} <= known


def test_every_code_of_orders_is_on_the_page() -> None:
    met, impossible = documented("Refusals"), documented("Codes that cannot arise")
    assert met & impossible == set()
    assert met | impossible == CODES


CODES = {
    *(-1008, -1010, -1013, -1014, -1015, -1023),
    *(-1100, -1102, -1103, -1104, -1105, -1106, -1111, -1112, -1114, -1115, -1116, -1117, -1118),
    *(-1119, -1121, -1122, -1127, -1128, -1130, -1136),
    *(-2010, -2011, -2012, -2013, -2016, -2018, -2019, -2020, -2021, -2022, -2023, -2024, -2025),
    *(-2026, -2027, -2028),
    *(-4000, -4001, -4002, -4003, -4004, -4005, -4006, -4007, -4008, -4009, -4010, -4011, -4012),
    *(-4013, -4014, -4015, -4016, -4017, -4018, -4019, -4020, -4022, -4023, -4024, -4025, -4029),
    *(-4030, -4031, -4032, -4045, -4058, -4060, -4061, -4062, -4082, -4083, -4084, -4085, -4086),
    *(-4087, -4088, -4105, -4106, -4107, -4109, -4116, -4117, -4118, -4120, -4131, -4135, -4137),
    *(-4138, -4139, -4140, -4141, -4142, -4144, -4164, -4165, -4183, -4184, -4189, -4192),
    *(-4210, -4211, -4400, -4401, -4402),
    *(-5021, -5022, -5024, -5025, -5026, -5027, -5028, -5029, -5037, -5038, -5039, -5040, -5041),
    *(-5043, -5047),
}
"""Codes of the exchange's futures documents that speak of orders, or that its order calls give."""

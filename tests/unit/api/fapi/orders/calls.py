"""Calls of the order endpoints, with what most tests send."""

from collections.abc import Mapping

from unit.api.harness import Answer, House

PLACE, CHECK = "POST /fapi/v1/order", "POST /fapi/v1/order/test"
AMEND, CANCEL = "PUT /fapi/v1/order", "DELETE /fapi/v1/order"
FIND, FIND_OPEN = "GET /fapi/v1/order", "GET /fapi/v1/openOrder"
OPEN_ORDERS, ALL_ORDERS = "GET /fapi/v1/openOrders", "GET /fapi/v1/allOrders"
TRADES, FORCED = "GET /fapi/v1/userTrades", "GET /fapi/v1/forceOrders"
AMENDMENTS = "GET /fapi/v1/orderAmendment"
CANCEL_ALL, COUNTDOWN = "DELETE /fapi/v1/allOpenOrders", "POST /fapi/v1/countdownCancelAll"
PLACE_BATCH, AMEND_BATCH = "POST /fapi/v1/batchOrders", "PUT /fapi/v1/batchOrders"
CANCEL_BATCH = "DELETE /fapi/v1/batchOrders"

LIMIT: Mapping[str, object] = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.010",
    "price": "64000.0",
    "newClientOrderId": "mine",
}
"""A buy below the market, which stands at 65,000 in a fresh venue."""
MARKET: Mapping[str, object] = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "MARKET",
    "quantity": "0.010",
}
CHANGE: Mapping[str, object] = {
    "symbol": "BTCUSDT",
    "origClientOrderId": "mine",
    "side": "BUY",
    "quantity": "0.020",
    "price": "63000.0",
}
MINE: Mapping[str, object] = {"symbol": "BTCUSDT", "origClientOrderId": "mine"}


async def ask(house: House, call: str, params: Mapping[str, object]) -> Answer:
    method, path = call.split(" ")
    return await house.signed(method, path, params)


async def fund(house: House, amount: str = "10000") -> None:
    """Put USDT into the futures wallet."""
    moved = await house.transfer("MAIN_UMFUTURE", "USDT", amount)
    assert moved.status == 200, moved.body


async def taken(house: House, call: str, params: Mapping[str, object]) -> Answer:
    """A call that must succeed."""
    answer = await ask(house, call, params)
    assert answer.status == 200, answer.body
    return answer

"""Orders, trades and changes of the past: pages, windows, and what is forgotten."""

from collections.abc import Mapping

import pytest

from clearhouse.model.ids import DAY_MS
from unit.api.fapi.orders.calls import (
    ALL_ORDERS,
    AMEND,
    AMENDMENTS,
    CANCEL,
    CHANGE,
    FIND,
    FORCED,
    LIMIT,
    MARKET,
    MINE,
    PLACE,
    TRADES,
    ask,
    fund,
    taken,
)
from unit.api.harness import NOW, House, in_house

FIRST = 4_000_000_001
BTC = {"symbol": "BTCUSDT"}


async def pass_days(house: House, days: int) -> Mapping[str, object]:
    """Advance the clock; what a request of then must send."""
    await house.control("POST", "/clock/advance", {"ms": days * DAY_MS})
    return {"timestamp": house.opened.venue.now()}


async def traded(house: House) -> None:
    """A cancelled order, a market order in BTCUSDT and one in ETHUSDT."""
    await fund(house)
    await taken(house, PLACE, LIMIT)
    await taken(house, CANCEL, MINE)
    await taken(house, PLACE, MARKET)
    await taken(house, PLACE, {**MARKET, "symbol": "ETHUSDT", "side": "SELL", "quantity": "1"})


async def ids(house: House, call: str, params: Mapping[str, object]) -> list[int]:
    return [row["orderId"] for row in (await taken(house, call, params)).json]


def test_an_order_in_the_list_of_all() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        found = (await taken(house, ALL_ORDERS, {**BTC, "orderId": FIRST + 1})).json
        [made_up] = {row["clientOrderId"] for row in found}
        assert found == [
            {
                "avgPrice": "65000.10000",
                "clientOrderId": made_up,
                "cumQuote": "650.00100",
                "cumBase": "0.010",
                "executedQty": "0.010",
                "orderId": FIRST + 1,
                "origQty": "0.010",
                "origType": "MARKET",
                "price": "0.00",
                "reduceOnly": False,
                "side": "BUY",
                "positionSide": "BOTH",
                "status": "FILLED",
                "stopPrice": "0.00",
                "closePosition": False,
                "symbol": "BTCUSDT",
                "pair": "BTCUSDT",
                "time": NOW,
                "timeInForce": "GTC",
                "type": "MARKET",
                "updateTime": NOW,
                "workingType": "CONTRACT_PRICE",
                "priceProtect": False,
                "priceMatch": "NONE",
                "selfTradePreventionMode": "EXPIRE_MAKER",
                "goodTillDate": 0,
            }
        ]

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [FIRST, FIRST + 1, FIRST + 2]),
        (BTC, [FIRST, FIRST + 1]),
        ({"symbol": "ETHUSDT"}, [FIRST + 2]),
        ({"symbol": "BNBUSDT"}, []),
        ({"limit": 2}, [FIRST + 1, FIRST + 2]),
        ({"orderId": FIRST + 1}, [FIRST + 1, FIRST + 2]),
        ({"orderId": FIRST, "limit": 1}, [FIRST]),
        ({"startTime": NOW, "limit": 1}, [FIRST]),
        ({"startTime": NOW - 7 * DAY_MS}, [FIRST, FIRST + 1, FIRST + 2]),
        ({"startTime": NOW + 1}, []),
        ({"endTime": NOW - 1}, []),
        ({"endTime": NOW}, [FIRST, FIRST + 1, FIRST + 2]),
        ({"orderId": FIRST + 2, "endTime": NOW - 1}, [FIRST + 2]),
    ],
)
def test_pages_of_all_orders(params: Mapping[str, object], expected: list[int]) -> None:
    async def scene(house: House) -> None:
        await traded(house)
        assert await ids(house, ALL_ORDERS, params) == expected

    in_house(scene)


def test_an_unfilled_order_is_forgotten_after_three_days() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        then = await pass_days(house, 3)
        assert (await taken(house, FIND, {**MINE, **then})).json["status"] == "CANCELED"
        then = {"timestamp": house.opened.venue.now() + 1}
        await house.control("POST", "/clock/advance", {"ms": 1})
        assert (await ask(house, FIND, {**MINE, **then})).refusal[1] == -2013
        assert await ids(house, ALL_ORDERS, then) == [FIRST + 1, FIRST + 2]

    in_house(scene)


def test_every_order_is_forgotten_after_ninety_days() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        filled = {**BTC, "orderId": FIRST + 1}
        then = await pass_days(house, 90)
        assert (await taken(house, FIND, {**filled, **then})).json["status"] == "FILLED"
        assert await ids(house, ALL_ORDERS, then) == []  # older than the 7 days of the default
        assert await ids(house, ALL_ORDERS, {**then, "orderId": 0}) == [FIRST + 1, FIRST + 2]
        then = await pass_days(house, 1)
        assert (await ask(house, FIND, {**filled, **then})).refusal[1] == -2013
        assert await ids(house, ALL_ORDERS, {**then, "orderId": 0}) == []

    in_house(scene)


def test_an_open_order_is_found_however_old() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        then = await pass_days(house, 100)
        assert (await taken(house, FIND, {**MINE, **then})).json["status"] == "NEW"

    in_house(scene)


def test_a_trade() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        assert (await taken(house, TRADES, BTC)).json == [
            {
                "buyer": True,
                "commission": "0.32500050",
                "commissionAsset": "USDT",
                "id": 1,
                "maker": False,
                "orderId": FIRST + 1,
                "price": "65000.10",
                "qty": "0.010",
                "quoteQty": "650.00100",
                "baseQty": "0.010",
                "marginAsset": "USDT",
                "realizedPnl": "0.00000000",
                "side": "BUY",
                "positionSide": "BOTH",
                "symbol": "BTCUSDT",
                "pair": "BTCUSDT",
                "time": NOW,
            }
        ]

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [FIRST + 1, FIRST + 2]),
        ({"limit": 1}, [FIRST + 2]),
        ({**BTC, "orderId": FIRST + 1}, [FIRST + 1]),
        ({**BTC, "orderId": FIRST}, []),
        ({**BTC, "fromId": 1}, [FIRST + 1]),
        ({**BTC, "fromId": 2}, []),
        ({"startTime": NOW}, [FIRST + 1, FIRST + 2]),
        ({"startTime": NOW, "limit": 1}, [FIRST + 1]),
        ({"startTime": NOW - 1, "endTime": NOW - 1}, []),
        ({"endTime": NOW}, [FIRST + 1, FIRST + 2]),
    ],
)
def test_pages_of_trades(params: Mapping[str, object], expected: list[int]) -> None:
    async def scene(house: House) -> None:
        await traded(house)
        assert await ids(house, TRADES, params) == expected

    in_house(scene)


def test_trades_are_kept_for_three_months() -> None:
    """Without times those of an order, or from one on, are found; the default window is a week."""

    async def scene(house: House) -> None:
        await traded(house)
        then = await pass_days(house, 92)
        assert await ids(house, TRADES, {**BTC, **then}) == []
        assert await ids(house, TRADES, {**BTC, **then, "fromId": 0}) == [FIRST + 1]
        assert await ids(house, TRADES, {**BTC, **then, "orderId": FIRST + 1}) == [FIRST + 1]
        then = await pass_days(house, 1)
        assert await ids(house, TRADES, {**BTC, **then, "fromId": 0}) == []

    in_house(scene)


def test_changes_of_an_order() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        await taken(house, AMEND, {**CHANGE, "modifyId": 5})
        await taken(house, AMEND, {**CHANGE, "price": "63000.1"})
        found = (await taken(house, AMENDMENTS, MINE)).json
        assert [row["amendment"]["count"] for row in found] == [2, 1]
        assert found[1] == {
            "amendmentId": 1,
            "symbol": "BTCUSDT",
            "pair": "BTCUSDT",
            "orderId": FIRST,
            "clientOrderId": "mine",
            "time": NOW,
            "amendment": {
                "price": {"before": "64000.00", "after": "63000.00"},
                "origQty": {"before": "0.010", "after": "0.020"},
                "count": 1,
                "modifyId": 5,
            },
        }
        assert len((await taken(house, AMENDMENTS, {**MINE, "limit": 1})).json) == 1
        assert (await taken(house, AMENDMENTS, {**MINE, "endTime": NOW - 1})).json == []
        assert (await taken(house, AMENDMENTS, {**BTC, "orderId": 1})).json == []
        then = await pass_days(house, 93)
        assert (await taken(house, AMENDMENTS, {**MINE, **then})).json == []

    in_house(scene)


def test_nobody_was_forced() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        for kind in (None, "LIQUIDATION", "ADL"):
            assert (await taken(house, FORCED, {"autoCloseType": kind})).json == []

    in_house(scene)


@pytest.mark.parametrize("call", [ALL_ORDERS, TRADES])
def test_another_account_has_no_history(call: str) -> None:
    async def scene(house: House) -> None:
        await traded(house)
        stranger = await house.account()
        assert await ids(stranger, call, {}) == []

    in_house(scene)

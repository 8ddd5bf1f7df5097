"""Orders are counted by account: what counts, where the counts are shown, and when they refuse."""

import pytest

from clearhouse.api.operations import OPERATIONS
from clearhouse.config import Config
from unit.api.fapi.orders.calls import (
    AMEND,
    AMEND_BATCH,
    CANCEL,
    CHECK,
    FIND,
    LIMIT,
    MINE,
    PLACE,
    PLACE_BATCH,
    ask,
    fund,
    taken,
)
from unit.api.harness import WALL, Answer, House, in_house

TOO_MANY = (429, -1015, "Too many new orders; current limit is 300 orders per 10 SECOND.")


def counts(answer: Answer) -> tuple[str | None, str | None]:
    return (
        answer.headers.get("x-mbx-order-count-10s"),
        answer.headers.get("x-mbx-order-count-1m"),
    )


@pytest.mark.parametrize(
    ("name", "weight", "orders"),
    [
        (PLACE, 0, (1, 1)),
        (AMEND, 0, (1, 1)),
        (PLACE_BATCH, 5, (5, 1)),
        (AMEND_BATCH, 5, (5, 1)),
        (CHECK, 0, (0, 0)),
        (CANCEL, 1, None),
        ("DELETE /fapi/v1/batchOrders", 1, None),
        ("DELETE /fapi/v1/allOpenOrders", 1, None),
        ("POST /fapi/v1/countdownCancelAll", 10, None),
        (FIND, 1, None),
        ("GET /fapi/v1/openOrder", 1, None),
        ("GET /fapi/v1/openOrders", 1, None),
        ("GET /fapi/v1/allOrders", 5, None),
        ("GET /fapi/v1/userTrades", 5, None),
        ("GET /fapi/v1/forceOrders", 20, None),
        ("GET /fapi/v1/orderAmendment", 1, None),
        ("POST /fapi/v1/stock/contract", 50, None),
    ],
)
def test_what_a_call_costs(name: str, weight: int, orders: tuple[int, int] | None) -> None:
    """As the exchange's pages have it."""
    [operation] = [op for op in OPERATIONS if op.name == name]
    assert (operation.weight.amount, operation.orders) == (weight, orders)


def test_the_headers_of_order_answers() -> None:
    """Orders that are refused count as well; nothing else counts or shows the counts."""

    async def scene(house: House) -> None:
        await fund(house)
        assert counts(await taken(house, PLACE, LIMIT)) == ("1", "1")
        assert counts(await ask(house, PLACE, LIMIT)) == ("2", "2")
        assert counts(await ask(house, PLACE, {})) == ("3", "3")
        assert counts(await ask(house, CHECK, {**LIMIT, "newClientOrderId": "b"})) == ("3", "3")
        assert counts(await taken(house, FIND, MINE)) == (None, None)
        assert counts(await taken(house, CANCEL, MINE)) == (None, None)
        house.wall.now = WALL + 10_000
        assert counts(await ask(house, PLACE, {})) == ("1", "4")

    in_house(scene)


def test_what_is_not_known_to_be_the_accounts_own_is_not_counted() -> None:
    async def scene(house: House) -> None:
        weak = await house.new_key(permissions=["enableReading"])
        refused = await ask(weak, PLACE, LIMIT)
        assert refused.refusal[1] == -2015
        assert counts(refused) == (None, None)
        forged = house.as_key(house.key, "0" * 64)
        assert counts(await ask(forged, PLACE, LIMIT)) == (None, None)
        assert counts(await ask(house, PLACE, {})) == ("1", "1")

    in_house(scene)


def test_too_many_orders_of_an_account_are_refused() -> None:
    """Another account may go on; nothing was placed; the address is not banned for it."""

    async def scene(house: House) -> None:
        await fund(house)
        for _ in range(60):
            await ask(house, PLACE_BATCH, {})
        before = house.digest()
        for _ in range(30):
            assert (await ask(house, PLACE, LIMIT)).refusal == TOO_MANY
        assert house.digest() == before
        other = await house.account(UMFUTURE={"USDT": "10000"})
        await taken(other, PLACE, LIMIT)
        house.wall.now = WALL + 10_000
        await taken(house, PLACE, LIMIT)

    in_house(scene)


def test_without_limits_counting_goes_on() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        for _ in range(61):
            await ask(house, PLACE_BATCH, {})
        assert counts(await taken(house, PLACE, LIMIT)) == ("306", "62")

    in_house(scene, Config(data=None, rate_limits=False))


def test_the_rows_of_the_websocket_api() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        async with house.socket() as socket:
            placed = await socket.signed("order.place", **LIMIT)
            assert placed["rateLimits"][1:] == [
                {
                    "rateLimitType": "ORDERS",
                    "interval": "SECOND",
                    "intervalNum": 10,
                    "limit": 300,
                    "count": 1,
                },
                {
                    "rateLimitType": "ORDERS",
                    "interval": "MINUTE",
                    "intervalNum": 1,
                    "limit": 1200,
                    "count": 1,
                },
            ]
            assert placed["rateLimits"][0]["rateLimitType"] == "REQUEST_WEIGHT"
            found = await socket.signed("order.status", **MINE)
            assert [row["rateLimitType"] for row in found["rateLimits"]] == ["REQUEST_WEIGHT"]
            refused = await socket.signed("order.place", **LIMIT)
            assert [row["count"] for row in refused["rateLimits"][1:]] == [2, 2]

    in_house(scene)

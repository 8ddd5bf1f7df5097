"""What requests with orders meet on their way in: latency, and a server that is overloaded."""

import asyncio

import pytest

from clearhouse.api.conditions import Conditions
from clearhouse.api.endpoint import Operation
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.operations import OPERATIONS
from clearhouse.feeds.profiles import Profile, named, with_numbers
from clearhouse.model.money import SCALE


def operation(name: str) -> Operation:
    method, path = name.split()
    return next(one for one in OPERATIONS if (one.method, one.path) == (method, path))


PLACE = operation("POST /fapi/v1/order")
ALWAYS = with_numbers(named("ideal"), {"reject_rate": SCALE})
HALF = with_numbers(named("ideal"), {"reject_rate": SCALE // 2})


def refused(profile: Profile, name: str = "POST /fapi/v1/order", **sent: str) -> bool:
    try:
        asyncio.run(Conditions(lambda: profile, 1).meet(operation(name), sent))
    except ApiError as error:
        assert error.cause is Fault.OVERLOADED
        code, status, message = error.failure(Family.FAPI)
        assert (code, status) == (-1008, 503)
        assert message.startswith("Request throttled by system-level protection.")
        return True
    return False


@pytest.mark.parametrize(
    "name",
    [
        "POST /fapi/v1/order",
        "PUT /fapi/v1/order",
        "POST /fapi/v1/batchOrders",
        "PUT /fapi/v1/batchOrders",
        "POST /fapi/v1/algoOrder",
    ],
)
def test_new_and_changed_orders_meet_an_overloaded_server(name: str) -> None:
    assert refused(ALWAYS, name)
    assert not refused(named("ideal"), name)


@pytest.mark.parametrize(
    "name",
    [
        "DELETE /fapi/v1/order",
        "DELETE /fapi/v1/batchOrders",
        "DELETE /fapi/v1/allOpenOrders",
        "DELETE /fapi/v1/algoOrder",
        "POST /fapi/v1/order/test",
        "GET /fapi/v1/order",
        "POST /fapi/v1/leverage",
        "GET /fapi/v2/account",
    ],
)
def test_nothing_else_does(name: str) -> None:
    assert not refused(ALWAYS, name)


def test_what_closes_or_reduces_gets_through() -> None:
    assert not refused(ALWAYS, reduceOnly="true")
    assert not refused(ALWAYS, closePosition="True")
    assert refused(ALWAYS, reduceOnly="false")


def test_which_request_is_refused_follows_from_the_seed() -> None:
    def fates(seed: int) -> list[bool]:
        conditions, found = Conditions(lambda: HALF, seed), []
        for _ in range(200):
            try:
                asyncio.run(conditions.meet(PLACE, {}))
                found.append(False)
            except ApiError:
                found.append(True)
        return found

    assert fates(1) == fates(1) != fates(2)
    assert 70 < sum(fates(1)) < 130


def test_latency_is_waited_and_told() -> None:
    slow = with_numbers(named("ideal"), {"latency_ms": (20, 30)})

    async def waited(name: str) -> tuple[bool, float]:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        told = await Conditions(lambda: slow, 1).meet(operation(name), {})
        return told, loop.time() - begun

    told, seconds = asyncio.run(waited("DELETE /fapi/v1/order"))
    assert told
    assert seconds >= 0.019
    assert asyncio.run(waited("GET /fapi/v1/order"))[0] is False

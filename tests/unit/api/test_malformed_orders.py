"""Ten thousand order requests that are wrong somewhere: each is refused, and nothing changes.

The account has an open order and a long position, so that there is something to change.
"""

import json

import pytest

from clearhouse.config import Config
from unit.api.harness import Answer, House, in_house
from unit.api.malformed_orders import LIMIT, MARKET, OPEN, order_request

UNLIMITED = Config(data=None, rate_limits=False)
REQUESTS, PART, LOOK = 10_000, 1_000, 50


@pytest.mark.parametrize("first", range(0, REQUESTS, PART))
def test_nothing_is_taken(first: int) -> None:
    async def scene(house: House) -> None:
        before = await opened(house)
        codes: set[int] = set()
        for seed in range(first, first + PART):
            sent = order_request(house, seed)
            answer = await house.send(
                sent.method, sent.path, sent.query, sent.body, headers=sent.headers
            )
            assert answer.status < 500, (seed, sent, answer)
            found = refusals(answer)
            assert found and all(code < 0 and msg for code, msg in found), (seed, sent, answer)
            codes |= {code for code, _ in found}
            if seed % LOOK == LOOK - 1:
                assert house.digest() == before, f"one of the {LOOK} requests up to {seed}"
        assert len(codes) > 20

    in_house(scene, UNLIMITED)


async def opened(house: House) -> str:
    """An open order and a position; what the state is with them."""
    assert (await house.transfer("MAIN_UMFUTURE", "USDT", "50000")).status == 200
    resting = LIMIT | {"newClientOrderId": OPEN}
    for fields in (resting, MARKET | {"side": "BUY", "quantity": "0.5"}):
        assert (await house.signed("POST", "/fapi/v1/order", fields)).status == 200
    return house.digest()


def refusals(answer: Answer) -> list[tuple[int, str]]:
    """The refusal of a request, or those of all elements of a batch."""
    found = json.loads(answer.body)
    if answer.status != 200:
        assert set(found) == {"code", "msg"}
        return [(found["code"], found["msg"])]
    assert isinstance(found, list)
    assert all(set(element) == {"code", "msg"} for element in found)
    return [(element["code"], element["msg"]) for element in found]

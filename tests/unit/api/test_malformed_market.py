"""Ten thousand requests for market data that are wrong somewhere: each gets an answer in shape.

Parameters are those of the operation and some of others, with values that are nearly right,
wrong, or not meant as values at all. The same number always gives the same request.
"""

import random  # noqa: TID251  seeded: the same number gives the same request
from urllib.parse import quote

import pytest

from clearhouse.api.endpoint import WS_PATH, Operation
from clearhouse.api.errors import Family
from clearhouse.api.operations import OPERATIONS
from clearhouse.config import Config
from unit.api.harness import NOW, House, in_house, raw
from unit.api.malformed import VALUES

UNLIMITED = Config(data=None, rate_limits=False)
REQUESTS, PART = 10_000, 1_000
MARKET = tuple(
    operation
    for operation in OPERATIONS
    if operation.family in (Family.FAPI, Family.FUTURES_DATA, Family.SPOT)
    and operation.path != WS_PATH
    and operation.method == "GET"
    and not operation.signed
    and not operation.refused
)
OTHERS = ("symbol", "pair", "period", "interval", "contractType", "limit", "startTime", "endTime")
NEARLY = (
    "BTCUSDT", "BTCUSD", "btcusdt", "5m", "1h", "1M", "5M", "PERPETUAL", "NEXT_QUARTER", "30",
    "500", "501", "1500", str(NOW - 1), str(NOW + 1), "1", "0", "999999999999999999",
)  # fmt: skip


def request(seed: int) -> tuple[Operation, str]:
    """An operation, and a query that is wrong somewhere or not."""
    made = random.Random(seed)
    operation = made.choice(MARKET)
    names = [param.name for param in operation.params] + [made.choice(OTHERS)]
    kept = [name for name in names if made.random() < 0.8]
    made.shuffle(kept)
    pairs = ((name, made.choice(NEARLY if made.random() < 0.6 else VALUES)) for name in kept)
    return operation, "&".join(
        f"{quote(name)}={quote(value, errors='replace')}" for name, value in pairs
    )


@pytest.mark.parametrize("first", range(0, REQUESTS, PART))
def test_each_is_answered_or_refused_in_shape(first: int) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        for seed in range(first, first + PART):
            operation, query = request(seed)
            answer = await house.send("GET", operation.path, raw(query))
            assert answer.status in (200, 400, 401), (operation.name, query, answer.body)
            if answer.status != 200:
                _, code, message = answer.refusal
                assert code < 0
                assert message
        assert house.digest() == before

    in_house(scene, UNLIMITED)

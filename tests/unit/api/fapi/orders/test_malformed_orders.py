"""Ten thousand malformed order requests, seeded: each is refused, none breaks or changes anything.

Each request would be good but for one to three parameters that no order may have. A seed that
fails becomes a row of another test.
"""

import json
import random  # noqa: TID251  seeded: the same number gives the same request
from collections.abc import Mapping

import pytest

from clearhouse.config import Config
from unit.api.fapi.orders.calls import (
    AMEND,
    AMEND_BATCH,
    CANCEL,
    CHANGE,
    CHECK,
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

UNLIMITED = Config(data=None, rate_limits=False)
REQUESTS, PART = 10_000, 2_000

NOT_NUMBERS = (
    "",
    "-1",
    "+1",
    "1e3",
    "0x1F",
    "NaN",
    "Infinity",
    ".",
    "1.",
    "1,5",
    "\u0661",
    "9" * 30,
)
NOT_AMOUNTS = (*NOT_NUMBERS, "0.000000001", "0", "64000.05", "1e-400", "1" * 16)
NOT_WORDS = ("", "buy", "NULL", "undefined", "BUY ", "<script>", "\0", "💥", "x" * 400, "1", "[]")
NOT_SYMBOLS = (*NOT_WORDS, "btcusdt", "BTC/USDT", "'; DROP TABLE orders;--", "..", "%s")
BAD: Mapping[str, tuple[str, ...]] = {
    "symbol": NOT_SYMBOLS,
    "side": NOT_WORDS,
    "type": (*NOT_WORDS, "STOP", "STOP_MARKET", "TRAILING_STOP_MARKET", "LIMIT_MAKER"),
    "positionSide": (*NOT_WORDS, "LONG", "SHORT"),
    "timeInForce": (*NOT_WORDS, "gtc", "GTD", "DAY"),
    "reduceOnly": (*NOT_WORDS, "true", "yes"),
    "quantity": NOT_AMOUNTS,
    "price": (*NOT_AMOUNTS, "1", "99999999"),
    "newClientOrderId": ("", "#", "a b", "é", "x" * 37, "\n"),
    "origClientOrderId": ("", "#", "a b", "x" * 37, "nobody"),
    "newOrderRespType": (*NOT_WORDS, "FULL"),
    "priceMatch": (*NOT_WORDS, "OPPONENT_10", "OPPONENT", "QUEUE"),
    "selfTradePreventionMode": (*NOT_WORDS, "DECREMENT"),
    "goodTillDate": NOT_NUMBERS,
    "closePosition": (*NOT_WORDS, "true"),
    "modifyId": NOT_NUMBERS,
    "orderId": (*NOT_NUMBERS, "1", "999999999999999999"),
}
"""Values that make each of the good requests a bad one, whatever stands beside them."""

GOOD: tuple[tuple[str, Mapping[str, object], tuple[str, ...]], ...] = (
    (PLACE, LIMIT, tuple(BAD.keys() - {"origClientOrderId", "modifyId", "orderId"})),
    (CHECK, LIMIT, tuple(BAD.keys() - {"origClientOrderId", "modifyId", "orderId"})),
    (PLACE, MARKET, ("symbol", "side", "type", "positionSide", "reduceOnly", "quantity")),
    (AMEND, CHANGE, ("symbol", "side", "quantity", "price", "origClientOrderId", "orderId")),
    (CANCEL, MINE, ("symbol", "origClientOrderId", "orderId")),
)


def malformed(seed: int) -> tuple[str, dict[str, object]]:
    """A request of the order endpoints that must be refused."""
    dice = random.Random(seed)
    call, good, names = dice.choice(GOOD)
    spoiled = dict(good)
    for name in dice.sample(sorted(names), dice.randrange(1, 4)):
        spoiled[name] = dice.choice(BAD[name])
    if call in (PLACE, AMEND) and dice.random() < 0.3:
        batch = PLACE_BATCH if call == PLACE else AMEND_BATCH
        elements = json.dumps([spoiled, *([dice.choice((spoiled, {}))] * dice.randrange(3))])
        return batch, {"batchOrders": elements}
    return call, spoiled


@pytest.mark.parametrize("first", range(0, REQUESTS, PART))
def test_malformed_orders(first: int) -> None:
    async def scene(house: House) -> None:
        await fund(house)
        before = house.digest()
        for seed in range(first, first + PART):
            call, params = malformed(seed)
            answer = await ask(house, call, params)
            if "batchOrders" in params and answer.status == 200:
                codes = [element["code"] for element in answer.json]
            else:
                assert answer.status == 400, (seed, call, params, answer)
                codes = [answer.refusal[1]]
            assert all(code < 0 for code in codes), (seed, call, params, answer)
            if seed % 100 == 0:
                assert house.digest() == before, seed
        assert house.digest() == before
        await taken(house, PLACE, LIMIT)

    in_house(scene, UNLIMITED)

"""Nothing sent to the control plane breaks it: 4,000 seeded calls with fields of every type.

Some of them are right by chance. Whatever was accepted, the journal holds it: the venue that is
recovered from it has the same digest, and the books are balanced.
"""

import json
import random  # noqa: TID251  seeded: the same number gives the same call

import pytest

from clearhouse.engine.state import FROZEN
from unit.api.harness import House, in_house
from unit.api.malformed import JSON_VALUES, RAW

CALLS = {
    ("POST", "/accounts"): "label uid apiKey apiSecret balances",
    ("POST", "/accounts/{uid}/keys"): "kind publicKey permissions ipRestrict",
    ("POST", "/accounts/{uid}/deposits"): "wallet asset amount symbol",
    ("POST", "/accounts/{uid}/withdrawals"): "wallet asset amount symbol",
    ("PUT", "/accounts/{uid}/fees"): "maker taker tier",
    ("PUT", "/symbols/{name}"): (
        "baseAsset quoteAsset marginAsset pricePrecision tickSize minQty maxNumOrders brackets "
        "onboardDate fundingCap"
    ),
    ("PUT", "/assets/{name}/index"): "index",
    ("PUT", "/clock"): "mode now rate",
    ("POST", "/clock/advance"): "ms",
    ("GET", "/accounts"): "",
    ("GET", "/accounts/{uid}"): "",
    ("GET", "/ledger/postings"): "",
    ("DELETE", "/accounts/{uid}/keys/{name}"): "",
}
GOOD: dict[str, tuple[object, ...]] = {
    "kind": ("HMAC", "RSA", "ED25519"),
    "wallet": ("MAIN", "UMFUTURE", "ISOLATED_MARGIN", "OUTSIDE"),
    "asset": ("USDT", "BTC", "SOL", "MOON"),
    "symbol": ("BTCUSDT", "MOON"),
    "amount": ("1", 0.5, "92233720368.54775807", "1e3"),
    "balances": ({"MAIN": {"USDT": 1}}, {"MAIN": {"MOON": 1}}, {"": {"": ""}}, {"MAIN": 5}),
    "permissions": (["enableReading"], [], ["x"], [1]),
    "ipRestrict": (["10.0.0.0/8"], ["::/0"], ["x"], [1]),
    "baseAsset": ("BTC", "NEW", "A" * 41),
    "quoteAsset": ("USDT", "MOON"),
    "marginAsset": ("USDT", "SOL", None),
    "brackets": ([], [{}], [{"initialLeverage": 5, "notionalFloor": 0, "notionalCap": 1}]),
    "index": ("0.00000001", 92_233_720_368, 0.1),
    "mode": ("real", "frozen", "scaled"),
    "now": (0, 2**53, 1_760_000_000_000),
    "rate": (1, "1000000", 0.00000001),
    "ms": (0, 10**9, 10**10),
    "maker": (0, "0.0002", 0.1, "-0.0001"),
    "taker": (0.0005, "1"),
    "tier": (0, 9, 10),
}


def call(seed: int) -> tuple[str, str, bytes]:
    dice = random.Random(seed)
    (method, path), fields = dice.choice(list(CALLS.items()))
    path = path.replace("{uid}", str(dice.choice([1_000_001, 1_000_001, 0, 7, 2**53, "x"])))
    path = path.replace("{name}", dice.choice(["BTC", "NEWUSDT", "x y", "\u5e01", "\0", "A" * 41]))
    body: dict[str, object] = {}
    for field in fields.split():
        if dice.random() < 0.7:
            body[field] = dice.choice(GOOD.get(field, JSON_VALUES))
        elif dice.random() < 0.3:
            body[field] = dice.choice(JSON_VALUES)
    raw = json.dumps(body).encode() if dice.random() < 0.9 else dice.choice(RAW)
    return method, path, raw


async def stand_still(house: House) -> None:
    """Nothing falls due any more, and what is under way comes to its end."""
    assert (await house.control("PUT", "/clock", {"mode": "frozen"})).status == 200
    while house.state.deadlines.settling:
        assert (await house.control("GET", "/health")).status == 200


@pytest.mark.parametrize("first", range(0, 4_000, 1_000))
def test_calls(first: int) -> None:
    async def scene(house: House) -> None:
        statuses = set()
        for seed in range(first, first + 1_000):
            method, path, body = call(seed)
            key = {"idempotency_key": f"k{seed % 50}"} if seed % 3 == 0 else {}
            before = house.digest()
            answer = await house.control(method, path, body, **key)
            statuses.add(answer.status)
            if answer.status != 200:
                assert answer.error[0] in (400, 404, 405, 409), (seed, method, path, body)
                frozen = house.state.clock.mode == FROZEN
                assert not frozen or house.digest() == before, (seed, method, path, body)
        assert statuses >= {200, 400, 404, 409}
        assert (await house.control("GET", "/ledger/check")).json["ok"] is True
        await stand_still(house)
        digest = house.digest()
        await house.revive()
        assert house.digest() == digest

    in_house(scene)

"""A seeded generator of order requests that are wrong somewhere, from one number each.

Each begins as a request that would be taken. Then one to three of its fields are spoiled in a
way that no such request survives, fields are left out, unknown ones added, or the signature is
wrong. So whatever is accepted is a mistake of the venue's, and nothing may have changed.
"""

import json
import random  # noqa: TID251  seeded: the same number gives the same request
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from unit.api.harness import NOW, House
from unit.api.malformed import VALUES, Malformed

OPEN = "resting"
"""The client's id of the one open order: to buy 0.01 BTC at 60,000."""

Fields = dict[str, str]
Wrong = Mapping[str, Sequence[str]]

NO_NUMBERS = (
    "",
    "0",
    "-1",
    "-0.01",
    "1e3",
    "NaN",
    "Infinity",
    "0x1F",
    "1,5",
    "\u0661",
    " 1",
    "--1",
)
SYMBOLS = ("", "NOPE", "BTC/USDT", "BTCUSDT,ETHUSDT", "../BTCUSDT", "'; DROP TABLE orders;--", "\0")
QUANTITIES = (*NO_NUMBERS, "0.0001", "0.0005", "0.0105", "1001", "9" * 21, "0." + "0" * 20 + "1")
PRICES = (*NO_NUMBERS, "60000.05", "10", "80000", "99999999", "9" * 21, "60000.000000001")
SWITCHES = ("1", "yes", "", "null", "truefalse")
IDS = ("x" * 37, "with space", "p\u00e4ng", "\0", "", "semi;colon")

LIMIT: Fields = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "60000",
}
WRONG_LIMIT: Wrong = {
    "symbol": SYMBOLS,
    "side": ("", "buy", "HOLD", "BUY SELL", "\0"),
    "type": ("", "limit", "LIMIT_MAKER", "STOP", "STOP_MARKET", "TRAILING_STOP_MARKET", "NONE"),
    "timeInForce": ("", "gtc", "FOREVER", "GTD"),
    "quantity": QUANTITIES,
    "price": PRICES,
    "positionSide": ("", "LONG", "SHORT", "both", "UP"),
    "reduceOnly": ("true", *SWITCHES),
    "newClientOrderId": (*IDS, OPEN),
    "priceMatch": ("", "OPPONENT", "QUEUE", "OPPONENT_10", "QUEUE_9", "opponent"),
    "selfTradePreventionMode": ("", "EXPIRE", "expire_maker"),
    "newOrderRespType": ("", "FULL", "ack"),
    "closePosition": ("true", "1"),
}
MARKET: Fields = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "0.01"}
WRONG_MARKET: Wrong = {
    **{name: WRONG_LIMIT[name] for name in ("symbol", "side", "positionSide")},
    "reduceOnly": SWITCHES,
    "quantity": (*QUANTITIES, "121"),
    "price": ("65000", *PRICES),
    "timeInForce": ("GTC", "IOC", ""),
    "priceMatch": ("OPPONENT", "QUEUE"),
}
GOOD_TILL: Fields = LIMIT | {"timeInForce": "GTD"}
WRONG_GOOD_TILL: Wrong = {
    "goodTillDate": ("", "0", "1", "x", str(NOW), str(NOW + 600_000), "253402300799000", "9" * 30)
}
AMENDMENT: Fields = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "origClientOrderId": OPEN,
    "quantity": "0.02",
    "price": "60001",
}
WRONG_AMENDMENT: Wrong = {
    "symbol": (*SYMBOLS, "ETHUSDT"),
    "side": ("", "SELL", "buy"),
    "origClientOrderId": ("other", "x" * 37, ""),
    "orderId": ("0", "1", "-1", "x", "9" * 30),
    "quantity": QUANTITIES,
    "price": PRICES,
    "priceMatch": ("OPPONENT", "opponent", ""),
    "reduceOnly": ("true", *SWITCHES),
}
CANCEL: Fields = {"symbol": "BTCUSDT", "origClientOrderId": OPEN}
WRONG_CANCEL: Wrong = {
    name: WRONG_AMENDMENT[name] for name in ("symbol", "origClientOrderId", "orderId")
}
STOP: Fields = {
    "algoType": "CONDITIONAL",
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "STOP_MARKET",
    "quantity": "0.01",
    "triggerPrice": "66000",
}
WRONG_STOP: Wrong = {
    "algoType": ("", "VP", "conditional"),
    "symbol": SYMBOLS,
    "side": ("", "buy", "HOLD"),
    "type": ("", "LIMIT", "MARKET", "STOP", "stop_market", "TRAILING_STOP_MARKET"),
    "quantity": QUANTITIES,
    "triggerPrice": (*NO_NUMBERS, "64000", "9" * 21),
    "workingType": ("", "LAST", "mark_price"),
    "positionSide": ("LONG", "SHORT", "both"),
    "reduceOnly": SWITCHES,
    "clientAlgoId": IDS,
}
COUNTDOWN: Fields = {"symbol": "BTCUSDT", "countdownTime": "1000"}
WRONG_COUNTDOWN: Wrong = {"symbol": SYMBOLS, "countdownTime": ("", "-1", "x", "1.5", "9" * 30)}


class Shape(NamedTuple):
    """An operation: what it would take, what it never takes, and what it cannot do without."""

    method: str
    path: str
    right: Fields
    wrong: Wrong
    needed: Sequence[str] = ()


SHAPES = (
    Shape("POST", "/fapi/v1/order", LIMIT, WRONG_LIMIT, tuple(LIMIT)),
    Shape("POST", "/fapi/v1/order", MARKET, WRONG_MARKET, tuple(MARKET)),
    Shape("POST", "/fapi/v1/order", GOOD_TILL, WRONG_GOOD_TILL),
    Shape("POST", "/fapi/v1/order/test", LIMIT, WRONG_LIMIT, tuple(LIMIT)),
    Shape("PUT", "/fapi/v1/order", AMENDMENT, WRONG_AMENDMENT, tuple(AMENDMENT)),
    Shape("DELETE", "/fapi/v1/order", CANCEL, WRONG_CANCEL, tuple(CANCEL)),
    Shape("POST", "/fapi/v1/algoOrder", STOP, WRONG_STOP, tuple(STOP)),
    Shape("POST", "/fapi/v1/countdownCancelAll", COUNTDOWN, WRONG_COUNTDOWN, tuple(COUNTDOWN)),
)
BATCHES = {"/fapi/v1/order": "/fapi/v1/batchOrders"}
NO_BATCHES = (
    "",
    "[",
    "{}",
    "[]",
    "[1]",
    '"x"',
    "null",
    "[" * 900,
    '[{"symbol":}]',
    "[[]]",
    "[null]",
)


def order_request(house: House, seed: int) -> Malformed:
    """A request about an order that no venue may take."""
    dice = random.Random(seed)
    shape = dice.choice(SHAPES)
    if shape.method != "DELETE" and shape.path in BATCHES and dice.random() < 0.2:
        fields = {"batchOrders": _batch(dice, shape)}
        return _signed(dice, house, shape.method, BATCHES[shape.path], fields)
    if dice.random() < 0.08:
        return _signed(dice, house, shape.method, shape.path, shape.right, forged=True)
    return _signed(dice, house, shape.method, shape.path, _spoiled(dice, shape))


def _batch(dice: random.Random, shape: Shape) -> str:
    if dice.random() < 0.2:
        return dice.choice(NO_BATCHES)
    if dice.random() < 0.2:
        return json.dumps([shape.right] * dice.randint(6, 9))
    return json.dumps([_spoiled(dice, shape) for _ in range(dice.randint(1, 5))])


def _spoiled(dice: random.Random, shape: Shape) -> Fields:
    """The fields, of which at least one is wrong or missing."""
    fields = dict(shape.right)
    if shape.needed and dice.random() < 0.15:
        del fields[dice.choice(shape.needed)]
    else:
        for name in dice.sample(sorted(shape.wrong), k=min(len(shape.wrong), dice.randint(1, 3))):
            fields[name] = dice.choice(shape.wrong[name])
    if dice.random() < 0.2:
        fields["unknown"] = dice.choice(VALUES)
    return fields


def _signed(
    dice: random.Random,
    house: House,
    method: str,
    path: str,
    fields: Fields,
    *,
    forged: bool = False,
) -> Malformed:
    """Signed, in the query or in the body; or signed wrongly, too late, or with no key at all."""
    stamp = NOW if not forged or dice.random() < 0.5 else NOW - 5_001
    text = urlencode([*fields.items(), ("timestamp", str(stamp))])
    right = stamp != NOW or not forged
    signature = house.sign(text if right else text + " ")
    text += f"&signature={signature}"
    headers = {"x-mbx-apikey": house.key}
    if dice.random() < 0.5:
        return Malformed(method, path, text.encode(), b"", headers)
    return Malformed(method, path, b"", text.encode(), headers)

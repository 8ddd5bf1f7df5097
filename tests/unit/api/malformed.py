"""A seeded generator of requests and frames that are wrong somewhere, from one number each."""

import json
import random  # noqa: TID251  seeded: the same number gives the same request
from typing import NamedTuple
from urllib.parse import quote

from clearhouse.api.operations import OPERATIONS
from unit.api.harness import NOW, House

NAMES = [
    "type",
    "asset",
    "amount",
    "fromSymbol",
    "toSymbol",
    "symbol",
    "symbols",
    "startTime",
    "endTime",
    "current",
    "size",
    "recvWindow",
    "timestamp",
    "signature",
    "omitZeroBalances",
    "multiAssetsMargin",
    "dualSidePosition",
    "quoteAsset",
    "needBtcValuation",
    "needBalanceDetail",
    "apiKey",
    "returnRateLimits",
    "TYPE",
    "Amount",
    "unknown",
    "币",
    "\x00",
]
VALUES = (
    "",
    " ",
    "0",
    "-1",
    "-0",
    "1e3",
    "NaN",
    "Infinity",
    "0x1F",
    "1.000000001",
    "9" * 16,
    "9" * 21,
    "9" * 5000,
    "MAIN_MOON",
    "main_umfuture",
    "MAIN_UMFUTURE",
    "ISOLATEDMARGIN_ISOLATEDMARGIN",
    "USDT",
    "usdt",
    "MOON",
    "BTCUSDT",
    "BTCUSDT,BTCUSDT",
    '["BTCUSDT"]',
    "[[[[",
    "TrUe",
    "null",
    "undefined",
    "'; DROP TABLE accounts;--",
    "../../etc/passwd",
    "<script>",
    "%s%n%d{0}",
    "\0",
    "\n\r\n",
    "\u202e\u5e01\U0001f4a5",
    "\u0661\u0662",
    "\x7f\x80\xff",
    str(NOW),
    str(NOW * 1000),
    str(NOW - 5001),
    str(NOW + 1000),
    str(2**63),
    str(2**64),
)
"""None of them is an amount or a switch that an operation would act on."""
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW", "")
RAW = (b"", b"%", b"%zz", b"%ff", b"\xff", b"&&&", b"===", b"a=1&a=1", b"&signature=", b"%00", b"+")
JSON_VALUES: tuple[object, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**70,
    1.5,
    1e308,
    "",
    "x",
    "\u5e01\0",
    [],
    [1],
    {},
    {"a": {}},
    *VALUES,
)


class Malformed(NamedTuple):
    """A request to send."""

    method: str
    path: str
    query: bytes
    body: bytes
    headers: dict[str, str]


def request(house: House, seed: int) -> Malformed:
    """A request that is wrong somewhere, or at least does nothing."""
    dice = random.Random(seed)
    operation = dice.choice([op for op in OPERATIONS if op.method != "WS"])
    method = operation.method if dice.random() < 0.9 else dice.choice(METHODS)
    path = operation.path if dice.random() < 0.9 else _spoiled(dice, operation.path)
    query, body = b"", b""
    if method != "GET" and dice.random() < 0.5:
        body = _pairs(dice)
    if not body or dice.random() < 0.3:
        query = _pairs(dice)
    if dice.random() < 0.8:
        tail = f"timestamp={NOW}".encode() if dice.random() < 0.8 else b""
        query = b"&".join(part for part in (query, tail) if part)
        right = house.sign((query + body).decode("latin-1")) if dice.random() < 0.7 else "0" * 64
        query += b"&signature=" + right.encode()
    return Malformed(method, path, query, body, _headers(dice, house))


def frame(house: House, seed: int) -> str:
    """A WebSocket frame that is wrong somewhere, or at least does nothing."""
    dice = random.Random(seed)
    methods = [op.ws_method for op in OPERATIONS if op.ws_method] + [
        "session.logon",
        "x",
        "v1/ping",
    ]
    names = ["apiKey", "timestamp", "signature", "recvWindow", "x", "returnRateLimits"]
    params = {dice.choice(names): dice.choice(JSON_VALUES) for _ in range(dice.randrange(4))}
    if dice.random() < 0.5:
        params |= {"apiKey": house.key, "timestamp": NOW}
    whole: dict[str, object] = {
        "id": dice.choice(JSON_VALUES),
        "method": dice.choice([*methods, *methods, dice.choice(JSON_VALUES)]),
        "params": params if dice.random() < 0.8 else dice.choice(JSON_VALUES),
    }
    if dice.random() < 0.2:
        del whole[dice.choice(sorted(whole))]
    text = json.dumps(whole, ensure_ascii=dice.random() < 0.5)
    return text if dice.random() < 0.6 else _spoiled(dice, text)


def _pairs(dice: random.Random) -> bytes:
    pieces = []
    for _ in range(dice.randrange(6)):
        value = dice.choice(VALUES)
        text = f"{quote(dice.choice(NAMES))}={quote(value)}"
        pieces.append(text.encode() if dice.random() < 0.9 else dice.choice(RAW))
    whole = b"&".join(pieces)
    if dice.random() < 0.1 and whole:
        at = dice.randrange(len(whole))
        whole = whole[:at] + bytes([dice.randrange(256)]) + whole[at + dice.randrange(3) :]
    return whole


def _headers(dice: random.Random, house: House) -> dict[str, str]:
    key = dice.choice([house.key] * 6 + ["k" * 64, "short", "", "\xff" * 64, house.key.lower()])
    headers = {"x-mbx-apikey": key} if dice.random() < 0.95 else {}
    if dice.random() < 0.2:
        headers["content-type"] = dice.choice(
            ["application/json", "", "multipart/form-data", "\xff"]
        )
    if dice.random() < 0.1:
        headers["content-length"] = dice.choice(["-1", "x", "9" * 30, "0"])
    return headers


def _spoiled(dice: random.Random, text: str) -> str:
    at = dice.randrange(len(text))
    kind = dice.randrange(4)
    if kind == 0:
        return text[:at]
    if kind == 1:
        return text[:at] + chr(dice.randrange(0x20, 0x2FF)) + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at:] * 2
    return text[:at] + dice.choice(VALUES) + text[at:]

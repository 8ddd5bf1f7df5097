"""Bodies that the control plane refuses: each with its status and code, and nothing changed."""

import pytest

from unit.api.harness import House, in_house
from unit.api.signers import rsa

MALFORMED = (400, "malformed")
HERE = "/accounts/1000001"
FUNDS = {"wallet": "MAIN", "asset": "USDT", "amount": "1"}
PAIR = {"baseAsset": "BTC", "quoteAsset": "USDT"}
TIER = {
    "initialLeverage": 20,
    "notionalFloor": 0,
    "notionalCap": 100,
    "maintMarginRatio": "0.01",
    "cum": 0,
}


def funds(**change: object) -> dict[str, object]:
    return {**FUNDS, **change}


def pair(**change: object) -> dict[str, object]:
    return {**PAIR, **change}


NO_JSON: list[bytes] = [
    b"{",
    b"\xff",
    b"[" * 100_000,
    b'{"a":' * 5_000,
    b"nothing",
    b'{"label":"\\ud800"}',
    b"[]",
    b'"text"',
    b"5",
    b"null",
    b'{"wallet":NaN}',
]
CALLS = [
    ("POST", "/accounts"),
    ("POST", f"{HERE}/keys"),
    ("POST", f"{HERE}/deposits"),
    ("POST", f"{HERE}/withdrawals"),
    ("PUT", "/symbols/NEWUSDT"),
    ("PUT", "/assets/NEW/index"),
    ("PUT", "/clock"),
    ("POST", "/clock/advance"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
def test_no_json_object(method: str, path: str, body: bytes) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        assert (await house.control(method, path, body)).error == MALFORMED
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_body_above_a_mebibyte(method: str, path: str) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        body = b" " * (1024 * 1024 + 1)
        assert (await house.control(method, path, body)).error == (413, "too_large")
        assert house.digest() == before

    in_house(scene)


ROWS: list[tuple[str, str, object, tuple[int, str]]] = [
    ("POST", "/accounts", {"tag": "x"}, MALFORMED),
    ("POST", "/accounts", {"label": 5}, MALFORMED),
    ("POST", "/accounts", {"label": "x" * 201}, MALFORMED),
    ("POST", "/accounts", {"uid": 0}, MALFORMED),
    ("POST", "/accounts", {"uid": -1}, MALFORMED),
    ("POST", "/accounts", {"uid": 2**53 + 1}, MALFORMED),
    ("POST", "/accounts", {"uid": 1.5}, MALFORMED),
    ("POST", "/accounts", {"uid": "7"}, MALFORMED),
    ("POST", "/accounts", {"uid": 1_000_001}, (409, "uid_taken")),
    ("POST", "/accounts", {"apiKey": "short"}, MALFORMED),
    ("POST", "/accounts", {"apiKey": "k" * 64 + "\n"}, MALFORMED),
    ("POST", "/accounts", {"apiSecret": "\u5e01" * 64}, MALFORMED),
    (
        "POST",
        "/accounts",
        {"apiKey": "ClearhouseDemoKey00000000000000000000000000000000000000000000000"},
        (409, "key_taken"),
    ),
    ("POST", "/accounts", {"balances": {"SAVINGS": {"USDT": 1}}}, MALFORMED),
    ("POST", "/accounts", {"balances": {"main": {"USDT": 1}}}, MALFORMED),
    ("POST", "/accounts", {"balances": {"MAIN:BTCUSDT": {"USDT": 1}}}, MALFORMED),
    ("POST", "/accounts", {"balances": {"ISOLATED_MARGIN": {"USDT": 1}}}, MALFORMED),
    (
        "POST",
        "/accounts",
        {"balances": {"ISOLATED_MARGIN:MOON": {"USDT": 1}}},
        (400, "not_a_margin_pair"),
    ),
    ("POST", "/accounts", {"balances": {"MAIN": {"MOON": 1}}}, (404, "unknown_asset")),
    ("POST", "/accounts", {"balances": {"MAIN": {"USDT": -1}}}, MALFORMED),
    ("POST", "/accounts", {"balances": {"MAIN": {"USDT": "1e5"}}}, MALFORMED),
    ("POST", "/accounts", {"balances": {"MAIN": {"USDT": "1.000000001"}}}, MALFORMED),
    ("POST", "/accounts", {"balances": {"MAIN": {"USDT": 10**16}}}, MALFORMED),
    ("POST", "/accounts", {"balances": {"MAIN": {"USDT": True}}}, MALFORMED),
    ("POST", "/accounts", {"balances": {"MAIN": {"USDT": None}}}, MALFORMED),
    ("POST", "/accounts", {"balances": {"MAIN": []}}, MALFORMED),
    (
        "POST",
        "/accounts",
        {"balances": {"MAIN": {"USDT": 1}, "UMFUTURE": {"SOL": 1}}},
        (400, "asset_not_of_wallet"),
    ),
    ("POST", f"{HERE}/keys", {}, MALFORMED),
    ("POST", f"{HERE}/keys", {"kind": "hmac"}, MALFORMED),
    ("POST", f"{HERE}/keys", {"kind": "RSA"}, MALFORMED),
    ("POST", f"{HERE}/keys", {"kind": "RSA", "publicKey": "no PEM"}, MALFORMED),
    ("POST", f"{HERE}/keys", {"kind": "ED25519", "publicKey": rsa().public_key}, MALFORMED),
    ("POST", f"{HERE}/keys", {"kind": "RSA", "publicKey": rsa(1024).public_key}, MALFORMED),
    ("POST", f"{HERE}/keys", {"kind": "HMAC", "permissions": ["fly"]}, MALFORMED),
    ("POST", f"{HERE}/keys", {"kind": "HMAC", "permissions": "enableReading"}, MALFORMED),
    ("POST", f"{HERE}/keys", {"kind": "HMAC", "ipRestrict": ["home"]}, MALFORMED),
    ("POST", f"{HERE}/keys", {"kind": "HMAC", "ipRestrict": ["10.0.0.0/33"]}, MALFORMED),
    ("POST", "/accounts/7/keys", {"kind": "HMAC"}, (404, "unknown_account")),
    ("DELETE", f"{HERE}/keys/nothing", None, (404, "unknown_key")),
    ("DELETE", f"/accounts/7/keys/{'k' * 64}", None, (404, "unknown_account")),
    ("POST", "/accounts/7/deposits", FUNDS, (404, "unknown_account")),
    ("POST", f"{HERE}/deposits", {}, MALFORMED),
    ("POST", f"{HERE}/deposits", funds(extra=1), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(wallet="SAVINGS"), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(wallet=1), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(wallet="ISOLATED_MARGIN"), MALFORMED),
    (
        "POST",
        f"{HERE}/deposits",
        funds(wallet="ISOLATED_MARGIN", symbol="ETHUSDT", asset="BTC"),
        (400, "asset_not_of_wallet"),
    ),
    ("POST", f"{HERE}/deposits", funds(asset="MOON"), (404, "unknown_asset")),
    ("POST", f"{HERE}/deposits", funds(asset="US DT"), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(asset="USDT\n"), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(amount="0"), (400, "amount_not_positive")),
    ("POST", f"{HERE}/deposits", funds(amount=0), (400, "amount_not_positive")),
    ("POST", f"{HERE}/deposits", funds(amount="-1"), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(amount=-0.1), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(amount="1e3"), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(amount=1e-8), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(amount="NaN"), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(amount="1.000000001"), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(amount=[1]), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(amount=""), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(amount=10**30), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(amount="92233720368.54775808"), MALFORMED),
    ("POST", f"{HERE}/deposits", funds(amount="92233720368.54775807"), (400, "balance_too_large")),
    ("POST", f"{HERE}/withdrawals", funds(amount="100000.00000001"), (409, "insufficient_balance")),
    ("POST", f"{HERE}/withdrawals", funds(wallet="FUNDING"), (409, "insufficient_balance")),
    ("PUT", "/symbols/NEWUSDT", {}, MALFORMED),
    ("PUT", "/symbols/NEWUSDT", {"baseAsset": "NEW"}, MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(baseAsset="NEW\n"), MALFORMED),
    ("PUT", "/symbols/NEW USDT", PAIR, MALFORMED),
    ("PUT", "/symbols/NEWUSDT\n", PAIR, MALFORMED),
    ("PUT", f"/symbols/{'N' * 41}", PAIR, MALFORMED),
    ("PUT", "/symbols/NEWMOON", pair(baseAsset="NEW", quoteAsset="MOON"), (404, "unknown_asset")),
    (
        "PUT",
        "/symbols/NEWUSDT",
        pair(baseAsset="NEW", marginAsset="SOL"),
        (400, "not_a_margin_asset"),
    ),
    (
        "PUT",
        "/symbols/NEWUSDT",
        pair(baseAsset="NEW", marginAsset="NEW"),
        (400, "not_a_margin_asset"),
    ),
    ("PUT", "/symbols/NEWUSDT", pair(tickSize="0.01\n"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(tickSize="1e-2"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(tickSize="0"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(tickSize="-0.01"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(tickSize="0.001", pricePrecision=2), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(stepSize="0"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(stepSize="0.0001", quantityPrecision=3), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(minNotional="-5"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(multiplierUp="1.000000001"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(marketTakeBound="-0.05"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(minPrice="2", maxPrice="1"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(maxPrice="0"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(maxPrice="9300000"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(minQty="2", maxQty="1"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(marketMinQty="2", marketMaxQty="1"), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(pricePrecision=9), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(pricePrecision=10**30), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(brackets=[]), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(brackets=[{}]), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(brackets=[TIER | {"initialLeverage": 0}]), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(brackets=[TIER | {"notionalCap": "much"}]), MALFORMED),
    ("PUT", "/symbols/NEWUSDT", pair(brackets=[TIER | {"notionalCap": 10**12}]), MALFORMED),
    ("PUT", "/assets/BTC/index", {"index": 0}, MALFORMED),
    ("PUT", "/assets/BTC/index", {"index": "-1"}, MALFORMED),
    ("PUT", "/assets/BTC/index", {"index": 10**12}, MALFORMED),
    ("PUT", "/assets/BTC/index", {"price": 1}, MALFORMED),
    ("PUT", "/assets/B TC/index", {"index": 1}, MALFORMED),
    ("PUT", "/clock", {}, MALFORMED),
    ("PUT", "/clock", {"mode": "fast"}, MALFORMED),
    ("PUT", "/clock", {"mode": "real", "now": 1}, MALFORMED),
    ("PUT", "/clock", {"mode": "frozen", "now": -1}, MALFORMED),
    ("PUT", "/clock", {"mode": "frozen", "now": 2**53 + 1}, MALFORMED),
    ("PUT", "/clock", {"mode": "frozen", "rate": 1}, MALFORMED),
    ("PUT", "/clock", {"mode": "scaled"}, MALFORMED),
    ("PUT", "/clock", {"mode": "scaled", "rate": 0}, MALFORMED),
    ("PUT", "/clock", {"mode": "scaled", "rate": -1}, MALFORMED),
    ("PUT", "/clock", {"mode": "scaled", "rate": 1_000_001}, MALFORMED),
    ("POST", "/clock/advance", {}, MALFORMED),
    ("POST", "/clock/advance", {"ms": -1}, MALFORMED),
    ("POST", "/clock/advance", {"ms": 1.5}, MALFORMED),
    ("POST", "/clock/advance", {"ms": 10**18}, MALFORMED),
]


@pytest.mark.parametrize(("method", "path", "body", "expected"), ROWS)
def test_refusal(method: str, path: str, body: object, expected: tuple[int, str]) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        assert (await house.control(method, path, body)).error == expected
        assert house.digest() == before
        assert "NEW" not in house.state.catalogue.assets

    in_house(scene)


def test_a_running_clock_is_not_advanced() -> None:
    async def scene(house: House) -> None:
        await house.control("PUT", "/clock", {"mode": "real"})
        assert (await house.control("POST", "/clock/advance", {"ms": 1})).error == (
            409,
            "clock_not_frozen",
        )

    in_house(scene)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/nothing", (404, "not_found")),
        ("GET", "", (404, "not_found")),
        ("GET", "/accounts/x", (404, "not_found")),
        ("GET", "/accounts/-1", (404, "not_found")),
        ("GET", "/accounts/" + "9" * 5000, (404, "not_found")),
        ("GET", "/accounts/7", (404, "unknown_account")),
        ("GET", "/accounts/" + "9" * 18, (404, "unknown_account")),
        ("PUT", "/accounts", (405, "wrong_method")),
        ("DELETE", "/reset", (405, "wrong_method")),
        ("BREW", "/health", (405, "wrong_method")),
    ],
)
def test_paths(method: str, path: str, expected: tuple[int, str]) -> None:
    async def scene(house: House) -> None:
        assert (await house.control(method, path)).error == expected

    in_house(scene)


@pytest.mark.parametrize("query", ["limit=x", "limit=-1", "after=1.5", "limit=" + "9" * 19])
@pytest.mark.parametrize("path", ["accounts", "ledger/postings"])
def test_queries(path: str, query: str) -> None:
    async def scene(house: House) -> None:
        headers = {"host": "127.0.0.1"}
        answer = await house.send("GET", f"/_clearhouse/v1/{path}", query, headers=headers)
        assert answer.error == MALFORMED

    in_house(scene)

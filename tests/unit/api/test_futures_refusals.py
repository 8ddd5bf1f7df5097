"""What the settings and readings of the futures account refuse: one refusal a row.

Every row of the table in docs/reference/futures-account.md is met here, and no others.
"""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from clearhouse.api.errors import TABLES, Family
from clearhouse.messages.trading_commands import PlaceOrder
from clearhouse.model.ids import Uid
from clearhouse.model.orders import OrderKind, Side
from unit.api.harness import NOW, Answer, House, in_house
from unit.api.test_reference import rows
from unit.wallets.readings import owe

ASSETS = "POST /fapi/v1/multiAssetsMargin"
SIDES = "POST /fapi/v1/positionSide/dual"
BURN = "POST /fapi/v1/feeBurn"
CONFIG = "GET /fapi/v1/symbolConfig"
LEVERAGE = "POST /fapi/v1/leverage"
TYPE = "POST /fapi/v1/marginType"
RATE = "GET /fapi/v1/commissionRate"
STATUS = "GET /fapi/v1/apiTradingStatus"
BRACKET = "GET /fapi/v1/leverageBracket"
INCOME = "GET /fapi/v1/income"
MARGIN = "POST /fapi/v1/positionMargin"
CHANGES = "GET /fapi/v1/positionMargin/history"
RISK_V2 = "GET /fapi/v2/positionRisk"
RISK_V3 = "GET /fapi/v3/positionRisk"
QUANTILE = "GET /fapi/v1/adlQuantile"
SYMBOL = "any with `symbol`"
ANY = "any"
MOVE = {"symbol": "BTCUSDT", "amount": "1", "type": "1"}
DAY = 86_400_000

REFUSALS: list[tuple[str, str, Mapping[str, object], int, str]] = [
    (ASSETS, ASSETS, {}, -1102, "Mandatory parameter 'multiAssetsMargin' was not sent"),
    (ASSETS, ASSETS, {"multiAssetsMargin": "yes"}, -1130, "'multiAssetsMargin' is not valid"),
    (ASSETS, ASSETS, {"multiAssetsMargin": "false"}, -4171, "Adjusted asset mode is currently"),
    (SIDES, SIDES, {"dualSidePosition": ""}, -1102, "Mandatory parameter 'dualSidePosition'"),
    (SIDES, SIDES, {"dualSidePosition": "1"}, -1130, "'dualSidePosition' is not valid"),
    (SIDES, SIDES, {"dualSidePosition": "false"}, -4059, "No need to change position side."),
    (BURN, BURN, {}, -1102, "Mandatory parameter 'feeBurn' was not sent"),
    (BURN, BURN, {"feeBurn": "on"}, -1130, "Data sent for parameter 'feeBurn' is not valid."),
    (CONFIG, CONFIG, {"symbol": "MOONUSDT"}, -1121, "Invalid symbol."),
    (CONFIG, CONFIG, {"symbol": "btcusdt"}, -1121, "Invalid symbol."),
    (ANY, CONFIG, {"symbol": ""}, -1105, "Parameter 'symbol' was empty."),
    (
        SYMBOL,
        CONFIG,
        {"symbol": "BTC USDT"},
        -1100,
        "Illegal characters found in parameter 'symbol'",
    ),
    (LEVERAGE, LEVERAGE, {"leverage": 5}, -1102, "Mandatory parameter 'symbol' was not sent"),
    (LEVERAGE, LEVERAGE, {"symbol": "BTCUSDT"}, -1102, "Mandatory parameter 'leverage' was not"),
    (LEVERAGE, LEVERAGE, {"symbol": "BTCUSDT", "leverage": "x"}, -1100, "parameter 'leverage'"),
    (LEVERAGE, LEVERAGE, {"symbol": "BTCUSDT", "leverage": "1e1"}, -1100, "parameter 'leverage'"),
    (LEVERAGE, LEVERAGE, {"symbol": "BTCUSDT", "leverage": "\u0665"}, -1100, "'leverage'"),
    (LEVERAGE, LEVERAGE, {"symbol": "BTCUSDT", "leverage": "1" * 19}, -1100, "'leverage'"),
    (LEVERAGE, LEVERAGE, {"symbol": "BTCUSDT", "leverage": "2.5"}, -4028, "Invalid leverage"),
    (LEVERAGE, LEVERAGE, {"symbol": "BTCUSDT", "leverage": "20.0"}, -4028, "Invalid leverage"),
    (LEVERAGE, LEVERAGE, {"symbol": "BTCUSDT", "leverage": "-1"}, -4028, "Invalid leverage"),
    (LEVERAGE, LEVERAGE, {"symbol": "BTCUSDT", "leverage": "0"}, -4028, "Invalid leverage"),
    (LEVERAGE, LEVERAGE, {"symbol": "BTCUSDT", "leverage": "151"}, -4028, "Invalid leverage"),
    (LEVERAGE, LEVERAGE, {"symbol": "BNBUSDT", "leverage": "76"}, -4028, "Invalid leverage"),
    (LEVERAGE, LEVERAGE, {"symbol": "BTCUSDT", "leverage": "9" * 18}, -4028, "Invalid leverage"),
    (LEVERAGE, LEVERAGE, {"symbol": "MOONUSDT", "leverage": "999"}, -1121, "Invalid symbol."),
    (TYPE, TYPE, {"marginType": "ISOLATED"}, -1102, "Mandatory parameter 'symbol' was not sent"),
    (TYPE, TYPE, {"symbol": "BTCUSDT"}, -1102, "Mandatory parameter 'marginType' was not sent"),
    (TYPE, TYPE, {"symbol": "BTCUSDT", "marginType": "CROSS"}, -1130, "'marginType' is not valid"),
    (TYPE, TYPE, {"symbol": "BTCUSDT", "marginType": "isolated"}, -1130, "is not valid"),
    (TYPE, TYPE, {"symbol": "MOONUSDT", "marginType": "CROSSED"}, -1121, "Invalid symbol."),
    (TYPE, TYPE, {"symbol": "BTCUSDT", "marginType": "CROSSED"}, -4046, "No need to change margin"),
    (RATE, RATE, {}, -1102, "Mandatory parameter 'symbol' was not sent"),
    (RATE, RATE, {"symbol": "MOONUSDT"}, -1121, "Invalid symbol."),
    (STATUS, STATUS, {"symbol": "MOONUSDT"}, -1121, "Invalid symbol."),
    (BRACKET, BRACKET, {"symbol": "MOONUSDT"}, -1121, "Invalid symbol."),
    (INCOME, INCOME, {"incomeType": "transfer"}, -1130, "'incomeType' is not valid."),
    (INCOME, INCOME, {"page": "0"}, -1130, "Data sent for parameter 'page' is not valid."),
    (INCOME, INCOME, {"limit": "0"}, -1130, "Data sent for parameter 'limit' is not valid."),
    (INCOME, INCOME, {"limit": "1001"}, -1130, "Data sent for parameter 'limit' is not valid."),
    (INCOME, INCOME, {"startTime": "-1"}, -1100, "found in parameter 'startTime'"),
    (INCOME, INCOME, {"endTime": "now"}, -1100, "found in parameter 'endTime'"),
    (
        INCOME,
        INCOME,
        {"symbol": "MOONUSDT", "startTime": 2, "endTime": 1},
        -1121,
        "Invalid symbol.",
    ),
    (INCOME, INCOME, {"startTime": NOW, "endTime": NOW - 1}, -1023, "Start time is greater than"),
    (INCOME, INCOME, {"startTime": 2, "endTime": 1}, -1023, "Start time is greater than end time."),
    (MARGIN, MARGIN, MOVE | {"symbol": None}, -1102, "'symbol' was not sent"),
    (MARGIN, MARGIN, MOVE | {"amount": ""}, -1102, "'amount' was not sent"),
    (MARGIN, MARGIN, MOVE | {"type": None}, -1102, "'type' was not sent"),
    (MARGIN, MARGIN, MOVE | {"amount": "-1"}, -1100, "found in parameter 'amount'"),
    (MARGIN, MARGIN, MOVE | {"amount": "1e3"}, -1100, "found in parameter 'amount'"),
    (MARGIN, MARGIN, MOVE | {"amount": "0.000000001"}, -1111, "Precision is over the maximum"),
    (MARGIN, MARGIN, MOVE | {"amount": "1" * 16}, -1130, "'amount' is not valid"),
    (MARGIN, MARGIN, MOVE | {"type": "3"}, -1130, "'type' is not valid"),
    (MARGIN, MARGIN, MOVE | {"positionSide": "UP"}, -1130, "'positionSide' is not valid"),
    (MARGIN, MARGIN, MOVE | {"symbol": "MOONUSDT", "amount": "0"}, -1121, "Invalid symbol."),
    (MARGIN, MARGIN, MOVE | {"amount": "0"}, -4049, "Add margin only support for isolated"),
    (CHANGES, CHANGES, {}, -1102, "'symbol' was not sent"),
    (CHANGES, CHANGES, {"symbol": "BTCUSDT", "type": "0"}, -1130, "'type' is not valid"),
    (CHANGES, CHANGES, {"symbol": "BTCUSDT", "limit": "501"}, -1130, "'limit' is not valid"),
    (CHANGES, CHANGES, {"symbol": "MOONUSDT"}, -1121, "Invalid symbol."),
    (CHANGES, CHANGES, {"symbol": "BTCUSDT", "startTime": 2, "endTime": 1}, -1023, "Start time"),
    (
        CHANGES,
        CHANGES,
        {"symbol": "BTCUSDT", "startTime": NOW - 30 * DAY - 1, "endTime": NOW},
        -4165,
        "Maximum time interval is 30 days",
    ),
    (RISK_V2, RISK_V2, {"symbol": "MOONUSDT"}, -1121, "Invalid symbol."),
    (RISK_V3, RISK_V3, {"symbol": "MOONUSDT"}, -1121, "Invalid symbol."),
    (QUANTILE, QUANTILE, {"symbol": "MOONUSDT"}, -1121, "Invalid symbol."),
]

OPEN: list[tuple[str, str, Mapping[str, object], int, str]] = [
    # what was opened before: a resting order, or a position with cross or isolated margin
    ("order", ASSETS, {"multiAssetsMargin": "true"}, -4170, "with open orders"),
    ("order", SIDES, {"dualSidePosition": "true"}, -4067, "if there exists open orders."),
    ("order", TYPE, {"symbol": "BTCUSDT", "marginType": "ISOLATED"}, -4047, "open orders."),
    ("cross", SIDES, {"dualSidePosition": "true"}, -4068, "if there exists position."),
    ("cross", TYPE, {"symbol": "BTCUSDT", "marginType": "ISOLATED"}, -4048, "exists position."),
    ("cross", LEVERAGE, {"symbol": "BTCUSDT", "leverage": 150}, -2027, "Exceeded the maximum"),
    ("cross", LEVERAGE, {"symbol": "BTCUSDT", "leverage": 1}, -2028, "Leverage is smaller than"),
    ("both", SIDES, {"dualSidePosition": "true"}, -4067, "if there exists open orders."),
    ("both", TYPE, {"symbol": "BTCUSDT", "marginType": "ISOLATED"}, -4047, "open orders."),
    ("isolated", LEVERAGE, {"symbol": "BTCUSDT", "leverage": 19}, -4161, "not supported in"),
    ("isolated", LEVERAGE, {"symbol": "BTCUSDT", "leverage": 150}, -2027, "Exceeded the maximum"),
    ("isolated", MARGIN, MOVE | {"positionSide": "LONG", "amount": "0"}, -4054, "position is 0."),
    ("isolated", MARGIN, MOVE | {"amount": "0"}, -4055, "Amount must be positive."),
    ("isolated", MARGIN, MOVE | {"amount": "50000"}, -4050, "Cross balance insufficient."),
    ("isolated", MARGIN, MOVE | {"type": "2"}, -4051, "Isolated balance insufficient."),
]
"""Refusals that depend on what is open."""


async def ask(house: House, call: str, params: Mapping[str, object]) -> Answer:
    method, path = call.split(" ")
    return await house.signed(method, path, params)


@pytest.mark.parametrize(("_row", "call", "params", "code", "text"), REFUSALS)
def test_a_refusal_changes_nothing(
    _row: str, call: str, params: Mapping[str, object], code: int, text: str
) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        status, found, message = (await ask(house, call, params)).refusal
        assert (status, found) == (400, code)
        assert text in message
        assert house.digest() == before

    in_house(scene)


async def open_with(house: House, what: str) -> None:
    """50,000 USDT; an order at 50,000, or 10 BTC bought at 65,000 with 20 times leverage."""
    await house.transfer("MAIN_UMFUTURE", "USDT", "50000")
    if what == "isolated":
        await ask(house, TYPE, {"symbol": "BTCUSDT", "marginType": "ISOLATED"})
    order = PlaceOrder(
        uid=Uid(house.uid),
        symbol="BTCUSDT",
        side=Side.BUY,
        kind=OrderKind.LIMIT,
        quantity=10**6,
        price=50_000 * 10**8,
    )
    if what != "order":
        market = replace(order, kind=OrderKind.MARKET, quantity=10**9, price=0)
        await house.opened.venue.submit(market)
    if what in ("order", "both"):
        await house.opened.venue.submit(order)


@pytest.mark.parametrize(("what", "call", "params", "code", "text"), OPEN)
def test_what_is_open_stands_in_the_way(
    what: str, call: str, params: Mapping[str, object], code: int, text: str
) -> None:
    async def scene(house: House) -> None:
        await open_with(house, what)
        before = house.digest()
        status, found, message = (await ask(house, call, params)).refusal
        assert (status, found) == (400, code)
        assert text in message
        assert house.digest() == before

    in_house(scene)


def test_the_other_asset_mode_must_cover_the_positions() -> None:
    """Without the pool, USDT alone does not cover what BTC supports."""

    async def scene(house: House) -> None:
        await ask(house, ASSETS, {"multiAssetsMargin": "true"})
        await house.transfer("MAIN_UMFUTURE", "BTC", "1")
        await house.transfer("MAIN_UMFUTURE", "USDT", "1000")
        market = PlaceOrder(
            uid=Uid(house.uid),
            symbol="BTCUSDT",
            side=Side.SELL,
            kind=OrderKind.MARKET,
            quantity=10**8,
        )
        await house.opened.venue.submit(market)
        before = house.digest()
        refused = await ask(house, ASSETS, {"multiAssetsMargin": "false"})
        assert refused.refusal == (
            400,
            -4169,
            (
                "Unable to adjust Multi-Assets Mode with insufficient margin balance in "
                "USDⓈ-M Futures."
            ),
        )
        assert house.digest() == before
        await house.transfer("MAIN_UMFUTURE", "USDT", "3000")
        assert (await ask(house, ASSETS, {"multiAssetsMargin": "false"})).status == 200

    in_house(scene)


def test_multi_assets_mode_is_not_entered_with_an_isolated_symbol() -> None:
    async def scene(house: House) -> None:
        isolated = {"symbol": "ETHUSDT", "marginType": "ISOLATED"}
        await ask(house, TYPE, isolated)
        before = house.digest()
        refused = await ask(house, ASSETS, {"multiAssetsMargin": "true"})
        assert refused.refusal == (
            400,
            -4167,
            (
                "Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under "
                "isolated-margin mode."
            ),
        )
        assert refused.headers["x-clearhouse-hint"] == "set ETHUSDT to CROSSED first"
        assert house.digest() == before
        await ask(house, TYPE, isolated | {"marginType": "CROSSED"})
        assert (await ask(house, ASSETS, {"multiAssetsMargin": "true"})).status == 200

    in_house(scene)


def test_no_symbol_becomes_isolated_in_multi_assets_mode() -> None:
    """That nothing would change is told before that it may not."""

    async def scene(house: House) -> None:
        await ask(house, ASSETS, {"multiAssetsMargin": "true"})
        before = house.digest()
        isolated = {"symbol": "ETHUSDT", "marginType": "ISOLATED"}
        assert (await ask(house, TYPE, isolated)).refusal == (
            400,
            -4168,
            "Unable to adjust to isolated-margin mode under the Multi-Assets mode.",
        )
        crossed = {"symbol": "ETHUSDT", "marginType": "CROSSED"}
        assert (await ask(house, TYPE, crossed)).refusal[1] == -4046
        assert house.digest() == before

    in_house(scene)


def test_multi_assets_mode_is_not_left_with_a_debt() -> None:
    async def scene(house: House) -> None:
        await ask(house, ASSETS, {"multiAssetsMargin": "true"})
        owe(house, "USDC", "1")
        refused = await ask(house, ASSETS, {"multiAssetsMargin": "false"})
        assert refused.refusal[1] == -4172

    in_house(scene)


@pytest.mark.parametrize("call", [LEVERAGE, TYPE, BURN])
def test_a_change_needs_a_key_that_may_trade_futures(call: str) -> None:
    async def scene(house: House) -> None:
        weak = await house.new_key(permissions=["enableReading"])
        params = {"symbol": "BTCUSDT", "leverage": 5, "marginType": "ISOLATED", "feeBurn": "false"}
        before = house.digest()
        assert (await ask(weak, call, params)).refusal == (
            401,
            -2015,
            "Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1",
        )
        assert house.digest() == before

    in_house(scene)


def test_the_page_has_these_refusals_and_no_others() -> None:
    found = {
        (call.strip("`") if call.startswith("`") else call, int(code))
        for call, code, _, _, _ in rows("futures-account.md", "Refusals")
    }
    met = {(row, code) for row, _, _, code, _ in REFUSALS}
    met |= {(call, code) for _, call, _, code, _ in OPEN}
    assert found == met | {(ASSETS, -4167), (ASSETS, -4169), (ASSETS, -4172), (TYPE, -4168)}


def test_the_statuses_of_the_page_are_those_of_the_futures_family() -> None:
    known = {(failure.code, failure.status) for failure in TABLES[Family.FAPI].values()}
    page = rows("futures-account.md", "Refusals")
    assert {(int(code), int(status)) for _, code, status, _, _ in page} <= known

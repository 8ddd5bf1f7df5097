"""What the settings and readings of the futures account refuse: one refusal a row.

Every row of the table in docs/reference/futures-account.md is met here, and no others.
"""

from collections.abc import Mapping

import pytest

from clearhouse.api.errors import TABLES, Family
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
SYMBOL = "any with `symbol`"
ANY = "any"

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
]


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
    assert found == met | {(ASSETS, -4167), (ASSETS, -4172), (TYPE, -4168)}


def test_the_statuses_of_the_page_are_those_of_the_futures_family() -> None:
    known = {(failure.code, failure.status) for failure in TABLES[Family.FAPI].values()}
    page = rows("futures-account.md", "Refusals")
    assert {(int(code), int(status)) for _, code, status, _, _ in page} <= known

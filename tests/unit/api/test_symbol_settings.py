"""Leverage and margin type of symbols: what changing them answers and where it shows."""

from typing import Any

import pytest

from unit.api.harness import House, in_house

CONFIG, LEVERAGE, TYPE = "/fapi/v1/symbolConfig", "/fapi/v1/leverage", "/fapi/v1/marginType"


def row(symbol: str, **changed: object) -> dict[str, object]:
    """The configuration of a symbol that was never set."""
    return {
        "symbol": symbol,
        "marginType": "CROSSED",
        "isAutoAddMargin": False,
        "leverage": 20,
        "maxNotionalValue": "100000000",
    } | changed


async def config(house: House, symbol: str | None = None) -> Any:
    answer = await house.signed("GET", CONFIG, {"symbol": symbol})
    assert answer.status == 200, answer.body
    return answer.json


async def post(house: House, path: str, **params: object) -> Any:
    answer = await house.signed("POST", path, params)
    assert answer.status == 200, answer.body
    return answer.json


def test_the_symbols_of_a_new_account() -> None:
    async def scene(house: House) -> None:
        found = await config(house)
        assert [entry["symbol"] for entry in found[:3]] == ["BTCUSDT", "ETHUSDT", "BNBUSDT"]
        assert len(found) == 10
        assert found[0] == row("BTCUSDT")
        assert found[2] == row("BNBUSDT", maxNotionalValue="3000000")
        assert await config(house, "BTCUSDT") == [row("BTCUSDT")]

    in_house(scene)


@pytest.mark.parametrize(
    ("leverage", "largest"),
    [
        (1, "1800000000"),
        (2, "1200000000"),
        (6, "230000000"),
        (10, "230000000"),
        (20, "100000000"),
        (21, "70000000"),
        (25, "70000000"),
        (100, "800000"),
        (101, "300000"),
        (150, "300000"),
    ],
)
def test_a_leverage_and_the_largest_position_at_it(leverage: int, largest: str) -> None:
    async def scene(house: House) -> None:
        changed = await post(house, LEVERAGE, symbol="BTCUSDT", leverage=leverage)
        assert changed == {
            "leverage": leverage,
            "maxNotionalValue": largest,
            "symbol": "BTCUSDT",
        }
        assert await config(house, "BTCUSDT") == [
            row("BTCUSDT", leverage=leverage, maxNotionalValue=largest)
        ]
        assert await config(house, "ETHUSDT") == [row("ETHUSDT", maxNotionalValue="65000000")]

    in_house(scene)


def test_the_leverage_that_is_set_already_is_no_refusal() -> None:
    async def scene(house: House) -> None:
        for _ in range(2):
            changed = await post(house, LEVERAGE, symbol="BTCUSDT", leverage="0020")
            assert changed["leverage"] == 20

    in_house(scene)


def test_the_margin_type_keeps_the_leverage_and_the_other_way_round() -> None:
    async def scene(house: House) -> None:
        done = {"code": 200, "msg": "success"}
        await post(house, LEVERAGE, symbol="BTCUSDT", leverage=7)
        assert await post(house, TYPE, symbol="BTCUSDT", marginType="ISOLATED") == done
        seven = row("BTCUSDT", leverage=7, maxNotionalValue="230000000")
        assert await config(house, "BTCUSDT") == [seven | {"marginType": "ISOLATED"}]
        await post(house, LEVERAGE, symbol="BTCUSDT", leverage=20)
        assert await config(house, "BTCUSDT") == [row("BTCUSDT", marginType="ISOLATED")]
        assert await post(house, TYPE, symbol="BTCUSDT", marginType="CROSSED") == done
        assert await config(house, "BTCUSDT") == [row("BTCUSDT")]

    in_house(scene)


def test_a_symbol_whose_tiers_allow_less_than_twenty() -> None:
    async def scene(house: House) -> None:
        await listed(house, 5)
        assert await config(house, "MOONUSDT") == [
            row("MOONUSDT", leverage=5, maxNotionalValue="1000.5")
        ]

    in_house(scene)


def test_a_leverage_that_new_tiers_no_longer_allow_is_cut() -> None:
    """In every answer: the settings, the account, and the next change."""

    async def scene(house: House) -> None:
        await listed(house, 50)
        await post(house, LEVERAGE, symbol="MOONUSDT", leverage=50)
        await listed(house, 10)
        cut = row("MOONUSDT", leverage=10, maxNotionalValue="1000.5")
        assert await config(house, "MOONUSDT") == [cut]
        account = (await house.signed("GET", "/fapi/v2/account")).json
        moon = account["positions"][-1]
        assert (moon["symbol"], moon["leverage"], moon["maxNotional"]) == (
            "MOONUSDT",
            "10",
            "1000.5",
        )
        await post(house, TYPE, symbol="MOONUSDT", marginType="ISOLATED")
        assert await config(house, "MOONUSDT") == [cut | {"marginType": "ISOLATED"}]

    in_house(scene)


async def listed(house: House, leverage: int) -> None:
    """MOONUSDT with one tier."""
    bracket = {
        "initialLeverage": leverage,
        "notionalFloor": 0,
        "notionalCap": "1000.5",
        "maintMarginRatio": "0.02",
        "cum": 0,
    }
    body = {"baseAsset": "MOON", "quoteAsset": "USDT", "brackets": [bracket]}
    assert (await house.control("PUT", "/symbols/MOONUSDT", body)).status == 200

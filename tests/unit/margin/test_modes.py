"""Switching the modes of the futures account: what it answers and what it refuses."""

import pytest

from unit.api.harness import House, in_house
from unit.wallets.readings import owe

ASSETS = ("/fapi/v1/multiAssetsMargin", "multiAssetsMargin")
SIDES = ("/fapi/v1/positionSide/dual", "dualSidePosition")
UNCHANGED = {
    ASSETS: (
        400,
        -4171,
        "Adjusted asset mode is currently set and does not need to be adjusted repeatedly.",
    ),
    SIDES: (400, -4059, "No need to change position side."),
}
NEGATIVE = (
    400,
    -4172,
    (
        "Unable to adjust Multi-Assets Mode with a negative wallet balance of margin available "
        "asset in USDⓈ-M Futures account."
    ),
)


@pytest.mark.parametrize("mode", [ASSETS, SIDES])
@pytest.mark.parametrize("spelling", ["true", "True", "TRUE"])
def test_a_switch_turns_on_and_off(mode: tuple[str, str], spelling: str) -> None:
    async def scene(house: House) -> None:
        path, name = mode
        assert (await house.signed("GET", path)).json == {name: False}
        on = await house.signed("POST", path, {name: spelling})
        assert (on.status, on.json) == (200, {"code": 200, "msg": "success"})
        assert (await house.signed("GET", path)).json == {name: True}
        off = await house.signed("POST", path, {name: "false"})
        assert (off.status, off.json) == (200, {"code": 200, "msg": "success"})
        assert (await house.signed("GET", path)).json == {name: False}

    in_house(scene)


@pytest.mark.parametrize("mode", [ASSETS, SIDES])
def test_no_change_is_refused(mode: tuple[str, str]) -> None:
    async def scene(house: House) -> None:
        path, name = mode
        before = house.digest()
        assert (await house.signed("POST", path, {name: "false"})).refusal == UNCHANGED[mode]
        assert house.digest() == before
        await house.signed("POST", path, {name: "true"})
        before = house.digest()
        assert (await house.signed("POST", path, {name: "true"})).refusal == UNCHANGED[mode]
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize("mode", [ASSETS, SIDES])
@pytest.mark.parametrize(
    ("value", "code"),
    [(None, -1102), ("", -1102), ("yes", -1130), ("1", -1130), ("tRuE", -1130), (" true", -1130)],
)
def test_what_is_no_switch(mode: tuple[str, str], value: str | None, code: int) -> None:
    async def scene(house: House) -> None:
        path, name = mode
        before = house.digest()
        status, found, text = (await house.signed("POST", path, {name: value})).refusal
        assert (status, found) == (400, code)
        assert f"'{name}'" in text
        assert house.digest() == before

    in_house(scene)


def test_leaving_multi_assets_mode_with_a_debt_is_refused() -> None:
    async def scene(house: House) -> None:
        path, name = ASSETS
        await house.transfer("MAIN_UMFUTURE", "USDT", "1000")
        await house.signed("POST", path, {name: "true"})
        owe(house, "BTC", "0.00000001")
        before = house.digest()
        assert (await house.signed("POST", path, {name: "false"})).refusal == NEGATIVE
        assert house.digest() == before
        await house.transfer("MAIN_UMFUTURE", "BTC", "0.00000001")
        assert (await house.signed("POST", path, {name: "false"})).status == 200

    in_house(scene)


def test_a_debt_does_not_keep_one_from_turning_multi_assets_mode_on() -> None:
    async def scene(house: House) -> None:
        path, name = ASSETS
        owe(house, "USDC", "1")
        assert (await house.signed("POST", path, {name: "true"})).status == 200

    in_house(scene)


@pytest.mark.parametrize("mode", [ASSETS, SIDES])
def test_a_key_needs_the_right_to_futures(mode: tuple[str, str]) -> None:
    async def scene(house: House) -> None:
        path, name = mode
        weak = await house.new_key(permissions=["enableReading"])
        before = house.digest()
        assert (await weak.signed("POST", path, {name: "true"})).refusal == (
            401,
            -2015,
            "Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1",
        )
        assert house.digest() == before

    in_house(scene)


def test_modes_belong_to_one_account() -> None:
    async def scene(house: House) -> None:
        other = await house.account()
        for path, name in (ASSETS, SIDES):
            await house.signed("POST", path, {name: "true"})
            assert (await other.signed("GET", path)).json == {name: False}

    in_house(scene)

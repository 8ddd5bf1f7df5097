"""Settings of the whole futures account, and that every answer shows them."""

from typing import Any

import pytest

from unit.api.harness import House, in_house

CONFIG, V2, BURN = "/fapi/v1/accountConfig", "/fapi/v2/account", "/fapi/v1/feeBurn"
DONE = {"code": 200, "msg": "success"}
FRESH = {
    "feeTier": 0,
    "canTrade": True,
    "canDeposit": True,
    "canWithdraw": True,
    "dualSidePosition": False,
    "updateTime": 0,
    "multiAssetsMargin": False,
    "tradeGroupId": -1,
}


async def read(house: House, path: str) -> Any:
    answer = await house.signed("GET", path)
    assert answer.status == 200, answer.body
    return answer.json


def test_the_configuration_of_a_new_account() -> None:
    async def scene(house: House) -> None:
        assert await read(house, CONFIG) == FRESH

    in_house(scene)


def test_the_configuration_follows_the_modes_and_the_tier() -> None:
    async def scene(house: House) -> None:
        await house.signed("POST", "/fapi/v1/positionSide/dual", {"dualSidePosition": "true"})
        assert await read(house, CONFIG) == FRESH | {"dualSidePosition": True}
        await house.signed("POST", "/fapi/v1/multiAssetsMargin", {"multiAssetsMargin": "true"})
        both = FRESH | {"dualSidePosition": True, "multiAssetsMargin": True}
        assert await read(house, CONFIG) == both
        fees = {"maker": "0", "taker": "0.0003", "tier": 9}
        await house.control("PUT", "/accounts/1000001/fees", fees)
        assert await read(house, CONFIG) == both | {"feeTier": 9}

    in_house(scene)


def test_fees_are_paid_in_bnb_until_the_account_says_otherwise() -> None:
    async def scene(house: House) -> None:
        assert await read(house, BURN) == {"feeBurn": True}
        off = await house.signed("POST", BURN, {"feeBurn": "false"})
        assert (off.status, off.json) == (200, DONE)
        assert await read(house, BURN) == {"feeBurn": False}
        again = await house.signed("POST", BURN, {"feeBurn": "False"})
        assert (again.status, again.json) == (200, DONE)
        await house.signed("POST", BURN, {"feeBurn": "true"})
        assert await read(house, BURN) == {"feeBurn": True}

    in_house(scene)


def test_account_v2_shows_what_was_set() -> None:
    async def scene(house: House) -> None:
        await house.signed("POST", BURN, {"feeBurn": "false"})
        fees = {"maker": "0.0001", "taker": "0.0003", "tier": 3}
        await house.control("PUT", "/accounts/1000001/fees", fees)
        eth = {"symbol": "ETHUSDT", "leverage": 75}
        await house.signed("POST", "/fapi/v1/leverage", eth)
        await house.signed(
            "POST", "/fapi/v1/marginType", {"symbol": "ETHUSDT", "marginType": "ISOLATED"}
        )
        account = await read(house, V2)
        assert (account["feeTier"], account["feeBurn"]) == (3, False)
        shown = {
            row["symbol"]: (row["leverage"], row["isolated"], row["maxNotional"])
            for row in account["positions"]
        }
        assert shown["ETHUSDT"] == ("75", True, "3000000")
        assert shown["BTCUSDT"] == ("20", False, "100000000")

    in_house(scene)


@pytest.mark.parametrize("path", [CONFIG, V2, BURN])
def test_settings_belong_to_one_account_and_outlive_a_restart(path: str) -> None:
    async def scene(house: House) -> None:
        other = await house.account()
        untouched = await read(other, path)
        await house.signed("POST", BURN, {"feeBurn": "false"})
        await house.signed("POST", "/fapi/v1/positionSide/dual", {"dualSidePosition": "true"})
        changed = await read(house, path)
        assert changed != untouched
        await house.revive()
        assert await read(house, path) == changed
        revived = other.as_key(other.key, other.secret, other.uid)
        revived.app = house.app
        assert await read(revived, path) == untouched

    in_house(scene)

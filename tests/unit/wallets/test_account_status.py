"""How an account stands: its status, its tier, its switches."""

import pytest

from clearhouse.messages.commands import SetFees
from clearhouse.model.ids import Uid
from unit.api.harness import NOW, House, in_house
from unit.wallets.capital import post, rows


def test_an_account_is_in_order() -> None:
    async def scene(house: House) -> None:
        assert await rows(house, "account/status") == {"data": "Normal"}
        assert await rows(house, "account/apiTradingStatus") == {
            "data": {
                "isLocked": False,
                "plannedRecoverTime": 0,
                "triggerCondition": {"GCR": 150, "IFER": 150, "UFR": 300},
                "updateTime": NOW,
            }
        }

    in_house(scene)


def test_the_level_is_the_fee_tier() -> None:
    async def scene(house: House) -> None:
        info = {
            "vipLevel": 0,
            "isMarginEnabled": True,
            "isFutureEnabled": True,
            "isOptionsEnabled": True,
            "isPortfolioMarginRetailEnabled": True,
        }
        assert await rows(house, "account/info") == info
        fees = SetFees(uid=Uid(house.uid), tier=3, maker=12_000, taker=32_000)
        await house.opened.venue.submit(fees)
        assert await rows(house, "account/info") == info | {"vipLevel": 3}

    in_house(scene)


def test_fast_withdrawal_is_switched_on_and_off() -> None:
    async def scene(house: House) -> None:
        for name, on in (("enable", True), ("enable", True), ("disable", False)):
            answer = await post(house, f"account/{name}FastWithdrawSwitch")
            assert (answer.status, answer.json) == (200, {})
            account = (await house.control("GET", f"/accounts/{house.uid}")).json
            assert account["wallets"]["fastWithdraw"] is on

    in_house(scene)


@pytest.mark.parametrize("name", ["enable", "disable"])
@pytest.mark.parametrize("permission", ["enableReading", "enableSpotAndMarginTrading"])
def test_the_switch_needs_the_right_to_trade(name: str, permission: str) -> None:
    async def scene(house: House) -> None:
        weak = await house.new_key(permissions=[permission])
        before = house.digest()
        refused = await post(weak, f"account/{name}FastWithdrawSwitch")
        assert refused.refusal == (401, -1002, "You are not authorized to execute this request.")
        assert house.digest() == before

    in_house(scene)

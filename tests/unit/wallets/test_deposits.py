"""Deposits: addresses, what a row says, filters, windows, and the application for a credit."""

import pytest

from unit.api.harness import NOW, House, in_house
from unit.wallets.capital import DAY, address, at, deposit, get, post, rows, withdraw, withdrawer

HISTORY = "capital/deposit/hisrec"
APPLY = "capital/deposit/credit-apply"
NO_COIN = (400, -4018, "We don't have this asset.")
TOO_LONG = (400, -4047, "Time interval must be within 0-90 days")
HERE = "clh1d48d36e668ab1d96ceb022ccb075205b528720dc"
TRON = "clh1178e68ff3034db517d3831e1cd0dc3af5c66d6f4"


def invalid(name: str) -> tuple[int, int, str]:
    return 400, -1130, f"Data sent for parameter '{name}' is not valid."


async def ids(house: House, **params: object) -> list[str]:
    return [row["id"] for row in await rows(house, HISTORY, **params)]


def test_each_account_coin_and_network_has_an_address() -> None:
    async def scene(house: House) -> None:
        found = await rows(house, "capital/deposit/address", coin="USDT")
        assert found == {"address": HERE, "coin": "USDT", "tag": "", "url": ""}
        assert await address(house, "USDT", network="CLEARHOUSE") == HERE
        assert await address(house, "USDT", network="TRX") == TRON
        assert await address(house, "USDT", amount="0.1") == HERE
        others = [await address(house, "BTC"), await address(await house.account(), "USDT")]
        assert len({HERE, TRON, *others}) == 4
        listed = await rows(house, "capital/deposit/address/list", coin="USDT", network="TRX")
        assert listed == [{"coin": "USDT", "address": TRON, "tag": "", "isDefault": 1}]

    in_house(scene)


@pytest.mark.parametrize("path", ["capital/deposit/address", "capital/deposit/address/list"])
def test_a_coin_that_is_not_listed_has_no_address(path: str) -> None:
    async def scene(house: House) -> None:
        assert (await get(house, path, coin="MOON")).refusal == NO_COIN
        assert (await get(house, path)).refusal[:2] == (400, -1102)

    in_house(scene)


def test_every_coin_can_come_and_go_by_the_network_that_is_listed() -> None:
    async def scene(house: House) -> None:
        coins = await rows(house, "capital/config/getall")
        for coin in coins:
            [network] = coin["networkList"]
            assert coin["depositAllEnable"] is coin["withdrawAllEnable"] is True
            assert network["depositEnable"] is network["withdrawEnable"] is True
            assert (network["network"], network["isDefault"]) == ("CLEARHOUSE", True)
            assert (network["withdrawFee"], network["withdrawTag"]) == ("0", False)
            assert network["addressRegex"] == "^[0-9A-Za-z:._-]{3,128}$"

    in_house(scene)


def test_a_row_says_what_came() -> None:
    """The deposit of the operator into the funding wallet; `sourceAddress` is asked for."""

    async def scene(house: House) -> None:
        customer = await house.account()
        number = await deposit(customer, "0.50", wallet="FUNDING")
        row = {
            "id": str(number),
            "amount": "0.5",
            "coin": "USDT",
            "network": "CLEARHOUSE",
            "status": 1,
            "address": await address(customer, "USDT"),
            "addressTag": "",
            "txId": "00fb51a4fda0709e5f21356065f66ffc7d6f3d6bba84433c83d4f0fc8c3cfd50",
            "insertTime": NOW,
            "completeTime": NOW,
            "transferType": 0,
            "confirmTimes": "1/1",
            "unlockConfirm": 0,
            "walletType": 1,
            "travelRuleStatus": 0,
        }
        assert number == 13_526_853_627
        assert await rows(customer, HISTORY) == [row]
        assert await rows(customer, HISTORY, includeSource="true") == [row | {"sourceAddress": ""}]

    in_house(scene)


def test_only_spot_and_funding_take_deposits_from_a_network() -> None:
    async def scene(house: House) -> None:
        customer = await house.account(MAIN={"BTC": "1"}, UMFUTURE={"USDT": "7"})
        await deposit(customer, "1", wallet="MARGIN")
        await customer.transfer("UMFUTURE_FUNDING", "USDT", "7")
        found = await rows(customer, HISTORY)
        assert [(row["coin"], row["walletType"]) for row in found] == [("BTC", 0)]

    in_house(scene)


def test_rows_come_newest_first_and_in_pages() -> None:
    async def scene(house: House) -> None:
        customer = await house.account()
        one, two, three = [str(await deposit(customer, "1")) for _ in range(3)]
        assert await ids(customer) == [three, two, one]
        assert await ids(customer, limit=2) == [three, two]
        assert await ids(customer, limit=2, offset=2) == [one]
        assert await ids(customer, offset=3) == []

    in_house(scene)


def test_filters() -> None:
    async def scene(house: House) -> None:
        customer = await house.account()
        tether = str(await deposit(customer, "1"))
        coin = str(await deposit(customer, "1", asset="BTC"))
        transactions = [row["txId"] for row in await rows(customer, HISTORY)]
        assert await ids(customer, coin="BTC") == [coin]
        assert await ids(customer, coin="MOON") == []
        assert await ids(customer, status=1) == [coin, tether]
        assert await ids(customer, status=0) == []
        assert await ids(customer, txId=transactions[1]) == [tether]
        assert await ids(customer, txId=transactions[1], coin="BTC") == []
        assert await ids(customer, txId="nonsense") == []
        assert await ids(house, txId=transactions[1]) == []

    in_house(scene)


def test_an_internal_transfer_is_found_by_its_text_only() -> None:
    """The number in the text finds nothing where the deposit shows another text."""

    async def scene(house: House) -> None:
        customer = await house.account()
        outside = await deposit(customer, "1")
        await post(house, "account/enableFastWithdrawSwitch")
        theirs = await address(customer, "USDT")
        await withdraw(await withdrawer(house), "2", address=theirs)
        inside = outside + 1
        assert await ids(customer, txId=f"Internal transfer {inside}") == [str(inside)]
        for text in (outside, f"0{inside}", "", "x", "9" * 400, 2**64):
            assert await ids(customer, txId=f"Internal transfer {text}") == []

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"status": 9}, "status"),
        ({"limit": 1001}, "limit"),
        ({"includeSource": 1}, "includeSource"),
    ],
)
def test_a_parameter_out_of_bounds(params: dict[str, object], name: str) -> None:
    async def scene(house: House) -> None:
        assert (await get(house, HISTORY, **params)).refusal == invalid(name)

    in_house(scene)


def test_the_window() -> None:
    """Both ends belong to it; exactly 90 days are what clients send."""

    async def scene(house: House) -> None:
        customer = await house.account()
        made = str(await deposit(customer, "1"))
        assert await ids(customer, startTime=NOW, endTime=NOW) == [made]
        assert await ids(customer, endTime=NOW - 1) == []
        assert await ids(customer, startTime=NOW + 1) == []
        assert await ids(customer, startTime=NOW, endTime=NOW + 90 * DAY) == [made]
        await at(house, NOW + 90 * DAY)
        assert await ids(customer) == [made]
        await at(house, NOW + 90 * DAY + 1)
        assert await ids(customer) == []
        assert await ids(customer, endTime=NOW + DAY) == [made]
        assert (await get(customer, HISTORY, startTime=NOW)).refusal == TOO_LONG
        back = await get(customer, HISTORY, startTime=NOW, endTime=NOW - 1)
        assert back.refusal == (400, -1023, "Start time is greater than end time.")

    in_house(scene)


def test_a_deposit_is_credited_whenever_it_is_applied_for() -> None:
    async def scene(house: House) -> None:
        customer = await house.account()
        number = await deposit(customer, "1")
        [row] = await rows(customer, HISTORY)
        done = {"code": "000000", "message": "success", "data": True, "success": True}
        before = house.digest()
        assert (await post(customer, APPLY, depositId=number)).json == done
        assert (await post(customer, APPLY, txId=row["txId"])).json == done
        assert (await post(customer, APPLY, depositId=number, txId="other")).json == done
        assert house.digest() == before
        await at(house, NOW + 400 * DAY)
        assert (await post(customer, APPLY, depositId=number)).json == done

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, (400, -1102)),
        ({"depositId": 5}, (400, -1130)),
        ({"depositId": "x"}, (400, -1100)),
        ({"txId": "nonsense"}, (400, -1130)),
        ({"depositId": 13_526_853_623, "subAccountId": "1"}, (400, -1130)),
        ({"depositId": 13_526_853_623, "subUserId": 1}, (400, -1130)),
    ],
)
def test_what_cannot_be_applied_for(params: dict[str, object], expected: tuple[int, int]) -> None:
    async def scene(house: House) -> None:
        assert (await post(house, APPLY, **params)).refusal[:2] == expected

    in_house(scene)


def test_a_deposit_of_somebody_else_is_none() -> None:
    async def scene(house: House) -> None:
        number = await deposit(await house.account(), "1")
        assert (await post(house, APPLY, depositId=number)).refusal == invalid("depositId")

    in_house(scene)

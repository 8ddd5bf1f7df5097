"""Daily snapshots: which days, what each wallet held, and what that was worth then.

The scene begins on 2025-10-09, 08:53:20 UTC.
"""

from typing import Any

import pytest

from clearhouse.config import Config
from unit.api.harness import NOW, Answer, House, in_house
from unit.wallets.capital import DAY, at, deposit, get, post

FIRST_DAY_END = 1_760_054_399_000
"""2025-10-09, 23:59:59 UTC."""


async def ask(house: House, kind: str = "SPOT", **params: object) -> Answer:
    return await get(house, "accountSnapshot", type=kind, **params)


async def days(house: House, kind: str = "SPOT", **params: object) -> Any:
    answer = await ask(house, kind, **params)
    assert answer.status == 200, answer.body
    assert (answer.json["code"], answer.json["msg"]) == (200, "")
    return answer.json["snapshotVos"]


async def ends(house: House, **params: int) -> list[int]:
    """The numbers of the days, counted from the first."""
    found = [row["updateTime"] - FIRST_DAY_END for row in await days(house, "SPOT", **params)]
    assert all(at % DAY == 0 for at in found)
    return [at // DAY for at in found]


async def move(house: House, kind: str, asset: str, amount: str) -> None:
    params = {"type": kind, "asset": asset, "amount": amount}
    assert (await post(house, "asset/transfer", **params)).status == 200


async def priced(house: House, price: str) -> None:
    await house.control("PUT", "/assets/BTC/index", {"index": price})
    await house.control("PUT", "/assets/USDT/index", {"index": "1"})


def test_three_days_of_the_spot_wallet() -> None:
    async def scene(house: House) -> None:
        await priced(house, "50000")
        customer = await house.account(MAIN={"USDT": "1000", "BTC": "0.5"})
        await at(house, NOW + DAY)
        await priced(house, "40000")
        await move(customer, "MAIN_FUNDING", "BTC", "0.5")
        await deposit(customer, "0.25")
        await at(house, NOW + 2 * DAY)
        await priced(house, "20000")
        await at(house, NOW + 3 * DAY)
        assert await days(customer) == [
            {
                "data": {
                    "balances": [
                        {"asset": "USDT", "free": "1000.00000000", "locked": "0.00000000"},
                        {"asset": "BTC", "free": "0.50000000", "locked": "0.00000000"},
                    ],
                    "totalAssetOfBtc": "0.52000000",
                },
                "type": "spot",
                "updateTime": FIRST_DAY_END,
            },
            {
                "data": {
                    "balances": [
                        {"asset": "USDT", "free": "1000.25000000", "locked": "0.00000000"}
                    ],
                    "totalAssetOfBtc": "0.02500625",
                },
                "type": "spot",
                "updateTime": FIRST_DAY_END + DAY,
            },
            {
                "data": {
                    "balances": [
                        {"asset": "USDT", "free": "1000.25000000", "locked": "0.00000000"}
                    ],
                    "totalAssetOfBtc": "0.05001250",
                },
                "type": "spot",
                "updateTime": FIRST_DAY_END + 2 * DAY,
            },
        ]

    in_house(scene)


def test_the_margin_wallet() -> None:
    async def scene(house: House) -> None:
        await priced(house, "50000")
        customer = await house.account(MARGIN={"USDT": "100"}, MAIN={"BTC": "1"})
        await at(house, NOW + DAY)
        assert await days(customer, "MARGIN") == [
            {
                "data": {
                    "marginLevel": "999.00000000",
                    "totalAssetOfBtc": "0.00200000",
                    "totalLiabilityOfBtc": "0.00000000",
                    "totalNetAssetOfBtc": "0.00200000",
                    "userAssets": [
                        {
                            "asset": "USDT",
                            "borrowed": "0.00000000",
                            "free": "100.00000000",
                            "interest": "0.00000000",
                            "locked": "0.00000000",
                            "netAsset": "100.00000000",
                        }
                    ],
                },
                "type": "margin",
                "updateTime": FIRST_DAY_END,
            }
        ]

    in_house(scene)


def test_the_futures_wallet() -> None:
    async def scene(house: House) -> None:
        customer = await house.account(MAIN={"USDT": "500"})
        await move(customer, "MAIN_UMFUTURE", "USDT", "120.5")
        await at(house, NOW + DAY)
        asset = {"asset": "USDT", "marginBalance": "120.50000000", "walletBalance": "120.50000000"}
        assert await days(customer, "FUTURES") == [
            {
                "data": {"assets": [asset], "position": []},
                "type": "futures",
                "updateTime": FIRST_DAY_END,
            }
        ]

    in_house(scene)


def test_a_day_holds_its_last_millisecond_and_is_there_when_it_is_over() -> None:
    async def scene(house: House) -> None:
        customer = await house.account()
        await at(house, FIRST_DAY_END + 999)
        await deposit(customer, "1")
        assert await days(customer) == []
        await at(house, FIRST_DAY_END + 1000)
        await deposit(customer, "1")
        [day] = await days(customer)
        assert day["data"]["balances"][0]["free"] == "1.00000000"

    in_house(scene)


def test_which_days() -> None:
    """Forty days after the first one, which is day 0: days 0 to 39 are over."""

    async def scene(house: House) -> None:
        customer = await house.account()
        await at(house, NOW + 40 * DAY)

        def day(number: int) -> int:
            return FIRST_DAY_END + number * DAY

        assert await ends(customer) == [33, 34, 35, 36, 37, 38, 39]
        assert await ends(customer, limit=30) == list(range(10, 40))
        assert await ends(customer, startTime=day(30)) == list(range(30, 37))
        assert await ends(customer, startTime=day(30), limit=30) == list(range(30, 40))
        assert await ends(customer, startTime=day(30) + 1) == list(range(31, 38))
        assert await ends(customer, endTime=day(30)) == list(range(24, 31))
        assert await ends(customer, endTime=day(30) - 1) == list(range(23, 30))
        assert await ends(customer, startTime=day(20), endTime=day(22)) == [20, 21, 22]
        assert await ends(customer, startTime=day(0), endTime=day(12)) == [10, 11, 12]
        assert await ends(customer, startTime=day(0), endTime=day(9)) == []
        assert await ends(customer, startTime=day(50)) == []
        assert await ends(customer, startTime=day(39), endTime=day(50)) == [39]

    in_house(scene, Config(data=None, rate_limits=False))


def test_a_day_before_the_account_was_opened_has_no_row() -> None:
    async def scene(house: House) -> None:
        await at(house, NOW + 2 * DAY)
        customer = await house.account()
        await at(house, NOW + 4 * DAY)
        assert await ends(customer) == [2, 3]

    in_house(scene)


def test_a_clock_that_is_set_back_changes_the_past() -> None:
    """What happens on a day belongs to it, whenever it is told."""

    async def scene(house: House) -> None:
        customer = await house.account(MAIN={"USDT": "1"})
        await at(house, NOW + 2 * DAY)
        await deposit(customer, "10")
        await at(house, NOW + DAY)
        await deposit(customer, "100")
        await at(house, NOW + 3 * DAY)
        found = [row["data"]["balances"][0]["free"] for row in await days(customer)]
        assert found == ["1.00000000", "101.00000000", "111.00000000"]

    in_house(scene)


def test_an_asset_without_a_price_then_has_todays() -> None:
    """The market of the house was listed at the real time, which is later than the frozen one."""

    async def scene(house: House) -> None:
        customer = await house.account(MAIN={"BTC": "2"})
        await at(house, NOW + DAY)
        await priced(house, "50000")
        [day] = await days(customer)
        assert day["data"]["totalAssetOfBtc"] == "2.00000000"

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"kind": ""}, (400, -1102)),
        ({"kind": "spot"}, (400, -1130)),
        ({"kind": "ISOLATED"}, (400, -1130)),
        ({"limit": 6}, (400, -1130)),
        ({"limit": 31}, (400, -1130)),
        ({"startTime": NOW, "endTime": NOW - 1}, (400, -1023)),
        ({"startTime": NOW - 30 * DAY - 1, "endTime": NOW}, (400, -4047)),
        ({"startTime": NOW - 30 * DAY - 1}, (400, -4047)),
    ],
)
def test_refusals(params: dict[str, Any], expected: tuple[int, int]) -> None:
    async def scene(house: House) -> None:
        refused = await ask(house, **params)
        assert refused.refusal[:2] == expected
        assert refused.headers["x-sapi-used-ip-weight-1m"] == "2400"

    in_house(scene)


def test_a_window_of_thirty_days_is_accepted() -> None:
    async def scene(house: House) -> None:
        assert (await ask(house, startTime=NOW - 30 * DAY, endTime=NOW)).status == 200

    in_house(scene)

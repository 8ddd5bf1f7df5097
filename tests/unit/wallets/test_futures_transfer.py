"""The old futures transfer: four universal kinds under a number."""

import pytest

from unit.api.harness import NOW, Answer, House, in_house
from unit.wallets.readings import balances

PATH = "/sapi/v1/futures/transfer"
DAY = 86_400_000


async def move(house: House, kind: object, amount: str, asset: str = "USDT") -> Answer:
    return await house.signed("POST", PATH, {"asset": asset, "amount": amount, "type": kind})


def test_the_four_directions() -> None:
    async def scene(house: House) -> None:
        own = await house.account(MAIN={"USDT": "10"})
        for kind, amount in ((1, "5"), (2, "1"), (3, "3"), (4, "0.5")):
            assert (await move(own, kind, amount)).status == 200
        assert await balances(own, "USDT", ()) == {
            "MAIN": "3.50000000",
            "UMFUTURE": "4.00000000",
            "CMFUTURE": "2.50000000",
        }

    in_house(scene)


def test_each_history_shows_what_the_other_made() -> None:
    async def scene(house: House) -> None:
        old = (await move(house, 1, "40.846244")).json
        new = (await house.transfer("MAIN_CMFUTURE", "BTC", "0.5")).json
        await house.transfer("MAIN_FUNDING", "USDT", "7")
        assert (await house.signed("GET", PATH)).json == {
            "rows": [
                {
                    "asset": "BTC",
                    "tranId": new["tranId"],
                    "amount": "0.50000000",
                    "type": "3",
                    "timestamp": NOW,
                    "status": "CONFIRMED",
                },
                {
                    "asset": "USDT",
                    "tranId": old["tranId"],
                    "amount": "40.84624400",
                    "type": "1",
                    "timestamp": NOW,
                    "status": "CONFIRMED",
                },
            ],
            "total": 2,
        }
        universal = await house.signed("GET", "/sapi/v1/asset/transfer", {"type": "MAIN_UMFUTURE"})
        assert [row["tranId"] for row in universal.json["rows"]] == [old["tranId"]]

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected", "total"),
    [
        ({"asset": "USDT"}, ["3", "2", "1"], 3),
        ({"asset": "BTC"}, [], 0),
        ({"size": 2}, ["3", "2"], 3),
        ({"size": 2, "current": 2}, ["1"], 3),
        ({"startTime": NOW + 1}, [], 0),
        ({"endTime": NOW - 1}, [], 0),
    ],
)
def test_pages_and_filters(params: dict[str, object], expected: list[str], total: int) -> None:
    async def scene(house: House) -> None:
        for amount in ("1", "2", "3"):
            await move(house, 1, amount)
        answer = await house.signed("GET", PATH, params)
        assert [row["amount"][0] for row in answer.json["rows"]] == expected
        assert answer.json["total"] == total

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"type": 5}, (400, -1130)),
        ({"type": "MAIN_UMFUTURE"}, (400, -1130)),
        ({"type": None}, (400, -1102)),
        ({"asset": "MOON"}, (400, -5003)),
        ({"asset": "SOL"}, (400, -9000)),
        ({"amount": "0"}, (400, -5007)),
        ({"amount": "100000.00000001"}, (400, -5013)),
        ({"amount": "-1"}, (400, -1100)),
    ],
)
def test_refusals_are_those_of_the_universal_transfer(
    params: dict[str, object], expected: tuple[int, int]
) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        sent = {"asset": "USDT", "amount": "1", "type": 1, **params}
        assert (await house.signed("POST", PATH, sent)).refusal[:2] == expected
        assert house.digest() == before

    in_house(scene)


def test_it_needs_the_right_of_the_universal_transfer() -> None:
    async def scene(house: House) -> None:
        reader = await house.new_key(permissions=["enableReading", "enableFutures"])
        assert (await move(reader, 1, "1")).refusal[:2] == (401, -1002)

    in_house(scene)

"""Distributions: paid by the operator, read by the holder."""

import pytest

from clearhouse.ledger.chart import OUTSIDE
from clearhouse.model.ids import VENUE
from clearhouse.model.money import parse_units
from unit.api.harness import DEMO_UID, NOW, Answer, House, in_house

PATH = "/sapi/v1/asset/assetDividend"
DAY = 86_400_000


async def pay(house: House, uid: int = DEMO_UID, **body: object) -> Answer:
    return await house.control("POST", f"/accounts/{uid}/dividends", body)


async def paid(house: House, *amounts: str, asset: str = "USDT") -> list[int]:
    answers = [await pay(house, asset=asset, amount=amount) for amount in amounts]
    return [answer.json["tranId"] for answer in answers]


def test_a_distribution_arrives_and_is_shown() -> None:
    async def scene(house: House) -> None:
        done = await pay(house, asset="BNB", amount="0.5", info="Launchpool")
        assert done.status == 200
        tran_id = done.json["tranId"]
        assert (await house.signed("GET", PATH)).json == {
            "rows": [
                {
                    "id": tran_id,
                    "amount": "0.50000000",
                    "asset": "BNB",
                    "divTime": NOW,
                    "enInfo": "Launchpool",
                    "tranId": tran_id,
                    "direction": 1,
                }
            ],
            "total": 1,
        }
        spot = await house.signed("POST", "/sapi/v3/asset/getUserAsset", {"asset": "BNB"})
        assert spot.json[0]["free"] == "100.5"
        outside = house.state.books.balance(VENUE, OUTSIDE, "BNB")
        assert outside == -parse_units("100.5")

    in_house(scene)


def test_without_a_word_it_is_a_distribution_of_the_asset() -> None:
    async def scene(house: House) -> None:
        await paid(house, "1", asset="BTC")
        [row] = (await house.signed("GET", PATH)).json["rows"]
        assert row["enInfo"] == "BTC distribution"

    in_house(scene)


def test_newest_first_by_asset_and_by_number() -> None:
    async def scene(house: House) -> None:
        await paid(house, "1", "2", "3")
        await paid(house, "4", asset="BTC")
        other = await house.account(MAIN={})
        await pay(house, other.uid, asset="USDT", amount="5")
        everything = await house.signed("GET", PATH)
        assert [row["amount"][0] for row in everything.json["rows"]] == ["4", "3", "2", "1"]
        some = await house.signed("GET", PATH, {"asset": "USDT", "limit": 2})
        assert [row["amount"][0] for row in some.json["rows"]] == ["3", "2"]
        assert some.json["total"] == 3

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["2"]),  # the last 180 days
        ({"startTime": NOW, "endTime": NOW}, ["1"]),
        ({"startTime": NOW, "endTime": NOW + 180 * DAY}, ["1"]),
        ({"startTime": NOW + 1, "endTime": NOW + 180 * DAY + 1}, ["2"]),
        ({"endTime": NOW + 180 * DAY}, ["1"]),
        ({"startTime": NOW + 181 * DAY}, []),
    ],
)
def test_windows(params: dict[str, object], expected: list[str]) -> None:
    """One at NOW, one 180 days and a millisecond later; asked then."""

    async def scene(house: House) -> None:
        await paid(house, "1")
        later = NOW + 180 * DAY + 1
        await house.control("PUT", "/clock", {"mode": "frozen", "now": later})
        await paid(house, "2")
        answer = await house.signed("GET", PATH, {"timestamp": later, **params})
        assert [row["amount"][0] for row in answer.json["rows"]] == expected

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {"startTime": NOW - 180 * DAY - 1, "endTime": NOW},
            (400, -1127, "More than 4320 hours between startTime and endTime."),
        ),
        ({"startTime": 0}, (400, -1127, "More than 4320 hours between startTime and endTime.")),
        ({"startTime": 2, "endTime": 1}, (400, -1023, "Start time is greater than end time.")),
        ({"limit": 501}, (400, -1130, "Data sent for parameter 'limit' is not valid.")),
        ({"limit": 0}, (400, -1130, "Data sent for parameter 'limit' is not valid.")),
    ],
)
def test_refusals(params: dict[str, object], expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        assert (await house.signed("GET", PATH, params)).refusal == expected

    in_house(scene)


@pytest.mark.parametrize(
    ("uid", "body", "expected"),
    [
        (DEMO_UID, {"asset": "USDT", "amount": "0"}, (400, "amount_not_positive")),
        (DEMO_UID, {"asset": "USDT", "amount": "-1"}, (400, "malformed")),
        (DEMO_UID, {"asset": "USDT"}, (400, "malformed")),
        (DEMO_UID, {"asset": "USDT", "amount": "1", "why": "x"}, (400, "malformed")),
        (DEMO_UID, {"asset": "USDT", "amount": "1", "info": "x" * 201}, (400, "malformed")),
        (DEMO_UID, {"asset": "MOON", "amount": "1"}, (404, "unknown_asset")),
        (DEMO_UID, {"asset": "USDT", "amount": "92233720368"}, (400, "balance_too_large")),
        (7, {"asset": "USDT", "amount": "1"}, (404, "unknown_account")),
    ],
)
def test_what_the_control_plane_refuses(
    uid: int, body: dict[str, object], expected: tuple[int, str]
) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        assert (await pay(house, uid, **body)).error == expected
        assert house.digest() == before

    in_house(scene)


def test_a_repeated_call_pays_once() -> None:
    async def scene(house: House) -> None:
        path, body = f"/accounts/{DEMO_UID}/dividends", {"asset": "USDT", "amount": "1"}
        first = await house.control("POST", path, body, idempotency_key="a")
        again = await house.control("POST", path, body, idempotency_key="a")
        assert first.json == again.json
        assert (await house.signed("GET", PATH)).json["total"] == 1

    in_house(scene)

"""The history of transfers: order, pages, windows, filters, and what it refuses."""

import pytest

from unit.api.harness import NOW, Answer, House, in_house

PATH = "/sapi/v1/asset/transfer"
DAY = 86_400_000


async def history(house: House, **params: object) -> Answer:
    return await house.signed("GET", PATH, {"type": "MAIN_FUNDING", **params})


async def at(house: House, moment: int) -> None:
    """Freeze the venue at another moment."""
    moved = await house.control("PUT", "/clock", {"mode": "frozen", "now": moment})
    assert moved.status == 200


async def moved(house: House, *amounts: str, kind: str = "MAIN_FUNDING") -> list[int]:
    now = house.opened.venue.now()
    made = []
    for amount in amounts:
        params = {"type": kind, "asset": "USDT", "amount": amount, "timestamp": now}
        answer = await house.signed("POST", PATH, params)
        assert answer.status == 200, answer.body
        made.append(answer.json["tranId"])
    return made


def amounts(answer: Answer) -> list[str]:
    return [row["amount"] for row in answer.json["rows"]]


def test_a_row_says_what_was_moved() -> None:
    async def scene(house: House) -> None:
        [tran_id] = await moved(house, "1.50")
        assert (await history(house)).json == {
            "total": 1,
            "rows": [
                {
                    "timestamp": NOW,
                    "asset": "USDT",
                    "amount": "1.5",
                    "type": "MAIN_FUNDING",
                    "status": "CONFIRMED",
                    "tranId": tran_id,
                }
            ],
        }

    in_house(scene)


def test_no_transfers() -> None:
    async def scene(house: House) -> None:
        assert (await history(house)).json == {"total": 0, "rows": []}

    in_house(scene)


def test_newest_first_also_within_a_millisecond() -> None:
    async def scene(house: House) -> None:
        await moved(house, "1", "2")
        await at(house, NOW + 5)
        await moved(house, "3")
        assert amounts(await history(house)) == ["3", "2", "1"]

    in_house(scene)


def test_only_the_kind_and_the_account_asked_for() -> None:
    async def scene(house: House) -> None:
        other = await house.account(MAIN={"USDT": "5"})
        await moved(house, "1")
        await moved(house, "2", kind="MAIN_OPTION")
        await moved(other, "3")
        assert amounts(await history(house)) == ["1"]
        assert amounts(await history(house, type="MAIN_OPTION")) == ["2"]
        assert amounts(await history(other)) == ["3"]

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["12", "11", "10", "9", "8", "7", "6", "5", "4", "3"]),
        ({"current": 2}, ["2", "1"]),
        ({"current": 3}, []),
        ({"size": 5}, ["12", "11", "10", "9", "8"]),
        ({"size": 5, "current": 3}, ["2", "1"]),
        ({"size": 1, "current": 12}, ["1"]),
        ({"size": 100}, [str(n) for n in range(12, 0, -1)]),
        ({"current": 1_000_000, "size": 100}, []),
    ],
)
def test_pages(params: dict[str, int], expected: list[str]) -> None:
    async def scene(house: House) -> None:
        await moved(house, *[str(n) for n in range(1, 13)])
        answer = await history(house, **params)
        assert amounts(answer) == expected
        assert answer.json["total"] == 12

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["10", "3"]),  # the last 7 days, both ends included
        ({"startTime": NOW}, ["10", "3"]),
        ({"startTime": NOW + 1}, ["10"]),
        ({"startTime": NOW - DAY}, ["10", "3", "0.5"]),
        ({"endTime": NOW}, ["3", "0.5"]),
        ({"endTime": NOW - 1}, ["0.5"]),
        ({"startTime": NOW, "endTime": NOW}, ["3"]),
        ({"startTime": NOW + 8 * DAY}, []),
        ({"startTime": 0}, ["10", "3", "0.5"]),
        ({"startTime": 0, "endTime": 10**18 - 1}, ["10", "3", "0.5"]),
        ({"endTime": 1}, []),
    ],
)
def test_windows(params: dict[str, int], expected: list[str]) -> None:
    """Transfers a day before NOW, at NOW, and 7 days after it; asked 7 days after it."""

    async def scene(house: House) -> None:
        await at(house, NOW - DAY)
        await moved(house, "0.5")
        await at(house, NOW)
        await moved(house, "3")
        await at(house, NOW + 7 * DAY)
        await moved(house, "10")
        answer = await history(house, timestamp=NOW + 7 * DAY, **params)
        assert amounts(answer) == expected
        assert answer.json["total"] == len(expected)

    in_house(scene)


def test_rows_are_kept_for_six_months() -> None:
    async def scene(house: House) -> None:
        await moved(house, "1")
        await at(house, NOW + 1)
        await moved(house, "2")
        later = NOW + 1 + 183 * DAY
        await at(house, later)
        assert amounts(await history(house, timestamp=later, startTime=0)) == ["2"]

    in_house(scene)


def test_pairs_filter_the_isolated_kinds() -> None:
    async def scene(house: House) -> None:
        for pair, amount in (("BTCUSDT", "1"), ("ETHUSDT", "2")):
            await house.transfer("MAIN_ISOLATED_MARGIN", "USDT", amount, toSymbol=pair)
        kind = {"type": "MAIN_ISOLATED_MARGIN"}
        assert amounts(await history(house, **kind, toSymbol="ETHUSDT")) == ["2"]
        assert amounts(await history(house, **kind, toSymbol="BNBUSDT")) == []
        refused = await history(house, **kind)
        assert refused.refusal == (
            400,
            -1102,
            "Mandatory parameter 'toSymbol' was not sent, was empty/null, or malformed.",
        )

    in_house(scene)


def invalid(name: str) -> tuple[int, int, str]:
    return 400, -1130, f"Data sent for parameter '{name}' is not valid."


def not_a_number(name: str) -> tuple[int, int, str]:
    text = f"Illegal characters found in parameter '{name}'; legal range is '^[0-9]{{1,18}}$'."
    return 400, -1100, text


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {"type": None},
            (
                400,
                -1102,
                "Mandatory parameter 'type' was not sent, was empty/null, or malformed.",
            ),
        ),
        ({"type": "MAIN_MOON"}, invalid("type")),
        ({"size": 0}, invalid("size")),
        ({"size": 101}, invalid("size")),
        ({"size": -1}, not_a_number("size")),
        ({"size": "ten"}, not_a_number("size")),
        ({"size": ""}, (400, -1105, "Parameter 'size' was empty.")),
        ({"current": 0}, invalid("current")),
        ({"current": 1_000_001}, invalid("current")),
        ({"current": "1.5"}, not_a_number("current")),
        ({"startTime": "yesterday"}, not_a_number("startTime")),
        ({"startTime": -1}, not_a_number("startTime")),
        ({"endTime": 10**18}, not_a_number("endTime")),
        (
            {"startTime": NOW, "endTime": NOW - 1},
            (400, -1023, "Start time is greater than end time."),
        ),
    ],
)
def test_refusals(params: dict[str, object], expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        assert (await history(house, **params)).refusal == expected

    in_house(scene)

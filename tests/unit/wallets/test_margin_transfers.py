"""Transfers as the margin wallets see them, and how much may leave them."""

import pytest

from unit.api.harness import NOW, Answer, House, in_house

PATH = "/sapi/v1/margin/transfer"
MAX = "/sapi/v1/margin/maxTransferable"
DAY = 86_400_000

MOVES = [
    ("MAIN_MARGIN", "5", {}),
    ("MARGIN_ISOLATEDMARGIN", "4", {"toSymbol": "BTCUSDT"}),
    (
        "ISOLATEDMARGIN_ISOLATEDMARGIN",
        "3",
        {"fromSymbol": "BTCUSDT", "toSymbol": "ETHUSDT"},
    ),
    ("ISOLATED_MARGIN_MAIN", "2", {"fromSymbol": "ETHUSDT"}),
    ("MARGIN_FUNDING", "1", {}),
    ("MAIN_UMFUTURE", "9", {}),
]


async def moved(house: House) -> list[int]:
    answers = [await house.transfer(kind, "USDT", amount, **more) for kind, amount, more in MOVES]
    return [answer.json["tranId"] for answer in answers]


async def history(house: House, **params: object) -> Answer:
    return await house.signed("GET", PATH, params)


def ways(answer: Answer) -> list[tuple[str, str]]:
    return [(row["amount"][0], row["type"]) for row in answer.json["rows"]]


def test_a_row_says_what_moved_between_which_wallets() -> None:
    async def scene(house: House) -> None:
        numbers = await moved(house)
        page = (await history(house, isolatedSymbol="ETHUSDT", type="ROLL_IN")).json
        assert page == {
            "rows": [
                {
                    "amount": "3.00000000",
                    "asset": "USDT",
                    "status": "CONFIRMED",
                    "timestamp": NOW,
                    "txId": numbers[2],
                    "type": "ROLL_IN",
                    "transFrom": "ISOLATED_MARGIN",
                    "transTo": "ISOLATED_MARGIN",
                    "fromSymbol": "BTCUSDT",
                    "toSymbol": "ETHUSDT",
                }
            ],
            "total": 1,
        }

    in_house(scene)


def test_a_cross_row_names_no_pairs() -> None:
    async def scene(house: House) -> None:
        await house.transfer("MAIN_MARGIN", "USDT", "5")
        [row] = (await history(house)).json["rows"]
        assert (row["transFrom"], row["transTo"]) == ("SPOT", "CROSS_MARGIN")
        assert not {"fromSymbol", "toSymbol"} & row.keys()

    in_house(scene)


@pytest.mark.parametrize(
    ("kind", "more", "ends"),
    [
        ("MAIN_MARGIN", {}, ("SPOT", "CROSS_MARGIN", "ROLL_IN")),
        ("MARGIN_MAIN", {}, ("CROSS_MARGIN", "SPOT", "ROLL_OUT")),
        ("MARGIN_UMFUTURE", {}, ("CROSS_MARGIN", "FUTURES", "ROLL_OUT")),
        ("MARGIN_CMFUTURE", {}, ("CROSS_MARGIN", "DELIVERY", "ROLL_OUT")),
        ("MARGIN_FUNDING", {}, ("CROSS_MARGIN", "FUNDING", "ROLL_OUT")),
        ("MARGIN_OPTION", {}, ("CROSS_MARGIN", "OPTION", "ROLL_OUT")),
        (
            "MARGIN_ISOLATEDMARGIN",
            {"toSymbol": "BTCUSDT"},
            ("CROSS_MARGIN", "ISOLATED_MARGIN", "ROLL_OUT"),
        ),
        (
            "MAIN_ISOLATED_MARGIN",
            {"toSymbol": "BTCUSDT"},
            ("SPOT", "ISOLATED_MARGIN", "ROLL_IN"),
        ),
    ],
)
def test_the_words_of_the_wallets(
    kind: str, more: dict[str, str], ends: tuple[str, str, str]
) -> None:
    async def scene(house: House) -> None:
        await house.transfer("MAIN_MARGIN", "USDT", "5")
        assert (await house.transfer(kind, "USDT", "1", **more)).status == 200
        row = (await history(house)).json["rows"][0]
        assert (row["transFrom"], row["transTo"], row["type"]) == ends

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [("1", "OUT"), ("2", "OUT"), ("3", "OUT"), ("4", "OUT"), ("5", "IN")]),
        ({"type": "ROLL_IN"}, [("5", "IN")]),
        ({"type": "ROLL_OUT"}, [("1", "OUT"), ("2", "OUT"), ("3", "OUT"), ("4", "OUT")]),
        ({"isolatedSymbol": "BTCUSDT"}, [("3", "OUT"), ("4", "IN")]),
        ({"isolatedSymbol": "BTCUSDT", "type": "ROLL_IN"}, [("4", "IN")]),
        ({"isolatedSymbol": "BTCUSDT", "type": "ROLL_OUT"}, [("3", "OUT")]),
        ({"isolatedSymbol": "ETHUSDT"}, [("2", "OUT"), ("3", "IN")]),
        ({"isolatedSymbol": "BNBUSDT"}, []),
        ({"asset": "BTC"}, []),
        ({"size": 2}, [("1", "OUT"), ("2", "OUT")]),
        ({"size": 2, "current": 3}, [("5", "IN")]),
    ],
)
def test_filters_and_pages(params: dict[str, object], expected: list[tuple[str, str]]) -> None:
    async def scene(house: House) -> None:
        await moved(house)
        answer = await history(house, **params)
        assert ways(answer) == [(amount, f"ROLL_{way}") for amount, way in expected]
        if "size" in params:
            assert answer.json["total"] == 5
        else:
            assert answer.json["total"] == len(expected)

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, 0),  # the last 7 days
        ({"startTime": NOW}, 1),
        ({"startTime": NOW, "endTime": NOW}, 1),
        ({"startTime": NOW + 1}, 0),
        ({"startTime": NOW - 22 * DAY}, 1),
        ({"endTime": NOW + DAY}, 1),
    ],
)
def test_windows(params: dict[str, object], expected: int) -> None:
    """A transfer at NOW, asked for 8 days later."""

    async def scene(house: House) -> None:
        await house.transfer("MAIN_MARGIN", "USDT", "5")
        later = NOW + 8 * DAY
        await house.control("PUT", "/clock", {"mode": "frozen", "now": later})
        answer = await history(house, timestamp=later, **params)
        assert answer.json["total"] == expected

    in_house(scene)


TOO_LONG = (400, -1127, "More than 720 hours between startTime and endTime.")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"startTime": NOW - 30 * DAY - 1}, TOO_LONG),
        ({"startTime": 1, "endTime": 30 * DAY + 2}, TOO_LONG),
        ({"startTime": 2, "endTime": 1}, (400, -1023, "Start time is greater than end time.")),
        ({"type": "ROLL"}, (400, -1130, "Data sent for parameter 'type' is not valid.")),
        ({"size": 101}, (400, -1130, "Data sent for parameter 'size' is not valid.")),
    ],
)
def test_refusals(params: dict[str, object], expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        assert (await history(house, **params)).refusal == expected

    in_house(scene)


def test_all_that_a_margin_wallet_holds_may_leave() -> None:
    async def scene(house: House) -> None:
        await house.transfer("MAIN_MARGIN", "USDT", "5")
        await house.transfer("MAIN_ISOLATED_MARGIN", "USDT", "2.5", toSymbol="BTCUSDT")
        cross = await house.signed("GET", MAX, {"asset": "USDT"})
        assert cross.json == {"amount": "5.00000000"}
        pair = {"asset": "USDT", "isolatedSymbol": "BTCUSDT"}
        assert (await house.signed("GET", MAX, pair)).json == {"amount": "2.50000000"}
        nothing = {"asset": "BTC", "isolatedSymbol": "BTCUSDT"}
        assert (await house.signed("GET", MAX, nothing)).json == {"amount": "0.00000000"}

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"asset": "MOON"}, (400, -3027, "Not a valid margin asset.")),
        (
            {"asset": "BNB", "isolatedSymbol": "BTCUSDT"},
            (400, -3027, "Not a valid margin asset."),
        ),
        (
            {"asset": "USDT", "isolatedSymbol": "BTCMOON"},
            (400, -3028, "Not a valid margin pair."),
        ),
        (
            {},
            (
                400,
                -1102,
                "Mandatory parameter 'asset' was not sent, was empty/null, or malformed.",
            ),
        ),
    ],
)
def test_refused_questions_how_much(
    params: dict[str, object], expected: tuple[int, int, str]
) -> None:
    async def scene(house: House) -> None:
        assert (await house.signed("GET", MAX, params)).refusal == expected

    in_house(scene)


def test_margin_assets() -> None:
    async def scene(house: House) -> None:
        answer = await house.send(
            "GET", "/sapi/v1/margin/allAssets", "asset=USDT", headers={"x-mbx-apikey": house.key}
        )
        assert answer.json == [
            {
                "assetFullName": "TetherUS",
                "assetName": "USDT",
                "isBorrowable": False,
                "isMortgageable": True,
                "userMinBorrow": "0.00000000",
                "userMinRepay": "0.00000000",
            }
        ]
        everything = await house.signed("GET", "/sapi/v1/margin/allAssets")
        assert len(everything.json) == 11
        refused = await house.signed("GET", "/sapi/v1/margin/allAssets", {"asset": "MOON"})
        assert refused.refusal == (400, -3027, "Not a valid margin asset.")

    in_house(scene)

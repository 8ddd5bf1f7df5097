"""Income history: rows, order, windows, pages, filters."""

import pytest

from clearhouse.journal.postings import INCOME_TYPES, Why
from unit.api.harness import NOW, Answer, House, in_house
from unit.wallets.readings import owe

PATH = "/fapi/v1/income"
ETH = {"wallet": "UMFUTURE", "asset": "ETH", "amount": "5"}
DAY = 86_400_000


async def income(house: House, **params: object) -> Answer:
    now = house.opened.venue.now()
    return await house.signed("GET", PATH, {"timestamp": now, **params})


async def at(house: House, moment: int) -> None:
    """Freeze the venue at another moment."""
    moved = await house.control("PUT", "/clock", {"mode": "frozen", "now": moment})
    assert moved.status == 200


async def moved(house: House, *amounts: str, kind: str = "MAIN_UMFUTURE") -> list[int]:
    now, made = house.opened.venue.now(), []
    for amount in amounts:
        answer = await house.transfer(kind, "USDT", amount, timestamp=now)
        assert answer.status == 200, answer.body
        made.append(answer.json["tranId"])
    return made


def amounts(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [row["income"].removesuffix(".00000000") for row in answer.json]


def test_a_transfer_is_a_row_with_its_number() -> None:
    async def scene(house: House) -> None:
        [came] = await moved(house, "1.5")
        await at(house, NOW + 1)
        [went] = await moved(house, "0.00000001", kind="UMFUTURE_FUNDING")
        fixed = {"symbol": "", "incomeType": "TRANSFER", "asset": "USDT", "info": "TRANSFER"}
        assert (await income(house)).json == [
            fixed | {"income": "1.50000000", "time": NOW, "tranId": came, "tradeId": ""},
            fixed | {"income": "-0.00000001", "time": NOW + 1, "tranId": went, "tradeId": ""},
        ]

    in_house(scene)


def test_an_auto_exchange_is_a_row_for_each_asset() -> None:
    """5,000 USDC are owed; 0.5 BTC and 5 ETH bring 31,687.5 and 15,600 USD at 97.5%."""

    async def scene(house: House) -> None:
        await house.control("POST", f"/accounts/{house.uid}/deposits", ETH)
        await house.transfer("MAIN_UMFUTURE", "BTC", "0.5", timestamp=NOW)
        mode = {"multiAssetsMargin": "true", "timestamp": NOW}
        assert (await house.signed("POST", "/fapi/v1/multiAssetsMargin", mode)).status == 200
        owe(house, "USDC", "5000")
        fees = await house.signed("POST", "/fapi/v1/feeBurn", {"feeBurn": "true"})
        assert fees.status == 200
        rows = (await income(house, incomeType="AUTO_EXCHANGE")).json
        number = rows[0]["tranId"]
        kind = {"incomeType": "AUTO_EXCHANGE", "info": "AUTO_EXCHANGE"}
        fixed = kind | {"symbol": "", "tradeId": "", "time": NOW}
        assert rows == [
            fixed | {"asset": "USDC", "income": "5000.00000000", "tranId": number},
            fixed | {"asset": "BTC", "income": "-0.05286809", "tranId": number + 1},
            fixed | {"asset": "ETH", "income": "-0.52868094", "tranId": number + 2},
        ]
        ours = await house.signed("GET", "/fapi/v2/balance")
        held = {row["asset"]: row["balance"] for row in ours.json}
        assert (held["USDC"], held["BTC"]) == ("0.00000000", "0.44713191")
        [moved_next] = await moved(house, "1")
        assert moved_next == number + 3

    in_house(scene)


def test_a_trade_is_profit_and_commission() -> None:
    """Bought at 65,000.10 from the house and sold to it at 64,999.90: 0.2 USDT lost for a bitcoin."""

    async def scene(house: House) -> None:
        await moved(house, "1000")
        trade = {"symbol": "BTCUSDT", "type": "MARKET", "quantity": "0.01", "timestamp": NOW}
        for side in ("BUY", "SELL"):
            answer = await house.signed("POST", "/fapi/v1/order", trade | {"side": side})
            assert answer.status == 200, answer.body
        trades = await house.signed("GET", "/fapi/v1/userTrades", {"timestamp": NOW})
        first, second = (str(row["id"]) for row in trades.json)
        _, bought, profit, sold = (await income(house)).json
        fixed = {"symbol": "BTCUSDT", "asset": "USDT", "time": NOW}
        paid = fixed | {"incomeType": "COMMISSION", "info": "COMMISSION"}
        made = fixed | {"incomeType": "REALIZED_PNL", "info": "REALIZED_PNL"}
        assert bought["tranId"] < profit["tranId"] == sold["tranId"]
        for row in (bought, profit, sold):
            del row["tranId"]
        assert bought == paid | {"income": "-0.32500050", "tradeId": first}
        assert profit == made | {"income": "-0.00200000", "tradeId": second}
        assert sold == paid | {"income": "-0.32499950", "tradeId": second}
        for kind, expected in (("COMMISSION", 2), ("REALIZED_PNL", 1), ("TRANSFER", 1)):
            assert len((await income(house, incomeType=kind)).json) == expected
        assert len((await income(house, symbol="BTCUSDT")).json) == 3
        assert (await income(house, symbol="ETHUSDT")).json == []

    in_house(scene)


def test_funding_is_found_by_its_type() -> None:
    async def scene(house: House) -> None:
        await moved(house, "1000")
        trade = {"symbol": "BTCUSDT", "type": "MARKET", "quantity": "0.01", "timestamp": NOW}
        await house.signed("POST", "/fapi/v1/order", trade | {"side": "BUY"})
        settled = await house.control("POST", "/symbols/BTCUSDT/funding", {"rate": "0.0001"})
        assert settled.status == 200, settled.body
        [row] = (await income(house, incomeType="FUNDING_FEE")).json
        assert (row["income"], row["symbol"], row["tradeId"]) == ("-0.06500000", "BTCUSDT", "")

    in_house(scene)


def test_what_the_operator_moves_is_a_transfer_too() -> None:
    async def scene(house: House) -> None:
        money = {"wallet": "UMFUTURE", "asset": "BTC", "amount": "2"}
        came = (await house.control("POST", "/accounts/1000001/deposits", money)).json["tranId"]
        money["amount"] = "0.5"
        went = (await house.control("POST", "/accounts/1000001/withdrawals", money)).json["tranId"]
        rows = (await income(house)).json
        assert [(row["incomeType"], row["asset"], row["income"]) for row in rows] == [
            ("TRANSFER", "BTC", "2.00000000"),
            ("TRANSFER", "BTC", "-0.50000000"),
        ]
        assert [row["tranId"] for row in rows] == [came, went]

    in_house(scene)


def test_every_movement_that_reaches_the_futures_wallet_has_a_type() -> None:
    """Distributions go to the spot wallet, and dust is converted in spot and margin wallets."""
    assert set(Why) - INCOME_TYPES.keys() == {Why.DIVIDEND, Why.DUST}


def test_other_wallets_and_other_accounts_are_no_income() -> None:
    async def scene(house: House) -> None:
        other = await house.account(MAIN={"USDT": "5"}, UMFUTURE={"USDT": "7"})
        await moved(house, "1", kind="MAIN_FUNDING")
        assert amounts(await income(house)) == []
        assert amounts(await income(other)) == ["7"]

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["1", "2", "3", "4", "5", "6", "7"]),
        ({"limit": 3}, ["5", "6", "7"]),
        ({"limit": 3, "page": 2}, ["2", "3", "4"]),
        ({"limit": 3, "page": 3}, ["1"]),
        ({"limit": 3, "page": 4}, []),
        ({"limit": 3, "endTime": NOW + 4}, ["3", "4", "5"]),
        ({"limit": 3, "startTime": 0}, ["1", "2", "3"]),
        ({"limit": 3, "startTime": 0, "page": 2}, ["4", "5", "6"]),
        ({"limit": 3, "startTime": 0, "page": 3}, ["7"]),
        ({"limit": 3, "startTime": NOW + 1}, ["2", "3", "4"]),
        ({"limit": 3, "startTime": NOW + 1, "endTime": NOW + 2}, ["2", "3"]),
        ({"limit": 1000, "page": 1_000_000}, []),
    ],
)
def test_pages(params: dict[str, object], expected: list[str]) -> None:
    """With a start they go on from it, without one they go back from the newest row."""

    async def scene(house: House) -> None:
        for number in range(7):
            await at(house, NOW + number)
            await moved(house, str(number + 1))
        assert amounts(await income(house, **params)) == expected

    in_house(scene)


def test_a_page_has_a_hundred_rows_unless_more_are_asked_for() -> None:
    async def scene(house: House) -> None:
        await moved(house, *[str(number) for number in range(1, 103)])
        assert amounts(await income(house)) == [str(n) for n in range(3, 103)]
        assert amounts(await income(house, startTime=NOW)) == [str(n) for n in range(1, 101)]
        assert len((await income(house, limit=1000)).json) == 102

    in_house(scene)


def test_rows_of_one_millisecond_stand_as_they_happened() -> None:
    async def scene(house: House) -> None:
        await moved(house, "3", "1", "2")
        await moved(house, "1", kind="UMFUTURE_MAIN")
        assert amounts(await income(house)) == ["3", "1", "2", "-1"]
        assert amounts(await income(house, startTime=NOW)) == ["3", "1", "2", "-1"]

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["3", "4"]),  # the last 7 days, both ends included
        ({"startTime": NOW}, ["3", "4"]),
        ({"startTime": NOW + 1}, ["4"]),
        ({"startTime": NOW - DAY}, ["2", "3", "4"]),
        ({"startTime": NOW - DAY + 1}, ["3", "4"]),
        ({"endTime": NOW}, ["2", "3"]),
        ({"endTime": NOW - 1}, ["2"]),
        ({"startTime": NOW, "endTime": NOW}, ["3"]),
        ({"startTime": NOW + 8 * DAY}, []),
        ({"startTime": NOW + 7 * DAY - 92 * DAY}, ["1", "2", "3", "4"]),  # kept for 92 days
        ({"startTime": 0}, ["1", "2", "3", "4"]),
        ({"endTime": NOW - 80 * DAY}, ["1"]),
        ({"startTime": 0, "endTime": NOW - 90 * DAY}, []),
    ],
)
def test_windows(params: dict[str, object], expected: list[str]) -> None:
    async def scene(house: House) -> None:
        for moment, amount in (
            (NOW - 85 * DAY - 1, "9"),  # one millisecond too old in the end
            (NOW - 85 * DAY, "1"),
            (NOW - DAY, "2"),
            (NOW, "3"),
            (NOW + 7 * DAY, "4"),
        ):
            await at(house, moment)
            await moved(house, amount)
        assert amounts(await income(house, **params)) == expected

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"incomeType": "TRANSFER"}, ["1", "-1"]),
        ({"incomeType": "FUNDING_FEE"}, []),
        ({"incomeType": "DELIVERED_SETTELMENT"}, []),
        ({"symbol": "BTCUSDT"}, []),
        ({"symbol": "BTCUSDT", "incomeType": "FUNDING_FEE"}, []),
        ({"symbol": "BTCUSDT", "page": 2}, []),
        ({"symbol": "BTCUSDT", "incomeType": "TRANSFER", "startTime": NOW}, []),
    ],
)
def test_filters(params: dict[str, object], expected: list[str]) -> None:
    async def scene(house: House) -> None:
        await moved(house, "1")
        await moved(house, "1", kind="UMFUTURE_MAIN")
        assert amounts(await income(house, **params)) == expected

    in_house(scene)


def test_the_rows_add_up_to_the_balance_and_outlive_a_restart() -> None:
    async def scene(house: House) -> None:
        await moved(house, "100", "20")
        await moved(house, "3", "0.5", kind="UMFUTURE_MARGIN")
        rows = (await income(house)).json
        assert [row["income"] for row in rows] == [
            "100.00000000",
            "20.00000000",
            "-3.00000000",
            "-0.50000000",
        ]
        balance = (await house.signed("GET", "/fapi/v2/balance")).json[0]
        assert (balance["asset"], balance["balance"]) == ("USDT", "116.50000000")
        await house.revive()
        assert (await income(house)).json == rows

    in_house(scene)

"""Withdrawals: what a row says, both ends of one within the venue, filters, windows."""

import pytest

from unit.api.harness import NOW, House, in_house
from unit.wallets.capital import (
    DAY,
    OUTSIDE,
    address,
    at,
    deposit,
    get,
    post,
    rows,
    spot,
    withdraw,
    withdrawer,
)

HISTORY = "capital/withdraw/history"
TOO_LONG = "Time interval must be within 0-%s days"


async def ids(house: House, **params: object) -> list[str]:
    return [row["id"] for row in await rows(house, HISTORY, **params)]


def test_a_row_says_what_was_sent() -> None:
    async def scene(house: House) -> None:
        caller = await withdrawer(house)
        await house.transfer("MAIN_FUNDING", "USDT", "50")
        made = await withdraw(
            caller,
            "8.91",
            withdrawOrderId="WITHDRAWtest123",
            network="ETH",
            transactionFeeFlag="true",
            name="my cold wallet",
            walletType=1,
        )
        assert made == "b637c6233790d2d9ff46790c801366a7"
        assert await rows(house, HISTORY) == [
            {
                "id": "b637c6233790d2d9ff46790c801366a7",
                "amount": "8.91000000",
                "transactionFee": "0",
                "coin": "USDT",
                "status": 6,
                "address": OUTSIDE,
                "txId": "2b7f8c15f7b2377d660f8f232b26874f8aedadea2703b82ff2c35b496706eb63",
                "applyTime": "2025-10-09 08:53:20",
                "network": "ETH",
                "transferType": 0,
                "withdrawOrderId": "WITHDRAWtest123",
                "info": "",
                "confirmNo": 1,
                "walletType": 1,
                "txKey": "",
                "completeTime": "2025-10-09 08:53:20",
            }
        ]
        check = (await house.control("GET", "/ledger/check")).json
        assert check["ok"] is True

    in_house(scene)


def test_an_order_id_is_shown_only_where_there_is_one() -> None:
    async def scene(house: House) -> None:
        await withdraw(await withdrawer(house), "1")
        [row] = await rows(house, HISTORY)
        assert "withdrawOrderId" not in row
        assert (row["network"], row["walletType"]) == ("CLEARHOUSE", 0)

    in_house(scene)


@pytest.mark.parametrize(("fast", "transfer_type"), [("disable", 0), ("enable", 1)])
def test_a_withdrawal_to_an_account_here_arrives(fast: str, transfer_type: int) -> None:
    """Both ends have the amount, the address, the network and the transaction in common."""

    async def scene(house: House) -> None:
        customer = await house.account(MAIN={"USDT": "5"})
        caller = await withdrawer(house)
        assert (await post(caller, f"account/{fast}FastWithdrawSwitch")).json == {}
        theirs = await address(customer, "USDT", network="TRX")
        await withdraw(caller, "25.5", address=theirs, network="TRX")
        assert (await spot(house), await spot(customer)) == ("99974.50000000", "30.50000000")
        [sent] = await rows(caller, HISTORY)
        came, _ = await rows(customer, "capital/deposit/hisrec", includeSource="true")
        assert (sent["amount"], came["amount"]) == ("25.50000000", "25.5")
        for name in ("address", "network", "txId", "transferType", "coin"):
            assert sent[name] == came[name]
        assert (came["transferType"], came["network"]) == (transfer_type, "TRX")
        assert came["txId"].startswith("Internal transfer 135268536") == bool(transfer_type)
        assert came["sourceAddress"] == await address(house, "USDT", network="TRX")
        assert (await house.control("GET", "/ledger/check")).json["ok"] is True

    in_house(scene)


def test_fast_withdrawal_says_nothing_of_an_address_outside() -> None:
    async def scene(house: House) -> None:
        await post(house, "account/enableFastWithdrawSwitch")
        await withdraw(await withdrawer(house), "1")
        [row] = await rows(house, HISTORY)
        assert row["transferType"] == 0
        assert len(row["txId"]) == 64

    in_house(scene)


def test_a_withdrawal_to_oneself_comes_back() -> None:
    async def scene(house: House) -> None:
        await house.transfer("MAIN_FUNDING", "USDT", "100")
        own = await address(house, "USDT")
        await withdraw(await withdrawer(house), "40", address=own, walletType=1)
        assert await spot(house) == "99940.00000000"

    in_house(scene)


def test_both_ends_outlive_a_restart() -> None:
    async def scene(house: House) -> None:
        customer = await house.account()
        caller = await withdrawer(house)
        await withdraw(caller, "3", address=await address(customer, "USDT"))
        before = house.digest()
        await house.revive()
        assert house.digest() == before
        assert house.state.next_tran_id == 13_526_853_628

    in_house(scene)


def test_rows_come_newest_first_and_in_pages() -> None:
    async def scene(house: House) -> None:
        caller = await withdrawer(house)
        one, two, three = [await withdraw(caller, str(n)) for n in (1, 2, 3)]
        assert await ids(house) == [three, two, one]
        assert await ids(house, limit=2) == [three, two]
        assert await ids(house, limit=2, offset=2) == [one]
        assert await ids(house, limit=2, offset=3) == []

    in_house(scene)


def test_filters() -> None:
    async def scene(house: House) -> None:
        caller = await withdrawer(house)
        tether = await withdraw(caller, "1", withdrawOrderId="mine")
        coin = await withdraw(caller, "1", coin="BTC", withdrawOrderId="mine too")
        assert await ids(house, coin="BTC") == [coin]
        assert await ids(house, coin="MOON") == []
        assert await ids(house, withdrawOrderId="mine") == [tether]
        assert await ids(house, status=6) == [coin, tether]
        assert await ids(house, status=2) == []
        assert await ids(house, idList=tether) == [tether]
        assert await ids(house, idList=f"{tether},nonsense,{coin}") == [coin, tether]
        assert await ids(house, idList="nonsense") == []
        assert await ids(house, idList=tether.upper()) == []
        assert await ids(house, idList=",".join([tether] * 45)) == [tether]

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"idList": ",".join(["a"] * 46)}, "idList"),
        ({"status": 7}, "status"),
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"offset": 1_000_000_001}, "offset"),
    ],
)
def test_a_parameter_out_of_bounds(params: dict[str, object], name: str) -> None:
    async def scene(house: House) -> None:
        refused = await get(house, HISTORY, **params)
        assert refused.refusal == (400, -1130, f"Data sent for parameter '{name}' is not valid.")
        assert refused.headers["x-sapi-used-uid-weight-1s"] == "18000"

    in_house(scene)


def test_others_see_nothing_of_it() -> None:
    async def scene(house: House) -> None:
        made = await withdraw(await withdrawer(house), "1")
        customer = await house.account()
        assert await ids(customer, idList=made) == []

    in_house(scene)


@pytest.mark.parametrize(("more", "days"), [({}, 90), ({"withdrawOrderId": "mine"}, 7)])
def test_the_window(more: dict[str, object], days: int) -> None:
    """Both ends belong to it; without times it is as long as it may be."""

    async def scene(house: House) -> None:
        made = await withdraw(await withdrawer(house), "1", withdrawOrderId="mine")
        assert await ids(house, startTime=NOW, endTime=NOW, **more) == [made]
        assert await ids(house, endTime=NOW - 1, **more) == []
        assert await ids(house, startTime=NOW + 1, **more) == []
        await at(house, NOW + days * DAY)
        assert await ids(house, **more) == [made]
        assert await ids(house, startTime=NOW, endTime=NOW + days * DAY, **more) == [made]
        await at(house, NOW + days * DAY + 1)
        assert await ids(house, **more) == []
        assert await ids(house, endTime=NOW, **more) == [made]
        wide = await get(house, HISTORY, startTime=NOW, **more)
        assert wide.refusal == (400, -4047, TOO_LONG % days)
        back = await get(house, HISTORY, startTime=NOW, endTime=NOW - 1, **more)
        assert back.refusal == (400, -1023, "Start time is greater than end time.")

    in_house(scene)


def test_the_address_book() -> None:
    async def scene(house: House) -> None:
        assert await rows(house, "capital/withdraw/address/list") == []
        book = f"/accounts/{house.uid}/addresses"
        entry = {"coin": "BTC", "address": OUTSIDE, "network": "BTC", "name": "Satoshi"}
        made = await house.control("POST", book, entry)
        assert made.json == {**entry, "tag": "", "trusted": False}
        await house.control("POST", book, {**entry, "name": "S.", "trusted": True})
        await house.control("POST", book, {"coin": "XRP", "address": "r3T75fuL", "tag": "10"})
        assert await rows(house, "capital/withdraw/address/list") == [
            {
                "address": OUTSIDE,
                "addressTag": "",
                "coin": "BTC",
                "name": "S.",
                "network": "BTC",
                "origin": "",
                "originType": "others",
                "whiteStatus": True,
            },
            {
                "address": "r3T75fuL",
                "addressTag": "10",
                "coin": "XRP",
                "name": "",
                "network": "CLEARHOUSE",
                "origin": "",
                "originType": "others",
                "whiteStatus": False,
            },
        ]
        shown = (await house.control("GET", f"/accounts/{house.uid}")).json["wallets"]
        assert shown == {
            "spotBNBBurn": True,
            "interestBNBBurn": False,
            "fastWithdraw": False,
            "whitelist": False,
            "addresses": [
                {**entry, "name": "S.", "tag": "", "trusted": True},
                {
                    "coin": "XRP",
                    "network": "CLEARHOUSE",
                    "address": "r3T75fuL",
                    "tag": "10",
                    "name": "",
                    "trusted": False,
                },
            ],
        }

    in_house(scene)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"coin": "MOON", "address": OUTSIDE}, (404, "unknown_asset")),
        ({"coin": "BTC", "address": "ab"}, (400, "address_illegal")),
        ({"coin": "BTC"}, (400, "malformed")),
        ({"coin": "BTC", "address": OUTSIDE, "network": "a b"}, (400, "malformed")),
    ],
)
def test_the_address_book_refuses(body: dict[str, str], error: tuple[int, str]) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        answer = await house.control("POST", f"/accounts/{house.uid}/addresses", body)
        assert answer.error == error
        assert house.digest() == before

    in_house(scene)


def test_settings_of_nobody() -> None:
    async def scene(house: House) -> None:
        entry = {"coin": "BTC", "address": OUTSIDE}
        assert (await house.control("POST", "/accounts/9/addresses", entry)).error == (
            404,
            "unknown_account",
        )
        switch = await house.control("PUT", "/accounts/9/whitelist", {"enabled": True})
        assert switch.error == (404, "unknown_account")

    in_house(scene)


def test_the_quota_counts_24_hours() -> None:
    async def scene(house: House) -> None:
        caller = await withdrawer(house)
        await house.control("PUT", "/assets/BTC/index", {"index": "100000"})
        assert await rows(house, "capital/withdraw/quota") == {
            "wdQuota": "8000000",
            "usedWdQuota": "0",
        }
        await withdraw(caller, "0.015", coin="BTC")
        await at(house, NOW + DAY - 1)
        assert (await rows(house, "capital/withdraw/quota"))["usedWdQuota"] == "1500"
        await at(house, NOW + DAY)
        assert (await rows(house, "capital/withdraw/quota"))["usedWdQuota"] == "0"

    in_house(scene)


def test_the_operators_withdrawal_is_none_of_an_address() -> None:
    """It stands in no history, and takes nothing of the quota."""

    async def scene(house: House) -> None:
        await deposit(house, "9")
        body = {"wallet": "MAIN", "asset": "USDT", "amount": "9"}
        await house.control("POST", f"/accounts/{house.uid}/withdrawals", body)
        assert await ids(house) == []
        assert (await rows(house, "capital/withdraw/quota"))["usedWdQuota"] == "0"

    in_house(scene)


def test_ten_histories_a_second_are_allowed() -> None:
    """The weight is large because its limit is one of a second of real time."""

    async def scene(house: House) -> None:
        for _ in range(10):
            assert (await get(house, HISTORY)).status == 200
        refused = await get(house, HISTORY)
        assert refused.refusal == (
            429,
            -1003,
            (
                "Too much request weight used; current limit is 180000 request weight per 1 SECOND. "
                "Please use WebSocket Streams for live updates to avoid polling the API."
            ),
        )
        assert refused.headers["retry-after"] == "1"
        assert refused.headers["x-sapi-used-uid-weight-1s"] == "198000"
        assert refused.headers["x-clearhouse-hint"] == "this limit is one of a second"
        house.wall.now += 1_000
        assert (await get(house, HISTORY)).headers["x-sapi-used-uid-weight-1s"] == "18000"

    in_house(scene)

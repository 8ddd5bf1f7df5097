"""Dust: what is offered, what turning it does to the books, and the log of it.

Prices of the built-in market in USD: BTC 65000, BNB 600, XRP 0.6, DOGE 0.15, 1000SHIB 0.02.
"""

import pytest

from clearhouse.ledger.chart import FEES, HOUSE
from clearhouse.model.ids import VENUE, Uid
from clearhouse.model.money import fixed8
from clearhouse.model.wallets import MAIN, Wallet
from unit.api.harness import NOW, Answer, House, in_house

DUST = "/sapi/v1/asset/dust"
CONVERT = "/sapi/v1/asset/dust-convert/convert"
INTO_BNB = "/sapi/v1/asset/dust-btc"
CONVERTIBLE = "/sapi/v1/asset/dust-convert/query-convertible-assets"
LOG = "/sapi/v1/asset/dribblet"

HELD = {"XRP": "10", "DOGE": "20", "USDT": "10", "ETH": "1", "ADA": "0.00000001"}
"""XRP worth 6 USD and DOGE worth 3 are dust; 10 USDT are just none; 1 ADA unit is worth nothing."""


async def holder(house: House, wallet: str = "MAIN", **held: str) -> House:
    return await house.account(**{wallet: held or HELD})


async def turn(house: House, path: str = DUST, **params: object) -> Answer:
    answer = await house.signed("POST", path, params)
    assert answer.status == 200, answer.body
    return answer


def balance(house: House, asset: str, wallet: Wallet = MAIN, uid: int | None = None) -> str:
    owner = Uid(house.uid if uid is None else uid)
    return fixed8(house.state.books.balance(owner, wallet, asset))


def test_two_assets_become_bnb_less_two_percent() -> None:
    """10 XRP are 6 USD, 0.01 BNB, charge 0.0002; 20 DOGE are 3 USD, 0.005 BNB, charge 0.0001."""

    async def scene(house: House) -> None:
        own = await holder(house)
        answer = await turn(own, asset="XRP,DOGE")
        first, second = (row.pop("tranId") for row in answer.json["transferResult"])
        assert second == first + 1
        assert {**answer.json, "transferResult": None} == {
            "totalServiceCharge": "0.00030000",
            "totalTransfered": "0.01500000",
            "transferResult": None,
        }
        assert (balance(own, "XRP"), balance(own, "DOGE")) == ("0.00000000", "0.00000000")
        assert balance(own, "BNB") == "0.01470000"
        assert balance(own, "USDT") == "10.00000000"
        assert balance(own, "XRP", HOUSE, VENUE) == "10.00000000"
        assert balance(own, "DOGE", HOUSE, VENUE) == "20.00000000"
        assert balance(own, "BNB", HOUSE, VENUE) == "-0.01500000"
        assert balance(own, "BNB", FEES, VENUE) == "0.00030000"
        assert (await house.control("GET", "/ledger/check")).json["ok"] is True

    in_house(scene)


def test_the_rows_of_a_conversion() -> None:
    async def scene(house: House) -> None:
        own = await holder(house)
        [row] = (await turn(own, asset="XRP")).json["transferResult"]
        assert list(row) == [
            "amount",
            "fromAsset",
            "operateTime",
            "serviceChargeAmount",
            "tranId",
            "transferedAmount",
        ]
        assert {**row, "tranId": 0} == {
            "amount": "10.00000000",
            "fromAsset": "XRP",
            "operateTime": NOW,
            "serviceChargeAmount": "0.00020000",
            "tranId": 0,
            "transferedAmount": "0.01000000",
        }

    in_house(scene)


def test_every_step_is_cut_at_eight_decimals() -> None:
    """1.23456789 at 0.02 are 0.02469135|78 USD, 0.00004115|22 BNB, of which 2% 0.00000082|30."""

    async def scene(house: House) -> None:
        own = await holder(house, **{"1000SHIB": "1.23456789"})
        answer = await turn(own, asset="1000SHIB")
        assert answer.json["totalTransfered"] == "0.00004115"
        assert answer.json["totalServiceCharge"] == "0.00000082"
        assert balance(own, "BNB") == "0.00004033"

    in_house(scene)


def test_any_asset_is_a_target_and_amounts_are_trimmed() -> None:
    """6 USD of XRP and 3 USD of DOGE in USDC; without `targetAsset` it would be BNB."""

    async def scene(house: House) -> None:
        own = await holder(house)
        answer = await turn(own, CONVERT, asset="XRP,DOGE", targetAsset="USDC", clientId="a-1")
        assert answer.json["totalTransfered"] == "9"
        assert answer.json["totalServiceCharge"] == "0.18"
        rows = [
            (row["fromAsset"], row["amount"], row["transferedAmount"], row["serviceChargeAmount"])
            for row in answer.json["transferResult"]
        ]
        assert rows == [("XRP", "10", "6", "0.12"), ("DOGE", "20", "3", "0.06")]
        assert balance(own, "USDC") == "8.82000000"

        other = await holder(house)
        assert (await turn(other, CONVERT, asset="XRP")).json["totalTransfered"] == "0.01"

    in_house(scene)


def test_the_margin_wallet_has_dust_of_its_own() -> None:
    async def scene(house: House) -> None:
        own = await holder(house, "MARGIN", XRP="5")
        refused = await own.signed("POST", DUST, {"asset": "XRP"})
        assert refused.refusal == (400, -5003, "You don't have this asset.")
        await turn(own, asset="XRP", accountType="MARGIN")
        assert balance(own, "BNB", Wallet("MARGIN")) == "0.00490000"
        spot = await own.signed("GET", LOG)
        margin = await own.signed("GET", LOG, {"accountType": "MARGIN"})
        assert (spot.json["total"], margin.json["total"]) == (0, 1)

    in_house(scene)


@pytest.mark.parametrize(
    "query",
    [
        "asset=XRP&asset=DOGE",
        "asset=XRP,DOGE",
        "asset=XRP%2CDOGE",
        "asset=XRP%2C+DOGE",
        "asset=%5B%22XRP%22%2C%22DOGE%22%5D",
        "asset=XRP,DOGE&asset=XRP",
    ],
)
@pytest.mark.parametrize("in_body", [False, True])
def test_the_ways_in_which_clients_send_a_list(query: str, in_body: bool) -> None:
    """ccxt repeats the name, the official SDK sends commas or, for a list, JSON."""

    async def scene(house: House) -> None:
        own = await holder(house)
        text = f"{query}&timestamp={NOW}"
        text += f"&signature={own.sign(text)}"
        sent = (b"", text) if in_body else (text, b"")
        answer = await own.send("POST", DUST, *sent, headers={"x-mbx-apikey": own.key})
        assert [row["fromAsset"] for row in answer.json["transferResult"]] == ["XRP", "DOGE"]

    in_house(scene)


def test_other_names_stay_unrepeatable() -> None:
    async def scene(house: House) -> None:
        own = await holder(house)
        text = f"asset=XRP&accountType=SPOT&accountType=SPOT&timestamp={NOW}"
        query = f"{text}&signature={own.sign(text)}"
        answer = await own.send("POST", DUST, query, headers={"x-mbx-apikey": own.key})
        assert answer.refusal == (400, -1101, "Duplicate values for a parameter detected.")

    in_house(scene)


NOT_OWNED = (400, -5003, "You don't have this asset.")
TOO_MUCH = (400, -5004, "The residual balances have exceeded 0.001BTC, Please re-choose.")
TOO_LITTLE = (400, -5005, "The residual balances of the BTC is too low")
INTO_ITSELF = (400, -5001, "Don't allow transfer to micro assets.")
NAME_RANGE = "^[A-Z0-9-_.]{1,20}$"
ILLEGAL = (
    400,
    -1100,
    f"Illegal characters found in parameter 'asset'; legal range is '{NAME_RANGE}'.",
)
MISSING = (
    400,
    -1102,
    "Mandatory parameter 'asset' was not sent, was empty/null, or malformed.",
)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, MISSING),
        ({"asset": ""}, MISSING),
        ({"asset": "[]"}, MISSING),
        ({"asset": "["}, ILLEGAL),
        ({"asset": "[1]"}, ILLEGAL),
        ({"asset": "XRP,,DOGE"}, ILLEGAL),
        ({"asset": "XRP DOGE"}, ILLEGAL),
        (
            {"asset": "XRP", "accountType": "FUNDING"},
            (400, -1130, "Data sent for parameter 'accountType' is not valid."),
        ),
        ({"asset": "MOON"}, NOT_OWNED),
        ({"asset": "xrp"}, NOT_OWNED),
        ({"asset": "SOL"}, NOT_OWNED),
        ({"asset": "BNB"}, INTO_ITSELF),
        ({"asset": "USDT"}, TOO_MUCH),
        ({"asset": "ETH"}, TOO_MUCH),
        ({"asset": "ADA"}, TOO_LITTLE),
        ({"asset": "XRP,ETH"}, TOO_MUCH),
        ({"asset": "XRP,MOON,ETH"}, NOT_OWNED),
    ],
)
def test_refusals_change_nothing(params: dict[str, object], expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        own = await holder(house)
        before = house.digest()
        assert (await own.signed("POST", DUST, params)).refusal == expected
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize(("path", "params"), [(CONVERT, {"asset": "XRP"}), (CONVERTIBLE, {})])
def test_a_target_that_is_not_listed(path: str, params: dict[str, object]) -> None:
    async def scene(house: House) -> None:
        own = await holder(house)
        answer = await own.signed("POST", path, {**params, "targetAsset": "MOON"})
        assert answer.refusal == NOT_OWNED

    in_house(scene)


def test_a_repeated_conversion_finds_nothing_left() -> None:
    async def scene(house: House) -> None:
        own = await holder(house)
        params = {"asset": "XRP", "clientId": "a-1"}
        await turn(own, CONVERT, **params)
        assert (await own.signed("POST", CONVERT, params)).refusal == NOT_OWNED

    in_house(scene)


@pytest.mark.parametrize("path", [DUST, CONVERT])
def test_it_needs_the_right_to_trade(path: str) -> None:
    async def scene(house: House) -> None:
        reader = await house.new_key(permissions=["enableReading"])
        answer = await reader.signed("POST", path, {"asset": "XRP"})
        assert answer.refusal == (401, -1002, "You are not authorized to execute this request.")
        hint = answer.headers["x-clearhouse-hint"]
        assert hint == "the key lacks the permission enableSpotAndMarginTrading"

    in_house(scene)


def test_what_could_become_bnb() -> None:
    """10 XRP: 6/65000 = 0.00009230|7 BTC; 20 DOGE: 3/65000 = 0.00004615|3 BTC."""

    async def scene(house: House) -> None:
        own = await holder(house)
        assert (await own.signed("POST", INTO_BNB)).json == {
            "details": [
                {
                    "asset": "XRP",
                    "assetFullName": "XRP",
                    "amountFree": "10",
                    "toBTC": "0.0000923",
                    "toBNB": "0.01",
                    "toBNBOffExchange": "0.0098",
                    "exchange": "0.0002",
                },
                {
                    "asset": "DOGE",
                    "assetFullName": "Dogecoin",
                    "amountFree": "20",
                    "toBTC": "0.00004615",
                    "toBNB": "0.005",
                    "toBNBOffExchange": "0.0049",
                    "exchange": "0.0001",
                },
            ],
            "totalTransferBtc": "0.00013845",
            "totalTransferBNB": "0.015",
            "dribbletPercentage": "0.02",
        }
        margin = await own.signed("POST", INTO_BNB, {"accountType": "MARGIN"})
        assert margin.json["details"] == []

    in_house(scene)


def test_what_could_become_another_asset() -> None:
    """6 USD of XRP: 0.00009230 BTC (cut twice), of which 2% 0.00000184."""

    async def scene(house: House) -> None:
        own = await holder(house, XRP="10")
        assert (await own.signed("POST", CONVERTIBLE, {"targetAsset": "BTC"})).json == {
            "dribbletPercentage": "0.02",
            "totalTransferQuotaAssetAmount": "6",
            "totalTransferTargetAssetAmount": "0.0000923",
            "dribbletBase": "10",
            "details": [
                {
                    "asset": "XRP",
                    "assetFullName": "XRP",
                    "amountFree": "10",
                    "exchange": "0.00000184",
                    "toQuotaAssetAmount": "6",
                    "toTargetAssetAmount": "0.0000923",
                    "toTargetAssetOffExchange": "0.00009046",
                }
            ],
        }

    in_house(scene)


def test_everything_that_is_offered_can_be_turned() -> None:
    async def scene(house: House) -> None:
        own = await holder(house)
        details = (await own.signed("POST", INTO_BNB)).json["details"]
        offered = [row["asset"] for row in details]
        answer = await turn(own, asset=",".join(offered))
        assert [row["fromAsset"] for row in answer.json["transferResult"]] == ["XRP", "DOGE"]
        assert (await own.signed("POST", INTO_BNB)).json["details"] == []

    in_house(scene)


def test_the_log_shows_what_arrived() -> None:
    async def scene(house: House) -> None:
        own = await holder(house)
        rows = (await turn(own, asset="XRP,DOGE")).json["transferResult"]
        first, second = (row["tranId"] for row in rows)
        assert (await own.signed("GET", LOG)).json == {
            "total": 1,
            "userAssetDribblets": [
                {
                    "operateTime": NOW,
                    "totalTransferedAmount": "0.0147",
                    "totalServiceChargeAmount": "0.0003",
                    "transId": first - 1,
                    "userAssetDribbletDetails": [
                        {
                            "transId": first,
                            "serviceChargeAmount": "0.0002",
                            "amount": "10",
                            "operateTime": NOW,
                            "transferedAmount": "0.0098",
                            "fromAsset": "XRP",
                            "targetAsset": "BNB",
                        },
                        {
                            "transId": second,
                            "serviceChargeAmount": "0.0001",
                            "amount": "20",
                            "operateTime": NOW,
                            "transferedAmount": "0.0049",
                            "fromAsset": "DOGE",
                            "targetAsset": "BNB",
                        },
                    ],
                }
            ],
        }

    in_house(scene)


def test_the_log_outlives_a_restart() -> None:
    async def scene(house: House) -> None:
        own = await holder(house)
        await turn(own, asset="XRP,DOGE")
        before = (await own.signed("GET", LOG)).json
        await house.revive()
        own = house.as_key(own.key, own.secret, own.uid)
        assert (await own.signed("GET", LOG)).json == before

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["DOGE", "XRP"]),
        ({"startTime": NOW}, ["DOGE", "XRP"]),
        ({"startTime": NOW + 1}, ["DOGE"]),
        ({"endTime": NOW}, ["XRP"]),
        ({"endTime": NOW - 1}, []),
        ({"startTime": 0, "endTime": NOW + 5}, ["DOGE", "XRP"]),
    ],
)
def test_the_log_of_a_window(params: dict[str, object], expected: list[str]) -> None:
    async def scene(house: House) -> None:
        own = await holder(house)
        await turn(own, asset="XRP")
        await house.control("PUT", "/clock", {"mode": "frozen", "now": NOW + 5})
        await turn(own, asset="DOGE")
        answer = await own.signed("GET", LOG, params)
        found = [
            row["userAssetDribbletDetails"][0]["fromAsset"]
            for row in answer.json["userAssetDribblets"]
        ]
        assert found == expected
        assert answer.json["total"] == len(expected)

    in_house(scene)


def test_a_window_that_ends_before_it_starts() -> None:
    async def scene(house: House) -> None:
        answer = await house.signed("GET", LOG, {"startTime": 2, "endTime": 1})
        assert answer.refusal == (400, -1023, "Start time is greater than end time.")

    in_house(scene)

"""Refused transfers: one row each, with status, code and message, and nothing changed.

docs/reference/transfers.md shows the same rows to users.
"""

import pytest

from unit.api.harness import House, in_house
from unit.wallets.readings import owe

GOOD: dict[str, str | None] = {"type": "MAIN_UMFUTURE", "asset": "USDT", "amount": "1"}
AMOUNT_RANGE = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
NAME_RANGE = "^[A-Z0-9-_.]{1,20}$"
PRECISION = (400, -1111, "Precision is over the maximum defined for this asset.")
NOT_POSITIVE = (400, -5007, "Quantity must be greater than zero.")
NO_ASSET = (400, -5003, "You don't have this asset.")
NO_PAIR = (400, -3028, "Not a valid margin pair.")
UNSUPPORTED = (400, -9000, "Unsupported operation")
TOO_LITTLE = (400, -5013, "Asset transfer failed: insufficient balance")
TOO_LITTLE_MARGIN = (400, -3041, "Balance is not enough")


def missing(name: str) -> tuple[int, int, str]:
    text = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    return 400, -1102, text


def illegal(name: str, legal: str) -> tuple[int, int, str]:
    text = f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."
    return 400, -1100, text


def invalid(name: str) -> tuple[int, int, str]:
    return 400, -1130, f"Data sent for parameter '{name}' is not valid."


def isolated(**params: str) -> dict[str, str | None]:
    return {"type": "MAIN_ISOLATED_MARGIN", "toSymbol": "BTCUSDT", **params}


ROWS: list[tuple[str, dict[str, str | None], tuple[int, int, str]]] = [
    ("no type", {"type": None}, missing("type")),
    ("no asset", {"asset": None}, missing("asset")),
    ("no amount", {"amount": None}, missing("amount")),
    ("empty type", {"type": ""}, missing("type")),
    ("empty asset", {"asset": ""}, missing("asset")),
    ("empty amount", {"amount": ""}, missing("amount")),
    ("the first that is missing", {"type": None, "asset": None, "amount": None}, missing("type")),
    ("unknown type", {"type": "MAIN_MOON"}, invalid("type")),
    ("type in lower case", {"type": "main_umfuture"}, invalid("type")),
    ("type of an old list", {"type": "MAIN_C2C"}, invalid("type")),
    ("type with a blank", {"type": "MAIN_UMFUTURE "}, invalid("type")),
    ("futures to COIN-M directly", {"type": "UMFUTURE_CMFUTURE"}, invalid("type")),
    ("amount in words", {"amount": "many"}, illegal("amount", AMOUNT_RANGE)),
    ("amount with exponent", {"amount": "1e3"}, illegal("amount", AMOUNT_RANGE)),
    ("amount with capital exponent", {"amount": "1E3"}, illegal("amount", AMOUNT_RANGE)),
    ("negative amount", {"amount": "-1"}, illegal("amount", AMOUNT_RANGE)),
    ("amount with plus", {"amount": "+1"}, illegal("amount", AMOUNT_RANGE)),
    ("amount with leading blank", {"amount": " 1"}, illegal("amount", AMOUNT_RANGE)),
    ("amount with trailing blank", {"amount": "1 "}, illegal("amount", AMOUNT_RANGE)),
    ("amount with a newline", {"amount": "1\n"}, illegal("amount", AMOUNT_RANGE)),
    ("amount NaN", {"amount": "NaN"}, illegal("amount", AMOUNT_RANGE)),
    ("amount Infinity", {"amount": "Infinity"}, illegal("amount", AMOUNT_RANGE)),
    ("amount with comma", {"amount": "1,5"}, illegal("amount", AMOUNT_RANGE)),
    ("amount with underscore", {"amount": "1_000"}, illegal("amount", AMOUNT_RANGE)),
    ("amount in hex", {"amount": "0x10"}, illegal("amount", AMOUNT_RANGE)),
    ("amount without whole part", {"amount": ".5"}, illegal("amount", AMOUNT_RANGE)),
    ("amount without decimals", {"amount": "5."}, illegal("amount", AMOUNT_RANGE)),
    ("amount with two points", {"amount": "1.2.3"}, illegal("amount", AMOUNT_RANGE)),
    ("amount in Arabic digits", {"amount": "\u0661"}, illegal("amount", AMOUNT_RANGE)),
    ("amount in full-width digits", {"amount": "\uff11"}, illegal("amount", AMOUNT_RANGE)),
    ("amount over-long", {"amount": "1" * 21}, illegal("amount", AMOUNT_RANGE)),
    ("amount of 5000 digits", {"amount": "9" * 5000}, illegal("amount", AMOUNT_RANGE)),
    ("9 decimals", {"amount": "1.000000001"}, PRECISION),
    ("9 decimals that are zeros", {"amount": "1.000000000"}, PRECISION),
    ("above 1e15", {"amount": "1000000000000000.00000001"}, invalid("amount")),
    ("zero", {"amount": "0"}, NOT_POSITIVE),
    ("zero with decimals", {"amount": "0.00000000"}, NOT_POSITIVE),
    ("exactly 1e15", {"amount": "1000000000000000"}, TOO_LITTLE),
    ("more than there is", {"amount": "100000.00000001"}, TOO_LITTLE),
    ("nothing there", {"asset": "ETH", "amount": "0.00000001"}, TOO_LITTLE),
    ("empty futures wallet", {"type": "UMFUTURE_MAIN"}, TOO_LITTLE),
    ("empty cross wallet", {"type": "MARGIN_MAIN"}, TOO_LITTLE_MARGIN),
    (
        "empty isolated wallet",
        {"type": "ISOLATED_MARGIN_MAIN", "fromSymbol": "BTCUSDT"},
        TOO_LITTLE_MARGIN,
    ),
    ("unknown asset", {"asset": "MOON"}, NO_ASSET),
    ("asset in lower case", {"asset": "usdt"}, NO_ASSET),
    ("asset in another script", {"asset": "\u5e01"}, NO_ASSET),
    ("asset with a blank", {"asset": "US DT"}, illegal("asset", NAME_RANGE)),
    ("asset with a quote", {"asset": "USDT'--"}, illegal("asset", NAME_RANGE)),
    ("asset with a NUL", {"asset": "USDT\0"}, illegal("asset", NAME_RANGE)),
    ("asset with a newline", {"asset": "USDT\n"}, illegal("asset", NAME_RANGE)),
    ("asset over-long", {"asset": "A" * 41}, illegal("asset", NAME_RANGE)),
    ("asset without a futures row", {"asset": "SOL"}, UNSUPPORTED),
    ("unknown pair", isolated(toSymbol="MOONUSDT"), NO_PAIR),
    ("pair in lower case", isolated(toSymbol="btcusdt"), NO_PAIR),
    ("pair with a slash", isolated(toSymbol="BTC/USDT"), illegal("toSymbol", NAME_RANGE)),
    ("pair over-long", isolated(toSymbol="B" * 41), illegal("toSymbol", NAME_RANGE)),
    ("asset not of the pair", isolated(asset="BNB"), UNSUPPORTED),
    (
        "a wallet to itself",
        {
            "type": "ISOLATEDMARGIN_ISOLATEDMARGIN",
            "fromSymbol": "BTCUSDT",
            "toSymbol": "BTCUSDT",
        },
        UNSUPPORTED,
    ),
    ("empty fromSymbol", {"fromSymbol": ""}, (400, -1105, "Parameter 'fromSymbol' was empty.")),
    ("malformed fromSymbol", {"fromSymbol": "?"}, illegal("fromSymbol", NAME_RANGE)),
]


@pytest.mark.parametrize(("name", "change", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_refusal(name: str, change: dict[str, str | None], expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        answer = await house.signed("POST", "/sapi/v1/asset/transfer", GOOD | change)
        assert answer.refusal == expected
        assert house.digest() == before
        assert answer.headers["x-sapi-used-uid-weight-1m"] == "900"

    in_house(scene)


def test_the_row_that_all_others_differ_from_is_accepted() -> None:
    async def scene(house: House) -> None:
        answer = await house.signed("POST", "/sapi/v1/asset/transfer", GOOD)
        assert (answer.status, answer.json) == (200, {"tranId": 13_526_853_627})

    in_house(scene)


def test_a_wallet_refuses_what_it_cannot_hold() -> None:
    """A wallet holds at most 2^63-1 units of 1e-8, so a transfer that exceeds it is refused."""

    async def scene(house: House) -> None:
        most = {"USDT": "92233720368.54775807"}
        customer = await house.account(MAIN=most, FUNDING={"USDT": "1"})
        before = house.digest()
        refused = await customer.transfer("FUNDING_MAIN", "USDT", "0.00000001")
        assert refused.refusal == (400, -5010, "Asset transfer fail.")
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        (["enableReading"], (401, -1002, "You are not authorized to execute this request.")),
        (
            ["permitsUniversalTransfer"],
            (401, -1002, "You are not authorized to execute this request."),
        ),
    ],
)
def test_a_key_needs_both_rights(permissions: list[str], expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        weak = await house.new_key(permissions=permissions)
        before = house.digest()
        refused = await weak.transfer("MAIN_UMFUTURE", "USDT", "1")
        assert refused.refusal == expected
        assert house.digest() == before
        able = await house.new_key(permissions=["enableReading", "permitsUniversalTransfer"])
        assert (await able.transfer("MAIN_UMFUTURE", "USDT", "1")).status == 200

    in_house(scene)


def test_what_leaves_the_futures_wallet_is_max_withdraw_amount() -> None:
    """In multi-assets mode a debt in one asset holds back what another may leave with."""

    async def scene(house: House) -> None:
        await house.transfer("MAIN_UMFUTURE", "USDT", "1000")
        mode = "/fapi/v1/multiAssetsMargin"
        assert (await house.signed("POST", mode, {"multiAssetsMargin": "true"})).status == 200
        owe(house, "USDC", "400")
        # 1000 * 0.9999 - 400 * 1.0001 = 599.86 USD; / 0.9999 = 599.91999199 USDT
        rows = (await house.signed("GET", "/fapi/v2/balance")).json
        assert rows[0]["maxWithdrawAmount"] == "599.91999199"
        refused = await house.transfer("UMFUTURE_MAIN", "USDT", "599.91999200")
        assert refused.refusal == TOO_LITTLE
        assert (await house.transfer("UMFUTURE_MAIN", "USDT", "599.91999199")).status == 200

    in_house(scene)

"""Refused withdrawals: one row each, with status, code and message, and nothing changed.

docs/reference/capital.md shows the same rows to users.
"""

import pytest

from unit.api.harness import HOME, House, in_house
from unit.wallets.capital import OUTSIDE, address, deposit, post, withdraw, withdrawer

PATH = "capital/withdraw/apply"
GOOD: dict[str, str | None] = {"coin": "USDT", "address": OUTSIDE, "amount": "1"}
AMOUNT_RANGE = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
NAME_RANGE = "^[A-Z0-9-_.]{1,20}$"
UNAUTHORISED = (401, -1002, "You are not authorized to execute this request.")
NO_COIN = (400, -4018, "We don't have this asset.")
NO_TAG = (400, -4106, "The network does not support an address tag.")
ILLEGAL_ADDRESS = (400, -4033, "Illegal address.")
TOO_SMALL = (400, -4022, "Not less than the minimum pick-up quantity 0.00000001.")
NOT_WHITE = (400, -4035, "This address is not on the whitelist. Please join and try again.")
TOO_LITTLE = (400, -4026, "You have insufficient balance.")
ABOVE_QUOTA = (400, -4023, "Within 24 hours, the withdrawal exceeds the maximum amount.")


def missing(name: str) -> tuple[int, int, str]:
    text = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    return 400, -1102, text


def illegal(name: str, legal: str) -> tuple[int, int, str]:
    text = f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."
    return 400, -1100, text


def invalid(name: str) -> tuple[int, int, str]:
    return 400, -1130, f"Data sent for parameter '{name}' is not valid."


ROWS: list[tuple[str, dict[str, str | None], tuple[int, int, str]]] = [
    ("no coin", {"coin": None}, missing("coin")),
    ("no address", {"address": None}, missing("address")),
    ("no amount", {"amount": None}, missing("amount")),
    ("empty address", {"address": ""}, missing("address")),
    ("coin with a blank", {"coin": "US DT"}, illegal("coin", NAME_RANGE)),
    ("network with a slash", {"network": "ETH/ERC20"}, illegal("network", NAME_RANGE)),
    ("amount in words", {"amount": "many"}, illegal("amount", AMOUNT_RANGE)),
    ("negative amount", {"amount": "-1"}, illegal("amount", AMOUNT_RANGE)),
    ("address with a newline", {"address": "abc\ndef"}, invalid("address")),
    ("address of 513 characters", {"address": "a" * 513}, invalid("address")),
    ("order id with a NUL", {"withdrawOrderId": "a\0"}, invalid("withdrawOrderId")),
    (
        "9 decimals",
        {"amount": "1.000000001"},
        (400, -1111, "Precision is over the maximum defined for this asset."),
    ),
    ("above 1e15", {"amount": "1000000000000001"}, invalid("amount")),
    ("a third wallet", {"walletType": "2"}, invalid("walletType")),
    ("a flag that is none", {"transactionFeeFlag": "1"}, invalid("transactionFeeFlag")),
    ("empty tag", {"addressTag": ""}, (400, -1105, "Parameter 'addressTag' was empty.")),
    ("unknown coin", {"coin": "MOON"}, NO_COIN),
    ("coin in lower case", {"coin": "usdt"}, NO_COIN),
    ("tag", {"addressTag": "101764890"}, NO_TAG),
    ("tag before the address", {"addressTag": "1", "address": "?"}, NO_TAG),
    ("address of 2 characters", {"address": "ab"}, ILLEGAL_ADDRESS),
    ("address of 129 characters", {"address": "a" * 129}, ILLEGAL_ADDRESS),
    ("address with a blank", {"address": "abc def"}, ILLEGAL_ADDRESS),
    ("address in another script", {"address": "\u5e01\u5e01\u5e01"}, ILLEGAL_ADDRESS),
    ("address before the coin", {"address": "ab", "coin": "MOON"}, ILLEGAL_ADDRESS),
    ("coin before the amount", {"coin": "MOON", "amount": "0"}, NO_COIN),
    ("zero", {"amount": "0"}, TOO_SMALL),
    ("zero with decimals", {"amount": "0.00000000"}, TOO_SMALL),
    ("more than there is", {"amount": "100000.00000001"}, TOO_LITTLE),
    ("empty funding wallet", {"walletType": "1"}, TOO_LITTLE),
    ("coin that is not held", {"coin": "ETH"}, TOO_LITTLE),
    ("address of nobody here", {"address": "clh1" + "0" * 40}, ILLEGAL_ADDRESS),
    ("address of nobody here, cut", {"address": "clh1"}, ILLEGAL_ADDRESS),
]


@pytest.mark.parametrize(("name", "change", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_refusal(name: str, change: dict[str, str | None], expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        caller = await withdrawer(house)
        before = house.digest()
        answer = await post(caller, PATH, **(GOOD | change))
        assert answer.refusal == expected
        assert house.digest() == before
        assert answer.headers["x-sapi-used-uid-weight-1m"] == "900"

    in_house(scene)


def test_the_row_that_all_others_differ_from_is_accepted() -> None:
    async def scene(house: House) -> None:
        caller = await withdrawer(house)
        answer = await post(caller, PATH, **GOOD)
        assert (answer.status, answer.json) == (200, {"id": "3709cb840b707412d86a548964a6f341"})

    in_house(scene)


def test_a_key_without_an_ip_restriction_is_told_how_to_get_one() -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        answer = await post(house, PATH, **GOOD)
        assert answer.refusal == UNAUTHORISED
        assert answer.headers["x-clearhouse-hint"] == (
            "withdrawals need a key with an IP restriction: "
            "POST /_clearhouse/v1/accounts/1000001/keys with ipRestrict makes one"
        )
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize("permission", ["enableReading", "enableWithdrawals"])
def test_a_key_needs_both_rights(permission: str) -> None:
    async def scene(house: House) -> None:
        weak = await withdrawer(house, permissions=[permission])
        assert (await post(weak, PATH, **GOOD)).refusal == UNAUTHORISED
        able = await withdrawer(house, permissions=["enableReading", "enableWithdrawals"])
        assert (await post(able, PATH, **GOOD)).status == 200

    in_house(scene)


def test_the_whitelist_takes_trusted_addresses_only() -> None:
    """Coin, network and address must be those of an entry that is trusted."""

    async def scene(house: House) -> None:
        caller = await withdrawer(house)
        book = f"/accounts/{house.uid}/addresses"
        entry = {"coin": "USDT", "address": OUTSIDE}
        await house.control("POST", book, entry)
        await house.control("PUT", f"/accounts/{house.uid}/whitelist", {"enabled": True})
        assert (await post(caller, PATH, **GOOD)).refusal == NOT_WHITE
        await house.control("POST", book, {**entry, "trusted": True})
        for change in ({"coin": "BTC"}, {"network": "ETH"}, {"address": OUTSIDE + "x"}):
            assert (await post(caller, PATH, **(GOOD | change))).refusal == NOT_WHITE
        assert (await post(caller, PATH, **(GOOD | {"amount": "0"}))).refusal == TOO_SMALL
        assert (await post(caller, PATH, **GOOD)).status == 200
        await house.control("PUT", f"/accounts/{house.uid}/whitelist", {"enabled": False})
        assert (await post(caller, PATH, **(GOOD | {"network": "ETH"}))).status == 200

    in_house(scene)


def test_eight_million_dollars_leave_in_a_day() -> None:
    """BTC counts by its index price; a refusal counts for nothing."""

    async def scene(house: House) -> None:
        await house.control("PUT", "/assets/BTC/index", {"index": "100000"})
        await deposit(house, "8000000")
        caller = await withdrawer(house)
        await withdraw(caller, "2", coin="BTC")
        above = {"amount": "7800000.00000001"}
        assert (await post(caller, PATH, **(GOOD | above))).refusal == ABOVE_QUOTA
        await withdraw(caller, "7800000")
        assert (
            await post(caller, PATH, **(GOOD | {"amount": "0.00000001"}))
        ).refusal == ABOVE_QUOTA

    in_house(scene)


@pytest.mark.parametrize("other", [{"coin": "BTC"}, {"network": "ETH"}])
def test_an_address_here_is_for_one_coin_and_network(other: dict[str, str]) -> None:
    async def scene(house: House) -> None:
        customer = await house.account()
        caller = await withdrawer(house)
        theirs = await address(customer, "USDT")
        before = house.digest()
        answer = await post(caller, PATH, **(GOOD | {"address": theirs} | other))
        assert answer.refusal == ILLEGAL_ADDRESS
        assert house.digest() == before

    in_house(scene)


def test_the_other_end_refuses_what_it_cannot_hold() -> None:
    """Nothing leaves when nothing can arrive."""

    async def scene(house: House) -> None:
        customer = await house.account(MAIN={"USDT": "92233720368.54775807"})
        caller = await withdrawer(house)
        theirs = await address(customer, "USDT")
        before = house.digest()
        answer = await post(caller, PATH, **(GOOD | {"address": theirs, "amount": "0.00000001"}))
        assert answer.refusal == (400, -5010, "Asset transfer fail.")
        assert house.digest() == before

    in_house(scene)


def test_a_key_for_another_address_may_not_withdraw() -> None:
    async def scene(house: House) -> None:
        elsewhere = await house.new_key(ipRestrict=["10.0.0.0/8"])
        answer = await post(elsewhere, PATH, **GOOD)
        assert answer.refusal[:2] == (401, -2015)
        assert elsewhere.address == HOME

    in_house(scene)

"""Each of the 33 kinds moves money from the wallet it names to the wallet it names.

The account has a different amount in every wallet, so a transfer that takes from a wrong one
or gives to a wrong one cannot look right.
"""

import pytest

from clearhouse.messages.transfers import TransferKind
from unit.api.harness import House, in_house
from unit.wallets.readings import balances

PAIRS = ("BTCUSDT", "ETHUSDT")
BEFORE = {
    "MAIN": "100.00000000",
    "FUNDING": "101.00000000",
    "UMFUTURE": "102.00000000",
    "CMFUTURE": "103.00000000",
    "OPTION": "104.00000000",
    "PORTFOLIO_MARGIN": "105.00000000",
    "MARGIN": "106.00000000",
    "BTCUSDT": "107.00000000",
    "ETHUSDT": "108.00000000",
}
ROUTES = [
    ("MAIN_UMFUTURE", "MAIN", "UMFUTURE", {}),
    ("MAIN_CMFUTURE", "MAIN", "CMFUTURE", {}),
    ("MAIN_MARGIN", "MAIN", "MARGIN", {}),
    ("UMFUTURE_MAIN", "UMFUTURE", "MAIN", {}),
    ("UMFUTURE_MARGIN", "UMFUTURE", "MARGIN", {}),
    ("CMFUTURE_MAIN", "CMFUTURE", "MAIN", {}),
    ("MARGIN_MAIN", "MARGIN", "MAIN", {}),
    ("MARGIN_UMFUTURE", "MARGIN", "UMFUTURE", {}),
    ("MARGIN_CMFUTURE", "MARGIN", "CMFUTURE", {}),
    ("CMFUTURE_MARGIN", "CMFUTURE", "MARGIN", {}),
    ("ISOLATEDMARGIN_MARGIN", "BTCUSDT", "MARGIN", {"fromSymbol": "BTCUSDT"}),
    ("MARGIN_ISOLATEDMARGIN", "MARGIN", "ETHUSDT", {"toSymbol": "ETHUSDT"}),
    (
        "ISOLATEDMARGIN_ISOLATEDMARGIN",
        "BTCUSDT",
        "ETHUSDT",
        {"fromSymbol": "BTCUSDT", "toSymbol": "ETHUSDT"},
    ),
    ("MAIN_FUNDING", "MAIN", "FUNDING", {}),
    ("FUNDING_MAIN", "FUNDING", "MAIN", {}),
    ("FUNDING_UMFUTURE", "FUNDING", "UMFUTURE", {}),
    ("UMFUTURE_FUNDING", "UMFUTURE", "FUNDING", {}),
    ("MARGIN_FUNDING", "MARGIN", "FUNDING", {}),
    ("FUNDING_MARGIN", "FUNDING", "MARGIN", {}),
    ("FUNDING_CMFUTURE", "FUNDING", "CMFUTURE", {}),
    ("CMFUTURE_FUNDING", "CMFUTURE", "FUNDING", {}),
    ("MAIN_OPTION", "MAIN", "OPTION", {}),
    ("OPTION_MAIN", "OPTION", "MAIN", {}),
    ("UMFUTURE_OPTION", "UMFUTURE", "OPTION", {}),
    ("OPTION_UMFUTURE", "OPTION", "UMFUTURE", {}),
    ("MARGIN_OPTION", "MARGIN", "OPTION", {}),
    ("OPTION_MARGIN", "OPTION", "MARGIN", {}),
    ("FUNDING_OPTION", "FUNDING", "OPTION", {}),
    ("OPTION_FUNDING", "OPTION", "FUNDING", {}),
    ("MAIN_PORTFOLIO_MARGIN", "MAIN", "PORTFOLIO_MARGIN", {}),
    ("PORTFOLIO_MARGIN_MAIN", "PORTFOLIO_MARGIN", "MAIN", {}),
    ("MAIN_ISOLATED_MARGIN", "MAIN", "BTCUSDT", {"toSymbol": "BTCUSDT"}),
    ("ISOLATED_MARGIN_MAIN", "BTCUSDT", "MAIN", {"fromSymbol": "BTCUSDT"}),
]
NEEDS_FROM = {"ISOLATEDMARGIN_MARGIN", "ISOLATEDMARGIN_ISOLATEDMARGIN", "ISOLATED_MARGIN_MAIN"}
NEEDS_TO = {"MARGIN_ISOLATEDMARGIN", "ISOLATEDMARGIN_ISOLATEDMARGIN", "MAIN_ISOLATED_MARGIN"}


async def _funded(house: House) -> House:
    opening = {
        f"ISOLATED_MARGIN:{wallet}" if wallet in PAIRS else wallet: {"USDT": amount}
        for wallet, amount in BEFORE.items()
    }
    return await house.account(**opening)


def test_the_table_has_every_kind_once() -> None:
    assert len(ROUTES) == 33
    assert {row[0] for row in ROUTES} == {kind.value for kind in TransferKind}


@pytest.mark.parametrize(("kind", "source", "target", "symbols"), ROUTES)
def test_kind(kind: str, source: str, target: str, symbols: dict[str, str]) -> None:
    async def scene(house: House) -> None:
        customer = await _funded(house)
        assert await balances(customer, "USDT", PAIRS) == BEFORE
        first = await customer.transfer(kind, "USDT", "7.00000001", **symbols)
        assert (first.status, list(first.json)) == (200, ["tranId"])
        after = await balances(customer, "USDT", PAIRS)
        second = await customer.transfer(kind, "USDT", "1", **symbols)
        assert second.json["tranId"] == first.json["tranId"] + 1
        taken = BEFORE[source].split(".")[0]
        given = BEFORE[target].split(".")[0]
        assert after == BEFORE | {
            source: f"{int(taken) - 8}.99999999",
            target: f"{int(given) + 7}.00000001",
        }
        check = await house.control("GET", "/ledger/check")
        assert check.json["ok"] is True
        assert check.json["assets"]["USDT"]["sum"] == "0.00000000"

    in_house(scene)


@pytest.mark.parametrize(("kind", "source", "target", "symbols"), ROUTES)
def test_kind_moves_all_there_is_and_not_a_unit_more(
    kind: str, source: str, target: str, symbols: dict[str, str]
) -> None:
    async def scene(house: House) -> None:
        customer = await _funded(house)
        before = house.digest()
        whole = BEFORE[source]
        more = whole.replace(".00000000", ".00000001")
        refused = await customer.transfer(kind, "USDT", more, **symbols)
        if source in ("MARGIN", *PAIRS):
            assert refused.refusal == (400, -3041, "Balance is not enough")
        else:
            assert refused.refusal == (400, -5013, "Asset transfer failed: insufficient balance")
        assert house.digest() == before
        assert (await customer.transfer(kind, "USDT", whole, **symbols)).status == 200
        assert source not in await balances(customer, "USDT", PAIRS)

    in_house(scene)


@pytest.mark.parametrize("kind", sorted(NEEDS_FROM))
@pytest.mark.parametrize("sent", [None, ""])
def test_from_symbol_is_needed(kind: str, sent: str | None) -> None:
    async def scene(house: House) -> None:
        customer = await _funded(house)
        before = house.digest()
        refused = await customer.transfer(kind, "USDT", "1", fromSymbol=sent, toSymbol="ETHUSDT")
        if sent is None:
            assert refused.refusal == (
                400,
                -1102,
                "Mandatory parameter 'fromSymbol' was not sent, was empty/null, or malformed.",
            )
        else:
            assert refused.refusal == (400, -1105, "Parameter 'fromSymbol' was empty.")
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize("kind", sorted(NEEDS_TO))
def test_to_symbol_is_needed(kind: str) -> None:
    async def scene(house: House) -> None:
        customer = await _funded(house)
        before = house.digest()
        refused = await customer.transfer(kind, "USDT", "1", fromSymbol="BTCUSDT")
        assert refused.refusal == (
            400,
            -1102,
            "Mandatory parameter 'toSymbol' was not sent, was empty/null, or malformed.",
        )
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize("kind", sorted({row[0] for row in ROUTES} - NEEDS_FROM - NEEDS_TO))
def test_symbols_that_a_kind_does_not_need_change_nothing(kind: str) -> None:
    """Clients fill in both; where no isolated wallet takes part they are not even looked up."""

    async def scene(house: House) -> None:
        customer = await _funded(house)
        moved = await customer.transfer(kind, "USDT", "1", fromSymbol="NOSUCH", toSymbol="NOSUCH")
        assert moved.status == 200
        after = await balances(customer, "USDT", PAIRS)
        assert {pair: after[pair] for pair in PAIRS} == {pair: BEFORE[pair] for pair in PAIRS}

    in_house(scene)

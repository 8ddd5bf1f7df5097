"""The reference pages say what the tables say: errors, transfers, limits."""

import re
from pathlib import Path

import pytest

from clearhouse.accounts.exports import QUOTA
from clearhouse.api.errors import COMMON, TABLES, Failure, Family, Fault
from clearhouse.api.limits import (
    FIVE_MINUTES_MS,
    IP_POOLS,
    ORDER_POOLS,
    OWN_POOLS,
    SECOND_MS,
    UID_POOL,
    UID_SECOND_POOL,
)
from clearhouse.api.operations import OPERATIONS
from clearhouse.api.order_errors import ORDER_ERRORS, OrderFault
from clearhouse.api.sapi.futures_transfer import KINDS
from clearhouse.api.sapi.transfer import TransferParams, transfer
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.rejections import Reason
from clearhouse.messages.transfers import ROUTES, TransferKind
from clearhouse.model.wallets import WalletKind

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
FUTURES = (Family.FAPI, Family.DAPI, Family.EAPI, Family.PAPI)
WALLETS = {
    "spot": WalletKind.MAIN,
    "funding": WalletKind.FUNDING,
    "USDⓈ-M futures": WalletKind.UMFUTURE,
    "COIN-M futures": WalletKind.CMFUTURE,
    "cross margin": WalletKind.MARGIN,
    "isolated margin": WalletKind.ISOLATED_MARGIN,
    "options": WalletKind.OPTION,
    "portfolio margin": WalletKind.PORTFOLIO_MARGIN,
}
TRANSFER_REASONS = {
    Reason.UNKNOWN_ACCOUNT,
    Reason.UNKNOWN_ASSET,
    Reason.NOT_A_MARGIN_PAIR,
    Reason.ASSET_NOT_OF_WALLET,
    Reason.FROM_SYMBOL_MISSING,
    Reason.TO_SYMBOL_MISSING,
    Reason.SAME_WALLET,
    Reason.AMOUNT_NOT_POSITIVE,
    Reason.INSUFFICIENT_BALANCE,
    Reason.INSUFFICIENT_MARGIN_BALANCE,
    Reason.BALANCE_TOO_LARGE,
}
DUST_REASONS = {
    Reason.UNKNOWN_ASSET,
    Reason.DUST_INTO_ITSELF,
    Reason.DUST_NOT_HELD,
    Reason.NOT_DUST,
    Reason.DUST_WORTH_NOTHING,
    Reason.BALANCE_TOO_LARGE,
}
MODE_REASONS = {
    Reason.UNKNOWN_ACCOUNT,
    Reason.MULTI_ASSETS_MODE_UNCHANGED,
    Reason.POSITION_MODE_UNCHANGED,
    Reason.NEGATIVE_MARGIN_BALANCE,
    Reason.SYMBOL_IS_ISOLATED,
    Reason.UNKNOWN_SYMBOL,
    Reason.LEVERAGE_OUT_OF_RANGE,
    Reason.MARGIN_TYPE_UNCHANGED,
    Reason.ISOLATED_IN_MULTI_ASSETS_MODE,
}
FIRST_OF_ORDERS, LAST_OF_ORDERS = Reason.PRICE_NOT_POSITIVE, Reason.ACTIVATION_PRICE_INVALID
ORDER_REASONS = {
    reason for reason in Reason if FIRST_OF_ORDERS.value <= reason.value <= LAST_OF_ORDERS.value
}
"""What placing, changing and cancelling orders is refused for stands together."""


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    text = (REFERENCE / page).read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def documented(heading: str) -> list[tuple[int, int, str]]:
    return sorted(
        (int(code), int(status), message.strip("`"))
        for code, status, message, _, _ in rows("errors.md", heading)
    )


def shown(failures: set[Failure]) -> list[tuple[int, int, str]]:
    return sorted((f.code, f.status, f.message.replace("%s", "…")) for f in failures)


def own(family: Family) -> set[Failure]:
    """The rows that a family does not share with all."""
    return {failure for cause, failure in TABLES[family].items() if COMMON.get(cause) != failure}


def test_the_errors_of_every_family() -> None:
    assert documented("Every family") == shown(set(COMMON.values()))


@pytest.mark.parametrize("family", FUTURES)
def test_the_errors_of_the_futures_families(family: Family) -> None:
    orders = own(family) & {Failure(code, 400, text) for code, text in ORDER_ERRORS.values()}
    assert documented("Futures families") == shown(own(family) - orders)
    assert documented("Orders") == shown(orders)


def test_the_errors_of_wallet_and_margin() -> None:
    """-5003 takes the place of the common row for an asset that is not listed."""
    assert documented("Wallet and margin") == shown(own(Family.SAPI))


def test_spot_has_no_errors_of_its_own() -> None:
    assert own(Family.SPOT) == set()


@pytest.mark.parametrize("family", Family)
def test_every_fault_has_a_row_in_every_family(family: Family) -> None:
    assert [fault for fault in Fault if fault not in TABLES[family]] == []


def test_every_reason_that_an_operation_can_meet_has_a_row() -> None:
    assert TRANSFER_REASONS - set(TABLES[Family.SAPI]) == set()
    assert MODE_REASONS - set(TABLES[Family.FAPI]) == set()
    assert ORDER_REASONS - set(TABLES[Family.FAPI]) == set()


@pytest.mark.parametrize("family", FUTURES)
def test_every_fault_of_an_order_has_a_row(family: Family) -> None:
    assert [fault for fault in OrderFault if fault not in TABLES[family]] == []


@pytest.mark.parametrize("family", Family)
def test_codes_are_negative_and_statuses_are_refusals(family: Family) -> None:
    for failure in TABLES[family].values():
        assert failure.code < 0
        assert 400 <= failure.status < 600
        assert failure.message


def test_the_kinds_of_transfer() -> None:
    found = {}
    for kind, source, target, *needs in rows("transfers.md", "Kinds"):
        symbols = set(re.findall(r"`(\w+)`", needs[0] if needs else ""))
        found[TransferKind(kind.strip("`"))] = (WALLETS[source], WALLETS[target], symbols)
    assert found == {
        kind: (
            route.source,
            route.target,
            {
                name
                for name, needed in (
                    ("fromSymbol", route.needs_from_symbol),
                    ("toSymbol", route.needs_to_symbol),
                )
                if needed
            },
        )
        for kind, route in ROUTES.items()
    }


def test_the_refusals_of_a_transfer_are_errors_of_the_wallet_family() -> None:
    known = {(failure.code, failure.status) for failure in TABLES[Family.SAPI].values()}
    found = {(int(code), int(status)) for code, status, _, _ in rows("transfers.md", "Refusals")}
    assert found <= known
    reasons = {TABLES[Family.SAPI][reason][:2] for reason in TRANSFER_REASONS}
    assert reasons - found == {(-2015, 401)}  # the account is gone: not a rule of transfers


def test_the_refusals_of_dust_are_errors_of_the_wallet_family() -> None:
    known = {(failure.code, failure.status) for failure in TABLES[Family.SAPI].values()}
    found = {(int(code), int(status)) for code, status, _, _ in rows("wallets.md", "Refusals")}
    assert found <= known
    assert {TABLES[Family.SAPI][reason][:2] for reason in DUST_REASONS} <= found


def test_the_operations_that_are_refused_by_design() -> None:
    found = {
        operation.strip("`"): why for operation, _, why in rows("wallets.md", "Refused by design")
    }
    assert found == {op.name: op.refused for op in OPERATIONS if op.refused}


def test_the_numbers_of_the_old_futures_transfer() -> None:
    found = {number: kind.strip("`") for number, kind in rows("wallets.md", "Old futures transfer")}
    assert found == {direction.value: kind.value for direction, kind in KINDS.items()}


def test_the_parameters_of_a_transfer() -> None:
    text = (REFERENCE / "transfers.md").read_text("utf-8")
    for field in TransferParams.__struct_encode_fields__:
        assert f"| `{field}` |" in text
    assert transfer.__doc__


def test_the_pools() -> None:
    found = [
        (limit, set(re.findall(r"`(x-[\w-]+)`", headers)))
        for _, _, limit, headers in rows("limits.md", "Weights")
    ]
    pools = [*dict.fromkeys(IP_POOLS.values()), UID_POOL, UID_SECOND_POOL, *OWN_POOLS.values()]
    windows = {SECOND_MS: " a second", FIVE_MINUTES_MS: " requests in five minutes"}
    assert sorted(found, key=str) == sorted(
        (
            (
                f"{pool.limit:,}{windows.get(pool.window_ms, '')}",
                {name.decode() for name in pool.headers},
            )
            for pool in pools
        ),
        key=str,
    )
    text = (REFERENCE / "limits.md").read_text("utf-8")
    for pool in ORDER_POOLS:
        assert f"`{pool.header.decode()}`" in text
        assert f"{pool.limit:,}" in text


def test_the_quotas_of_exports() -> None:
    found = {ExportKind(kind): int(quota) for kind, quota in rows("exports.md", "Quotas")}
    assert found == QUOTA


def test_the_sections_that_the_code_points_to() -> None:
    text = (REFERENCE / "protocol.md").read_text("utf-8")
    assert "\n## Signing\n" in text
    assert "\n## Order of checks\n" in text

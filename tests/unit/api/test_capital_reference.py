"""docs/reference/capital.md says what the tables say."""

import re

from clearhouse.api.errors import TABLES, Family
from clearhouse.api.sapi.deposits import HistoryParams as DepositParams
from clearhouse.api.sapi.withdrawals import MAX_IDS, WithdrawParams
from clearhouse.api.sapi.withdrawals import HistoryParams as WithdrawalParams
from clearhouse.messages.rejections import Reason
from clearhouse.model.money import trimmed
from clearhouse.wallets.withdrawal import DAILY_QUOTA
from unit.api.test_reference import REFERENCE, rows

PAGE = (REFERENCE / "capital.md").read_text("utf-8")
WITHDRAWAL_REASONS = (
    Reason.TAG_NOT_SUPPORTED,
    Reason.ADDRESS_ILLEGAL,
    Reason.WITHDRAWAL_ASSET_UNKNOWN,
    Reason.WITHDRAWAL_TOO_SMALL,
    Reason.ADDRESS_NOT_TRUSTED,
    Reason.WITHDRAWAL_NOT_COVERED,
    Reason.WITHDRAWAL_ABOVE_QUOTA,
    Reason.ADDRESS_ILLEGAL,
    Reason.BALANCE_TOO_LARGE,
)
"""In their order."""


def test_the_refusals_of_a_withdrawal_are_errors_of_the_wallet_family() -> None:
    known = {(failure.code, failure.status) for failure in TABLES[Family.SAPI].values()}
    found = [(int(code), int(status)) for code, status, _, _ in rows("capital.md", "Refusals")]
    assert set(found) <= known
    decided = [TABLES[Family.SAPI][reason][:2] for reason in WITHDRAWAL_REASONS]
    assert found[-len(decided) :] == decided


def test_the_parameters_of_a_withdrawal() -> None:
    text = PAGE.split("\n## Withdraw\n")[1].split("\n## ")[0]
    found = re.findall(r"^\| `(\w+)` \| [A-Z]+ \| (yes|no) \|", text, re.MULTILINE)
    fields = zip(WithdrawParams.__struct_encode_fields__, ["yes"] * 3 + ["no"] * 6, strict=True)
    assert found == list(fields)


def test_the_filters_of_the_histories() -> None:
    [(_, deposits, withdrawals)] = [
        row for row in rows("capital.md", "Histories") if row[0] == "filters"
    ]
    common = {"startTime", "endTime", "offset", "limit", "includeSource"}
    for text, params in ((deposits, DepositParams), (withdrawals, WithdrawalParams)):
        assert set(re.findall(r"`(\w+)`", text)) == (set(params.__struct_encode_fields__) - common)
    assert f"up to {MAX_IDS}" in withdrawals


def test_the_numbers() -> None:
    assert f"{int(trimmed(DAILY_QUOTA)):,} USD" in PAGE
    assert f'"wdQuota": "{trimmed(DAILY_QUOTA)}"' in PAGE

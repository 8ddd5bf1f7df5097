"""Who may ask for which export, how often, and what is remembered of it."""

import pytest

from clearhouse.accounts.exports import (
    Exports,
    apply_export_finished,
    apply_export_requested,
    decide_finish_export,
    decide_request_export,
    mean_pace_ms,
    unfinished,
)
from clearhouse.messages.commands import FinishExport, RequestExport
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import DAY_MS, Millis, Uid

ANN, BOB = Uid(1), Uid(2)
NOW = Millis(1_760_000_000_000)


def ask(
    exports: Exports, *, uid: Uid = ANN, kind: ExportKind = ExportKind.TRADE, at: int = NOW
) -> int:
    """Request an export; its number."""
    command = RequestExport(uid=uid, kind=kind, start=Millis(0), end=Millis(1))
    requested = decide_request_export(exports, len(exports) + 1, command, Millis(at))
    apply_export_requested(exports, requested)
    return requested.export_id


def finish(exports: Exports, number: int, *, uid: Uid = ANN, at: int = NOW) -> None:
    command = FinishExport(uid=uid, export_id=number)
    apply_export_finished(exports, decide_finish_export(exports, command, Millis(at)))


def refusal(exports: Exports, **asked: object) -> Reason:
    with pytest.raises(Rejected) as refused:
        ask(exports, **asked)  # type: ignore[arg-type]
    return refused.value.reason


@pytest.mark.parametrize(
    ("kind", "quota"), [(ExportKind.INCOME, 100), (ExportKind.ORDER, 10), (ExportKind.TRADE, 5)]
)
def test_each_kind_has_a_quota_of_its_own(kind: ExportKind, quota: int) -> None:
    exports: Exports = {}
    for number in range(1, quota + 1):
        assert ask(exports, kind=kind) == number
    assert refusal(exports, kind=kind) is Reason.EXPORT_QUOTA_USED
    assert len(exports) == quota
    for other in set(ExportKind) - {kind}:
        ask(exports, kind=other)
    ask(exports, kind=kind, uid=BOB)


def test_a_request_counts_for_thirty_days_to_the_millisecond() -> None:
    exports: Exports = {}
    for second in range(5):
        ask(exports, at=NOW + second)
    assert refusal(exports, at=NOW + 30 * DAY_MS - 1) is Reason.EXPORT_QUOTA_USED
    ask(exports, at=NOW + 30 * DAY_MS)
    assert refusal(exports, at=NOW + 30 * DAY_MS) is Reason.EXPORT_QUOTA_USED
    ask(exports, at=NOW + 30 * DAY_MS + 1)


@pytest.mark.parametrize(("uid", "number"), [(BOB, 1), (ANN, 2)])
def test_only_an_export_that_was_asked_for_is_finished(uid: Uid, number: int) -> None:
    exports: Exports = {}
    ask(exports)
    with pytest.raises(Rejected) as refused:
        finish(exports, number, uid=uid)
    assert refused.value.reason is Reason.UNKNOWN_EXPORT
    assert [export.export_id for export in unfinished(exports)] == [1]


def test_a_finished_file_is_there_for_seven_days() -> None:
    exports: Exports = {}
    ask(exports)
    ask(exports)
    finish(exports, 1, at=NOW + 1_000)
    assert exports[1].expires_at == NOW + 1_000 + 7 * 86_400_000
    assert [export.export_id for export in unfinished(exports)] == [2]


def test_the_pace_is_the_mean_of_the_finished_ones_of_a_kind_and_an_account() -> None:
    exports: Exports = {}
    assert mean_pace_ms(exports, ANN, ExportKind.TRADE, NOW) == 0
    finish(exports, ask(exports), at=NOW + 100)
    finish(exports, ask(exports), at=NOW + 301)
    ask(exports)
    finish(exports, ask(exports, kind=ExportKind.ORDER), at=NOW + 9_000)
    finish(exports, ask(exports, uid=BOB), uid=BOB, at=NOW + 7_000)
    assert mean_pace_ms(exports, ANN, ExportKind.TRADE, NOW) == 200
    assert mean_pace_ms(exports, ANN, ExportKind.ORDER, NOW) == 9_000
    assert mean_pace_ms(exports, BOB, ExportKind.TRADE, NOW) == 7_000
    assert mean_pace_ms(exports, ANN, ExportKind.TRADE, Millis(NOW + 30 * DAY_MS)) == 0


def test_a_clock_that_was_set_back_makes_no_negative_pace() -> None:
    exports: Exports = {}
    finish(exports, ask(exports), at=NOW - 5_000)
    assert mean_pace_ms(exports, ANN, ExportKind.TRADE, NOW) == 0


def test_what_nothing_needs_any_more_is_forgotten() -> None:
    exports: Exports = {}
    finish(exports, ask(exports))
    ask(exports)
    over = NOW + 37 * DAY_MS
    ask(exports, uid=BOB, at=over - 1)
    assert list(exports) == [1, 2, 3]
    command = RequestExport(uid=BOB, kind=ExportKind.TRADE, start=Millis(0), end=Millis(1))
    apply_export_requested(exports, decide_request_export(exports, 4, command, Millis(over)))
    assert list(exports) == [2, 3, 4]

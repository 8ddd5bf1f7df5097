"""How long exports of an account took: what its status answers tell."""

from clearhouse.accounts.exports import (
    Exports,
    apply_export_finished,
    apply_export_requested,
    decide_finish_export,
    decide_request_export,
    mean_pace_ms,
)
from clearhouse.messages.commands import FinishExport, RequestExport
from clearhouse.messages.exports import ExportKind
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

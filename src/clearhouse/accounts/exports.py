"""Exports of histories: who asked for which, and until when its file is there."""

from collections.abc import Iterator
from dataclasses import dataclass

from clearhouse.messages.commands import FinishExport, RequestExport
from clearhouse.messages.events import ExportFinished, ExportRequested
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import DAY_MS, Millis, Uid

FIRST_EXPORT_ID = 546_975_389_218_332_672
QUOTA = {ExportKind.INCOME: 100, ExportKind.ORDER: 10, ExportKind.TRADE: 5}
"""Exports that an account may ask for in 30 days."""
QUOTA_MS = 30 * DAY_MS
LINK_MS = 7 * DAY_MS


@dataclass(slots=True)
class Export:
    """One export; `expires_at` None while its file is being written."""

    export_id: int
    uid: Uid
    kind: ExportKind
    start: Millis
    end: Millis
    requested_at: Millis
    expires_at: Millis | None = None


Exports = dict[int, Export]


def decide_request_export(
    exports: Exports, next_id: int, command: RequestExport, at: Millis
) -> ExportRequested:
    """Ask for a file. Refuses when the quota of 30 days is used up."""
    recent = sum(1 for _ in _recent(exports, command.uid, command.kind, at))
    if recent >= QUOTA[command.kind]:
        raise Rejected(
            Reason.EXPORT_QUOTA_USED,
            f"{QUOTA[command.kind]} exports of this kind in 30 days are all there are",
        )
    return ExportRequested(
        at=at,
        uid=command.uid,
        export_id=next_id,
        kind=command.kind,
        start=command.start,
        end=command.end,
    )


def decide_finish_export(exports: Exports, command: FinishExport, at: Millis) -> ExportFinished:
    """The file is there for seven days from now. Refuses an export that nobody asked for."""
    export = exports.get(command.export_id)
    if export is None or export.uid != command.uid:
        raise Rejected(Reason.UNKNOWN_EXPORT, f"no export {command.export_id}")
    return ExportFinished(
        at=at, uid=command.uid, export_id=command.export_id, expires_at=Millis(at + LINK_MS)
    )


def apply_export_requested(exports: Exports, event: ExportRequested) -> None:
    """Note the request, and forget those that no answer and no quota needs any more."""
    for old in [e for e in exports.values() if _forgotten(e, event.at)]:
        del exports[old.export_id]
    exports[event.export_id] = Export(
        event.export_id, event.uid, event.kind, event.start, event.end, event.at
    )


def apply_export_finished(exports: Exports, event: ExportFinished) -> None:
    """The file is there."""
    exports[event.export_id].expires_at = event.expires_at


def unfinished(exports: Exports) -> Iterator[Export]:
    """Exports whose file is still to be written, oldest first."""
    return (export for export in exports.values() if export.expires_at is None)


def mean_pace_ms(exports: Exports, uid: Uid, kind: ExportKind, now: Millis) -> int:
    """How long an account's finished exports of a kind took; 0 where there are none.

    One that was finished after the clock had been set back counts as 0.
    """
    taken = [
        max(0, export.expires_at - LINK_MS - export.requested_at)
        for export in _recent(exports, uid, kind, now)
        if export.expires_at is not None
    ]
    return sum(taken) // len(taken) if taken else 0


def _recent(exports: Exports, uid: Uid, kind: ExportKind, now: Millis) -> Iterator[Export]:
    for export in exports.values():
        if export.uid == uid and export.kind is kind and export.requested_at > now - QUOTA_MS:
            yield export


def _forgotten(export: Export, now: Millis) -> bool:
    return export.expires_at is not None and export.expires_at <= now - QUOTA_MS

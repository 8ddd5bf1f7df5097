"""Exports: quotas of 30 days to the millisecond, files of seven days, and what is forgotten."""

import pytest

from clearhouse.messages.commands import (
    Command,
    FinishExport,
    OpenAccount,
    RequestExport,
    ResetVenue,
)
from clearhouse.messages.events import ExportFinished, ExportRequested
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.queries import ExportView, FindExport, UnfinishedExports
from clearhouse.model.ids import Millis, Uid
from unit.world import ANN, BOB, DAY, NOW, World, credential

FIRST = 546_975_389_218_332_672
START, END = Millis(NOW - DAY), Millis(NOW)
INCOME, ORDER, TRADE = ExportKind.INCOME, ExportKind.ORDER, ExportKind.TRADE


def request(kind: ExportKind = INCOME, uid: Uid = ANN) -> RequestExport:
    return RequestExport(uid=uid, kind=kind, start=START, end=END)


def finish(export_id: int = FIRST, uid: Uid = ANN) -> FinishExport:
    return FinishExport(uid=uid, export_id=export_id)


def find(world: World, export_id: int = FIRST) -> ExportView | None:
    return world.read(FindExport(export_id))


def unfinished(world: World) -> list[int]:
    return [export.export_id for export in world.read(UnfinishedExports())]


def test_an_export_is_asked_for_and_finished() -> None:
    world = World()
    assert find(world) is None
    assert world.do(request()) == ExportRequested(
        at=Millis(NOW), uid=ANN, export_id=FIRST, kind=INCOME, start=START, end=END
    )
    assert find(world) == ExportView(FIRST, ANN, INCOME, START, END, Millis(NOW), None)
    assert unfinished(world) == [FIRST]
    world.now += 5
    expires_at = Millis(NOW + 5 + 7 * DAY)
    assert world.do(finish()) == ExportFinished(
        at=Millis(NOW + 5), uid=ANN, export_id=FIRST, expires_at=expires_at
    )
    assert find(world) == ExportView(FIRST, ANN, INCOME, START, END, Millis(NOW), expires_at)
    assert unfinished(world) == []


def test_unfinished_exports_come_oldest_first() -> None:
    world = World()
    for kind, uid in ((TRADE, BOB), (INCOME, ANN), (ORDER, ANN)):
        world.do(request(kind, uid))
    world.do(finish(FIRST + 1))
    assert unfinished(world) == [FIRST, FIRST + 2]


@pytest.mark.parametrize(("kind", "quota"), [(INCOME, 100), (ORDER, 10), (TRADE, 5)])
def test_a_quota_for_each_kind_and_account(kind: ExportKind, quota: int) -> None:
    """Finished or not, an export counts from its request on."""
    world = World()
    for number in range(quota):
        world.do(request(kind))
        if number % 2:
            world.do(finish(FIRST + number))
    assert world.refusal(request(kind)) == "EXPORT_QUOTA_USED"
    world.do(request(kind, BOB))
    for other in {INCOME, ORDER, TRADE} - {kind}:
        world.do(request(other))
    world.now = NOW + 30 * DAY - 1
    assert world.refusal(request(kind)) == "EXPORT_QUOTA_USED"
    world.now = NOW + 30 * DAY
    world.do(request(kind))


def test_the_quota_comes_back_one_by_one() -> None:
    world = World()
    for hours in range(5):
        world.now = NOW + hours * 3_600_000
        world.do(request(TRADE))
    world.now = NOW + 30 * DAY
    world.do(request(TRADE))
    assert world.refusal(request(TRADE)) == "EXPORT_QUOTA_USED"
    world.now += 3_600_000
    world.do(request(TRADE))
    assert world.refusal(request(TRADE)) == "EXPORT_QUOTA_USED"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (request(uid=Uid(9)), "UNKNOWN_ACCOUNT"),
        (finish(uid=Uid(9)), "UNKNOWN_ACCOUNT"),
        (finish(FIRST + 1), "UNKNOWN_EXPORT"),
        (finish(uid=BOB), "UNKNOWN_EXPORT"),
    ],
)
def test_what_nobody_asked_for_is_not_finished(command: Command, reason: str) -> None:
    world = World()
    world.do(request())
    assert world.refusal(command) == reason


def test_a_finished_export_is_forgotten_30_days_after_its_link() -> None:
    """Forgetting happens with the next request; an unfinished export is never forgotten."""
    world = World()
    world.do(request(INCOME))
    world.do(request(ORDER))
    world.do(finish())
    world.now = NOW + 37 * DAY - 1
    world.do(request(TRADE))
    assert find(world)
    world.now = NOW + 37 * DAY
    assert find(world)
    world.do(request(TRADE))
    assert find(world) is None
    assert world.refusal(finish()) == "UNKNOWN_EXPORT"
    assert unfinished(world) == [FIRST + 1, FIRST + 2, FIRST + 3]


def test_numbers_go_on_after_a_reset() -> None:
    """A number that somebody wrote down never means another export."""
    world = World()
    world.do(request())
    world.do(ResetVenue())
    assert find(world) is None
    world.do(OpenAccount(label="", uid=ANN, credential=credential("again")))
    event = world.do(request())
    assert isinstance(event, ExportRequested)
    assert event.export_id == FIRST + 1

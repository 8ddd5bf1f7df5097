"""The files of exports and the job that writes them: whole or not there, whatever goes wrong."""

import asyncio
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typing_extensions import override

from clearhouse.journal.memory import MemoryJournal
from clearhouse.journal.port import Csv
from clearhouse.messages.commands import OpenAccount, RequestExport, ResetVenue
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.queries import FindExport
from clearhouse.model.ids import Millis, Uid
from clearhouse.runtime.exports import files as files_module
from clearhouse.runtime.exports import writer as writer_module
from clearhouse.runtime.exports.files import ExportFiles
from clearhouse.runtime.exports.writer import ExportWriter
from clearhouse.runtime.genesis import hmac_credential
from clearhouse.runtime.opening import open_venue
from clearhouse.runtime.sealing import Sealer
from clearhouse.runtime.venue import Venue

ANN = Uid(7)
FIRST = 546_975_389_218_332_672
SEALER = Sealer.ephemeral()


def entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_file_is_one_entry_under_its_number(tmp_path: Path) -> None:
    files = ExportFiles(tmp_path / "deep")
    files.write(5, "rows.csv", [b"a,b\r\n", b"", b"1,2\r\n"])
    assert files.path(5) == tmp_path / "deep" / "5.zip"
    assert entries(files.path(5)) == {"rows.csv": b"a,b\r\n1,2\r\n"}
    assert files.kept() == [5]
    assert (tmp_path / "deep").stat().st_mode & 0o777 == 0o700


def test_equal_rows_are_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        ExportFiles(tmp_path / name).write(5, "rows.csv", [b"a\r\n"])
    one, two = ((tmp_path / name / "5.zip").read_bytes() for name in ("one", "two"))
    assert one == two


def test_a_file_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    files = ExportFiles(tmp_path)
    for text in (b"old", b"new"):
        files.write(5, "rows.csv", [text])
    assert entries(files.path(5)) == {"rows.csv": b"new"}


def test_a_draft_is_no_file_and_a_failure_leaves_neither(tmp_path: Path) -> None:
    files = ExportFiles(tmp_path)

    def rows() -> Iterator[bytes]:
        yield b"first\r\n"
        assert files.kept() == []
        assert names(tmp_path) == ["5.draft"]
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        files.write(5, "rows.csv", rows())
    assert names(tmp_path) == []


def test_the_last_bytes_of_a_disk_are_left_to_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "ROOM", 2**70)
    with pytest.raises(OSError, match="of the disk are free"):
        ExportFiles(tmp_path).write(5, "rows.csv", [b"row"])
    assert names(tmp_path) == []


def test_only_drafts_are_tidied_and_only_files_are_kept(tmp_path: Path) -> None:
    for name in ("5.draft", "12.zip", "7.zip", "notes.txt", "x.zip", "8.zip.bak"):
        (tmp_path / name).touch()
    files = ExportFiles(tmp_path)
    files.tidy()
    assert files.kept() == [7, 12]
    files.remove(12)
    files.remove(13)
    files.close()
    assert names(tmp_path) == ["7.zip", "8.zip.bak", "notes.txt", "x.zip"]


def test_a_directory_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    files = ExportFiles(tmp_path / "none")
    files.tidy()
    assert files.kept() == []
    assert not (tmp_path / "none").exists()


def test_a_temporary_directory_goes_at_the_end() -> None:
    files = ExportFiles(None)
    assert files.kept() == []
    files.write(5, "rows.csv", [b"row"])
    directory = files.path(5).parent
    files.close()
    assert not directory.exists()


class Stage:
    """A venue whose exports are written into a directory, and what the operator is told."""

    def __init__(self, directory: Path, journal: MemoryJournal) -> None:
        self.files = ExportFiles(directory)
        self.journal = journal
        self.told: list[str] = []
        self.venue: Venue

    async def open(self) -> None:
        credential = hmac_credential(SEALER, "k" * 64, "s" * 64)
        account = OpenAccount(label="", credential=credential, uid=ANN)
        opened = await open_venue(self.journal, genesis=lambda: [account], on_failure=print)
        self.venue = opened.venue

    async def request(self) -> int:
        command = RequestExport(uid=ANN, kind=ExportKind.INCOME, start=Millis(0), end=Millis(1))
        (requested,) = await self.venue.submit(command)
        return requested.export_id  # type: ignore[union-attr]  # what this command causes

    async def is_finished(self, number: int) -> bool:
        export = await self.venue.read(FindExport(number))
        return export is not None and export.expires_at is not None

    def write(self) -> ExportWriter:
        return ExportWriter(self.venue, self.journal, self.files, self.told.append)


def play(stage: Stage, scene: Callable[[Stage], object]) -> None:
    async def run() -> None:
        await stage.open()
        await scene(stage)  # type: ignore[misc]  # a coroutine function
        await stage.venue.stop()

    asyncio.run(run())


async def until(holds: Callable[[], object]) -> None:
    """Wait for something that may take a moment; it may be a question to the venue."""
    for _ in range(1_000):
        found = holds()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come to that within five seconds")


class SlowJournal(MemoryJournal):
    """A journal whose exports wait in the middle until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.let_go = threading.Event()
        self.exported = 0

    @override
    def export(self, kind: ExportKind, uid: Uid, start: Millis, end: Millis) -> Csv:
        self.exported += 1
        yield b"first\r\n"
        self.begun.set()
        assert self.let_go.wait(10)
        yield b"second\r\n"


class FullJournal(MemoryJournal):
    """A journal whose first exports fail."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    @override
    def export(self, kind: ExportKind, uid: Uid, start: Millis, end: Millis) -> Csv:
        yield b"first\r\n"
        self.failures -= 1
        if self.failures >= 0:
            raise OSError("no space left on device")


def test_an_export_is_finished_when_its_file_is_there_and_not_before(tmp_path: Path) -> None:
    journal = SlowJournal()

    async def scene(stage: Stage) -> None:
        writer = stage.write()
        number = await stage.request()
        await until(journal.begun.is_set)
        assert not await stage.is_finished(number)
        assert not stage.files.path(number).exists()
        journal.let_go.set()
        await until(lambda: stage.is_finished(number))
        assert entries(stage.files.path(number)) == {f"income-{number}.csv": b"first\r\nsecond\r\n"}
        await writer.stop()
        assert stage.told == []

    play(Stage(tmp_path, journal), scene)


def test_exports_are_written_one_at_a_time_in_the_order_of_their_requests(tmp_path: Path) -> None:
    journal = SlowJournal()

    async def scene(stage: Stage) -> None:
        numbers = [await stage.request(), await stage.request()]
        writer = stage.write()
        await until(journal.begun.is_set)
        numbers.append(await stage.request())
        assert journal.exported == 1
        journal.let_go.set()
        await until(lambda: stage.is_finished(numbers[-1]))
        assert stage.files.kept() == numbers
        assert journal.exported == 3
        await writer.stop()

    play(Stage(tmp_path, journal), scene)


def test_a_stop_breaks_off_and_the_next_start_writes_anew(tmp_path: Path) -> None:
    journal = SlowJournal()

    async def scene(stage: Stage) -> None:
        writer = stage.write()
        numbers = [await stage.request(), await stage.request()]
        await until(journal.begun.is_set)
        stopping = asyncio.ensure_future(writer.stop())
        await asyncio.sleep(0)
        journal.let_go.set()
        await stopping
        assert names(tmp_path) == []
        assert not await stage.is_finished(numbers[0])
        again = stage.write()
        await until(lambda: stage.is_finished(numbers[1]))
        await again.stop()
        assert stage.files.kept() == numbers
        assert stage.told == []

    play(Stage(tmp_path, journal), scene)


def test_a_failure_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "RETRY_SECONDS", 0.01)

    async def scene(stage: Stage) -> None:
        writer = stage.write()
        number = await stage.request()
        await until(lambda: stage.is_finished(number))
        await writer.stop()
        said = f"export {number} could not be written: no space left on device; "
        assert [text[: len(said)] for text in stage.told] == [said, said]
        assert entries(stage.files.path(number)) == {f"income-{number}.csv": b"first\r\n"}

    play(Stage(tmp_path, FullJournal(2)), scene)


def test_an_export_that_fails_does_not_hold_up_the_next_one(tmp_path: Path) -> None:
    """It is tried again only after a while."""

    async def scene(stage: Stage) -> None:
        numbers = [await stage.request(), await stage.request()]
        writer = stage.write()
        await until(lambda: stage.is_finished(numbers[1]))
        assert not await stage.is_finished(numbers[0])
        assert stage.files.kept() == numbers[1:]
        await writer.stop()

    play(Stage(tmp_path, FullJournal(1)), scene)


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the directory should be")

    async def scene(stage: Stage) -> None:
        writer = stage.write()
        number = await stage.request()
        await until(lambda: stage.told)
        assert not await stage.is_finished(number)
        await writer.stop()

    play(Stage(tmp_path / "taken", FullJournal(0)), scene)


def test_a_reset_meanwhile_leaves_no_file(tmp_path: Path) -> None:
    """The file is written to its end; then nobody is found to whom it belongs."""
    journal = SlowJournal()

    async def scene(stage: Stage) -> None:
        writer = stage.write()
        number = await stage.request()
        await until(journal.begun.is_set)
        await stage.venue.submit(ResetVenue())
        stage.files.write(number + 1, "rows.csv", [])
        journal.let_go.set()
        await until(lambda: stage.files.kept() == [])
        await writer.stop()
        assert stage.told == []

    play(Stage(tmp_path, journal), scene)


def test_a_start_removes_drafts_and_files_of_nobody(tmp_path: Path) -> None:
    for name in (f"{FIRST}.draft", f"{FIRST + 9}.zip", "notes.txt"):
        (tmp_path / name).touch()

    async def scene(stage: Stage) -> None:
        writer = stage.write()
        await until(lambda: names(tmp_path) == ["notes.txt"])
        await writer.stop()

    play(Stage(tmp_path, FullJournal(0)), scene)

"""The job that writes exports: one at a time, on a thread of its own, behind all requests.

What is to be written stands in the journal, so a start goes on where an end, of whatever kind,
broke off. An export is finished when its file is durable under its name, and only then does the
journal say so. What goes wrong (a full disk) is told and tried again; it ends nothing.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from typing import TypeVar

from clearhouse.journal.port import Journal
from clearhouse.messages.commands import FinishExport
from clearhouse.messages.events import ClockSet, ExportRequested, VenueReset
from clearhouse.messages.queries import ExportView, FindExport, UnfinishedExports
from clearhouse.messages.rejections import Rejected
from clearhouse.runtime.exports.files import ExportFiles
from clearhouse.runtime.group_commit import VenueStoppedError
from clearhouse.runtime.venue import Venue

T = TypeVar("T")

RETRY_SECONDS = 5.0
SWEEP_SECONDS = 60.0
NICENESS = 10
"""With everything on one core, p90 of the requests of others is ten times higher without it."""


class _StoppedError(Exception):
    """The server stops; the file will be written after the next start."""


class ExportWriter:
    """Writes what is asked for, and removes what has expired."""

    def __init__(
        self, venue: Venue, journal: Journal, files: ExportFiles, tell: Callable[[str], None]
    ) -> None:
        self._venue = venue
        self._journal = journal
        self._files = files
        self._tell = tell
        self._thread = ThreadPoolExecutor(1, "export", _stand_back)
        self._stopping = threading.Event()
        self._woken = asyncio.Event()
        for fact in (ExportRequested, ClockSet, VenueReset):
            venue.watch(fact, self._woken.set)
        self._job = asyncio.ensure_future(self._run())

    async def stop(self) -> None:
        """Break off what is being written, and end."""
        self._stopping.set()
        self._woken.set()
        await self._job
        self._thread.shutdown()

    async def _run(self) -> None:
        with suppress(VenueStoppedError):  # the sequencer has said it
            await self._try("drafts could not be removed", self._on_thread(self._files.tidy))
            while not self._stopping.is_set():
                self._woken.clear()
                written = await self._write_all()
                swept = await self._try("expired exports could not be removed", self._sweep())
                await self._rest(SWEEP_SECONDS if written and swept else RETRY_SECONDS)

    async def _write_all(self) -> bool:
        """Write every file that is missing; whether that worked."""
        written = True
        for export in await self._venue.read(UnfinishedExports()):
            what = f"export {export.export_id} could not be written"
            written = await self._try(what, self._finish(export)) and written
        return written

    async def _finish(self, export: ExportView) -> None:
        await self._on_thread(lambda: self._write(export))
        with suppress(Rejected):  # a reset came meanwhile; the next sweep removes the file
            await self._venue.submit(FinishExport(uid=export.uid, export_id=export.export_id))

    def _write(self, export: ExportView) -> None:
        rows = self._journal.export(export.kind, export.uid, export.start, export.end)
        with closing(rows):
            name = f"{export.kind}-{export.export_id}.csv"
            self._files.write(export.export_id, name, self._until_stopped(rows))

    def _until_stopped(self, rows: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in rows:
            if self._stopping.is_set():
                raise _StoppedError
            yield chunk

    async def _sweep(self) -> None:
        """Remove the files whose link has expired, and those that belong to no export."""
        for export_id in await self._on_thread(self._files.kept):
            export = await self._venue.read(FindExport(export_id))
            if export is None or export.has_expired(self._venue.now()):
                await self._on_thread(partial(self._files.remove, export_id))

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)

    async def _try(self, what: str, work: Awaitable[None]) -> bool:
        """Whether some work was done; what prevents it is told and not raised."""
        try:
            await work
        except VenueStoppedError:
            raise
        except _StoppedError:
            return False
        except Exception as error:  # noqa: BLE001  no file is worth a server
            self._tell(f"{what}: {error}; it is tried again in {RETRY_SECONDS:.0f} s")
            return False
        return True

    def _on_thread(self, act: Callable[[], T]) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, act)


def _stand_back() -> None:
    """Let every other thread go first, where the system can say that of a thread."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)

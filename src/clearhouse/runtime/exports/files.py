"""The files of exports: `EXPORT_ID.zip`, each with one CSV in it, whole or not there.

A file is written under a draft's name, made durable, and renamed. So what has the name of an
export is finished, and a draft that a start finds is what an end left behind.
"""

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_FILE = re.compile(r"([0-9]{1,19})\.zip\Z")
_DRAFT = ".draft"
ROOM = 64 * 1024 * 1024
"""Bytes of the disk that are left to the journal."""


class ExportFiles:
    """One directory, made with its first file; `None` is a temporary one."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._temporary = directory is None

    def path(self, export_id: int) -> Path:
        """Where the file of an export is, or would be."""
        if self._directory is None:
            self._directory = Path(tempfile.mkdtemp(prefix="clearhouse-exports-"))
        return self._directory / f"{export_id}.zip"

    def write(self, export_id: int, name: str, content: Iterable[bytes]) -> None:
        """Write a file with one entry, in place of an older one; on a failure none is left."""
        path = self.path(export_id)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_suffix(_DRAFT)
        try:
            with draft.open("wb") as file:
                _compress(file, name, content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _make_durable(path.parent)

    def kept(self) -> list[int]:
        """The exports that have a file."""
        found = (_FILE.match(name) for name in self._names())
        return sorted(int(match[1]) for match in found if match)

    def remove(self, export_id: int) -> None:
        """Remove the file of an export, where there is one."""
        self.path(export_id).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what was never finished."""
        for name in self._names():
            if name.endswith(_DRAFT) and self._directory:
                (self._directory / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Remove a temporary directory; what is in another one stays."""
        if self._temporary and self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def _names(self) -> Iterator[str]:
        if self._directory and self._directory.is_dir():
            yield from os.listdir(self._directory)  # noqa: PTH208  names are what is asked for


def _compress(file: IO[bytes], name: str, content: Iterable[bytes]) -> None:
    """One entry; its date is the format's first, so that equal rows give equal bytes."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    with ZipFile(file, "w") as archive, archive.open(entry, "w", force_zip64=True) as csv:
        for chunk in content:
            _leave_room(file)
            csv.write(chunk)


def _leave_room(file: IO[bytes]) -> None:
    """Refuse to fill the disk: an export can wait, the journal stops the server."""
    disk = os.fstatvfs(file.fileno())
    if disk.f_bavail * disk.f_frsize < ROOM:
        raise OSError(errno.ENOSPC, f"less than {ROOM // 2**20} MiB of the disk are free")


def _make_durable(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

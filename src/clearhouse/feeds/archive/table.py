"""A file of the archive as columns, read in blocks of lines.

A file is CSV, with a header line or without, or a zip with one such CSV. All of it is read before
anything of it is given out, so a file that is cut off or damaged at its end is refused like one
that is damaged at its beginning.
"""

import contextlib
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from clearhouse.feeds.archive.faults import ArchiveError, RowFault
from clearhouse.feeds.archive.kinds import Named, named
from clearhouse.feeds.archive.numerals import Bytes, Ints, numbers, shortened

BLOCK_BYTES = 4 * 1024 * 1024
"""What is taken at a time: large enough for numpy, small enough for the cache and the memory."""

_COMMA, _LINE_END = ord(","), ord("\n")


class Table(NamedTuple):
    """The columns of a file by name. A row that is wrong is told by `fault`."""

    path: Path
    named: Named
    columns: dict[str, Ints]
    first_line: int

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(next(iter(self.columns.values())))

    def fault(self, row: int, reason: str) -> ArchiveError:
        """What to raise about a row."""
        return ArchiveError(self.path, self.first_line + row, reason)


def read_table(path: Path) -> Table:
    """The whole file; raises `ArchiveError`."""
    found = named(path)
    if found is None:
        raise ArchiveError(
            path,
            None,
            "it is not named like a file of the archive "
            "(BTCUSDT-aggTrades-2024-01-01.zip, markPriceKlines/…/BTCUSDT-1m-2024-01-01.csv)",
        )
    try:
        _check_sum(path)
        with _opened(path) as source:
            return _read(path, found, source)
    except OSError as error:
        raise ArchiveError(path, None, f"it cannot be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ArchiveError(path, None, f"the zip is damaged or cut off: {error}") from None


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The CSV, out of its zip where it is in one."""
    if path.suffix != ".zip":
        with path.open("rb") as plain:
            yield plain
        return
    with zipfile.ZipFile(path) as archive:
        members = archive.namelist()
        if members != [f"{path.stem}.csv"]:
            held = ", ".join(members) or "nothing"
            raise ArchiveError(path, None, f"it holds {held}, not {path.stem}.csv alone")
        with archive.open(members[0]) as member:
            yield member


def _check_sum(path: Path) -> None:
    """Compare with the checksum that the archive has beside each zip, where it lies there."""
    beside = path.with_name(f"{path.name}.CHECKSUM")
    if not beside.exists():
        return
    promised = beside.read_text("ascii", errors="replace").split()
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if promised[:1] != [found]:
        raise ArchiveError(path, None, f"its SHA-256 is {found}, not that of {beside.name}")


def _read(path: Path, found: Named, source: IO[bytes]) -> Table:
    parts: list[list[Ints]] = []
    rows, first_line = 0, 1
    try:
        for block in _blocks(source):
            lines = block
            if not parts and first_line == 1 and not lines[:1].isdigit():
                lines = _without_header(lines, found.kind.header)
                first_line = 2
            if lines:
                parts.append(_columns(lines, found))
                rows += len(parts[-1][0])
    except RowFault as fault:
        raise ArchiveError(path, first_line + rows + fault.row, fault.reason) from None
    if not rows:
        raise ArchiveError(path, None, "it has no rows")
    names = (name for name, _ in found.kind.columns)
    whole = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Table(path, found, dict(zip(names, whole, strict=True)), first_line)


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    """Blocks of whole lines; what is left without a line's end was cut off, and is the last."""
    rest = b""
    while more := source.read(BLOCK_BYTES):
        lines, end, rest = (rest + more).rpartition(b"\n")
        if end:
            yield (lines + end).replace(b"\r\n", b"\n")
    if rest:
        yield rest


def _without_header(block: bytes, header: str) -> bytes:
    line, _, rest = block.partition(b"\n")
    text = line.decode("utf-8", "replace")
    if text != header:
        raise RowFault(0, f"the header is {shortened(text)}, not '{header}'")
    return rest


def _columns(block: bytes, found: Named) -> list[Ints]:
    """The columns of a block of lines; raises `RowFault` for its first bad line."""
    data = np.frombuffer(block, np.uint8)
    forms = found.kind.columns
    ends = _field_ends(block, data, len(forms))
    starts = np.empty_like(ends)
    starts[:, 1:] = ends[:, :-1] + 1
    starts[1:, 0] = ends[:-1, -1] + 1
    starts[0, 0] = 0
    faults: list[RowFault] = []
    columns: list[Ints] = []
    for place, (name, form) in enumerate(forms):
        try:
            columns.append(numbers(data, starts[:, place], ends[:, place], form))
        except RowFault as fault:
            faults.append(RowFault(fault.row, f"{name}: {fault.reason}"))
    if faults:
        raise min(faults, key=lambda fault: fault.row)
    return columns


def _field_ends(block: bytes, data: Bytes, columns: int) -> Ints:
    """Where the fields end, a row for each line."""
    if not block.endswith(b"\n"):
        raise RowFault(block.count(b"\n"), "the last line has no end: the file was cut off")
    line_ends = np.flatnonzero(data == _LINE_END)
    ends = np.flatnonzero((data == _COMMA) | (data == _LINE_END))
    if len(ends) == columns * len(line_ends):
        fields = ends.reshape(-1, columns)
        if (fields[:, -1] == line_ends).all():
            return fields
    for row, line in enumerate(block.split(b"\n")):
        if (width := line.count(b",") + 1) != columns:
            held = f"{width} columns" if line else "an empty line"
            raise RowFault(row, f"{held}, not {columns}")
    raise AssertionError("every line has its columns, but not all of them together")

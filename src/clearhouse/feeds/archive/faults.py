"""What is wrong with a file, and where."""

from pathlib import Path


class ArchiveError(Exception):
    """A file that cannot be played: its name, its line where there is one, and the reason."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        where = f"{path}, line {line}" if line else f"{path}"
        super().__init__(f"{where}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class RowFault(Exception):  # noqa: N818  it becomes an ArchiveError where the file is known
    """A row, counted from 0, that cannot be taken, and why."""

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(reason)
        self.row = row
        self.reason = reason

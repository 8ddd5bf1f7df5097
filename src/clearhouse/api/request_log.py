"""One structured line for each request: id, account, operation, status, weight, latency.

Lines are collected and written together a few times a second, because a system call for each
request costs more than answering it. Nothing of a request's parameters, headers or body is
ever taken, so no secret and no signature can get here.
"""

import asyncio
import sys
from typing import TextIO

import msgspec
from msgspec import Struct

FLUSH_SECONDS = 0.2
LINES_KEPT = 5_000
_encode_lines = msgspec.json.Encoder().encode_lines


class Line(Struct, frozen=True, omit_defaults=True, gc=False):
    """What is known of a request when its answer left."""

    at: int
    request: str
    operation: str
    status: int
    latency_us: int
    ip: str
    code: int = 0
    uid: int = 0
    weight: int = 0


class RequestLog:
    """Collects lines and writes them in the background; a slow reader loses lines, not requests."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._lines: list[Line] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, line: Line) -> None:
        """Note a request."""
        if len(self._lines) < LINES_KEPT:
            self._lines.append(line)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)

    def error(self, request: str, text: str) -> None:
        """Write what went wrong inside: a bug, to be reported."""
        self.flush()
        self._stream.write(
            _encode_lines([{"level": "error", "request": request, "bug": text}]).decode()
        )
        self._stream.flush()

    def flush(self) -> None:
        """Write what was collected."""
        self._timer = None
        lines, self._lines = self._lines, []
        if lines:
            self._stream.write(_encode_lines(lines).decode())
            self._stream.flush()

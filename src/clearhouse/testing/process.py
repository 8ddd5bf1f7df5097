"""A server in a process of its own, as a user runs it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

READY = "clearhouse ready "
STOP_SECONDS = 30


class ServerProcess:
    """`clearhouse serve --port 0 …`, started by `with`, stopped (SIGTERM) at its end.

    What it writes to standard error goes to the end of the file `errors`, or nowhere.
    """

    def __init__(
        self, *arguments: str, command: Sequence[str] = (), errors: Path | None = None
    ) -> None:
        prefix = command or (sys.executable, "-m", "clearhouse")
        self._command = [*prefix, "serve", "--port", "0", *arguments]
        self._errors = errors or Path(os.devnull)
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def process(self) -> subprocess.Popen[str]:
        """The running process."""
        assert self._process is not None
        return self._process

    def start(self) -> str:
        """Start and wait for the ready line; the URL that it names."""
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                self._command, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(READY):
                self.url = line.removeprefix(READY).strip()
                return self.url
        raise RuntimeError(f"the server ended with {self._process.wait()} before it was ready")

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        if self._process is None:
            return 0
        self.process.terminate()
        return self._finish()

    def kill(self) -> None:
        """SIGKILL: the process has no chance to tidy up."""
        self.process.kill()
        self._finish()

    def _finish(self) -> int:
        process, self._process = self.process, None
        status = process.wait(STOP_SECONDS)
        assert process.stdout is not None
        process.stdout.close()
        return status

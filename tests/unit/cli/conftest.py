"""Commands in this process, against a server for each module."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from clearhouse.cli import main
from clearhouse.testing import ServerProcess


class Ran(NamedTuple):
    """What a command left: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as data."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command: `run("account", "list", CLEARHOUSE_URL="http://…")`."""
    for name in [name for name in os.environ if name.startswith("CLEARHOUSE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: str, **environment: str) -> Ran:
        status = 0
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["clearhouse", *words])
            for name, value in environment.items():
                patch.setenv(name, value)
            try:
                main()
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return call


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess("--ephemeral") as running:
        yield running


@pytest.fixture(scope="module")
def guarded() -> Iterator[ServerProcess]:
    """A server with a token."""
    with ServerProcess("--ephemeral", "--admin-token", "open sesame") as running:
        yield running

"""A server for each module and the demo account's client; every kind of journal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clearhouse.journal.memory import MemoryJournal
from clearhouse.journal.port import Journal
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.testing import Client, ServerProcess


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess("--ephemeral", "--no-rate-limits") as running:
        yield running


@pytest.fixture
def client(server: ServerProcess) -> Iterator[Client]:
    speaking = Client(server.url)
    yield speaking
    speaking.close()


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    store: Journal = MemoryJournal()
    if request.param == "sqlite":
        store = SqliteJournal(tmp_path / "journal.db")
    yield store
    store.close()

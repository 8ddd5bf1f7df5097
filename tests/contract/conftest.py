"""A server for each module, and the demo account's client."""

from collections.abc import Iterator

import pytest

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

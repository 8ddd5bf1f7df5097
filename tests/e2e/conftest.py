"""A real server for each module, and a machine that no client can leave."""

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from clearhouse.testing import Client, ServerProcess

NOWHERE = "http://127.0.0.1:9"
LOOPBACK = ("127.0.0.1", "localhost", "::1", None)


@pytest.fixture(scope="module", autouse=True)
def sealed_machine() -> Iterator[None]:
    """An HTTPS proxy that is not there, and names that do not resolve.

    A client that was not fully pointed at the server fails its module, also where the client
    swallows its own error.
    """
    strayed: list[str] = []
    resolve = socket.getaddrinfo

    def resolve_loopback(host: Any, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in LOOPBACK:
            strayed.append(name)
            raise OSError(f"{name} is not this machine")
        return resolve(host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTPS_PROXY", "https_proxy", "WSS_PROXY", "wss_proxy"):
            patch.setenv(name, NOWHERE)
        patch.setattr(socket, "getaddrinfo", resolve_loopback)
        yield
    assert strayed == []


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess("--ephemeral") as running:
        yield running


@pytest.fixture(scope="module")
def control(server: ServerProcess) -> Iterator[Client]:
    """A client for the control plane; it also holds the demo key."""
    with closing(Client(server.url)) as speaking:
        yield speaking

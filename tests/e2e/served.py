"""A server with a client of its own, for scenes with several of them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from clearhouse.testing import Client, ServerProcess


class Served(Client):
    """The control plane and the API of a server, and its process."""

    def __init__(self, server: ServerProcess) -> None:
        super().__init__(server.url)
        self.url = server.url
        self.server = server


@contextmanager
def served(*flags: str, command: tuple[str, ...] = ()) -> Iterator[Served]:
    """A server that keeps nothing."""
    with (
        ServerProcess("--ephemeral", "--no-request-log", *flags, command=command) as server,
        closing(Served(server)) as client,
    ):
        yield client

"""A client's end of a TCP connection, for bytes that no HTTP library would send."""

import json
import socket
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from clearhouse.testing import Client, ServerProcess


class Wire:
    """Raw bytes to a server, and its answers."""

    def __init__(self, server: ServerProcess) -> None:
        place = urlsplit(server.url)
        assert place.hostname
        assert place.port
        self.socket = socket.create_connection((place.hostname, place.port))
        self.socket.settimeout(10)
        self._reader = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._reader.close()
        self.socket.close()

    def send(self, *pieces: bytes) -> None:
        """Send them all, one after the other."""
        for piece in pieces:
            self.socket.sendall(piece)

    def head(self) -> tuple[int, dict[str, str]]:
        """Status and headers of the next answer; its body is not read."""
        status = self._reader.readline().decode("latin-1")
        assert status.startswith("HTTP/1.1 "), status
        headers = {}
        while line := self._reader.readline().decode("latin-1").strip():
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        return int(status.split(" ")[1]), headers

    def answer(self) -> tuple[int, bytes]:
        """Status and body of the next answer."""
        status, headers = self.head()
        return status, self._reader.read(int(headers.get("content-length", "0")))

    def refusal(self) -> tuple[int, int]:
        """Status and code of the next answer, which is the exchange's error object."""
        status, body = self.answer()
        found = json.loads(body)
        assert set(found) == {"code", "msg"}
        return status, found["code"]

    def closed(self) -> bool:
        """Whether the server closed the connection, with nothing more to say."""
        try:
            return self._reader.read(1) == b""
        except ConnectionResetError:
            return True


def serves_others(server: ServerProcess) -> None:
    """A client that behaves is served."""
    client = Client(server.url)
    assert client.signed("GET", "/fapi/v2/balance").status == 200
    client.close()

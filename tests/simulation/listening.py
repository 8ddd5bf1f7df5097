"""Listeners of user data streams that behave, and what they heard."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from clearhouse.runtime.clock import monotonic
from clearhouse.testing import Client, ServerProcess

from .audit import units
from .load import Owner

FORMS = (
    "/ws/{key}",
    "/private/ws/{key}",
    "/ws?listenKey={key}&events=ACCOUNT_UPDATE",
    "/stream?streams={key}",
    "/ws",
)
"""The ways to listen; the last one subscribes by a control frame."""


class Move(NamedTuple):
    """A change of the futures wallet."""

    balance: int
    change: int


@dataclass(slots=True)
class Heard:
    """What came over a connection, and when."""

    moves: list[Move] = field(default_factory=list)
    at: list[float] = field(default_factory=list)

    def take(self, text: str, key: str) -> Any:
        """Write an event down; an answer is given back."""
        frame = json.loads(text)
        if "id" in frame:
            return frame
        if "stream" in frame:
            assert frame["stream"] == key
            frame = frame["data"]
        assert frame["e"] == "ACCOUNT_UPDATE", frame
        (balance,) = frame["a"]["B"]
        self.moves.append(Move(units(balance["wb"]), units(balance["bc"])))
        self.at.append(monotonic())
        return None

    def check_chain(self) -> None:
        """No event is missing between two others, none is doubled, none is out of order."""
        for before, after in pairwise(self.moves):
            assert after.balance == before.balance + after.change, (before, after)


def listen_key(url: str, owner: Owner) -> str:
    """The key of an account: a new one, or the one that it has."""
    client = Client(url, owner.api_key, owner.secret)
    answer = client.send("POST", "/fapi/v1/listenKey", {"X-MBX-APIKEY": owner.api_key})
    client.close()
    assert answer.status == 200, answer.body
    key = answer.json["listenKey"]
    assert isinstance(key, str)
    return key


async def join(url: str, key: str, form: str = FORMS[0]) -> ClientConnection:
    """A connection that listens to a key."""
    address = url.replace("http", "ws") + form.format(key=key)
    connection = await connect(address, compression=None, ping_interval=None, open_timeout=30)
    if "{key}" not in form:
        subscribe = {"method": "SUBSCRIBE", "params": [key], "id": 0}
        await connection.send(json.dumps(subscribe))
        heard = Heard()
        while (answer := heard.take(str(await connection.recv()), key)) is None:
            pass
        assert answer == {"result": None, "id": 0}
        assert not heard.moves  # nothing is told before it is answered
    return connection


async def hear(connection: ClientConnection, key: str, seconds: float) -> Heard:
    """Listen for a while."""
    heard = Heard()
    try:
        async with asyncio.timeout(seconds):
            while True:
                heard.take(str(await connection.recv()), key)
    except TimeoutError:
        return heard


async def hear_out(connection: ClientConnection, key: str, heard: Heard) -> None:
    """Listen until everything has come that was written before now."""
    await connection.send('{"method":"LIST_SUBSCRIPTIONS","id":9}')
    while (answer := heard.take(str(await connection.recv()), key)) is None:
        pass
    assert answer == {"result": [key], "id": 9}


async def hear_to_the_end(connection: ClientConnection, key: str) -> tuple[Heard, int]:
    """Listen until the connection ends; what it was closed with (1006: it broke)."""
    heard = Heard()
    try:
        while True:
            heard.take(str(await connection.recv()), key)
    except ConnectionClosed as closed:
        return heard, closed.rcvd.code if closed.rcvd else 1006


def resident_mib(server: ServerProcess) -> float:
    """Memory of a server."""
    pages = Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]
    return int(pages) * 4096 / 2**20


def connections(server: ServerProcess) -> int:
    """Sockets of a server, those included that it listens and wakes up with."""
    held = Path(f"/proc/{server.process.pid}/fd").iterdir()
    return sum(_is_socket(descriptor) for descriptor in held)


def _is_socket(descriptor: Path) -> bool:
    try:
        return descriptor.readlink().name.startswith("socket:")
    except FileNotFoundError:  # closed meanwhile
        return False


async def eventually(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether something is so within a time."""
    until = monotonic() + seconds
    while not holds() and monotonic() < until:  # noqa: ASYNC110  another process makes it so
        await asyncio.sleep(0.02)
    return holds()

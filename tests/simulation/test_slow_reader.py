"""A listener that does not read is cut, its connection is gone, and nobody waits for it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from random import Random  # noqa: TID251  nothing here is left to chance; `Target` has a place

import pytest

from clearhouse.api.ws_protocol import MAX_BACKLOG, STALL_SECONDS
from clearhouse.runtime.clock import monotonic
from clearhouse.testing import Client, ServerProcess

from .audit import open_accounts
from .listening import (
    Heard,
    connections,
    eventually,
    hear_to_the_end,
    join,
    listen_key,
    resident_mib,
)
from .load import Owner
from .rude import ASK, ECHOED, Target, frame, send, stream

LATEST_EVENT_S = 1.0
LATEST_ANSWER_S = 5.0
"""Less than a stall lasts, more than a disk that others use takes."""
STALLED, CLOSING = 200_000, 1
"""Bytes that wait at least, and one answer more at most: the high-water mark is at 65,536."""
SLACK_MIB = 12

Rude = Callable[[ServerProcess, Target], Awaitable[None]]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    path = str(tmp_path / "slow.db")
    with ServerProcess("--data", path, "--no-rate-limits", "--no-request-log") as process:
        yield process


@pytest.mark.parametrize(("waiting", "farewell"), [(STALLED, b""), (CLOSING, frame(8, b""))])
def test_what_is_not_read_for_a_while_ends_the_connection(
    server: ServerProcess, waiting: int, farewell: bytes
) -> None:
    """Closing waits for the reader too, for as long."""

    async def rude(server: ServerProcess, target: Target) -> None:
        before = connections(server)
        async with stream(target) as connection:
            asker = Asker(connection)
            while not await asker.keeps_waiting(waiting):
                await asker.ask()
                await asyncio.sleep(0.01)
            await send(connection, farewell)
            assert await eventually(lambda: connections(server) == before, STALL_SECONDS + 3)

    asyncio.run(_while_others_listen(server, rude))


def test_what_lets_too_much_wait_is_cut_at_once(server: ServerProcess) -> None:
    async def rude(server: ServerProcess, target: Target) -> None:
        before, memory = connections(server), resident_mib(server)
        begun = monotonic()
        async with stream(target) as connection:
            asker = Asker(connection)
            while connections(server) > before:
                await asker.ask()
        assert asker.asked > MAX_BACKLOG
        assert monotonic() - begun < STALL_SECONDS
        assert resident_mib(server) - memory < SLACK_MIB

    asyncio.run(_while_others_listen(server, rude))


async def _while_others_listen(server: ServerProcess, rude: Rude) -> None:
    """Two others, one of them on the same account, hear everything and in time meanwhile."""
    owners = open_accounts(server.url, 2)
    keys = [listen_key(server.url, owner) for owner in owners]
    opened = [await join(server.url, key) for key in keys]
    hearing = [
        asyncio.create_task(hear_to_the_end(connection, key))
        for connection, key in zip(opened, keys, strict=True)
    ]
    done = asyncio.Event()
    moving = asyncio.create_task(_move(server.url, owners, done))
    await asyncio.sleep(0.5)
    await rude(server, Target(server.url, keys[0], Random(0)))
    done.set()
    answered = await moving
    await asyncio.sleep(0.2)
    for connection in opened:
        await connection.close()
    heard = [heard for heard, _ in await asyncio.gather(*hearing)]
    _check(heard, answered)


async def _move(url: str, owners: list[Owner], done: asyncio.Event) -> list[float]:
    """Transfers of 1, 2, 3 … units, of the accounts in turn; when each was answered."""
    clients = [Client(url, owner.api_key, owner.secret) for owner in owners]
    answered: list[float] = []
    while not done.is_set():
        amount = f"0.{len(answered) + 1:08}"
        client = clients[len(answered) % len(clients)]
        begun = monotonic()
        answer = await asyncio.to_thread(
            client.signed,
            "POST",
            "/sapi/v1/asset/transfer",
            type="MAIN_UMFUTURE",
            asset="USDT",
            amount=amount,
        )
        assert answer.status == 200, answer.body
        answered.append(monotonic())
        assert answered[-1] - begun < LATEST_ANSWER_S
        await asyncio.sleep(0.02)
    for client in clients:
        client.close()
    return answered


def _check(heard: list[Heard], answered: list[float]) -> None:
    for place, ear in enumerate(heard):
        ear.check_chain()
        amounts = [move.change for move in ear.moves]
        assert amounts == list(range(place + 1, len(answered) + 1, len(heard)))
        late = [at - answered[n - 1] for n, at in zip(amounts, ear.at, strict=True)]
        assert max(late) < LATEST_EVENT_S


class Asker:
    """A listener that asks for long answers and reads none."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.asked = 0

    async def ask(self) -> None:
        """Ask for one more."""
        await send(self._connection, frame(1, ASK % (b"x" * ECHOED)))
        self.asked += ECHOED

    async def keeps_waiting(self, least: int) -> bool:
        """Whether so much waits in the server, and not only because it is not at it yet."""
        if self.waiting() < least:
            return False
        await asyncio.sleep(0.5)
        return self.waiting() >= least

    def waiting(self) -> int:
        """Bytes of answers that the server itself holds: the system holds the others."""
        own, server = self._connection.getsockname()[1], self._connection.getpeername()[1]
        to_send, _ = _queues(server, own)
        _, to_read = _queues(own, server)
        return self.asked - to_send - to_read


def _queues(local: int, remote: int) -> tuple[int, int]:
    """What the system holds for one end of a connection: bytes to be sent, bytes to be read."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        ports = [int(address.partition(":")[2], 16) for address in fields[1:3]]
        if ports == [local, remote]:
            to_send, _, to_read = fields[4].partition(":")
            return int(to_send, 16), int(to_read, 16)
    return 0, 0

"""Load for a server that is about to die, and a diary of what it answered.

Every attempt moves an amount that its account never moves again, so that whatever is found
after a restart can be traced to the one attempt that caused it.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple, Protocol, TypeVar
from urllib.parse import urlsplit

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client

WALLETS_OF_KIND = {
    "MAIN_UMFUTURE": ("MAIN", "UMFUTURE"),
    "UMFUTURE_MAIN": ("UMFUTURE", "MAIN"),
    "MAIN_FUNDING": ("MAIN", "FUNDING"),
    "FUNDING_UMFUTURE": ("FUNDING", "UMFUTURE"),
    "UMFUTURE_FUNDING": ("UMFUTURE", "FUNDING"),
    "FUNDING_MAIN": ("FUNDING", "MAIN"),
}
KINDS = tuple(WALLETS_OF_KIND)
ASSET = "USDT"
START_UNITS = 1_000 * 100_000_000
TOO_MUCH_UNITS = 10**6 * 100_000_000
INSUFFICIENT = -5013
DEPOSIT = "DEPOSIT"
PIPELINED = 4
CONNECTIONS = 8


A = TypeVar("A")
"""Something that a load sends."""


class Owner(NamedTuple):
    """An account that the load uses."""

    uid: int
    api_key: str
    secret: str


class Attempt(NamedTuple):
    """A transfer or deposit that was sent."""

    uid: int
    kind: str
    units: int


@dataclass(slots=True)
class Diary:
    """What was sent, by how it ended: acknowledged (with its number), refused, or unknown."""

    acked: dict[int, Attempt] = field(default_factory=dict)
    refused: list[Attempt] = field(default_factory=list)
    unknown: list[Attempt] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def next_attempt(self, uid: int) -> Attempt:
        """Mostly a transfer that must succeed; some that must be refused, some deposits."""
        number = next(self.numbers)
        kind = KINDS[number % len(KINDS)]
        if number % 11 == 0:
            return Attempt(uid, kind, TOO_MUCH_UNITS + number)
        if number % 17 == 0:
            return Attempt(uid, DEPOSIT, number)
        return Attempt(uid, kind, number)

    def note(self, attempt: Attempt, status: int, body: bytes) -> None:
        """Write an answer down; one that is neither a success nor a refusal fails the test."""
        if status == 200:
            tran_id = json.loads(body)["tranId"]
            assert tran_id not in self.acked, f"{tran_id} was given twice"
            assert attempt.units < TOO_MUCH_UNITS, f"{attempt} was not refused"
            self.acked[tran_id] = attempt
        elif status == 503:  # the server is stopping: it promises nothing
            self.unknown.append(attempt)
        else:
            assert status == 400, (status, body)
            assert json.loads(body)["code"] == INSUFFICIENT, body
            assert attempt.units >= TOO_MUCH_UNITS, (attempt, body)
            self.refused.append(attempt)


async def drive(
    url: str,
    owners: list[Owner],
    diary: Diary,
    *,
    pause: float = 0,
    stop: asyncio.Event | None = None,
) -> None:
    """Send transfers over several connections until told, or the server breaks them all."""
    lanes = [owners[number % len(owners)] for number in range(CONNECTIONS)]
    pace = Pace(pause, stop or asyncio.Event())
    await asyncio.gather(*(connection(url, owner, diary, _request, pace) for owner in lanes))


class Pace(NamedTuple):
    """Seconds between two groups of requests of a connection, and when to stop."""

    pause: float
    stop: asyncio.Event


class Keeper(Protocol[A]):
    """A diary, as a connection uses it."""

    unknown: list[A]

    def next_attempt(self, uid: int, /) -> A:
        """What to send next."""

    def note(self, attempt: A, status: int, body: bytes, /) -> None:
        """How it was answered."""


async def connection(
    url: str, owner: Owner, diary: Keeper[A], request: Callable[[Client, A], bytes], pace: Pace
) -> None:
    """Send groups of requests over one connection until told, or the server breaks it."""
    place = urlsplit(url)
    client = Client(url, owner.api_key, owner.secret)
    try:
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
    except OSError:
        return
    sent: list[A] = []
    try:
        while not pace.stop.is_set():
            sent = [diary.next_attempt(owner.uid) for _ in range(PIPELINED)]
            writer.write(b"".join(request(client, attempt) for attempt in sent))
            while sent:
                status, body = await _answer(reader)
                diary.note(sent.pop(0), status, body)
            await asyncio.sleep(pace.pause)
    except (OSError, asyncio.IncompleteReadError):
        diary.unknown.extend(sent)
    finally:
        writer.close()


def futures_change(kind: str, units: int) -> int:
    """What an attempt does to the futures wallet."""
    source, target = WALLETS_OF_KIND.get(kind, ("OUTSIDE", "MAIN"))
    return units * ((target == "UMFUTURE") - (source == "UMFUTURE"))


def _request(client: Client, attempt: Attempt) -> bytes:
    amount = f"{attempt.units // 10**8}.{attempt.units % 10**8:08d}"
    if attempt.kind == DEPOSIT:
        body = json.dumps({"wallet": "MAIN", "asset": ASSET, "amount": amount})
        path = f"/_clearhouse/v1/accounts/{attempt.uid}/deposits"
        return message("POST", path, body.encode())
    params: dict[str, object] = {"type": attempt.kind, "asset": ASSET, "amount": amount}
    return signed_message(client, "POST", "/sapi/v1/asset/transfer", params)


def signed_message(client: Client, method: str, path: str, params: dict[str, object]) -> bytes:
    """A signed request as it goes over the wire, everything in the query string."""
    query = client.sign({**params, "timestamp": wall_clock_ms()})
    return message(method, f"{path}?{query}", b"", f"X-MBX-APIKEY: {client.api_key}\r\n")


def message(method: str, target: str, body: bytes, header: str = "") -> bytes:
    """A request as it goes over the wire."""
    head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return status, await reader.readexactly(length)

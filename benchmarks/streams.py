"""User data streams: how soon an event arrives, and what a connection costs that only listens.

*delivery*: 1,000 accounts listen on a connection each, and each makes one durable transfer into
its futures wallet a second; together 1,000 events a second at even distances. The server has one
core, the load generator, which sends, listens and polls without sleeping, the other. The time
of an event counts from when its request was due (see `latency.py`), so it holds the wait for the
disk; the reference is the acknowledgement of the same transfers. Amounts grow with each
transfer of an account, so an event that is missing, comes twice or comes late shows.

*memory*: the growth of the resident size by connections that send nothing and are sent nothing,
over that of a bare uvicorn WebSocket server; once with an account each, once all on one account.
The first connections are not counted: they pay for what all share.
"""

import contextlib
import itertools
import json
import select
import socket
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks import venue
from benchmarks.harness import (
    Options,
    Served,
    on_cores,
    percentile,
    scratch_directory,
    settle,
    two_cores,
    uvicorn,
)
from benchmarks.latency import Pool, wire
from benchmarks.report import Result, UnavailableError
from benchmarks.scale import resident
from benchmarks.websocket import TEXT_FRAME, connect, frame_end
from benchmarks.wrk import Request

LISTENERS = 1_000
MOST_MS = 50
PATIENCE_S = 5
UNCOUNTED = 200
MOST_KIB = 60
ONE = 10**8


def run(options: Options) -> list[Result]:
    """Measure delivery, then memory."""
    return [*delivery(options), *memory(options)]


def delivery(options: Options) -> list[Result]:
    """Connect everybody once, then load in turns."""
    (core, generator), holders = two_cores(), venue.accounts(LISTENERS)
    with (
        scratch_directory() as directory,
        venue.clearhouse(directory, holders, cores=[core], durable=True) as server,
        on_cores(generator),
        listening(server, listen_paths(server, holders)) as sockets,
    ):
        turns = []
        for number in range(options.rounds):
            settle()
            turns.append(turn(server, holders, sockets, number * options.seconds, options.seconds))
    return [delay(turns), faults(turns)]


def listen_paths(server: Served, holders: Sequence[venue.Account]) -> list[str]:
    """Open a listen key for each account; return where each listens."""
    paths = []
    for holder in holders:
        headers = {"X-MBX-APIKEY": holder.api_key}
        answer = venue.call(server, "POST", "/fapi/v1/listenKey", headers=headers)
        paths.append(f"/ws/{json.loads(answer)['listenKey']}")
    return paths


@contextlib.contextmanager
def listening(server: Served, paths: Sequence[str]) -> Iterator[list[socket.socket]]:
    """Connect to each path."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connect(server, path)) for path in paths]


@dataclass(frozen=True)
class Turn:
    """Milliseconds of some seconds of load, and how many events were not as they must be."""

    events_ms: list[float]
    acknowledged_ms: list[float]
    after_acknowledgement_ms: list[float]
    faults: Counter[str]


def turn(
    server: Served,
    holders: Sequence[venue.Account],
    sockets: Sequence[socket.socket],
    first: int,
    seconds: int,
) -> Turn:
    """Send each account's transfers number `first` to `first + seconds`, and listen."""
    requests = [inward(holder, first + n) for n in range(seconds) for holder in holders]
    texts = [wire(request) for request in requests]
    pool, ears = Pool.open(server), Ears.of(sockets)
    begun, last_sent, sent = time.perf_counter(), 0.0, 0
    while (len(pool.times) < len(texts) or ears.heard < len(texts)) and (
        sent < len(texts) or time.perf_counter() - last_sent < PATIENCE_S
    ):
        due = begun + sent / len(holders)
        if sent < len(texts) and pool.free and due <= time.perf_counter():
            pool.send(texts[sent], due=due)
            sent, last_sent = sent + 1, due
        pool.collect()
        ears.collect()
    pool.close()
    ears.epoll.close()
    acknowledged = dict(pool.times)
    return summary(begun, first, seconds, acknowledged, list(ears.by_socket.values()))


def inward(holder: venue.Account, number: int) -> Request:
    """Sign a transfer whose amount says which one of the account it is."""
    amount = f"0.{number + 1:08}"
    parameters = {"type": "MAIN_UMFUTURE", "asset": "USDT", "amount": amount}
    return venue.signed(holder, "POST", "/sapi/v1/asset/transfer", parameters)


@dataclass(slots=True)
class Ear:
    """A listening socket and what came out of it: when, and which frame."""

    socket: socket.socket
    rest: bytes = b""
    frames: list[tuple[float, bytes]] = field(default_factory=list)

    def take(self) -> int:
        """Read; return how many text frames are whole now."""
        data, at, texts = self.rest + self.socket.recv(65_536), 0, 0
        if len(data) == len(self.rest):
            raise UnavailableError("the server closed a stream")
        now = time.perf_counter()
        while (end := frame_end(data, at)) <= len(data):
            if data[at] == TEXT_FRAME:
                self.frames.append((now, data[at:end]))
                texts += 1
            at = end
        self.rest = data[at:]
        return texts


@dataclass(slots=True)
class Ears:
    """All of them."""

    by_socket: dict[int, Ear]
    epoll: select.epoll
    heard: int = 0

    @classmethod
    def of(cls, sockets: Sequence[socket.socket]) -> "Ears":
        """Watch connected sockets."""
        epoll = select.epoll()
        for connection in sockets:
            epoll.register(connection.fileno(), select.EPOLLIN)
        return cls({connection.fileno(): Ear(connection) for connection in sockets}, epoll)

    def collect(self) -> None:
        """Take in what has come, without waiting."""
        for number, _ in self.epoll.poll(0):
            self.heard += self.by_socket[number].take()


def summary(
    begun: float, first: int, seconds: int, acknowledged: dict[float, float], ears: Sequence[Ear]
) -> Turn:
    """Match events with their requests by account and amount."""
    delays, behind, found = [], [], Counter[str]()
    for place, ear in enumerate(ears):
        numbers = []
        for came, text in ear.frames:
            number, fits = read_event(text)
            due = begun + ((number - first) * len(ears) + place) / len(ears)
            numbers.append(number)
            found["of a wrong balance"] += not fits
            delays.append(came - due)
            behind.append(came - acknowledged.get(due, came))
        found["lost"] += len(set(range(first, first + seconds)) - set(numbers))
        found["doubled"] += len(numbers) - len(set(numbers))
        found["out of order"] += sum(a > b for a, b in itertools.pairwise(numbers))
    waits = [came - due for due, came in acknowledged.items()]
    return Turn(*([1e3 * second for second in row] for row in (delays, waits, behind)), found)


def read_event(text: bytes) -> tuple[int, bool]:
    """Return which transfer an event is of, and whether the balance is the sum of all till then."""
    event = json.loads(text[text.index(b"{") :])
    balance = event["a"]["B"][0]
    number = units(balance["bc"]) - 1
    return number, units(balance["wb"]) == 1_000 * ONE + (number + 1) * (number + 2) // 2


def units(amount: str) -> int:
    """Return an amount in units of 1e-8."""
    whole, _, part = amount.partition(".")
    return int(whole) * ONE + int(part.ljust(8, "0"))


def delay(turns: Sequence[Turn]) -> Result:
    """Put all turns into one row; the median turn counts."""
    p99 = statistics.median(percentile(turn.events_ms, 0.99) for turn in turns)
    floor = statistics.median(percentile(turn.acknowledged_ms, 0.99) for turn in turns)
    return Result(
        name=f"streams: p99 of an event, {LISTENERS:,} accounts with one a second each",
        measured=f"p99 {p99:.2f} ms",
        reference=f"acknowledgement p99 {floor:.2f} ms",
        value=p99,
        target=MOST_MS,
        unit="ms",
        at_most=True,
        detail={
            "p99_ms": [round(percentile(turn.events_ms, 0.99), 3) for turn in turns],
            "events_ms": shares([ms for turn in turns for ms in turn.events_ms]),
            "acknowledged_ms": shares([ms for turn in turns for ms in turn.acknowledged_ms]),
            "event_after_acknowledgement_ms": shares(
                [ms for turn in turns for ms in turn.after_acknowledgement_ms]
            ),
        },
    )


def shares(values: Sequence[float]) -> dict[str, float]:
    """Return median, 99th percentile and maximum."""
    named = {"p50": percentile(values, 0.5), "p99": percentile(values, 0.99), "max": max(values)}
    return {name: round(value, 3) for name, value in named.items()}


def faults(turns: Sequence[Turn]) -> Result:
    """Count what must not be."""
    total = sum((turn.faults for turn in turns), Counter[str]())
    events = sum(len(turn.events_ms) for turn in turns)
    return Result(
        name="streams: events lost, doubled, out of order or wrong",
        measured=f"{total.total()} of {events:,}",
        reference="-",
        value=total.total(),
        target=0,
        unit="events",
        at_most=True,
        detail=dict(total),
    )


def memory(options: Options) -> list[Result]:
    """Compare what a listening connection keeps with what any WebSocket on uvicorn keeps."""
    count = 500 if options.quick else 4_000
    core, holders = two_cores()[0], venue.accounts(UNCOUNTED + count)
    with scratch_directory() as directory:
        with uvicorn("echo", directory / "uvicorn.log", core=core) as bare:
            floor = growth(bare, ["/"] * len(holders))
        with venue.clearhouse(directory, holders, cores=[core], durable=False) as server:
            each = growth(server, listen_paths(server, holders))
        with venue.clearhouse(directory, holders, cores=[core], durable=False) as server:
            one = growth(server, listen_paths(server, holders[:1]) * len(holders))
    of = {"an account each": each, "all of one account": one}
    return [compare(name, ours, floor, count) for name, ours in of.items()]


def growth(server: Served, paths: Sequence[str]) -> float:
    """Return KiB of a connection after the first ones."""
    with listening(server, paths[:UNCOUNTED]):
        before = resident(server.pid)
        with listening(server, paths[UNCOUNTED:]):
            return (resident(server.pid) - before) / (len(paths) - UNCOUNTED) / 1024


def compare(name: str, ours: float, floor: float, count: int) -> Result:
    """Report what a connection costs beyond the reference."""
    return Result(
        name=f"streams: memory of a silent connection, {name}",
        measured=f"{ours:.1f} KiB, {count:,} connections",
        reference=f"uvicorn {floor:.1f} KiB",
        value=ours - floor,
        target=MOST_KIB,
        unit="KiB more",
        at_most=True,
    )

"""How long a durable transfer takes at half of the maximum load, against one fsync.

A transfer is acknowledged when the disk has it, so one fsync is the floor. The maximum is what
wrk reaches with 64 connections (closed loop) with the server on one core; half of that rate is
then sent at even distances, whether answers have come or not.

Coordinated omission: a generator that waits for an answer before it sends the next request stops
asking just when the server is slow. Here each request has the time at which it is due, waits in a
queue when all connections are busy, and its latency counts from the time it was due.

The generator polls without sleeping on a core of its own (a timer would be late by up to a
millisecond, more than an fsync takes) and spends about ten microseconds on a request. The fsyncs
are measured after each load, on the same file system. Each turn finds its own maximum, so that a
machine that got slower meanwhile is not overloaded, and the median turn counts.
"""

import os
import select
import socket
import statistics
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import venue
from benchmarks.harness import (
    Options,
    Served,
    on_cores,
    paired_ratio,
    percentile,
    scratch_directory,
    settle,
    two_cores,
)
from benchmarks.report import Result, UnavailableError
from benchmarks.wrk import CONNECTIONS, Request, wrk

ACCOUNTS = 10_000
FSYNCS = 1_000
PAGE = b"\0" * 4096


def run(options: Options) -> list[Result]:
    """In each turn find the maximum, load with half of it, and probe the disk."""
    (core, generator), holders = two_cores(), venue.accounts(ACCOUNTS)
    with (
        scratch_directory() as directory,
        venue.clearhouse(directory, holders, cores=[core], durable=True) as server,
    ):

        def turn() -> Turn:
            settle()
            requests, seconds = venue.transfers(holders), options.seconds
            most = wrk(server.url, requests, directory, seconds=seconds, cores=[generator])
            with on_cores(generator):
                latencies = paced(server, requests, most.per_second / 2, seconds)
            return Turn(most.per_second, latencies, fsyncs(directory / "probe"))

        return [compare([turn() for _ in range(options.rounds)])]


@dataclass(frozen=True)
class Turn:
    """One maximum, the seconds of each transfer at half of it, those of the fsyncs after it."""

    per_second: float
    latencies: list[float]
    syncs: list[float]

    def p99_ms(self) -> tuple[float, float]:
        """Return the 99th percentiles of transfer and fsync."""
        return percentile(self.latencies, 0.99) * 1e3, percentile(self.syncs, 0.99) * 1e3


def compare(turns: list[Turn]) -> Result:
    """Put the percentiles of all turns into one row; the median turn counts."""
    ours, floors = zip(*(turn.p99_ms() for turn in turns), strict=True)
    rate = statistics.median(turn.per_second for turn in turns) / 2
    latencies = [seconds for turn in turns for seconds in turn.latencies]
    syncs = [seconds for turn in turns for seconds in turn.syncs]
    return Result(
        name="latency: p99 of a durable transfer at half load",
        measured=f"p99 {statistics.median(ours):.2f} ms at {rate:,.0f}/s",
        reference=f"fsync p99 {statistics.median(floors):.2f} ms",
        value=paired_ratio(ours, floors),
        target=5,
        at_most=True,
        detail={
            "maximum_per_second": [round(turn.per_second) for turn in turns],
            "p99_ms": [round(p99, 3) for p99 in ours],
            "fsync_p99_ms": [round(p99, 3) for p99 in floors],
            "all_transfers_ms": shares(latencies),
            "all_fsyncs_ms": shares(syncs),
        },
    )


def shares(seconds: list[float]) -> dict[str, float]:
    """Return some percentiles in milliseconds."""
    named = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999}
    return {name: round(percentile(seconds, of) * 1e3, 3) for name, of in named.items()}


def noticed(
    name: str, rate: int, target: float, quiet: list[list[float]], busy: list[list[float]]
) -> Result:
    """Compare p99 of what others wait, with and without something that goes on, in turns."""
    without = [percentile(turn, 0.99) * 1e3 for turn in quiet]
    during = [percentile(turn, 0.99) * 1e3 for turn in busy]
    return Result(
        name=name,
        measured=f"p99 {statistics.median(during):.2f} ms at {rate:,}/s",
        reference=f"p99 {statistics.median(without):.2f} ms without",
        value=paired_ratio(during, without),
        target=target,
        at_most=True,
        detail={
            "during_p99_ms": [round(p99, 3) for p99 in during],
            "without_p99_ms": [round(p99, 3) for p99 in without],
            "during_ms": shares([latency for turn in busy for latency in turn]),
            "without_ms": shares([latency for turn in quiet for latency in turn]),
        },
    )


def fsyncs(path: Path) -> list[float]:
    """Append 4 KiB and fsync, again and again; return the seconds that each took."""
    taken = []
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for _ in range(FSYNCS):
        start = time.perf_counter()
        os.write(file, PAGE)
        os.fsync(file)
        taken.append(time.perf_counter() - start)
    os.close(file)
    return taken


def paced(side: Served, requests: Sequence[Request], rate: float, seconds: float) -> list[float]:
    """Send requests at an even rate; return the seconds from when each was due to its answer."""
    texts = [wire(request) for request in requests]
    count = int(rate * seconds)
    pool = Pool.open(side)
    sent, start = 0, time.perf_counter()
    while len(pool.times) < count:
        now = time.perf_counter() - start
        while sent < count and pool.free and sent / rate <= now:
            pool.send(texts[sent % len(texts)], due=start + sent / rate)
            sent += 1
        pool.collect()
    pool.close()
    return pool.latencies


def wire(request: Request) -> bytes:
    """Return the bytes of one request."""
    lines = [f"{request.method} {request.path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"X-MBX-APIKEY: {request.api_key}", "Content-Length: 0", "", ""]
    return "\r\n".join(lines).encode()


@dataclass(slots=True)
class Pool:
    """Connections that each carry one request at a time."""

    sockets: dict[int, socket.socket]
    epoll: select.epoll
    free: deque[int]
    due: dict[int, float] = field(default_factory=dict)
    partial: dict[int, bytes] = field(default_factory=dict)
    times: list[tuple[float, float]] = field(default_factory=list)
    """When each answered request was due, and when its answer came."""

    @property
    def latencies(self) -> list[float]:
        """Return the seconds from due to answered."""
        return [answered - due for due, answered in self.times]

    @classmethod
    def open(cls, side: Served) -> "Pool":
        """Connect as often as wrk does."""
        opened = [socket.create_connection(side.address) for _ in range(CONNECTIONS)]
        epoll = select.epoll()
        for connection in opened:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            epoll.register(connection.fileno(), select.EPOLLIN)
        sockets = {connection.fileno(): connection for connection in opened}
        return cls(sockets=sockets, epoll=epoll, free=deque(sockets))

    def send(self, text: bytes, *, due: float) -> None:
        """Send one request on a free connection."""
        number = self.free.popleft()
        self.due[number] = due
        self.sockets[number].sendall(text)

    def collect(self) -> None:
        """Take in what has come, without waiting.

        An answer is JSON and so ends with a brace or a bracket, which no header block does.
        """
        for number, _ in self.epoll.poll(0):
            data = self.partial.pop(number, b"") + self.sockets[number].recv(65_536)
            if not data.endswith((b"}", b"]")):
                self.keep(number, data)
                continue
            self.times.append((self.due[number], time.perf_counter()))
            if not data.startswith(b"HTTP/1.1 200"):
                raise UnavailableError(f"a request was refused: {data[-300:]!r}")
            self.free.append(number)

    def keep(self, number: int, data: bytes) -> None:
        """Hold the first part of an answer until the rest comes."""
        if not data:
            raise UnavailableError("the server closed a connection")
        self.partial[number] = data

    def close(self) -> None:
        """Close every connection."""
        self.epoll.close()
        for connection in self.sockets.values():
            connection.close()

"""Market streams: how late the slowest of 500 subscribers hears of a price.

Each listens to best prices and to the differences of the book of one symbol, on one connection with
combined frames; the price is set ten times a second at even distances. The server has one core,
the load generator, which sets prices, listens and polls without sleeping, the other.

An update of the best prices is late by the time from when its request was due until a subscriber
has the frame: it waits for the disk and for the 499 others. Differences are told at round tenths
of a second, so they are late from the turn on that they name in `E`. The slowest subscriber of
the worst update counts, and what a subscriber never heard of is counted too.
"""

import json
import re
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks import venue
from benchmarks.harness import (
    Options,
    Served,
    on_cores,
    percentile,
    scratch_directory,
    settle,
    two_cores,
)
from benchmarks.report import Result
from benchmarks.streams import Ear, Ears, listening
from benchmarks.websocket import frame

SUBSCRIBERS = 500
PER_SECOND = 10
MOST_MS = 100
LAST_WORDS_S = 1
PATH = "/public/stream"
NAMES = ("btcusdt@bookTicker", "btcusdt@depth@100ms")
PRICE = "/_clearhouse/v1/symbols/BTCUSDT/price"
FIRST_PRICE, TICK = 65_000, "0.10"

BEST = re.compile(rb'"b":"([0-9.]+)","B"')
TOLD_AT = re.compile(rb'"E":([0-9]+)')


def run(options: Options) -> list[Result]:
    """Connect everybody once, then set prices in turns."""
    core, generator = two_cores()
    with (
        scratch_directory() as directory,
        venue.serve(directory, cores=[core]) as server,
        on_cores(generator),
        listening(server, [PATH] * SUBSCRIBERS) as sockets,
    ):
        subscribe(sockets)
        updates = options.seconds * PER_SECOND
        turns = []
        for number in range(options.rounds):
            settle()
            turns.append(turn(server, sockets, FIRST_PRICE + number * updates, updates))
    best, differences = ("best prices", "due"), ("differences", "the turn")
    return [
        lateness(*best, [one.best_ms for one in turns]),
        lateness(*differences, [one.differences_ms for one in turns]),
        missing(turns),
    ]


def subscribe(sockets: Sequence[socket.socket]) -> None:
    """Ask for both streams on each connection; the answers are heard with the first frames."""
    asked = {"method": "SUBSCRIBE", "params": NAMES, "id": "subscriber ".ljust(80, "-")}
    for connection in sockets:
        connection.sendall(frame(json.dumps(asked).encode()))


@dataclass(frozen=True)
class Turn:
    """How late each frame was, and how many best prices a subscriber was never told."""

    best_ms: list[float]
    differences_ms: list[float]
    lost: int


def turn(server: Served, sockets: Sequence[socket.socket], first: int, updates: int) -> Turn:
    """Set prices from `first` on, a dollar apart, and listen."""
    ears = Ears.of(sockets)
    with socket.create_connection(server.address) as asking:
        asking.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wall = time.time_ns() / 1e9 - time.perf_counter()
        begun, sent = time.perf_counter() + 0.5, 0
        while time.perf_counter() < begun + updates / PER_SECOND + LAST_WORDS_S:
            if sent < updates and time.perf_counter() >= begun + sent / PER_SECOND:
                asking.sendall(request(first + sent))
                sent += 1
            ears.collect()
    ears.epoll.close()
    due = {bid(first + n): begun + n / PER_SECOND for n in range(updates)}
    return summary(due, wall, list(ears.by_socket.values()))


def request(price: int) -> bytes:
    """Write the request that sets a price."""
    body = json.dumps({"last": str(price)}).encode()
    head = f"PUT {PRICE} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    return head.encode() + b"content-length: %d\r\n\r\n%b" % (len(body), body)


def bid(price: int) -> bytes:
    """Say what the house bids at a price: a tick less."""
    return f"{price - float(TICK):.2f}".encode()


def summary(due: dict[bytes, float], wall: float, ears: Sequence[Ear]) -> Turn:
    """Match frames with the requests that caused them."""
    best, differences, lost = [], [], 0
    for ear in ears:
        heard = set()
        for came, text in ear.frames:
            if b'"depthUpdate"' in text:
                differences.append(1e3 * (came + wall) - moment(text))
            else:
                price = first_of(BEST.findall(text))
                heard.add(price)
                best.extend([1e3 * (came - due[price])] if price in due else [])
        lost += len(due.keys() - heard)
    return Turn(best, differences, lost)


def moment(text: bytes) -> float:
    """Return when the server made a frame, in milliseconds."""
    return float(first_of(TOLD_AT.findall(text)))


def first_of(found: list[bytes]) -> bytes:
    """Return the first match, empty where there is none."""
    return next(iter(found), b"")


def lateness(what: str, since: str, turns: Sequence[list[float]]) -> Result:
    """Put all turns into one row: the slowest subscriber of each, and the median turn counts."""
    slowest = statistics.median(max(turn) for turn in turns)
    median = statistics.median(percentile(turn, 0.5) for turn in turns)
    return Result(
        name=f"market streams: {what}, slowest of {SUBSCRIBERS} subscribers",
        measured=f"max {slowest:.1f} ms, median {median:.1f} ms after {since}",
        reference="-",
        value=slowest,
        target=MOST_MS,
        unit="ms",
        at_most=True,
        detail=dict(shares(turns)),
    )


def shares(turns: Sequence[list[float]]) -> Iterator[tuple[str, list[float]]]:
    """Yield median, 99th percentile and maximum of each turn."""
    yield "p50_ms", [round(percentile(turn, 0.5), 3) for turn in turns]
    yield "p99_ms", [round(percentile(turn, 0.99), 3) for turn in turns]
    yield "max_ms", [round(max(turn), 3) for turn in turns]


def missing(turns: Sequence[Turn]) -> Result:
    """Count best prices that somebody was not told."""
    lost, told = sum(turn.lost for turn in turns), sum(len(turn.best_ms) for turn in turns)
    return Result(
        name="market streams: best prices that a subscriber missed",
        measured=f"{lost} of {lost + told:,}",
        reference="-",
        value=lost,
        target=0,
        unit="events",
        at_most=True,
    )

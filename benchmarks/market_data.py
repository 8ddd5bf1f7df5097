"""What bots poll of a market: 1,500 candles, and a book of 1,000 levels, against static bytes.

Both answers are kept as they were rendered until something changes, so what is left is the price
of a request and of moving the bytes. The reference is a bare uvicorn that sends as many bytes,
made once at start. One core serves, the other generates, as for the other reads.
"""

import json
from pathlib import Path

from benchmarks import venue
from benchmarks.balance import compare
from benchmarks.harness import Options, Served, alternate, scratch_directory, two_cores, uvicorn
from benchmarks.report import Result
from benchmarks.wrk import Load, Request, wrk

CANDLES = "/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=1500"
LEVELS = "/fapi/v1/depth?symbol=BTCUSDT&limit=1000"
TARGET = 0.3
STEP_MS = 15 * 60_000
STEPS = 101
"""Quarters of an hour that the clock is advanced by, a price in each: 1,515 minutes."""

NAMES = {
    CANDLES: "klines: GET /fapi/v1/klines, 1,500 rows",
    LEVELS: "depth: GET /fapi/v1/depth, 1,000 levels a side",
}


def run(options: Options) -> list[Result]:
    """Give a market a history and a deep book, then read each in turn with the reference."""
    cores = two_cores()
    with (
        scratch_directory() as directory,
        venue.serve(directory, cores=[cores[0]], durable=False) as server,
    ):
        prepare(server)
        return [measured(options, server, directory, path) for path in NAMES]


def measured(options: Options, server: Served, directory: Path, path: str) -> Result:
    """One answer against as many static bytes."""
    core, generator = two_cores()
    size = len(venue.call(server, "GET", path, headers={}))
    environment = {"BENCH_STATIC_BYTES": str(size)}
    with uvicorn("static", directory / "static.log", core=core, environment=environment) as bare:

        def load(side: Served) -> Load:
            requests = [Request("GET", path, "none")]
            seconds = options.seconds
            return wrk(side.url, requests, directory, seconds=seconds, cores=[generator])

        turns = alternate(options.rounds, lambda: load(server), lambda: load(bare))
    result = compare(NAMES[path], *turns, TARGET)
    result.detail["answer_bytes"] = size
    return result


def prepare(server: Served) -> None:
    """A day and an hour of candles, and a book that is deep enough."""
    control(server, "PUT", "/clock", {"mode": "frozen"})
    for step in range(STEPS):
        control(server, "PUT", "/symbols/BTCUSDT/price", {"last": str(65_000 + step * 7 % 90)})
        control(server, "POST", "/clock/advance", {"ms": STEP_MS})
    control(server, "PUT", "/symbols/BTCUSDT/liquidity", {"mode": "house", "depth": 1_000})


def control(server: Served, method: str, path: str, body: object) -> None:
    """One call of the control plane."""
    headers = {"content-type": "application/json"}
    sent = json.dumps(body).encode()
    venue.call(server, method, f"/_clearhouse/v1{path}", body=sent, headers=headers)

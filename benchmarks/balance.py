"""Reading a balance: signed `GET /fapi/v2/balance` against the least a uvicorn can answer.

One core serves, the other generates, with 64 connections on both sides. The reference is an ASGI
"hello" on the same uvicorn, fed by the same wrk with the plainest request there is (`GET /` and
one header): the most this kind of server can do on that core. The reads go over 1,000 accounts,
so that keeping one answer ready would not help. The journal is in memory: a read writes nothing.
"""

import statistics
from collections.abc import Sequence

from benchmarks import venue
from benchmarks.harness import (
    Options,
    Served,
    alternate,
    paired_ratio,
    scratch_directory,
    two_cores,
    uvicorn,
)
from benchmarks.report import Result
from benchmarks.wrk import Load, Request, wrk

ACCOUNTS = 1_000
PATH = "/fapi/v2/balance"
HELLO = [Request("GET", "/", "none")]


def run(options: Options) -> list[Result]:
    """Measure both servers in turn, on the same core."""
    (core, generator), holders = two_cores(), venue.accounts(ACCOUNTS)
    with (
        scratch_directory() as directory,
        venue.clearhouse(directory, holders, cores=[core], durable=False) as server,
        uvicorn("hello", directory / "uvicorn.log", core=core) as bare,
    ):

        def load(side: Served, requests: Sequence[Request]) -> Load:
            seconds = options.seconds
            return wrk(side.url, requests, directory, seconds=seconds, cores=[generator])

        size = len(venue.ask(server, venue.reads(holders[:1], PATH)[0]))
        turns = alternate(
            options.rounds,
            lambda: load(server, venue.reads(holders, PATH)),
            lambda: load(bare, HELLO),
        )
    result = compare("balance: signed GET /fapi/v2/balance, one core", *turns, 0.6)
    result.detail["answer_bytes"] = size
    return [result]


def compare(name: str, ours: list[Load], theirs: list[Load], target: float) -> Result:
    """Put two series of wrk runs into one row."""
    rates = [r.per_second for r in ours], [r.per_second for r in theirs]
    return compare_rates(name, *rates, target)


def compare_rates(name: str, ours: list[float], theirs: list[float], target: float) -> Result:
    """Put two series of rates into one row."""
    return Result(
        name=name,
        measured=f"{statistics.median(ours):,.0f}/s",
        reference=f"bare uvicorn {statistics.median(theirs):,.0f}/s",
        value=paired_ratio(ours, theirs),
        target=target,
        detail={
            "clearhouse_per_second": [round(rate) for rate in ours],
            "uvicorn_per_second": [round(rate) for rate in theirs],
        },
    )

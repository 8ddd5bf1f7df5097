"""Durable transfers: Clearhouse over signed HTTP against a stored procedure in PostgreSQL.

Both keep 10,000 accounts on the same disk, are driven by 64 connections, and have the same two
cores for server and generator together. Both check the balance, move it, write one transfer and
two postings with the indexes that a history needs, and answer with a transaction id only when
the disk has it. The sides take turns; the ratio is the median over neighbouring turns.

PostgreSQL is spared what Clearhouse has to do besides: HTTP, the signature, the key's
permissions, the hash chain of the journal. That is on purpose. It answers the question "why not
simply a stored procedure?", and a gateway in front of the procedure would only slow it down.
"""

import statistics

from benchmarks import venue
from benchmarks.harness import Options, alternate, paired_ratio, scratch_directory, two_cores
from benchmarks.postgres import Bench, pgbench, postgres
from benchmarks.report import Result
from benchmarks.wrk import Load, wrk

ACCOUNTS = 10_000


def run(options: Options) -> list[Result]:
    """Measure both sides in turn."""
    cores, holders = two_cores(), venue.accounts(ACCOUNTS)
    with (
        scratch_directory() as directory,
        postgres(directory / "postgres") as database,
        venue.clearhouse(directory, holders, cores=cores, durable=True) as server,
    ):
        venue.ask(server, venue.transfers(holders[:1])[0])

        # Twice the usual turn, so that each holds several checkpoints of either store.
        seconds = 2 * options.seconds

        def ours() -> Load:
            requests = venue.transfers(holders)
            return wrk(server.url, requests, directory, seconds=seconds, cores=cores)

        def theirs() -> Bench:
            return pgbench(database, directory, seconds=seconds)

        return [compare(*alternate(options.rounds, ours, theirs))]


def compare(ours: list[Load], theirs: list[Bench]) -> Result:
    """Put the medians of both sides into one row."""
    return Result(
        name="transfers: signed, durable, 64 connections",
        measured=describe(ours),
        reference="PostgreSQL " + describe(theirs),
        value=paired_ratio([r.per_second for r in ours], [r.per_second for r in theirs]),
        target=1.3,
        detail={
            "clearhouse_per_second": [round(r.per_second) for r in ours],
            "postgresql_per_second": [round(r.per_second) for r in theirs],
        },
    )


def describe(runs: list[Load] | list[Bench]) -> str:
    """Say rate and latency in a few words."""
    rate = statistics.median(r.per_second for r in runs)
    p50 = statistics.median(r.p50_ms for r in runs)
    p99 = statistics.median(r.p99_ms for r in runs)
    return f"{rate:,.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"

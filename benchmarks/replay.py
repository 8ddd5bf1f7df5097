"""Replay: how many events of a stored journal become state in a second.

That is how long a start takes without a snapshot: read the batches from SQLite, verify the hash
chain, decode, apply. Each run is a fresh process on one core, and only `recover` is timed. The
journal holds what a venue's journal mostly holds: transfers, and the accounts that made them.

There is no reference: the target is a rate. Other programs on the machine can only slow a run
down, so the fastest of the runs counts.
"""

import subprocess
import sys
import time
from pathlib import Path

from benchmarks import population
from benchmarks.harness import ROOT, Options, on_cores, scratch_directory, two_cores
from benchmarks.report import Result
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.runtime.recovery import recover

ACCOUNTS = 10_000
RUNS = 3


def run(options: Options) -> list[Result]:
    """Make a journal, then replay it some times."""
    transfers = 50_000 if options.quick else 500_000
    with scratch_directory() as directory:
        path = directory / "clearhouse.db"
        population.make(path, accounts=ACCOUNTS, transfers=transfers)
        rates = [replayed_per_second(path) for _ in range(RUNS)]
    return [
        Result(
            name="replay: events of a stored journal",
            measured=f"{max(rates):,.0f} events/s",
            reference="-",
            value=max(rates),
            target=150_000,
            unit="events/s",
            detail={"runs": [round(rate) for rate in rates], "transfers": transfers},
        )
    ]


def replayed_per_second(path: Path) -> float:
    """Replay in a fresh process on one core."""
    command = [sys.executable, "-m", "benchmarks.replay", str(path)]
    with on_cores(two_cores()[0]):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def timed(path: Path) -> float:
    """Recover without the snapshot; return events per second."""
    journal = SqliteJournal(path)
    journal.snapshot = lambda: None  # type: ignore[method-assign]  # a lost cache
    start = time.perf_counter()
    recovered = recover(journal)
    return recovered.replayed / (time.perf_counter() - start)


if __name__ == "__main__":
    print(timed(Path(sys.argv[1])))

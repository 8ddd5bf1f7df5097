"""An export of a million rows: how long it takes, what it needs, and what others notice of it.

One account has a million income rows, a thousand others read their balances: signed requests at
an even rate, as in `latency`. The server is on one core, so that
the thread that writes the file and the event loop that answers share it: with a core to spare
others would notice less.

- *time*: from the request to the status `completed`, with nobody else there.
- *memory*: the peak of the resident size while that export is written, over the size before.
- *others*: p99 of a balance while an export is being written over p99 while none is, in turns.

A quick run has 100,000 rows.
"""

import json
import time
from pathlib import Path

from benchmarks import latency, population, venue
from benchmarks.harness import (
    Options,
    Served,
    on_cores,
    scratch_directory,
    settle,
    two_cores,
)
from benchmarks.latency import paced
from benchmarks.report import Result, UnavailableError
from benchmarks.scale import resident

ACCOUNTS = 1_001
RATE = 4_000
"""Balances a second: about a quarter of what one core can answer."""
PATH = "/fapi/v1/income/asyn"
BALANCE = "/fapi/v2/balance"
PATIENCE_S = 300
DAY_MS = 86_400_000


def run(options: Options) -> list[Result]:
    """Make the rows, export them once alone, then again and again under load."""
    rows = 100_000 if options.quick else 1_000_000
    core, generator = two_cores()
    owner, *others = venue.accounts(ACCOUNTS)
    with scratch_directory() as directory:
        population.make(directory / "clearhouse.db", accounts=ACCOUNTS, transfers=rows, movers=1)
        with venue.serve(directory, cores=[core]) as server:
            results = alone(server, owner, rows)
            with on_cores(generator):
                results.append(noticed(options, server, owner, others))
    return results


def alone(server: Served, owner: venue.Account, rows: int) -> list[Result]:
    """Time one export, and look at the memory meanwhile."""
    settle()
    before = resident(server.pid)
    forget_peak(server.pid)
    begin = time.monotonic()
    await_file(server, owner, request(server, owner))
    taken = time.monotonic() - begin
    more = (peak(server.pid) - before) / 2**20
    return [
        Result(
            name=f"exports: {rows:,} income rows on one core",
            measured=f"{taken:.1f} s",
            reference="-",
            value=taken,
            target=30,
            unit="s",
            at_most=True,
        ),
        Result(
            name="exports: peak memory over idle",
            measured=f"{before / 2**20 + more:.0f} MiB",
            reference=f"{before / 2**20:.0f} MiB idle",
            value=more,
            target=100,
            unit="MiB",
            at_most=True,
        ),
    ]


def noticed(
    options: Options, server: Served, owner: venue.Account, others: list[venue.Account]
) -> Result:
    """Compare the latencies of others with and without an export, in turns."""

    def latencies() -> list[float]:
        return paced(server, venue.reads(others, BALANCE), RATE, options.seconds)

    quiet, busy = [], []
    for _ in range(options.rounds):
        settle()
        quiet.append(latencies())
        number = request(server, owner)
        busy.append(latencies())
        await_file(server, owner, number)
    name = "exports: p99 of a balance of others, one core"
    return latency.noticed(name, RATE, 2, quiet, busy)


def request(server: Served, owner: venue.Account) -> str:
    """Ask for every income row of the last year."""
    now = venue.now_ms()
    window = {"startTime": str(now - 365 * DAY_MS), "endTime": str(now + DAY_MS)}
    answer = venue.ask(server, venue.signed(owner, "GET", PATH, window))
    return str(json.loads(answer)["downloadId"])


def await_file(server: Served, owner: venue.Account, number: str) -> None:
    """Ask for the link until it is there."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        status = venue.signed(owner, "GET", f"{PATH}/id", {"downloadId": number})
        if json.loads(venue.ask(server, status))["status"] == "completed":
            return
        time.sleep(0.05)
    raise UnavailableError(f"export {number} was not finished within {PATIENCE_S} s")


def forget_peak(pid: int) -> None:
    """Let the peak of the resident size begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak(pid: int) -> int:
    """Return the peak of the resident size."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024

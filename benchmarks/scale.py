"""Size: what a million accounts cost in memory, at the start, and for each request.

Two servers run on files with 1,000 and 1,000,000 accounts (each with a key and money in two
wallets), opened from their snapshots.

- *memory*: the difference of the two resident sizes before the first request, by account. What
  interpreter and code need is in both and falls out.
- *open*: from the start of the process to its ready line.
- *flat*: the two servers take turns under the same load, on the same core. Requests go to 10,000
  accounts spread evenly over all, in an order that jumps about, so that the large server's caches
  get no help. The value is the cost of a request with a million accounts over that with a
  thousand.

A quick run has 101,000 accounts in place of the million.
"""

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import population, venue
from benchmarks.harness import (
    Options,
    Served,
    alternate,
    paired_ratio,
    scratch_directory,
    two_cores,
)
from benchmarks.report import Result
from benchmarks.wrk import Request, wrk

FEW = 1_000
ASKED = 10_000
STRIDE = 7_919  # a prime: visits every account once, never two neighbours in a row
BALANCE = "/fapi/v2/balance"

Signer = Callable[[Sequence[venue.Account]], list[Request]]


@dataclass(frozen=True)
class Venue:
    """A server, how many accounts it has, how long it took to open, what it needed then."""

    served: Served
    accounts: int
    opened_s: float
    resident_bytes: int


def run(options: Options) -> list[Result]:
    """Open both files, then measure memory, start and cost."""
    many = 101_000 if options.quick else 1_000_000
    with (
        scratch_directory() as directory,
        opened(directory / "few", FEW) as small,
        opened(directory / "many", many) as large,
    ):
        results = [memory(small, large), start(large)]
        for name, sign in (("balance", reads), ("transfer", venue.transfers)):
            results.append(flat(options, directory, name, sign, small, large))
    return results


@contextlib.contextmanager
def opened(directory: Path, accounts: int) -> Iterator[Venue]:
    """Make a data file and serve it."""
    directory.mkdir()
    population.make(directory / "clearhouse.db", accounts=accounts)
    begin = time.monotonic()
    with venue.serve(directory, cores=[two_cores()[0]]) as served:
        taken = time.monotonic() - begin
        yield Venue(served, accounts, taken, resident(served.pid))


def resident(pid: int) -> int:
    """Return the resident size of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def memory(small: Venue, large: Venue) -> Result:
    """Report what one more idle account adds."""
    more = large.accounts - small.accounts
    each = (large.resident_bytes - small.resident_bytes) / more / 1024
    return Result(
        name="memory: one idle account with two wallets",
        measured=f"{large.resident_bytes / 2**20:,.0f} MiB with {large.accounts:,}",
        reference=f"{small.resident_bytes / 2**20:,.0f} MiB with {small.accounts:,}",
        value=each,
        target=1.5,
        unit="KiB",
        at_most=True,
    )


def start(large: Venue) -> Result:
    """Report how long the large file took to open."""
    return Result(
        name=f"open: {large.accounts:,} accounts from a snapshot",
        measured=f"{large.opened_s:.1f} s",
        reference="-",
        value=large.opened_s,
        target=30,
        unit="s",
        at_most=True,
    )


def flat(
    options: Options, directory: Path, name: str, sign: Signer, small: Venue, large: Venue
) -> Result:
    """Load both servers in turn and compare the cost of a request."""

    def cost_us(side: Venue) -> float:
        requests = sign(asked(side.accounts))
        cores, seconds = [two_cores()[1]], options.seconds
        load = wrk(side.served.url, requests, directory, seconds=seconds, cores=cores)
        return 1e6 / load.per_second

    costs = alternate(options.rounds, lambda: cost_us(large), lambda: cost_us(small))
    middle = [statistics.median(side) for side in costs]
    return Result(
        name=f"flat: cost of a {name} by accounts",
        measured=f"{middle[0]:.0f} µs with {large.accounts:,}",
        reference=f"{middle[1]:.0f} µs with {small.accounts:,}",
        value=paired_ratio(*costs),
        target=1.2,
        at_most=True,
        detail={"large_us": costs[0], "small_us": costs[1]},
    )


def asked(accounts: int) -> list[venue.Account]:
    """Choose 10,000 accounts (of few: each several times), spread over all, jumping about."""
    step = STRIDE * max(1, accounts // ASKED)
    return [venue.account(venue.FIRST_UID + n * step % accounts) for n in range(ASKED)]


def reads(holders: Sequence[venue.Account]) -> list[Request]:
    """Sign one balance read each."""
    return venue.reads(holders, BALANCE)

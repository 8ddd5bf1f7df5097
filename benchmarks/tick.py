"""A price that moves: how long the event loop is held where 100,000 accounts have a position.

The venue is opened from a file with that many positions in one symbol, in a process of its own on
one core, with the journal on the disk, the loop and the collector's settings of the server. A
coroutine comes round as often as the loop lets it; the longest time between two rounds is what
the loop was held. Prices are set 100 times a turn, a tick apart from the mark before, so that
none crosses an order; after each, the accounts that are read must show the profit that follows
from their position and the new mark. The reference is the same turn with the reads alone.
"""

import asyncio
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import uvloop

from benchmarks import traders, venue
from benchmarks.harness import ROOT, Options, on_cores, scratch_directory, two_cores
from benchmarks.report import Result, UnavailableError
from clearhouse.app import COLLECTOR_THRESHOLDS, SWITCH_SECONDS
from clearhouse.engine.state import State
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.messages.queries import ReadFuturesAccount
from clearhouse.messages.trading_commands import SetPrice
from clearhouse.model.ids import Uid
from clearhouse.model.money import SCALE
from clearhouse.model.orders import PositionSide
from clearhouse.runtime.opening import open_venue
from clearhouse.runtime.venue import Venue

SYMBOL = "BTCUSDT"
TICKS = 100
READ = 20
"""Accounts that are read after each price."""
STRIDE = 7_919
TARGET_MS = 5


def run(options: Options) -> list[Result]:
    """Make the file, then measure in a process that has nothing of the making in memory."""
    accounts = 5_000 if options.quick else 100_000
    with scratch_directory() as directory, on_cores(two_cores()[0]):
        file = directory / "clearhouse.db"
        traders.make(file, accounts=accounts, symbols=1, orders=0)
        command = [sys.executable, "-m", "benchmarks.tick", str(file)]
        command += [str(accounts), str(options.rounds)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"the venue did not open or was wrong: {done.stderr[-1000:]}")
    seen = json.loads(done.stdout)
    held, still = statistics.median(seen["held_ms"]), statistics.median(seen["still_ms"])
    busy = statistics.median(seen["held_processor_ms"])
    return [
        Result(
            name=f"tick: longest hold of the loop, {accounts:,} positions in the symbol",
            measured=f"{held:.2f} ms, {busy:.2f} ms of it processor time",
            reference=f"{still:.2f} ms with the reads alone",
            value=held,
            target=TARGET_MS,
            unit="ms",
            at_most=True,
            detail=seen,
        )
    ]


async def measure(file: Path, accounts: int, rounds: int) -> dict[str, object]:
    """Open the venue and take turns with and without prices."""
    journal = SqliteJournal(file)
    opened = await open_venue(journal, genesis=tuple, on_failure=fail)
    state, ticking = opened.sequencer.state, Ticking(opened.venue, opened.sequencer.state, accounts)
    assert len(state.markets[SYMBOL].holders) == accounts
    held: list[Hold] = []
    still: list[Hold] = []
    for _ in range(rounds):
        held.append(await longest(ticking.turn(prices=True)))
        still.append(await longest(ticking.turn(prices=False)))
    await opened.venue.stop()
    journal.close()
    return {
        "held_ms": [hold.wall for hold in held],
        "held_processor_ms": [hold.processor for hold in held],
        "still_ms": [hold.wall for hold in still],
        "price_ms": 1000 * statistics.median(ticking.taken),
        "reads": ticking.reads,
    }


def fail(reason: Exception) -> None:
    raise reason


class Hold(NamedTuple):
    """Milliseconds on the clock, which others may have had a part of, and of the processor."""

    wall: float
    processor: float


class Ticking:
    """Sets prices, and reads accounts after each."""

    def __init__(self, venue: Venue, state: State, accounts: int) -> None:
        self.venue, self.state, self.accounts = venue, state, accounts
        self.reads = 0
        self.taken: list[float] = []

    async def turn(self, *, prices: bool) -> None:
        """Let the price go up and down by a tick."""
        tick = self.state.catalogue.rules[SYMBOL].tick
        for number in range(TICKS):
            mark = self.state.markets[SYMBOL].mark
            if prices:
                mark += tick if number % 2 else -tick
                command, begin = SetPrice(symbol=SYMBOL, last=mark), time.perf_counter()
                setting = asyncio.ensure_future(self.venue.submit(command))
                await asyncio.sleep(0)  # it is decided and applied; the commit goes on
                self.taken.append(time.perf_counter() - begin)
                await setting
            for _ in range(READ):
                await self.read(mark)

    async def read(self, mark: int) -> None:
        """An account shows what its position is worth at the mark."""
        self.reads += 1
        uid = Uid(venue.FIRST_UID + self.reads * STRIDE % self.accounts)
        position = self.state.futures.of(uid).exposure(SYMBOL).position(PositionSide.BOTH)
        view = await self.venue.read(ReadFuturesAccount(uid))
        [row] = [row for row in view.assets if row.asset == "USDT"]
        profit = position.quantity * (mark - position.entry_price)
        assert position.quantity > 0
        assert row.unrealized == (profit // SCALE if profit >= 0 else -(-profit // SCALE))
        await asyncio.sleep(0)


async def longest(work: Awaitable[None]) -> Hold:
    """The time between two rounds of the loop, at most, while something is done."""
    most = [0.0, 0.0]

    async def beat() -> None:
        last = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter(), time.thread_time()
            most[:] = (max(m, n - one) for m, n, one in zip(most, now, last, strict=True))
            last = now

    beating = asyncio.ensure_future(beat())
    await work
    beating.cancel()
    with suppress(asyncio.CancelledError):
        await beating
    return Hold(*(1000 * seconds for seconds in most))


if __name__ == "__main__":
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    arguments = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(uvloop.run(measure(*arguments))))

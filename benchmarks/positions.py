"""An account that is in the market: `GET /fapi/v2/account` with many positions.

Of 20 positions with 200 open orders, and of 50 positions in multi-assets mode, with four kinds of
collateral. The reference is a bare uvicorn "hello". One core serves, the other generates, 64
connections; 200 such accounts are read in turn, in a market of 29 or 59 symbols. *Unchanged*:
nothing happens meanwhile. *Moving*: prices of the symbols are set over the control plane, one after
the other, 50 times a second, which the server also has to do; between two reads of an account marks
of its positions have moved, so that every answer has other numbers. That is checked at the end.
"""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from itertools import cycle
from typing import NamedTuple

from benchmarks import traders, venue
from benchmarks.balance import HELLO, compare
from benchmarks.harness import Options, Served, alternate, scratch_directory, two_cores, uvicorn
from benchmarks.report import Result
from benchmarks.wrk import Load, wrk

ACCOUNTS = 200
MOVES_PER_SECOND = 50
PATH = "/fapi/v2/account"


class Kind(NamedTuple):
    """What the accounts have, and how much of "hello" their answers are to reach."""

    positions: int
    orders: int
    shared: bool
    target: float

    @property
    def name(self) -> str:
        """What the table says of it."""
        what = "multi-assets mode" if self.shared else f"{self.orders} orders"
        return f"positions: account with {self.positions} positions, {what}"


KINDS = (Kind(20, 200, shared=False, target=0.2), Kind(50, 0, shared=True, target=0.25))


def run(options: Options) -> list[Result]:
    """Measure each kind."""
    return [result for kind in KINDS for result in measure(kind, options)]


def measure(kind: Kind, options: Options) -> list[Result]:
    """Measure both ways of reading, each with the reference in turn, on the same core."""
    (core, generator), holders = two_cores(), venue.accounts(ACCOUNTS)
    with scratch_directory() as directory:
        traders.make(
            directory / "clearhouse.db",
            accounts=ACCOUNTS,
            symbols=kind.positions,
            orders=kind.orders,
            shared=kind.shared,
        )
        with (
            venue.serve(directory, cores=[core]) as server,
            uvicorn("hello", directory / "uvicorn.log", core=core) as bare,
        ):
            size = prove(server, holders[0], kind)

            def reads() -> Load:
                requests, seconds = venue.reads(holders, PATH), options.seconds
                return wrk(server.url, requests, directory, seconds=seconds, cores=[generator])

            def moving() -> Load:
                with prices_moving(server, kind.positions):
                    return reads()

            def hello() -> Load:
                seconds = options.seconds
                return wrk(bare.url, HELLO, directory, seconds=seconds, cores=[generator])

            still = alternate(options.rounds, reads, hello)
            moved = alternate(options.rounds, moving, hello)
    results = [
        compare(f"{kind.name}, unchanged", *still, kind.target),
        compare(f"{kind.name}, marks moving", *moved, kind.target),
    ]
    for result in results:
        result.detail["answer_bytes"] = size
    return results


def prove(server: Served, account: venue.Account, kind: Kind) -> int:
    """Read the account before and after a move: it has what it should, and follows the mark."""
    seen = []
    for bump in (1, 2):
        move(server, traders.names(kind.positions)[0], bump)
        answer = venue.ask(server, venue.reads([account], PATH)[0])
        told = json.loads(answer)
        held = [row for row in told["positions"] if float(row["positionAmt"])]
        assert len(held) == kind.positions, len(held)
        assert bool(float(told["totalOpenOrderInitialMargin"])) == bool(kind.orders)
        seen.append(told["totalUnrealizedProfit"])
    assert seen[0] != seen[1], seen
    return len(answer)


@contextlib.contextmanager
def prices_moving(server: Served, positions: int) -> Iterator[None]:
    """Set a price every 20 ms on a thread of this process, symbol after symbol."""
    over = threading.Event()

    def drive() -> None:
        begin = time.monotonic()
        for number, name in enumerate(cycle(traders.names(positions))):
            if over.wait(max(0, begin + number / MOVES_PER_SECOND - time.monotonic())):
                return
            move(server, name, 1 + number // positions % 9)

    thread = threading.Thread(target=drive)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def move(server: Served, symbol: str, step: int) -> None:
    """Set the mark a little off the last price, which stays."""
    mark = f"{65_000 + step}" if symbol == "BTCUSDT" else f"0.150{step}"
    body = json.dumps({"mark": mark, "index": mark}).encode()
    path = f"/_clearhouse/v1/symbols/{symbol}/price"
    venue.call(server, "PUT", path, body=body, headers={"content-type": "application/json"})

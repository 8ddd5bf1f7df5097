"""`python -m benchmarks [NAME …] [--quick] [--json]`: run benchmarks and print their ratios.

Nothing is asserted: a missed target is a number to look at, not a failure of the run.
"""

import argparse
import os
import sys
from collections.abc import Callable

from benchmarks import (
    account,
    balance,
    exports,
    income,
    latency,
    market_data,
    market_streams,
    matching,
    orders,
    positions,
    replay,
    scale,
    streams,
    tick,
    transfers,
    websocket,
)
from benchmarks.harness import Options, two_cores
from benchmarks.report import Result, Skipped, UnavailableError, as_json, show

BENCHMARKS: dict[str, Callable[[Options], list[Result]]] = {
    "transfers": transfers.run,
    "balance": balance.run,
    "account": account.run,
    "positions": positions.run,
    "orders": orders.run,
    "matching": matching.run,
    "tick": tick.run,
    "websocket": websocket.run,
    "income": income.run,
    "latency": latency.run,
    "exports": exports.run,
    "replay": replay.run,
    "market_data": market_data.run,
    "scale": scale.run,
    "streams": streams.run,
    "market_streams": market_streams.run,
}


def main() -> None:
    """Run what was asked for and print it."""
    arguments = parser().parse_args()
    os.sched_setaffinity(0, two_cores())
    names = arguments.names or list(BENCHMARKS)
    results = [row for name in names for row in run(name, Options(quick=arguments.quick))]
    if arguments.json:
        print(as_json(results))
    else:
        show(results)


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    command = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    command.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    command.add_argument("--quick", action="store_true", help="short runs, rough numbers")
    command.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return command


def run(name: str, options: Options) -> list[Result | Skipped]:
    """Run one benchmark; one that cannot run says why and does not stop the others."""
    print(f"{name} …", file=sys.stderr, flush=True)
    try:
        return list(BENCHMARKS[name](options))
    except UnavailableError as reason:
        return [Skipped(name, str(reason))]


if __name__ == "__main__":
    main()

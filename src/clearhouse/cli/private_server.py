"""A server of one's own for a while: nothing on disk, a free port, gone at the end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from clearhouse.cli.output import Refusal

READY = "clearhouse ready "
STOP_SECONDS = 15


@contextmanager
def private_server() -> Iterator[str]:
    """The URL of a server that ends with the block; settings of the environment do not reach it."""
    command = (sys.executable, "-m", "clearhouse", "serve", "--ephemeral", "--port", "0")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CLEARHOUSE_")}
    process = subprocess.Popen(  # noqa: S603  our own command
        (*command, "--no-request-log"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield _ready_url(process)
    finally:
        process.terminate()
        process.communicate(timeout=STOP_SECONDS)


def _ready_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    assert process.stderr is not None
    raise Refusal(f"a private server did not start: {process.stderr.read().strip()[-500:]}")

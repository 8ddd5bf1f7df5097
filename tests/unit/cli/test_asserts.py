"""The invariants of the ledger are asserts, so Python must not leave them out."""

import subprocess
import sys


def test_a_python_without_asserts_is_refused() -> None:
    command = [sys.executable, "-O", "-m", "clearhouse", "urls"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "clearhouse: broken invariants are found by asserts; run Python without -O\n"
    )

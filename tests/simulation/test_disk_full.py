"""A full disk stops the server with a reason, and loses nothing that was acknowledged."""

import asyncio
import sys
from pathlib import Path

from clearhouse.testing import ServerProcess

from .audit import check, check_file, check_history, open_accounts
from .load import Diary, Owner, drive

MOST_BYTES = 1_500_000
LAUNCHER = Path(__file__).with_name("limited.py")


def test_a_full_disk_stops_the_server_and_loses_nothing(tmp_path: Path) -> None:
    path, complaints = tmp_path / "full.db", tmp_path / "stderr"
    settings = ("--data", str(path), "--no-rate-limits", "--no-request-log")
    limited = [sys.executable, str(LAUNCHER), str(MOST_BYTES), str(complaints)]
    server = ServerProcess(*settings, command=[*limited, sys.executable, "-m", "clearhouse"])
    owners = open_accounts(server.start(), 3)
    diary = Diary()
    assert asyncio.run(_until_full(server, owners, diary)) == 1
    said = complaints.read_text()
    assert said.startswith(f"clearhouse: the journal {path} failed: "), said
    assert "disk" in said
    assert said.count("\n") == 1, said
    assert len(diary.acked) > 100
    with ServerProcess(*settings) as again:
        check(again.url, owners, diary)
        check_history(again.url, owners, diary)
    check_file(path)


async def _until_full(server: ServerProcess, owners: list[Owner], diary: Diary) -> int:
    """Drive the server until it ends by itself; its exit status."""
    process = server.process
    await asyncio.wait_for(drive(server.url, owners, diary), 60)
    status = await asyncio.get_running_loop().run_in_executor(None, process.wait, 30)
    server.stop()
    return status

"""A server that is killed at any moment has lost nothing that it acknowledged.

`CLEARHOUSE_KILLS` is the number of kills in all (default 20; `make soak` asks for more). They
are spread over lanes, each with its own file and its own seed, so that lanes run in parallel.
"""

import asyncio
import os
import random  # noqa: TID251  seeded by hand below, so that a failure repeats
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clearhouse.testing import Client, ServerProcess

from .audit import check, check_file, check_history, open_accounts
from .load import Diary, Owner, drive

KILLS = int(os.environ.get("CLEARHOUSE_KILLS", "20"))
LANES = 4
ACCOUNTS = 3
ROUNDS_PER_FILE = 25


def _server(path: Path) -> ServerProcess:
    return ServerProcess("--data", str(path), "--no-rate-limits", "--no-request-log")


@pytest.mark.parametrize("lane", range(LANES))
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(lane: int, tmp_path: Path) -> None:
    """Kill under load, restart on the same file, compare with what was answered; and again."""
    rounds = KILLS // LANES + (lane < KILLS % LANES)
    chance = random.Random(lane)
    acknowledged = events = 0
    for first in range(0, rounds, ROUNDS_PER_FILE):
        path = tmp_path / f"{first}.db"
        diary = Diary()
        _lane_on_one_file(path, min(ROUNDS_PER_FILE, rounds - first), diary, chance)
        acknowledged += len(diary.acked)
        events += check_file(path)
    print(f"lane {lane}: {rounds} kills, {acknowledged} acknowledged, {events} events")


def _lane_on_one_file(path: Path, rounds: int, diary: Diary, chance: random.Random) -> None:
    server = _server(path)
    owners = open_accounts(server.start(), ACCOUNTS)
    for _ in range(rounds):
        seconds = chance.choice((0.05, 0.2, 0.6)) * chance.random()
        asyncio.run(_kill_under_load(server, seconds, owners, diary))
        check(server.start(), owners, diary)
    check_history(server.url, owners, diary)
    assert server.stop() == 0
    assert diary.acked
    assert diary.refused
    assert diary.unknown


async def _kill_under_load(
    server: ServerProcess, seconds: float, owners: list[Owner], diary: Diary
) -> None:
    load = asyncio.create_task(drive(server.url, owners, diary))
    await asyncio.sleep(seconds)
    server.kill()
    await asyncio.wait_for(load, 30)


def test_a_server_that_is_killed_while_it_starts_starts_whole(tmp_path: Path) -> None:
    """The first start writes key, file and genesis; a later start finds all of it or none."""
    path = tmp_path / "new.db"
    chance = random.Random(0)
    for attempt in range(6):
        command = [sys.executable, "-m", "clearhouse", "serve", "--port", "0", "--data", str(path)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(0.2 + 0.1 * attempt + 0.1 * chance.random())
        process.kill()
        _, complaint = process.communicate()
        assert complaint == b""
    with _server(path) as server:
        client = Client(server.url)
        listed = client.control("GET", "/accounts").json["accounts"]
        assert [account["balances"] for account in listed] == [
            {
                "MAIN": {
                    "USDT": "100000.00000000",
                    "USDC": "100000.00000000",
                    "BTC": "10.00000000",
                    "BNB": "100.00000000",
                }
            }
        ]
        client.close()


def test_sigterm_under_load_loses_nothing(tmp_path: Path) -> None:
    """What was accepted is finished, the exit status is 0, and everything answered is there."""
    server = _server(tmp_path / "stopped.db")
    owners = open_accounts(server.start(), ACCOUNTS)
    diary = Diary()
    status = asyncio.run(_stop_under_load(server, owners, diary))
    assert status == 0
    assert diary.acked
    check(server.start(), owners, diary)
    check_history(server.url, owners, diary)
    assert server.stop() == 0
    check_file(tmp_path / "stopped.db")


async def _stop_under_load(server: ServerProcess, owners: list[Owner], diary: Diary) -> int:
    load = asyncio.create_task(drive(server.url, owners, diary))
    await asyncio.sleep(0.4)
    status = await asyncio.get_running_loop().run_in_executor(None, server.stop)
    await asyncio.wait_for(load, 30)
    return status

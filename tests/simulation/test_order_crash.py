"""A server that is killed while accounts trade has lost no order, change, end or fill.

`CLEARHOUSE_KILLS` is the number of kills of `test_crash.py`; here there is one for each five.
"""

import asyncio
import os
import random  # noqa: TID251  seeded by hand below, so that a failure repeats
from pathlib import Path

import pytest

from clearhouse.runtime.audit import audit
from clearhouse.testing import ServerProcess

from .load import Owner
from .order_audit import Records, check_orders, open_traders
from .order_load import OrderDiary, trade

KILLS = max(4, int(os.environ.get("CLEARHOUSE_KILLS", "20")) // 5)
LANES = 2
ACCOUNTS = 3
ROUNDS_PER_FILE = 5


@pytest.mark.parametrize("lane", range(LANES))
def test_no_order_is_lost_when_the_server_is_killed(lane: int, tmp_path: Path) -> None:
    """Trade, kill, restart, compare with what was answered; and again."""
    chance = random.Random(lane)
    rounds = KILLS // LANES + (lane < KILLS % LANES)
    acknowledged = trades = 0
    for first in range(0, rounds, ROUNDS_PER_FILE):
        diary = OrderDiary(chance)
        path = tmp_path / f"{first}.db"
        trades += _lane_on_one_file(path, min(ROUNDS_PER_FILE, rounds - first), diary)
        acknowledged += len(diary.acked)
    print(f"lane {lane}: {rounds} kills, {acknowledged} acknowledged, {trades} trades")


def _lane_on_one_file(path: Path, rounds: int, diary: OrderDiary) -> int:
    """The last kill is of a server that began with a snapshot; the number of trades."""
    found: dict[int, Records] = {}
    with ServerProcess("--data", str(path), "--no-rate-limits", "--no-request-log") as server:
        owners = open_traders(server.url, ACCOUNTS)
        for left in reversed(range(rounds)):
            if not left:
                _stop_and_audit(server, path)
                server.start()
            seconds = diary.chance.choice((0.2, 0.6, 1.2)) * diary.chance.random()
            asyncio.run(_kill_under_load(server, seconds, owners, diary))
            found = check_orders(server.start(), owners, diary, found)
        _stop_and_audit(server, path)
    assert diary.acked
    assert diary.refused
    assert diary.unknown
    return sum(len(records.trades) for records in found.values())


async def _kill_under_load(
    server: ServerProcess, seconds: float, owners: list[Owner], diary: OrderDiary
) -> None:
    load = asyncio.create_task(trade(server.url, owners, diary))
    await asyncio.sleep(seconds)
    server.kill()
    await asyncio.wait_for(load, 30)


def _stop_and_audit(server: ServerProcess, path: Path) -> None:
    """The state that the server left as a snapshot is that of a replay, and so are its tables."""
    assert server.stop() == 0
    found = audit(path)
    assert found.ok, found.problems

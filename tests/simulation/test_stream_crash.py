"""Events that left a server which is then killed are facts that the restarted server has.

`CLEARHOUSE_KILLS` is the number of kills of `test_crash.py`; here there is one for each four.
"""

import asyncio
import os
import random  # noqa: TID251  seeded by hand below, so that a failure repeats
from itertools import accumulate
from pathlib import Path

import pytest

from clearhouse.testing import Client, ServerProcess

from .audit import all_moves, check, open_accounts
from .listening import FORMS, Heard, Move, hear_to_the_end, join, listen_key
from .load import Diary, Owner, drive

KILLS = max(2, int(os.environ.get("CLEARHOUSE_KILLS", "20")) // 4)
LANES = 2
ACCOUNTS = 3
LISTENERS = (*range(ACCOUNTS), 0)
"""The account of each; one account has two."""


@pytest.mark.parametrize("lane", range(LANES))
def test_an_event_that_left_is_a_fact(lane: int, tmp_path: Path) -> None:
    """Listen, kill under load, restart, compare; and listen on with the same keys."""
    chance = random.Random(lane)
    path, diary = tmp_path / "streams.db", Diary()
    server = ServerProcess("--data", str(path), "--no-rate-limits", "--no-request-log")
    owners = open_accounts(server.start(), ACCOUNTS)
    keys = [listen_key(server.url, owner) for owner in owners]
    known = [_facts(server.url, owner) for owner in owners]
    events = 0
    for _ in range(KILLS // LANES + (lane < KILLS % LANES)):
        seconds = chance.choice((0.1, 0.5, 1)) * chance.random()
        form = chance.choice(FORMS)
        heard = asyncio.run(_kill_while_listening(server, seconds, owners, diary, keys, form))
        server.start()
        check(server.url, owners, diary)
        facts = [_facts(server.url, owner) for owner in owners]
        for account, ear in zip(LISTENERS, heard, strict=True):
            _check(known[account], facts[account], ear)
            events += len(ear.moves)
        known = facts
        assert [listen_key(server.url, owner) for owner in owners] == keys
    assert server.stop() == 0
    assert events
    print(f"lane {lane}: {events} events, {len(diary.acked)} acknowledged")


async def _kill_while_listening(
    server: ServerProcess,
    seconds: float,
    owners: list[Owner],
    diary: Diary,
    keys: list[str],
    form: str,
) -> list[Heard]:
    """What each listener heard until the server died."""
    opened = [await join(server.url, keys[account], form) for account in LISTENERS]
    hearing = [
        asyncio.create_task(hear_to_the_end(connection, keys[account]))
        for connection, account in zip(opened, LISTENERS, strict=True)
    ]
    load = asyncio.create_task(drive(server.url, owners, diary))
    await asyncio.sleep(seconds)
    server.kill()
    await asyncio.wait_for(load, 30)
    ended = await asyncio.wait_for(asyncio.gather(*hearing), 30)
    assert {code for _, code in ended} == {1006}
    return [heard for heard, _ in ended]


def _check(known: list[Move], facts: list[Move], heard: Heard) -> None:
    """What was known stands; what was heard follows on it, from its first event on.

    What the server did after the last event that it could still send is missed, and no more.
    """
    assert facts[: len(known)] == known
    assert heard.moves == facts[len(known) : len(known) + len(heard.moves)]


def _facts(url: str, owner: Owner) -> list[Move]:
    """Every change of a futures wallet, from its postings."""
    client = Client(url)
    changes = [
        leg.units
        for legs in all_moves(client).values()
        for leg in legs
        if leg.uid == owner.uid and leg.wallet == "UMFUTURE"
    ]
    client.close()
    return [Move(*pair) for pair in zip(accumulate(changes), changes, strict=True)]

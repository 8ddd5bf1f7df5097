"""Streams among clients that come, go, stall, break and flood: those that behave miss nothing.

`CLEARHOUSE_SOAK_SECONDS` is how long it lasts (default 8; `make soak` asks for ten minutes).
"""

import asyncio
import os
import random  # noqa: TID251  seeded below, so that the same clients come in the same order
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from typing_extensions import override

from clearhouse.runtime.clock import monotonic
from clearhouse.testing import Client, ServerProcess

from .audit import check, open_accounts
from .listening import (
    FORMS,
    Heard,
    connections,
    eventually,
    hear,
    hear_out,
    hear_to_the_end,
    join,
    listen_key,
    resident_mib,
)
from .load import Attempt, Diary, Owner, drive, futures_change
from .rude import RUDE, Target

SECONDS = float(os.environ.get("CLEARHOUSE_SOAK_SECONDS", "8"))
ACCOUNTS = 4
LISTENERS_EACH = 2
RUDE_LANES = 8
PAUSE_S = 0.1
SETTLE_S = 0.5
"""The connections that prepared everything are gone by then."""
MOST_GROWTH_MIB = 96
"""64 of them are the pages of the file that SQLite keeps (`journal/sqlite.py`)."""
LATEST_EVENT_S = 2.0
HARMLESS = "Invalid HTTP request received."


@dataclass(slots=True)
class TimedDiary(Diary):
    """A diary that knows when an answer came, and the order of each account's answers."""

    acked_at: dict[int, float] = field(default_factory=dict)
    by_uid: defaultdict[int, list[Attempt]] = field(default_factory=lambda: defaultdict(list))

    @override
    def note(self, attempt: Attempt, status: int, body: bytes) -> None:
        Diary.note(self, attempt, status, body)
        if status == 200:
            self.acked_at[attempt.units] = monotonic()
            self.by_uid[attempt.uid].append(attempt)


@dataclass(slots=True)
class Soak:
    """A server, its load, and everybody who listens."""

    url: str
    owners: list[Owner]
    keys: list[str]
    diary: TimedDiary
    chance: random.Random
    until: float
    heard: list[tuple[int, Heard]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        """Everybody at once, until the time is over."""
        stop = asyncio.Event()
        load = asyncio.create_task(
            drive(self.url, self.owners, self.diary, pause=PAUSE_S, stop=stop)
        )
        try:
            async with asyncio.TaskGroup() as everybody:
                for number in range(ACCOUNTS * LISTENERS_EACH):
                    everybody.create_task(self._listen(number % ACCOUNTS))
                for lane in range(RUDE_LANES):
                    everybody.create_task(self._misbehave(random.Random(lane)))
                everybody.create_task(self._close_keys())
        finally:
            stop.set()
            await load

    async def _listen(self, number: int) -> None:
        while monotonic() < self.until:
            owner, key = self.owners[number], self.keys[number]
            connection = await join(self.url, key, self.chance.choice(FORMS))
            first, answered = next(self.diary.numbers), len(self.diary.by_uid[owner.uid])
            heard = await hear(connection, key, self.chance.choice((0.1, 1, 4)))
            must = self.diary.by_uid[owner.uid][answered:]
            await hear_out(connection, key, heard)
            self._check(heard, [attempt for attempt in must if attempt.units > first])
            self.heard.append((owner.uid, heard))
            self.counts["listened"] += 1
            if self.chance.random() < 0.5:
                connection.transport.abort()
            await connection.close()

    def _check(self, heard: Heard, must: list[Attempt]) -> None:
        """Everything that was asked for after joining and answered before leaving has come."""
        heard.check_chain()
        changes = {futures_change(attempt.kind, attempt.units) for attempt in must} - {0}
        missing = changes - {move.change for move in heard.moves}
        assert not missing, f"{missing} never came"

    async def _misbehave(self, chance: random.Random) -> None:
        while monotonic() < self.until:
            rude = chance.choice(RUDE)
            await rude(Target(self.url, chance.choice(self.keys), chance))
            self.counts[rude.__name__] += 1

    async def _close_keys(self) -> None:
        """An account that closes its key again and again; its connection ends with it."""
        owner = self.owners[-1]
        header = {"X-MBX-APIKEY": owner.api_key}
        client = Client(self.url, owner.api_key, owner.secret)
        while monotonic() < self.until:
            key = await asyncio.to_thread(listen_key, self.url, owner)
            connections = [await join(self.url, key, form) for form in FORMS]
            closed = await asyncio.to_thread(client.send, "DELETE", "/fapi/v1/listenKey", header)
            assert closed.status == 200
            for connection in connections:
                heard, code = await asyncio.wait_for(hear_to_the_end(connection, key), 10)
                heard.check_chain()
                assert code == 1001
            self.counts["closed its key"] += 1
        client.close()


def test_those_who_behave_miss_nothing(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    settings = ("--data", str(tmp_path / "soak.db"), "--no-rate-limits", "--no-request-log")
    with ServerProcess(*settings, errors=errors) as server:
        owners = open_accounts(server.url, ACCOUNTS + 1)
        diary = TimedDiary()
        check(server.url, owners, diary)
        memory = resident_mib(server)
        soak = asyncio.run(_soak(server, owners, diary))
        growth = resident_mib(server) - memory
        check(server.url, owners, diary)
    events = sum(len(heard.moves) for _, heard in soak.heard)
    print(
        f"{events} events, {dict(soak.counts)}, {len(diary.acked)} acknowledged, {growth:.1f} MiB"
    )
    assert set(errors.read_text().splitlines()) <= {HARMLESS}
    assert growth < MOST_GROWTH_MIB
    _check_events(soak)


async def _soak(server: ServerProcess, owners: list[Owner], diary: TimedDiary) -> Soak:
    listened = owners[:ACCOUNTS]
    keys = [listen_key(server.url, owner) for owner in listened]
    await asyncio.sleep(SETTLE_S)
    before = connections(server)
    until = monotonic() + SECONDS
    soak = Soak(server.url, owners, keys, diary, random.Random(0), until)
    await soak.run()
    assert await eventually(lambda: connections(server) == before, 5), "connections are left"
    return soak


def _check_events(soak: Soak) -> None:
    """Each event is an acknowledged transfer of its account, and came when the answer came."""
    attempts = {attempt.units: attempt for attempt in soak.diary.acked.values()}
    latest = 0.0
    for uid, heard in soak.heard:
        for move, at in zip(heard.moves, heard.at, strict=True):
            attempt = attempts[abs(move.change)]
            assert attempt.uid == uid
            assert move.change == futures_change(attempt.kind, attempt.units)
            latest = max(latest, at - soak.diary.acked_at[attempt.units])
    assert latest < LATEST_EVENT_S
    assert min(soak.counts[rude.__name__] for rude in RUDE) > 0
    assert soak.counts["listened"]
    assert soak.counts["closed its key"]

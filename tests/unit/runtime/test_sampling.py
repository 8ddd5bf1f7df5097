"""Samples are taken before the first fact after a moment, and kept with it or not at all.

The clock stands at 08:53:20, so 08:55 is the first moment.
"""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

from clearhouse.app import Application
from clearhouse.config import Config
from clearhouse.journal.port import Journal
from clearhouse.journal.sqlite import SqliteJournal, rebuild_read_models
from clearhouse.messages.commands import ResetVenue, SetClock
from clearhouse.messages.statistics import STEP_MS, Statistics, moment_after
from clearhouse.messages.trading_commands import SetPrice
from clearhouse.model.ids import DAY_MS, Millis
from clearhouse.model.money import SCALE
from clearhouse.runtime.audit import audit
from clearhouse.runtime.opening import open_venue
from clearhouse.runtime.venue import Venue

NOW = 1_760_000_000_000
FIRST = 1_760_000_100_000

Scene = Callable[[Venue], Coroutine[None, None, None]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "venue.db"


def play(path: Path, scene: Scene) -> None:
    """A scene in the venue of a file, which is made where it is not there."""

    async def run() -> None:
        journal = SqliteJournal(path)
        application = Application(Config(data=None))
        opened = await open_venue(journal, genesis=application.genesis, on_failure=_raise)
        await scene(opened.venue)
        await opened.venue.stop()
        journal.close()

    asyncio.run(run())


def _raise(error: Exception) -> None:
    raise error


async def at(venue: Venue, moment: int) -> None:
    await venue.submit(SetClock(mode="frozen", now=Millis(moment)))


async def price(venue: Venue, thousands: int) -> None:
    await venue.submit(SetPrice(symbol="BTCUSDT", last=thousands * 1_000 * SCALE))


def kept(path: Path) -> list[tuple[int, int]]:
    """Steps after the first moment, and the last price then, in thousands."""
    journal: Journal = SqliteJournal(path)
    asked = Statistics(
        symbol="BTCUSDT", period=STEP_MS, first=Millis(FIRST), last=Millis(FIRST + 9 * STEP_MS)
    )
    found = [
        ((one.at - FIRST) // STEP_MS, one.sample.last // (1_000 * SCALE))
        for one in journal.history(asked)
        if one.sample is not None
    ]
    journal.close()
    return found


def rows(path: Path) -> int:
    journal = SqliteJournal(path)
    ((number,),) = journal._db.execute(
        "SELECT count(*) FROM samples WHERE symbol = 'BTCUSDT' AND at < ?", (NOW + DAY_MS,)
    )
    journal.close()
    return int(number)


def test_a_moment_is_the_next_multiple_of_five_minutes() -> None:
    assert moment_after(Millis(NOW)) == FIRST
    assert moment_after(Millis(FIRST - 1)) == FIRST
    assert moment_after(Millis(FIRST)) == FIRST + STEP_MS


async def three_prices(venue: Venue) -> None:
    """100,000 until 09:08, then 200,000, and 300,000 at 09:20."""
    await at(venue, NOW)
    await price(venue, 100)
    await at(venue, FIRST + 2 * STEP_MS + 180_000)
    await price(venue, 200)
    await at(venue, FIRST + 5 * STEP_MS)
    await price(venue, 300)


PRICES = [(0, 100), (1, 100), (2, 100), (3, 200), (4, 200), *((n, 200) for n in range(5, 10))]
"""09:20 itself tells of what was before it, and what came then has not been sampled yet."""


def test_each_tells_of_the_moment_after_the_last_change(path: Path) -> None:
    play(path, three_prices)
    assert kept(path) == PRICES
    assert rows(path) == 2, "what stands is kept once"


def test_rows_that_are_rebuilt_leave_them_and_an_audit_passes(path: Path) -> None:
    play(path, three_prices)
    journal = SqliteJournal(path)
    rebuild_read_models(journal._db)
    journal.close()
    assert kept(path) == PRICES
    assert audit(path).ok


def test_after_a_restart_the_next_fact_brings_what_is_missing(path: Path) -> None:
    async def later(venue: Venue) -> None:
        await at(venue, FIRST + 8 * STEP_MS)
        await price(venue, 400)

    play(path, three_prices)
    play(path, later)
    assert kept(path) == [*PRICES[:6], *((n, 300) for n in range(6, 10))]


def test_a_clock_that_is_set_back_tells_of_its_moments_again(path: Path) -> None:
    async def back(venue: Venue) -> None:
        await three_prices(venue)
        await at(venue, FIRST + STEP_MS)
        await price(venue, 50)
        await at(venue, FIRST + 3 * STEP_MS)
        await price(venue, 60)

    play(path, back)
    assert kept(path)[:4] == [(0, 100), (1, 100), (2, 50), (3, 200)]


def test_a_reset_forgets_them(path: Path) -> None:
    async def reset(venue: Venue) -> None:
        await three_prices(venue)
        await venue.submit(ResetVenue())

    play(path, reset)
    assert kept(path) == []

"""The task that moves the market: which source it runs, how it fails, and how it follows clocks."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from typing_extensions import override

from clearhouse.feeds import sources
from clearhouse.feeds.fixed import Fixed
from clearhouse.feeds.port import Movements, Outlook, SourceState
from clearhouse.feeds.profiles import named
from clearhouse.feeds.sources import Choice, SourceError
from clearhouse.journal.memory import MemoryJournal
from clearhouse.messages.commands import AdvanceClock, Command, ResetVenue, SetClock
from clearhouse.messages.market_queries import CandleKind, ReadCandles, ReadOpenCandle
from clearhouse.model.ids import Millis
from clearhouse.model.intervals import opening
from clearhouse.runtime.feeding import Feeding
from clearhouse.runtime.market import builtin_market
from clearhouse.runtime.mover import Mover
from clearhouse.runtime.opening import Opened, open_venue

NOW = Millis(1_795_282_200_000)
"""21 November 2026, 17:30 UTC."""
FIXED, SYNTHETIC = Choice(name="fixed", seed=1), Choice(name="synthetic", seed=1)

Scene = Callable[[Feeding, Opened, list[str]], Awaitable[None]]


def play(scene: Scene, choice: Choice = SYNTHETIC, profile: str = "ideal") -> None:
    async def run() -> None:
        told: list[str] = []
        opened = await open_venue(
            MemoryJournal(),
            genesis=lambda: [SetClock(mode="frozen", now=NOW), *builtin_market()],
            on_failure=lambda error: told.append(str(error)),
            past_seed=1,
        )
        mover = Mover(opened.sequencer)
        feeding = Feeding(opened, mover, choice, named(profile), told.append)
        await feeding.start()
        await asyncio.sleep(0.01)
        try:
            await scene(feeding, opened, told)
        finally:
            await feeding.stop()
            await opened.venue.stop()

    asyncio.run(run())


def last(opened: Opened, symbol: str = "BTCUSDT") -> int:
    return opened.sequencer.state.markets[symbol].last


def test_a_frozen_clock_that_is_advanced_takes_the_market_along() -> None:
    async def scene(feeding: Feeding, opened: Opened, told: list[str]) -> None:
        before = last(opened)
        await opened.venue.submit(AdvanceClock(10_000))
        await feeding.caught_up()
        assert last(opened) != before
        assert feeding.view().as_of == NOW + 10_000
        standing = last(opened)
        await asyncio.sleep(0.05)
        assert last(opened) == standing
        assert told == []

    play(scene)


def test_a_fixed_market_stands_and_nobody_waits_for_it() -> None:
    async def scene(feeding: Feeding, opened: Opened, told: list[str]) -> None:
        before = opened.venue.head
        await opened.venue.submit(AdvanceClock(10_000))
        await asyncio.wait_for(feeding.caught_up(), 1)
        assert last(opened) == 65_000 * 10**8
        assert opened.venue.head.seq == before.seq + 1
        assert feeding.view().state is SourceState.STANDING

    play(scene, FIXED)


def test_a_market_that_nobody_trades_in_leaves_nothing_in_the_journal() -> None:
    async def scene(feeding: Feeding, opened: Opened, told: list[str]) -> None:
        await opened.venue.submit(AdvanceClock(60_000))
        head = opened.venue.head.seq
        await feeding.caught_up()
        assert opened.venue.head.seq == head

    play(scene)


def test_another_source_goes_on_from_the_prices_that_there_are() -> None:
    async def scene(feeding: Feeding, opened: Opened, told: list[str]) -> None:
        await opened.venue.submit(AdvanceClock(60_000))
        await feeding.caught_up()
        moved = last(opened)
        await feeding.change(FIXED, named("ideal"))
        assert feeding.view().name == "fixed"
        await opened.venue.submit(AdvanceClock(60_000))
        assert last(opened) == moved
        await feeding.change(Choice(name="synthetic", seed=2), named("ideal"))
        await opened.venue.submit(AdvanceClock(1_000))
        await feeding.caught_up()
        assert 0 < abs(last(opened) - moved) * 1_000 < moved
        with pytest.raises(SourceError):
            await feeding.change(Choice(name="moon", seed=2), named("ideal"))
        assert feeding.view().state is SourceState.RUNNING

    play(scene)


def test_a_source_that_fails_is_told_and_shown_and_the_venue_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken(Fixed):
        @override
        async def run(self, movements: Movements, outlook: Outlook) -> None:
            await outlook.until(Millis(NOW + 1_000))
            raise OSError("the line is dead")

    monkeypatch.setitem(sources.SOURCES, "broken", lambda _: Broken())

    async def scene(feeding: Feeding, opened: Opened, told: list[str]) -> None:
        await opened.venue.submit(AdvanceClock(1_000))
        await feeding.caught_up()
        assert feeding.view().state is SourceState.FAILED
        assert feeding.view().trouble == "the line is dead"
        assert len(told) == 1
        assert "the line is dead" in told[0]
        await opened.venue.submit(AdvanceClock(1_000))
        await feeding.change(SYNTHETIC, named("ideal"))
        assert feeding.view().state is SourceState.RUNNING

    play(scene, Choice(name="broken", seed=1))


def test_the_house_quotes_by_the_profile_also_what_is_listed_later() -> None:
    async def scene(feeding: Feeding, opened: Opened, told: list[str]) -> None:
        book = opened.sequencer.state.order_books["BTCUSDT"]
        assert (book.spread, book.gap, book.depth, book.refills) == (20_000, 20_000, 20, False)
        assert book.quantity == 76_000_00  # 5,000 / 65,000, in steps of 0.001
        await feeding.change(SYNTHETIC, named("ideal"))
        assert (book.spread, book.gap, book.refills) == (0, 0, True)
        await feeding.change(SYNTHETIC, named("realistic"))
        reset: list[Command] = [ResetVenue(), SetClock(mode="frozen", now=NOW), *builtin_market()]
        await opened.venue.submit_all(reset)
        await asyncio.sleep(0.05)
        book = opened.sequencer.state.order_books["BTCUSDT"]
        assert (book.spread, book.gap, book.depth, book.refills) == (1_000, 2_000, 100, False)

    play(scene, profile="harsh")


def test_the_profile_of_always_is_no_fact() -> None:
    async def scene(feeding: Feeding, opened: Opened, told: list[str]) -> None:
        assert opened.venue.head.seq == 1 + len(list(builtin_market()))

    play(scene, FIXED)


def test_a_clock_that_runs_faster_is_followed() -> None:
    async def scene(feeding: Feeding, opened: Opened, told: list[str]) -> None:
        await opened.venue.submit(SetClock(mode="scaled", rate=100_000 * 10**8))
        for _ in range(500):
            await asyncio.sleep(0.02)
            if (feeding.view().as_of or 0) > NOW + 60_000:
                break
        else:
            pytest.fail("a scaled clock was not followed in ten seconds")
        await opened.venue.submit(SetClock(mode="frozen", now=NOW))
        await opened.venue.submit(AdvanceClock(1_000))
        await feeding.caught_up()
        assert feeding.view().as_of == NOW + 1_000

    play(scene)


@pytest.mark.parametrize("interval", ["1h", "1d", "1w", "1M"])
@pytest.mark.parametrize("kind", list(CandleKind))
def test_the_candle_that_a_birth_cut_is_whole_while_it_is_open(
    interval: str, kind: CandleKind
) -> None:
    async def scene(feeding: Feeding, opened: Opened, told: list[str]) -> None:
        await opened.venue.submit(AdvanceClock(3_000))
        await feeding.caught_up()
        now = opened.venue.now()
        one = ReadOpenCandle(symbol="BTCUSDT", kind=kind, interval=interval, now=now)
        many = ReadCandles(symbol="BTCUSDT", kind=kind, interval=interval, now=now, limit=2)
        minutes = ReadCandles(
            symbol="BTCUSDT",
            kind=kind,
            interval="1m",
            now=now,
            limit=100_000,
            start=opening(interval, now),
        )
        open_candle = (await opened.venue.read(one)).candle
        before, last_of_many = await opened.venue.read(many)
        parts = await opened.venue.read(minutes)
        assert open_candle == last_of_many
        assert open_candle.open == parts[0].open
        assert open_candle.close == parts[-1].close
        assert open_candle.high == max(part.high for part in parts)
        assert open_candle.low == min(part.low for part in parts)
        assert open_candle.volume == sum(part.volume for part in parts)
        if kind is CandleKind.LAST:
            assert before.close == open_candle.open

    play(scene)

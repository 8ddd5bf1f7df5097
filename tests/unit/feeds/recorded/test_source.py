"""A recording plays by the venue's clock, or the venue's clock by the recording."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from clearhouse.feeds.archive.recording import Recording, load
from clearhouse.feeds.recorded import Recorded, source
from clearhouse.feeds.recorded.pace import Speed, SpeedError, parse_speed
from unit.feeds.archive.files import DAY, rules, write
from unit.feeds.stage import Stage, playing

NOW = 1_760_000_000_000
MARKS = "markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.csv"
AFTER = f"{DAY + 59_999},0,1,0,0,0"


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    """Two symbols: trades at 0, 1, 3 and 10 seconds, quotes at 2 and a mark at 0."""
    write(
        tmp_path,
        "BTCUSDT-trades-2024-01-01.csv",
        f"1,42000.0,1,42000,{DAY},true",
        f"2,42001.0,2,84002,{DAY + 1000},false",
        f"3,42003.0,3,126009,{DAY + 10_000},false",
    )
    write(tmp_path, MARKS, f"{DAY},42000,42000,42000,42000,0,{AFTER}")
    write(
        tmp_path,
        "ETHUSDT-bookTicker-2024-01-01.csv",
        f"1,2200.00,1,2200.01,1,{DAY + 2000},{DAY + 2000}",
    )
    write(tmp_path, "ETHUSDT-trades-2024-01-01.csv", f"1,2200.01,1,2200.01,{DAY + 3000},true")
    eth = "markPriceKlines/ETHUSDT/1m/ETHUSDT-1m-2024-01-01.csv"
    write(tmp_path, eth, f"{DAY},2200,2200,2200,2200,0,{AFTER}")
    return load([tmp_path], rules())


@pytest.fixture(autouse=True)
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "REST_SECONDS", 0)


def scene(
    play: Callable[[Recorded, Stage], Awaitable[None]], stage: Stage, played: Recorded
) -> None:
    async def whole() -> None:
        task = await playing(played, stage)
        try:
            await play(played, stage)
        finally:
            task.cancel()

    asyncio.run(whole())


def both(at: int, symbol: str, price: float) -> list[tuple[Any, ...]]:
    return [(at, symbol, "mark", price), (at, symbol, "index", price)]


def test_what_is_due_is_played_with_the_venues_time(recording: Recording) -> None:
    async def play(played: Recorded, stage: Stage) -> None:
        assert await stage.settled() == [
            (NOW, "BTCUSDT", "sell", 42000, 1),
            *both(NOW, "BTCUSDT", 42000),
            *both(NOW, "ETHUSDT", 2200),
        ]
        assert await stage.advance(999) == []
        assert await stage.advance(1) == [(NOW + 1000, "BTCUSDT", "buy", 42001, 2)]
        assert await stage.advance(4000) == [
            (NOW + 5000, "ETHUSDT", "quotes", 2200, 2200.01),
            (NOW + 3000, "ETHUSDT", "sell", 2200.01, 1),
        ]
        view = played.view()
        assert (view.state, view.as_of) == ("running", NOW + 5000)
        assert view.details["position"] == DAY + 5000
        assert await stage.advance(100_000) == [(NOW + 10_000, "BTCUSDT", "buy", 42003, 3)]
        assert played.view().state == "ended"
        assert (played.view().details["played"], played.view().details["percent"]) == (7, 100)

    scene(play, Stage(NOW), Recorded(recording))


def test_at_a_speed_everything_comes_closer(recording: Recording) -> None:
    async def play(played: Recorded, stage: Stage) -> None:
        await stage.settled()
        assert await stage.advance(99) == []
        assert [move[0] for move in await stage.advance(1)] == [NOW + 100]
        played.change(speed=Speed(1, 2))  # at second 1: 9 seconds take 18
        assert [move[:2] for move in await stage.advance(4000)] == [
            (NOW + 4100, "ETHUSDT"),
            (NOW + 4100, "ETHUSDT"),
        ]
        assert await stage.advance(13_999) == []
        assert [move[0] for move in await stage.advance(1)] == [NOW + 18_100]

    scene(play, Stage(NOW), Recorded(recording, speed=Speed(10)))


def test_paused_it_stands_and_goes_on_from_there(recording: Recording) -> None:
    async def play(played: Recorded, stage: Stage) -> None:
        await stage.settled()
        await stage.advance(400)
        played.change(paused=True)
        assert await stage.advance(60_000) == []
        assert played.view().state == "paused"
        assert played.view().details["position"] == DAY + 400
        played.change(paused=False)
        assert await stage.advance(599) == []
        at = NOW + 400 + 60_000 + 600
        assert await stage.advance(1) == [(at, "BTCUSDT", "buy", 42001, 2)]

    scene(play, Stage(NOW), Recorded(recording))


def test_sought_it_sets_prices_as_they_stood(recording: Recording) -> None:
    async def play(played: Recorded, stage: Stage) -> None:
        await stage.settled()
        played.seek(DAY + 9_000)
        assert await stage.settled() == [
            (NOW, "ETHUSDT", "quotes", 2200, 2200.01),
            (NOW, "BTCUSDT", "last", 42001),
            (NOW, "ETHUSDT", "last", 2200.01),
            *both(NOW, "BTCUSDT", 42000),
            *both(NOW, "ETHUSDT", 2200),
        ]
        assert await stage.advance(1000) == [(NOW + 1000, "BTCUSDT", "buy", 42003, 3)]
        played.seek(0)
        assert [move[2] for move in await stage.settled()] == ["sell", *["mark", "index"] * 2]
        assert played.view().details["position"] == DAY
        played.seek(DAY * 2)
        assert len(await stage.settled()) == 7
        assert (played.view().state, played.view().details["percent"]) == ("ended", 100)

    scene(play, Stage(NOW), Recorded(recording))


def test_in_a_loop_a_round_follows_the_other(recording: Recording) -> None:
    async def play(played: Recorded, stage: Stage) -> None:
        first = await stage.settled() + await stage.advance(10_000)
        again = await stage.advance(10_001)
        assert len(again) == len(first)
        assert again[0][0] - first[0][0] == again[-1][0] - first[-1][0] == 10_001
        assert played.view().details["rounds"] == 2
        played.change(loop=False)
        assert len(await stage.advance(60_000)) == 9
        assert played.view().state == "ended"

    scene(play, Stage(NOW), Recorded(recording, loop=True))


def test_a_clock_that_is_set_back_does_not_hold_it(recording: Recording) -> None:
    async def play(played: Recorded, stage: Stage) -> None:
        await stage.settled()
        await stage.advance(400)
        assert await stage.set_clock(NOW - 100_000) == []
        assert played.view().details["position"] == DAY
        assert await stage.advance(999) == []
        assert len(await stage.advance(1)) == 1

    scene(play, Stage(NOW), Recorded(recording))


def test_as_fast_as_it_goes_nothing_waits(recording: Recording) -> None:
    async def play(played: Recorded, stage: Stage) -> None:
        moves = await stage.settled()
        assert [move[0] for move in moves] == [NOW] * 9
        assert played.view().state == "ended"

    scene(play, Stage(NOW), Recorded(recording, speed=Speed(0)))


def test_with_its_own_clock_the_venue_lives_at_its_time(recording: Recording) -> None:
    stage = Stage(NOW)

    async def play(played: Recorded, _stage: Stage) -> None:
        await stage.settled()
        assert stage.clock == [("run", DAY, 10)]
        assert await stage.advance(1000) == [(DAY + 1000, "BTCUSDT", "buy", 42001, 2)]
        played.change(paused=True)
        played.change(paused=False, speed=Speed(2))
        played.seek(DAY)
        await stage.settled()
        assert stage.clock[1:] == [
            ("stand", DAY + 1000),
            ("run", DAY + 1000, 2),
            ("run", DAY + 1000, 2),  # not back to DAY: time goes on
        ]
        await stage.advance(1000)
        assert len(await stage.advance(9000)) == 3
        assert stage.clock[-1] == ("stand", DAY + 11_000)

    scene(play, stage, Recorded(recording, speed=Speed(10), timekeeper=stage))


def test_as_fast_as_it_goes_its_clock_goes_from_event_to_event(recording: Recording) -> None:
    stage = Stage(NOW)

    async def play(_played: Recorded, _stage: Stage) -> None:
        assert await stage.settled() == [
            (DAY, "BTCUSDT", "sell", 42000, 1),
            *both(DAY, "BTCUSDT", 42000),
            *both(DAY, "ETHUSDT", 2200),
            (DAY + 1000, "BTCUSDT", "buy", 42001, 2),
            (DAY + 2000, "ETHUSDT", "quotes", 2200, 2200.01),
            (DAY + 3000, "ETHUSDT", "sell", 2200.01, 1),
            (DAY + 10_000, "BTCUSDT", "buy", 42003, 3),
        ]

    scene(play, stage, Recorded(recording, speed=Speed(0), timekeeper=stage))


def test_many_rows_are_played_in_pieces(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "AT_ONCE", 1)

    async def play(_played: Recorded, stage: Stage) -> None:
        moves = await stage.settled()
        assert [move[3] for move in moves if move[2] in {"buy", "sell"}] == [
            *(42000, 42001, 2200.01, 42003)
        ]

    scene(play, Stage(NOW), Recorded(recording, speed=Speed(0)))


@pytest.mark.parametrize(
    ("text", "speed", "shown"),
    [
        ("1", Speed(1), "1"),
        ("10x", Speed(10), "10"),
        ("0.01", Speed(1, 100), "0.01"),
        ("2.50", Speed(5, 2), "2.5"),
        ("10000", Speed(10_000), "10000"),
        ("max", Speed(0), "max"),
    ],
)
def test_speeds(text: str, speed: Speed, shown: str) -> None:
    assert parse_speed(text) == speed
    assert str(speed) == shown


@pytest.mark.parametrize("text", ["", "0", "-1", "0.001", "10000.01", "fast", "1e3", "x"])
def test_what_is_no_speed(text: str) -> None:
    with pytest.raises(SpeedError):
        parse_speed(text)

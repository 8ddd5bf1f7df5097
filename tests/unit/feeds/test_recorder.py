"""What is played is told to whoever records, and a recording of a recording is the same."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from clearhouse.feeds import deliveries
from clearhouse.feeds.archive.recording import load
from clearhouse.feeds.deliveries import Begun, Best, Tap
from clearhouse.feeds.recorded import Recorded
from clearhouse.feeds.recorded.pace import Speed
from clearhouse.feeds.recorder import Recorder, RecordingError
from clearhouse.model.trades import Trades
from unit.feeds.archive import files
from unit.feeds.archive.files import DAY, rules, write
from unit.feeds.stage import UNIT, Stage, playing

DECIMALS = {"BTCUSDT": (1, 3), "ETHUSDT": (2, 3)}


def tapped(stage: Stage) -> Tap:
    return Tap(stage, now=stage.now, best=lambda _symbol: Best(2 * UNIT, 3 * UNIT))


def record(source: Path, target: Path) -> dict[str, bytes]:
    """Play a recording at its own time, and record it."""

    async def play() -> None:
        stage = Stage(0)
        tap = tapped(stage)
        with tap.reading() as reader:
            reader.add(Begun(0, DECIMALS))
            played = Recorded(load([source], rules()), speed=Speed(0), timekeeper=stage)
            task = await playing(played, stage, tap)
            while played.view().state != "ended":  # noqa: ASYNC110  it is a matter of turns
                await asyncio.sleep(0)
            task.cancel()
            recorder = Recorder(target)
            recorder.take(reader.take().splitlines())
            recorder.close()

    asyncio.run(play())
    found = sorted(path for path in target.rglob("*") if path.is_file())
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in found}


def test_a_recording_of_a_recording_is_the_same(tmp_path: Path) -> None:
    """Two symbols over midnight, with trades of one moment, quotes, and marks of their own."""
    archive, midnight = tmp_path / "archive", DAY + 86_400_000
    trades = [
        f"{n},{42000 + n % 7}.{n % 10},0.{n % 9 + 1:03},1,{midnight - 90_000 + n // 3 * 777},"
        f"{'true' if n % 4 else 'false'}"
        for n in range(1, 600)
    ]
    write(archive, "BTCUSDT-trades-2024-01.csv", files.TRADES, *trades)
    quotes = [
        f"{n},{2200 + n % 5}.01,1,{2200 + n % 5}.0{2 + n % 3},4,{midnight - 9_000 + n * 77},{DAY}"
        for n in range(1, 300)
    ]
    write(archive, "ETHUSDT-bookTicker-2024-01.csv", files.BOOK_TICKER, *quotes)
    marks = [
        f"{opened},2200.5,{2203 + n}.12345678,2199,2201.{n},0,{opened + 59_999},0,{n * 9 + 4},0,0,0"
        for n, opened in enumerate(range(midnight - 120_000, midnight + 120_000, 60_000))
    ]
    write(archive, "markPriceKlines/ETHUSDT/1m/ETHUSDT-1m-2024-01.csv", files.KLINES, *marks)
    first = record(archive, tmp_path / "first")
    assert sorted(first) == [
        *(f"aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-0{day}.csv" for day in (1, 2)),
        *(f"bookTicker/ETHUSDT/ETHUSDT-bookTicker-2024-01-0{day}.csv" for day in (1, 2)),
        *(
            f"{kind}PriceKlines/{symbol}/1m/{symbol}-1m-2024-01-0{day}.csv"
            for kind in ("index", "mark")
            for symbol in ("BTCUSDT", "ETHUSDT")
            for day in (1, 2)
        ),
        *(f"trades/BTCUSDT/BTCUSDT-trades-2024-01-0{day}.csv" for day in (1, 2)),
    ]
    assert record(tmp_path / "first", tmp_path / "second") == first
    played = b"".join(first[f"trades/BTCUSDT/BTCUSDT-trades-2024-01-0{day}.csv"] for day in (1, 2))
    assert played.count(b"\n") == 599 + 2
    rows = first["markPriceKlines/ETHUSDT/1m/ETHUSDT-1m-2024-01-01.csv"].decode().split()
    first_prices = "2200.50000000,2203.12345678,2199.00000000,2201.00000000"
    assert rows[1:3] == [
        f"{midnight - 120_000},{first_prices},0,{midnight - 60_001},0,4,0,0,0",
        f"{midnight - 60_000},{first_prices.replace('2203', '2204').replace('01.00', '01.10')},0,{midnight - 1},0,13,0,0,0",
    ]


def test_a_reader_hears_of_its_symbols() -> None:
    stage = Stage(DAY)
    tap = tapped(stage)
    with tap.reading(["ETHUSDT"]) as reader:
        tap.quotes("BTCUSDT", UNIT, 2 * UNIT)
        tap.quotes("ETHUSDT", UNIT, 2 * UNIT)
        tap.prices("ETHUSDT", last=UNIT)
        tap.trades("ETHUSDT", Trades.of([(DAY, UNIT, UNIT, True)]))
        lines = [msgspec.json.decode(line) for line in reader.take().splitlines()]
    assert lines == [
        {
            "kind": "quotes",
            "symbol": "ETHUSDT",
            "at": DAY,
            "bid": UNIT,
            "bid_quantity": 2 * UNIT,
            "ask": 2 * UNIT,
            "ask_quantity": 3 * UNIT,
        },
        {
            "kind": "prices",
            "symbol": "ETHUSDT",
            "at": DAY,
            "last": UNIT,
            "mark": None,
            "index": None,
        },
        {
            "kind": "trades",
            "symbol": "ETHUSDT",
            "at": [DAY],
            "price": [UNIT],
            "quantity": [UNIT],
            "buyer_maker": [True],
        },
    ]
    assert len(stage.moves) == 4


def test_a_reader_that_falls_behind_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "MOST_BYTES", 1000)
    tap = tapped(Stage(DAY))
    with tap.reading() as slow, tap.reading() as quick:
        quick.add(Begun(0, DECIMALS))
        recorder = Recorder(tmp_path)
        for _ in range(20):
            tap.quotes("ETHUSDT", UNIT, 2 * UNIT)
            recorder.take(quick.take().splitlines())
        assert slow.take() == b'{"kind":"cut","reason":"the reader is 0 MiB behind"}\n'
        assert slow.take() == b""
        tap.close("the server stops")
        with pytest.raises(RecordingError, match="the server stops"):
            recorder.take(quick.take().splitlines())
        recorder.close()
    assert recorder.rows["bookTicker"] == 20

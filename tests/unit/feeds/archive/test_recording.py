"""Files become tracks: the finest of each symbol, with marks, and candles as what made them."""

from pathlib import Path

import pytest

from clearhouse.feeds.archive.faults import ArchiveError
from clearhouse.feeds.archive.recording import Recording, Track, What, load
from unit.feeds.archive import files
from unit.feeds.archive.files import DAY, rules, write

UNIT = 10**8


def track(recording: Recording, what: What, symbol: str = "BTCUSDT") -> Track:
    (found,) = [one for one in recording.tracks if (one.symbol, one.what) == (symbol, what)]
    return found


def rows(found: Track) -> list[tuple[int, ...]]:
    """Moment within the day, and prices in tenths."""
    tenth = UNIT // 10
    return [
        (int(at) - DAY, int(first) // tenth, int(second) // tenth)
        for at, first, second in zip(found.at, found.first, found.second, strict=True)
    ]


def trades(root: Path, *lines: str, day: str = "01") -> Path:
    return write(root, f"BTCUSDT-trades-2024-01-{day}.csv", files.TRADES, *lines)


def test_trades_play_and_mark_and_index_follow_once_a_second(tmp_path: Path) -> None:
    trades(
        tmp_path,
        f"1,42000.0,0.3,12600,{DAY + 100},true",
        f"2,42001.0,0.1,4200.1,{DAY + 900},false",
        f"3,42002.0,0.2,8400.4,{DAY + 1000},false",
    )
    recording = load([tmp_path], rules())
    found = track(recording, What.TRADES)
    assert rows(found) == [(100, 420_000, 3), (900, 420_010, 1), (1000, 420_020, 2)]
    assert found.buyer_maker.tolist() == [1, 0, 0]
    both = track(recording, What.BOTH)
    assert [row[:2] for row in rows(both)] == [(900, 420_010), (1000, 420_020)]
    assert (recording.start - DAY, recording.end - DAY, recording.events) == (100, 1000, 5)


def test_the_finest_file_plays_and_the_others_are_named(tmp_path: Path) -> None:
    fine = trades(tmp_path, f"1,42000.0,0.3,12600,{DAY},true")
    coarse = write(tmp_path, "BTCUSDT-aggTrades-2024-01-01.csv", f"9,42000.0,0.3,1,1,{DAY},true")
    recording = load([tmp_path], rules())
    assert (recording.files, recording.unplayed) == ((coarse, fine), (coarse,))
    assert len(track(recording, What.TRADES).at) == 1


def test_files_of_several_days_are_put_in_a_row(tmp_path: Path) -> None:
    later = trades(tmp_path, f"3,42002.0,0.2,8400.4,{DAY + 86_400_000},false", day="02")
    sooner = trades(tmp_path, f"1,42000.0,0.3,12600,{DAY + 86_399_999},true")
    recording = load([later, sooner], rules())
    assert [row[0] for row in rows(track(recording, What.TRADES))] == [86_399_999, 86_400_000]


def test_files_of_the_same_time_are_refused(tmp_path: Path) -> None:
    trades(tmp_path, f"1,42000.0,0.3,12600,{DAY},true", f"3,42000.0,0.3,12600,{DAY + 9},true")
    again = trades(tmp_path, f"2,42000.0,0.3,12600,{DAY + 8},true", day="02")
    with pytest.raises(ArchiveError, match=r"line 2: it begins before .*-01\.csv ends") as refused:
        load([tmp_path], rules())
    assert refused.value.path == again


def test_best_prices_play_where_they_change(tmp_path: Path) -> None:
    write(
        tmp_path,
        "BTCUSDT-bookTicker-2024-01-01.csv",
        files.BOOK_TICKER,
        f"1,42000.0,1,42000.1,2,{DAY},{DAY}",
        f"2,42000.0,3,42000.1,1,{DAY + 1},{DAY + 1}",
        f"3,42000.0,3,42000.2,1,{DAY + 2},{DAY + 2}",
    )
    found = track(load([tmp_path], rules()), What.QUOTES)
    assert rows(found) == [(0, 420_000, 420_001), (2, 420_000, 420_002)]


def candle(minute: int, prices: str, rest: str) -> str:
    """A candle: open, high, low and close; volume, trades and what takers bought."""
    volume, count, bought = rest.split()
    opened = DAY + minute * 60_000
    texts = ",".join(prices.split())
    return f"{opened},{texts},{volume},{opened + 59_999},0,{count},{bought},0,0"


def test_a_path_of_marks_touches_open_low_high_close(tmp_path: Path) -> None:
    write(
        tmp_path,
        "markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.csv",
        candle(0, "42000 42003 41999 42001", "0 5 0"),
        candle(1, "42001 42001 42000 42000", "0 3 0"),
        candle(2, "42000 42000 42000 42000", "0 1 0"),
        candle(3, "42000 42001 42000 42000", "0 0 0"),
    )
    found = track(load([tmp_path], rules()), What.BOTH)
    assert [(at, price // 10) for at, price, _ in rows(found)] == [
        *((0, 42000), (12_000, 41999), (24_000, 42001), (36_000, 42003), (48_000, 42001)),
        *((60_000, 42001), (80_000, 42000), (100_000, 42000)),
        (120_000, 42000),
        *((180_000, 42000), (195_000, 42000), (210_000, 42001), (225_000, 42000)),
    ]


def test_trades_of_candles_add_up_to_them(tmp_path: Path) -> None:
    write(
        tmp_path,
        "BTCUSDT-1m-2024-01-01.csv",
        candle(0, "42000 42003 41999 42001", "0.010 9 0.006"),
        candle(1, "42001 42001 42001 42001", "0 0 0"),
        candle(2, "42001 42001 42000 42000", "0.003 2 0"),
        candle(3, "42000 42000 42000 42000", "0.001 1 0.001"),
    )
    write(tmp_path, "BTCUSDT-1h-2024-01-01.csv", f"{DAY},1,1,1,1,0,{DAY + 3_599_999},0,0,0,0,0")
    recording = load([tmp_path], rules())
    found = track(recording, What.TRADES)
    step = UNIT // 1000
    assert [
        (int(at) - DAY, int(price) // UNIT, int(size) // step, bool(sold))
        for at, price, size, sold in zip(*found[2:], strict=True)
    ] == [
        *((0, 42000, 1, False), (0, 42000, 1, True)),
        *((15_000, 41999, 2, False), (15_000, 41999, 1, True)),
        *((30_000, 42003, 1, False), (30_000, 42003, 1, True)),
        *((45_000, 42001, 2, False), (45_000, 42001, 1, True)),
        *((120_000, 42001, 1, True), (150_000, 42000, 2, True)),
        (180_000, 42000, 1, False),
    ]
    assert [path.name for path in recording.unplayed] == ["BTCUSDT-1h-2024-01-01.csv"]


def test_mark_and_index_have_tracks_of_their_own(tmp_path: Path) -> None:
    for kind, price in (("markPriceKlines", 42001), ("indexPriceKlines", 41998)):
        name = f"{kind}/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.csv"
        write(tmp_path, name, candle(0, f"{price} {price} {price} {price}", "0 1 0"))
    premium = "premiumIndexKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.csv"
    write(tmp_path, premium, candle(0, "-0.1 -0.1 -0.1 -0.1", "0 1 0"))
    recording = load([tmp_path], rules())
    assert rows(track(recording, What.MARK)) == [(0, 420_010, 420_010)]
    assert rows(track(recording, What.INDEX)) == [(0, 419_980, 419_980)]
    assert recording.unplayed == (tmp_path / premium,)


def test_nothing_to_play(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no file of the archive lies there"):
        load([tmp_path], rules())
    with pytest.raises(ArchiveError, match="there is no such file"):
        load([tmp_path / "x"], rules())

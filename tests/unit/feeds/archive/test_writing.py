"""What a source delivered is written as the archive writes it, byte for byte."""

from pathlib import Path

import pytest

from clearhouse.feeds.archive.faults import ArchiveError
from clearhouse.feeds.archive.writer import Decimals, Quoted, Traded, Writer
from unit.feeds.archive import files
from unit.feeds.archive.files import DAY

UNIT = 10**8
MINUTE = 60_000
DECIMALS = {"BTCUSDT": Decimals(price=1, quantity=3)}


def contents(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_a_recording_of_two_days(tmp_path: Path) -> None:
    writer = Writer(tmp_path, DECIMALS)
    before, after = DAY - 1, DAY + 5
    milli = UNIT // 1000
    writer.trades(
        "BTCUSDT",
        [
            Traded(before, 42_000 * UNIT, 10 * milli, buyer_maker=True),
            Traded(before, 42_000 * UNIT, 5 * milli, buyer_maker=True),
            Traded(before, 42_000 * UNIT, 5 * milli, buyer_maker=False),
            Traded(after, 42_000 * UNIT + UNIT // 2, 1_500 * milli, buyer_maker=False),
        ],
    )
    writer.quote("BTCUSDT", Quoted(after, 42_000 * UNIT, UNIT, 42_001 * UNIT, 2 * UNIT))
    writer.prices("BTCUSDT", before - 1000, mark=42_000 * UNIT + 1, index=42_000 * UNIT)
    writer.prices("BTCUSDT", before, mark=41_999 * UNIT, index=None)
    writer.prices("BTCUSDT", after, mark=42_000 * UNIT, index=None)
    assert contents(tmp_path)["bookTicker/BTCUSDT/BTCUSDT-bookTicker-2024-01-01.csv.part"] == ""
    writer.close()
    candles = "1m/BTCUSDT-1m-2023-12-31.csv"
    assert contents(tmp_path) == {
        "aggTrades/BTCUSDT/BTCUSDT-aggTrades-2023-12-31.csv": (
            f"{files.AGG_TRADES}\n"
            f"1,42000.0,0.015,1,2,{before},true\n"
            f"2,42000.0,0.005,3,3,{before},false\n"
        ),
        "aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-01.csv": (
            f"{files.AGG_TRADES}\n3,42000.5,1.500,4,4,{after},false\n"
        ),
        "bookTicker/BTCUSDT/BTCUSDT-bookTicker-2024-01-01.csv": (
            f"{files.BOOK_TICKER}\n1,42000.0,1.000,42001.0,2.000,{after},{after}\n"
        ),
        f"indexPriceKlines/BTCUSDT/{candles}": (
            f"{files.KLINES}\n{DAY - MINUTE},42000.00000000,42000.00000000,42000.00000000,"
            f"42000.00000000,0,{DAY - 1},0,1,0,0,0\n"
        ),
        f"markPriceKlines/BTCUSDT/{candles}": (
            f"{files.KLINES}\n{DAY - MINUTE},42000.00000001,42000.00000001,41999.00000000,"
            f"41999.00000000,0,{DAY - 1},0,2,0,0,0\n"
        ),
        "markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.csv": (
            f"{files.KLINES}\n{DAY},42000.00000000,42000.00000000,42000.00000000,"
            f"42000.00000000,0,{DAY + MINUTE - 1},0,1,0,0,0\n"
        ),
        "trades/BTCUSDT/BTCUSDT-trades-2023-12-31.csv": (
            f"{files.TRADES}\n"
            f"1,42000.0,0.010,420,{before},true\n"
            f"2,42000.0,0.005,210,{before},true\n"
            f"3,42000.0,0.005,210,{before},false\n"
        ),
        "trades/BTCUSDT/BTCUSDT-trades-2024-01-01.csv": (
            f"{files.TRADES}\n4,42000.5,1.500,63000.75,{after},false\n"
        ),
    }
    assert writer.rows == {
        "trades": 4,
        "aggTrades": 3,
        "bookTicker": 1,
        "markPriceKlines": 2,
        "indexPriceKlines": 1,
    }


def test_a_recording_is_not_added_to(tmp_path: Path) -> None:
    for again in (False, True):
        writer = Writer(tmp_path, DECIMALS)
        quote = Quoted(DAY, UNIT, UNIT, 2 * UNIT, UNIT)
        if again:
            with pytest.raises(ArchiveError, match="it is there already"):
                writer.quote("BTCUSDT", quote)
        else:
            writer.quote("BTCUSDT", quote)
        writer.close()


def test_a_source_that_goes_back_a_day(tmp_path: Path) -> None:
    writer = Writer(tmp_path, DECIMALS)
    for at in (DAY, DAY + 86_400_000):
        writer.quote("BTCUSDT", Quoted(at, UNIT, UNIT, 2 * UNIT, UNIT))
    with pytest.raises(ArchiveError, match="went back to a day that was over"):
        writer.quote("BTCUSDT", Quoted(DAY, UNIT, UNIT, 2 * UNIT, UNIT))

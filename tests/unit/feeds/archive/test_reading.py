"""Files of the archive are read exactly and whole, or refused with file, line and reason."""

from pathlib import Path

import pytest

from clearhouse.feeds.archive import table as tables
from clearhouse.feeds.archive.checks import check
from clearhouse.feeds.archive.faults import ArchiveError
from clearhouse.feeds.archive.kinds import (
    BOOK_TICKER,
    KLINES,
    MARK_PRICE_KLINES,
    TRADES,
    named,
)
from clearhouse.feeds.archive.table import read_table
from unit.feeds.archive import files
from unit.feeds.archive.files import DAY, rules, write, zipped

AGGS = "BTCUSDT-aggTrades-2024-01-01.csv"
ROW = f"26129,42313.9,0.010,27781,27783,{DAY + 47},true"
NEXT = f"26130,42314.0,1.5,27784,27784,{DAY + 47},false"


def refusal(path: Path) -> str:
    """What is wrong with a file, without its path."""
    with pytest.raises(ArchiveError) as refused:
        check(read_table(path), rules().get("BTCUSDT" if "BTC" in path.name else ""))
    where = str(refused.value)
    assert where.startswith(str(path))
    return where.removeprefix(str(path))


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_aggregate_trades(tmp_path: Path, *, header: bool, packed: bool, ending: str) -> None:
    lines = [files.AGG_TRADES, ROW, NEXT] if header else [ROW, NEXT]
    path = write(tmp_path, AGGS, *lines, ending=ending)
    table = read_table(zipped(path) if packed else path)
    check(table, rules()["BTCUSDT"])
    assert {name: column.tolist() for name, column in table.columns.items()} == {
        "agg_trade_id": [26129, 26130],
        "price": [4_231_390_000_000, 4_231_400_000_000],
        "quantity": [1_000_000, 150_000_000],
        "first_trade_id": [27781, 27784],
        "last_trade_id": [27783, 27784],
        "transact_time": [1_704_067_200_047, 1_704_067_200_047],
        "is_buyer_maker": [1, 0],
    }


def test_a_file_of_many_blocks_has_its_lines_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "BLOCK_BYTES", 128)
    rows = [f"{n},42313.9,0.010,{n},{n},{DAY + n},true" for n in range(1, 101)]
    path = write(tmp_path, AGGS, files.AGG_TRADES, *rows)
    assert read_table(path).columns["agg_trade_id"].tolist() == list(range(1, 101))
    rows[69] = rows[69].replace("0.010", "0,010")
    broken = write(tmp_path, AGGS, files.AGG_TRADES, *rows)
    assert refusal(broken) == ", line 71: 8 columns, not 7"
    rows[69] = rows[69].replace("0,010", "O.010")
    broken = write(tmp_path, AGGS, *rows)
    assert refusal(broken) == ", line 70: quantity: 'O.010' is not a decimal number"


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("0", 0),
        ("7", 700_000_000),
        ("007", 700_000_000),
        ("0.00000001", 1),
        ("0.10000000000", 10_000_000),
        ("1234567890.12345678", 123_456_789_012_345_678),
        ("9007199254.74099299", 900_719_925_474_099_299),  # which no float can be
    ],
)
def test_decimals_are_exact(tmp_path: Path, text: str, units: int) -> None:
    path = write(tmp_path, "BTCUSDT-trades-2024-01.csv", f"1,42313.9,0.001,{text},{DAY},true")
    assert read_table(path).columns["quote_qty"].tolist() == [units]


@pytest.mark.parametrize(
    "text",
    [
        *("", ".5", "5.", ".", "1.2.3", "-1", "+1", "1e-5", " 1", "1 ", "NaN", "0x1", "\uff11"),
        *("0.000000001", "1" * 11, "1" * 50),
    ],
)
def test_what_is_no_decimal(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, "BTCUSDT-trades-2024-01.csv", f"1,42313.9,0.001,{text},{DAY},true")
    with pytest.raises(ArchiveError, match=r"line 1: quote_qty: '.*' is not a decimal number"):
        read_table(path)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], ": it has no rows"),
        ([files.AGG_TRADES], ": it has no rows"),
        ([files.TRADES, ROW], f", line 1: the header is '{files.TRADES[:40]}…', not '{files.AGG_TRADES}'"),
        ([f"{ROW},true"], ", line 1: 8 columns, not 7"),
        ([ROW, ""], ", line 2: an empty line, not 7"),
        ([ROW, "", NEXT], ", line 2: an empty line, not 7"),
        ([ROW, "26130,42314.0,1.5"], ", line 2: 3 columns, not 7"),
        ([ROW, NEXT.replace("false", "falsch")], ", line 2: is_buyer_maker: 'falsch' is not true or false"),
        ([ROW, NEXT.replace("26130", "x")], ", line 2: agg_trade_id: 'x' is not a whole number"),
        ([ROW, NEXT.replace(str(DAY + 47), "1704067200")], ", line 2: transact_time: '1704067200' is not a time in milliseconds"),
        ([ROW, NEXT.replace(str(DAY + 47), f"{DAY + 47}000")], f", line 2: transact_time: '{DAY + 47}000' is not a time in milliseconds (spot files from 2025 on are in microseconds; take those of USDⓈ-M futures)"),
        ([files.AGG_TRADES, NEXT, ROW], ", line 3: agg_trade_id 26129 is not after 26130: rows are out of order"),
        ([ROW, NEXT.replace(str(DAY + 47), str(DAY))], f", line 2: transact_time {DAY} is before {DAY + 47}: rows are out of order"),
        ([ROW, NEXT.replace("42314.0", "42314.05")], ", line 2: price 42314.05 is no multiple of the symbol's tick size 0.1"),
        ([ROW, NEXT.replace("42314.0", "0")], ", line 2: price 0 is not above zero"),
        ([ROW, NEXT.replace("42314.0", "9999999")], ", line 2: price 9999999 is outside the symbol's 556.8 to 4529764"),
        ([ROW, NEXT.replace("1.5", "0.0005")], ", line 2: quantity 0.0005 is no multiple of the symbol's step size 0.001"),
        ([ROW, NEXT.replace("1.5", "0")], ", line 2: quantity 0 is not above zero"),
        ([ROW.replace("27783", "27780")], ", line 1: last_trade_id 27780 is before first_trade_id 27781"),
        ([ROW, NEXT.replace("1.5", "0"), NEXT.replace("1.5", "y")], ", line 3: quantity: 'y' is not a decimal number"),
    ],
)  # fmt: skip
def test_damage_has_its_line_and_reason(tmp_path: Path, lines: list[str], reason: str) -> None:
    assert refusal(write(tmp_path, AGGS, *lines)) == reason


def test_a_file_that_was_cut_off(tmp_path: Path) -> None:
    path = write(tmp_path, AGGS, files.AGG_TRADES, ROW, NEXT)
    path.write_bytes(path.read_bytes()[:-1])
    assert refusal(path) == ", line 3: the last line has no end: the file was cut off"


def test_zips_that_are_none(tmp_path: Path) -> None:
    path = zipped(write(tmp_path, AGGS, *[ROW] * 500))
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    assert refusal(path) == ": the zip is damaged or cut off: File is not a zip file"
    path.write_bytes(whole[:80] + b"\xff\xff\xff" + whole[83:])
    assert refusal(path).startswith(": the zip is damaged or cut off: ")
    other = write(tmp_path, "BTCUSDT-aggTrades-2024-01-02.csv", ROW)
    zipped(other).rename(path)
    assert refusal(path) == (
        ": it holds BTCUSDT-aggTrades-2024-01-02.csv, not BTCUSDT-aggTrades-2024-01-01.csv alone"
    )


def test_the_archives_checksum_is_compared_where_it_lies_there(tmp_path: Path) -> None:
    path = write(tmp_path, AGGS, ROW)
    beside = path.with_name(f"{AGGS}.CHECKSUM")
    digest = "46ec9bf2ae27c6deb8ea98ba2d89f0dcdcf7e78eafaa6ed4f86bbb3d02ad38b3"
    beside.write_text(f"{digest}  {AGGS}\n")
    assert refusal(path).endswith(f", not that of {beside.name}")


def test_a_symbol_that_is_not_listed(tmp_path: Path) -> None:
    path = write(tmp_path, "PEPEUSDT-aggTrades-2024-01-01.csv", ROW)
    assert refusal(path) == ": PEPEUSDT is not listed here"


def test_a_file_that_is_not_of_the_archive(tmp_path: Path) -> None:
    assert "it is not named like a file of the archive" in refusal(write(tmp_path, "x.csv", ROW))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / AGGS) == ": it cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"1,42313.9,5.1,42314.0,0,{DAY},{DAY + 4}", None),
        (f"1,42313.9,5.1,42313.9,2.3,{DAY},{DAY}", "the bid 42313.9 is not below the ask 42313.9"),
        (f"1,42313.95,5.1,42314.0,2.3,{DAY},{DAY}", "best_bid_price 42313.95 is no multiple of the symbol's tick size 0.1"),
    ],
)  # fmt: skip
def test_book_tickers(tmp_path: Path, row: str, reason: str | None) -> None:
    path = write(tmp_path, "BTCUSDT-bookTicker-2024-01-01.csv", files.BOOK_TICKER, row)
    if reason:
        assert refusal(path) == f", line 2: {reason}"
    else:
        check(read_table(path), rules()["BTCUSDT"])


def candle(**changed: str) -> str:
    row = {
        "open_time": str(DAY),
        "open": "42314.0",
        "high": "42330.5",
        "low": "42289.6",
        "close": "42320.2",
        "volume": "289.641",
        "close_time": str(DAY + 59_999),
        "quote_volume": "12256155.4",
        "count": "3310",
        "taker_buy_volume": "175.211",
        "taker_buy_quote_volume": "7414459.8",
        "ignore": "0",
    }
    return ",".join((row | changed).values())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"open_time": str(DAY + 1)}, f"open_time {DAY + 1} begins no such interval"),
        ({"close_time": str(DAY + 60_000)}, f"close_time {DAY + 60_000} is not {DAY + 59_999}"),
        ({"high": "42310.0"}, "open 42314 is not from low 42289.6 to high 42310"),
        ({"close": "42289.5"}, "close 42289.5 is not from low 42289.6 to high 42330.5"),
        ({"low": "0"}, "low 0 is not above zero"),
        ({"open": "42314.05"}, "open 42314.05 is no multiple of the symbol's tick size 0.1"),
        ({"taker_buy_volume": "289.642"}, "taker_buy_volume 289.642 is above volume 289.641"),
        ({"open": "-42314.0"}, "open: '-42314.0' is not a decimal number"),
    ],
)  # fmt: skip
def test_candles(tmp_path: Path, changed: dict[str, str], reason: str | None) -> None:
    path = write(tmp_path, "BTCUSDT-1m-2024-01-01.csv", files.KLINES, candle(**changed))
    if reason:
        assert refusal(path) == f", line 2: {reason}"
    else:
        check(read_table(path), rules()["BTCUSDT"])


def test_the_premium_may_be_negative(tmp_path: Path) -> None:
    name = "premiumIndexKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.csv"
    prices = {"open": "-0.00012", "high": "0.00000001", "low": "-0.00013000", "close": "0"}
    table = read_table(write(tmp_path, name, candle(**prices)))
    check(table, rules()["BTCUSDT"])
    found = [table.columns[name].tolist() for name in ("open", "high", "low", "close")]
    assert found == [[-12_000], [1], [-13_000], [0]]


def test_paths_say_what_a_file_holds() -> None:
    marks = named(Path("um/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip"))
    assert marks == (MARK_PRICE_KLINES, "BTCUSDT", "1m", "2024-01")
    assert named(Path("BTCUSDT-4h-2024-01-01.csv")) == (KLINES, "BTCUSDT", "4h", "2024-01-01")
    quotes = named(Path("klines/ETHUSDT-bookTicker-2024-01-01.csv"))
    assert quotes == (BOOK_TICKER, "ETHUSDT", "", "2024-01-01")
    assert named(Path("BTCUSDT-trades-2024-01.csv")) == (TRADES, "BTCUSDT", "", "2024-01")
    for name in ("BTCUSDT-metrics-2024-01-01.csv", "BTCUSDT-1M-2024-01.zip", "BTCUSDT-trades.csv"):
        assert named(Path(name)) is None

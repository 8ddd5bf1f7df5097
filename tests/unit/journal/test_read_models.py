"""Rows for the histories are caches: dropped and built anew, they are the same."""

import sqlite3
from pathlib import Path

import pytest

from clearhouse.journal import read_models
from clearhouse.journal.read_models import TABLES
from clearhouse.journal.record import Head
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.journal.tables import read_table
from journal.history import ANN, BOB, START, history, later, records, transfer
from journal.trades import trades

Rows = dict[str, list[tuple[object, ...]]]


def rows(path: Path) -> Rows:
    db = sqlite3.connect(path)
    found: Rows = {table.name: list(read_table(db, table)) for table in TABLES}
    db.close()
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal in batches, with a reset in the middle of one, and orders that outlive one."""
    journal = SqliteJournal(tmp_path / "journal.db")
    events = [*history(), *later(), transfer(13_526_853_650, ANN, 1, at=9)]
    life = trades()
    for batch in (events[:3], events[3:15], events[15:], life[:10], life[10:]):
        journal.append(records(batch, journal.head()))
        journal.commit()
    journal.close()
    return tmp_path / "journal.db"


def test_the_rows_are_those_of_the_life_after_the_reset(path: Path) -> None:
    found = rows(path)
    assert [row[0] for row in found["transfers"]] == [
        13_526_853_627,
        13_526_853_628,
        13_526_853_650,
    ]
    assert [row[0] for row in found["deposits"]] == [
        13_526_853_625,
        13_526_853_626,
        13_526_853_631,
        13_526_853_632,
        13_526_853_637,
    ]
    assert [row[0] for row in found["withdrawals"]] == [13_526_853_630]
    assert [row[0] for row in found["dividends"]] == [13_526_853_633]
    assert [row[:2] for row in found["dust"]] == [
        (13_526_853_634, 13_526_853_635),
        (13_526_853_634, 13_526_853_636),
    ]
    assert found["index_prices"] == [
        (7, "USDT", 100_000_000, START + 4),
        (8, "BTC", 6_500_000_000_000, START + 4),
        (10, "BTC", 6_400_012_345_678, START + 6),
        (26, "BNB", 60_000_000_000, START + 1_000),
        (27, "DOGE", 8_000_000, START + 1_000),
    ]
    assert len(found["postings"]) == 12 + 18 + 14


def test_the_rows_of_trading_are_as_the_last_event_left_them(path: Path) -> None:
    found, now = rows(path), START + 61_000
    first, second, third = found["orders"]
    assert first == (
        *(4_000_000_001, ANN, "client-4000000001", "BTCUSDT", "BUY", "BOTH", "LIMIT", "GTC"),
        *(300_000, 6_400_000_000_000, 0, 0, "EXPIRE_MAKER", "NONE", 0, 0, 0, now, now),
        *("CANCELED", 100_000, 6_400_000_000, 1, 7),
    )
    assert second[:2] == (4_000_000_002, BOB)
    assert second[-5:] == ("FILLED", 100_000, 6_400_000_000, 0, 0)
    assert third[-5:] == ("FILLED", 100_000, 6_390_000_000, 0, 0)
    assert found["fills"] == [
        (
            *(56, ANN, 1, "BTCUSDT", 4_000_000_001, "BUY", "BOTH", 6_400_000_000_000, 100_000),
            *(6_400_000_000, 0, 1_024_000, "USDT", "USDT", 1, now),
        ),
        (
            *(57, BOB, 1, "BTCUSDT", 4_000_000_002, "SELL", "SHORT", 6_400_000_000_000, 100_000),
            *(6_400_000_000, 0, 3_200_000, "USDT", "USDT", 0, now),
        ),
        (
            *(64, ANN, 2, "BTCUSDT", 4_000_000_003, "SELL", "BOTH", 6_390_000_000_000, 100_000),
            *(6_390_000_000, -10_000_000, 2_556_000, "USDT", "USDT", 0, now),
        ),
    ]
    assert found["amendments"] == [
        (
            *(1, ANN, "BTCUSDT", 4_000_000_001, "client-4000000001", now),
            *(6_399_000_000_000, 6_400_000_000_000, 200_000, 300_000, 1, 7),
        )
    ]
    assert found["margin_changes"] == [
        (BOB, "BTCUSDT", now, 58, "SHORT", "USDT", 500_000_000),
    ]
    assert found["algo_orders"] == [
        (
            *(2_000_001, ANN, "algo-2000001", "BTCUSDT", "SELL", "BOTH", "TRAILING_STOP_MARKET"),
            *("GTC", 100_000, 0, 0, "CONTRACT_PRICE", "NONE", 0, 0, 1, 6_400_000_000_000),
            *(1_000_000, "NONE", 0, now, now, now, "FINISHED", 1, 6_400_000_000_000),
            *(4_000_000_003, ""),
        )
    ]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE meta SET value = 0",
        "DELETE FROM meta",
        "UPDATE meta SET value = 99",
    ],
)
def test_rows_of_another_version_are_built_anew(path: Path, damage: str) -> None:
    written = rows(path)
    db = sqlite3.connect(path)
    db.execute(damage)
    db.execute("DELETE FROM transfers")
    db.execute("UPDATE postings SET units = units + 1")
    db.execute("UPDATE orders SET status = 'NEW'")
    db.commit()
    db.close()
    assert rows(path) != written
    SqliteJournal(path).close()
    assert rows(path) == written


def test_rows_of_this_version_are_left_alone(path: Path) -> None:
    """A start does not read the whole journal for nothing."""
    db = sqlite3.connect(path)
    db.execute("DELETE FROM transfers")
    db.commit()
    db.close()
    SqliteJournal(path).close()
    assert rows(path)["transfers"] == []


def test_a_new_version_of_the_rows_is_noted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_models, "VERSION", 7)
    written = rows(path)
    SqliteJournal(path).close()
    db = sqlite3.connect(path)
    assert db.execute("SELECT value FROM meta WHERE name = 'read_models'").fetchall() == [(7,)]
    db.close()
    assert rows(path) == written


def test_a_rebuild_that_is_cut_off_leaves_the_old_rows(path: Path) -> None:
    """It is one transaction: a broken batch on the way changes nothing."""
    written = rows(path)
    db = sqlite3.connect(path)
    db.execute("UPDATE meta SET value = 0")
    db.execute("UPDATE batches SET hash = zeroblob(32) WHERE first = 16")
    db.commit()
    db.close()
    with pytest.raises(Exception, match="the hash chain breaks"):
        SqliteJournal(path)
    assert rows(path) == written


def test_what_was_staged_and_not_committed_is_nowhere(path: Path) -> None:
    """Records and rows are one transaction."""
    written = rows(path)
    journal = SqliteJournal(path)
    head = journal.head()
    journal.append(records([transfer(13_526_853_651, ANN, 1, at=9)], head))
    journal.close()
    assert rows(path) == written
    again = SqliteJournal(path)
    assert again.head() == head
    assert sum(len(events) for _, events in again.events(Head())) == 68
    again.close()

"""Income as the store keeps it: which rows there are, and that a page walks no more than itself."""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from clearhouse.journal.history import History
from clearhouse.journal.read_models import project
from clearhouse.journal.rows import Rows
from clearhouse.journal.tables import create_tables, write_rows
from clearhouse.messages.histories import IncomeHistory
from clearhouse.model.ids import Millis, Seq
from clearhouse.model.wallets import FUNDING, UMFUTURE
from journal.history import ANN, BOB, deposit, history
from journal.trades import funded, trades

END = Millis(2**53)
TRADES = [
    (ANN, 5, 90, 0, 7, "USDT", 3, "REALIZED_PNL", "BTCUSDT", 1),
    (ANN, 6, 91, 0, 8, "USDT", -1, "COMMISSION", "BTCUSDT", 2),
    (ANN, 4, 92, 0, 9, "USDT", 2, "REALIZED_PNL", "ETHUSDT", 1),
    (BOB, 5, 93, 0, 7, "USDT", 9, "REALIZED_PNL", "BTCUSDT", 1),
]
"""Rows of trades."""


class Store(NamedTuple):
    """The read models alone, and the statements that they were asked."""

    db: sqlite3.Connection
    histories: History
    asked: list[str]

    def page(self, **facts: object) -> list[tuple[int, int, str]]:
        query = {"uid": ANN, "start": 0, "end": END, "offset": 0, "limit": 100} | facts
        self.asked.clear()
        rows = self.histories.answer(IncomeHistory(**query))  # type: ignore[arg-type]  # as named
        return [(row.at, row.units, row.symbol) for row in rows]

    def plan(self) -> list[str]:
        [statement] = [text for text in self.asked if text.startswith("SELECT")]
        return [row[-1] for row in self.db.execute(f"EXPLAIN QUERY PLAN {statement}")]


@pytest.fixture
def store() -> Iterator[Store]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(db)
    rows = Rows()
    for entry in TRADES:
        rows.add("income", entry)
    project(Seq(94), deposit(10, ANN, 5, at=0, wallet=UMFUTURE), rows)
    project(Seq(95), deposit(11, ANN, 6, at=0, wallet=FUNDING), rows)
    write_rows(db, rows)
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    yield Store(db, History(db), asked)
    db.close()


DEPOSITED = 1_760_000_000_000


@pytest.mark.parametrize("newest", [True, False])
def test_rows_of_an_account_are_a_range_of_the_table(store: Store, newest: bool) -> None:
    assert store.page(newest=newest) == [
        (4, 2, "ETHUSDT"),
        (5, 3, "BTCUSDT"),
        (6, -1, "BTCUSDT"),
        (DEPOSITED, 5, ""),
    ]
    assert store.plan() == ["SEARCH income USING PRIMARY KEY (uid=? AND at>? AND at<?)"]


@pytest.mark.parametrize(("newest", "second"), [(False, (6, -1)), (True, (5, 3))])
def test_rows_of_a_symbol_are_a_range_of_an_index(
    store: Store, newest: bool, second: tuple[int, int]
) -> None:
    assert store.page(symbol="BTCUSDT", newest=newest) == [(5, 3, "BTCUSDT"), (6, -1, "BTCUSDT")]
    assert store.plan() == [
        "SEARCH income USING INDEX income_by_symbol (uid=? AND symbol=? AND at>? AND at<?)"
    ]
    [(at, units, _)] = store.page(symbol="BTCUSDT", newest=newest, offset=1)
    assert (at, units) == second


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"whys": ("COMMISSION",)}, [6]),
        ({"whys": ("COMMISSION", "DEPOSIT")}, [6, DEPOSITED]),
        ({"whys": ("FUNDING_FEE",)}, []),
        ({"whys": ("REALIZED_PNL",), "symbol": "ETHUSDT"}, [4]),
        ({"whys": (), "symbol": "ETHUSDT"}, []),
        ({"whys": ()}, []),
        ({"start": 5, "end": 6}, [5, 6]),
        ({"start": 5, "end": 6, "symbol": "ETHUSDT"}, []),
        ({"uid": BOB}, [5]),
    ],
)
def test_filters(store: Store, facts: dict[str, object], expected: list[int]) -> None:
    assert [at for at, _, _ in store.page(**facts)] == expected


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize("symbol", [None, "BTCUSDT"])
def test_funding_is_a_range_of_an_index_of_its_own(
    store: Store, symbol: str | None, newest: bool
) -> None:
    """It is asked for often, and an account that trades has a thousand rows for each of it."""
    rows = Rows()
    project(Seq(96), funded(12, -5, at=0), rows)
    write_rows(store.db, rows)
    found = store.page(whys=("FUNDING_FEE",), symbol=symbol, newest=newest)
    assert found == [(DEPOSITED, -5, "BTCUSDT")]
    [step] = store.plan()
    assert step == "SEARCH income USING INDEX income_of_funding (uid=? AND at>? AND at<?)"


def test_rows_without_a_symbol_are_not_in_the_index_of_symbols(store: Store) -> None:
    """So a transfer does not pay for it."""
    store.db.execute("DELETE FROM income WHERE symbol <> ''")
    entries = store.db.execute(
        "SELECT count(*) FROM income INDEXED BY income_by_symbol WHERE symbol <> ''"
    )
    assert entries.fetchone() == (0,)


def test_income_is_the_postings_of_the_futures_wallets() -> None:
    """The two tables are written from one event and must agree."""
    db = sqlite3.connect(":memory:")
    create_tables(db)
    rows = Rows()
    for number, event in enumerate([*history(), *trades()], 1):
        project(Seq(number), event, rows)
    write_rows(db, rows)
    columns = "uid, at, seq, leg, tran_id, asset, units, why, symbol"
    postings = db.execute(
        f"SELECT {columns} FROM postings WHERE wallet = 'UMFUTURE' ORDER BY uid, at, seq, leg"
    ).fetchall()
    assert postings
    assert db.execute(f"SELECT {columns} FROM income").fetchall() == postings
    db.close()

"""Rows of what accounts did in a symbol, added up in steps of five minutes.

A fill says what it changed: the quantities that are held long and short, how many positions
there are, and by its taker what was bought or sold. Sums of changes are all that is kept, so a
step is one row however much was traded in it, and what was held at a moment is the sum of all
steps before it: of whole days, and of the steps of the last one.

Samples lie beside them: they are taken of the state (`runtime/sampling.py`) and do not follow
from single events, so they are not rebuilt.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

from clearhouse.journal.postings import post_fill
from clearhouse.journal.rows import Rows, Table
from clearhouse.messages import trading_events as events
from clearhouse.messages.events import Event
from clearhouse.messages.statistics import STEP_MS, Sample
from clearhouse.model.ids import DAY_MS, Millis, Seq
from clearhouse.model.orders import Side

COUNTED = (
    "bought", "sold", "trades", "longs", "shorts", "long", "short", "house", "fund",
)  # fmt: skip
"""`longs` and `shorts` are positions of accounts, `long` and `short` their quantities."""


def _table(name: str) -> Table:
    sums = "".join(f"{column} INTEGER NOT NULL, " for column in COUNTED)
    columns = f"symbol TEXT NOT NULL, at INTEGER NOT NULL, {sums}PRIMARY KEY (symbol, at)"
    key = "symbol, at"
    return Table(name, columns, key, without_rowid=True, sums=(key, COUNTED))


TABLES = _table("activity"), _table("activity_by_day")

SAMPLES = """
CREATE TABLE IF NOT EXISTS samples (
  symbol TEXT NOT NULL, at INTEGER NOT NULL, last INTEGER NOT NULL, mark INTEGER NOT NULL,
  index_price INTEGER NOT NULL, top_longs INTEGER NOT NULL, top_shorts INTEGER NOT NULL,
  top_long INTEGER NOT NULL, top_short INTEGER NOT NULL, PRIMARY KEY (symbol, at)) WITHOUT ROWID;
"""


Fill = events.OrderFilled | events.HouseFilled | events.FundFilled


def write_samples(db: sqlite3.Connection, samples: Iterable[tuple[Millis, Sample]]) -> None:
    """Keep samples; one of the same moment is replaced, because a clock may be set back."""
    rows = [(one.symbol, at, *one[1:]) for at, one in samples]
    db.executemany(f"INSERT OR REPLACE INTO samples VALUES ({', '.join('?' * 9)})", rows)  # noqa: S608  holes only


def count_fill(rows: Rows, event: events.OrderFilled) -> None:
    """Add what an account's side of a trade changed."""
    after = event.position.quantity
    before = after - event.side.sign * event.quantity
    held = (
        (after > 0) - (before > 0),
        (after < 0) - (before < 0),
        max(after, 0) - max(before, 0),
        max(-after, 0) - max(-before, 0),
    )
    _count(rows, event, (*_taken(event, maker=event.maker), *held, 0, 0))


def _house_filled(rows: Rows, seq: Seq, event: events.HouseFilled) -> None:
    post_fill(rows, seq, event)
    moved = event.side.sign * event.quantity
    taken = _taken(event, maker=event.maker)
    _count(rows, event, (*taken, 0, 0, 0, 0, moved, 0))


def _fund_filled(rows: Rows, seq: Seq, event: events.FundFilled) -> None:
    post_fill(rows, seq, event)
    moved = event.side.sign * event.quantity
    _count(rows, event, (0, 0, 0, 0, 0, 0, 0, 0, moved))


def _taken(event: events.OrderFilled | events.HouseFilled, *, maker: bool) -> tuple[int, int, int]:
    """What the taker bought and sold in a trade, which is counted on the taker's side."""
    if maker:
        return 0, 0, 0
    return (event.quantity, 0, 1) if event.side is Side.BUY else (0, event.quantity, 1)


def _count(rows: Rows, event: Fill, amounts: tuple[int, ...]) -> None:
    """Add to the step and to the day of a fill."""
    at = event.at
    rows.count("activity", (event.symbol, at - at % STEP_MS), amounts)
    rows.count("activity_by_day", (event.symbol, at - at % DAY_MS), amounts)


PROJECTIONS: dict[type[Event], Callable[[Rows, Seq, Any], None]] = {
    events.HouseFilled: _house_filled,
    events.FundFilled: _fund_filled,
}

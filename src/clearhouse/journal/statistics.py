"""Statistics as SQL: what was held, traded and priced at each of a row of moments."""

import sqlite3
from collections.abc import Callable, Iterator
from operator import add
from typing import Any

from clearhouse.journal.activity_rows import COUNTED, TABLES
from clearhouse.journal.rows import Row
from clearhouse.messages.queries import Query
from clearhouse.messages.statistics import Moment, Sample, Statistics
from clearhouse.model.ids import DAY_MS, Millis

STEPS, DAYS = (table.name for table in TABLES)
_HELD = ", ".join(f"ifnull(sum({name}), 0)" for name in COUNTED[3:])
_WITHIN = "WHERE symbol = ? AND at >= ? AND at < ?"

_SAMPLE = "SELECT at, last, mark, index_price, top_longs, top_shorts, top_long, top_short"
_LAST_SAMPLE = f"{_SAMPLE} FROM samples WHERE symbol = ? AND at <= ? ORDER BY at DESC LIMIT 1"
_SAMPLES = f"{_SAMPLE} FROM samples WHERE symbol = ? AND at > ? AND at <= ? ORDER BY at"

EARLIEST = -(2**63)
Counts = tuple[int, ...]


class StatisticsHistories:
    """Answers on a connection that is used by one thread at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.answers: dict[type[Query[Any]], Callable[[Any], Any]] = {Statistics: self._moments}

    def _moments(self, asked: Statistics) -> tuple[Moment, ...]:
        moments = range(asked.first, asked.last + 1, asked.period)
        return tuple(
            map(_moment, moments, self._counts(asked, moments), self._samples(asked, moments))
        )

    def _counts(self, asked: Statistics, moments: range) -> Iterator[Counts]:
        """What was traded in the period before each moment, and what was held at it."""
        start = asked.first - asked.period
        held = self._held(asked.symbol, start)
        table = STEPS if asked.period % DAY_MS else DAYS
        columns = f"at, {', '.join(COUNTED)}"
        steps = iter(self._within(columns, table, asked.symbol, start, asked.last))
        step = next(steps, None)
        for moment in moments:
            bought = sold = trades = 0
            while step is not None and step[0] < moment:
                bought, sold, trades = bought + step[1], sold + step[2], trades + step[3]
                held = tuple(map(add, held, step[4:]))
                step = next(steps, None)
            yield bought, sold, trades, *held

    def _held(self, symbol: str, at: int) -> Counts:
        """The sum of all steps before a moment: of whole days, and of the steps of its own."""
        day = at - at % DAY_MS
        (days,) = self._within(_HELD, DAYS, symbol, EARLIEST, day)
        (steps,) = self._within(_HELD, STEPS, symbol, day, at)
        return tuple(map(add, days, steps))

    def _within(self, columns: str, table: str, symbol: str, start: int, end: int) -> list[Row]:
        """Rows of a table in the order of time; the end is not in the window."""
        statement = f"SELECT {columns} FROM {table} {_WITHIN} ORDER BY at"  # noqa: S608  constants
        return self._db.execute(statement, (symbol, start, end)).fetchall()

    def _samples(self, asked: Statistics, moments: range) -> Iterator[Sample | None]:
        """The sample that stands at each moment."""
        found = self._db.execute(_LAST_SAMPLE, (asked.symbol, asked.first)).fetchall()
        found += self._db.execute(_SAMPLES, (asked.symbol, asked.first, asked.last)).fetchall()
        found.reverse()
        standing: Sample | None = None
        for moment in moments:
            while found and found[-1][0] <= moment:
                standing = Sample(asked.symbol, *found.pop()[1:])
            yield standing


def _moment(at: int, counts: Counts, sample: Sample | None) -> Moment:
    bought, sold, trades, longs, shorts, long, _, house, fund = counts
    held = long + max(house, 0) + max(fund, 0)
    return Moment(Millis(at), bought, sold, trades, longs, shorts, held, sample)

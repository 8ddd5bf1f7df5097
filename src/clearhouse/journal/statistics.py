"""Statistics as SQL: what was held, traded and priced at each of a row of moments."""

import sqlite3
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

from clearhouse.journal.activity_rows import COUNTED
from clearhouse.messages.queries import Query
from clearhouse.messages.statistics import Moment, Sample, Statistics
from clearhouse.model.ids import Millis

_SUMS = ", ".join(f"ifnull(sum({name}), 0)" for name in COUNTED)
_UNTIL = f"SELECT {_SUMS} FROM activity WHERE symbol = ? AND at < ?"  # noqa: S608  constants
_WITHIN = f"SELECT at, {', '.join(COUNTED)} FROM activity WHERE symbol = ? AND at >= ? AND at < ?"  # noqa: S608  constants
_SAMPLE = "SELECT at, last, mark, index_price, top_longs, top_shorts, top_long, top_short"
_LAST_SAMPLE = f"{_SAMPLE} FROM samples WHERE symbol = ? AND at <= ? ORDER BY at DESC LIMIT 1"
_SAMPLES = f"{_SAMPLE} FROM samples WHERE symbol = ? AND at > ? AND at <= ? ORDER BY at"

Counts = tuple[int, ...]


class StatisticsHistories:
    """Answers on a connection that is used by one thread at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.answers: dict[type[Query[Any]], Callable[[Any], Any]] = {Statistics: self._moments}

    def _moments(self, asked: Statistics) -> tuple[Moment, ...]:
        moments = range(asked.first, asked.last + 1, asked.period)
        sums = self._sums(asked, moments)
        return tuple(
            _moment(Millis(at), before, after, sample)
            for at, before, after, sample in zip(
                moments, sums[:-1], sums[1:], self._samples(asked, moments), strict=True
            )
        )

    def _sums(self, asked: Statistics, moments: range) -> list[Counts]:
        """What was counted up to the start of the first period, and up to each moment."""
        start = asked.first - asked.period
        before: Counts = self._db.execute(_UNTIL, (asked.symbol, start)).fetchone()
        steps = [[0] * len(COUNTED) for _ in moments]
        for at, *counts in self._db.execute(_WITHIN, (asked.symbol, start, asked.last)):
            step = steps[(at - start) // asked.period]
            step[:] = map(int.__add__, step, counts)
        return list(accumulate(map(tuple, steps), _added, initial=before))

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


def _added(before: Counts, step: Counts) -> Counts:
    return tuple(map(int.__add__, before, step))


def _moment(at: Millis, before: Counts, after: Counts, sample: Sample | None) -> Moment:
    bought, sold, trades = (now - then for now, then in zip(after[:3], before[:3], strict=True))
    longs, shorts, long, _, house, fund = after[3:]
    held = long + max(house, 0) + max(fund, 0)
    return Moment(at, bought, sold, trades, longs, shorts, held, sample)

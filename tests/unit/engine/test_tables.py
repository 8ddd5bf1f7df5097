"""The dispatch tables are total: each command, event and query has its one place."""

import sqlite3
from typing import get_args

from clearhouse.engine.apply import CHANGES
from clearhouse.engine.execute import DECISIONS, SEVERAL, STEP_BY_STEP
from clearhouse.engine.notices import ENDS, TOLD
from clearhouse.engine.queries import ANSWERS
from clearhouse.journal.history import History
from clearhouse.journal.read_models import PROJECTIONS, TABLES, project
from clearhouse.journal.rows import Rows
from clearhouse.messages.commands import Command
from clearhouse.messages.events import EVENT_TYPES, Event
from clearhouse.messages.histories import HistoryQuery
from clearhouse.messages.market_facts import MarketFact
from clearhouse.messages.market_queries import (
    ReadCandles,
    ReadOpenCandle,
    ReadStatistics,
    TapeQuery,
)
from clearhouse.messages.queries import StateQuery
from clearhouse.messages.trading_queries import (
    ReadBookRevision,
    ReadDepth,
    ReadQuotes,
    TradingQuery,
)
from clearhouse.model.ids import Seq
from clearhouse.tape.answers import TAPE_ANSWERS
from journal.history import history, later
from journal.margins import margins
from journal.trades import trades

READ_LATER: set[type] = {ReadCandles, ReadOpenCandle, ReadStatistics}


def members(union: object) -> set[type]:
    return set(get_args(union))


def test_every_command_has_one_decision() -> None:
    tables = (DECISIONS, SEVERAL, STEP_BY_STEP)
    decided = [command for table in tables for command in table]
    assert set(decided) == members(Command)
    assert len(set(decided)) == len(decided)


def test_every_event_has_one_change() -> None:
    assert CHANGES.keys() == set(EVENT_TYPES) == members(Event)


def test_every_query_has_one_answer() -> None:
    asked = members(StateQuery) | members(TradingQuery) | members(MarketFact)
    assert ANSWERS.keys() == asked
    assert History(sqlite3.connect(":memory:"))._answers.keys() == members(HistoryQuery)
    assert asked.isdisjoint(members(HistoryQuery))


def test_every_query_about_the_public_market_has_one_answer() -> None:
    """The tape's own, those that wait for a store, and of the state's those that it numbers."""
    numbered = {ReadBookRevision, ReadDepth, ReadQuotes}
    at_once, later = members(TapeQuery) - READ_LATER, members(TapeQuery) & READ_LATER
    assert TAPE_ANSWERS.keys() == at_once | numbered
    assert later == READ_LATER
    assert numbered <= members(TradingQuery)


def test_notices_and_rows_are_of_events() -> None:
    assert TOLD.keys() | ENDS.keys() <= set(EVENT_TYPES)
    assert PROJECTIONS.keys() <= set(EVENT_TYPES)


def test_whatever_moves_money_has_its_postings_as_rows() -> None:
    moving = {event for event in EVENT_TYPES if "postings" in event.__struct_fields__}
    assert moving <= PROJECTIONS.keys()
    for event in (*history(), *later(), *trades(), *margins()):
        rows = Rows()
        project(Seq(1), event, rows)
        assert len(rows.tables.get("postings", [])) == len(getattr(event, "postings", ()))


def test_rows_have_the_columns_of_their_tables() -> None:
    declared = {table.name: table.columns.partition(", PRIMARY KEY")[0] for table in TABLES}
    columns = {name: text.count(", ") + 1 for name, text in declared.items()}
    rows = Rows()
    for event in (*history(), *later(), *trades(), *margins()):
        project(Seq(1), event, rows)
    counted = {table.name: table for table in TABLES if table.sums}
    assert rows.tables.keys() == columns.keys() - counted.keys()
    for name, counts in rows.counts.items():
        assert all(len(key) + len(sums) == columns[name] for key, sums in counts.items())
    assert rows.counts.keys() == counted.keys()
    for name, entries in rows.tables.items():
        assert {len(entry) for entry in entries} == {columns[name]}
    assert rows.changes.keys() == {table.name for table in TABLES if table.key}

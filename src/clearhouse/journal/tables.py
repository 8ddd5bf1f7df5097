"""The read models as SQL: their tables, and writing them."""

import sqlite3
from collections.abc import Iterator

from clearhouse.journal.activity_rows import SAMPLES
from clearhouse.journal.read_models import TABLES
from clearhouse.journal.rows import Changes, Counts, Row, Rows, Table

_SUMS = {table.name: table.sums for table in TABLES if table.sums}
_KEYS = {table.name: table.key for table in TABLES if table.key}


def create_tables(db: sqlite3.Connection) -> None:
    """Empty tables in place of whatever was there."""
    for table in TABLES:
        db.execute(f"DROP TABLE IF EXISTS {table.name}")
        rowid = " WITHOUT ROWID" if table.without_rowid else ""
        db.execute(f"CREATE TABLE {table.name} ({table.columns}){rowid}")
        for index in table.indexes:
            db.execute(f"CREATE INDEX {index}")
    db.execute(SAMPLES)


def write_rows(db: sqlite3.Connection, rows: Rows) -> None:
    """Write what events added, then what they changed."""
    if rows.reset:
        for table in TABLES:
            db.execute(f"DELETE FROM {table.name}")  # noqa: S608  names of the tables
        db.execute("DELETE FROM samples")
    for name, entries in rows.tables.items():
        holes = ", ".join("?" * len(entries[0]))
        db.executemany(f"INSERT INTO {name} VALUES ({holes})", entries)  # noqa: S608  as above
    for name, changes in rows.changes.items():
        _change(db, name, changes)
    for name, counts in rows.counts.items():
        _count(db, name, counts)


def _change(db: sqlite3.Connection, table: str, changes: Changes) -> None:
    """Set the new values; rows whose same columns change share a statement."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for key, values in changes.items():
        alike.setdefault(tuple(values), []).append((*values.values(), key))
    for columns, entries in alike.items():
        new = ", ".join(f"{column} = ?" for column in columns)
        db.executemany(f"UPDATE {table} SET {new} WHERE {_KEYS[table]} = ?", entries)  # noqa: S608  as above


def _count(db: sqlite3.Connection, table: str, counts: Counts) -> None:
    """Add to the sums of rows, which are there from the first time on."""
    key, columns = _SUMS[table]
    more = ", ".join(f"{column} = {column} + excluded.{column}" for column in columns)
    entries = [(*name, *amounts) for name, amounts in counts.items()]
    holes = ", ".join("?" * len(entries[0]))
    db.executemany(
        f"INSERT INTO {table} VALUES ({holes}) ON CONFLICT ({key}) DO UPDATE SET {more}",  # noqa: S608  as above
        entries,
    )


def read_table(db: sqlite3.Connection, table: Table) -> Iterator[Row]:
    """Every row in the order of the table."""
    return db.execute(f"SELECT * FROM {table.name} ORDER BY {table.order}")  # noqa: S608  as above

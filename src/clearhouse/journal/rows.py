"""Rows that events add to the tables of the read models, or change in them.

What is collected here is written in one go: first the new rows, then the changes. Changes of
one row are put together as they come, so that a row is changed once however often an order was
filled meanwhile.
"""

from operator import add
from typing import Any, NamedTuple

Row = tuple[Any, ...]
Changes = dict[int, dict[str, Any]]
"""New values of columns, by the key of their row."""
Counts = dict[Row, Row]
"""What is added to sums, by the key of their row."""


class Table(NamedTuple):
    """A table: its columns as SQL declares them, its order, its indexes.

    `key`: the column by which its rows are found to be changed; none where they never are.
    `sums`: its key, and the columns that are added up where a row of that key is there.
    """

    name: str
    columns: str
    order: str
    indexes: tuple[str, ...] = ()
    without_rowid: bool = False
    key: str = ""
    sums: tuple[str, tuple[str, ...]] | None = None

    @property
    def changes(self) -> bool:
        """Whether later events change its rows."""
        return bool(self.key or self.sums)


class Rows:
    """Rows by table that one or several events add and change.

    `reset`: forget all earlier rows first.
    """

    def __init__(self) -> None:
        self.reset = False
        self.tables: dict[str, list[Row]] = {}
        self.changes: dict[str, Changes] = {}
        self.counts: dict[str, Counts] = {}

    def add(self, table: str, row: Row) -> None:
        """One more row of a table."""
        self.tables.setdefault(table, []).append(row)

    def change(self, table: str, key: int, values: dict[str, Any]) -> None:
        """Other values in the row with this key, which was added before."""
        changes = self.changes.setdefault(table, {})
        earlier = changes.get(key)
        if earlier is None:
            changes[key] = values
        else:
            earlier.update(values)

    def count(self, table: str, key: Row, amounts: Row) -> None:
        """Add to the sums in the row with this key, which need not be there."""
        counts = self.counts.setdefault(table, {})
        earlier = counts.get(key)
        counts[key] = amounts if earlier is None else tuple(map(add, earlier, amounts))

    def forget(self) -> None:
        """A reset drops what was collected before it."""
        self.reset = True
        self.tables = {}
        self.changes = {}
        self.counts = {}

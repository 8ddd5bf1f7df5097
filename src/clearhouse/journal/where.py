"""Conditions of statements.

Every condition that a query leaves open is left out of its statement, so that SQLite sees
which index serves it.
"""

from typing_extensions import override

from clearhouse.model.ids import Millis


class Where:
    """The conditions of a statement, all of which must hold."""

    def __init__(self, **equal: object) -> None:
        self._parts: list[str] = []
        self.values: list[object] = []
        for column, value in equal.items():
            self.equal(column, value)

    def equal(self, column: str, value: object) -> None:
        """A column has a value; None leaves the condition out."""
        if value is not None:
            self._parts.append(f"{column} = ?")
            self.values.append(value)

    def among(self, column: str, values: tuple[object, ...] | None) -> None:
        """A column has one of some values; None leaves the condition out."""
        if values is not None:
            self._parts.append(f"{column} IN ({', '.join('?' * len(values))})")
            self.values.extend(values)

    def either(self, one: str, other: str, value: object) -> None:
        """One of two columns has a value; None leaves the condition out."""
        if value is not None:
            self._parts.append(f"({one} = ? OR {other} = ?)")
            self.values.extend((value, value))

    def within(self, start: Millis, end: Millis, column: str = "at") -> None:
        """The closed time window."""
        self._parts.append(f"{column} BETWEEN ? AND ?")
        self.values.extend((start, end))

    def above(self, column: str, value: int) -> None:
        """A column is larger."""
        self._parts.append(f"{column} > ?")
        self.values.append(value)

    def least(self, column: str, value: int | None) -> None:
        """A column is not smaller; None leaves the condition out."""
        if value is not None:
            self._parts.append(f"{column} >= ?")
            self.values.append(value)

    def until(self, column: str, value: int | None) -> None:
        """A column is not larger; None leaves the condition out."""
        if value is not None:
            self._parts.append(f"{column} <= ?")
            self.values.append(value)

    def must(self, condition: str, *values: object) -> None:
        """Any other condition."""
        self._parts.append(condition)
        self.values.extend(values)

    @override
    def __str__(self) -> str:
        return " AND ".join(self._parts)

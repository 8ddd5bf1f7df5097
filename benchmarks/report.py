"""What a benchmark hands back, and how it is shown: a table for people, JSON for machines."""

import dataclasses
import json
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

FILE_WIDTH = 160
"""Columns of a table that is written to a file: wide enough to break no row."""


class UnavailableError(Exception):
    """A benchmark cannot run here; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Result:
    """One measured value beside its target.

    `at_most` turns the comparison round: for latency, memory and time, less is better.
    """

    name: str
    measured: str
    reference: str
    value: float
    target: float
    unit: str = "x"
    at_most: bool = False
    detail: dict[str, object] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the value is on the right side of its target."""
        return self.value <= self.target if self.at_most else self.value >= self.target


@dataclass(frozen=True)
class Skipped:
    """A benchmark that could not run, and why."""

    name: str
    reason: str


def show(results: list[Result | Skipped]) -> None:
    """Print one row for each result, then the reasons of those that did not run."""
    table = Table(title="Clearhouse benchmarks: ratios within one run")
    for heading in ("benchmark", "measured", "reference", "value", "target", "verdict"):
        table.add_column(heading, justify="right" if heading in ("value", "target") else "left")
    for result in results:
        table.add_row(*row(result))
    console = Console()
    if not console.is_terminal:
        console.width = FILE_WIDTH
    console.print(table)
    for skipped in (result for result in results if isinstance(result, Skipped)):
        console.print(f"{skipped.name} did not run: {skipped.reason}", markup=False)


def row(result: Result | Skipped) -> tuple[str, ...]:
    """Return the cells of one table row."""
    if isinstance(result, Skipped):
        return (result.name, "-", "-", "-", "-", "did not run")
    sign = "≤" if result.at_most else "≥"
    return (
        result.name,
        result.measured,
        result.reference,
        f"{number(result.value)} {result.unit}",
        f"{sign} {number(result.target)} {result.unit}",
        "[green]met[/green]" if result.met else "[red]missed[/red]",
    )


def number(value: float) -> str:
    """Format with three significant digits, or whole with thousands marks when large."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def as_json(results: list[Result | Skipped]) -> str:
    """Return all results as one JSON array; what did not run carries its reason."""
    return json.dumps([record(result) for result in results], indent=2)


def record(result: Result | Skipped) -> dict[str, object]:
    """Return one result as plain data, with its verdict."""
    fields = dataclasses.asdict(result)
    return fields | {"met": result.met} if isinstance(result, Result) else fields

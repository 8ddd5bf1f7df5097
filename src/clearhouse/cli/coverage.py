"""`clearhouse coverage`: every operation that is built."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from clearhouse.api.coverage import (
    RECV_WINDOW,
    SIGNATURE,
    TIMESTAMP,
    OperationRow,
    by_family,
    coverage_markdown,
    coverage_rows,
    declared,
    operation_row,
    weight_text,
)
from clearhouse.cli.output import Json, print_json

COLUMNS = ("operation", "WebSocket API", "security", "weight")
SIGNED = (RECV_WINDOW, TIMESTAMP, SIGNATURE)
"""Every signed operation has them; its security says so."""
FILE_WIDTH = 160

app = typer.Typer(add_completion=False)


@app.command()
def coverage(
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print COVERAGE.md.")] = False,
) -> None:
    """List every operation that is built, with its weight and parameters."""
    if as_json:
        print_json(coverage_rows())
    elif markdown:
        sys.stdout.write(coverage_markdown())
    else:
        _show()


def _show() -> None:
    console = Console()
    if not console.is_terminal:
        console.width = FILE_WIDTH
    for title, operations in by_family(declared()):
        table = Table("", *(Column(name, no_wrap=True) for name in COLUMNS), "parameters")
        table.title, table.title_justify, table.box = title, "left", None
        table.pad_edge = False
        for operation in operations:
            table.add_row(*_cells(operation_row(operation)))
        console.print(table, "")


def _cells(row: OperationRow) -> tuple[str, ...]:
    shown = [p for p in row.params if p not in SIGNED]
    params = " ".join(p.name if p.required else rf"\[{p.name}]" for p in shown)
    return row.method, row.path, row.ws_method or "", row.security, weight_text(row), params

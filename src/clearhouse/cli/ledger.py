"""`clearhouse ledger`: the books of a running server."""

from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from clearhouse.cli.control import Control
from clearhouse.cli.output import DEFAULT_URL, Json, Token, Url, print_json

app = typer.Typer(help="The books of a running server.", no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """The books of a running server."""


@app.command()
def check(url: Url = DEFAULT_URL, admin_token: Token = None, as_json: Json = False) -> None:
    """Check that each asset sums to zero over all accounts; exit 1 where one does not."""
    found = Control(url, admin_token).get("/ledger/check")
    if as_json:
        print_json(found)
    else:
        _show(found)
    if not found["ok"]:
        raise typer.Exit(1)


def _show(found: Any) -> None:
    console = Console()
    table = Table("asset", "sum", "ledger accounts", box=None, pad_edge=False)
    for asset, row in found["assets"].items():
        table.add_row(asset, row["sum"], f"{row['accounts']:,}")
    console.print(table)
    word = "[green]the books balance[/]" if found["ok"] else "[red]the books do not balance[/]"
    journal = found["journal"]
    console.print(f"{word} as of event {journal['seq']:,}, {journal['hash'][:16]}…")

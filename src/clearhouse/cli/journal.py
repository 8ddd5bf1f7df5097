"""`clearhouse journal`: the file that everything follows from."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from clearhouse.cli.output import Json, Refusal, print_json
from clearhouse.journal.port import JournalError
from clearhouse.runtime.audit import Audit, audit

app = typer.Typer(
    help="The journal file, without a server.", no_args_is_help=True, add_completion=False
)

DEFAULT_FILE = Path("clearhouse.db")


@app.callback()
def _group() -> None:
    """The journal file, without a server."""


@app.command()
def verify(
    data: Annotated[Path, typer.Option(help="The journal.")] = DEFAULT_FILE,
    as_json: Json = False,
) -> None:
    """Verify a journal: hash chain, replay, books, rows of history, snapshot.

    Reads only, and works beside a running server. Exits with 1 where something is wrong.
    """
    try:
        found = _with_progress(data)
    except JournalError as error:
        raise Refusal(str(error)) from None
    if as_json:
        print_json(found)
    else:
        _show(data, found)
    if not found.ok:
        raise typer.Exit(1)


def _with_progress(data: Path) -> Audit:
    columns = (
        TextColumn("verifying"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("verifying", total=None)
        return audit(data, lambda seq, last: bar.update(task, completed=seq, total=last))


def _show(data: Path, found: Audit) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"journal    {data}")
    console.print(f"events     {found.seq:,}")
    console.print(f"hash       {found.hash}")
    console.print(f"digest     {found.digest}   (of the state that they add up to)")
    console.print(f"accounts   {found.accounts:,}")
    console.print(f"transfers  {found.transfers:,}")
    console.print(f"postings   {found.postings:,}")
    for problem in found.problems:
        console.print("[red]problem[/]    ", escape(problem), sep="")
    if found.ok:
        console.print("[green]the journal is sound, and every asset sums to zero[/]")

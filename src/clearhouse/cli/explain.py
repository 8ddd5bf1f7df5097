"""`clearhouse explain`: what the numbers of a futures account follow from."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from clearhouse.cli.control import Control
from clearhouse.cli.output import DEFAULT_URL, Json, Token, Url, print_json

FILE_WIDTH = 160

app = typer.Typer(add_completion=False)


@app.command()
def explain(
    uid: Annotated[int, typer.Argument(help="The account.", show_default=False)],
    field: Annotated[
        str | None, typer.Argument(help="Such as availableBalance; else all.", show_default=False)
    ] = None,
    asset: Annotated[str | None, typer.Option(help="Explain fields of this asset.")] = None,
    symbol: Annotated[str | None, typer.Option(help="Explain fields of this position.")] = None,
    postings: Annotated[int, typer.Option(min=0, help="How many of the newest to show.")] = 10,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Explain the fields of the balance and account answers: formula, inputs, postings."""
    asked = {"field": field, "asset": asset, "symbol": symbol, "postings": str(postings)}
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    found = Control(url, admin_token).get(f"/accounts/{uid}/explain?{query}")
    if as_json:
        print_json(found)
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, FILE_WIDTH)
    if field:
        _show_trees(console, found["fields"])
    else:
        _show_rows(console, found["fields"])
    for source in found.get("postings", ()):
        _show_postings(console, source)
    mode = "multi-assets" if found["multiAssetsMargin"] else "single-asset"
    console.print(f"\naccount {uid} in {mode} mode as of event {found['seq']:,}")


def _show_trees(console: Console, fields: Iterable[Any]) -> None:
    """A tree each; what it needs twice is grown where it comes first."""
    for one in fields:
        tree = Tree(_label(one))
        _grow(tree, one, set())
        console.print(tree)


def _grow(tree: Tree, explained: Any, grown: set[tuple[str, str]]) -> None:
    for part in explained.get("inputs", ()):
        key = part["name"], _place(part)
        if key in grown and "inputs" in part:
            tree.add(f"{_head(part)}\n[dim]as above[/]")
            continue
        grown.add(key)
        _grow(tree.add(_label(part)), part, grown)


def _label(one: Any) -> str:
    return f"{_head(one)}\n[dim]{_why(one)}[/]"


def _head(one: Any) -> str:
    """The name with whose it is, and the value."""
    place = _place(one)
    of = f" of {place}" if place else ""
    return f"[bold]{one['name']}[/]{escape(of)}  {_value(one)}"


def _why(one: Any) -> str:
    reasons = []
    if "formula" in one:
        reasons.append(f"= {one['formula']}")
    if "source" in one:
        reasons.append(one["source"])
    return escape("; ".join(reasons) + f"  ({one['section']})")


def _show_rows(console: Console, fields: Iterable[Any]) -> None:
    """A table; a change of place is a line of its own."""
    table = Table("field", "value", "follows from", "inputs", box=None, pad_edge=False)
    last = ""
    for one in fields:
        place = _place(one)
        if place != last:
            table.add_row("")
            table.add_row(f"[bold]{escape(place)}[/]")
            last = place
        inputs = (f"{part['name']} {_value(part)}" for part in one.get("inputs", ()))
        table.add_row(one["name"], _value(one), f"[dim]{_why(one)}[/]", "\n".join(inputs))
    console.print(table)


def _show_postings(console: Console, source: Any) -> None:
    console.print(
        f"\n[bold]Postings to {source['wallet']}:{escape(source['asset'])}[/]  "
        f"{source['amount']} in {source['count']:,}"
    )
    sums = Table("why", "postings", "sum", box=None, pad_edge=False)
    for row in source["sums"]:
        sums.add_row(row["why"], f"{row['count']:,}", row["amount"])
    console.print(sums)
    newest = Table("newest", "event", "movement", "why", "amount", box=None, pad_edge=False)
    for row in source["newest"]:
        at = datetime.fromtimestamp(row["time"] / 1000, UTC).isoformat(" ", "seconds")
        place = f"{row['seq']}.{row['leg']}"
        newest.add_row(at, place, str(row["tranId"]), row["why"], row["amount"])
    if source["newest"]:
        console.print(newest)


def _place(one: Any) -> str:
    names = (one.get("asset"), one.get("symbol"), one.get("positionSide"))
    return " ".join(name for name in names if name)


def _value(one: Any) -> str:
    value = one["value"]
    return escape(str(value).lower() if isinstance(value, bool) else str(value))

"""`clearhouse price`: see the prices of a running server, and set them."""

from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table

from clearhouse.cli.control import Control
from clearhouse.cli.output import DEFAULT_URL, Json, Refusal, Token, Url, print_json
from clearhouse.cli.times import utc, utc_short

COLUMNS = ("symbol", "last", "mark", "index", "bid", "ask")

app = typer.Typer(help="Prices of a running server.", no_args_is_help=True, add_completion=False)

Symbol = Annotated[str, typer.Argument(help="Such as BTCUSDT.", show_default=False)]


@app.command()
def show(
    symbol: Annotated[str | None, typer.Argument(help="One symbol; else all of them.")] = None,
    levels: Annotated[int, typer.Option(min=0, max=1000, help="Levels of its book.")] = 5,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Show the prices of every symbol, or one with its book."""
    control = Control(url, admin_token)
    if symbol is None:
        _show_all(control.get("/symbols")["symbols"], as_json=as_json)
    else:
        found = control.get(f"/symbols/{quote(symbol, safe='')}?levels={levels}")
        _show_one(found, as_json=as_json)


@app.command("set")
def set_price(
    symbol: Symbol,
    last: Annotated[str | None, typer.Option(help="Last price; alone it sets all three.")] = None,
    mark: Annotated[str | None, typer.Option(help="Mark price; alone it sets all three.")] = None,
    index: Annotated[str | None, typer.Option(help="Index price; alone it sets all three.")] = None,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Set prices of a symbol; open orders that the price passes are filled."""
    prices = {"last": last, "mark": mark, "index": index}
    body = {name: price for name, price in prices.items() if price is not None}
    if not body:
        raise Refusal("name a price: --last, --mark or --index")
    path = f"/symbols/{quote(symbol, safe='')}/price"
    answer = Control(url, admin_token).call("PUT", path, body)
    if as_json:
        print_json(answer)
        return
    print(
        f"{symbol}: last {answer['last']}, mark {answer['mark']}, index {answer['index']}; "
        f"{trades(answer['trades'])}"
    )


def trades(count: int) -> str:
    """How many trades a change caused, in words."""
    return f"{count} trade{'' if count == 1 else 's'}"


def _show_all(rows: list[Any], *, as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    table = Table(*COLUMNS, "next funding", "at, UTC", box=None, pad_edge=False)
    for row in rows:
        cells = (row[name] for name in COLUMNS)
        table.add_row(*cells, row["predictedFundingRate"], utc_short(row["nextFundingTime"]))
    Console().print(table)


def _show_one(found: Any, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    console = Console(highlight=False)
    console.print(f"[bold]{found['symbol']}[/]")
    facts = Table(box=None, pad_edge=False, show_header=False)
    for name in ("last", "mark", "index"):
        facts.add_row(name, found[name])
    facts.add_row("funding rate", found["fundingRate"])
    coming = f"{found['predictedFundingRate']} at {utc(found['nextFundingTime'])}"
    facts.add_row("next funding", coming)
    facts.add_row("liquidity", liquidity(found["liquidity"]))
    facts.add_row("house position", found["house"]["positionAmt"])
    facts.add_row("open interest", f"{found['openInterest']}, accounts {found['holders']}")
    console.print(facts)
    book = Table("bid quantity", "bid", "ask", "ask quantity", box=None, pad_edge=False)
    bids, asks = found["bids"], found["asks"]
    for row in range(max(len(bids), len(asks))):
        bid = bids[row] if row < len(bids) else ("", "")
        ask = asks[row] if row < len(asks) else ("", "")
        book.add_row(bid[1], bid[0], ask[0], ask[1])
    console.print(book)


def liquidity(chosen: Any) -> str:
    """How the house quotes, in words."""
    if chosen["mode"] != "house":
        return str(chosen["mode"])
    return f"house, {chosen['depth']} levels of {chosen['quantity']}"

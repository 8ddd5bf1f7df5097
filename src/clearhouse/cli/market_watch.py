"""`clearhouse market watch`: one symbol, drawn again and again: prices, book, trades, its day."""

import time
from typing import Any
from urllib.parse import quote

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from clearhouse.cli.control import Control
from clearhouse.cli.output import Refusal
from clearhouse.cli.times import utc_time

LEVELS = 10
TRADES = 20
_DAY = ("priceChange", "priceChangePercent", "highPrice", "lowPrice", "volume", "quoteVolume")


def look(control: Control, symbol: str) -> dict[str, Any]:
    """Everything that is shown, as data."""
    name = quote(symbol, safe="")
    found = control.get(f"/symbols/{name}?levels={LEVELS}")
    market = control.get("/market")["source"]
    trades = control.public(f"/fapi/v1/trades?symbol={name}&limit={TRADES}")
    day = control.public(f"/fapi/v1/ticker/24hr?symbol={name}")
    return {
        "symbol": found["symbol"],
        "source": {"name": market["name"], "state": market["state"]},
        **{name: found[name] for name in ("last", "mark", "index", "bid", "ask", "fundingRate")},
        "bids": found["bids"],
        "asks": found["asks"],
        "trades": trades[::-1],
        "day": {name: day[name] for name in _DAY},
    }


def watch(control: Control, symbol: str, every: float) -> None:
    """Draw until Ctrl-C."""
    with Live(drawn(look(control, symbol)), screen=True, auto_refresh=False) as live:
        try:
            while True:
                time.sleep(every)
                live.update(drawn(look(control, symbol)), refresh=True)
        except KeyboardInterrupt:
            return


def show(control: Control, symbol: str) -> None:
    """Draw it once."""
    Console(highlight=False).print(drawn(look(control, symbol)))


def drawn(seen: dict[str, Any]) -> RenderableType:
    """The picture of a moment."""
    source = seen["source"]
    head = Text.assemble(
        (seen["symbol"], "bold"), f"  {seen['last']}  {source['name']}, {source['state']}"
    )
    return Group(head, Columns([_facts(seen), _book(seen), _trades(seen)], padding=(0, 4)))


def _facts(seen: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for name in ("last", "mark", "index", "fundingRate"):
        table.add_row(name, seen[name])
    for name, value in seen["day"].items():
        table.add_row(name, value)
    return table


def _book(seen: dict[str, Any]) -> Table:
    table = Table("price", "quantity", box=None, pad_edge=False)
    for price, quantity in reversed(seen["asks"]):
        table.add_row(f"[red]{price}[/]", quantity)
    table.add_row("", "")
    for price, quantity in seen["bids"]:
        table.add_row(f"[green]{price}[/]", quantity)
    return table


def _trades(seen: dict[str, Any]) -> Table:
    table = Table("UTC", "price", "quantity", box=None, pad_edge=False)
    for trade in seen["trades"]:
        colour = "red" if trade["isBuyerMaker"] else "green"
        table.add_row(utc_time(trade["time"]), f"[{colour}]{trade['price']}[/]", trade["qty"])
    return table


def refuse_pace(every: float) -> None:
    """Refuse to ask more often than is of use."""
    if every < 0.1:  # noqa: PLR2004
        raise Refusal("--every takes 0.1 seconds or more")

"""`clearhouse funding`: settle funding by hand."""

from typing import Annotated
from urllib.parse import quote

import typer

from clearhouse.cli.control import Control
from clearhouse.cli.output import DEFAULT_URL, Json, Token, Url, print_json
from clearhouse.cli.price import Symbol

app = typer.Typer(help="Funding of a running server.", no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """Funding of a running server."""


@app.command()
def settle(
    symbol: Symbol,
    rate: Annotated[
        str, typer.Option(help="A fraction: 0.0001 is 0.01%; below zero shorts pay.")
    ] = "0.0001",
    once: Annotated[
        str | None,
        typer.Option("--idempotency-key", help="Settle once, however often it is called."),
    ] = None,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Settle funding of a symbol once, now, at its mark price."""
    path = f"/symbols/{quote(symbol, safe='')}/funding"
    answer = Control(url, admin_token).call("POST", path, {"rate": rate}, once=once)
    if as_json:
        print_json(answer)
        return
    positions = f"{answer['positions']} position{'' if answer['positions'] == 1 else 's'}"
    print(
        f"{symbol}: rate {answer['rate']} at mark {answer['mark']}; {positions} "
        f"paid {answer['paid']} and received {answer['received']} {answer['asset']}"
    )

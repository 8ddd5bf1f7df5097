"""`clearhouse liquidity`: choose what the house quotes."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from clearhouse.cli.control import Control
from clearhouse.cli.output import DEFAULT_URL, Json, Refusal, Token, Url, print_json
from clearhouse.cli.price import Symbol, liquidity, trades

app = typer.Typer(
    help="What the house of a running server quotes.", no_args_is_help=True, add_completion=False
)

Levels = Annotated[
    list[str] | None,
    typer.Option(help="PRICE:QUANTITY, such as 59000:0.5; may be repeated."),
]


@app.callback()
def _group() -> None:
    """What the house of a running server quotes."""


@app.command("set")
def set_liquidity(
    symbol: Symbol,
    mode: Annotated[str | None, typer.Argument(help="house or none; else name levels.")] = None,
    depth: Annotated[int | None, typer.Option(help="Levels a side of the house.")] = None,
    quantity: Annotated[str | None, typer.Option(help="Quantity of each of them.")] = None,
    bid: Levels = None,
    ask: Levels = None,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Let the house quote around the last price, or nothing, or some levels once."""
    body: dict[str, Any] = {"mode": mode, "depth": depth, "quantity": quantity}
    body = {name: value for name, value in body.items() if value is not None}
    if bid or ask:
        body |= {"bids": _levels("--bid", bid), "asks": _levels("--ask", ask)}
    path = f"/symbols/{quote(symbol, safe='')}/liquidity"
    answer = Control(url, admin_token).call("PUT", path, body)
    if as_json:
        print_json(answer)
    else:
        print(f"{symbol}: {liquidity(answer)}; {trades(answer['trades'])}")


def _levels(flag: str, texts: list[str] | None) -> list[tuple[str, str]]:
    levels = []
    for text in texts or ():
        price, colon, quantity = text.partition(":")
        if not (price and colon and quantity):
            raise Refusal(f"{flag} takes PRICE:QUANTITY, not '{text}'")
        levels.append((price, quantity))
    return levels

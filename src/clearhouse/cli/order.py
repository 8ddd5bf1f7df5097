"""`clearhouse order`: fill an order by force."""

from typing import Annotated

import typer

from clearhouse.cli.control import Control
from clearhouse.cli.output import DEFAULT_URL, Json, Token, Url, print_json

app = typer.Typer(help="Orders of a running server.", no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """Orders of a running server."""


@app.command()
def fill(
    order_id: Annotated[int, typer.Argument(min=1, help="The order.", show_default=False)],
    price: Annotated[str | None, typer.Option(help="The price; else the order's own.")] = None,
    quantity: Annotated[str | None, typer.Option(help="How much; else all that is left.")] = None,
    once: Annotated[
        str | None, typer.Option("--idempotency-key", help="Fill once, however often it is called.")
    ] = None,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Fill an open order against the house, whatever the market is."""
    chosen = {"price": price, "quantity": quantity}
    body = {name: value for name, value in chosen.items() if value is not None}
    path = f"/orders/{order_id}/fill"
    answer = Control(url, admin_token).call("POST", path, body, once=once)
    if as_json:
        print_json(answer)
        return
    print(
        f"{answer['symbol']} order {order_id}: {answer['quantity']} at {answer['price']}, "
        f"{answer['status']} with {answer['executedQty']}"
    )

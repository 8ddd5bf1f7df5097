"""`clearhouse account`: open accounts, list them, put money into them."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from clearhouse.cli.control import Control
from clearhouse.cli.output import DEFAULT_URL, Json, Refusal, Token, Url, print_json

PAGE = 1_000

app = typer.Typer(help="Accounts of a running server.", no_args_is_help=True, add_completion=False)


@app.command()
def create(
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    label: Annotated[str, typer.Option(help="A name for people.")] = "",
    uid: Annotated[int | None, typer.Option(help="Its number; else the next free one.")] = None,
    balance: Annotated[
        list[str] | None,
        typer.Option(help="WALLET:ASSET=AMOUNT, such as MAIN:USDT=1000; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Open an account with a key that may do everything; the secret is shown this one time."""
    body: dict[str, Any] = {"label": label, "balances": _balances(balance or [])}
    if uid is not None:
        body["uid"] = uid
    opened = Control(url, admin_token).call("POST", "/accounts", body)
    if as_json:
        print_json(opened)
        return
    print(f"uid         {opened['uid']}")
    print(f"api key     {opened['apiKey']}")
    print(f"api secret  {opened['apiSecret']}   (shown this one time)")


@app.command("list")
def list_accounts(
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: Json = False,
) -> None:
    """List accounts with their balances, by uid."""
    accounts = _accounts(Control(url, admin_token), limit)
    if as_json:
        print_json(accounts)
        return
    table = Table("uid", "label", "keys", "balances", box=None, pad_edge=False)
    for account in accounts:
        keys = str(len(account["keys"]))
        table.add_row(str(account["uid"]), account["label"], keys, _held(account["balances"]))
    Console().print(table)


@app.command()
def fund(
    uid: Annotated[int, typer.Argument(help="The account.", show_default=False)],
    asset: Annotated[str, typer.Argument(help="Such as USDT.", show_default=False)],
    amount: Annotated[str, typer.Argument(help="Such as 1000.5.", show_default=False)],
    wallet: Annotated[str, typer.Option(help="The wallet that gets it.")] = "MAIN",
    symbol: Annotated[str | None, typer.Option(help="Pair of an ISOLATED_MARGIN wallet.")] = None,
    once: Annotated[
        str | None, typer.Option("--idempotency-key", help="Fund once, however often it is called.")
    ] = None,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Deposit money from the outside."""
    body = {"wallet": wallet, "asset": asset, "amount": amount}
    if symbol:
        body["symbol"] = symbol
    control = Control(url, admin_token)
    moved = control.call("POST", f"/accounts/{uid}/deposits", body, once=once)
    if as_json:
        print_json(moved)
    else:
        print(f"{amount} {asset} to {wallet} of {uid}, movement {moved['tranId']}")


def _accounts(control: Control, limit: int) -> list[Any]:
    found: list[Any] = []
    while len(found) < limit:
        after = found[-1]["uid"] if found else 0
        wanted = min(PAGE, limit - len(found))
        page = control.get(f"/accounts?after={after}&limit={wanted}")["accounts"]
        found += page
        if len(page) < wanted:
            break
    return found


def _balances(texts: list[str]) -> dict[str, dict[str, str]]:
    """`MAIN:USDT=1` as the control plane wants it; an isolated wallet's name has its pair."""
    balances: dict[str, dict[str, str]] = {}
    for text in texts:
        place, equals, amount = text.partition("=")
        wallet, colon, asset = place.rpartition(":")
        if not (equals and colon and wallet and asset and amount):
            raise Refusal(f"--balance takes WALLET:ASSET=AMOUNT, not '{text}'")
        balances.setdefault(wallet, {})[asset] = amount
    return balances


def _held(balances: dict[str, dict[str, str]]) -> str:
    """One line for each wallet."""
    lines = []
    for wallet, assets in balances.items():
        amounts = (f"{_short(amount)} {asset}" for asset, amount in assets.items())
        lines.append(f"{wallet}  {', '.join(amounts)}")
    return "\n".join(lines)


def _short(amount: str) -> str:
    return amount.rstrip("0").rstrip(".")

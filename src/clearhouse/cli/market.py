"""`clearhouse market`: where the market of a running server comes from, and how kind it is."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from clearhouse.cli.control import Control
from clearhouse.cli.output import DEFAULT_URL, Json, Token, Url, print_json
from clearhouse.cli.times import utc

app = typer.Typer(
    help="Where the market comes from, and how kind it is to orders.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command()
def show(url: Url = DEFAULT_URL, admin_token: Token = None, as_json: Json = False) -> None:
    """Show the source and how it is doing, the profile in force, and the past."""
    _print(Control(url, admin_token).get("/market"), as_json=as_json)


@app.command()
def source(
    name: Annotated[str, typer.Argument(help="fixed or synthetic.", show_default=False)],
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of a synthetic market; else as it was.")
    ] = None,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Let another source move the market, from the prices that there are."""
    body: dict[str, object] = {"source": name}
    if seed is not None:
        body["seed"] = seed
    _print(Control(url, admin_token).call("PUT", "/market", body), as_json=as_json)


@app.command()
def profile(
    name: Annotated[str, typer.Argument(help="ideal, realistic or harsh.", show_default=False)],
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Make the market kinder or harder to orders."""
    answer = Control(url, admin_token).call("PUT", "/market", {"profile": name})
    _print(answer, as_json=as_json)


def _print(answer: Any, *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    facts = Table(box=None, pad_edge=False, show_header=False)
    for name, value in _facts(answer):
        facts.add_row(name, value)
    Console(highlight=False).print(facts)


def _facts(answer: Any) -> list[tuple[str, str]]:
    source, profile = dict(answer["source"]), answer["profile"]
    facts = [("source", f"{source.pop('name')}, {source.pop('state')}")]
    if "asOf" in source:
        facts.append(("delivered to", utc(source.pop("asOf"))))
    facts += [(name, str(value)) for name, value in source.items()]
    least, most = profile["latencyMs"]
    refills = "refilled at once" if profile["refills"] else "taken until the price moves"
    return [
        *facts,
        ("profile", profile["name"]),
        ("quotes", f"{profile['depth']} levels of {_worth(profile['notional'])}, {refills}"),
        ("spread, slippage", f"{profile['spread']}, {profile['slippage']} of the price"),
        ("latency", f"{least} to {most} ms"),
        ("rejects", f"{profile['rejectRate']} of new orders"),
        ("past", f"candles before the birth are seeded ({answer['past']['seed']})"),
    ]


def _worth(notional: str) -> str:
    return "the largest order" if notional == "0" else notional

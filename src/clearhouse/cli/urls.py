"""`clearhouse urls`: the settings that point a client here, every URL of it."""

import inspect
import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.syntax import Syntax

from clearhouse.cli.control import server_address
from clearhouse.cli.output import DEFAULT_URL, Json, Url, print_json
from clearhouse.console.clients import (
    YOUR_KEY,
    YOUR_SECRET,
    ClientSettings,
    Place,
    client_names,
    client_settings,
)

app = typer.Typer(add_completion=False)


def urls(
    url: Url = DEFAULT_URL,
    api_key: Annotated[str, typer.Option(help="Key to put into the code.")] = YOUR_KEY,
    api_secret: Annotated[str, typer.Option(help="Its secret.")] = YOUR_SECRET,
    every: Annotated[bool, typer.Option("--all", help="Every client.")] = False,
    as_json: Json = False,
    **chosen: bool,
) -> None:
    """Print the settings that point a client here: all of its URLs, so that nothing leaks."""
    server_address(url)
    place = Place(url.rstrip("/"), api_key, api_secret)
    names = [name for name in client_names() if every or chosen[_parameter(name)]]
    found = [client_settings(name, place) for name in names]
    if as_json:
        everything = found or [client_settings(name, place) for name in client_names()]
        print_json({one.name: one for one in everything})
        return
    console = Console(highlight=False, soft_wrap=True)
    for one in found:
        _show(one, console)
    if not found:
        _show_base(place, console)


def _parameter(name: str) -> str:
    return name.replace("-", "_")


def _flag(name: str) -> inspect.Parameter:
    """The flag of a client."""
    title = client_settings(name, Place(DEFAULT_URL)).title
    return inspect.Parameter(
        _parameter(name),
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option(f"--{name}", help=title)],
    )


def _with_flags() -> inspect.Signature:
    """The signature of `urls` with a flag for each client of the table."""
    own = [p for p in inspect.signature(urls).parameters.values() if p.name != "chosen"]
    return inspect.Signature([*own, *map(_flag, client_names())])


def _show(one: ClientSettings, console: Console) -> None:
    console.rule(one.title, align="left")
    console.print(f"install: {one.install}", style="dim")
    for name, value in one.settings.items():
        if isinstance(value, str):
            console.print(f"  {name} = [green]{value}[/]")
        else:
            _show_code(json.dumps({name: value}, indent=2), "json", console)
    console.print()
    _show_code(one.code, one.language, console)


def _show_code(code: str, language: str, console: Console) -> None:
    """Code in colours, or as it is where it goes to a file."""
    if console.is_terminal:
        console.print(Syntax(code, language, theme="ansi_dark", background_color="default"))
    else:
        sys.stdout.write(code + "\n")


def _show_base(place: Place, console: Console) -> None:
    console.print(
        f"REST             {place.http}   (/fapi, /futures, /sapi, /api, /dapi, /eapi, /papi)"
    )
    console.print(f"WebSocket API    {place.ws}/ws-fapi/v1")
    console.print(f"streams          {place.ws}")
    console.print("\nThe settings of a client: --all, --json, or one of these")
    for name in client_names():
        console.print(f"  --{name:<18} [dim]{client_settings(name, place).title}[/]")


urls.__signature__ = _with_flags()  # type: ignore[attr-defined]  # typer reads flags off it
app.command()(urls)

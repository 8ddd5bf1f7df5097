"""`clearhouse tour`: watch the main job being done with the exchange's official SDKs."""

import os
from contextlib import nullcontext
from types import ModuleType
from typing import Annotated, Any

import typer
from msgspec import Struct
from rich.console import Console
from rich.json import JSON
from rich.padding import Padding
from rich.text import Text

from clearhouse.cli.control import Control
from clearhouse.cli.output import Json, Refusal, Token, print_json
from clearhouse.cli.private_server import private_server
from clearhouse.console.clients import Place
from clearhouse.runtime.clock import monotonic

app = typer.Typer(add_completion=False)

ANSWER_WIDTH = 70


class Done(Struct, frozen=True):
    """A step that was taken."""

    title: str
    call: str
    request: str
    answer: Any
    milliseconds: float


@app.command()
def tour(
    url: Annotated[
        str | None, typer.Option("--url", help="A running server; else a private one is started.")
    ] = None,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Drive a server through the main job with the official SDKs, and show each step.

    It opens an account of its own, trades a symbol of its own, and touches no other.
    """
    steps = _steps()
    os.environ["NO_PROXY"] = "*"  # the SDKs would ask a proxy of the environment for this server
    console = Console(quiet=as_json, highlight=False)
    with nullcontext(url) if url else private_server() as at:
        console.print(f"\n[dim]{'Running' if url else 'Private'} server[/] {at}")
        done = _drive(steps, Control(at, admin_token), console)
    if as_json:
        print_json(done)
    else:
        console.print("\n[bold green]Done.[/] Your own client: clearhouse urls --all\n")


def _steps() -> ModuleType:
    """The steps; refuses kindly where the SDKs are missing."""
    try:
        from clearhouse.cli import tour_steps  # noqa: PLC0415  the SDKs may not be there
    except ImportError as error:
        raise Refusal(
            f"the tour drives the official SDKs, and {error.name} is not installed: "
            "pip install 'clearhouse[tour]'"
        ) from None
    return tour_steps


def _drive(steps: ModuleType, control: Control, console: Console) -> list[Done]:
    opened = steps.open_account(control)
    console.print(
        f"[dim]Account[/]        {opened['uid']}, with {steps.FUNDS} {steps.ASSET} in spot"
    )
    place = Place(control.url, opened["apiKey"], opened["apiSecret"])
    clients = steps.Clients(control, place)
    done = []
    for number, step in enumerate(steps.STEPS, 1):
        taken = _take(step, clients)
        _show(number, taken, console)
        done.append(taken)
    return done


def _take(step: Any, clients: Any) -> Done:
    started = monotonic()
    try:
        answer = step.run(clients)
    except Refusal:
        raise
    except Exception as error:  # whatever an SDK raises ends the tour with a sentence
        raise Refusal(f"'{step.title}' failed ({step.request}): {error}") from error
    spent = round((monotonic() - started) * 1000, 1)
    return Done(step.title, step.call, step.request, answer, spent)


def _show(number: int, done: Done, console: Console) -> None:
    console.print(f"\n[bold cyan]{number}[/]  [bold]{done.title}[/]")
    console.print(Padding(Text(done.call), (0, 0, 0, 3)))
    console.print(Padding(f"[dim]{done.request}  ·  {done.milliseconds} ms[/]", (0, 0, 0, 3)))
    console.print(Padding(_answer(done.answer), (0, 0, 0, 3)))


def _answer(answer: Any) -> JSON:
    """The answer, on one line where it is short."""
    short = len(str(answer)) <= ANSWER_WIDTH
    return JSON.from_data(answer, indent=None if short else 2)

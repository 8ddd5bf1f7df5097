"""What commands share in talking to people: refusals, data as JSON, code to paste."""

import sys
from typing import Annotated

import msgspec
import typer

DEFAULT_URL = "http://127.0.0.1:7400"

Url = Annotated[str, typer.Option("--url", help="The server to talk to.")]
Token = Annotated[str | None, typer.Option("--admin-token", help="Token of its control plane.")]
Json = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]


class Refusal(Exception):  # noqa: N818  it is no error of ours
    """A command cannot do what it was asked; the text says why and what to do."""


def print_json(value: object) -> None:
    """Data on standard output, indented."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    sys.stdout.write(text.decode() + "\n")

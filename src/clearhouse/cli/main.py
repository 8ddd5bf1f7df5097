"""The commands: a table of names, each loaded from its module when it is called.

Only `serve` needs the server, and nobody wants to wait for it to list accounts; so naming a
command imports its module and no other. A module gives its command or its group of commands
as `app`.
"""

import importlib
import sys
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typing_extensions import override

from clearhouse.cli.output import Refusal

COMMANDS = (
    "serve",
    "tour",
    "urls",
    "account",
    "key",
    "price",
    "liquidity",
    "market",
    "order",
    "funding",
    "clock",
    "ledger",
    "explain",
    "journal",
    "coverage",
)
"""Every command, in the order of the help page."""

ENVIRONMENT = "CLEARHOUSE_"


class Commands(TyperGroup):
    """The commands of the table."""

    @override
    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return list(COMMANDS)

    @override
    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, with its module."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"clearhouse.cli.{cmd_name}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        name_environment(command)
        return command


app = typer.Typer(
    name="clearhouse",
    cls=Commands,
    help="A self-hosted account and wallet system that speaks Binance's own API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """A self-hosted account and wallet system that speaks Binance's own API."""


def name_environment(command: Any) -> None:
    """Let every flag stand in the environment too: `--admin-token` as CLEARHOUSE_ADMIN_TOKEN."""
    for option in command.params:
        if isinstance(option, TyperOption):
            flag = max(option.opts, key=len)
            option.envvar = ENVIRONMENT + flag.lstrip("-").replace("-", "_").upper()
            option.show_envvar = True
    if not isinstance(command, TyperCommand):
        for member in command.commands.values():
            name_environment(member)


def main() -> None:
    """Run the command line."""
    if not __debug__:
        sys.exit("clearhouse: broken invariants are found by asserts; run Python without -O")
    try:
        app()
    except Refusal as refusal:
        print(f"clearhouse: {refusal}", file=sys.stderr)
        sys.exit(1)

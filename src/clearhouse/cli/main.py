"""The commands, as a typer application."""

import typer

from clearhouse.cli import serve

app = typer.Typer(
    name="clearhouse",
    help="A self-hosted account and wallet system that speaks Binance's own API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)


@app.callback()
def _root() -> None:
    """Clearhouse."""


def main() -> None:
    """Run the command line."""
    app()

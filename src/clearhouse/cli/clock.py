"""`clearhouse clock`: see the venue's time, stop it, move it, let it run faster."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from clearhouse.cli.control import Control
from clearhouse.cli.output import DEFAULT_URL, Json, Refusal, Token, Url, print_json

app = typer.Typer(help="The clock of a running server.", no_args_is_help=True, add_completion=False)

_UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_STEP = re.compile(r"([0-9]{1,15})(ms|s|m|h|d)?\Z")


@app.command()
def show(url: Url = DEFAULT_URL, admin_token: Token = None, as_json: Json = False) -> None:
    """Show the clock in force."""
    _tell(Control(url, admin_token).get("/clock"), as_json=as_json)


@app.command("set")
def set_clock(
    mode: Annotated[str, typer.Argument(help="real, frozen or scaled.", show_default=False)],
    now: Annotated[
        str | None, typer.Option(help="UTC milliseconds, or 2026-01-31T12:00:00.")
    ] = None,
    rate: Annotated[str | None, typer.Option(help="Speed of the scaled clock, such as 60.")] = None,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Set the clock; it stays so over restarts."""
    body: dict[str, Any] = {"mode": mode}
    if now is not None:
        body["now"] = moment(now)
    if rate is not None:
        body["rate"] = rate
    _tell(Control(url, admin_token).call("PUT", "/clock", body), as_json=as_json)


@app.command()
def advance(
    step: Annotated[str, typer.Argument(help="500ms, 90s, 5m, 8h or 1d.", show_default=False)],
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Move a frozen clock forward."""
    body = {"ms": duration(step)}
    _tell(Control(url, admin_token).call("POST", "/clock/advance", body), as_json=as_json)


def moment(text: str) -> int:
    """UTC milliseconds of a number or an ISO date; without a zone it is UTC."""
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f"--now takes milliseconds or 2026-01-31T12:00:00, not '{text}'") from None
    utc = when if when.tzinfo else when.replace(tzinfo=UTC)
    return round(utc.timestamp() * 1000)


def duration(text: str) -> int:
    """Milliseconds of a number with a unit; without one they are milliseconds."""
    found = _STEP.match(text)
    if not found:
        raise Refusal(f"a step is 500ms, 90s, 5m, 8h or 1d, not '{text}'")
    return int(found[1]) * _UNIT_MS[found[2] or "ms"]


def _tell(clock: Any, *, as_json: bool) -> None:
    if as_json:
        print_json(clock)
        return
    at = datetime.fromtimestamp(clock["now"] / 1000, UTC).isoformat(timespec="milliseconds")
    rate = f", {clock['rate']} times as fast" if "rate" in clock else ""
    print(f"{clock['mode']}{rate}: {at} ({clock['now']})")

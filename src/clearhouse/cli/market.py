"""`clearhouse market`: where the market of a running server comes from, and how kind it is."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from clearhouse.cli.control import Control
from clearhouse.cli.output import DEFAULT_URL, Json, Refusal, Token, Url, print_json
from clearhouse.cli.times import utc, utc_ms
from clearhouse.feeds.sources import ReplayClock, WhenStale

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
    name: Annotated[str, typer.Argument(help="fixed, synthetic or live.", show_default=False)],
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of a synthetic market; else as it was.")
    ] = None,
    live_url: Annotated[
        str | None, typer.Option(help="Whom to follow live; else the real exchange.")
    ] = None,
    live_symbols: Annotated[str, typer.Option(help="Symbols to follow; else all.")] = "",
    when_stale: Annotated[
        WhenStale, typer.Option(help="What is done with orders while it is stale.")
    ] = WhenStale.REFUSE,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Let another source move the market, from the prices that there are."""
    body: dict[str, object] = {"source": name}
    if seed is not None:
        body["seed"] = seed
    if name == "live":
        symbols = [symbol for symbol in live_symbols.split(",") if symbol]
        live: dict[str, object] = {"symbols": symbols, "whenStale": when_stale.value}
        body["live"] = live | ({"url": live_url} if live_url else {})
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


@app.command()
def replay(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files of the exchange's archive, or directories.", show_default=False),
    ],
    speed: Annotated[str, typer.Option(help="0.01 to 10000, or max.")] = "1",
    loop: Annotated[bool, typer.Option("--loop", help="Again and again.")] = False,
    clock: Annotated[
        ReplayClock, typer.Option(help="Whose time it is played at.")
    ] = ReplayClock.VENUE,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Start it, and draw no progress.")
    ] = False,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Play a recording, and show how far it is. Ctrl-C leaves it playing."""
    from clearhouse.cli.market_replay import follow  # noqa: PLC0415

    control = Control(url, admin_token)
    played = [str(path.absolute()) for path in paths]
    body = {"paths": played, "speed": speed, "loop": loop, "clock": clock.value}
    answer = control.call("PUT", "/market", {"source": "recorded", "replay": body})
    _print(answer if no_wait or as_json else follow(control), as_json=as_json)


@app.command()
def pause(url: Url = DEFAULT_URL, admin_token: Token = None, as_json: Json = False) -> None:
    """Let a replay stand where it is."""
    _steer({"paused": True}, Control(url, admin_token), as_json=as_json)


@app.command()
def resume(url: Url = DEFAULT_URL, admin_token: Token = None, as_json: Json = False) -> None:
    """Let it go on."""
    _steer({"paused": False}, Control(url, admin_token), as_json=as_json)


@app.command()
def speed(
    speed: Annotated[str, typer.Argument(help="0.01 to 10000, or max.", show_default=False)],
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Play at another speed from here."""
    _steer({"speed": speed}, Control(url, admin_token), as_json=as_json)


@app.command()
def seek(
    to: Annotated[
        str, typer.Argument(help="A recorded time, such as 2024-01-01T12:30.", show_default=False)
    ],
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Go on from another place; prices become what they were then."""
    try:
        position = utc_ms(to)
    except ValueError:
        raise Refusal(f"a place is a time such as 2024-01-01T12:30, not '{to}'") from None
    _steer({"position": position}, Control(url, admin_token), as_json=as_json)


@app.command("record")
def record_market(
    out: Annotated[Path, typer.Option(help="The directory to write to.", show_default=False)],
    symbols: Annotated[str, typer.Option(help="Symbols, with commas; else all.")] = "",
    seconds: Annotated[
        float | None, typer.Option(min=0, help="For so long; else until it ends, or Ctrl-C.")
    ] = None,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Write what the source delivers as files of the exchange's archive."""
    from clearhouse.cli.market_replay import record  # noqa: PLC0415

    rows = record(Control(url, admin_token), out, symbols, seconds)
    if as_json:
        print_json({"out": str(out.absolute()), "rows": rows})
        return
    counted = ", ".join(f"{number:,} {kind}" for kind, number in rows.items())
    print(f"recorded into {out}: {counted}")


@app.command("watch")
def watch_market(
    symbol: Annotated[str, typer.Argument(help="Such as BTCUSDT.", show_default=False)],
    every: Annotated[float, typer.Option(help="Seconds between two pictures.")] = 0.5,
    once: Annotated[bool, typer.Option("--once", help="One picture, and no more.")] = False,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Watch a symbol: its prices, book, trades and day."""
    from clearhouse.cli import market_watch  # noqa: PLC0415

    control = Control(url, admin_token)
    if as_json:
        print_json(market_watch.look(control, symbol))
    elif once:
        market_watch.show(control, symbol)
    else:
        market_watch.refuse_pace(every)
        market_watch.watch(control, symbol, every)


def _steer(body: dict[str, object], control: Control, *, as_json: bool) -> None:
    _print(control.call("PUT", "/market/replay", body), as_json=as_json)


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
    times = [name for name in ("from", "until", "position") if name in source]
    facts += [(name, utc(source.pop(name))) for name in times]
    facts += [(name, str(value)) for name, value in source.items() if value != ""]
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

"""`clearhouse serve`: the server.

Its imports are the start-up time of every server, so what only draws is not among them.
"""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from clearhouse.admin.seed import SeedError
from clearhouse.app import Application
from clearhouse.cli.banner import ReplayBar, announcer
from clearhouse.cli.output import Refusal
from clearhouse.config import DEFAULT_FILE, DEFAULT_PORT, Config, ConfigError
from clearhouse.feeds.profiles import IDEAL
from clearhouse.feeds.sources import DEFAULT_SEED, FIXED, SourceError
from clearhouse.journal.port import JournalError
from clearhouse.journal.record import BrokenJournalError
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET
from clearhouse.runtime.opening import Opened
from clearhouse.runtime.sealing import SealError

EXPECTED = (ConfigError, JournalError, BrokenJournalError, SealError, SeedError, SourceError)

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free one.")] = DEFAULT_PORT,
    data: Annotated[Path, typer.Option(help="The journal, one SQLite file.")] = DEFAULT_FILE,
    store: Annotated[str | None, typer.Option(help="A store by URL: sqlite:///FILE.")] = None,
    ephemeral: Annotated[bool, typer.Option("--ephemeral", help="Keep nothing on disk.")] = False,
    seed_file: Annotated[
        Path | None, typer.Option(help="JSON that a new venue begins with.")
    ] = None,
    admin_token: Annotated[
        str | None, typer.Option(help="Protects the control plane; needed off loopback.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Rules of this date (YYYY-MM-DD).")] = None,
    no_rate_limits: Annotated[
        bool, typer.Option("--no-rate-limits", help="Count weights but refuse nothing for them.")
    ] = False,
    no_request_log: Annotated[
        bool, typer.Option("--no-request-log", help="No line for each request.")
    ] = False,
    market: Annotated[
        str, typer.Option(help="What moves prices: fixed (nothing) or synthetic.")
    ] = FIXED,
    market_seed: Annotated[
        int, typer.Option(min=0, help="Of a synthetic market, and of klines before the birth.")
    ] = DEFAULT_SEED,
    profile: Annotated[
        str, typer.Option(help="How kind the market is to orders: ideal, realistic or harsh.")
    ] = IDEAL,
    demo_key: Annotated[str, typer.Option(hidden=True)] = DEMO_KEY,
    demo_secret: Annotated[str, typer.Option(hidden=True)] = DEMO_SECRET,
    sealing_key: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run the server until SIGTERM or Ctrl-C."""
    config = Config(
        host=host,
        port=port,
        data=None if ephemeral else _file(store, data),
        seed_file=seed_file,
        admin_token=admin_token,
        as_of=_date(as_of),
        rate_limits=not no_rate_limits,
        request_log=not no_request_log,
        demo_key=demo_key,
        demo_secret=demo_secret,
        sealing_key=sealing_key,
        market=market,
        market_seed=market_seed,
        profile=profile,
    )
    try:
        _run(config)
    except EXPECTED as error:
        raise Refusal(str(error)) from None


def _run(config: Config) -> None:
    application = Application(config)
    replay = ReplayBar(config.data)
    announce = announcer(config, application.sealer)

    def on_ready(opened: Opened, url: str) -> None:
        replay.finish()
        announce(opened, url)

    uvloop.run(application.run(on_ready, replay))
    if application.failure:
        raise Refusal(str(application.failure))


def _file(store: str | None, data: Path) -> Path:
    if store is None:
        return data
    scheme, _, path = store.partition(":///")
    if scheme != "sqlite" or not path:
        raise Refusal(
            f"--store takes sqlite:///FILE, not '{store}' (PostgreSQL comes with a later version)"
        )
    return Path(path)


def _date(text: str | None) -> str | None:
    """A date as it was given; refuses what is none."""
    try:
        return text and date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refusal(f"--as-of takes a date such as 2025-12-09, not '{text}'") from None

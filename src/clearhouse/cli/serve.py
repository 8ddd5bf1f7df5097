"""`clearhouse serve`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from clearhouse import __version__
from clearhouse.admin.seed import SeedError
from clearhouse.app import Application
from clearhouse.config import DEFAULT_FILE, DEFAULT_PORT, Config, ConfigError
from clearhouse.journal.port import JournalError
from clearhouse.journal.record import BrokenJournalError
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET
from clearhouse.runtime.opening import Opened
from clearhouse.runtime.sealing import SealError

EXPECTED = (ConfigError, JournalError, BrokenJournalError, SealError, SeedError)


def serve(
    host: Annotated[str, typer.Option(envvar="CLEARHOUSE_HOST")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="CLEARHOUSE_PORT", help="0 picks a free one.")
    ] = DEFAULT_PORT,
    data: Annotated[
        Path, typer.Option(envvar="CLEARHOUSE_DATA", help="The journal, one SQLite file.")
    ] = DEFAULT_FILE,
    store: Annotated[
        str | None, typer.Option(envvar="CLEARHOUSE_STORE", help="A store by URL: sqlite:///FILE.")
    ] = None,
    ephemeral: Annotated[
        bool,
        typer.Option("--ephemeral", envvar="CLEARHOUSE_EPHEMERAL", help="Keep nothing on disk."),
    ] = False,
    seed_file: Annotated[
        Path | None,
        typer.Option(envvar="CLEARHOUSE_SEED_FILE", help="JSON that a new venue begins with."),
    ] = None,
    admin_token: Annotated[
        str | None,
        typer.Option(envvar="CLEARHOUSE_ADMIN_TOKEN", help="Protects the control plane."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(envvar="CLEARHOUSE_AS_OF", help="Rules of this date (YYYY-MM-DD)."),
    ] = None,
    no_rate_limits: Annotated[
        bool,
        typer.Option(
            "--no-rate-limits",
            envvar="CLEARHOUSE_NO_RATE_LIMITS",
            help="Count weights but refuse nothing for them.",
        ),
    ] = False,
    no_request_log: Annotated[
        bool,
        typer.Option(
            "--no-request-log", envvar="CLEARHOUSE_NO_REQUEST_LOG", help="No line for each request."
        ),
    ] = False,
    demo_key: Annotated[str, typer.Option(envvar="CLEARHOUSE_DEMO_KEY", hidden=True)] = DEMO_KEY,
    demo_secret: Annotated[
        str, typer.Option(envvar="CLEARHOUSE_DEMO_SECRET", hidden=True)
    ] = DEMO_SECRET,
    sealing_key: Annotated[
        str | None, typer.Option(envvar="CLEARHOUSE_SEALING_KEY", hidden=True)
    ] = None,
) -> None:
    """Run the server."""
    config = Config(
        host=host,
        port=port,
        data=None if ephemeral else _file(store, data),
        seed_file=seed_file,
        admin_token=admin_token,
        as_of=as_of,
        rate_limits=not no_rate_limits,
        request_log=not no_request_log,
        demo_key=demo_key,
        demo_secret=demo_secret,
        sealing_key=sealing_key,
    )
    try:
        application = Application(config)
        uvloop.run(application.run(_announce))
    except EXPECTED as error:
        print(f"clearhouse: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    if application.failure:
        print(f"clearhouse: {application.failure}", file=sys.stderr)
        raise typer.Exit(1)


def _file(store: str | None, data: Path) -> Path:
    if store is None:
        return data
    scheme, _, path = store.partition(":///")
    if scheme != "sqlite" or not path:
        raise typer.BadParameter(
            "stores of this version: sqlite:///FILE (PostgreSQL comes with a later one)"
        )
    return Path(path)


def _announce(opened: Opened, url: str) -> None:
    print(f"clearhouse {__version__}, {opened.recovered.head.seq} events")
    print(f"clearhouse ready {url}", flush=True)

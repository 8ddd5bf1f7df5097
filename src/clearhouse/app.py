"""The application: a journal, a venue, and the servers in front of it, from a `Config`."""

import asyncio
import contextlib
import gc
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from typing_extensions import override

from clearhouse import __version__
from clearhouse.admin.calls import Calls
from clearhouse.admin.control_plane import (
    PREFIX,
    ControlPlane,
    error_response,
    no_such_call,
)
from clearhouse.admin.downloads import Downloads
from clearhouse.admin.seed import read_seed, rehearse, seed_commands
from clearhouse.api.conditions import Conditions
from clearhouse.api.exchange import Exchange
from clearhouse.api.gateway import Gateway
from clearhouse.api.http_protocol import ExchangeProtocol
from clearhouse.api.limits import Limiter
from clearhouse.api.metrics import RequestMetrics
from clearhouse.api.operations import OPERATIONS
from clearhouse.api.request import MAX_BODY
from clearhouse.api.request_log import RequestLog
from clearhouse.api.server import ExchangeServer
from clearhouse.api.signing import Verifier
from clearhouse.api.streams.server import StreamServer
from clearhouse.api.ws_api import WebSocketApi
from clearhouse.api.ws_protocol import PushProtocol
from clearhouse.config import Config, ConfigError
from clearhouse.console.missing import no_page
from clearhouse.console.pages import Console, DemoKey
from clearhouse.console.reference import ControlCall
from clearhouse.console.status import VenueStatus
from clearhouse.journal.memory import MemoryJournal
from clearhouse.journal.port import Journal
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.messages.commands import Command
from clearhouse.messages.queries import FindKey
from clearhouse.model.access import KeyKind
from clearhouse.runtime.exports.files import ExportFiles
from clearhouse.runtime.exports.links import DownloadLinks
from clearhouse.runtime.exports.writer import ExportWriter
from clearhouse.runtime.feeding import Feeding
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET, genesis
from clearhouse.runtime.listen_keys import ListenKeyTexts
from clearhouse.runtime.mover import Mover
from clearhouse.runtime.opening import Opened, open_venue
from clearhouse.runtime.recovery import SNAPSHOT_AFTER, keep_snapshot
from clearhouse.runtime.sealing import Sealer

WS_PING_SECONDS = 180.0
WS_PONG_SECONDS = 600.0
MAX_CONNECTIONS = 20_000
KEEP_ALIVE_SECONDS = 60
DRAIN_SECONDS = 10
SWITCH_SECONDS = 0.0005
"""How long the event loop keeps the interpreter from the thread that comes back from a COMMIT
(5 ms by default: longer than the commit took)."""

COLLECTOR_THRESHOLDS = (20_000, 20, 100)
"""Requests leave no cycles behind, so the collector need not look after every 700 objects."""


class Server(uvicorn.Server):
    """uvicorn, with signals left to us: SIGTERM means finish, commit, exit 0."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Application:
    """A server from start to stop."""

    def __init__(self, config: Config) -> None:
        config.check()
        self.config = config
        self.failure: Exception | None = None
        self.sealer = _sealer(config)
        self.export_files = ExportFiles(_beside(config.data, ".exports"))
        self._server: Server | None = None
        self._seed = read_seed(config.seed_file) if config.seed_file else None
        rehearse(self.genesis)

    async def run(
        self,
        on_ready: Callable[[Opened, str], None],
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Serve until SIGTERM or SIGINT; then finish what was accepted and keep a snapshot."""
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.set_threshold(*COLLECTOR_THRESHOLDS)
        journal = open_journal(self.config.data, progress)
        try:
            opened = await open_venue(
                journal,
                genesis=self.genesis,
                on_failure=self._fail,
                progress=progress,
                past_seed=self.config.market_seed,
            )
            opened.sequencer.tape.on_trouble = _complain
            with _bound(self.config) as listener:
                async with self.exporting(opened, journal), self.feeding(opened) as feeding:
                    await self._serve(opened, feeding, listener, on_ready)
            await opened.venue.stop()
            if not self.failure:
                _keep(journal, opened)
        finally:
            journal.close()
            self.export_files.close()

    @contextlib.asynccontextmanager
    async def exporting(self, opened: Opened, journal: Journal) -> AsyncIterator[None]:
        """Write exports meanwhile."""
        writer = ExportWriter(opened.venue, journal, self.export_files, _complain)
        try:
            yield
        finally:
            await writer.stop()

    @contextlib.asynccontextmanager
    async def feeding(self, opened: Opened) -> AsyncIterator[Feeding]:
        """Move the market meanwhile."""
        mover, config = Mover(opened.sequencer), self.config
        feeding = Feeding(opened, mover, config.source, config.conditions, _complain)
        await feeding.start()
        try:
            yield feeding
        finally:
            await feeding.stop()

    def genesis(self) -> Iterable[Command]:
        """What an empty venue begins with."""
        config = self.config
        first = list(genesis(self.sealer, config.demo_key, config.demo_secret))
        seeded = seed_commands(self._seed, self.sealer, first) if self._seed else ()
        return [*first, *seeded]

    def stop(self) -> None:
        """Stop accepting, finish, exit."""
        if self._server:
            self._server.should_exit = True

    async def _serve(
        self,
        opened: Opened,
        feeding: Feeding,
        listener: socket.socket,
        on_ready: Callable[[Opened, str], None],
    ) -> None:
        host, port = listener.getsockname()[:2]
        home = f"http://{_in_url(host)}:{port}"
        settings = uvicorn.Config(
            self.build(opened, home, feeding),
            loop="uvloop",
            http=ExchangeProtocol,
            ws=PushProtocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # an address is what connected, not what a header says
            limit_concurrency=MAX_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            ws_max_size=MAX_BODY,
            ws_ping_interval=WS_PING_SECONDS,
            ws_ping_timeout=WS_PONG_SECONDS,
            ws_per_message_deflate=False,
        )
        self._server = Server(settings)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.stop)
        serving = asyncio.ensure_future(self._server.serve(sockets=[listener]))
        while not (self._server.started or serving.done()):  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.005)
        if not serving.done():
            on_ready(opened, home)
        await serving

    def build(
        self, opened: Opened, home: str | None = None, feeding: Feeding | None = None
    ) -> ExchangeServer:
        """The ASGI application of an open venue; `home` is the address that it listens on.

        Without `feeding` nothing moves the market, and nothing is said of it.
        """
        venue = opened.venue
        home = home or f"http://{_in_url(self.config.host)}:{self.config.port}"
        links = DownloadLinks(self.sealer, home)
        limiter = Limiter(enforced=self.config.rate_limits)
        metrics = RequestMetrics()
        log = RequestLog() if self.config.request_log else None
        gateway = Gateway(
            venue,
            Verifier(self.sealer),
            limiter,
            listen_keys=ListenKeyTexts(self.sealer),
            links=links,
            conditions=_conditions(feeding),
        )
        plane = ControlPlane(venue, self.sealer, self.config.admin_token)
        calls = Calls(
            plane,
            genesis=self.genesis,
            settings=_public_settings(self.config),
            on_reset=limiter.clear,
            feeding=feeding,
        )
        return ExchangeServer(
            Exchange(OPERATIONS, gateway, log=log, metrics=metrics),
            websocket=WebSocketApi(OPERATIONS, gateway, log=log, metrics=metrics),
            streams=StreamServer(gateway, metrics),
            pages=self._pages(
                opened,
                metrics,
                calls.routes(),
                Downloads(venue, links, self.export_files).routes(),
            ),
        )

    def _pages(
        self, opened: Opened, metrics: RequestMetrics, calls: list[Route], downloads: list[Route]
    ) -> Starlette:
        """The control plane, downloads and the console."""
        console = Console(
            metrics,
            status=lambda: _status(opened, self.config),
            demo=lambda: self._demo_key(opened),
            calls=[_control_call(route) for route in calls],
        )
        missing = {404: _missing, 405: _missing}
        return Starlette(routes=[*calls, *downloads, *console.routes()], exception_handlers=missing)

    async def _demo_key(self, opened: Opened) -> DemoKey | None:
        """The published key, to be shown where only this machine can use it and it is there."""
        key = await opened.venue.read(FindKey(DEMO_KEY)) if self.config.on_loopback else None
        shown = key and key.kind is KeyKind.HMAC and opens_demo(self.sealer, key.material)
        return DemoKey(DEMO_KEY, DEMO_SECRET) if shown else None

    def _fail(self, error: Exception) -> None:
        """The journal failed: stop at once, the memory is ahead of what is stored."""
        self.failure = error
        self.stop()


def open_journal(path: Path | None, progress: Callable[[int], None] = lambda _: None) -> Journal:
    """The journal in a file, or in memory where there is no path."""
    return SqliteJournal(path, progress=progress) if path else MemoryJournal()


def opens_demo(sealer: Sealer, material: bytes) -> bool:
    """Whether a sealed secret is the published one."""
    return sealer.open(material) == DEMO_SECRET.encode()


async def _missing(request: Request, _error: Exception) -> Response:
    """404 and 405 in the form of the side that was asked."""
    allowed = ", ".join(sorted(_methods_at(request)))
    if request.url.path.startswith(PREFIX):
        answer = error_response(no_such_call(request, allowed))
    else:
        answer = no_page(request, allowed)
    if allowed:
        answer.headers["allow"] = allowed
    return answer


def _methods_at(request: Request) -> Iterator[str]:
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            yield from route.methods


def _control_call(route: Route) -> ControlCall:
    method = next(iter((route.methods or set()) - {"HEAD"}))
    path = re.sub(r":\w+}", "}", route.path)
    return ControlCall(method, path, (route.endpoint.__doc__ or "").strip())


def _conditions(feeding: Feeding | None) -> Conditions | None:
    if feeding is None:
        return None
    return Conditions(lambda: feeding.profile, feeding.choice.seed)


def _status(opened: Opened, config: Config) -> VenueStatus:
    venue = opened.venue
    return VenueStatus(
        accounts=len(opened.sequencer.state.register.accounts),
        seq=venue.head.seq,
        now=venue.now(),
        clock=venue.clock_setting.mode,
        store=str(config.data) if config.data else "memory",
        failure=str(venue.failure or ""),
    )


def _beside(data: Path | None, suffix: str) -> Path | None:
    """A file or directory next to the data file, where there is one."""
    return data and Path(f"{data}{suffix}")


def _complain(what: str) -> None:
    """Tell the operator, as a line like those of the request log."""
    line = msgspec.json.encode({"level": "error", "trouble": what})
    sys.stderr.write(f"{line.decode()}\n")
    sys.stderr.flush()


def _sealer(config: Config) -> Sealer:
    if config.sealing_key:
        return Sealer.from_hex(config.sealing_key)
    if config.data is None:
        return Sealer.ephemeral()
    return Sealer.beside(Path(f"{config.data}.key"), create=not config.data.exists())


def _bound(config: Config) -> socket.socket:
    """The listening socket, bound before anything else is promised."""
    try:
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((config.host, config.port))
    except OSError as error:
        raise ConfigError(
            f"{config.host}:{config.port} cannot be listened on: {error.strerror}; "
            "choose another --port (0 picks a free one)"
        ) from None
    return listener


def _keep(journal: Journal, opened: Opened) -> None:
    """A snapshot at a clean stop, where replaying would take noticeable time."""
    since = opened.venue.head.seq - opened.recovered.from_snapshot
    if since >= SNAPSHOT_AFTER // 10:
        keep_snapshot(journal, opened.sequencer.state, opened.venue.head)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _public_settings(config: Config) -> dict[str, object]:
    return {
        "version": __version__,
        "store": str(config.data) if config.data else "memory",
        "rateLimits": config.rate_limits,
        "asOf": config.as_of,
    }

"""What `clearhouse serve` says when it is ready, and while a long journal replays.

Plain text: a start-up must not wait for a library that draws.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

from clearhouse import __version__
from clearhouse.app import opens_demo
from clearhouse.config import Config
from clearhouse.console.clients import Place, client_settings
from clearhouse.feeds.sources import FIXED, SYNTHETIC
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.model.access import KeyKind
from clearhouse.runtime.clock import monotonic
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET
from clearhouse.runtime.opening import Opened
from clearhouse.runtime.sealing import Sealer

LONG_REPLAY_SECONDS = 0.5
REDRAW_SECONDS = 0.1
BAR = 30

Announce = Callable[[Opened, str], None]


def announcer(config: Config, sealer: Sealer) -> Announce:
    """The banner of a server, to be printed when it is ready."""

    def announce(opened: Opened, url: str) -> None:
        print(banner(config, sealer, opened, url))
        print(f"clearhouse ready {url}", flush=True)

    return announce


def banner(config: Config, sealer: Sealer, opened: Opened, url: str) -> str:
    """What it is, what it holds, and what to paste."""
    lines = [
        f"Clearhouse {__version__}: accounts and wallets that speak Binance's API",
        "",
        f"  store        {config.data or 'memory: nothing is kept'}",
        f"  holds        {_holds(opened)}",
        f"  console      {url}/   reference {url}/docs",
        f"  REST         {url}",
        f"  WebSocket    {Place(url).ws}/ws-fapi/v1   streams {Place(url).ws}",
    ]
    lines.append(f"  market       {_market(config)}")
    if not config.rate_limits:
        lines.append("  limits       counted, not enforced")
    if config.as_of:
        lines.append(f"  rules of     {config.as_of}")
    lines += _keys(config, sealer, opened, url)
    return "\n".join(lines) + "\n"


def _market(config: Config) -> str:
    """What moves it, and how kind it is."""
    moves = {FIXED: "stands still until prices are set"}.get(config.market, config.market)
    if config.market == SYNTHETIC:
        moves = f"synthetic, seed {config.market_seed}"
    return f"{moves}; {config.profile}; klines before the birth are seeded"


def _holds(opened: Opened) -> str:
    accounts = len(opened.sequencer.state.register.accounts)
    events = opened.venue.head.seq
    origin = "begun afresh" if opened.fresh else f"{opened.recovered.replayed:,} replayed"
    plural = "" if accounts == 1 else "s"
    return f"{accounts:,} account{plural}, {events:,} events ({origin})"


def _keys(config: Config, sealer: Sealer, opened: Opened, url: str) -> list[str]:
    """The demo key with code to paste, where it is there and not the owner's own."""
    if config.demo_key != DEMO_KEY or config.demo_secret != DEMO_SECRET:
        return ["", "  The demo account has the key of CLEARHOUSE_DEMO_KEY.", *_hints(url)]
    if not _has_demo(sealer, opened):
        return _hints(url)
    place = Place(url, DEMO_KEY, DEMO_SECRET)
    lines = ["", f"  demo key     {DEMO_KEY}", f"  demo secret  {DEMO_SECRET}"]
    for name in ("official", "ccxt"):
        client = client_settings(name, place)
        lines += [
            "",
            f"  {client.title}: {client.install}",
            "",
            indent(client.code.rstrip(), "    "),
        ]
    return lines + _hints(url)


def _has_demo(sealer: Sealer, opened: Opened) -> bool:
    key = opened.sequencer.state.register.keys.get(DEMO_KEY)
    return key is not None and key.kind is KeyKind.HMAC and opens_demo(sealer, key.material)


def _hints(url: str) -> list[str]:
    at = "" if url == "http://127.0.0.1:7400" else f" --url {url}"
    return [
        "",
        f"  Another client: clearhouse urls --all{at}",
        f"  Another account: clearhouse account create{at}",
        f"  See it work: clearhouse tour{at}",
    ]


class ReplayBar:
    """A bar on standard error, once reading the journal takes long, where a person looks on.

    It is read twice where an earlier version wrote its history tables: for those, and to replay.
    """

    def __init__(self, data: Path | None) -> None:
        self._data = data
        self._last = 0
        self._next = monotonic() + LONG_REPLAY_SECONDS
        self._drawn = False

    def __call__(self, seq: int) -> None:
        """Reading has come to this event."""
        now = monotonic()
        if now < self._next:
            return
        self._next = now + REDRAW_SECONDS
        if not self._last:
            self._last = max(seq, self._count())
        full = BAR * seq // self._last
        bar = "#" * full + "." * (BAR - full)
        text = f"\rreading the journal [{bar}] {seq:,} of {self._last:,} events"
        if sys.stderr.isatty():
            print(text, end="", file=sys.stderr, flush=True)
            self._drawn = True

    def finish(self) -> None:
        """Wipe the bar."""
        if self._drawn:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def _count(self) -> int:
        if self._data is None:
            return 0
        journal = SqliteJournal(self._data, read_only=True)
        try:
            return journal.head().seq
        finally:
            journal.close()

"""The sources by name: what `--market` and the control plane may ask for."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from clearhouse.feeds.archive.faults import ArchiveError
from clearhouse.feeds.archive.recording import load
from clearhouse.feeds.fixed import Fixed
from clearhouse.feeds.live.address import EXCHANGE, AddressError
from clearhouse.feeds.port import Source
from clearhouse.feeds.recorded import Recorded
from clearhouse.feeds.recorded.pace import ORIGINAL_SPEED, SpeedError, parse_speed
from clearhouse.feeds.recorded.source import Timekeeper
from clearhouse.feeds.synthetic import Synthetic
from clearhouse.market.rules import Rules

FIXED = Fixed.name
SYNTHETIC = Synthetic.name
RECORDED = Recorded.name
LIVE = "live"
DEFAULT_SEED = 1


class SourceError(ValueError):
    """A source that cannot be had; the text says why and what to do."""


class ReplayClock(StrEnum):
    """Whose time a recording is played at."""

    VENUE = "venue"
    RECORDING = "recording"


class WhenStale(StrEnum):
    """What is done with orders while a live market is stale."""

    REFUSE = "refuse"
    FILL = "fill"


class Replay(Struct, frozen=True, kw_only=True):
    """What to play, and how."""

    paths: tuple[str, ...]
    speed: str = str(ORIGINAL_SPEED)
    loop: bool = False
    clock: ReplayClock = ReplayClock.VENUE


class Following(Struct, frozen=True, kw_only=True):
    """Whom to follow live; no symbols are all that are listed."""

    url: str = EXCHANGE
    symbols: tuple[str, ...] = ()
    when_stale: WhenStale = WhenStale.REFUSE


class Choice(Struct, frozen=True, kw_only=True):
    """Which source, and what it needs to know.

    `seed`: of a synthetic market, and of every venue's past.
    """

    name: str
    seed: int
    replay: Replay | None = None
    following: Following = Following()


class Surroundings(NamedTuple):
    """What of a server a source is made with."""

    rules: Mapping[str, Rules]
    timekeeper: Timekeeper
    monotonic: Callable[[], float]


def _fixed(_choice: Choice, _around: Surroundings) -> Source:
    return Fixed()


def _synthetic(choice: Choice, _around: Surroundings) -> Source:
    return Synthetic(choice.seed)


def _recorded(choice: Choice, around: Surroundings) -> Source:
    """Everything is read and checked here, before anything moves."""
    if choice.replay is None or not choice.replay.paths:
        raise SourceError(
            "a recorded market needs a recording: files of the archive, or a directory"
        )
    replay = choice.replay
    try:
        speed = parse_speed(replay.speed)
        recording = load([Path(path) for path in replay.paths], around.rules)
    except (SpeedError, ArchiveError) as error:
        raise SourceError(str(error)) from None
    own_clock = replay.clock is ReplayClock.RECORDING
    timekeeper = around.timekeeper if own_clock else None
    return Recorded(recording, speed=speed, loop=replay.loop, timekeeper=timekeeper)


def _live(choice: Choice, around: Surroundings) -> Source:
    """What opens connections is not even loaded where it was not asked for."""
    from clearhouse.feeds.live.source import Live  # noqa: PLC0415

    following = choice.following
    unknown = [symbol for symbol in following.symbols if symbol not in around.rules]
    if unknown:
        raise SourceError(f"{', '.join(unknown)} is not listed here")
    try:
        return Live(following.url, symbols=following.symbols, monotonic=around.monotonic)
    except AddressError as error:
        raise SourceError(str(error)) from None


SOURCES: dict[str, Callable[[Choice, Surroundings], Source]] = {
    FIXED: _fixed,
    SYNTHETIC: _synthetic,
    RECORDED: _recorded,
    LIVE: _live,
}
"""Every source and how it is made; making one refuses with `SourceError`."""


def source_of(choice: Choice, around: Surroundings) -> Source:
    """The source of a choice; refuses a name that there is not."""
    make = SOURCES.get(choice.name)
    if make is None:
        raise SourceError(f"there is no source '{choice.name}'; choose {', '.join(SOURCES)}")
    return make(choice, around)

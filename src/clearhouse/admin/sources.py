"""The calls of the control plane about where the market comes from and how kind it is to orders."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict, replace
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from clearhouse.admin.bodies import Decimal, decode_body, units_of
from clearhouse.admin.control_plane import ControlPlane
from clearhouse.admin.errors import CONFLICT, NOT_FOUND, AdminError, malformed
from clearhouse.feeds.deliveries import Begun
from clearhouse.feeds.live.address import EXCHANGE
from clearhouse.feeds.port import SourceState, SourceView
from clearhouse.feeds.profiles import Profile, ProfileError, named, with_numbers
from clearhouse.feeds.recorded import Recorded
from clearhouse.feeds.recorded.pace import SpeedError, parse_speed
from clearhouse.feeds.sources import (
    Choice,
    Following,
    Replay,
    ReplayClock,
    SourceError,
    WhenStale,
)
from clearhouse.model.money import trimmed
from clearhouse.runtime.clock import monotonic
from clearhouse.runtime.feeding import Feeding

LOOK_SECONDS = 0.05
BEAT_SECONDS = 1.0

Seed = Annotated[int, Meta(ge=0, le=2**53)]


class ConditionsBody(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """`conditions` of `PUT /market`: numbers of a profile that are to be others."""

    depth: int | UnsetType = UNSET
    notional: Decimal | UnsetType = UNSET
    spread: Decimal | UnsetType = UNSET
    slippage: Decimal | UnsetType = UNSET
    refills: bool | UnsetType = UNSET
    latency_ms: tuple[int, int] | UnsetType = UNSET
    reject_rate: Decimal | UnsetType = UNSET


class ReplayBody(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """`replay` of `PUT /market`: files or directories of the server, and how they are played."""

    paths: tuple[str, ...]
    speed: str = "1"
    loop: bool = False
    clock: ReplayClock = ReplayClock.VENUE


class LiveBody(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """`live` of `PUT /market`: whom to follow."""

    url: str = EXCHANGE
    symbols: tuple[str, ...] = ()
    when_stale: WhenStale = WhenStale.REFUSE


class PlaceBody(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """`PUT /market/replay`: what is left out stays. `position`: a recorded time."""

    paused: bool | None = None
    speed: str | None = None
    loop: bool | None = None
    position: int | None = None


class MarketBody(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """`PUT /market`: what is left out stays."""

    source: str | None = None
    seed: Seed | None = None
    replay: ReplayBody | None = None
    live: LiveBody | None = None
    profile: str | None = None
    conditions: ConditionsBody | None = None


class SourceCalls:
    """Calls about the source of the market, bound to what runs it."""

    def __init__(self, plane: ControlPlane, feeding: Feeding | None) -> None:
        self._plane = plane
        self._feeding = feeding

    def routes(self) -> list[Route]:
        """The table of calls."""
        return [
            self._plane.reading("/market", self.market),
            self._plane.steering("/market", self.set_market),
            self._plane.steering("/market/replay", self.set_replay),
            self._plane.reading("/market/deliveries", self.deliveries),
        ]

    async def market(self, _request: Request) -> object:
        """The source of the market and how it is doing; the profile in force."""
        return market_of(self.feeding)

    async def set_market(self, _request: Request, raw: bytes) -> object:
        """Another source, another profile, or both."""
        body = decode_body(raw, MarketBody)
        if body == MarketBody():
            raise malformed("name a source, a seed, a replay, a profile or conditions")
        try:
            profile = _conditions(self.feeding.profile, body)
            await self.feeding.change(_chosen(self.feeding.choice, body), profile)
        except (SourceError, ProfileError) as error:
            raise malformed(str(error)) from None
        return market_of(self.feeding)

    async def set_replay(self, _request: Request, raw: bytes) -> object:
        """Pause or resume a recording, play it at another speed, or from another place."""
        body = decode_body(raw, PlaceBody)
        if body == PlaceBody():
            raise malformed("name paused, speed, loop or position")
        source = self.feeding.source
        if not isinstance(source, Recorded) or self.feeding.view().state is SourceState.FAILED:
            raise AdminError(CONFLICT, "not_recorded", "no recording is played; choose one first")
        try:
            speed = None if body.speed is None else parse_speed(body.speed)
        except SpeedError as error:
            raise malformed(str(error)) from None
        source.change(paused=body.paused, speed=speed, loop=body.loop)
        if body.position is not None:
            source.seek(body.position)
        await asyncio.sleep(0)
        return market_of(self.feeding)

    async def deliveries(self, request: Request) -> object:
        """What the source delivers from now on, as lines of JSON until the reader goes."""
        rules, contracts = self.feeding.rules, self.feeding.contracts()
        asked = [name for name in request.query_params.get("symbols", "").split(",") if name]
        unknown = [name for name in asked if name not in contracts]
        if unknown:
            raise AdminError(NOT_FOUND, "unknown_symbol", f"{unknown[0][:40]} is not listed")
        decimals = {
            name: (_decimals(rules(name).tick), _decimals(rules(name).step))
            for name in asked or contracts
        }
        return StreamingResponse(
            _lines(self.feeding, asked, decimals), media_type="application/x-ndjson"
        )

    @property
    def feeding(self) -> Feeding:
        """What moves the market; only a server has it."""
        assert self._feeding is not None
        return self._feeding


def market_of(feeding: Feeding) -> dict[str, Any]:
    """Source, profile and past, as they are printed."""
    return {
        "source": _source(feeding.view()),
        "readers": feeding.tap.readers,
        "profile": _profile(feeding.profile),
        "past": {"seeded": True, "seed": feeding.past_seed},
    }


def _conditions(in_force: Profile, body: MarketBody) -> Profile:
    profile = in_force if body.profile is None else named(body.profile)
    if body.conditions is None:
        return profile
    return with_numbers(profile, _numbers(body.conditions))


def _chosen(choice: Choice, body: MarketBody) -> Choice:
    return replace(
        choice,
        name=choice.name if body.source is None else body.source,
        seed=choice.seed if body.seed is None else body.seed,
        replay=choice.replay if body.replay is None else Replay(**asdict(body.replay)),
        following=choice.following if body.live is None else Following(**asdict(body.live)),
    )


async def _lines(
    feeding: Feeding, symbols: list[str], decimals: dict[str, tuple[int, int]]
) -> AsyncIterator[bytes]:
    """Lines as they come; a beat where none do, so that both sides know of each other."""
    with feeding.tap.reading(symbols) as reader:
        reader.add(Begun(feeding.now(), decimals))
        beaten = monotonic()
        while lines := reader.take() or (b"" if reader.cut else b"\n"):
            if lines != b"\n":
                yield lines
                beaten = monotonic()
            elif monotonic() - beaten > BEAT_SECONDS:
                feeding.tap.beat(reader, feeding.view())
            await asyncio.sleep(LOOK_SECONDS)


def _decimals(unit: int) -> int:
    """Decimals that a multiple of a unit may have."""
    return len(trimmed(unit).partition(".")[2])


def _numbers(sent: ConditionsBody) -> dict[str, Any]:
    given = {name: value for name, value in asdict(sent).items() if value is not UNSET}
    for name in ("notional", "spread", "slippage", "reject_rate"):
        if name in given:
            given[name] = units_of(name, given[name])
    return given


def _source(view: SourceView) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": view.name, "state": view.state.value, **view.details}
    if view.as_of is not None:
        shown["asOf"] = view.as_of
    if view.trouble:
        shown["trouble"] = view.trouble
    return shown


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "depth": profile.depth,
        "notional": trimmed(profile.notional),
        "spread": trimmed(profile.spread),
        "slippage": trimmed(profile.slippage),
        "refills": profile.refills,
        "latencyMs": profile.latency_ms,
        "rejectRate": trimmed(profile.reject_rate),
    }

"""The calls of the control plane about where the market comes from and how kind it is to orders."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict, replace
from starlette.requests import Request
from starlette.routing import Route

from clearhouse.admin.bodies import Decimal, decode_body, units_of
from clearhouse.admin.control_plane import ControlPlane
from clearhouse.admin.errors import malformed
from clearhouse.feeds.port import SourceView
from clearhouse.feeds.profiles import Profile, ProfileError, named, with_numbers
from clearhouse.feeds.sources import Choice, SourceError
from clearhouse.model.money import trimmed
from clearhouse.runtime.feeding import Feeding

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


class MarketBody(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """`PUT /market`: what is left out stays."""

    source: str | None = None
    seed: Seed | None = None
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
        ]

    async def market(self, _request: Request) -> object:
        """The source of the market and how it is doing; the profile in force."""
        return market_of(self.feeding)

    async def set_market(self, _request: Request, raw: bytes) -> object:
        """Another source, another profile, or both."""
        body = decode_body(raw, MarketBody)
        if body == MarketBody():
            raise malformed("name a source, a seed, a profile or conditions")
        try:
            profile = _conditions(self.feeding.profile, body)
            await self.feeding.change(_chosen(self.feeding.choice, body), profile)
        except (SourceError, ProfileError) as error:
            raise malformed(str(error)) from None
        return market_of(self.feeding)

    @property
    def feeding(self) -> Feeding:
        """What moves the market; only a server has it."""
        assert self._feeding is not None
        return self._feeding


def market_of(feeding: Feeding) -> dict[str, Any]:
    """Source, profile and past, as they are printed."""
    return {
        "source": _source(feeding.view()),
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
    )


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

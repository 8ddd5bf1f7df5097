"""Profiles: how kind the market is to orders.

A profile says how the house quotes and what happens to a request with orders on its way in. The
named ones are `profiles.toml`, where each field is explained; any of their numbers may be set
otherwise, within the bounds here.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from clearhouse.model.money import MAX_AMOUNT_UNITS, SCALE, parse_units, trimmed

IDEAL = "ideal"
CUSTOM = "custom"
"""The name of a profile with numbers of its own."""

DEEPEST = 1_000
WIDEST = SCALE // 10
LONGEST_MS = 10_000


class ProfileError(ValueError):
    """Numbers that are no profile; the text says which and what they may be."""


class Profile(Struct, frozen=True, kw_only=True):
    """A profile; amounts and fractions in units of 1e-8. The table says what each field means."""

    name: str
    depth: int
    notional: int
    spread: int
    slippage: int
    refills: bool
    latency_ms: tuple[int, int]
    reject_rate: int

    def check(self) -> None:
        """Refuse what is out of range."""
        least, most = self.latency_ms
        bounds = (
            ("depth", 1 <= self.depth <= DEEPEST, f"1 to {DEEPEST} levels"),
            ("notional", 0 <= self.notional <= MAX_AMOUNT_UNITS, "0 to 1e15"),
            ("spread", 0 <= self.spread <= WIDEST, f"0 to {trimmed(WIDEST)} of the price"),
            ("slippage", 0 <= self.slippage <= WIDEST, f"0 to {trimmed(WIDEST)} of the price"),
            (
                "latencyMs",
                0 <= least <= most <= LONGEST_MS,
                f"two numbers in order, 0 to {LONGEST_MS}",
            ),
            ("rejectRate", 0 <= self.reject_rate <= SCALE, "0 to 1"),
        )
        for name, fits, allowed in bounds:
            if not fits:
                raise ProfileError(f"{name}: {allowed}")


@cache
def profiles() -> Mapping[str, Profile]:
    """The named profiles, in the order of the file."""
    text = files("clearhouse.feeds").joinpath("profiles.toml").read_text("utf-8")
    return {name: _profile(name, row) for name, row in tomllib.loads(text).items()}


def named(name: str) -> Profile:
    """A named profile; refuses other names."""
    found = profiles().get(name)
    if found is None:
        raise ProfileError(f"there is no profile '{name}'; choose {', '.join(profiles())}")
    return found


def with_numbers(base: Profile, numbers: Mapping[str, Any]) -> Profile:
    """A profile with some numbers of its own. Refuses what is out of range."""
    changed = replace(base, **numbers)
    if changed == base:
        return base
    changed = replace(changed, name=CUSTOM)
    changed.check()
    return changed


def _profile(name: str, row: dict[str, Any]) -> Profile:
    least, most = row["latency_ms"]
    profile = Profile(
        name=name,
        depth=row["depth"],
        notional=parse_units(row["notional"]),
        spread=parse_units(row["spread"]),
        slippage=parse_units(row["slippage"]),
        refills=row["refills"],
        latency_ms=(least, most),
        reject_rate=parse_units(row["reject_rate"]),
    )
    profile.check()
    return profile

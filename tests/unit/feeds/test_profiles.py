"""Profiles: the table, its page, and what is refused."""

import re
from pathlib import Path
from typing import Any

import pytest

from clearhouse.feeds.characters import characters
from clearhouse.feeds.profiles import ProfileError, named, profiles, with_numbers
from clearhouse.feeds.sources import SOURCES, Choice, SourceError, source_of
from clearhouse.messages.commands import ListContract
from clearhouse.model.money import SCALE, trimmed
from clearhouse.runtime.market import builtin_market

PAGE = Path("docs/reference/sources.md").read_text("utf-8")


def test_the_page_has_the_numbers_of_every_profile() -> None:
    rows = {
        cells[0].strip("`"): cells[1:4]
        for line in PAGE.splitlines()
        if len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 6
    }
    for column, name in enumerate(("ideal", "realistic", "harsh")):
        profile = named(name)
        assert rows["depth"][column] == str(profile.depth)
        assert rows["notional"][column] == trimmed(profile.notional)
        assert rows["spread"][column] == trimmed(profile.spread)
        assert rows["slippage"][column] == trimmed(profile.slippage)
        assert rows["refills"][column] == str(profile.refills).lower()
        assert rows["latencyMs"][column] == "{} to {}".format(*profile.latency_ms)
        assert rows["rejectRate"][column] == trimmed(profile.reject_rate)


def test_the_page_has_every_source() -> None:
    table = PAGE.partition("| source |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == list(SOURCES)


def test_ideal_is_what_a_venue_always_was() -> None:
    ideal = named("ideal")
    assert (ideal.depth, ideal.spread, ideal.slippage, ideal.refills) == (20, 0, 0, True)
    assert (ideal.latency_ms, ideal.reject_rate) == ((0, 0), 0)


def test_another_name_is_refused() -> None:
    with pytest.raises(ProfileError, match="choose ideal, realistic, harsh"):
        named("kind")
    with pytest.raises(SourceError, match="choose fixed, synthetic"):
        source_of(Choice(name="moon", seed=1))


def test_numbers_of_its_own_make_a_profile_custom() -> None:
    harsh = named("harsh")
    assert with_numbers(harsh, {"depth": 20}) is harsh
    custom = with_numbers(harsh, {"depth": 1_000, "reject_rate": SCALE})
    assert (custom.name, custom.depth, custom.spread) == ("custom", 1_000, harsh.spread)


@pytest.mark.parametrize(
    ("numbers", "refusal"),
    [
        ({"depth": 0}, "depth: 1 to 1000 levels"),
        ({"depth": 1_001}, "depth: 1 to 1000 levels"),
        ({"notional": -1}, "notional: 0 to 1e15"),
        ({"spread": -1}, "spread: 0 to 0.1 of the price"),
        ({"spread": SCALE // 10 + 1}, "spread: 0 to 0.1 of the price"),
        ({"slippage": SCALE // 10 + 1}, "slippage: 0 to 0.1 of the price"),
        ({"latency_ms": (-1, 5)}, "latencyMs: two numbers in order, 0 to 10000"),
        ({"latency_ms": (6, 5)}, "latencyMs: two numbers in order, 0 to 10000"),
        ({"latency_ms": (0, 10_001)}, "latencyMs: two numbers in order, 0 to 10000"),
        ({"reject_rate": -1}, "rejectRate: 0 to 1"),
        ({"reject_rate": SCALE + 1}, "rejectRate: 0 to 1"),
    ],
)
def test_what_is_out_of_range_is_refused(numbers: dict[str, Any], refusal: str) -> None:
    with pytest.raises(ProfileError) as refused:
        with_numbers(named("ideal"), numbers)
    assert str(refused.value) == refusal


def test_every_profile_is_within_the_bounds() -> None:
    for profile in profiles().values():
        profile.check()


def test_every_contract_of_the_builtin_market_has_a_character() -> None:
    listed = [one.contract.symbol for one in builtin_market() if isinstance(one, ListContract)]
    assert sorted(characters()) == sorted([*listed, "default"])

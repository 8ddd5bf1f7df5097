"""The built-in market: `market.toml` as commands."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from clearhouse.messages.commands import ListAsset, ListContract
from clearhouse.model.instruments import Asset, Bracket, Collateral, Contract
from clearhouse.model.money import parse_units


def builtin_market() -> Iterator[ListAsset | ListContract]:
    """Every asset, then every contract, in the order of the file."""
    text = files("clearhouse.runtime").joinpath("market.toml").read_text("utf-8")
    listed = tomllib.loads(text)
    for name, facts in listed["assets"].items():
        yield ListAsset(_asset(name, facts))
    for symbol, facts in listed["contracts"].items():
        yield ListContract(_contract(symbol, facts))


def _asset(name: str, facts: dict[str, Any]) -> Asset:
    haircuts = facts.get("collateral")
    return Asset(
        name=name,
        full_name=facts["full_name"],
        index=parse_units(facts["index"]),
        futures=facts.get("futures", False),
        collateral=_collateral(haircuts) if haircuts else None,
    )


def _collateral(haircuts: dict[str, str]) -> Collateral:
    return Collateral(
        bid_buffer=parse_units(haircuts["bid_buffer"]),
        ask_buffer=parse_units(haircuts["ask_buffer"]),
        auto_exchange_bid_buffer=parse_units(haircuts["auto_exchange_bid_buffer"]),
        auto_exchange_ask_buffer=parse_units(haircuts["auto_exchange_ask_buffer"]),
        auto_exchange_threshold=haircuts.get("auto_exchange_threshold"),
    )


def _contract(symbol: str, facts: dict[str, Any]) -> Contract:
    tiers = tuple(
        Bracket(
            initial_leverage=leverage,
            notional_floor=parse_units(floor),
            notional_cap=parse_units(cap),
            maint_margin_ratio=parse_units(ratio),
            cum=parse_units(cum),
        )
        for leverage, floor, cap, ratio, cum in facts["brackets"]
    )
    return Contract(symbol=symbol, **{**facts, "brackets": tiers})

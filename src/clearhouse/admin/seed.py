"""A seed file: what a new venue has beyond genesis, in the shapes of the control plane.

`{"assets": {ASSET: {"index": …}}, "symbols": {SYMBOL: {…}}, "accounts": [{"uid", "label",
"apiKey", "apiSecret", "balances": {"MAIN": {"USDT": "1000"}}}]}`. It is read when a store is
empty and after a reset; everything in it is one commit with genesis.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from clearhouse.admin.bodies import (
    AccountBody,
    IndexBody,
    decode_body,
    list_symbol,
    name_of,
    open_account,
    units_of,
)
from clearhouse.admin.errors import AdminError, malformed
from clearhouse.engine.apply import apply
from clearhouse.engine.execute import execute
from clearhouse.engine.state import State
from clearhouse.messages.commands import Command, ListAsset, ListContract
from clearhouse.messages.queries import CatalogueView
from clearhouse.messages.rejections import Rejected
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Asset
from clearhouse.runtime.sealing import Sealer


class SeedError(Exception):
    """The seed file cannot be read; the text says where."""


class Seed(Struct, frozen=True, forbid_unknown_fields=True):
    """A seed file."""

    assets: dict[str, IndexBody] = {}
    symbols: dict[str, dict[str, Any]] = {}
    accounts: tuple[AccountBody, ...] = ()


def read_seed(path: Path) -> Seed:
    """The file; refuses one that is not there or not of the shape."""
    try:
        return decode_body(path.read_bytes(), Seed)
    except OSError as error:
        raise SeedError(f"the seed file {path} cannot be read: {error.strerror}") from None
    except AdminError as error:
        raise SeedError(f"the seed file {path} is wrong: {error.message}") from None


def rehearse(first_day: Callable[[], Iterable[Command]]) -> None:
    """Play the first day on an empty state, so that a wrong seed is refused before it is begun."""
    state = State()
    try:
        for command in first_day():
            for event in execute(state, command, Millis(0)):
                apply(state, event)
    except AdminError as error:
        raise SeedError(f"the seed file is wrong: {error.message}") from None
    except Rejected as refusal:
        sentence = refusal.detail or refusal.reason.name.lower()
        raise SeedError(f"the seed file is wrong: {sentence}") from None


def seed_commands(seed: Seed, sealer: Sealer, genesis: list[Command]) -> Iterator[Command]:
    """The commands of a seed, after those of genesis."""
    assets = {c.asset.name: c.asset for c in genesis if isinstance(c, ListAsset)}
    contracts = {c.contract.symbol: c.contract for c in genesis if isinstance(c, ListContract)}
    for name, body in seed.assets.items():
        index = units_of(f"assets.{name_of('assets', name)}.index", body.index)
        if index <= 0:
            raise malformed(f"assets.{name}.index: a price is greater than zero")
        known = assets.get(name) or Asset(name=name, full_name=name, index=index)
        assets[name] = msgspec.structs.replace(known, index=index)
        yield ListAsset(assets[name])
    listed = CatalogueView(0, assets, contracts, {})
    for symbol, facts in seed.symbols.items():
        for command in list_symbol(symbol, msgspec.json.encode(facts), listed):
            if isinstance(command, ListAsset):
                assets[command.asset.name] = command.asset
            yield command
    for account in seed.accounts:
        yield open_account(account, sealer)[0]

"""How each symbol moves: `characters.toml` as numbers."""

import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct, convert


class Character(Struct, frozen=True, kw_only=True):
    """The table's columns; what they mean stands in the file."""

    volatility: int
    spread: int
    turnover: int
    trades: int
    premium: int


@cache
def characters() -> dict[str, Character]:
    """The whole table."""
    text = files("clearhouse.feeds").joinpath("characters.toml").read_text("utf-8")
    return convert(tomllib.loads(text), dict[str, Character])


def character_of(symbol: str) -> Character:
    """How a symbol moves; one that is not in the table moves as `default`."""
    table = characters()
    return table.get(symbol, table["default"])

"""The sources by name: what `--market` and the control plane may ask for."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from clearhouse.feeds.fixed import Fixed
from clearhouse.feeds.port import Source
from clearhouse.feeds.synthetic import Synthetic

FIXED = Fixed.name
SYNTHETIC = Synthetic.name
DEFAULT_SEED = 1


class SourceError(ValueError):
    """A source that cannot be had; the text says why and what to do."""


class Choice(Struct, frozen=True, kw_only=True):
    """Which source, and what it needs to know.

    `seed`: of a synthetic market, and of every venue's past. `options`: what else a source asks
    for by name.
    """

    name: str
    seed: int
    options: dict[str, Any] = {}


def _fixed(_choice: Choice) -> Source:
    return Fixed()


def _synthetic(choice: Choice) -> Source:
    return Synthetic(choice.seed)


SOURCES: dict[str, Callable[[Choice], Source]] = {FIXED: _fixed, SYNTHETIC: _synthetic}
"""Every source and how it is made; making one refuses with `SourceError`."""


def source_of(choice: Choice) -> Source:
    """The source of a choice; refuses a name that there is not."""
    make = SOURCES.get(choice.name)
    if make is None:
        raise SourceError(f"there is no source '{choice.name}'; choose {', '.join(SOURCES)}")
    return make(choice)

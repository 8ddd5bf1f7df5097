"""What a stream needs to know, and what it tells of that."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from typing_extensions import override

from clearhouse.messages.market_notices import MarketNotice
from clearhouse.messages.queries import CatalogueView, Query, ReadCatalogue
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract

SYMBOL_CLASS = 1
"""`st`: a symbol of USDⓈ-M."""

EVERY = ""
"""The symbol of a stream about all of them."""


class Seen(NamedTuple):
    """A moment of the venue: its time, and answers to what was asked; the catalogue always.

    What is refused, as for a symbol that is not listed, has no answer. `fresh`: somebody came
    since the last turn and knows nothing yet.
    """

    now: Millis
    answers: Mapping[Query[Any], Any]
    fresh: bool

    @property
    def listed(self) -> CatalogueView:
        """The catalogue."""
        view: CatalogueView = self.answers[ReadCatalogue()]
        return view

    def contract(self, symbol: str) -> Contract | None:
        """The contract of a symbol, where it is listed."""
        return self.listed.contracts.get(symbol)


class Channel(ABC):
    """One stream: it has its turn at the stream's speed, and remembers what it told last.

    `symbol`: the one market that it is about, or `EVERY`. `steady`: it has its turn also when
    nothing changed in its market.
    """

    steady = False

    def __init__(self, symbol: str = EVERY) -> None:
        self.symbol = symbol

    def asks(self, now: Millis) -> tuple[Query[Any], ...]:  # noqa: ARG002  most ask the same always
        """What must be known for this turn."""
        return ()

    def begin(self, seen: Seen) -> None:  # noqa: B027  most need not
        """Take in what is so while nobody was told anything yet."""

    def note(self, notice: MarketNotice) -> None:  # noqa: B027  most only need to know that
        """Take in what happened since the last turn."""

    @abstractmethod
    def tell(self, seen: Seen) -> Iterable[object]:
        """The events of this turn; none where nothing is new."""


class Silent(Channel):
    """A stream that has nothing to tell in this venue."""

    @override
    def tell(self, seen: Seen) -> Iterable[object]:
        """Nothing."""
        return ()

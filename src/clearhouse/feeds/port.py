"""The port that sources of market data are written against.

A `Source` is a task: it waits for the venue's time, looks at what is listed (`Outlook`) and
moves the market (`Movements`). It knows no venue, no journal and no clock of its own, so the
same source runs in a server, in a test and in a replay.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol, runtime_checkable

from msgspec import Struct

from clearhouse.market.rules import Rules
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.trades import Trades


class Movements(Protocol):
    """The only way in for market data. Symbols that are not listed are refused."""

    def trades(self, symbol: str, trades: Trades) -> None:
        """Public trades of the outside market, oldest first."""

    def prices(
        self,
        symbol: str,
        *,
        last: int | None = None,
        mark: int | None = None,
        index: int | None = None,
    ) -> None:
        """New prices; marks at most once a second and symbol."""

    def quotes(self, symbol: str, bid: int, ask: int) -> None:
        """The best prices of the source's book: the house quotes from there on."""


class Prices(Struct, frozen=True, kw_only=True):
    """What a symbol is worth now, in units of 1e-8."""

    last: int
    mark: int
    index: int


class Outlook(Protocol):
    """What a source sees of the venue."""

    def now(self) -> Millis:
        """The venue's time."""

    async def until(self, at: Millis) -> Millis:
        """Wait until the venue's time has come to `at`, and say what time it is then.

        On a frozen clock that is when somebody advances it, and then it may be far past `at`.
        It also returns, with a time before `at`, when the clock was set or the venue was reset:
        look at the market anew then.
        """

    def contracts(self) -> Mapping[str, Contract]:
        """What is listed, in the order of listing."""

    def rules(self, symbol: str) -> Rules:
        """The filters of a listed symbol as numbers."""

    def prices(self, symbol: str) -> Prices:
        """The prices of a listed symbol, whoever set them."""

    def worth(self, symbol: str) -> int:
        """The index price of its base asset: what a market of it opens at, in units of 1e-8."""

    def spread(self) -> int:
        """How far quotes are from the price at least, as a fraction in units of 1e-8."""


class SourceState(StrEnum):
    """How a source is doing."""

    STANDING = "standing"
    """It never moves anything."""
    CONNECTING = "connecting"
    RUNNING = "running"
    PAUSED = "paused"
    STALE = "stale"
    """It should move the market and has not for too long: prices are old."""
    ENDED = "ended"
    """It has delivered all that it has."""
    FAILED = "failed"


class SourceView(Struct, frozen=True, kw_only=True):
    """What a source says of itself. `as_of`: the time of the newest that it delivered.

    `details`: what else it has to say, as it is printed: seed, file, speed, address.
    """

    name: str
    state: SourceState
    as_of: Millis | None = None
    trouble: str = ""
    details: Mapping[str, str | int | bool] = {}


@runtime_checkable
class Confirmed(Protocol):
    """A source whose prices grow old unless it goes on confirming them."""

    def age_ms(self) -> int:
        """Milliseconds since anything was heard, or since it began."""

    def stale(self, symbol: str) -> str | None:
        """Why the market of a symbol is not to be relied on, or None where it is."""


class Source(Protocol):
    """Something that moves the market, or lets it stand."""

    name: str

    async def run(self, movements: Movements, outlook: Outlook) -> None:
        """Move the market until cancelled, or until there is nothing more; raises what fails."""

    def view(self) -> SourceView:
        """How it is doing."""

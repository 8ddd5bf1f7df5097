"""Which rows of statistics are asked for: how far apart, from when to when, and how many."""

from enum import StrEnum
from typing import Annotated, Protocol

from msgspec import Struct

from clearhouse.api.errors import ApiError, Fault
from clearhouse.api.params import Symbol, Time, choice, integer_in
from clearhouse.model.ids import DAY_MS, HOUR_MS, MINUTE_MS, Millis

KEPT_MS = 30 * DAY_MS


class Period(StrEnum):
    """How far rows are apart."""

    FIVE_MINUTES = "5m"
    QUARTER = "15m"
    HALF_HOUR = "30m"
    HOUR = "1h"
    TWO_HOURS = "2h"
    FOUR_HOURS = "4h"
    SIX_HOURS = "6h"
    TWELVE_HOURS = "12h"
    DAY = "1d"

    @property
    def ms(self) -> int:
        """Its length."""
        return int(self[:-1]) * {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}[self[-1]]


class ContractType(StrEnum):
    """Which contract of a pair; only perpetual ones are listed."""

    PERPETUAL = "PERPETUAL"
    CURRENT_QUARTER = "CURRENT_QUARTER"
    NEXT_QUARTER = "NEXT_QUARTER"


Rows = Annotated[int, integer_in(1, 500, "LONG")]
DEFAULT_ROWS = 30


class Window(Protocol):
    """What parameters say of the rows: how far apart, which, and how many."""

    @property
    def period(self) -> Period:
        """How far apart."""
        ...

    @property
    def limit(self) -> int:
        """How many."""
        ...

    @property
    def start_time(self) -> int | None:
        """The first moment."""
        ...

    @property
    def end_time(self) -> int | None:
        """The last moment."""
        ...


class SymbolParams(Struct, frozen=True, rename="camel"):
    """Of which symbol, and which rows; both ends belong to the window."""

    symbol: Symbol
    period: Annotated[Period, choice(Period)]
    limit: Rows = DEFAULT_ROWS
    start_time: Time | None = None
    end_time: Time | None = None


class BasisParams(Struct, frozen=True, rename="camel"):
    """Of which contract of a pair, and which rows; both ends belong to the window."""

    pair: Symbol
    contract_type: Annotated[ContractType, choice(ContractType)]
    period: Annotated[Period, choice(Period)]
    limit: Rows = DEFAULT_ROWS
    start_time: Time | None = None
    end_time: Time | None = None


class PairParams(Struct, frozen=True):
    """Of which pair."""

    pair: Symbol


def moments_of(window: Window, now: Millis) -> tuple[Millis, Millis]:
    """The first and the last moment of a window.

    Refuses a start that is longer ago than what is kept, and one after the end.
    """
    start, end, period = window.start_time, window.end_time, window.period.ms
    if start is not None and end is not None and start > end:
        raise ApiError(Fault.START_AFTER_END)
    if start is not None and start < now - KEPT_MS:
        raise ApiError(Fault.INVALID, "startTime", hint="statistics are kept for 30 days")
    first = max(start or 0, now - KEPT_MS)
    last = now if end is None else min(end, now)
    return Millis(-(-first // period) * period), Millis(last // period * period)

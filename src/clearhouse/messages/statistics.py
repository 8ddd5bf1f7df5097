"""What accounts did in a symbol over time: holdings, trades, prices, every five minutes.

A moment is a multiple of `STEP_MS` of the venue's clock. What is told of a moment is what was
right before it; what was traded is told of the time since the moment one period earlier.
"""

from typing import NamedTuple

from clearhouse.messages.queries import Query
from clearhouse.model.ids import MINUTE_MS, Millis

STEP_MS = 5 * MINUTE_MS


def moment_after(at: Millis) -> Millis:
    """The first moment that tells of something that happened at a time."""
    return Millis((at // STEP_MS + 1) * STEP_MS)


class Sample(NamedTuple):
    """Prices of a symbol, and how the accounts with the most margin stand in it.

    `top_longs` and `top_shorts` count them, `top_long` and `top_short` add up their quantities.
    """

    symbol: str
    last: int
    mark: int
    index_price: int
    top_longs: int
    top_shorts: int
    top_long: int
    top_short: int


class ReadSample(Query["tuple[Millis, Sample]"], frozen=True):
    """A symbol as it stands, and the first moment that this tells of."""

    symbol: str


class Statistics(Query["tuple[Moment, ...]"], frozen=True, kw_only=True):
    """The moments from `first` to `last`, a `period` apart."""

    symbol: str
    period: int
    first: Millis
    last: Millis


class Moment(NamedTuple):
    """A symbol at a moment, and what was traded in it in the period before.

    `bought` and `sold` by those who took, in `trades` trades. `long` and `short`: what is held by
    accounts, the house and the insurance fund; `longs` and `shorts` count positions of accounts.
    `sample` is None where none was kept yet.
    """

    at: Millis
    bought: int
    sold: int
    trades: int
    longs: int
    shorts: int
    open_interest: int
    sample: Sample | None

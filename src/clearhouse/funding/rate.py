"""The funding rate: what a premium comes to, with interest, over an interval.

    rate = (premium + clamp(interest − premium, −0.05%, 0.05%)) · hours / 8, from floor to cap

The premium is the average of the interval (`market/funding.py`); source: «Introduction to Binance
Futures Funding Rates». Choices: docs/internals/numbers.md, "Funding".
"""

from clearhouse.market.market import Market
from clearhouse.market.rules import Range
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.money import SCALE, clamp, multiply_toward_zero

INTEREST = 10_000
"""Of eight hours: 0.01%."""
DAMPER = 50_000
"""A premium that differs from the interest by less than 0.05% does not count."""
USUAL_HOURS = 8
"""The interval of most symbols, and the one that the interest is of."""
_CAP_OF_MARGIN = 75_000_000
_CAP_PLACES = 1_000
"""Caps are told with five decimals."""


def average_premium(market: Market, now: Millis) -> int:
    """The average premium of a market since its last settlement, in units of 1e-8."""
    return market.premium.average(market.premium_index, now)


def funding_rate(premium: int, hours: int, bounds: Range) -> int:
    """The rate of an interval, in units of 1e-8, cut toward zero."""
    damped = premium + clamp(INTEREST - premium, -DAMPER, DAMPER)
    rate = multiply_toward_zero(damped, hours * SCALE // USUAL_HOURS)
    return clamp(rate, bounds.low, bounds.high)


def usual_cap(contract: Contract) -> int:
    """The cap of a symbol that was not adjusted: three quarters of its first margin rate."""
    cap = multiply_toward_zero(contract.brackets[0].maint_margin_ratio, _CAP_OF_MARGIN)
    return cap // _CAP_PLACES * _CAP_PLACES

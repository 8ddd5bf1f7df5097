"""The formula of the funding rate. Rates and premiums are in units of 1e-8: 10,000 is 0.01%."""

import pytest

from clearhouse.funding.rate import funding_rate, usual_cap
from clearhouse.market.rules import Range
from clearhouse.messages.commands import ListContract
from clearhouse.runtime.market import builtin_market

BTCUSDT = Range(-300_000, 300_000)
"""The published bounds: 0.75 · 0.4% = 0.30%."""


@pytest.mark.parametrize(
    ("premium", "hours", "rate"),
    [
        (0, 8, 10_000),  # the interest alone
        (0, 4, 5_000),
        (0, 1, 1_250),
        (40_000, 8, 10_000),  # 0.04% − 0.03%: within 0.05% of the interest nothing counts
        (60_000, 8, 10_000),
        (-40_000, 8, 10_000),
        (60_001, 8, 10_001),
        (-40_001, 8, 9_999),
        (-50_000, 8, 0),
        (100_000, 8, 50_000),  # 0.1% − 0.05%
        (-100_000, 8, -50_000),
        (100_000, 4, 25_000),
        (100_000, 1, 6_250),
        (60_001, 1, 1_250),  # 1,250.125
        (-50_009, 1, -1),  # −1.125: toward zero
        (349_999, 8, 299_999),
        (350_000, 8, 300_000),
        (350_001, 8, 300_000),  # the cap
        (5_000_000, 8, 300_000),
        (-350_001, 8, -300_000),  # the floor
        (2_450_000, 1, 300_000),  # 2.4% / 8: bounds are those of the interval's rate
        (2_450_008, 1, 300_000),
        (2_449_992, 1, 299_999),
    ],
)
def test_the_rate_of_btcusdt(premium: int, hours: int, rate: int) -> None:
    assert funding_rate(premium, hours, BTCUSDT) == rate


def test_bounds_need_not_be_symmetric() -> None:
    bounds = Range(-2_500_000, 10_000)
    assert funding_rate(100_000, 8, bounds) == 10_000
    assert funding_rate(-3_000_000, 8, bounds) == -2_500_000


@pytest.mark.parametrize(
    ("symbol", "cap"), [("BTCUSDT", 300_000), ("ETHUSDT", 300_000), ("SOLUSDT", 375_000)]
)
def test_the_usual_cap_is_three_quarters_of_the_first_margin_rate(symbol: str, cap: int) -> None:
    listed = [command for command in builtin_market() if isinstance(command, ListContract)]
    [contract] = (c.contract for c in listed if c.contract.symbol == symbol)
    assert usual_cap(contract) == cap

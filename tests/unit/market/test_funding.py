"""The premium index and its average, in units of 1e-8."""

import pytest

from clearhouse.market.funding import Premium, due_after, premium_index
from clearhouse.model.ids import Millis

SECOND = 1_000
DAY_START = 1_759_968_000_000
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("mark", "index", "premium"),
    [
        (65_000, 65_000, 0),
        (65_065, 65_000, 100_000),  # 0.1%
        (64_935, 65_000, -100_000),
        (3, 7, -57_142_857),  # cut, not rounded: −0.571428571…
        (10, 7, 42_857_142),
        (200, 100, 100_000_000),
        (900, 100, 100_000_000),  # no more than the index itself
    ],
)
def test_the_premium_is_the_distance_from_the_index(mark: int, index: int, premium: int) -> None:
    assert premium_index(mark * 10**8, index * 10**8) == premium


def test_a_sample_weighs_as_much_as_its_number() -> None:
    """Samples 100, 400, 400: (1·100 + 2·400 + 3·400) / 6 = 350."""
    premium = Premium(Millis(0))
    premium.take(100, Millis(5 * SECOND))
    assert (premium.samples, premium.weighted) == (1, 100)
    premium.take(400, Millis(15 * SECOND))
    assert (premium.samples, premium.weighted) == (3, 2_100)
    assert premium.average(0, Millis(15 * SECOND)) == 350


def test_the_average_goes_on_at_what_is_in_force() -> None:
    """Asking takes no sample: (1·100 + 2·400 + 3·400) / 6, and then the same again."""
    premium = Premium(Millis(0))
    premium.take(100, Millis(9_999))
    for _ in range(2):
        assert premium.average(400, Millis(15 * SECOND)) == 350
    assert premium.samples == 1


def test_before_the_first_sample_what_is_in_force_is_the_average() -> None:
    assert Premium(Millis(7)).average(-321, Millis(7 + 4_999)) == -321


def test_the_average_is_cut_toward_zero() -> None:
    """(1·−100 + 2·−101) / 3 = −100.67."""
    premium = Premium(Millis(0), 1, -100)
    assert premium.average(-101, Millis(10 * SECOND)) == -100


def test_a_clock_that_was_set_back_takes_no_sample_twice() -> None:
    premium = Premium(Millis(0), 3, 2_100)
    premium.take(900, Millis(5 * SECOND))
    assert (premium.samples, premium.weighted) == (3, 2_100)


@pytest.mark.parametrize(
    ("hours", "at", "due"),
    [
        (8, 0, 8),
        (8, 8 * HOUR - 1, 8),
        (8, 8 * HOUR, 16),
        (8, 16 * HOUR + 1, 24),
        (4, 8 * HOUR - 1, 8),
        (4, 8 * HOUR, 12),
        (1, 8 * HOUR, 9),
    ],
)
def test_funding_is_due_at_the_multiples_of_the_interval(hours: int, at: int, due: int) -> None:
    assert due_after(Millis(DAY_START + at), hours) == DAY_START + due * HOUR

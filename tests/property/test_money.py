"""Laws of money, against fractions."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from clearhouse.model.instruments import Collateral
from clearhouse.model.money import (
    MAX_AMOUNT_UNITS,
    divide_toward_zero,
    fixed8,
    multiply_toward_zero,
    parse_units,
    trimmed,
)

UNIT = 10**8
amounts = st.integers(0, MAX_AMOUNT_UNITS)
signed = st.integers(-(10**24), 10**24)
rates = st.integers(1, 10**14)


def toward_zero(number: Fraction) -> int:
    return int(number)  # Python cuts fractions toward zero


@given(amounts)
def test_what_is_printed_is_read_back(units: int) -> None:
    assert parse_units(fixed8(units)) == units
    assert parse_units(trimmed(units)) == units


@given(signed)
def test_printed_amounts_mean_what_they_say(units: int) -> None:
    assert Fraction(fixed8(units)) == Fraction(units, UNIT)
    assert Fraction(trimmed(units)) == Fraction(units, UNIT)
    assert len(fixed8(units).partition(".")[2]) == 8
    assert not trimmed(units).endswith((".", "+"))
    assert not fixed8(-abs(units) if units else 0).startswith("-0.00000000")


@given(signed, st.integers(-(10**14), 10**14))
def test_products_are_cut_toward_zero(units: int, rate: int) -> None:
    exact = Fraction(units * rate, UNIT)
    assert multiply_toward_zero(units, rate) == toward_zero(exact)


@given(signed, rates)
def test_quotients_are_cut_toward_zero(units: int, rate: int) -> None:
    exact = Fraction(units * UNIT, rate)
    assert divide_toward_zero(units, rate) == toward_zero(exact)


def test_the_published_rates_of_a_collateral_asset() -> None:
    """The exchange's own sample of ADAUSD: index 1.92957370 and both buffers 10%."""
    ada = Collateral(
        bid_buffer=10_000_000,
        ask_buffer=10_000_000,
        auto_exchange_bid_buffer=5_000_000,
        auto_exchange_ask_buffer=5_000_000,
    )
    assert ada.bid_rate(192_957_370) == 173_661_633
    assert ada.ask_rate(192_957_370) == 212_253_107

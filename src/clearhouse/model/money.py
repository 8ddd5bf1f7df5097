"""Money is an integer number of units of 1e-8 of an asset.

Text enters through `parse_units`, leaves through `fixed8` or `trimmed`, and every
multiplication or division of money happens here, in a function whose name says how it
rounds. The exchange truncates toward zero (docs/internals/numbers.md, "Rounding").
"""

import re
from enum import StrEnum

from msgspec import Struct

SCALE = 100_000_000
"""Units in one whole asset."""

MAX_AMOUNT_UNITS = 10**15 * SCALE
"""The largest amount that a request may name."""

MAX_BALANCE_UNITS = 2**63 - 1
"""The largest balance of one wallet: what a 64-bit column holds (about 92 billion)."""

ZERO_FIXED = "0.00000000"

_AMOUNT = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?\Z")
DECIMALS = 8
_ZEROS = ("0", *("0." + "0" * decimals for decimals in range(1, DECIMALS + 1)))
_BELOW = tuple(10 ** (DECIMALS - decimals) for decimals in range(DECIMALS + 1))
"""Units in the last place of a number of decimals."""


class AmountFault(StrEnum):
    """Why a text is no amount, in the order in which the faults are looked for."""

    ILLEGAL = "illegal characters"
    TOO_PRECISE = "more than 8 decimals"
    TOO_LARGE = "above 1e15"


class AmountError(ValueError):
    """A text that is not an amount of money."""

    def __init__(self, fault: AmountFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Money(Struct, frozen=True):
    """An amount of one asset."""

    asset: str
    units: int


def parse_units(text: str) -> int:
    """Units of a decimal text such as `1.5`.

    Refuses signs, exponents, blanks, non-ASCII digits, more than 8 decimals and amounts
    above 1e15; zero is a number like any other here.
    """
    if not _AMOUNT.match(text):
        raise AmountError(AmountFault.ILLEGAL)
    whole, _, part = text.partition(".")
    if len(part) > DECIMALS:
        raise AmountError(AmountFault.TOO_PRECISE)
    units = int(whole + part.ljust(DECIMALS, "0"))
    if units > MAX_AMOUNT_UNITS:
        raise AmountError(AmountFault.TOO_LARGE)
    return units


def parse_signed(text: str) -> int:
    """Units of a decimal text that may have a minus; refuses what `parse_units` does."""
    units = parse_units(text.removeprefix("-"))
    return -units if text.startswith("-") else units


def fixed8(units: int) -> str:
    """The amount with exactly eight decimals: `1.50000000`."""
    if units == 0:
        return ZERO_FIXED
    if units < 0:
        return "-" + fixed8(-units)
    return f"{units // SCALE}.{units % SCALE:08d}"


def trimmed(units: int) -> str:
    """The amount with its significant digits only: `1.5`, `0`."""
    if units % SCALE == 0:
        return str(units // SCALE)
    return fixed8(units).rstrip("0")


def at_least(units: int, decimals: int, *, of: int = DECIMALS) -> str:
    """The significant digits, and as many decimals as that: `71000.0`, `0.385`, `1.000`.

    `of`: the decimals of a unit, where it is not 1e-8.
    """
    whole, part = divmod(abs(units), 10**of)
    decimal = f"{part:0{of}d}".rstrip("0").ljust(decimals, "0")
    sign = "-" if units < 0 else ""
    return f"{sign}{whole}.{decimal}" if decimal else f"{sign}{whole}"


def price_text(units: int) -> str:
    """A price of entry, with one decimal at least; there is none where nothing was entered."""
    return at_least(units, 1) if units else "0.00000"


def size_text(quantity: int, precision: int) -> str:
    """The size of a position, with the decimals of its symbol."""
    return at_least(quantity, precision) if quantity else "0"


def with_decimals(units: int, decimals: int) -> str:
    """The amount with so many decimals, from none to eight, cut: `60000.10`."""
    if not units:
        return _ZEROS[decimals]
    digits = str(abs(units) // _BELOW[decimals])
    sign = "-" if units < 0 and digits != "0" else ""
    if not decimals:
        return sign + digits
    if len(digits) <= decimals:
        digits = digits.zfill(decimals + 1)
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def multiply_toward_zero(units: int, rate_units: int) -> int:
    """`units * rate`, cut at 8 decimals: the rounding of every money field."""
    product = abs(units) * abs(rate_units) // SCALE
    return product if (units < 0) == (rate_units < 0) else -product


def divide_toward_zero(units: int, rate_units: int) -> int:
    """`units / rate`, cut at 8 decimals; the rate is positive."""
    assert rate_units > 0
    quotient = abs(units) * SCALE // rate_units
    return quotient if units >= 0 else -quotient


def mean_toward_zero(total: int, number: int) -> int:
    """The mean of amounts that add up to a total, cut at 8 decimals; the number is positive."""
    assert number > 0
    mean = abs(total) // number
    return mean if total >= 0 else -mean


def clamp(units: int, low: int, high: int) -> int:
    """The amount, or the bound that it is beyond."""
    return max(low, min(units, high))


def share_toward_zero(units: int, part: int, whole: int) -> int:
    """`units · part / whole` in one step, cut at 8 decimals; part and whole are not negative."""
    assert whole > 0
    share = abs(units) * part // whole
    return share if units >= 0 else -share

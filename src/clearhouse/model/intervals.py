"""The intervals of candles, and where each begins.

All but the month have one length. They begin at multiples of it since 1970, the week on a
Monday, the month on its first day, in UTC.
"""

from collections.abc import Mapping
from types import MappingProxyType

from clearhouse.model.ids import DAY_MS, HOUR_MS, MINUTE_MS, Millis

Interval = str
"""A name of `LENGTHS`, as the exchange spells it."""

MONTH: Interval = "1M"
_FIRST_MONDAY = 4 * DAY_MS
_DAYS_OF_400_YEARS = 146_097
_FROM_MARCH_0000 = 719_468
"""Days from 1 March of the year 0 to 1970: years that begin in March end with the leap day."""

LENGTHS: Mapping[Interval, int] = MappingProxyType(
    {
        "1m": MINUTE_MS,
        "3m": 3 * MINUTE_MS,
        "5m": 5 * MINUTE_MS,
        "15m": 15 * MINUTE_MS,
        "30m": 30 * MINUTE_MS,
        "1h": HOUR_MS,
        "2h": 2 * HOUR_MS,
        "4h": 4 * HOUR_MS,
        "6h": 6 * HOUR_MS,
        "8h": 8 * HOUR_MS,
        "12h": 12 * HOUR_MS,
        "1d": DAY_MS,
        "3d": 3 * DAY_MS,
        "1w": 7 * DAY_MS,
        MONTH: 31 * DAY_MS,
    }
)
"""Every interval and its length in milliseconds; of the month the longest."""


def opening(interval: Interval, at: int) -> Millis:
    """When the candle that a moment falls into began."""
    if interval == MONTH:
        return month_start(months_since_1970(at))
    length = LENGTHS[interval]
    offset = _FIRST_MONDAY if interval == "1w" else 0
    return Millis(at - (at - offset) % length)


def following(interval: Interval, open_at: int, count: int = 1) -> Millis:
    """When the candle begins that is so many later; earlier, for a negative count."""
    if interval == MONTH:
        return month_start(months_since_1970(open_at) + count)
    return Millis(open_at + count * LENGTHS[interval])


def steps(interval: Interval, start: int, end: int) -> int:
    """How many candles one opening is later than another."""
    if interval == MONTH:
        return months_since_1970(end) - months_since_1970(start)
    return (end - start) // LENGTHS[interval]


def months_since_1970(at: int) -> int:
    """The number of the month of a moment; January 1970 is 0."""
    cycle, day = divmod(at // DAY_MS + _FROM_MARCH_0000, _DAYS_OF_400_YEARS)
    year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    day_of_year = day - (365 * year + year // 4 - year // 100)
    month = (5 * day_of_year + 2) // 153  # from March
    return (cycle * 400 + year - 1970) * 12 + month + 2


def month_start(month: int) -> Millis:
    """When a month begins that `months_since_1970` gives the number of."""
    year, from_march = divmod(month - 2 + 1970 * 12, 12)
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * from_march + 2) // 5
    return Millis((days - _FROM_MARCH_0000) * DAY_MS)

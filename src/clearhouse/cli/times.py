"""Times for people."""

from datetime import UTC, datetime


def utc(ms: int) -> str:
    """UTC milliseconds as a date and a time."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def utc_time(ms: int) -> str:
    """The time of day, to the millisecond."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%H:%M:%S.%f")[:-3]


def utc_ms(text: str) -> int:
    """UTC milliseconds of a date, of a date and a time, or of themselves; `ValueError` else."""
    if text.isdigit():
        return int(text)
    found = datetime.fromisoformat(text)
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def utc_short(ms: int) -> str:
    """The same without year and seconds, where a line has many columns."""
    return utc(ms)[5:16]

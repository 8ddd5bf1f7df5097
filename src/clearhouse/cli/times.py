"""Times for people."""

from datetime import UTC, datetime


def utc(ms: int) -> str:
    """UTC milliseconds as a date and a time."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def utc_short(ms: int) -> str:
    """The same without year and seconds, where a line has many columns."""
    return utc(ms)[5:16]

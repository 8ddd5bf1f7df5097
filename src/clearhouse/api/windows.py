"""Time windows of histories."""

from collections.abc import Callable

from clearhouse.api.errors import ApiError, Fault
from clearhouse.model.ids import DAY_MS, HOUR_MS, Millis


def more_than_hours(longest_ms: int) -> ApiError:
    """How most of the wallet family says that a window is too long."""
    return ApiError(Fault.WINDOW_TOO_LONG, longest_ms // HOUR_MS)


def beyond_days(longest_ms: int) -> ApiError:
    """How deposits, withdrawals and snapshots say it."""
    return ApiError(Fault.HISTORY_TOO_LONG, longest_ms // DAY_MS)


def more_than_days(longest_ms: int) -> ApiError:
    """How the futures families say it."""
    return ApiError(Fault.WINDOW_TOO_LONG, longest_ms // DAY_MS)


def closed_window(  # noqa: PLR0913  what differs between histories
    start: int | None,
    end: int | None,
    now: Millis,
    *,
    default_ms: int,
    kept_ms: int | None = None,
    longest_ms: int | None = None,
    too_long: Callable[[int], ApiError] = more_than_hours,
) -> tuple[Millis, Millis]:
    """The closed window asked for, cut to what is kept.

    Refuses one that ends before it starts, and one that is longer than `longest_ms`. Without a
    start it is `default_ms` long, without an end it lasts until now. A start that lies ahead
    without an end is a window with nothing in it yet: clients that poll ask from their last
    row on.
    """
    last = max(now, start or now) if end is None else end
    first = last - default_ms if start is None else start
    if first > last:
        raise ApiError(Fault.START_AFTER_END)
    if longest_ms is not None and last - first > longest_ms:
        raise too_long(longest_ms)
    if kept_ms is not None:
        first = max(first, now - kept_ms)
    return Millis(first), Millis(last)

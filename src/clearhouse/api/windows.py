"""Time windows of histories."""

from clearhouse.api.errors import ApiError, Fault
from clearhouse.model.ids import Millis


def closed_window(
    start: int | None, end: int | None, now: Millis, *, default_ms: int, kept_ms: int
) -> tuple[Millis, Millis]:
    """The closed window asked for, cut to what is kept; refuses one that ends before it starts.

    Without a start it is `default_ms` long, without an end it lasts until now. A start that
    lies ahead without an end is a window with nothing in it yet: clients that poll ask from
    their last row on.
    """
    last = max(now, start or now) if end is None else end
    first = last - default_ms if start is None else start
    if first > last:
        raise ApiError(Fault.START_AFTER_END)
    return Millis(max(first, now - kept_ms)), Millis(last)

"""The time window of a history of the wallet family."""

from clearhouse.api.errors import ApiError, Fault
from clearhouse.messages.rejections import Reason
from clearhouse.model.ids import DAY_MS, Millis


def window(
    start: int | None, end: int | None, now: Millis, *, longest: int, default: int | None = None
) -> tuple[Millis, Millis]:
    """The closed window asked for, in days at most `longest` and else `default` of them.

    Refuses one that ends before it starts, and one that is too long. A start that lies ahead
    without an end is a window with nothing in it yet: clients poll from their last row on.
    """
    last = max(now, start or now) if end is None else end
    first = last - (default or longest) * DAY_MS if start is None else start
    if first > last:
        raise ApiError(Fault.START_AFTER_END)
    if last - first > longest * DAY_MS:
        raise ApiError(Reason.HISTORY_WINDOW_TOO_LONG, longest)
    return Millis(first), Millis(last)

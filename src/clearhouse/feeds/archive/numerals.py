"""Numbers out of text, a column at a time and exact.

A column is given by where its texts begin and end in a block of bytes. It is read one character
of all rows after the other, so a million rows cost about a dozen passes of numpy for each column,
and no value ever is a float: decimals become units of 1e-8.
"""

import numpy as np
from numpy.typing import NDArray

from clearhouse.feeds.archive.faults import RowFault
from clearhouse.feeds.archive.kinds import Form

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

FIRST_TIME = 1_000_000_000_000
"""September 2001: what is before it was not written in milliseconds."""
LAST_TIME = 100_000_000_000_000

_DECIMALS = 8
_WHOLE_DIGITS = 10
"""Digits before the point: ten of them and eight decimals fit 64 bits."""
_ID_DIGITS = 18
_NINE = 9
_DOT, _MINUS, _ZERO = ord("."), ord("-"), ord("0")
_TRUTHS = ((b"true", b"True"), (b"false", b"False"))


def numbers(block: Bytes, starts: Ints, ends: Ints, form: Form) -> Ints:
    """The values of a column; raises `RowFault` for the first row that has none."""
    if form is Form.TRUTH:
        return _truths(block, starts, ends)
    if form is Form.WHOLE:
        return _whole(block, starts, ends, form)
    if form is Form.TIME:
        times = _whole(block, starts, ends, form)
        _refuse((times < FIRST_TIME) | (times >= LAST_TIME), block, starts, ends, form)
        return times
    negative = block[starts] == _MINUS
    if form is Form.DECIMAL or not negative.any():
        return _decimal(block, starts, ends, form)
    units = _decimal(block, starts + negative, ends, form)
    return np.where(negative, -units, units)


def _whole(block: Bytes, starts: Ints, ends: Ints, form: Form) -> Ints:
    widths = ends - starts
    _refuse((widths < 1) | (widths > _ID_DIGITS), block, starts, ends, form)
    values = np.zeros(len(starts), np.int64)
    bad = np.zeros(len(starts), np.bool_)
    for place in range(int(widths.max(initial=0))):
        digits = block[np.minimum(starts + place, ends)] - _ZERO
        inside = place < widths
        bad |= inside & (digits > _NINE)
        values = np.where(inside, values * 10 + digits, values)
    _refuse(bad, block, starts, ends, form)
    return values


def _decimal(block: Bytes, starts: Ints, ends: Ints, form: Form) -> Ints:
    """Digits, and one point among them; zeros beyond the eighth decimal are none."""
    widths = ends - starts
    _refuse((widths < 1) | (widths > 2 * _ID_DIGITS), block, starts, ends, form)
    values = np.zeros(len(starts), np.int64)
    whole = np.zeros(len(starts), np.int8)
    decimals = np.full(len(starts), -1, np.int8)  # -1 before the point
    bad = np.zeros(len(starts), np.bool_)
    for place in range(int(widths.max(initial=0))):
        characters = block[np.minimum(starts + place, ends)]
        digits = characters - _ZERO
        inside = place < widths
        point = inside & (characters == _DOT)
        digit = inside & (digits <= _NINE)
        after = decimals >= 0
        bad |= (inside & ~digit & ~point) | (point & after)
        bad |= digit & (decimals >= _DECIMALS) & (digits != 0)
        taken = digit & (decimals < _DECIMALS)
        values = np.where(taken, values * 10 + digits, values)
        whole += digit & ~after
        decimals += point | (taken & after)
        bad |= whole > _WHOLE_DIGITS
    bad |= (whole == 0) | (block[ends - 1] == _DOT)
    _refuse(bad, block, starts, ends, form)
    units: Ints = values * _POWERS[_DECIMALS - np.maximum(decimals, 0)]
    return units


def _truths(block: Bytes, starts: Ints, ends: Ints) -> Ints:
    true, false = (
        _is(block, starts, ends, lower) | _is(block, starts, ends, upper)
        for lower, upper in _TRUTHS
    )
    _refuse(~(true | false), block, starts, ends, Form.TRUTH)
    return true.astype(np.int64)


def _is(block: Bytes, starts: Ints, ends: Ints, text: bytes) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = ends - starts == len(text)
    for place, character in enumerate(text):
        same &= block[np.minimum(starts + place, ends)] == character
    return same


def _refuse(bad: NDArray[np.bool_], block: Bytes, starts: Ints, ends: Ints, form: Form) -> None:
    """Raise for the first bad row, with what stands there."""
    if not bad.any():
        return
    row = int(bad.argmax())
    text = block[starts[row] : ends[row]].tobytes().decode("utf-8", "replace")
    raise RowFault(row, f"{shortened(text)} is not {form.value}{_hint(form, text)}")


def shortened(text: str) -> str:
    """A text of a file as it is shown in a reason."""
    return f"'{text}'" if len(text) <= 40 else f"'{text[:40]}…'"  # noqa: PLR2004


def _hint(form: Form, text: str) -> str:
    if form is Form.TIME and text.isdigit() and int(text) >= LAST_TIME:
        return " (spot files from 2025 on are in microseconds; take those of USDⓈ-M futures)"
    return ""


_POWERS = 10 ** np.arange(_DECIMALS + 1, dtype=np.int64)

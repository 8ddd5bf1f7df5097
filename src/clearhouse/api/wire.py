"""Wire forms: query strings in, JSON out. The only place that knows their bytes."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from clearhouse.api.errors import ApiError, Fault

MAX_PARAMETERS = 100
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")

encode_json: Callable[[object], bytes] = msgspec.json.Encoder().encode
"""JSON of a result."""


def parse_pairs(raw: bytes, into: dict[str, str], repeatable: frozenset[str] = frozenset()) -> None:
    """Read `name=value&…` into a dict; a name that came from elsewhere already wins.

    Values of a `repeatable` name are joined by commas. Refuses any other name that stands twice
    here, broken escapes, and bytes that are not UTF-8 once they are decoded. A name without `=`
    is an empty value.
    """
    if not raw:
        return
    text = decode_text(raw)
    pieces = [piece.partition("=") for piece in text.split("&") if piece]
    if "%" in text or "+" in text:
        pieces = [(_unquoted(name), sign, _unquoted(value)) for name, sign, value in pieces]
    if len(pieces) > MAX_PARAMETERS:
        raise ApiError(Fault.DUPLICATE, hint=f"more than {MAX_PARAMETERS} parameters")
    sent = {name: value for name, _, value in pieces}
    if len(sent) < len(pieces):
        sent = _joined(pieces, repeatable)
    into.update({**sent, **into} if into else sent)


def _joined(pieces: list[tuple[str, str, str]], repeatable: frozenset[str]) -> dict[str, str]:
    sent: dict[str, str] = {}
    for name, _, value in pieces:
        if name in sent and name not in repeatable:
            raise ApiError(Fault.DUPLICATE, hint=f"{name[:40]} was sent twice")
        sent[name] = f"{sent[name]},{value}" if name in sent else value
    return sent


def text_of(value: Any) -> str:
    """A parameter that came as JSON: numbers as they stand, booleans in JSON's spelling.

    Refuses lists and objects: what is a list travels as JSON text.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if value is None:
        return ""
    raise ApiError(Fault.ILLEGAL_ANYWHERE, hint="parameters are texts, numbers and booleans")


def decode_text(raw: bytes) -> str:
    """ASCII text of the wire."""
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError:
        raise ApiError(
            Fault.ILLEGAL_ANYWHERE, hint="percent-encode every byte that is not ASCII"
        ) from None


def _unquoted(text: str) -> str:
    if _BROKEN_ESCAPE.search(text):
        raise ApiError(Fault.ILLEGAL_ANYWHERE, hint="a percent escape is broken")
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        raise ApiError(Fault.ILLEGAL_ANYWHERE, hint="an escape is not UTF-8") from None

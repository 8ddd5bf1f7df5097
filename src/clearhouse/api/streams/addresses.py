"""Where a stream connection goes: routes, names and listen keys in a URL.

    /<route>/ws                         nothing yet; raw frames
    /<route>/ws/<name>/<name>           raw frames
    /<route>/ws?listenKey=K&events=A/B  raw frames, of the named events only
    /<route>/stream?streams=<name>/…    frames in a wrapper that names the stream
    /<route>/stream?listenKey=K&events=A/B&listenKey=L…

A route is public, market, private, or left out: all of them carry everything. A name is a
listen key or a market stream; a serial number, which some clients append, names nothing.
"""

from typing import NamedTuple
from urllib.parse import parse_qsl

ROUTES = ("public", "market", "private")
RAW, COMBINED = "ws", "stream"

Events = frozenset[str]
"""Event types that are wanted; empty: all."""

EVERYTHING: Events = frozenset()

OTHER_NAMES = {"ALGO_ORDER_UPDATE": "ALGO_UPDATE"}
"""Event types as some clients spell them."""


class Wanted(NamedTuple):
    """A stream that a connection asks for."""

    name: str
    events: Events = EVERYTHING


class Address(NamedTuple):
    """What the URL of a connection asks for."""

    combined: bool
    wanted: tuple[Wanted, ...]


def is_stream_path(path: str) -> bool:
    """Whether a path is one of the forms above."""
    return _form(path)[0] in (RAW, COMBINED)


def read_address(path: str, query: str) -> Address:
    """What a URL of one of the forms asks for, in its order and each stream once."""
    form, *names = _form(path)
    wanted = [Wanted(name) for name in names] + _in_query(query)
    kept = {one.name: one for one in wanted if one.name and not one.name.isdecimal()}
    return Address(form == COMBINED, tuple(kept.values()))


def _form(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return parts[1:] or [""] if parts[0] in ROUTES else parts


def _in_query(query: str) -> list[Wanted]:
    """`streams`, and each `listenKey` with the `events` that stand after it."""
    wanted: list[Wanted] = []
    for field, value in parse_qsl(query, keep_blank_values=True):
        if field == "streams":
            wanted += [Wanted(name) for name in value.split("/")]
        elif field == "listenKey":
            wanted.append(Wanted(value))
        elif field == "events" and wanted:
            wanted[-1] = wanted[-1]._replace(events=_events(value))
    return wanted


def _events(text: str) -> Events:
    return frozenset(OTHER_NAMES.get(name, name) for name in text.split("/") if name)

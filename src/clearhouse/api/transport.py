"""ASGI's types, and the little that REST and WebSocket both read off a connection."""

import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Sequence[tuple[bytes, bytes]]
"""Names in lower case, and values."""
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = "127.0.0.1"
_HOST = re.compile(rb"[A-Za-z0-9._-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")


def address_of(scope: Scope) -> str:
    """The caller's address; a Unix socket is this machine."""
    client = scope["client"]
    return plain_address(client[0]) if client else LOOPBACK


def plain_address(host: str) -> str:
    """An IPv4 caller on a socket for both versions is that IPv4 address."""
    plain = host.removeprefix("::ffff:")
    return host if ":" in plain else plain


def origin_of(headers: Headers, home: str) -> str:
    """How the caller reaches this server: the start of an absolute URL.

    The Host header says it, and what ends TLS in front of us says so in `x-forwarded-proto`; a
    link goes back to the caller alone, so only he can be misled. Without a usable host: `home`.
    """
    named = dict(headers)
    host = named.get(b"host", b"")
    if not _HOST.fullmatch(host):
        return home
    scheme = "https" if named.get(b"x-forwarded-proto") == b"https" else "http"
    return f"{scheme}://{host.decode()}"

"""ASGI's types, and the little that REST and WebSocket both read off a connection."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = "127.0.0.1"


def address_of(scope: Scope) -> str:
    """The caller's address; a Unix socket is this machine."""
    client = scope["client"]
    return plain_address(client[0]) if client else LOOPBACK


def plain_address(host: str) -> str:
    """An IPv4 caller on a socket for both versions is that IPv4 address."""
    plain = host.removeprefix("::ffff:")
    return host if ":" in plain else plain

"""The session of a WebSocket API connection: who logged on, and how much it sends."""

from dataclasses import dataclass
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Operation, Router, Security, ip
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.gateway import Call, Gateway
from clearhouse.messages.queries import KeyView
from clearhouse.model.access import KeyKind
from clearhouse.model.ids import Millis

LOGON, STATUS, LOGOUT = "session.logon", "session.status", "session.logout"

_router = Router(Family.FAPI)


class SessionStatus(Struct, frozen=True, rename="camel"):
    """Who is logged on, since when, and the moment."""

    api_key: str | None
    authorized_since: int | None
    connected_since: int
    return_rate_limits: bool
    server_time: int
    user_data_stream: bool = False


@dataclass(slots=True)
class Session:
    """What a connection remembers."""

    name: str
    address: str
    show_limits: bool = True
    connected_since: Millis = Millis(0)
    key: KeyView | None = None
    authorized_since: Millis | None = None
    second: int = 0
    frames: int = 0

    def floods(self, now: float, limit: int) -> bool:
        """Count a frame; whether this second has more than the limit."""
        if int(now) != self.second:
            self.second, self.frames = int(now), 0
        self.frames += 1
        return self.frames > limit

    def shows_limits(self, params: dict[str, Any] | None) -> bool:
        """Whether an answer lists the limits: the request's word goes before the connection's."""
        asked = (params or {}).get("returnRateLimits")
        if asked is None:
            return self.show_limits
        return asked is not False and asked not in ("false", "False")

    async def perform(self, gateway: Gateway, call: Call) -> SessionStatus:
        """Log on, tell who is logged on, or log out."""
        now = gateway.venue.now()
        if call.operation.ws_method == LOGON:
            await self._logon(gateway, call, now)
        elif call.operation.ws_method == LOGOUT:
            self.key = self.authorized_since = None
        return SessionStatus(
            self.key.api_key if self.key else None,
            self.authorized_since,
            self.connected_since,
            self.show_limits,
            now,
        )

    async def _logon(self, gateway: Gateway, call: Call, now: Millis) -> None:
        key = await gateway.identify(call)
        if key.kind is not KeyKind.ED25519:
            raise ApiError(Fault.LOGON_NEEDS_ED25519)
        gateway.authenticate(call, now)
        self.key, self.authorized_since = key, now


async def _by_session(_: Context) -> SessionStatus:
    raise AssertionError("the session of a connection answers this itself")


def _method(name: str, security: Security, summary: str) -> Operation:
    _router.ws(name, security=security, weight=ip(2))(_by_session)
    return replace(_router.operations[-1], summary=summary)


SESSION_METHODS = (
    _method(LOGON, Security.USER_DATA, "Log in with an Ed25519 key; later requests need no key."),
    _method(STATUS, Security.NONE, "Query who is logged in on this connection."),
    _method(LOGOUT, Security.NONE, "Log out; the connection stays open."),
)
"""Methods that have no REST twin."""

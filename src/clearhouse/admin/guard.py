"""Who may use the control plane: the bearer of the token, or this machine where none is set.

Without a token a web page in the operator's browser could reach a server on loopback. So the
Host header must name loopback (no rebound DNS name), and an Origin header must be absent or
the server's own.
"""

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

from clearhouse.admin.errors import FORBIDDEN, UNAUTHORISED, AdminError
from clearhouse.api.transport import address_of


def check_caller(request: Request, token: str | None) -> None:
    """Refuse who may not."""
    if token is not None:
        _check_token(request, token)
        return
    if not _is_loopback(address_of(request.scope)):
        raise AdminError(FORBIDDEN, "forbidden", "set an admin token to use this from elsewhere")
    host = request.headers.get("host", "")
    if not _is_loopback(_hostname(host)):
        raise AdminError(FORBIDDEN, "forbidden", "call this server by its loopback address")
    origin = request.headers.get("origin")
    if origin not in (None, f"http://{host}", f"https://{host}"):
        raise AdminError(FORBIDDEN, "forbidden", "pages of other origins may not call this")


def _check_token(request: Request, token: str) -> None:
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(sent.strip().encode(), token.encode())
    if scheme.lower() != "bearer" or not same:
        raise AdminError(UNAUTHORISED, "unauthorised", "send 'Authorization: Bearer TOKEN'")


def _hostname(host_header: str) -> str:
    try:
        return urlsplit(f"//{host_header}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

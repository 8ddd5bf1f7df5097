"""The control plane of a running server, for commands."""

import http.client
import json
from contextlib import closing
from typing import Any
from urllib.parse import SplitResult, urlsplit

from clearhouse.cli.output import DEFAULT_URL, Refusal

PREFIX = "/_clearhouse/v1"
TIMEOUT_SECONDS = 60
_FIRST_REFUSAL, _UNAUTHORISED, _FORBIDDEN = 400, 401, 403


class Control:
    """Calls with a token, each on a connection of its own."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = url.rstrip("/")
        self._place = server_address(url)
        self._token = token

    def get(self, path: str) -> Any:
        """A call that reads."""
        return self.call("GET", path)

    def call(self, method: str, path: str, body: object = None, *, once: str | None = None) -> Any:
        """A call; `once` is an idempotency key. Refuses with the server's own sentence."""
        headers = self.headers
        if once:
            headers["Idempotency-Key"] = once
        raw = b"" if body is None else json.dumps(body).encode()
        status, answer = self._send(method, PREFIX + path, raw, headers)
        if status >= _FIRST_REFUSAL:
            raise Refusal(_sentence(status, answer, self.url))
        return answer

    def public(self, path: str) -> Any:
        """A call of the exchange that needs no key. Refuses with the exchange's message."""
        status, answer = self._send("GET", path, b"", {})
        if status >= _FIRST_REFUSAL:
            raise Refusal(str(answer.get("msg", status)))
        return answer

    @property
    def headers(self) -> dict[str, str]:
        """What shows that a caller may steer the server."""
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _send(
        self, method: str, target: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, Any]:
        secure = self._place.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        host, port = self._place.hostname or "", self._place.port
        try:
            with closing(kind(host, port, timeout=TIMEOUT_SECONDS)) as connection:
                connection.request(method, target, body or None, headers)
                response = connection.getresponse()
                return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Refusal(
                f"no Clearhouse answers at {self.url} ({error}); start one with "
                "'clearhouse serve', or name another with --url"
            ) from None


def server_address(url: str) -> SplitResult:
    """The parts of a server's URL; refuses what is none."""
    place = urlsplit(url)
    try:
        named = place.scheme in ("http", "https") and place.hostname and place.port != 0
    except ValueError:  # the port is no number
        named = False
    if not named:
        raise Refusal(f"--url takes an address such as {DEFAULT_URL}, not '{url}'")
    return place


def _sentence(status: int, answer: Any, url: str) -> str:
    try:
        message = str(answer["error"]["message"])
    except (KeyError, TypeError):
        return f"{url} is no Clearhouse, or another version: it answered {status}"
    if status in (_UNAUTHORISED, _FORBIDDEN):
        return f"{message}; give the token with --admin-token or CLEARHOUSE_ADMIN_TOKEN"
    return message

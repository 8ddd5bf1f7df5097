"""A small client that signs like the exchange wants it, and shows the whole answer."""

import hmac
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET

TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers in lower case, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """Requests with the demo key, or another HMAC key, on one kept-alive connection."""

    def __init__(self, url: str, api_key: str = DEMO_KEY, secret: str = DEMO_SECRET) -> None:
        self.api_key = api_key
        self.secret = secret
        place = urlsplit(url)
        self._connection = http.client.HTTPConnection(
            place.hostname or "127.0.0.1", place.port, timeout=TIMEOUT_SECONDS
        )

    def signed(self, method: str, path: str, **params: object) -> Response:
        """A request of kind USER_DATA or TRADE, everything in the query string."""
        query = self.sign({**params, "timestamp": params.get("timestamp", wall_clock_ms())})
        return self.send(method, f"{path}?{query}", {"X-MBX-APIKEY": self.api_key})

    def sign(self, params: dict[str, object]) -> str:
        """The query string of the parameters, with its signature."""
        query = urlencode(params)
        return f"{query}&signature={self.signature(query.encode())}"

    def signature(self, payload: bytes) -> str:
        """HMAC-SHA256 of a payload, in hex."""
        return hmac.digest(self.secret.encode(), payload, "sha256").hex()

    def control(self, method: str, path: str, body: object = None, **headers: str) -> Response:
        """A call of the control plane; `path` follows `/_clearhouse/v1`."""
        raw = b"" if body is None else json.dumps(body).encode()
        return self.send(method, f"/_clearhouse/v1{path}", headers, raw)

    def send(
        self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """Any request, as it is."""
        self._connection.request(method, target, body or None, headers or {})
        answer = self._connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, names, answer.read())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

"""The whole server as one ASGI application: exchange, WebSocket API, streams, and pages behind.

The server that we run answers the exchange's paths without the detour over ASGI
(`http_protocol.py`); under any other ASGI server, and in tests, they work through this.
"""

from urllib.parse import quote_from_bytes

from clearhouse.api.endpoint import WS_PATH
from clearhouse.api.exchange import Exchange, is_exchange_path
from clearhouse.api.request import MAX_BODY, Answer, Request
from clearhouse.api.streams.addresses import is_stream_path
from clearhouse.api.transport import App, Receive, Scope, Send, address_of

_ASCII = bytes(range(128))


class ExchangeServer:
    """Sends each request to who answers it."""

    def __init__(self, exchange: Exchange, *, websocket: App, streams: App, pages: App) -> None:
        self.exchange = exchange
        self._websocket = websocket
        self._streams = streams
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket connection."""
        kind = scope["type"]
        if kind == "http" and is_exchange_path(scope["path"]):
            await self._exchange(scope, receive, send)
        elif kind == "websocket" and scope["path"].rstrip("/") == WS_PATH:
            await self._websocket(scope, receive, send)
        elif kind == "websocket" and is_stream_path(scope["path"]):
            await self._streams(scope, receive, send)
        else:
            await self._pages(_readable(scope), receive, send)

    async def _exchange(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(
            scope["method"],
            scope["path"],
            scope["query_string"],
            scope["headers"],
            address_of(scope),
            await _read_body(receive),
        )
        answer = await self.exchange.respond(request)
        headers = _header_pairs(answer)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})


def _readable(scope: Scope) -> Scope:
    """The pages read a query as UTF-8 text; bytes that are none are percent-encoded first."""
    query: bytes = scope.get("query_string", b"")
    if query.isascii():
        return scope
    return {**scope, "query_string": quote_from_bytes(query, safe=_ASCII).encode()}


def _header_pairs(answer: Answer) -> list[tuple[bytes, bytes]]:
    pairs = (line.partition(b": ") for line in answer.head.split(b"\r\n") if line)
    return [(name, value) for name, _, value in pairs]


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body; None as soon as it is too long."""
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            return None
    return body

"""The least a server on uvicorn can do: what Clearhouse is held against.

Each application answers without looking at the request, on the same loop (uvloop), the same
parser (httptools) and with the same settings as Clearhouse. What a request costs here is the
price of the server itself; the difference is what Clearhouse adds.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

HELLO = b'{"hello":"world"}'
STATIC = b"x" * int(os.environ.get("BENCH_STATIC_BYTES", "190000"))


async def answer(send: Send, body: bytes) -> None:
    """Send one JSON answer with the two headers that every JSON answer has."""
    length = str(len(body)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def hello(_scope: Message, _receive: Receive, send: Send) -> None:
    """Answer every request with a few bytes of JSON."""
    await answer(send, HELLO)


async def static(_scope: Message, _receive: Receive, send: Send) -> None:
    """Answer every request with as many bytes as the account answer has."""
    await answer(send, STATIC)


async def echo(_scope: Message, receive: Receive, send: Send) -> None:
    """Accept a WebSocket and send every message back as it came."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})

"""Handshakes of WebSocket connections that are refused: as any request is, by status and body."""

from clearhouse.api.errors import Failure
from clearhouse.api.exchange import failure_body
from clearhouse.api.transport import Send


async def refuse_handshake(send: Send, failure: Failure) -> None:
    """Answer with the exchange's error object instead of a connection."""
    headers = [(b"content-type", b"application/json")]
    await send(
        {"type": "websocket.http.response.start", "status": failure.status, "headers": headers}
    )
    await send({"type": "websocket.http.response.body", "body": failure_body(failure)})

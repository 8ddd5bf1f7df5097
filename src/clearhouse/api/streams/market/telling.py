"""One event for many: encoded once, whoever is told it."""

from clearhouse.api.streams.payloads import wrapped
from clearhouse.api.ws_protocol import frame_of


class Telling:
    """An event of a stream, as plain text and in the wrapper of combined streams.

    Each form is made when the first listener wants it, as text and as a finished frame.
    """

    __slots__ = ("_combined", "_plain", "payload", "stream")

    def __init__(self, stream: str, payload: bytes) -> None:
        self.stream = stream
        self.payload = payload
        self._plain: tuple[bytes, bytes] | None = None
        self._combined: tuple[bytes, bytes] | None = None

    def form(self, *, combined: bool) -> tuple[bytes, bytes]:
        """Text and frame, wrapped or not."""
        if combined:
            if self._combined is None:
                text = wrapped(self.stream, self.payload)
                self._combined = text, frame_of(text)
            return self._combined
        if self._plain is None:
            self._plain = self.payload, frame_of(self.payload)
        return self._plain

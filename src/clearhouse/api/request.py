"""A request and its answer, free of any server: what every adapter translates to and from."""

from msgspec import Struct

MAX_BODY = 64 * 1024
MAX_QUERY = 64 * 1024


class Request(Struct, gc=False):
    """A request as it arrived. `body` is None where it was longer than `MAX_BODY`."""

    method: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    address: str
    body: bytes | None = b""


class Answer(Struct, gc=False):
    """What leaves. `head` is the header lines, each ended by CR LF."""

    status: int
    head: bytes
    body: bytes
    code: int = 0

"""The listen key, which opens the user data stream: start, keep alive, close.

Sources: «Start / Keepalive / Close User Data Stream» of REST and of the WebSocket API. The
key is found by the account; a `listenKey` that clients send along is not looked at.
"""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security
from clearhouse.api.errors import Family
from clearhouse.messages.commands import CloseListenKey, ExtendListenKey, OpenListenKey
from clearhouse.messages.events import ListenKeyClosed, ListenKeyExtended
from clearhouse.messages.queries import FindListenKey
from clearhouse.model.access import Permission

router = Router(Family.FAPI)

PATH = "/v1/listenKey"
STREAMING = {"security": Security.USER_STREAM, "permissions": (Permission.FUTURES,)}


class ListenKey(Struct, frozen=True, rename="camel"):
    """The key of the account."""

    listen_key: str


class Closed(Struct, frozen=True):
    """`{}`."""


@router.post(PATH, ws="userDataStream.start", **STREAMING)
async def start(ctx: Context) -> ListenKey:
    """Start user data stream.

    A new key for 60 minutes. While one is active, that one is answered and extended.
    """
    await ctx.venue.submit(OpenListenKey(uid=ctx.uid))
    return await _key(ctx)


@router.put(PATH, ws="userDataStream.ping", **STREAMING)
async def keep_alive(ctx: Context) -> ListenKey:
    """Keepalive user data stream.

    60 more minutes from now. Refuses where no key is active (-1125).
    """
    await ctx.submit(ExtendListenKey(uid=ctx.uid), ListenKeyExtended)
    return await _key(ctx)


@router.delete(PATH, ws="userDataStream.stop", **STREAMING)
async def close(ctx: Context) -> Closed:
    """Close user data stream.

    The key ends, and so do the connections that it opened. Refuses where none is active (-1125).
    """
    await ctx.submit(CloseListenKey(uid=ctx.uid), ListenKeyClosed)
    return Closed()


async def _key(ctx: Context) -> ListenKey:
    found = await ctx.read(FindListenKey(ctx.uid))
    assert found is not None
    return ListenKey(ctx.listen_keys.text(ctx.uid, found.serial))

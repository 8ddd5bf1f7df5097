"""Listen keys: one for each account at a time, for 60 minutes.

The state holds no key, only the serial and the end of each: the text of a key is made of uid
and serial where it is needed (`runtime/listen_keys.py`), so the journal has no secret in it.
"""

from typing import NamedTuple

from clearhouse.messages.commands import CloseListenKey, ExtendListenKey, OpenListenKey
from clearhouse.messages.events import ListenKeyClosed, ListenKeyExtended, ListenKeyOpened
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import MINUTE_MS, Millis, Seq, Uid

LIFETIME_MS = 60 * MINUTE_MS


class ListenKey(NamedTuple):
    """The key of an account."""

    serial: Seq
    expires_at: Millis


ListenKeys = dict[Uid, ListenKey]


def decide_open_listen_key(
    keys: ListenKeys, command: OpenListenKey, at: Millis
) -> ListenKeyOpened | ListenKeyExtended:
    """A new key, or 60 more minutes for the one that is active."""
    expires_at = Millis(at + LIFETIME_MS)
    if active(keys, command.uid, at):
        return ListenKeyExtended(at=at, uid=command.uid, expires_at=expires_at)
    return ListenKeyOpened(at=at, uid=command.uid, expires_at=expires_at)


def decide_extend_listen_key(
    keys: ListenKeys, command: ExtendListenKey, at: Millis
) -> ListenKeyExtended:
    """60 more minutes. Refuses where no key is active."""
    _require(keys, command.uid, at)
    return ListenKeyExtended(at=at, uid=command.uid, expires_at=Millis(at + LIFETIME_MS))


def decide_close_listen_key(
    keys: ListenKeys, command: CloseListenKey, at: Millis
) -> ListenKeyClosed:
    """The end of the key. Refuses where none is active."""
    _require(keys, command.uid, at)
    return ListenKeyClosed(at=at, uid=command.uid)


def active(keys: ListenKeys, uid: Uid, now: Millis) -> ListenKey | None:
    """The key of an account, unless it has expired."""
    key = keys.get(uid)
    return key if key and now < key.expires_at else None


def apply_listen_key_opened(keys: ListenKeys, event: ListenKeyOpened, seq: Seq) -> None:
    """The position of the event makes the key unlike every other."""
    keys[event.uid] = ListenKey(seq, event.expires_at)


def apply_listen_key_extended(keys: ListenKeys, event: ListenKeyExtended) -> None:
    """The key lives on."""
    keys[event.uid] = keys[event.uid]._replace(expires_at=event.expires_at)


def _require(keys: ListenKeys, uid: Uid, now: Millis) -> None:
    if active(keys, uid, now) is None:
        raise Rejected(Reason.NO_LISTEN_KEY, "start one with POST /fapi/v1/listenKey")

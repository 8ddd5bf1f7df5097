"""Who listens to which account: listen keys, the connections on them, and their ends.

An account is subscribed to once at the venue, however many connections it has; an event is
encoded once and written to each of them. A key ends when it is closed, when its API key is
revoked, or with its time: the venue's, so a frozen clock ends none until it is moved.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from clearhouse.api.errors import ApiError, Fault
from clearhouse.api.streams.addresses import EVERYTHING, Events
from clearhouse.api.streams.payloads import LISTEN_KEY_EXPIRED, expired, payload_of
from clearhouse.messages.notices import ListenKeyEnded, ListenKeyExtended, Notice
from clearhouse.messages.queries import FindListenKey
from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.runtime.group_commit import VenueStoppedError
from clearhouse.runtime.listen_keys import ListenKeyTexts
from clearhouse.runtime.venue import Venue

LOOK_SECONDS = 0.25
"""How often keys are looked at that nothing else reminds of."""


class Member(Protocol):
    """A connection that listens."""

    def tell(self, listen_key: str, payload: bytes) -> None:
        """Write an event."""
        ...

    def lose(self, listen_key: str, *, closed: bool) -> None:
        """The key carries nothing more; `closed` before its time."""
        ...


@dataclass(slots=True)
class Listening:
    """A listen key with somebody on it; `expires_at` 0 while it is being looked up.

    `joining` counts those who are about to be members.
    """

    uid: Uid
    serial: Seq
    text: str
    unsubscribe: Callable[[], None]
    expires_at: Millis = Millis(0)
    members: dict[Member, Events] = field(default_factory=dict)
    joining: int = 0


class Audience:
    """Every key that is listened to."""

    def __init__(self, venue: Venue, texts: ListenKeyTexts) -> None:
        self._venue = venue
        self._texts = texts
        self._by_uid: dict[Uid, Listening] = {}
        self._looking: asyncio.Task[None] | None = None

    async def join(self, text: str, member: Member, events: Events = EVERYTHING) -> bool:
        """Let a member listen; False where this is no key, or not one any more.

        The key is looked at twice: before the account is listened to, and after, when its end
        can no longer be missed.
        """
        found = self._texts.read(text)
        if found is None or await self._end_of(*found) is None:
            return False
        listening = self._listening(*found, text)
        if listening is None:
            return False
        listening.joining += 1
        try:
            expires_at = await self._end_of(*found)
        finally:
            listening.joining -= 1
        if expires_at is None or self._by_uid.get(listening.uid) is not listening:
            self._drop_unheard(listening)
            return False
        listening.expires_at = max(listening.expires_at, expires_at)
        listening.members[member] = events
        return True

    def leave(self, text: str, member: Member) -> None:
        """Let a member go; after the last one the account is not listened to any more."""
        found = self._texts.read(text)
        listening = self._by_uid.get(found[0]) if found else None
        if listening and listening.text == text:
            listening.members.pop(member, None)
            self._drop_unheard(listening)

    async def _end_of(self, uid: Uid, serial: Seq) -> Millis | None:
        """When a key ends; None where it is not active. Refuses when the venue has stopped."""
        try:
            view = await self._venue.read(FindListenKey(uid))
        except VenueStoppedError as stopped:
            raise ApiError(Fault.UNAVAILABLE, hint=str(stopped)) from None
        if view is None or view.serial != serial or view.expires_at <= self._venue.now():
            return None
        return view.expires_at

    def _listening(self, uid: Uid, serial: Seq, text: str) -> Listening | None:
        """The key, listened to from now on; None where somebody listens on a newer one."""
        listening = self._by_uid.get(uid)
        if listening and listening.serial >= serial:
            return listening if listening.serial == serial else None
        if listening:  # its time was over, or there would be no newer key
            self._expire(listening)
        unsubscribe = self._venue.subscribe(uid, self._hear)
        listening = Listening(uid, serial, text, unsubscribe)
        self._by_uid[uid] = listening
        if self._looking is None:
            self._looking = asyncio.ensure_future(self._look())
        return listening

    def _hear(self, notice: Notice) -> None:
        listening = self._by_uid[notice.uid]
        if isinstance(notice, ListenKeyEnded):
            self._end(listening, closed=True)
        elif 0 < listening.expires_at <= notice.at:
            self._expire(listening)
        elif isinstance(notice, ListenKeyExtended):
            listening.expires_at = notice.expires_at
        else:
            kind, payload = payload_of(notice)
            self._tell(listening, kind, payload)

    def _tell(self, listening: Listening, kind: str, payload: bytes) -> None:
        for member, events in tuple(listening.members.items()):
            if not events or kind in events or kind == LISTEN_KEY_EXPIRED:
                member.tell(listening.text, payload)

    def _expire(self, listening: Listening) -> None:
        payload = expired(listening.text, listening.expires_at)
        self._tell(listening, LISTEN_KEY_EXPIRED, payload)
        self._end(listening, closed=False)

    def _end(self, listening: Listening, *, closed: bool) -> None:
        self._drop(listening)
        for member in tuple(listening.members):
            member.lose(listening.text, closed=closed)

    def _drop_unheard(self, listening: Listening) -> None:
        unheard = not (listening.members or listening.joining)
        if unheard and self._by_uid.get(listening.uid) is listening:
            self._drop(listening)

    def _drop(self, listening: Listening) -> None:
        listening.unsubscribe()
        self._by_uid.pop(listening.uid, None)

    async def _look(self) -> None:
        """End keys whose time has come, for as long as there are any."""
        while self._by_uid:
            now = self._venue.now()
            for listening in [key for key in self._by_uid.values() if 0 < key.expires_at <= now]:
                self._expire(listening)
            await asyncio.sleep(LOOK_SECONDS)
        self._looking = None

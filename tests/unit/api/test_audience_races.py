"""Who listens, when the venue's answers come late: others join, leave and close meanwhile."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from clearhouse.api.errors import ApiError, Family
from clearhouse.api.streams.audience import Audience
from clearhouse.messages.notices import AccountChanged, ListenKeyEnded, Notice
from clearhouse.messages.queries import FindListenKey, ListenKeyView
from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.runtime.group_commit import VenueStoppedError
from clearhouse.runtime.listen_keys import ListenKeyTexts
from clearhouse.runtime.sealing import Sealer
from clearhouse.runtime.venue import Venue

UID = Uid(7)
NOW, END = Millis(1_000), Millis(9_000)


class LateVenue:
    """A venue whose reads are answered when the test says so, with what was true when asked."""

    def __init__(self) -> None:
        self.key: ListenKeyView | None = ListenKeyView(Seq(1), END)
        self.listener: Callable[[Notice], None] | None = None
        self.waiting: list[asyncio.Future[None]] = []
        self.late = False

    def now(self) -> Millis:
        return NOW

    async def read(self, asked: FindListenKey) -> ListenKeyView | None:
        seen = self.key
        if self.late:
            self.waiting.append(asyncio.get_running_loop().create_future())
            await self.waiting[-1]
        return seen

    def subscribe(self, uid: Uid, listener: Callable[[Notice], None]) -> Callable[[], None]:
        assert self.listener is None
        self.listener = listener
        return self.unsubscribe

    def unsubscribe(self) -> None:
        self.listener = None

    async def answer(self) -> None:
        """Answer the oldest read, and let whoever asked go on."""
        self.waiting.pop(0).set_result(None)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def close_and_open(self) -> None:
        """The key ends and another one begins."""
        old, self.key = self.key, ListenKeyView(Seq(2), END)
        assert old
        if self.listener:
            self.listener(ListenKeyEnded(UID, NOW, old.serial))


class Ear:
    """A member that writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.lost = False

    def tell(self, listen_key: str, payload: bytes) -> None:
        self.heard.append(payload)

    def lose(self, listen_key: str, *, closed: bool) -> None:
        self.lost = True


def open_audience() -> tuple[LateVenue, Audience, list[str]]:
    """A venue, an audience, and the texts of the first two keys."""
    venue, texts = LateVenue(), ListenKeyTexts(Sealer.ephemeral())
    audience = Audience(cast("Venue", venue), texts)
    return venue, audience, [texts.text(UID, Seq(serial)) for serial in (1, 2)]


def test_the_last_one_leaves_while_another_joins() -> None:
    async def scene() -> None:
        venue, audience, (key, _) = open_audience()
        first, second = Ear(), Ear()
        assert await audience.join(key, first)
        venue.late = True
        joining = asyncio.ensure_future(audience.join(key, second))
        await asyncio.sleep(0)
        await venue.answer()
        audience.leave(key, first)
        await venue.answer()
        assert await joining
        assert venue.listener
        venue.listener(AccountChanged(UID, NOW, "DEPOSIT"))
        assert (len(first.heard), len(second.heard)) == (0, 1)
        audience.leave(key, second)
        assert venue.listener is None

    asyncio.run(scene())


def test_a_late_answer_about_an_old_key_ends_nobody_on_the_new_one() -> None:
    async def scene() -> None:
        venue, audience, (old, new) = open_audience()
        venue.late = True
        joining = asyncio.ensure_future(audience.join(old, Ear()))
        await asyncio.sleep(0)
        venue.late = False
        venue.close_and_open()
        listener = Ear()
        assert await audience.join(new, listener)
        await venue.answer()
        assert not await joining
        assert not listener.lost
        assert venue.listener

    asyncio.run(scene())


def test_a_key_that_ends_while_it_is_joined() -> None:
    async def scene() -> None:
        venue, audience, (key, _) = open_audience()
        venue.late = True
        joining = asyncio.ensure_future(audience.join(key, Ear()))
        await asyncio.sleep(0)
        await venue.answer()
        venue.close_and_open()
        await venue.answer()
        assert not await joining
        assert venue.listener is None

    asyncio.run(scene())


def test_a_stopped_venue_refuses_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stopped(_: object) -> Any:
        raise VenueStoppedError("the disk is full")

    async def scene() -> None:
        venue, audience, (key, _) = open_audience()
        monkeypatch.setattr(venue, "read", stopped)
        with pytest.raises(ApiError) as refused:
            await audience.join(key, Ear())
        failure = refused.value.failure(Family.FAPI)
        assert (failure.status, failure.code) == (503, -1001)

    asyncio.run(scene())

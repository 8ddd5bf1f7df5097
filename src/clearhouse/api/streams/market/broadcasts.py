"""Who listens to which market stream, and the turns in which the streams tell.

A name with listeners has one broadcast. Broadcasts of the same speed have their turn together,
by one timer: everything that they need to know is read at one moment, and when the journal has
what that shows, each writes its events, encoded once, to its listeners. Streams that tell at once
have a turn when a commit changed a market. Timers run in real time, the times in events are the
venue's.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from clearhouse.api.errors import ApiError, Fault
from clearhouse.api.streams.market.channel import EVERY, Channel, Seen
from clearhouse.api.streams.market.forms import AT_ONCE, channel_of
from clearhouse.api.streams.market.telling import Telling
from clearhouse.api.wire import encode_json
from clearhouse.messages.market_notices import MarketNotice, MarketsReset
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.runtime.clock import monotonic
from clearhouse.runtime.group_commit import VenueStoppedError
from clearhouse.runtime.venue import Venue


class Listener(Protocol):
    """A connection that listens to market streams."""

    def hear(self, telling: Telling) -> None:
        """Write an event."""
        ...


@dataclass(slots=True, eq=False)
class Broadcast:
    """A stream with listeners.

    `begun`: it has seen what was so at first. `fresh`: a listener was told nothing yet.
    """

    name: str
    speed_ms: int
    channel: Channel
    listeners: dict[Listener, None] = field(default_factory=dict)
    begun: bool = False
    fresh: bool = True
    changed: bool = False

    @property
    def due(self) -> bool:
        """Whether this turn may have anything to tell."""
        return self.begun and (self.channel.steady or self.changed or self.fresh)

    def take(self) -> bool:
        """Begin a turn: whether one of its listeners was told nothing yet."""
        fresh, self.fresh, self.changed = self.fresh, False, False
        return fresh

    def tell(self, seen: Seen) -> None:
        """Encode each event once and write it to every listener."""
        for event in self.channel.tell(seen):
            telling = Telling(self.name, encode_json(event))
            for listener in tuple(self.listeners):
                listener.hear(telling)


class Broadcasts:
    """Every market stream that somebody listens to."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._by_name: dict[str, Broadcast] = {}
        self._by_symbol: dict[str, dict[Broadcast, None]] = {}
        self._timers: dict[int, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._unsubscribe: Callable[[], None] | None = None

    async def join(self, names: Sequence[str], listener: Listener) -> None:
        """Let a connection listen to streams that there are; refuses when the venue has stopped."""
        joined = [self._by_name.get(name) or self._add(name) for name in names]
        for broadcast in joined:
            broadcast.listeners[listener] = None
            broadcast.fresh = True
        await self._begin([broadcast for broadcast in joined if not broadcast.begun])
        for broadcast in joined:
            self._run(broadcast.speed_ms)

    def greet(self, name: str) -> None:
        """Tell a listener who has only now opened what is so."""
        broadcast = self._by_name.get(name)
        if broadcast:
            broadcast.fresh = True
            self._run(broadcast.speed_ms)

    def leave(self, name: str, listener: Listener) -> None:
        """Let a connection go; after the last one a stream has no turns any more."""
        broadcast = self._by_name.get(name)
        if broadcast:
            broadcast.listeners.pop(listener, None)
            if not broadcast.listeners:
                self._remove(broadcast)

    async def _begin(self, broadcasts: list[Broadcast]) -> None:
        """Let streams see what is so before they tell anything."""
        if not broadcasts:
            return
        try:
            seen = await self._see(broadcasts)
        except VenueStoppedError as stopped:
            raise ApiError(Fault.UNAVAILABLE, hint=str(stopped)) from None
        for broadcast in broadcasts:
            if not broadcast.begun:  # by somebody who came meanwhile
                broadcast.channel.begin(seen)
                broadcast.begun = True

    def _add(self, name: str) -> Broadcast:
        form, channel = channel_of(name)
        broadcast = Broadcast(name, form.speed_ms, channel)
        self._by_name[name] = broadcast
        self._by_symbol.setdefault(channel.symbol, {})[broadcast] = None
        if self._unsubscribe is None:
            self._unsubscribe = self._venue.subscribe_market(self._note)
        return broadcast

    def _remove(self, broadcast: Broadcast) -> None:
        del self._by_name[broadcast.name]
        of_symbol = self._by_symbol[broadcast.channel.symbol]
        del of_symbol[broadcast]
        if not of_symbol:
            del self._by_symbol[broadcast.channel.symbol]
        if not self._by_name and self._unsubscribe:
            self._unsubscribe()
            self._unsubscribe = None

    def _note(self, notice: MarketNotice) -> None:
        """Remember what changed until the turn of those whom it concerns."""
        for broadcast in self._concerned(notice):
            broadcast.channel.note(notice)
            broadcast.changed = True
        self._changed.set()

    def _concerned(self, notice: MarketNotice) -> Iterable[Broadcast]:
        if isinstance(notice, MarketsReset):
            return self._by_name.values()
        return (*self._by_symbol.get(notice.symbol, ()), *self._by_symbol.get(EVERY, ()))

    async def _see(self, broadcasts: list[Broadcast]) -> Seen:
        """What they ask, answered at one moment; each question once."""
        now = self._venue.now()
        asked = dict.fromkeys(one for each in broadcasts for one in each.channel.asks(now))
        answers = await self._venue.read_each((ReadCatalogue(), *asked))
        return Seen(now, answers, fresh=False)

    def _run(self, speed_ms: int) -> None:
        """Have turns at a speed; one that tells at once is due for its new listener."""
        if speed_ms == AT_ONCE:
            self._changed.set()
        timer = self._timers.get(speed_ms)
        if timer is None or timer.done():
            self._timers[speed_ms] = asyncio.ensure_future(self._turns(speed_ms))

    async def _turns(self, speed_ms: int) -> None:
        """One turn after the other, for as long as somebody listens at this speed."""
        with suppress(VenueStoppedError):  # the process ends
            while self._at(speed_ms):
                await self._next(speed_ms)
                await self._turn([each for each in self._at(speed_ms) if each.due])

    def _at(self, speed_ms: int) -> list[Broadcast]:
        return [each for each in self._by_name.values() if each.speed_ms == speed_ms]

    async def _next(self, speed_ms: int) -> None:
        """Wait for the next turn: a round time, or a change."""
        if speed_ms == AT_ONCE:
            await self._changed.wait()
            self._changed.clear()
        else:
            seconds = speed_ms / 1000
            await asyncio.sleep(seconds - monotonic() % seconds)

    async def _turn(self, due: list[Broadcast]) -> None:
        """Let each of these streams tell what is new; others have their turn in between."""
        if not due:
            return
        fresh = [each.take() for each in due]
        seen = await self._see(due)
        for each, anew in zip(due, fresh, strict=True):
            try:
                each.tell(seen._replace(fresh=anew))
            except Exception as error:  # noqa: BLE001  one stream's fault is no other's
                _report(each.name, error)
            await asyncio.sleep(0)


def _report(name: str, error: Exception) -> None:
    """Tell the operator of a fault in a stream, which goes on with its next turn."""
    told = {"message": f"the stream {name} could not be told", "exception": error}
    asyncio.get_running_loop().call_exception_handler(told)

"""The task that moves the market: it runs a source, shows how that does, and changes it.

A source that fails stops moving the market and nothing else: it is told once, and shown until
another one is chosen. Whoever advances a frozen clock waits until the source has come to the new
time, so what is asked next is answered by the market of then.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from msgspec.structs import replace

from clearhouse.engine.state import FROZEN, SCALED
from clearhouse.feeds.deliveries import Best, Tap
from clearhouse.feeds.port import (
    Confirmed,
    Movements,
    Prices,
    Source,
    SourceState,
    SourceView,
)
from clearhouse.feeds.profiles import Profile
from clearhouse.feeds.sources import Choice, Surroundings, WhenStale, source_of
from clearhouse.market.rules import Rules
from clearhouse.matching.house import best
from clearhouse.messages.commands import Command
from clearhouse.messages.events import ClockSet, ContractListed, VenueReset
from clearhouse.messages.trading_commands import SetQuoting
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.orders import Side
from clearhouse.runtime.clock import monotonic
from clearhouse.runtime.group_commit import VenueStoppedError
from clearhouse.runtime.opening import Opened
from clearhouse.runtime.staleness import everything, refusing
from clearhouse.runtime.timekeeping import Timekeeping

SHORTEST_TURN = 0.02
"""Real seconds between two turns on a clock that runs faster than the real one."""
PATIENCE = 30.0
"""Real seconds that an advanced clock waits for a source to follow."""

Complaint = Callable[[str], object]


class Feeding:
    """Runs one source after the other, and is what each sees of the venue.

    `profile` is the one in force. `past_seed`: of the candles before the birth; it is that of
    the start, whatever comes later.
    """

    def __init__(
        self,
        opened: Opened,
        movements: Movements,
        choice: Choice,
        profile: Profile,
        complain: Complaint,
    ) -> None:
        self.choice = choice
        self.profile = profile
        self.past_seed = choice.seed
        self._venue = opened.venue
        self._state = opened.sequencer.state
        self._clock = opened.clock
        self.tap = Tap(movements, now=opened.clock.now, best=self._best)
        self._complain = complain
        self._around = Surroundings(
            self._state.catalogue.rules, Timekeeping(opened.sequencer), monotonic
        )
        self._source: Source = source_of(choice, self._around)
        self._task: asyncio.Task[None] | None = None
        self._trouble = ""
        self._awaited: Millis | None = None
        self._waits = False
        self._disturbed = asyncio.Event()
        for fact in (ClockSet, VenueReset):
            self._venue.watch(fact, self._disturbed.set)
        for listing in (ContractListed, VenueReset):
            self._venue.watch(listing, self._quote_soon)
        self._quoting: asyncio.Task[None] | None = None

    @property
    def source(self) -> Source:
        """The source that runs, or that has failed or ended."""
        return self._source

    async def start(self) -> None:
        """Quote by the profile, and let the source run."""
        await self._quote()
        self._start()

    async def change(self, choice: Choice, profile: Profile) -> None:
        """Another source, or another profile of the one that runs.

        Refuses a source that cannot be had, and then nothing changed.
        """
        source = None
        if choice != self.choice:
            source = await asyncio.to_thread(source_of, choice, self._around)
        self.profile = profile
        if source is None:
            await self._quote()
            return
        await self.stop()
        self.choice, self._source = choice, source
        await self.start()
        await asyncio.sleep(0)  # it begins, so that it is shown as running

    async def stop(self) -> None:
        """Let the market stand."""
        for task in (self._task, self._quoting):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task
        self._task = self._quoting = None

    def view(self) -> SourceView:
        """What the source says of itself; what it failed of."""
        view = self._source.view()
        if self._trouble:
            return replace(view, state=SourceState.FAILED, trouble=self._trouble)
        return view

    async def caught_up(self) -> None:
        """Return when the source has come to the time of a frozen clock, or runs no more."""

        async def wait() -> None:
            while self._behind():  # noqa: ASYNC110  a source is done in one turn of the loop or few
                await asyncio.sleep(0.001)

        if self._state.clock.mode == FROZEN:
            with suppress(TimeoutError):
                await asyncio.wait_for(wait(), PATIENCE)

    def now(self) -> Millis:
        """The venue's time."""
        return self._clock.now()

    async def until(self, at: Millis) -> Millis:
        """Wait for the venue's time, or for somebody to set it."""
        self._waits = True
        self._disturbed.clear()  # before the sleep: a clock that is set meanwhile is not missed
        await asyncio.sleep(SHORTEST_TURN if self._state.clock.mode == SCALED else 0)
        left = self._clock.seconds_until(at)
        if left != 0:
            self._awaited = at
            try:  # at once, if it was set while the source was busy
                await asyncio.wait_for(self._disturbed.wait(), left)
            except TimeoutError:
                pass
            finally:
                self._awaited = None
        self._disturbed.clear()
        return self._clock.now()

    def contracts(self) -> Mapping[str, Contract]:
        """What is listed, in the order of listing."""
        return self._state.catalogue.contracts

    def rules(self, symbol: str) -> Rules:
        """The filters of a listed symbol as numbers."""
        return self._state.catalogue.rules[symbol]

    def prices(self, symbol: str) -> Prices:
        """The prices of a listed symbol, whoever set them."""
        market = self._state.markets[symbol]
        return Prices(last=market.last, mark=market.mark, index=market.index)

    def worth(self, symbol: str) -> int:
        """The index price of its base asset."""
        catalogue = self._state.catalogue
        return catalogue.indices[catalogue.contracts[symbol].base_asset]

    def spread(self) -> int:
        """How far quotes are from the price at least."""
        return self.profile.spread

    def market_age(self) -> int | None:
        """Milliseconds since a live market was heard of; None where it is not live."""
        return self._source.age_ms() if isinstance(self._source, Confirmed) else None

    def _start(self) -> None:
        self._trouble = ""
        self._waits = False
        self._venue.admit = everything
        refuse = self.choice.following.when_stale is WhenStale.REFUSE
        if refuse and isinstance(self._source, Confirmed):
            self._venue.admit = refusing(self._source.stale)
        self._task = asyncio.get_running_loop().create_task(self._run(self._source))

    def _best(self, symbol: str) -> Best:
        """What stands at the best prices of a book."""
        book = self._state.order_books[symbol]
        bid, ask = best(book, Side.BUY), best(book, Side.SELL)
        return Best(bid[1] if bid else 0, ask[1] if ask else 0)

    async def _run(self, source: Source) -> None:
        try:
            await source.run(self.tap, self)
        except VenueStoppedError:
            return  # which the venue has told
        except Exception as error:  # noqa: BLE001  whatever it is, the venue goes on without it
            self._trouble = str(error) or repr(error)
            self._complain(f"the market stands still, its source {source.name} failed: {error!r}")

    def _behind(self) -> bool:
        """Whether the source goes by the clock, runs, and has not come to the time of now."""
        running = self._task is not None and not self._task.done()
        if not (running and self._waits) or self._source.view().state is not SourceState.RUNNING:
            return False
        if self._awaited is None or self._disturbed.is_set():
            return True
        return self._awaited <= self._clock.now()

    def _quote_soon(self) -> None:
        """A symbol was listed, or all of them anew."""
        if self._quoting is None or self._quoting.done():
            self._quoting = asyncio.get_running_loop().create_task(self._quote())

    async def _quote(self) -> None:
        """Let the house quote every symbol by the profile."""
        commands = list(self._quotings())
        if commands:
            await self._venue.submit_all(commands)

    def _quotings(self) -> Iterator[Command]:
        """What is to change; a depth that was set by hand stays where the rest is as it should."""
        profile = self.profile
        wanted = (profile.spread, profile.slippage, profile.refills)
        for symbol, book in self._state.order_books.items():
            if (book.spread, book.gap, book.refills) != wanted:
                yield SetQuoting(
                    symbol=symbol,
                    spread=profile.spread,
                    gap=profile.slippage,
                    depth=profile.depth,
                    notional=profile.notional,
                    refills=profile.refills,
                )

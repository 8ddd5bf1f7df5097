"""The single writer: commands in, facts out.

`submit` decides and applies at once, on the event loop, in the order of arrival. `durable(seq)`
returns when the journal has a position (`runtime/group_commit.py`); replies and reads wait for
it, so nothing leaves the process before the journal has it.

Looking at accounts after a price may take long, and nobody may wait so long for a balance. So of
the looks that a command asks for, the rest can be left to commands of the sequencer's own, one in
each round of the loop, before anything else is decided: the same events as in one go, and reads
come in between.

When a fact cannot be applied, the state is wrong: the venue stops as it does when the journal
fails.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from clearhouse.engine.execute import Decision, execute
from clearhouse.engine.state import State
from clearhouse.journal.port import Journal
from clearhouse.journal.record import Head, follow
from clearhouse.messages.commands import Command
from clearhouse.messages.events import ClockSet, Event, VenueReset
from clearhouse.messages.trading_commands import LookOn, MoveMarket, RunDue
from clearhouse.model.ids import Millis, Seq
from clearhouse.runtime.alarm import Alarm
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.group_commit import GroupCommit, VenueStoppedError, release
from clearhouse.runtime.sampling import Sampler
from clearhouse.runtime.subscriptions import Subscriptions
from clearhouse.tape.tape import Tape
from clearhouse.trading.apply import apply_market_moved
from clearhouse.trading.moving import matters, moved, standing

NEVER = Millis(2**63 - 1)
_OF_THE_CLOCK = (ClockSet, VenueReset)

LOOKS_AT_ONCE = 50
"""Looks in one round of the loop: about a millisecond, or one or two liquidations."""

ROUND_SECONDS = 0.001
"""A round that took longer for others is followed by as many more looks,"""

MOST_TIMES = 3
"""up to so many times: under load the last of a thousand must not wait for all that is asked."""


class Sequencer:
    """Orders commands, keeps the state, and feeds the journal."""

    def __init__(
        self,
        state: State,
        journal: Journal,
        clock: Clock,
        *,
        on_failure: Callable[[Exception], None] = lambda _: None,
    ) -> None:
        self.state = state
        self.tape = Tape()
        self.subscriptions = Subscriptions()
        self._journal = journal
        self._clock = clock
        self._on_failure = on_failure
        self._head: Head = journal.head()
        self._unwritten: dict[str, None] = {}
        self._stepping = False
        self._stopping = False
        self._settling: list[asyncio.Future[None]] = []
        self._asked_at = 0.0
        self._alarm = Alarm(clock, self._run_due)
        self._sampler = Sampler(state)
        self._commits = GroupCommit(
            journal,
            self.tape,
            self._sampler,
            on_stage=self.watch_the_clock,  # what falls due next may have changed
            on_commit=self._committed,
            on_failure=self._failed,
        )
        clock.set(state.clock)

    @property
    def failure(self) -> Exception | None:
        """Why the venue stopped, if it did."""
        return self._commits.failure

    @property
    def head(self) -> Head:
        """The record of the last applied event; the journal may not have it yet."""
        return self._head

    def submit(
        self,
        command: Command,
        *,
        also: Callable[[Decision], Event] | None = None,
        looks: int | None = None,
    ) -> Decision:
        """Decide and apply a command; raises `Rejected` and then nothing changed.

        `also` adds a fact that belongs to the same commit (a kept answer). Beyond so many `looks`
        the rest is left to the next rounds of the loop (`settled`), else it is done at once.
        """
        self._commits.check()
        now = self._clock.now()
        self.finish_looks()
        if self._due_at() <= now:
            self._execute(RunDue(), now)
            self._commits.schedule()
        events = self._execute(command, now, looks)
        if also:
            kept = also(events)
            self._take(kept)
            events = (*events, kept)
        self._commits.schedule()
        if not self.is_settled:
            self._go_on()
        return events

    def move(self, movement: MoveMarket) -> None:
        """Let a source move the market.

        A movement that reaches nobody is taken into the state at once and written when somebody
        is to depend on it: before the next command, and when samples are due. So a market that
        nobody trades in leaves next to nothing in the journal, and a replay is still the state
        that every decision saw.
        """
        self._commits.check()
        now = self._clock.now()
        if self._due_at() <= now or not self.is_settled or matters(self.state, movement):
            self.submit(movement, looks=LOOKS_AT_ONCE)
        else:
            if self._sampler.passes(now):
                self._write_movements(now)
            apply_market_moved(self.state, moved(self.state, movement, now))
            self._unwritten[movement.symbol] = None
            if not movement.trades:  # else the tape is given them
                self.tape.moved(self.state, movement.symbol)
            self.tape.booked(self.state, movement.symbol)
            self.subscriptions.market.moved(movement.symbol, self.state.seq, self._commits.durable)

    def _write_movements(self, now: Millis) -> None:
        symbols, self._unwritten = self._unwritten, {}
        for symbol in symbols:
            self._take(standing(self.state, symbol, now))
        self._commits.schedule()  # a command that is refused then waits for them too

    @property
    def is_settled(self) -> bool:
        """Whether every look that a command asked for was taken."""
        return self.state.watch.settled or self.failure is not None

    def finish_looks(self) -> None:
        """Take all looks that are left: of a state that was just recovered, at everybody."""
        if not self.is_settled:
            self._execute(LookOn(), self._clock.now())
            self._commits.schedule()

    async def settled(self) -> None:
        """Return when that is so: a command that is submitted then keeps no read waiting."""
        while not self.is_settled:
            waiter = asyncio.get_running_loop().create_future()
            self._settling.append(waiter)
            await waiter

    def watch_the_clock(self) -> None:
        """Wake up when the next thing falls due."""
        due = self._due_at()
        self._alarm.set(None if due == NEVER else due)
        self._go_on()

    def _go_on(self) -> None:
        """Take the next looks, or the next step of a settlement of funding.

        The latter once the journal has the last one: so the loop is free while it commits, and a
        settlement cannot fill the journal's queue.
        """
        if self.is_settled:
            self._release_settling()
            if not self.state.deadlines.settling or self._commits.is_busy:
                return
        if not (self._stepping or self._stopping):
            self._stepping, loop = True, asyncio.get_running_loop()
            self._asked_at = loop.time()
            loop.call_soon(self._step)

    def _step(self) -> None:
        self._stepping = False
        waited = asyncio.get_running_loop().time() - self._asked_at
        if not self._stopping:
            self._run_due(times=min(1 + int(waited / ROUND_SECONDS), MOST_TIMES))

    def _due_at(self) -> Millis:
        at = self.state.deadlines.next_at()
        return NEVER if at is None else at

    def _run_due(self, times: int = 1) -> None:
        """The alarm rang, a settlement goes on, or there are looks to take first."""
        if not self.failure:
            command = RunDue() if self.is_settled else LookOn()
            with suppress(VenueStoppedError):  # `failure` and `on_failure` have said it
                self._execute(command, self._clock.now(), times * LOOKS_AT_ONCE)
                self._commits.schedule()
                self.watch_the_clock()

    def _execute(self, command: Command, now: Millis, looks: int | None = None) -> Decision:
        """Decide and apply step by step. A refusal comes first or never."""
        taken: list[Event] = []
        if self._unwritten:
            self._write_movements(now)
        try:
            for event in execute(self.state, command, now, looks=looks):
                self._take(event)
                taken.append(event)
        except VenueStoppedError:
            raise
        except Exception as error:
            if not taken:
                raise
            self._commits.fail(f"a decision broke off half way: {error!r}")
            raise VenueStoppedError(str(self.failure)) from error
        return tuple(taken)

    def _take(self, event: Event) -> None:
        """Encode a fact, which may fail and change nothing, and apply it."""
        record = follow(self._head, event)
        if self._sampler.passes(event.at):
            self._sampler.take(self.state, event.at)
        self._apply(event)
        self._head = Head(record.seq, record.hash)
        self._commits.add(record)
        self.tape.observe(self.state, event)

    async def durable(self, seq: Seq) -> None:
        """Return when the journal has a position."""
        await self._commits.until(seq)

    def is_durable(self, seq: Seq) -> bool:
        """Whether the journal has a position, without waiting."""
        return seq <= self._commits.durable and self.failure is None

    async def stop(self) -> None:
        """Write where the markets stand, wait for the last commit and let the thread go.

        A settlement goes on at a new start.
        """
        self._stopping = True
        self._alarm.stop()
        with suppress(VenueStoppedError):  # `failure` and `on_failure` have said it
            self.finish_looks()
            if not self.failure:
                self._write_movements(self._clock.now())
        self._go_on()
        self.keep_candles(self.tape.symbols)
        await self._commits.finish()

    def keep_candles(self, symbols: Iterable[str]) -> None:
        """Let the journal have what changed in the candles of some symbols, with a commit."""
        self._commits.keep_candles(symbols)

    def _apply(self, event: Event) -> None:
        """Take a fact in. One that cannot be applied is a broken invariant: the venue stops."""
        try:
            self.subscriptions.apply(self.state, event)
            if isinstance(event, _OF_THE_CLOCK):
                self._clock.set(self.state.clock)
                self._sampler.clock_changed(self.state)
                self._alarm.clock_changed()
        except Exception as error:
            self._commits.fail(f"a decision could not be applied: {error!r}")
            raise VenueStoppedError(str(self.failure)) from error

    def _committed(self) -> None:
        self.subscriptions.publish(self._commits.durable)
        self._go_on()

    def _failed(self, failure: Exception) -> None:
        self._release_settling()  # they find the failure
        self._on_failure(failure)

    def _release_settling(self) -> None:
        release(*self._settling)
        self._settling.clear()

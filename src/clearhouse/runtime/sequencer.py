"""The single writer: commands in, facts out, one commit for many.

`submit` decides and applies at once, on the event loop, in the order of arrival. What it
decided waits in `_pending` until the journal is free; then it is staged as one batch and
committed on a thread while the next commands are already decided. `durable(seq)` returns
when the journal has a position; replies and reads wait for it, so nothing leaves the process
before the journal has it.

When the journal fails, the state in memory is ahead of what is stored and must not be shown;
when a fact cannot be applied, the state is wrong. In both cases every waiter and every later
call gets `VenueStoppedError`, and the process ends.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from clearhouse.engine.execute import Decision, execute
from clearhouse.engine.state import State
from clearhouse.journal.port import Journal
from clearhouse.journal.record import Head, Record, follow
from clearhouse.messages.commands import Command
from clearhouse.messages.events import ClockSet, Event, VenueReset
from clearhouse.messages.trading_commands import MoveMarket, RunDue
from clearhouse.model.ids import Millis, Seq
from clearhouse.runtime.alarm import Alarm
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.subscriptions import Subscriptions
from clearhouse.tape.tape import Tape, ToSave
from clearhouse.trading.apply import apply_market_moved
from clearhouse.trading.due import next_due
from clearhouse.trading.moving import matters, moved, standing

NEVER = Millis(2**63 - 1)
_OF_THE_CLOCK = (ClockSet, VenueReset)


class VenueStoppedError(Exception):
    """The venue answers no more; the outcome of what was under way is unknown to the caller."""


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
        self.failure: Exception | None = None
        self.subscriptions = Subscriptions()
        self._journal = journal
        self._clock = clock
        self._on_failure = on_failure
        self._head: Head = journal.head()
        self._durable: Seq = self._head.seq
        self._staged: Seq = self._head.seq
        self._pending: list[Record] = []
        self._to_keep: dict[str, None] = {}
        self._commit: asyncio.Future[None] | None = None
        self._unwritten: dict[str, None] = {}
        self._committing = False
        self._scheduled = False
        self._stepping = False
        self._stopping = False
        self._waiters: deque[tuple[Seq, asyncio.Future[None]]] = deque()
        self._thread = ThreadPoolExecutor(1, "journal")
        self._alarm = Alarm(clock, self._run_due)
        clock.set(state.clock)

    @property
    def head(self) -> Head:
        """The record of the last applied event; the journal may not have it yet."""
        return self._head

    def submit(
        self, command: Command, *, also: Callable[[Decision], Event] | None = None
    ) -> Decision:
        """Decide and apply a command; raises `Rejected` and then nothing changed.

        `also` adds a fact that belongs to the same commit (a kept answer).
        """
        if self.failure:
            raise VenueStoppedError(str(self.failure))
        now = self._clock.now()
        if self._due_at() <= now:
            self._execute(RunDue(), now)
            self._schedule()
        events = self._execute(command, now)
        if also:
            kept = also(events)
            self._take(kept)
            events = (*events, kept)
        self._schedule()
        return events

    def move(self, movement: MoveMarket) -> None:
        """Let a source move the market.

        A movement that reaches nobody is taken into the state at once and written when somebody
        is to depend on it: before the next command. So a market that nobody trades in leaves
        nothing in the journal, and a replay is still the state that every decision saw.
        """
        if self.failure:
            raise VenueStoppedError(str(self.failure))
        now = self._clock.now()
        if self._due_at() <= now or matters(self.state, movement):
            self.submit(movement)
        else:
            apply_market_moved(self.state, moved(self.state, movement, now))
            self._unwritten[movement.symbol] = None
            if not movement.trades:  # else the tape is given them
                self.tape.moved(self.state, movement.symbol)
            self.tape.booked(self.state, movement.symbol)
            self.subscriptions.market.moved(movement.symbol, self.state.seq, self._durable)

    def _write_movements(self, now: Millis) -> None:
        symbols, self._unwritten = self._unwritten, {}
        for symbol in symbols:
            self._take(standing(self.state, symbol, now))
        self._schedule()  # also where the command is refused then: its refusal waits for them

    def watch_the_clock(self) -> None:
        """Wake up when the next thing falls due."""
        due = self._due_at()
        self._alarm.set(None if due == NEVER else due)
        self._go_on()

    def _go_on(self) -> None:
        """Take the next step of a settlement of funding once the journal has the last one.

        So the loop is free while it commits, and a settlement cannot fill the journal's queue.
        """
        busy = self._committing or self._scheduled or self._stepping
        if self.state.deadlines.settling and not (busy or self._stopping):
            self._stepping = True
            asyncio.get_running_loop().call_soon(self._step)

    def _step(self) -> None:
        self._stepping = False
        if not self._stopping:
            self._run_due()

    def _due_at(self) -> Millis:
        deadline = next_due(self.state) if self.state.deadlines.heap else None
        return deadline[0] if deadline else NEVER

    def _run_due(self) -> None:
        """The alarm rang, or a settlement goes on."""
        if not self.failure:
            with suppress(VenueStoppedError):  # `failure` and `on_failure` have said it
                self._execute(RunDue(), self._clock.now())
                self._schedule()
                self.watch_the_clock()

    def _execute(self, command: Command, now: Millis) -> Decision:
        """Decide and apply step by step. A refusal comes first or never."""
        taken: list[Event] = []
        if self._unwritten:
            self._write_movements(now)
        try:
            for event in execute(self.state, command, now):
                self._take(event)
                taken.append(event)
        except VenueStoppedError:
            raise
        except Exception as error:
            if not taken:
                raise
            self._fail(f"a decision broke off half way: {error!r}")
            raise VenueStoppedError(str(self.failure)) from error
        return tuple(taken)

    def _take(self, event: Event) -> None:
        """Encode a fact, which may fail and change nothing, and apply it."""
        record = follow(self._head, event)
        self._apply(event)
        self._head = Head(record.seq, record.hash)
        self._pending.append(record)
        self.tape.observe(self.state, event)

    async def durable(self, seq: Seq) -> None:
        """Return when the journal has a position."""
        if self.failure:
            raise VenueStoppedError(str(self.failure))
        if seq > self._durable:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append((seq, waiter))
            await waiter

    def is_durable(self, seq: Seq) -> bool:
        """Whether the journal has a position, without waiting."""
        return seq <= self._durable and self.failure is None

    async def stop(self) -> None:
        """Write where the markets stand, wait for the last commit and let the thread go.

        A settlement goes on at a new start.
        """
        self._stopping = True
        self._alarm.stop()
        with suppress(VenueStoppedError):  # `failure` and `on_failure` have said it
            if not self.failure:
                self._write_movements(self._clock.now())
        self.keep_candles(self.tape.symbols)
        while (self._pending or self._to_keep or self._committing) and not self.failure:
            await (asyncio.wait({self._commit}) if self._commit else asyncio.sleep(0))
        self._thread.shutdown()

    def keep_candles(self, symbols: Iterable[str]) -> None:
        """Let the journal have what changed in the candles of some symbols, with a commit."""
        self._to_keep.update(dict.fromkeys(symbols))
        if not self.failure:
            self._schedule()

    def _apply(self, event: Event) -> None:
        """Take a fact in. One that cannot be applied is a broken invariant: the venue stops."""
        try:
            self.subscriptions.apply(self.state, event)
            if isinstance(event, _OF_THE_CLOCK):
                self._clock.set(self.state.clock)
                self._alarm.clock_changed()
        except Exception as error:
            self._fail(f"a decision could not be applied: {error!r}")
            raise VenueStoppedError(str(self.failure)) from error

    def _schedule(self) -> None:
        """Stage once this round of the loop is over, so that its commands share a commit."""
        if not (self._pending or self._to_keep):
            return
        if not (self._committing or self._scheduled):
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._stage)

    def _stage(self) -> None:
        """Hand over what was decided; what falls due next may have changed with it."""
        self._scheduled = False
        self.watch_the_clock()
        records, self._pending = self._pending, []
        candles = self._candles()
        if not (records or candles.rows or candles.forget):
            return
        try:
            if records:
                self._journal.append(records)
        except Exception as error:  # noqa: BLE001  whatever a store raises ends the venue
            self._journal_failed(error)
            return
        self._committing = True
        self._staged = records[-1].seq if records else self._staged
        loop = asyncio.get_running_loop()
        self._commit = loop.run_in_executor(self._thread, self._write, candles)
        self._commit.add_done_callback(self._committed)

    def _candles(self) -> ToSave:
        """Candles that go with this commit: they show no fact that it does not have."""
        symbols, self._to_keep = self._to_keep, {}
        return self.tape.to_save(symbols)

    def _write(self, candles: ToSave) -> None:
        """On the journal's thread."""
        if candles.rows or candles.forget:
            self._journal.save_candles(candles.rows, forget=candles.forget)
        self._journal.commit()

    def _committed(self, commit: asyncio.Future[None]) -> None:
        self._committing, self._commit = False, None
        self.tape.saved()
        error = commit.exception()
        if error:
            self._journal_failed(error)
            return
        self._durable = self._staged
        self._schedule()
        while self._waiters and self._waiters[0][0] <= self._durable:
            _release(self._waiters.popleft()[1])
        if not self.failure:
            self.subscriptions.publish(self._durable)
            self._go_on()

    def _journal_failed(self, error: BaseException) -> None:
        self._fail(f"the journal {self._journal.name} failed: {error}")

    def _fail(self, why: str) -> None:
        self.failure = VenueStoppedError(why)
        while self._waiters:
            waiter = self._waiters.popleft()[1]
            if not waiter.done():
                waiter.set_exception(VenueStoppedError(str(self.failure)))
        self._on_failure(self.failure)


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():  # its request may have been cancelled meanwhile
        waiter.set_result(None)

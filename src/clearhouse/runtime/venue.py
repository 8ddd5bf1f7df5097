"""The seam: everything that the API and the control plane may ask of the engine.

Commands, queries and answers are plain Structs and every call is awaited, because one day
the venue behind it may be another process.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar, get_args

from clearhouse.engine.execute import Decision
from clearhouse.engine.queries import query, visible_at
from clearhouse.engine.state import ClockSetting
from clearhouse.journal.port import Journal
from clearhouse.journal.record import Head
from clearhouse.messages.commands import Command
from clearhouse.messages.events import Event
from clearhouse.messages.histories import HistoryQuery
from clearhouse.messages.market_queries import TapeQuery
from clearhouse.messages.queries import CheckLedger, LedgerView, Query
from clearhouse.messages.rejections import Rejected
from clearhouse.model.ids import Millis, Uid
from clearhouse.runtime.candles import CandleKeeper, CandleReader, FindPast, no_past
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.market_subscriptions import MarketListener
from clearhouse.runtime.sequencer import LOOKS_AT_ONCE, Sequencer
from clearhouse.runtime.staleness import everything
from clearhouse.runtime.subscriptions import Listener
from clearhouse.tape.answers import TAPE_ANSWERS

A = TypeVar("A")

HISTORIES = frozenset(get_args(HistoryQuery))
PUBLIC = frozenset((*get_args(TapeQuery), *TAPE_ANSWERS))


class Venue:
    """A running venue."""

    def __init__(
        self, sequencer: Sequencer, journal: Journal, clock: Clock, past: FindPast = no_past
    ) -> None:
        self._sequencer = sequencer
        self._clock = clock
        # SQL runs on a thread of its own: a long history must not hold the event loop.
        self._readers = ThreadPoolExecutor(1, "history")
        self._history = journal.history
        self._candles = CandleReader(sequencer.tape, journal, self._readers, past)
        self._keeper = CandleKeeper(sequencer)
        self._watchers: dict[type[Event], list[Callable[[], object]]] = {}
        self.admit: Callable[[Command], None] = everything

    def now(self) -> Millis:
        """The venue's time."""
        return self._clock.now()

    @property
    def failure(self) -> Exception | None:
        """Why the venue stopped, if it did."""
        return self._sequencer.failure

    @property
    def head(self) -> Head:
        """The record of the last applied event."""
        return self._sequencer.head

    @property
    def clock_setting(self) -> ClockSetting:
        """The clock in force."""
        return self._sequencer.state.clock

    async def submit(
        self, command: Command, *, also: Callable[[Decision], Event] | None = None
    ) -> Decision:
        """What the command caused, when it is durable; raises `Rejected`.

        A refusal tells something about the state too, so it waits like every answer. Looks that
        an earlier command asked for come before it, and those that it asks for before its answer.
        """
        if not self._sequencer.is_settled:
            await self._sequencer.settled()
        try:
            caused = self._decide(command, also, looks=LOOKS_AT_ONCE)
        finally:
            await self._durable()
        self._tell(caused)
        return caused

    async def submit_all(
        self, commands: list[Command], *, also: Callable[[Decision], Event] | None = None
    ) -> Decision:
        """What several commands caused, in one commit; the first refusal ends the row.

        `also` adds a fact to what the last of them caused.
        """
        caused: list[Event] = []
        await self._sequencer.settled()
        try:
            for command in commands[:-1]:
                caused.extend(self._decide(command))
            caused.extend(self._decide(commands[-1], also, looks=LOOKS_AT_ONCE))
        finally:
            await self._durable()
        self._tell(caused)
        return tuple(caused)

    async def submit_each(self, commands: Sequence[Command]) -> list[Decision | Rejected]:
        """What each command caused, or why it was refused: each decided by itself, one commit."""
        await self._sequencer.settled()
        return await self._settled([self._outcome(command) for command in commands])

    async def change(self, asked: Query[A], command: Command) -> tuple[A, Decision]:
        """The answer to a query of right before a command, and what the command caused.

        So what is changed is known as it was, and nothing came between. Raises `Rejected`.
        """
        await self._sequencer.settled()
        before = query(self._sequencer.state, asked)
        return before, await self.submit(command)  # which runs at once, as far as the commit

    async def change_each(
        self, changes: Sequence[tuple[Query[A], Command]]
    ) -> list[tuple[A, Decision] | Rejected]:
        """Several changes, each decided by itself, one commit."""
        await self._sequencer.settled()
        before: list[A] = []
        outcomes: list[Decision | Rejected] = []
        for asked, command in changes:
            before.append(query(self._sequencer.state, asked))
            outcomes.append(self._outcome(command))
        await self._settled(outcomes)
        return [
            outcome if isinstance(outcome, Rejected) else (seen, outcome)
            for seen, outcome in zip(before, outcomes, strict=True)
        ]

    def _outcome(self, command: Command) -> Decision | Rejected:
        try:
            return self._decide(command)
        except Rejected as refusal:
            return refusal

    async def _durable(self) -> None:
        """Return when everything that was decided, and the looks that it asked for, is durable."""
        if not self._sequencer.is_settled:
            await self._sequencer.settled()
        await self._sequencer.durable(self._sequencer.state.seq)

    def _decide(
        self,
        command: Command,
        also: Callable[[Decision], Event] | None = None,
        *,
        looks: int | None = None,
    ) -> Decision:
        """What a command causes; one that is not admitted is refused before the core sees it."""
        self.admit(command)
        return self._sequencer.submit(command, also=also, looks=looks)

    async def _settled(self, outcomes: list[Decision | Rejected]) -> list[Decision | Rejected]:
        """The outcomes, when they are durable; a refusal tells something about the state too."""
        await self._durable()
        for outcome in outcomes:
            if not isinstance(outcome, Rejected):
                self._tell(outcome)
        return outcomes

    def _tell(self, caused: Iterable[Event]) -> None:
        """Call those who watch for such facts."""
        for event in caused:
            for listener in self._watchers.get(type(event), ()):
                listener()

    async def read(self, asked: Query[A]) -> A:
        """The answer to a query, when everything that it shows is durable."""
        sequencer = self._sequencer
        if type(asked) in HISTORIES:
            await sequencer.durable(sequencer.state.seq)
            loop = asyncio.get_running_loop()
            rows: A = await loop.run_in_executor(self._readers, self._history, asked)
            return rows
        if type(asked) in PUBLIC:
            return await self._read_tape(asked)
        answer = query(sequencer.state, asked)
        if not sequencer.is_durable(sequencer.state.seq):
            await sequencer.durable(visible_at(sequencer.state, asked))
        return answer

    async def _read_tape(self, asked: Query[A]) -> A:
        """The answer of the tape; it may show the facts up to now."""
        sequencer = self._sequencer
        seen = sequencer.state.seq
        later = self._candles.answers.get(type(asked))
        if later is not None:
            answer: A = await later(asked)
        else:
            answer = self._at_once(asked)
            seen = visible_at(sequencer.state, asked)
        await sequencer.durable(seen)
        return answer

    def _at_once(self, asked: Query[A]) -> A:
        """The answer of the state, or of the tape where the tape has it."""
        tape, state = self._sequencer.tape, self._sequencer.state
        taped = TAPE_ANSWERS.get(type(asked))
        if taped is None:
            return query(state, asked)
        answer: A = taped(tape, state, asked)
        return answer

    async def read_each(self, asked: Iterable[Query[Any]]) -> dict[Query[Any], Any]:
        """Answers to several queries about what is, when everything in them is durable.

        They are of one moment, but for candles and statistics, which take a while and come first.
        A query that is refused has no answer.
        """
        answers: dict[Query[Any], Any] = {}
        later = self._candles.answers
        for one in asked:
            if type(one) in later:
                with suppress(Rejected):
                    answers[one] = await later[type(one)](one)
        for one in asked:
            if type(one) not in later:
                with suppress(Rejected):
                    answers[one] = self._at_once(one)
        await self._sequencer.durable(self._sequencer.state.seq)
        return answers

    def subscribe(self, uid: Uid, listener: Listener) -> Callable[[], None]:
        """Tell a listener of every later change in an account, each when it is durable.

        What is given back ends the subscription.
        """
        return self._sequencer.subscriptions.add(uid, listener)

    def subscribe_market(self, listener: MarketListener) -> Callable[[], None]:
        """Tell a listener of every later change of the public market, each when it is durable."""
        return self._sequencer.subscriptions.market.add(listener)

    def watch(self, fact: type[Event], listener: Callable[[], object]) -> None:
        """Call a listener whenever such a fact has become durable, whoever caused it."""
        self._watchers.setdefault(fact, []).append(listener)

    async def check_ledger(self) -> tuple[LedgerView, Head]:
        """The trial balance and the record that it belongs to."""
        head = self._sequencer.head
        return await self.read(CheckLedger()), head

    def keep_candles(self) -> None:
        """Begin to keep candles of what the market does, now and then."""
        self._keeper.start()

    async def stop(self) -> None:
        """Finish what was accepted."""
        self._keeper.stop()
        await self._sequencer.stop()
        self._readers.shutdown()

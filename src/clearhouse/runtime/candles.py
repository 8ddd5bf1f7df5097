"""Candles between the tape and the journal: kept now and then, read back, and joined.

The tape has what is new, the journal what was, and before a symbol's birth there is a past that
nobody stored: a candle that is asked for may be any of them. What takes SQL or long sums runs on
the readers' thread.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Executor
from itertools import islice
from typing import Any

from msgspec.structs import replace

from clearhouse.engine.state import State
from clearhouse.journal.port import Journal
from clearhouse.messages.market_queries import (
    Birth,
    Candle,
    CandleKind,
    CandleNow,
    ReadCandles,
    ReadOpenCandle,
    ReadStatistics,
    StatisticsView,
    StoredCandles,
)
from clearhouse.messages.queries import Query
from clearhouse.model.ids import MINUTE_MS, Millis
from clearhouse.model.intervals import LENGTHS, Interval
from clearhouse.runtime.sequencer import Sequencer
from clearhouse.tape.bars import MINUTE
from clearhouse.tape.day import first_minute
from clearhouse.tape.fill import Span, filled, joined, merged, span_of
from clearhouse.tape.symbol import LAST, SymbolTape, open_tape, resume_tape
from clearhouse.tape.tape import Tape

EVER = Span(Millis(-(2**62)), Millis(2**62))
MINUTES_OF_A_DAY = 1_440
TURN_SECONDS = 10
TURNS = 6
"""The candles of a symbol are kept once in so many turns: once a minute."""


FindPast = Callable[[str, Birth, CandleKind, Interval, Span], Sequence[Candle]]
"""Candles of a symbol from before its market began here, oldest first; they end with its birth.

Those that open in a span; nothing of them is stored.
"""


def no_past(*_: object) -> Sequence[Candle]:
    """There was nothing before."""
    return ()


class CandleReader:
    """Answers questions about candles and the last 24 hours."""

    def __init__(self, tape: Tape, journal: Journal, readers: Executor, past: FindPast) -> None:
        self._tape = tape
        self._history = journal.history
        self._readers = readers
        self._past = past
        self.answers: dict[type[Query[Any]], Callable[[Any], Awaitable[Any]]] = {
            ReadCandles: self._candles,
            ReadOpenCandle: self._open_candle,
            ReadStatistics: self._statistics,
        }

    async def _candles(self, asked: ReadCandles) -> tuple[Candle, ...]:
        """The answer to a question; refuses an unknown symbol."""
        tape, span = self._tape.of(asked.symbol), span_of(asked)
        recent = tape.recent(asked.kind, asked.interval)
        if recent[0].open_at <= span.first and span.first >= tape.birth.at:
            return tuple(filled(joined((), recent), asked.interval, span))
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._readers, self._assembled, asked, span, tape.birth, recent
        )

    async def _open_candle(self, asked: ReadOpenCandle) -> CandleNow:
        """The candle of now; the one in which a venue was born has what was before in it."""
        tape, key = self._tape.of(asked.symbol), (asked.kind, asked.interval)
        candle = tape.current(asked.kind, asked.interval, asked.now)
        if candle.open_at < tape.birth.at:
            if key not in tape.parts:
                tape.parts[key] = await self._part(asked, tape.birth, candle.open_at)
                candle = tape.current(asked.kind, asked.interval, asked.now)
            for part in tape.parts[key]:
                if part.open_at == candle.open_at:  # else it was over meanwhile
                    candle = merged(part, candle)
        return CandleNow((self._tape.born, tape.late), candle)

    async def _part(self, asked: ReadOpenCandle, birth: Birth, at: Millis) -> Sequence[Candle]:
        loop = asyncio.get_running_loop()
        find, span = self._past, Span(at, at)
        return await loop.run_in_executor(
            self._readers, find, asked.symbol, birth, asked.kind, asked.interval, span
        )

    async def _statistics(self, asked: ReadStatistics) -> tuple[StatisticsView, ...]:
        """The last 24 hours of a symbol, or of all; refuses an unknown one."""
        symbols = tuple(self._tape.symbols) if asked.symbol is None else (asked.symbol,)
        for symbol in symbols:
            tape = self._tape.of(symbol)
            if not tape.whole:
                await self._complete(symbol, tape, asked.now)
        return tuple(self._tape.of(symbol).statistics(symbol, asked.now) for symbol in symbols)

    async def _complete(self, symbol: str, tape: SymbolTape, now: Millis) -> None:
        """Let a day have what was before the birth, as far as it reaches there."""
        tape.whole = True
        span = Span(first_minute(now), Millis(tape.birth.at - MINUTE_MS))
        if span.first <= span.last:
            loop = asyncio.get_running_loop()
            past = await loop.run_in_executor(
                self._readers, self._past, symbol, tape.birth, LAST, MINUTE, span
            )
            tape.day.put_before(past)

    def _assembled(
        self, asked: ReadCandles, span: Span, birth: Birth, recent: list[Candle]
    ) -> tuple[Candle, ...]:
        """What was, what is stored and what is new, as one."""
        stored = self._stored(asked, span, newest=False)
        earlier: Sequence[Candle] = ()
        if not stored or stored[0].open_at > span.first:
            before = Span(EVER.first, Millis(span.first - 1))
            earlier = self._stored(asked, before, newest=True)
        past = self._before(asked, birth, span)
        here = {candle.open_at: candle for candle in (*earlier, *stored, *recent)}
        return tuple(filled(joined(past, here.values()), asked.interval, span))

    def _stored(self, asked: ReadCandles, span: Span, *, newest: bool) -> Sequence[Candle]:
        limit = 1 if newest else asked.limit
        return self._history(
            StoredCandles(
                symbol=asked.symbol,
                kind=asked.kind,
                interval=asked.interval,
                start=span.first,
                end=span.last,
                limit=limit,
                newest=newest,
            )
        )

    def _before(self, asked: ReadCandles, birth: Birth, span: Span) -> Sequence[Candle]:
        if span.first >= birth.at:
            return ()
        return self._past(asked.symbol, birth, asked.kind, asked.interval, span)


class CandleKeeper:
    """Has the journal keep candles: those of each symbol once a minute of real time."""

    def __init__(self, sequencer: Sequencer) -> None:
        self._sequencer = sequencer
        self._timer: asyncio.TimerHandle | None = None
        self._turn = 0

    def start(self) -> None:
        """Begin to keep them."""
        self._timer = asyncio.get_running_loop().call_later(TURN_SECONDS, self._take_turn)

    def stop(self) -> None:
        """Keep no more; at the end the sequencer keeps all of them once."""
        if self._timer:
            self._timer.cancel()

    def _take_turn(self) -> None:
        symbols = self._sequencer.tape.symbols
        self._sequencer.keep_candles(islice(symbols, self._turn, None, TURNS))
        self._turn = (self._turn + 1) % TURNS
        self.start()


def resume_tapes(tape: Tape, journal: Journal, state: State, now: Millis) -> None:
    """Go on with the candles that a journal kept.

    Candles from after now are of a clock that was set back since: then the tape begins anew.
    """
    for symbol in state.markets:
        found = _resumed(journal, state, symbol, now)
        if found is None:
            tape.begin(state, now)
            return
        tape.symbols[symbol] = found


def _resumed(journal: Journal, state: State, symbol: str, now: Millis) -> SymbolTape | None:
    market, book = state.markets[symbol], state.order_books[symbol]
    asked = StoredCandles(
        symbol=symbol, kind=LAST, interval=MINUTE, start=EVER.first, end=EVER.last, limit=1
    )
    first = journal.history(asked)
    if not first:
        return open_tape(market, book, now)
    latest = {kind: dict(_latest(journal, asked, kind)) for kind in CandleKind}
    if any(candle.open_at > now for found in latest.values() for candle in found.values()):
        return None
    day = journal.history(replace(asked, start=first_minute(now), limit=MINUTES_OF_A_DAY))
    birth = Birth(first[0].open_at, first[0].open)
    return resume_tape(market, book, now, birth=birth, latest=latest, day=day)


def _latest(
    journal: Journal, asked: StoredCandles, kind: CandleKind
) -> Iterator[tuple[Interval, Candle]]:
    """The latest candles of a kind."""
    for interval in LENGTHS:
        latest = replace(asked, kind=kind, interval=interval, newest=True)
        for candle in journal.history(latest):
            yield interval, candle

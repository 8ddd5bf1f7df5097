"""The tape of a running venue: what it hears, what it keeps, and that it fails nobody."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path

import pytest

from clearhouse.engine.state import State
from clearhouse.journal.memory import MemoryJournal
from clearhouse.journal.port import Journal
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.messages.market_queries import (
    Birth,
    Candle,
    CandleKind,
    ReadCandles,
    ReadOpenCandle,
    ReadPublicTrades,
    ReadStatistics,
    StoredCandles,
)
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import SetPrice
from clearhouse.messages.trading_queries import ReadBookRevision
from clearhouse.model.ids import Millis
from clearhouse.model.trades import Trades
from clearhouse.runtime.candles import CandleReader
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET, genesis
from clearhouse.runtime.mover import Mover
from clearhouse.runtime.opening import Opened, open_venue
from clearhouse.runtime.sealing import Sealer
from clearhouse.tape.fill import Span

BTC = "BTCUSDT"
COIN = 10**8
MINUTE = 60_000
EVER = Millis(2**60)


async def opened(journal: Journal) -> Opened:
    return await open_venue(
        journal,
        genesis=lambda: list(genesis(Sealer.ephemeral(), DEMO_KEY, DEMO_SECRET)),
        on_failure=lambda _: None,
    )


def playing(scene: Callable[[Opened, MemoryJournal], Coroutine[None, None, None]]) -> None:
    async def play() -> None:
        journal = MemoryJournal()
        venue = await opened(journal)
        try:
            await scene(venue, journal)
        finally:
            await venue.venue.stop()

    asyncio.run(play())


def trades(venue: Opened, *rows: tuple[int, int]) -> Trades:
    """Trades of (price, quantity in thousandths), now."""
    now = venue.venue.now()
    return Trades.of([(now, price * COIN, size * COIN // 1000, False) for price, size in rows])


def stored(journal: MemoryJournal) -> tuple[Candle, ...]:
    return journal.history(
        StoredCandles(
            symbol=BTC,
            kind=CandleKind.LAST,
            interval="1d",
            start=Millis(0),
            end=EVER,
            limit=9,
        )
    )


def test_what_a_source_delivers_is_told() -> None:
    """Trades in columns and single fills have one numbering; the book moves with them."""

    async def scene(venue: Opened, _journal: MemoryJournal) -> None:
        mover = Mover(venue.sequencer)
        read = venue.venue.read
        before, _ = await read(ReadBookRevision(BTC))
        mover.trades(BTC, trades(venue, (65_001, 5), (65_002, 6)))
        mover.prices(BTC, mark=65_010 * COIN, index=65_000 * COIN)
        after, _ = await read(ReadBookRevision(BTC))
        assert after > before
        shown = await read(ReadPublicTrades(symbol=BTC, limit=5))
        assert [(t.trade_id, t.price) for t in shown] == [(1, 65_001 * COIN), (2, 65_002 * COIN)]
        (day,) = await read(ReadStatistics(now=venue.venue.now(), symbol=BTC))
        assert (day.volume, day.trades, day.last) == (11 * COIN // 1000, 2, 65_002 * COIN)

    playing(scene)


def test_candles_are_kept_with_the_next_commit() -> None:
    async def scene(venue: Opened, journal: MemoryJournal) -> None:
        sequencer = venue.sequencer
        Mover(sequencer).trades(BTC, trades(venue, (65_001, 5)))
        assert stored(journal) == ()
        sequencer.keep_candles([BTC])
        await venue.venue.submit(SetPrice(symbol="ETHUSDT", last=3_000 * COIN))
        (day,) = stored(journal)
        assert (day.close, day.volume) == (65_001 * COIN, 5 * COIN // 1000)
        sequencer.keep_candles([BTC])  # nothing is new
        assert sequencer.tape.of(BTC).moved == set()

    playing(scene)


def test_everything_is_kept_at_the_end_and_goes_on_at_the_next_start(tmp_path: Path) -> None:
    async def play() -> None:
        journal = SqliteJournal(tmp_path / "venue.db")
        first = await opened(journal)
        Mover(first.sequencer).trades(BTC, trades(first, (65_001, 5)))
        await first.venue.stop()
        journal.close()
        journal = SqliteJournal(tmp_path / "venue.db")
        second = await opened(journal)
        Mover(second.sequencer).trades(BTC, trades(second, (65_003, 6)))
        (day,) = await second.venue.read(
            ReadCandles(
                symbol=BTC,
                kind=CandleKind.LAST,
                interval="1M",
                now=second.venue.now(),
                limit=10,
            )
        )
        assert (day.high, day.volume, day.trades) == (65_003 * COIN, 11 * COIN // 1000, 2)
        assert (day.first_id, day.last_id) == (1, 2)
        await second.venue.stop()
        journal.close()

    asyncio.run(play())


def test_a_data_file_of_before_there_were_candles_begins_them_now(tmp_path: Path) -> None:
    async def play() -> None:
        path = tmp_path / "venue.db"
        journal = SqliteJournal(path)
        await (await opened(journal)).venue.stop()
        journal.close()
        with closing(sqlite3.connect(path)) as db:
            db.execute("DROP TABLE candles")
        journal = SqliteJournal(path)
        venue = await opened(journal)
        now = venue.venue.now()
        asked = ReadCandles(symbol=BTC, kind=CandleKind.MARK, interval="1m", now=now, limit=500)
        (candle,) = await venue.venue.read(asked)
        assert (candle.open, candle.close) == (65_000 * COIN, 65_000 * COIN)
        await venue.venue.stop()
        journal.close()

    asyncio.run(play())


def test_trouble_with_the_tape_is_told_once_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(venue: Opened, _journal: MemoryJournal) -> None:
        told: list[str] = []
        tape = venue.sequencer.tape
        tape.on_trouble = told.append
        monkeypatch.setattr(tape, "of", broken)
        for last in (64_000, 63_000):
            await venue.venue.submit(SetPrice(symbol=BTC, last=last * COIN))
        assert state(venue).markets[BTC].last == 63_000 * COIN
        assert len(told) == 1
        monkeypatch.undo()

    playing(scene)


def broken(_symbol: str) -> None:
    raise ZeroDivisionError


def state(venue: Opened) -> State:
    return venue.sequencer.state


def test_an_unknown_symbol_is_refused() -> None:
    async def scene(venue: Opened, _journal: MemoryJournal) -> None:
        with pytest.raises(Rejected):
            await venue.venue.read(ReadBookRevision("NOPE"))
        with pytest.raises(Rejected):
            await venue.venue.read(ReadPublicTrades(symbol="NOPE", limit=1))

    playing(scene)


class OneMinute:
    """A past of a single price, a minute long."""

    def candles(
        self,
        symbol: str,
        birth: Birth,
        kind: CandleKind,
        interval: str,
        span: Span,
    ) -> list[Candle]:
        before = Millis(birth.at - MINUTE)
        at = before if interval == "1m" else Millis(birth.at - birth.at % 86_400_000)
        if not span.first <= at <= span.last or at >= birth.at:
            return []
        return [Candle(at, 7 * COIN, 9 * COIN, 5 * COIN, 8 * COIN, 3, 4, 5, 1, 2)]


def test_the_candle_of_the_birth_is_what_was_before_and_what_came() -> None:
    async def scene(venue: Opened, journal: MemoryJournal) -> None:
        tape = venue.sequencer.tape
        Mover(venue.sequencer).trades(BTC, trades(venue, (65_001, 5)))
        reader = CandleReader(tape, journal, venue.venue._readers, OneMinute().candles)
        now = venue.venue.now()
        asked = ReadCandles(symbol=BTC, kind=CandleKind.LAST, interval="1d", now=now, limit=1)
        (day,) = await reader.answers[ReadCandles](asked)
        if tape.of(BTC).birth.at % 86_400_000:  # else the day begins with it
            assert (day.open, day.low, day.high) == (7 * COIN, 5 * COIN, 65_001 * COIN)
            assert (day.volume, day.trades) == (3 + 5 * COIN // 1000, 6)
        open_day = ReadOpenCandle(symbol=BTC, kind=CandleKind.LAST, interval="1d", now=now)
        for _ in range(2):
            assert (await reader.answers[ReadOpenCandle](open_day)).candle == day
        (shown,) = await reader.answers[ReadStatistics](ReadStatistics(now=now, symbol=BTC))
        assert (shown.open, shown.low, shown.trades) == (7 * COIN, 5 * COIN, 6)

    playing(scene)

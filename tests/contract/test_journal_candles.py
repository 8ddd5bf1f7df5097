"""The candles that every journal keeps beside its records."""

from clearhouse.journal.port import Journal
from clearhouse.messages.market_queries import Candle, CandleKind, CandleRow, StoredCandles
from clearhouse.model.ids import Millis
from journal.history import history, records

from .journals import write

LAST, MARK = CandleKind.LAST, CandleKind.MARK
BTC = "BTCUSDT"
MINUTE = 60_000
HUGE = 2**70


def at(minute: int, close: int = 5) -> Candle:
    return Candle(Millis(minute * MINUTE), 5, 9, 2, close, HUGE, HUGE + 1, 3, 7, 8, 1, 3)


def row(candle: Candle, kind: CandleKind = LAST, interval: str = "1m") -> CandleRow:
    return CandleRow(BTC, kind, interval, candle)


def save(journal: Journal, *rows: CandleRow, forget: bool = False) -> None:
    journal.save_candles(rows, forget=forget)
    journal.commit()


def found(
    journal: Journal,
    start: int = 0,
    end: int = 1_000,
    *,
    limit: int = 10,
    newest: bool = False,
    kind: CandleKind = LAST,
    interval: str = "1m",
    symbol: str = BTC,
) -> tuple[Candle, ...]:
    return journal.history(
        StoredCandles(
            symbol=symbol,
            kind=kind,
            interval=interval,
            start=Millis(start * MINUTE),
            end=Millis(end * MINUTE),
            limit=limit,
            newest=newest,
        )
    )


def test_candles_come_back_as_they_were(journal: Journal) -> None:
    """Their sums may be larger than 64 bits hold."""
    save(journal, row(at(1)), row(at(2)))
    assert found(journal) == (at(1), at(2))


def test_a_candle_takes_the_place_of_what_it_was(journal: Journal) -> None:
    save(journal, row(at(1)), row(at(2)))
    save(journal, row(at(2, close=8)), row(at(3)))
    assert found(journal) == (at(1), at(2, close=8), at(3))


def test_kinds_intervals_and_symbols_are_apart(journal: Journal) -> None:
    save(journal, row(at(1)), row(at(2), MARK), row(at(3), interval="3m"))
    assert found(journal) == (at(1),)
    assert found(journal, kind=MARK) == (at(2),)
    assert found(journal, interval="3m") == (at(3),)
    assert found(journal, symbol="ETHUSDT") == ()


def test_the_first_of_a_window_or_the_last(journal: Journal) -> None:
    save(journal, *(row(at(minute)) for minute in range(1, 9)))
    assert found(journal, 2, 7, limit=2) == (at(2), at(3))
    assert found(journal, 2, 7, limit=2, newest=True) == (at(6), at(7))


def test_they_share_the_commit_of_the_records(journal: Journal) -> None:
    batch = records(history())
    journal.append(batch)
    save(journal, row(at(1)))
    assert journal.head().seq == len(batch)
    assert found(journal) == (at(1),)


def test_what_was_before_is_forgotten(journal: Journal) -> None:
    save(journal, row(at(1)), row(at(2), MARK))
    save(journal, row(at(3)), forget=True)
    assert found(journal) == (at(3),)
    assert found(journal, kind=MARK) == ()


def test_records_and_candles_do_not_disturb_each_other(journal: Journal) -> None:
    save(journal, row(at(1)))
    head = write(journal, history())
    assert journal.head() == head
    assert found(journal) == (at(1),)

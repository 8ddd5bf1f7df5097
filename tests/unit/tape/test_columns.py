"""Trades in columns: exact sums, also of runs that no 64 bits hold."""

from clearhouse.model.trades import Trades
from clearhouse.tape.columns import fits, minutes

COIN = 10**8
AT = 1_771_200_000_000


def test_a_value_is_cut_for_each_trade() -> None:
    """0.00000003 x 0.5 twice is 0.00000002, and not 0.00000003."""
    rows = [(AT, 3, COIN // 2, True), (AT, 3, COIN // 2, False)]
    (minute,) = minutes(Trades.of(rows), 7)
    assert (minute.quote, minute.taker_quote) == (2, 1)
    assert (minute.volume, minute.taker_volume, minute.trades) == (COIN, COIN // 2, 2)
    assert (minute.first_id, minute.last_id) == (7, 8)


def test_a_run_that_is_too_large_is_taken_in_halves() -> None:
    large = 60_000 * COIN, 1_000 * COIN
    rows = [(AT + 10 * n, *large, False) for n in range(20_000)]
    trades = Trades.of(rows)
    assert not fits(trades)
    assert sum(minute.quote for minute in minutes(trades, 1)) == 20_000 * 60_000_000 * COIN


def test_one_trade_may_be_larger_than_64_bits_hold() -> None:
    rows = [(AT, 2**62, 2**62, False)]
    (minute,) = minutes(Trades.of(rows), 1)
    assert (minute.open, minute.volume, minute.trades, minute.first_id) == (2**62, 2**62, 1, 1)
    assert minute.quote == 2**124 // COIN


def test_a_minute_of_trades_opens_and_closes_in_their_order() -> None:
    rows = [(AT, 5, 1, True), (AT + 1, 9, 1, True), (AT + 2, 2, 1, True), (AT + 3, 4, 1, True)]
    rows.append((AT + 60_000, 7, 1, False))
    first, second = minutes(Trades.of(rows), 1)
    assert (first.open_at, first.open, first.high, first.low, first.close) == (AT, 5, 9, 2, 4)
    assert (second.open_at, second.open, second.close) == (AT + 60_000, 7, 7)
    assert (second.first_id, second.last_id, first.last_id) == (5, 5, 4)


def test_a_trade_that_is_told_late_belongs_to_the_minute_of_the_one_before() -> None:
    rows = [(AT + 60_000, 5, 1, True), (AT, 9, 1, True)]
    (minute,) = minutes(Trades.of(rows), 1)
    assert (minute.open_at, minute.open, minute.close) == (AT + 60_000, 5, 9)


def test_no_trades_are_no_minutes() -> None:
    assert list(minutes(Trades.of([]), 1)) == []

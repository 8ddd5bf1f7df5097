"""Candles as they are shown: which ones a question is about, and none missing in between."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from clearhouse.messages.market_queries import Candle, ReadCandles
from clearhouse.model.ids import Millis
from clearhouse.model.intervals import Interval, following, opening


class Span(NamedTuple):
    """The openings of the first and the last candle of an answer; none where they are crossed."""

    first: Millis
    last: Millis


def span_of(asked: ReadCandles) -> Span:
    """Which candles are asked for: those that open in the window, none before it, none to come."""
    interval = asked.interval
    until = asked.now if asked.end is None else min(asked.now, asked.end)
    last = opening(interval, until)
    if asked.start is None:
        return Span(following(interval, last, 1 - asked.limit), last)
    first = opening(interval, asked.start)
    if first < asked.start:
        first = following(interval, first)
    return Span(first, min(last, following(interval, first, asked.limit - 1)))


def joined(past: Iterable[Candle], here: Iterable[Candle]) -> dict[Millis, Candle]:
    """Candles by opening; the one in which a venue was born is what was before and what came."""
    found = {candle.open_at: candle for candle in past}
    for candle in here:
        earlier = found.get(candle.open_at)
        found[candle.open_at] = candle if earlier is None else _merged(earlier, candle)
    return found


def filled(found: dict[Millis, Candle], interval: Interval, span: Span) -> Iterator[Candle]:
    """Every candle of a span, flat where nothing happened; from the first that there is.

    Candles before the span tell where the price stood when it began.
    """
    before = [candle for at, candle in found.items() if at < span.first]
    price = max(before, key=lambda candle: candle.open_at).close if before else None
    at = span.first
    while at <= span.last:
        candle = found.get(at)
        if candle is not None:
            price = candle.close
            yield candle
        elif price is not None:
            yield Candle(at, price, price, price, price)
        at = following(interval, at)


def _merged(earlier: Candle, later: Candle) -> Candle:
    return replace(
        later,
        open=earlier.open,
        high=max(earlier.high, later.high),
        low=min(earlier.low, later.low),
        volume=earlier.volume + later.volume,
        quote=earlier.quote + later.quote,
        trades=earlier.trades + later.trades,
        taker_volume=earlier.taker_volume + later.taker_volume,
        taker_quote=earlier.taker_quote + later.taker_quote,
    )

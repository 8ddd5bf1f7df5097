"""The tape's plain twin: every trade in a list, every question answered by walking all of it."""

from collections.abc import Iterator
from typing import NamedTuple

from clearhouse.messages.market_queries import AggTrade, Candle
from clearhouse.model.ids import Millis
from clearhouse.model.intervals import Interval, opening

MINUTE_MS = 60_000


class Print(NamedTuple):
    """A trade, or (without quantity) a price that was set."""

    trade_id: int
    at: int
    price: int
    quantity: int
    buyer_maker: bool


class NaiveTape:
    """Candles of the last price, aggregate trades and the last 24 hours, from a list."""

    def __init__(self, born: int, price: int) -> None:
        self.born = born - born % MINUTE_MS
        self.price = price
        self.prints: list[Print] = []

    def minutes(self, now: int) -> list[Candle]:
        """Every minute from the birth on."""
        found = []
        price = self.price
        by_minute: dict[int, list[Print]] = {}
        for one in self.prints:
            by_minute.setdefault(one.at - one.at % MINUTE_MS, []).append(one)
        for at in range(self.born, now + 1, MINUTE_MS):
            points = by_minute.get(at, [])
            prices = [p.price for p in points]
            if at == self.born or (points and not points[0].quantity):
                prices.insert(0, price)
            found.append(candle(at, prices or [price], points))
            price = found[-1].close
        return found

    def candles(self, interval: Interval, minutes: list[Candle]) -> list[Candle]:
        """Every candle from the birth on, of the minutes in it."""
        inside: dict[Millis, list[Candle]] = {}
        for minute in minutes:
            inside.setdefault(opening(interval, minute.open_at), []).append(minute)
        return [folded(at, found) for at, found in inside.items()]

    def aggregates(self) -> Iterator[AggTrade]:
        """Every aggregate trade."""
        run: list[Print] = []
        for one in (p for p in self.prints if p.quantity):
            if run and (run[0].at, run[0].price, run[0].buyer_maker) != (
                one.at,
                one.price,
                one.buyer_maker,
            ):
                yield aggregate(run)
                run = []
            run.append(one)
        if run:
            yield aggregate(run)


def candle(at: int, prices: list[int], points: list[Print]) -> Candle:
    traded = [p for p in points if p.quantity]
    bought = [p for p in traded if not p.buyer_maker]
    return Candle(
        Millis(at),
        prices[0],
        max(prices),
        min(prices),
        prices[-1],
        sum(p.quantity for p in traded),
        sum(value(p) for p in traded),
        len(traded),
        sum(p.quantity for p in bought),
        sum(value(p) for p in bought),
        traded[0].trade_id if traded else 0,
        traded[-1].trade_id if traded else 0,
    )


def value(one: Print) -> int:
    return one.price * one.quantity // 10**8


def folded(at: int, minutes: list[Candle]) -> Candle:
    ids = [n for minute in minutes for n in (minute.first_id, minute.last_id) if n]
    return Candle(
        Millis(at),
        minutes[0].open,
        max(minute.high for minute in minutes),
        min(minute.low for minute in minutes),
        minutes[-1].close,
        sum(minute.volume for minute in minutes),
        sum(minute.quote for minute in minutes),
        sum(minute.trades for minute in minutes),
        sum(minute.taker_volume for minute in minutes),
        sum(minute.taker_quote for minute in minutes),
        ids[0] if ids else 0,
        ids[-1] if ids else 0,
    )


def aggregate(run: list[Print]) -> AggTrade:
    return AggTrade(
        run[0].trade_id,
        run[0].price,
        sum(p.quantity for p in run),
        run[0].trade_id,
        run[-1].trade_id,
        Millis(run[0].at),
        run[0].buyer_maker,
    )

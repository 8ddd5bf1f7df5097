"""Rendered rows of candles, kept: a closed candle never changes, and bots ask for the same.

A sheet holds the rows of one series without a gap, up to the candle before the one of now. A
question that begins on it is answered from it, and what closed since is put behind. Pages of
long ago are rendered and not kept. If the tape took in something late, in a minute that was
shown as over, the sheet is begun anew.
"""

from typing import NamedTuple

from msgspec import Raw
from msgspec.structs import replace

from clearhouse.api.context import Context
from clearhouse.messages.market_queries import (
    Candle,
    CandleKind,
    CandleNow,
    ReadCandles,
    ReadOpenCandle,
)
from clearhouse.model.ids import Millis
from clearhouse.model.intervals import Interval, following, steps
from clearhouse.model.money import with_decimals
from clearhouse.tape.fill import Span, span_of

SHEETS_KEPT = 200
LONGEST = 3_000
"""Rows of a sheet, of which the older half is dropped when it is longer."""


class Style(NamedTuple):
    """Decimals of prices, quantities and values; of no quantity where nothing is traded."""

    prices: int
    quantities: int
    values: int


class Sheet:
    """Rendered candles of a series from `first` to before `until`.

    The first rows may be missing: before a certain candle there are none.
    """

    def __init__(self, interval: Interval, first: Millis) -> None:
        self.interval = interval
        self.first = self.until = first
        self.rows: list[bytes] = []

    def covers(self, start: Millis) -> bool:
        """Whether rows from an opening on can be put on it without a gap."""
        return self.first <= start <= self.until

    def add(self, rows: list[bytes], until: Millis) -> None:
        """Put rows behind the others, which then go to before `until`."""
        self.rows += rows
        self.until = until
        if len(self.rows) > LONGEST:
            del self.rows[: -LONGEST // 2]
            self.first = following(self.interval, until, -len(self.rows))

    def part(self, start: Millis, until: Millis) -> list[bytes]:
        """The rows from one opening to before another; both on the sheet."""
        size = len(self.rows)
        back = steps(self.interval, start, self.until)
        ahead = max(steps(self.interval, until, self.until), 0)
        return self.rows[max(size - back, 0) : max(size - ahead, 0)]


class Sheets:
    """The sheets of the series that are asked for; the one that waited longest goes first."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, CandleKind, Interval, Style], tuple[object, Sheet]] = {}

    async def answer(self, ctx: Context, asked: ReadCandles, style: Style) -> Raw:
        """The JSON of what is asked for."""
        span = span_of(asked)
        if span.first > span.last:
            return Raw(b"[]")
        current = await ctx.read(
            ReadOpenCandle(
                symbol=asked.symbol, kind=asked.kind, interval=asked.interval, now=asked.now
            )
        )
        rows = await self._closed(ctx, asked, style, span, current)
        if span.last >= current.candle.open_at:
            rows.append(_row(current.candle, asked.interval, style))
        return Raw(b"[" + b",".join(rows) + b"]")

    async def _closed(
        self, ctx: Context, asked: ReadCandles, style: Style, span: Span, current: CandleNow
    ) -> list[bytes]:
        """The rows of a span but for the candle of now."""
        now = current.candle.open_at
        until = min(following(asked.interval, span.last), now)
        if until <= span.first:
            return []
        sheet = self._sheet(asked, style, current)
        if sheet is None or not sheet.covers(span.first):
            sheet = Sheet(asked.interval, span.first)
        while sheet.until < until:
            start = sheet.until
            found = await ctx.read(replace(asked, start=start, end=Millis(until - 1)))
            if sheet.until == start:  # else another request has put them there meanwhile
                sheet.add([_row(candle, asked.interval, style) for candle in found], until)
        if until == now:
            self._keep(asked, style, current, sheet)
        return sheet.part(span.first, until)

    def _sheet(self, asked: ReadCandles, style: Style, current: CandleNow) -> Sheet | None:
        """The sheet of a series, if it was made of what still stands."""
        kept = self._kept.pop((asked.symbol, asked.kind, asked.interval, style), None)
        if kept is None or kept[0] != current.since:
            return None
        self._keep(asked, style, current, kept[1])
        return kept[1]

    def _keep(self, asked: ReadCandles, style: Style, current: CandleNow, sheet: Sheet) -> None:
        self._kept[asked.symbol, asked.kind, asked.interval, style] = current.since, sheet
        if len(self._kept) > SHEETS_KEPT:
            del self._kept[next(iter(self._kept))]


def _row(candle: Candle, interval: Interval, style: Style) -> bytes:
    """A candle as the exchange prints it."""
    p, q, v = style
    end = following(interval, candle.open_at) - 1
    return (
        f'[{candle.open_at},"{with_decimals(candle.open, p)}","{with_decimals(candle.high, p)}",'
        f'"{with_decimals(candle.low, p)}","{with_decimals(candle.close, p)}",'
        f'"{with_decimals(candle.volume, q)}",{end},"{with_decimals(candle.quote, v)}",'
        f'{candle.trades},"{with_decimals(candle.taker_volume, q)}",'
        f'"{with_decimals(candle.taker_quote, v)}","0"]'
    ).encode()

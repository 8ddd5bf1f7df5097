"""The live market: what the public streams of an exchange tell, moved through the venue.

It only ever reads, and it opens no connection before it runs. A connection that breaks is opened
again after a wait that doubles up to half a minute and begins anew with the next frame that comes.
A symbol that nothing was heard of for a while is stale: that is seen, not guessed, because marks
come every second whatever else happens. Ages are measured in real time, whatever the venue's
clock is.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import assert_never

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from clearhouse.feeds.live.address import Route, is_here, routes, stream_home
from clearhouse.feeds.live.frames import (
    AggTrade,
    BookTicker,
    Frame,
    MarkPrice,
    UnusableError,
    on_tick,
    positive,
    read_frame,
)
from clearhouse.feeds.port import Movements, Outlook, SourceState, SourceView
from clearhouse.messages.rejections import Rejected
from clearhouse.model.ids import Millis
from clearhouse.model.trades import Trades

STALE_AFTER_MS = 5_000
"""Five marks in a row that did not come."""
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
OPEN_SECONDS = 10.0
LARGEST_FRAME = 1 << 20
FAR_MS = 60_000
"""A trade's own time is taken where the venue's is no farther from it than this."""


class Live:
    """Follows the public streams of an exchange."""

    name = "live"

    def __init__(
        self,
        url: str,
        *,
        symbols: Collection[str] = (),
        stale_after_ms: int = STALE_AFTER_MS,
        monotonic: Callable[[], float],
    ) -> None:
        self._home = stream_home(url)
        self._wanted = symbols
        self._stale_after = stale_after_ms / 1000
        self._monotonic = monotonic
        self._began = monotonic()
        self._heard: dict[str, float] = {}
        self._quoted: dict[str, tuple[int, int]] = {}
        self._traded: dict[str, int] = {}
        self._symbols: tuple[str, ...] = ()
        self._open: set[str] = set()
        self._reconnects = 0
        self._frames = 0
        self._unusable = 0
        self._trouble = ""
        self._as_of: Millis | None = None

    async def run(self, movements: Movements, outlook: Outlook) -> None:
        """Follow until cancelled. Symbols that are listed later are followed from a restart on."""
        listed = outlook.contracts()
        self._symbols = tuple(name for name in listed if not self._wanted or name in self._wanted)
        self._began = self._monotonic()
        try:
            async with asyncio.TaskGroup() as group:
                for route in routes(self._home, self._symbols):
                    group.create_task(self._follow(route, movements, outlook))
        finally:
            self._open.clear()

    def stale(self, symbol: str) -> str | None:
        """Why the market of a symbol is not to be relied on, or None where it is."""
        age = self._age(symbol)
        if age < self._stale_after:
            return None
        since = "" if symbol in self._heard else " since it began"
        return f"the live market of {symbol} is stale: nothing heard for {age:.0f} s{since}"

    def age_ms(self) -> int:
        """Milliseconds since anything was heard, or since it began."""
        newest = max(self._heard.values(), default=self._began)
        return int((self._monotonic() - newest) * 1000)

    def view(self) -> SourceView:
        """Connections, age and troubles."""
        return SourceView(
            name=self.name,
            state=self._state,
            as_of=self._as_of,
            trouble=self._trouble,
            details={
                "url": self._home,
                "symbols": ", ".join(self._symbols),
                "connected": len(self._open) == len(tuple(routes(self._home, ()))),
                "connections": len(self._open),
                "reconnects": self._reconnects,
                "ageMs": self.age_ms(),
                "stale": ", ".join(name for name in self._symbols if self.stale(name)),
                "frames": self._frames,
                "unusable": self._unusable,
            },
        )

    @property
    def _state(self) -> SourceState:
        if self._symbols and all(self.stale(symbol) for symbol in self._symbols):
            return SourceState.STALE
        return SourceState.RUNNING if self._heard else SourceState.CONNECTING

    def _age(self, symbol: str) -> float:
        """Seconds since something was heard of a symbol."""
        return self._monotonic() - self._heard.get(symbol, self._began)

    async def _follow(self, route: Route, movements: Movements, outlook: Outlook) -> None:
        """One connection, for as long as the source runs."""
        wait = FIRST_WAIT_SECONDS
        while True:
            before = self._frames
            try:
                await self._listen(route, movements, outlook)
                self._trouble = f"{route.name}: the exchange closed the connection"
            except (OSError, WebSocketException) as error:
                self._trouble = f"{route.name}: {str(error) or type(error).__name__}"
            finally:
                self._open.discard(route.name)
            wait = FIRST_WAIT_SECONDS if self._frames > before else wait
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)
            self._reconnects += 1

    async def _listen(self, route: Route, movements: Movements, outlook: Outlook) -> None:
        async with connect(
            route.url,
            open_timeout=OPEN_SECONDS,
            max_size=LARGEST_FRAME,
            compression=None,
            proxy=None if is_here(self._home) else True,
        ) as connection:
            self._open.add(route.name)
            async for text in connection:
                self._take(text, movements, outlook)

    def _take(self, text: str | bytes, movements: Movements, outlook: Outlook) -> None:
        """One frame. One that cannot be used is counted and moves nothing."""
        try:
            frame = read_frame(text, self._symbols)
            self._move(frame, movements, outlook)
        except (UnusableError, Rejected) as error:
            self._unusable += 1
            self._trouble = str(error)
            return
        self._frames += 1
        self._heard[frame.symbol] = self._monotonic()
        self._as_of = outlook.now()

    def _move(self, frame: Frame, movements: Movements, outlook: Outlook) -> None:
        symbol = frame.symbol
        match frame:
            case AggTrade():
                price = on_tick(symbol, frame.price, outlook.rules(symbol))
                quantity = positive(symbol, frame.quantity)
                at = self._time_of(frame, outlook.now())
                row = (at, price, quantity, frame.buyer_maker)
                movements.trades(symbol, Trades.of([row]))
                self._quote_again(symbol, price, movements)
            case BookTicker():
                rules = outlook.rules(symbol)
                quote = on_tick(symbol, frame.bid, rules), on_tick(symbol, frame.ask, rules)
                if self._quoted.get(symbol) != quote:
                    movements.quotes(symbol, *quote)
                    self._quoted[symbol] = quote
            case MarkPrice():
                mark, index = positive(symbol, frame.mark), positive(symbol, frame.index)
                movements.prices(symbol, mark=mark, index=index)
            case _:
                assert_never(frame)

    def _quote_again(self, symbol: str, price: int, movements: Movements) -> None:
        """A trade at the best prices leaves them as they are; the exchange will not repeat them."""
        bid, ask = self._quoted.get(symbol, (0, 0))
        if bid <= price <= ask:
            movements.quotes(symbol, bid, ask)

    def _time_of(self, trade: AggTrade, now: Millis) -> int:
        """The trade's own time where the clocks agree, and the venue's where they do not."""
        at = min(trade.at, now) if abs(trade.at - now) < FAR_MS else now
        at = max(at, self._traded.get(trade.symbol, 0))
        self._traded[trade.symbol] = at
        return at

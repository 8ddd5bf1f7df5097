"""Streams of public trades, each alone and those of one taker together.

Source: «Aggregate Trade Streams». `<symbol>@trade` is in no document; clients use it, and its form
is that of the frames that they recorded.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from typing_extensions import override

from clearhouse.api.streams.market.channel import SYMBOL_CLASS, Channel, Seen
from clearhouse.messages.market_notices import MarketNotice, MarketsReset
from clearhouse.messages.market_queries import AggTrade, ReadAggTrades, ReadPublicTrades
from clearhouse.messages.queries import Query
from clearhouse.messages.trading_queries import TradeView
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.money import with_decimals

AT_MOST = 100_000
"""Trades of a turn: more than the venue keeps."""


class TradeEvent(Struct, frozen=True, kw_only=True, tag_field="e", tag="trade"):
    """A trade. `X`: whom it was with, the book always."""

    E: Millis
    T: Millis
    s: str
    t: int
    p: str
    q: str
    X: str = "MARKET"
    m: bool


class AggTradeEvent(Struct, frozen=True, kw_only=True, tag_field="e", tag="aggTrade"):
    """Trades of one taker at one time and price. `nq`: without orders of retail improvement."""

    E: Millis
    s: str
    a: int
    p: str
    q: str
    nq: str
    f: int
    l: int  # noqa: E741  the exchange's name
    T: Millis
    m: bool
    st: int = SYMBOL_CLASS


class Trades(Channel):
    """`<symbol>@trade`: each trade from the subscription on."""

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol)
        self._next: int | None = None

    @override
    def asks(self, now: Millis) -> tuple[Query[Any], ...]:
        return (self._query(),)

    def _query(self) -> ReadPublicTrades:
        """The latest trade at first, then those that come after it."""
        limit = 1 if self._next is None else AT_MOST
        return ReadPublicTrades(symbol=self.symbol, limit=limit, from_id=self._next)

    @override
    def begin(self, seen: Seen) -> None:
        latest = seen.answers.get(self._query())
        self._next = latest[-1].trade_id + 1 if latest else 1

    @override
    def note(self, notice: MarketNotice) -> None:
        if isinstance(notice, MarketsReset):
            self._next = 1

    @override
    def tell(self, seen: Seen) -> Iterator[TradeEvent]:
        contract, trades = seen.contract(self.symbol), seen.answers.get(self._query())
        if contract is None or trades is None:
            return
        for trade in trades:
            self._next = trade.trade_id + 1
            yield _trade(contract, trade, seen.now)


def _trade(contract: Contract, trade: TradeView, now: Millis) -> TradeEvent:
    return TradeEvent(
        E=now,
        T=trade.at,
        s=contract.symbol,
        t=trade.trade_id,
        p=with_decimals(trade.price, contract.price_precision),
        q=with_decimals(trade.quantity, contract.quantity_precision),
        m=trade.buyer_maker,
    )


class AggTrades(Channel):
    """`<symbol>@aggTrade`: each aggregate trade from the subscription on.

    A source may deliver the rest of one after its beginning was told: that is told as another.
    """

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol)
        self._last: AggTrade | None = None
        self._next: int | None = None

    @override
    def asks(self, now: Millis) -> tuple[Query[Any], ...]:
        return (self._query(),)

    def _query(self) -> ReadAggTrades:
        """The latest one at first, then the one told last, which may have grown, and later ones."""
        limit = 1 if self._next is None else AT_MOST
        return ReadAggTrades(symbol=self.symbol, limit=limit, from_id=self._next)

    @override
    def begin(self, seen: Seen) -> None:
        latest = seen.answers.get(self._query())
        self._last = latest[-1] if latest else None
        self._next = self._last.agg_id if self._last else 1

    @override
    def note(self, notice: MarketNotice) -> None:
        if isinstance(notice, MarketsReset):
            self._last, self._next = None, 1

    @override
    def tell(self, seen: Seen) -> Iterator[AggTradeEvent]:
        contract, trades = seen.contract(self.symbol), seen.answers.get(self._query())
        if contract is None or trades is None:
            return
        for trade in trades:
            new = _rest(trade, self._last)
            self._last, self._next = trade, trade.agg_id
            if new.quantity:
                yield _agg_trade(contract, new, seen.now)


def _rest(trade: AggTrade, told: AggTrade | None) -> AggTrade:
    """What was not told of an aggregate trade yet; of no quantity where all of it was."""
    if told is None or told.agg_id != trade.agg_id:
        return trade
    first = told.last_id + 1
    rest = trade.quantity - told.quantity
    return trade._replace(agg_id=first, first_id=first, quantity=rest)


def _agg_trade(contract: Contract, trade: AggTrade, now: Millis) -> AggTradeEvent:
    quantity = with_decimals(trade.quantity, contract.quantity_precision)
    return AggTradeEvent(
        E=now,
        s=contract.symbol,
        a=trade.agg_id,
        p=with_decimals(trade.price, contract.price_precision),
        q=quantity,
        nq=quantity,
        f=trade.first_id,
        l=trade.last_id,
        T=trade.at,
        m=trade.buyer_maker,
    )

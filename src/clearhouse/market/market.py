"""The market of a symbol: its prices, its latest trades, and who has a position in it."""

from collections import deque
from dataclasses import dataclass, field

from clearhouse.market.funding import Premium, Settlement, premium_index
from clearhouse.messages.trading_events import MarketMoved, PriceSet
from clearhouse.messages.trading_queries import TradeView
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.orders import Position

TRADES_KEPT = 1_000


@dataclass(slots=True)
class Market:
    """Prices in units of 1e-8. `holders`: accounts with a position, in the order of opening.

    `house` is the house's own position: what it bought and sold against accounts. `fund`: what
    the insurance fund took over. `funding_rate` is the one that was settled last; it is due next
    at `funding_due`.
    """

    last: int
    mark: int
    index: int
    priced_at: Millis
    funding_rate: int = 0
    next_trade_id: int = 1
    trades: deque[TradeView] = field(default_factory=lambda: deque(maxlen=TRADES_KEPT))
    holders: dict[Uid, None] = field(default_factory=dict)
    house: Position = field(default_factory=Position)
    fund: Position = field(default_factory=Position)
    premium: Premium = field(default_factory=Premium)
    funding_due: Millis = Millis(0)
    settlement: Settlement | None = None

    @property
    def premium_index(self) -> int:
        """How far the mark stands from the index now."""
        return premium_index(self.mark, self.index)


Markets = dict[str, Market]


def apply_price_set(market: Market, event: PriceSet) -> None:
    """Take the new prices; until now the premium was that of the old ones."""
    market.premium.take(market.premium_index, event.at)
    market.last, market.mark, market.index = event.last, event.mark, event.index
    market.priced_at = event.at


def apply_movement(market: Market, event: MarketMoved) -> None:
    """Take what a source's movements came to; the premium until then is in it."""
    market.premium.samples, market.premium.weighted = event.samples, event.weighted
    market.last, market.mark, market.index = event.last, event.mark, event.index
    market.priced_at, market.next_trade_id = event.moved_at, event.next_trade_id


def record_trade(market: Market, trade: TradeView) -> None:
    """A trade is the last price."""
    market.last = trade.price
    market.priced_at = trade.at
    market.next_trade_id = trade.trade_id + 1
    market.trades.append(trade)

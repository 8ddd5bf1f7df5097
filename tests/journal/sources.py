"""The fifth part of the history: a source moves a market, and the house quotes another way.

It follows on from `margins.margins`.
"""

from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import MarketMoved, QuotingSet
from clearhouse.model.ids import Millis

from .history import USDT
from .margins import FELL

MOVED = Millis(FELL + 600_000)


def sources() -> list[Event]:
    """BTCUSDT goes to 64,210 USDT in 40 trades; then it is quoted 0.1% wide, 5 levels of 2 BTC."""
    return [
        MarketMoved(
            at=Millis(MOVED + 700),
            symbol="BTCUSDT",
            last=64_210 * USDT,
            mark=64_205 * USDT,
            index=64_200 * USDT,
            bid=6_420_990_000_000,
            ask=6_421_010_000_000,
            next_trade_id=45,
            samples=120,
            weighted=56_542_860,
            moved_at=MOVED,
        ),
        QuotingSet(
            at=Millis(MOVED + 800),
            symbol="BTCUSDT",
            spread=100_000,
            gap=10_000,
            depth=5,
            quantity=200_000_000,
            refills=False,
        ),
    ]

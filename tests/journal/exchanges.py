"""Of the fourth part of the history: collateral that was sold to make good what a wallet owed.

It follows on from `trades.trades`.
"""

from clearhouse.ledger.chart import HOUSE
from clearhouse.ledger.postings import Posting
from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import AutoExchanged
from clearhouse.model.ids import VENUE, Millis, TranId
from clearhouse.model.wallets import UMFUTURE

from .history import ANN, START


def exchanges() -> list[Event]:
    """Ann's futures wallet gets 63.375 USDT for 0.001 BTC."""
    gained, sold = 6_337_500_000, 100_000
    return [
        AutoExchanged(
            at=Millis(START + 62_000),
            tran_id=TranId(13_526_853_644),
            uid=ANN,
            asset="USDT",
            gained=gained,
            sold=(("BTC", sold),),
            postings=(
                Posting(ANN, UMFUTURE, "USDT", gained),
                Posting(VENUE, HOUSE, "USDT", -gained),
                Posting(ANN, UMFUTURE, "BTC", -sold),
                Posting(VENUE, HOUSE, "BTC", sold),
            ),
        )
    ]

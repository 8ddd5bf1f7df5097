"""The fourth part of the history: what margin, funding and liquidation brought.

It follows on from `trades.trades`; what is of liquidation follows on from `fundings.fundings`.
"""

from clearhouse.ledger.chart import CLEARING, INSURANCE_FUND
from clearhouse.ledger.postings import Posting
from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import FundFilled, InsuranceCleared, MarginCalled
from clearhouse.model.ids import VENUE, Millis, TranId
from clearhouse.model.orders import Position, Side
from clearhouse.model.wallets import UMFUTURE

from .exchanges import exchanges
from .fundings import DUE, fundings
from .history import BOB, START, USDT

FELL = Millis(START + DUE + 1_000)


def margins() -> list[Event]:
    """Collateral is sold, funding settled, and Bob called for margin; the fund pays and gets."""
    return [*exchanges(), *fundings(), *liquidations()]


def liquidations() -> list[Event]:
    """The fund buys 0.001 BTC at 64,100 USDT, sells it at 64,150, and is paid 0.5 USDT by Bob."""
    bought = Position(quantity=100_000, entry_price=64_100 * USDT, updated_at=FELL)
    sold = Position(cumulative_realized=5_000_000, updated_at=FELL)
    return [
        MarginCalled(at=FELL, uid=BOB, pool=("BTCUSDT", "SHORT"), on=True),
        fund_filled(3, 13_526_853_648, Side.BUY, 64_100, bought),
        fund_filled(4, 13_526_853_649, Side.SELL, 64_150, sold, realized=5_000_000),
        InsuranceCleared(
            at=FELL,
            tran_id=TranId(13_526_853_650),
            uid=BOB,
            symbol="BTCUSDT",
            asset="USDT",
            amount=-50_000_000,
            postings=(
                Posting(BOB, UMFUTURE, "USDT", -50_000_000),
                Posting(VENUE, INSURANCE_FUND, "USDT", 50_000_000),
            ),
        ),
    ]


def fund_filled(
    trade: int, tran_id: int, side: Side, price: int, position: Position, realized: int = 0
) -> Event:
    """0.001 BTC of the insurance fund, with what it gained."""
    postings = (
        Posting(VENUE, INSURANCE_FUND, "USDT", realized),
        Posting(VENUE, CLEARING, "USDT", -realized),
    )
    return FundFilled(
        at=FELL,
        tran_id=TranId(tran_id),
        symbol="BTCUSDT",
        side=side,
        trade_id=trade,
        price=price * USDT,
        quantity=100_000,
        quote=price * USDT // 1_000,
        realized=realized,
        position=position,
        postings=postings if realized else (),
    )

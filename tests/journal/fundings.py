"""Of the fourth part of the history: funding that fell due.

It follows on from `exchanges.exchanges`, after which Bob alone has a position: 0.001 BTC short.
"""

from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import FundingStarted
from clearhouse.model.ids import Millis
from clearhouse.model.orders import PositionSide

from .history import BOB, START, USDT
from .trades import funded, settled

DUE = 25_600_000
"""16:00 UTC."""


def fundings() -> list[Event]:
    """At an index price that is the mark the rate is the interest alone."""
    return [
        started(at=DUE),
        funded(
            13_526_853_646,
            640_000,
            at=DUE,
            uid=BOB,
            side=PositionSide.SHORT,
            isolated_wallet=562_080_000,
        ),
        settled(13_526_853_647, -640_000, at=DUE),
    ]


def started(*, at: int, symbol: str = "BTCUSDT", rate: int = 10_000) -> Event:
    return FundingStarted(
        at=Millis(START + at),
        symbol=symbol,
        time=Millis(START + at),
        rate=rate,
        mark=64_000 * USDT,
        premium=0,
        scheduled=True,
    )

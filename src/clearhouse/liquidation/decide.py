"""Commands that move a mark or take margin away: what they do, then what no longer suffices.

After each of them conditional orders fire, and every account with a position in the symbol is
looked at, in ascending order of uids; what that trades may fire and liquidate more, until nothing
moves. An account that comes near is warned once (`MARGIN_CALL`), and again after it was away.
"""

from collections.abc import Iterator

from clearhouse.funding.settlement import decide_settle_funding
from clearhouse.liquidation.closing import liquidate
from clearhouse.liquidation.pools import Pool, pools_of
from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import SetPrice, SettleFunding
from clearhouse.messages.trading_events import MarginCalled
from clearhouse.model.ids import Millis, Uid
from clearhouse.trading.decide import decide_set_price
from clearhouse.trading.firing import fire_triggers
from clearhouse.trading.state import Trading

WARN_PERCENT = 80
"""A margin ratio from here on is near."""


def decide_set_price_and_watch(state: Trading, command: SetPrice, at: Millis) -> Iterator[Event]:
    """Set prices of a symbol, and look at its holders."""
    yield from decide_set_price(state, command, at)
    yield from watch(state, command.symbol, at)


def decide_settle_and_watch(state: Trading, command: SettleFunding, at: Millis) -> Iterator[Event]:
    """Settle funding of a symbol, and look at its holders."""
    yield from decide_settle_funding(state, command, at)
    yield from watch(state, command.symbol, at)


def watch(state: Trading, symbol: str, at: Millis) -> Iterator[Event]:
    """Liquidate and warn until the holders of a symbol are at rest."""
    while True:
        moved = False
        for uid in sorted(state.markets[symbol].holders):
            for pool in tuple(pools_of(state, uid)):
                if pool.in_trouble:
                    yield from liquidate(state, pool, at)
                    moved = True
                else:
                    yield from _warn(state, uid, pool, at)
        if not moved:
            return
        yield from fire_triggers(state, symbol, at)


def _warn(state: Trading, uid: Uid, pool: Pool, at: Millis) -> Iterator[Event]:
    near = 100 * pool.maint >= WARN_PERCENT * pool.balance
    if near != (pool.name in state.futures.of(uid).called):
        yield MarginCalled(at=at, uid=uid, pool=pool.name, on=near)

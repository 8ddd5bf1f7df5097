"""Commands that move a mark, fill an order or take margin away, and what then no longer suffices.

After each of them the accounts that it touched are looked at, in ascending order of uids: those
that hold a position where a mark moved or the brackets changed, those whose shared collateral
has another price, and those that traded or paid funding. What their
liquidation trades fires conditional orders and touches others, until nothing moves. An account
whose margin gets close is warned once (`MARGIN_CALL`), and again after it was away from there.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from clearhouse.funding.settlement import decide_settle_funding
from clearhouse.liquidation.closing import liquidate
from clearhouse.liquidation.pools import Pool, find_pool, pools_of
from clearhouse.market.catalogue import decide_list_asset, decide_set_asset_index
from clearhouse.messages.commands import ListAsset, ListContract, SetAssetIndex
from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import FundingPaid, MarginCalled, OrderFilled
from clearhouse.model.ids import Millis, Uid
from clearhouse.trading.decide import (
    decide_amend_order,
    decide_force_fill,
    decide_move_market,
    decide_place_order,
    decide_set_liquidity,
    decide_set_price,
    decide_set_quoting,
)
from clearhouse.trading.firing import fire_triggers
from clearhouse.trading.opening import decide_list_or_change
from clearhouse.trading.state import Trading

CLOSE = 80_000_000
"""A margin ratio from here on is close, in units of 1e-8."""

Decide = Callable[[Any, Any, Millis], Iterator[Event]]


class Touched:
    """Who traded and where, and who paid funding, noted as events go by."""

    def __init__(self) -> None:
        self.uids: dict[Uid, None] = {}
        self.symbols: dict[str, None] = {}

    def note(self, events: Iterable[Event]) -> Iterator[Event]:
        """The events, unchanged."""
        for event in events:
            if isinstance(event, OrderFilled):
                self.uids[event.uid] = self.symbols[event.symbol] = None
            elif isinstance(event, FundingPaid):
                self.uids[event.uid] = None
            yield event


def for_holders(decide: Decide) -> Decide:
    """A decision about a symbol's mark: its holders are looked at, and who traded."""

    def decided(state: Trading, command: Any, at: Millis) -> Iterator[Event]:
        touched = Touched()
        yield from touched.note(decide(state, command, at))
        touched.uids |= state.markets[command.symbol].holders
        yield from look(state, touched, at)

    return decided


def for_traders(decide: Decide) -> Decide:
    """A decision that may fill orders or settle funding: who traded or paid is looked at."""

    def decided(state: Trading, command: Any, at: Millis) -> Iterator[Event]:
        touched = Touched()
        yield from touched.note(decide(state, command, at))
        if touched.uids:
            yield from look(state, touched, at)

    return decided


def set_asset_index_and_look(state: Trading, command: SetAssetIndex, at: Millis) -> Iterator[Event]:
    """Another index price: whoever shares collateral and holds a position is looked at."""
    yield decide_set_asset_index(state.catalogue, command, at)
    yield from _look_at_shared(state, at)


def list_asset_and_look(state: Trading, command: ListAsset, at: Millis) -> Iterator[Event]:
    """As another index price, or other buffers."""
    yield decide_list_asset(command, at)
    yield from _look_at_shared(state, at)


def list_contract_and_look(state: Trading, command: ListContract, at: Millis) -> Iterator[Event]:
    """Other brackets: the holders of the symbol are looked at."""
    yield decide_list_or_change(state, command, at)
    touched = Touched()
    touched.uids |= state.markets[command.contract.symbol].holders
    yield from look(state, touched, at)


def _look_at_shared(state: Trading, at: Millis) -> Iterator[Event]:
    touched = Touched()
    for market in state.markets.values():
        for uid in market.holders:
            if state.futures.of(uid).multi_assets:
                touched.uids[uid] = None
    yield from look(state, touched, at)


set_price_and_look = for_holders(decide_set_price)
move_market_and_look = for_holders(decide_move_market)
set_quoting_and_look = for_traders(decide_set_quoting)
place_order_and_look = for_traders(decide_place_order)
amend_order_and_look = for_traders(decide_amend_order)
set_liquidity_and_look = for_traders(decide_set_liquidity)
force_fill_and_look = for_traders(decide_force_fill)
settle_funding_and_look = for_traders(decide_settle_funding)


def look(state: Trading, touched: Touched, at: Millis) -> Iterator[Event]:
    """Liquidate and warn, until nobody is touched any more."""
    while touched.uids:
        seen, touched = sorted(touched.uids), Touched()
        for uid in seen:
            yield from touched.note(_look_at(state, uid, at))
        for symbol in tuple(touched.symbols):
            yield from touched.note(fire_triggers(state, symbol, at))


def _look_at(state: Trading, uid: Uid, at: Millis) -> Iterator[Event]:
    for known in tuple(pools_of(state, uid)):
        pool = find_pool(state, known)  # the liquidation of one before it may have left it more
        if pool is None:
            continue
        if pool.in_trouble:
            yield from liquidate(state, pool, at)
        else:
            yield from _warn(state, pool, at)


def _warn(state: Trading, pool: Pool, at: Millis) -> Iterator[Event]:
    close = pool.figures.reaches(CLOSE)
    if close != (pool.name in state.futures.of(pool.uid).called):
        yield MarginCalled(at=at, uid=pool.uid, pool=pool.name, on=close)

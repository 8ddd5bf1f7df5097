"""Looks at accounts, and what then is done about those whose margin no longer suffices.

docs/internals/numbers.md, "Liquidation".

After every command those are looked at that something happened to and those whose bounds a price
left (`margin/watch.py`), until everybody is quiet: liquidated where that was due, and told where
the margin got close (`MARGIN_CALL`) or is close no more. Of all who wait, the one of the lowest uid
comes next; what its liquidation trades fires conditional orders, and whom it touches waits too. So
what happens follows from the state alone, and looks can be left to later commands: whoever is not
quiet then is found again, also after a restart.
"""

from collections.abc import Iterable, Iterator

from clearhouse.liquidation.bounds import keep_bounds
from clearhouse.liquidation.closing import liquidate
from clearhouse.liquidation.pools import find_pool, is_close, is_quiet, pools_of
from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import MarginCalled, OrderFilled
from clearhouse.model.ids import Millis, Uid
from clearhouse.trading.auto_exchange import with_exchanges
from clearhouse.trading.firing import fire_triggers
from clearhouse.trading.state import Trading

EVENT_WEIGHT = 10
"""What an event of a liquidation takes, in looks that find an account quiet."""


def with_looks(
    state: Trading, events: Iterable[Event], at: Millis, most: int | None = None
) -> Iterator[Event]:
    """Events, the exchanges that they make due, and then the looks; of `most` see `look`."""
    yield from with_exchanges(state, events, at)
    yield from look(state, most)


def look(state: Trading, most: int | None = None) -> Iterator[Event]:
    """Look at one account after the other until everybody is quiet.

    After about `most` looks the rest is left to the next call. Each look is whole, and all have
    the time of the last fact: nothing else is decided in between.
    """
    taken = 0
    while (most is None or taken < most) and (uid := _next(state)) is not None:
        taken += 1
        for event in with_exchanges(state, _look_at(state, uid, state.at), state.at):
            taken += EVENT_WEIGHT
            yield event


def _next(state: Trading) -> Uid | None:
    markets, indices = state.markets, state.catalogue.indices
    return state.watch.next_uid(lambda symbol: markets[symbol].mark, indices.__getitem__)


def _look_at(state: Trading, uid: Uid, at: Millis) -> Iterator[Event]:
    """Liquidate and warn, and fire what the liquidation's trades have reached."""
    if keep_bounds(state, uid):
        return
    symbols: dict[str, None] = {}
    for event in _settle(state, uid, at):
        if isinstance(event, OrderFilled):
            symbols[event.symbol] = None
        yield event
    for symbol in sorted(symbols):
        yield from fire_triggers(state, symbol, at)


def _settle(state: Trading, uid: Uid, at: Millis) -> Iterator[Event]:
    fell = False
    for known in tuple(pools_of(state, uid)):
        pool = find_pool(state, known) if fell else known  # what fell may have left it more
        if pool is None:
            continue
        if pool.in_trouble:
            yield from liquidate(state, pool, at)
            fell = True
        elif not is_quiet(pool, state.futures.of(uid).called):
            yield MarginCalled(at=at, uid=uid, pool=pool.name, on=is_close(pool.figures))

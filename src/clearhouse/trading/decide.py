"""Commands that may move a price, each followed by the conditional orders that it then reaches."""

from collections.abc import Iterator

from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import (
    AmendOrder,
    ForceFill,
    MoveMarket,
    PlaceOrder,
    SetLiquidity,
    SetPrice,
    SetQuoting,
)
from clearhouse.model.ids import Millis
from clearhouse.trading.amending import amend
from clearhouse.trading.firing import fire_triggers
from clearhouse.trading.house import force_fill, set_liquidity, set_price, set_quoting
from clearhouse.trading.moving import move_market
from clearhouse.trading.placing import admit, enter
from clearhouse.trading.state import Trading


def decide_place_order(state: Trading, command: PlaceOrder, at: Millis) -> Iterator[Event]:
    """Place an order: it takes what it can, and rests or ends."""
    yield from enter(state, admit(state, command, at), at)
    yield from fire_triggers(state, command.symbol, at)


def decide_amend_order(state: Trading, command: AmendOrder, at: Millis) -> Iterator[Event]:
    """Change an open order and let it take what its new price reaches."""
    yield from amend(state, command, at)
    yield from fire_triggers(state, command.symbol, at)


def decide_set_price(state: Trading, command: SetPrice, at: Millis) -> Iterator[Event]:
    """Set prices of a symbol."""
    yield from set_price(state, command, at)
    yield from fire_triggers(state, command.symbol, at)


def decide_move_market(state: Trading, command: MoveMarket, at: Millis) -> Iterator[Event]:
    """Move the market of a symbol as a source says."""
    yield from move_market(state, command, at)
    yield from fire_triggers(state, command.symbol, at)


def decide_set_quoting(state: Trading, command: SetQuoting, at: Millis) -> Iterator[Event]:
    """Choose how the house quotes."""
    yield from set_quoting(state, command, at)
    yield from fire_triggers(state, command.symbol, at)


def decide_set_liquidity(state: Trading, command: SetLiquidity, at: Millis) -> Iterator[Event]:
    """Choose what the house quotes."""
    yield from set_liquidity(state, command, at)
    yield from fire_triggers(state, command.symbol, at)


def decide_force_fill(state: Trading, command: ForceFill, at: Millis) -> Iterator[Event]:
    """Fill an open order against the house."""
    order = state.orders.open.get(command.order_id)
    yield from force_fill(state, order, command, at)
    assert order is not None
    yield from fire_triggers(state, order.symbol, at)

"""The orders by which the venue closes positions.

They reduce only, pay no commission, and have a name of their own: `autoclose-` and a number that
no other has, or `adl_autoclose` for the other side of a deleveraging.
"""

from typing import NamedTuple

from clearhouse.margin.positions import Held
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.orders import (
    ADL_AUTOCLOSE,
    AUTOCLOSE,
    Order,
    OrderKind,
    PositionSide,
    SelfTrade,
    Side,
    TimeInForce,
)
from clearhouse.trading.state import Trading


class Closing(NamedTuple):
    """What is to be closed: so much of a position of an account, at a price."""

    uid: Uid
    held: Held
    size: int
    price: int


def closing_order(
    state: Trading, closing: Closing, at: Millis, *, deleveraging: bool = False
) -> Order:
    """The order that closes it."""
    number, held = state.orders.next_order_id, closing.held
    return Order(
        order_id=number,
        uid=closing.uid,
        client_id=ADL_AUTOCLOSE if deleveraging else f"{AUTOCLOSE}{at}{number % 1_000_000:06d}",
        symbol=held.contract.symbol,
        side=Side.SELL if held.position.quantity > 0 else Side.BUY,
        position_side=held.side,
        kind=OrderKind.LIMIT,
        time_in_force=TimeInForce.IOC,
        quantity=closing.size,
        price=closing.price,
        reduce_only=held.side is PositionSide.BOTH,
        self_trade=SelfTrade.NONE,
        created_at=at,
        updated_at=at,
    )

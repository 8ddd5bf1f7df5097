"""The orders by which the venue closes positions.

They reduce only, pay no commission, and have a name of their own: `autoclose-` and a number that
no other has, or `adl_autoclose` for the other side of a deleveraging.
"""

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


def closing_order(
    state: Trading,
    uid: Uid,
    held: Held,
    size: int,
    price: int,
    *,
    at: Millis,
    deleveraging: bool = False,
) -> Order:
    """An order that closes so much of a position, at a price."""
    number = state.orders.next_order_id
    return Order(
        order_id=number,
        uid=uid,
        client_id=ADL_AUTOCLOSE if deleveraging else f"{AUTOCLOSE}{at}{number % 1_000_000:06d}",
        symbol=held.contract.symbol,
        side=Side.SELL if held.position.quantity > 0 else Side.BUY,
        position_side=held.side,
        kind=OrderKind.LIMIT,
        time_in_force=TimeInForce.IOC,
        quantity=size,
        price=price,
        reduce_only=held.side is PositionSide.BOTH,
        self_trade=SelfTrade.NONE,
        created_at=at,
        updated_at=at,
    )

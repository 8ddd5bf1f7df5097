"""What became of an order: the order as it was, followed through the events of a command.

An answer shows the order of the moment after its command, and no later one; so it is made of
the events, and the state is not asked again.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import (
    OrderAmended,
    OrderEnded,
    OrderFilled,
    OrderPlaced,
)
from clearhouse.model.orders import Order


def placed(events: Iterable[Event]) -> Order:
    """The order that a command placed, as it was accepted.

    Others may follow: a fill can trigger conditional orders.
    """
    return next(event.order for event in events if isinstance(event, OrderPlaced))


def followed(order: Order, events: Iterable[Event]) -> Order:
    """A copy of an order as the events leave it."""
    after = replace(order)
    for event in events:
        match event:
            case OrderFilled(order_id=after.order_id):
                after.executed, after.quote = event.executed, event.total_quote
                after.status, after.updated_at = event.status, event.at
            case OrderAmended(order_id=after.order_id):
                after.price, after.quantity = event.price, event.quantity
                after.price_match = event.price_match
                after.amendments, after.modify_id = event.count, event.modify_id
                after.updated_at = event.at
            case OrderEnded(order_id=after.order_id):
                after.status, after.updated_at = event.status, event.at
            case _:  # of another order, or of none
                pass
    return after

"""Notices of an event that concern everybody: a market that changed, a forced order, a contract.

Deleveraging fills orders that nobody would see in a book, and they are not told: the exchange
publishes liquidation orders alone.
"""

from copy import copy
from typing import Any

from clearhouse.engine.state import State
from clearhouse.messages.events import ContractListed, Event, VenueReset
from clearhouse.messages.market_notices import (
    ContractChanged,
    MarketChanged,
    MarketNotice,
    MarketsReset,
    PositionForced,
)
from clearhouse.messages.trading_events import (
    FundFilled,
    HouseFilled,
    LiquiditySet,
    MarketMoved,
    OrderAmended,
    OrderEnded,
    OrderFilled,
    OrderPlaced,
    PriceSet,
    QuotingSet,
)
from clearhouse.model.instruments import Contract
from clearhouse.model.orders import AUTOCLOSE, Order

Before = Order | Contract | None
"""What an event changes, as it was: the order that may be gone then, the contract it replaces."""

OF_ONE_MARKET = (
    PriceSet,
    MarketMoved,
    QuotingSet,
    LiquiditySet,
    OrderFilled,
    HouseFilled,
    FundFilled,
    OrderAmended,
    OrderEnded,
)
"""Events that change prices, trades or book of their `symbol`."""


def before(state: State, event: Event) -> Before:
    """What `market_notices_of` needs to know of the state before an event."""
    match event:
        case OrderFilled(order_id=number):
            order = state.orders.open.get(number)
            return order if order and order.client_id.startswith(AUTOCLOSE) else None
        case ContractListed(contract=contract):
            return state.catalogue.contracts.get(contract.symbol)
        case _:
            return None


def market_notices_of(event: Event, was: Before) -> tuple[MarketNotice, ...]:
    """What everybody is told of an event; `was` is from right before it."""
    match event:
        case OrderFilled() if isinstance(was, Order):
            forced = PositionForced(at=event.at, order=copy(was), quantity=event.quantity)
            return MarketChanged(event.symbol), forced
        case OrderPlaced():
            return (MarketChanged(event.order.symbol),)
        case ContractListed():
            brackets = not isinstance(was, Contract) or was.brackets != event.contract.brackets
            changed = ContractChanged(at=event.at, contract=event.contract, brackets=brackets)
            return MarketChanged(event.contract.symbol), changed
        case VenueReset():
            return (MarketsReset(),)
        case _:
            return _of_one_market(event)


def _of_one_market(event: Any) -> tuple[MarketNotice, ...]:
    if isinstance(event, OF_ONE_MARKET):
        return (MarketChanged(event.symbol),)
    return ()

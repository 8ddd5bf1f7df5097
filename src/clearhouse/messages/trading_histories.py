"""Histories of trading: orders, trades, changes of orders, margin, conditional orders.

Read from the journal's indexed tables, as `messages/histories.py` says.
"""

from typing import NamedTuple

from msgspec import Struct

from clearhouse.messages.queries import Query
from clearhouse.messages.trading_commands import OrderName
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.orders import AlgoOrder, Order, PositionSide, Side


class FindOrder(Query[Order | None], frozen=True, kw_only=True):
    """An order of an account, open or over; the newest of those with a client's id.

    None also for what the exchange forgets: ended without a fill before `unfilled_since`, or
    created before `since`.
    """

    uid: Uid
    symbol: str
    name: OrderName
    since: Millis
    unfilled_since: Millis


class OrderHistory(Query[tuple[Order, ...]], frozen=True, kw_only=True):
    """Orders of an account, ascending by id; `limit` of them.

    Created in the closed window `start` to `end` where that is given; else from `from_id` on,
    or the newest. With neither a start nor an id to go on from, a page is the end of what there
    is. `since` and `unfilled_since` as in `FindOrder`.
    """

    uid: Uid
    limit: int
    since: Millis
    unfilled_since: Millis
    symbol: str | None = None
    from_id: int | None = None
    start: Millis | None = None
    end: Millis | None = None


class ForcedOrders(Query[tuple[Order, ...]], frozen=True, kw_only=True):
    """Orders by which the venue closed positions, ascending; `kind` LIQUIDATION, ADL or both."""

    uid: Uid
    start: Millis
    end: Millis
    limit: int
    symbol: str | None = None
    kind: str | None = None


class UserTrades(Query["tuple[UserTrade, ...]"], frozen=True, kw_only=True):
    """Fills of an account, ascending; from a trade id on, in a closed window, or the newest."""

    uid: Uid
    limit: int
    start: Millis
    end: Millis
    symbol: str | None = None
    order_id: int | None = None
    from_id: int | None = None
    newest: bool = False


class UserTrade(NamedTuple):
    """An account's side of a trade; amounts in units of 1e-8."""

    trade_id: int
    symbol: str
    order_id: int
    side: Side
    position_side: PositionSide
    price: int
    quantity: int
    quote: int
    realized: int
    commission: int
    commission_asset: str
    margin_asset: str
    maker: bool
    at: Millis


class AlgoHistory(Query["tuple[FoundAlgo, ...]"], frozen=True, kw_only=True):
    """Conditional orders of an account in a symbol, as `OrderHistory`."""

    uid: Uid
    symbol: str
    limit: int
    since: Millis
    unfilled_since: Millis
    from_id: int | None = None
    start: Millis | None = None
    end: Millis | None = None


class FindAlgo(Query["FoundAlgo | None"], frozen=True, kw_only=True):
    """A conditional order of an account, waiting or over, as `FindOrder`."""

    uid: Uid
    name: OrderName
    since: Millis
    unfilled_since: Millis


class FoundAlgo(Struct, frozen=True):
    """A conditional order and what its order came to: quantity and value."""

    algo: AlgoOrder
    executed: int
    quote: int


class Amendments(Query["tuple[Amendment, ...]"], frozen=True, kw_only=True):
    """Changes of an order in a closed window, newest first."""

    uid: Uid
    symbol: str
    name: OrderName
    start: Millis
    end: Millis
    limit: int


class Amendment(NamedTuple):
    """A change of an order: its number among them, and the client's tag."""

    amendment_id: int
    symbol: str
    order_id: int
    client_id: str
    at: Millis
    price_before: int
    price: int
    quantity_before: int
    quantity: int
    number: int
    modify_id: int


class MarginChanges(Query["tuple[MarginChange, ...]"], frozen=True, kw_only=True):
    """Margin that was given to or taken from isolated positions of a symbol, ascending."""

    uid: Uid
    symbol: str
    start: Millis
    end: Millis
    limit: int
    add: bool | None = None


class MarginChange(NamedTuple):
    """A change of margin; `amount` is negative where it was taken away."""

    symbol: str
    position_side: PositionSide
    asset: str
    amount: int
    at: Millis


class FundingRates(Query["tuple[FundingRate, ...]"], frozen=True, kw_only=True):
    """Rates that were settled, of a symbol or of all, ascending by when they were due.

    In the closed window `start` to `end` where they are given; the first rows of it, or where
    there is no start the last ones.
    """

    limit: int
    symbol: str | None = None
    start: Millis | None = None
    end: Millis | None = None


class FundingRate(NamedTuple):
    """A rate, when it was due, and the mark that it was settled at."""

    symbol: str
    time: Millis
    rate: int
    mark: int


TradingHistory = (
    FindOrder
    | OrderHistory
    | ForcedOrders
    | UserTrades
    | AlgoHistory
    | FindAlgo
    | Amendments
    | MarginChanges
    | FundingRates
)

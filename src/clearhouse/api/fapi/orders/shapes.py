"""The shapes in which orders leave, with their fields in the order of the exchange's pages."""

from msgspec import Struct, field


class PlacedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An order that was just placed or cancelled."""

    client_order_id: str
    cum_qty: str
    executed_qty: str
    order_id: int
    orig_qty: str
    price: str
    reduce_only: bool
    side: str
    position_side: str
    status: str
    stop_price: str
    close_position: bool
    symbol: str
    time_in_force: str
    kind: str = field(name="type")
    orig_type: str
    update_time: int
    working_type: str
    price_protect: bool
    price_match: str
    self_trade_prevention_mode: str
    good_till_date: int


class CheckedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """The order that would have been placed."""

    client_order_id: str
    cum_qty: str
    cum_quote: str
    executed_qty: str
    order_id: int
    avg_price: str
    orig_qty: str
    price: str
    reduce_only: bool
    side: str
    position_side: str
    status: str
    stop_price: str
    close_position: bool
    symbol: str
    time_in_force: str
    kind: str = field(name="type")
    orig_type: str
    update_time: int
    working_type: str
    price_protect: bool
    price_match: str
    self_trade_prevention_mode: str
    good_till_date: int


class AmendedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An order that was just changed; `modifyId` is 0 where the client sent none."""

    order_id: int
    symbol: str
    pair: str
    status: str
    client_order_id: str
    modify_id: int
    price: str
    orig_qty: str
    executed_qty: str
    cum_qty: str
    time_in_force: str
    kind: str = field(name="type")
    reduce_only: bool
    close_position: bool
    side: str
    position_side: str
    stop_price: str
    working_type: str
    price_protect: bool
    orig_type: str
    price_match: str
    self_trade_prevention_mode: str
    good_till_date: int
    update_time: int


class QueriedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An order that was asked for."""

    avg_price: str
    client_order_id: str
    cum_quote: str
    executed_qty: str
    order_id: int
    orig_qty: str
    orig_type: str
    price: str
    reduce_only: bool
    side: str
    position_side: str
    status: str
    stop_price: str
    close_position: bool
    symbol: str
    time: int
    time_in_force: str
    kind: str = field(name="type")
    update_time: int
    working_type: str
    price_protect: bool
    price_match: str
    self_trade_prevention_mode: str
    good_till_date: int


class ListedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An order in the list of all; `cumBase` is what was filled."""

    avg_price: str
    client_order_id: str
    cum_quote: str
    cum_base: str
    executed_qty: str
    order_id: int
    orig_qty: str
    orig_type: str
    price: str
    reduce_only: bool
    side: str
    position_side: str
    status: str
    stop_price: str
    close_position: bool
    symbol: str
    pair: str
    time: int
    time_in_force: str
    kind: str = field(name="type")
    update_time: int
    working_type: str
    price_protect: bool
    price_match: str
    self_trade_prevention_mode: str
    good_till_date: int


class ForcedOrder(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An order by which the venue closed a position."""

    order_id: int
    symbol: str
    pair: str
    status: str
    client_order_id: str
    price: str
    avg_price: str
    orig_qty: str
    executed_qty: str
    cum_quote: str
    cum_base: str
    time_in_force: str
    kind: str = field(name="type")
    reduce_only: bool
    close_position: bool
    side: str
    position_side: str
    stop_price: str
    working_type: str
    orig_type: str
    time: int
    update_time: int

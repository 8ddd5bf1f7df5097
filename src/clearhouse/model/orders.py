"""Orders and positions: the words of trading, and the records that state and journal share.

Prices, quantities and values are units of 1e-8. A quantity of an order is unsigned, that of a
position is signed. `Order`, `AlgoOrder` and `Position` are mutable: the state owns its own
copies, and an event's copy is never changed.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from clearhouse.model.ids import Millis, Uid


class Side(StrEnum):
    """What an order does. `sign`: what its fills add to a position, as a factor."""

    sign: int
    opposite: "Side"

    BUY = "BUY"
    SELL = "SELL"


Side.BUY.sign, Side.SELL.sign = 1, -1
Side.BUY.opposite, Side.SELL.opposite = Side.SELL, Side.BUY


class PositionSide(StrEnum):
    """Which position of a symbol: the one of one-way mode, or one of the two of hedge mode."""

    BOTH = "BOTH"
    LONG = "LONG"
    SHORT = "SHORT"


ONE_WAY_SIDES = (PositionSide.BOTH,)
HEDGE_SIDES = (PositionSide.LONG, PositionSide.SHORT)


class OrderKind(StrEnum):
    """Orders that the book takes."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"


class AlgoKind(StrEnum):
    """Conditional orders: they wait for a price and then become an order."""

    STOP = "STOP"
    STOP_MARKET = "STOP_MARKET"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
    TRAILING_STOP_MARKET = "TRAILING_STOP_MARKET"


LIMITED = (AlgoKind.STOP, AlgoKind.TAKE_PROFIT)
"""Those that become limit orders; the others become market orders."""


class TimeInForce(StrEnum):
    """How long an order lives, and whether it may take."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    GTX = "GTX"
    GTD = "GTD"
    RPI = "RPI"


class OrderStatus(StrEnum):
    """Where an order stands in its life."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    EXPIRED_IN_MATCH = "EXPIRED_IN_MATCH"


class AlgoStatus(StrEnum):
    """Where a conditional order stands in its life."""

    NEW = "NEW"
    TRIGGERED = "TRIGGERED"
    FINISHED = "FINISHED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


class Expiry(StrEnum):
    """Why the venue ended an order, by the codes of the user data stream."""

    NONE = "0"
    SELF_TRADE = "1"
    IOC_REMAINDER = "2"
    IOC_SELF_TRADE = "3"
    REDUCE_ONLY = "4"
    LIQUIDATION = "5"
    GOOD_TILL = "6"
    MARKET_REMAINDER = "9"


class SelfTrade(StrEnum):
    """Who yields when an account would trade with itself; the taker's mode decides."""

    NONE = "NONE"
    EXPIRE_TAKER = "EXPIRE_TAKER"
    EXPIRE_MAKER = "EXPIRE_MAKER"
    EXPIRE_BOTH = "EXPIRE_BOTH"


class PriceMatch(StrEnum):
    """Let the book give the price: the n-th best of the other side, or of the own one."""

    NONE = "NONE"
    OPPONENT = "OPPONENT"
    OPPONENT_5 = "OPPONENT_5"
    OPPONENT_10 = "OPPONENT_10"
    OPPONENT_20 = "OPPONENT_20"
    QUEUE = "QUEUE"
    QUEUE_5 = "QUEUE_5"
    QUEUE_10 = "QUEUE_10"
    QUEUE_20 = "QUEUE_20"


class WorkingType(StrEnum):
    """The price that a conditional order watches."""

    MARK_PRICE = "MARK_PRICE"
    CONTRACT_PRICE = "CONTRACT_PRICE"


BUY: Final = Side.BUY
SELL: Final = Side.SELL
BOTH: Final = PositionSide.BOTH
LONG: Final = PositionSide.LONG
LIMIT: Final = OrderKind.LIMIT
MARKET: Final = OrderKind.MARKET
GTC: Final = TimeInForce.GTC
FOK: Final = TimeInForce.FOK
GTD: Final = TimeInForce.GTD
RPI: Final = TimeInForce.RPI
UNMATCHED: Final = PriceMatch.NONE
"""What every order is compared with, forty times until it is placed: Python 3.11 takes 0.3 µs to
find a member in its class, and a name of its own costs nothing."""

AUTOCLOSE, ADL_AUTOCLOSE = "autoclose-", "adl_autoclose"
"""How orders are named by which the venue closes positions; clients may not name theirs so."""


class Order(Struct, kw_only=True, array_like=True):
    """An order of the book.

    `price` is 0 for a market order. `executed` is what was filled and `quote` its value.
    `algo_id`: the conditional order that it came from, or 0. `stop_price`: what triggered that.
    `amendments`: how often it was changed; `modify_id`: the client's tag of the last change.
    """

    order_id: int
    uid: Uid
    client_id: str
    symbol: str
    side: Side
    position_side: PositionSide
    kind: OrderKind
    time_in_force: TimeInForce
    quantity: int
    price: int
    reduce_only: bool = False
    close_position: bool = False
    self_trade: SelfTrade = SelfTrade.EXPIRE_MAKER
    price_match: PriceMatch = PriceMatch.NONE
    good_till: Millis = Millis(0)
    algo_id: int = 0
    stop_price: int = 0
    created_at: Millis = Millis(0)
    updated_at: Millis = Millis(0)
    status: OrderStatus = OrderStatus.NEW
    executed: int = 0
    quote: int = 0
    amendments: int = 0
    modify_id: int = 0

    @property
    def remaining(self) -> int:
        """What is still to be filled."""
        return self.quantity - self.executed

    @property
    def forced(self) -> bool:
        """Whether the venue placed it to close a position."""
        return self.client_id.startswith((AUTOCLOSE, ADL_AUTOCLOSE))

    @property
    def closing(self) -> bool:
        """Whether it may only make a position smaller."""
        if self.reduce_only:
            return True
        if self.position_side is BOTH:
            return False
        return (self.position_side is LONG) == (self.side is SELL)


class AlgoOrder(Struct, kw_only=True, array_like=True):
    """A conditional order.

    `callback_rate` in units of 1e-8 (1 % is 1,000,000). `extreme`: the best price that a
    trailing order has seen since it was activated, 0 before. `order_id`: the order that it
    became, 0 before. `reason`: why it was rejected or expired, for people.
    """

    algo_id: int
    uid: Uid
    client_id: str
    symbol: str
    side: Side
    position_side: PositionSide
    kind: AlgoKind
    time_in_force: TimeInForce
    quantity: int
    price: int
    trigger_price: int
    working_type: WorkingType = WorkingType.CONTRACT_PRICE
    price_match: PriceMatch = PriceMatch.NONE
    close_position: bool = False
    price_protect: bool = False
    reduce_only: bool = False
    activate_price: int = 0
    callback_rate: int = 0
    self_trade: SelfTrade = SelfTrade.NONE
    good_till: Millis = Millis(0)
    created_at: Millis = Millis(0)
    updated_at: Millis = Millis(0)
    triggered_at: Millis = Millis(0)
    status: AlgoStatus = AlgoStatus.NEW
    activated: bool = False
    extreme: int = 0
    order_id: int = 0
    reason: str = ""


class Position(Struct, array_like=True):
    """A position; what a flat one keeps is `cumulative_realized` alone.

    `fees` and `realized` are those since it was opened (for the break-even price), in the margin
    asset; `cumulative_realized` is the profit realised in the symbol ever since, before fees.
    """

    quantity: int = 0
    entry_price: int = 0
    isolated_wallet: int = 0
    fees: int = 0
    realized: int = 0
    cumulative_realized: int = 0
    updated_at: Millis = Millis(0)

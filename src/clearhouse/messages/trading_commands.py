"""Commands of trading: orders, conditional orders, margin, and what sets the market."""

from msgspec import Struct

from clearhouse.model.ids import Millis, Uid
from clearhouse.model.orders import (
    AlgoKind,
    OrderKind,
    PositionSide,
    PriceMatch,
    SelfTrade,
    Side,
    TimeInForce,
    WorkingType,
)


class PlaceOrder(Struct, frozen=True, kw_only=True):
    """Place an order. `price` is 0 for a market order and where `price_match` gives it.

    `client_id` empty: the venue makes one up. Amounts in units of 1e-8, with as many decimals
    as the client sent.
    """

    uid: Uid
    symbol: str
    side: Side
    kind: OrderKind
    quantity: int
    price: int = 0
    position_side: PositionSide = PositionSide.BOTH
    time_in_force: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False
    client_id: str = ""
    self_trade: SelfTrade = SelfTrade.EXPIRE_MAKER
    price_match: PriceMatch = PriceMatch.NONE
    good_till: Millis = Millis(0)


class OrderName(Struct, frozen=True):
    """Which order: by its id, which wins, or by the client's."""

    order_id: int | None = None
    client_id: str | None = None


class CancelOrder(Struct, frozen=True, kw_only=True):
    """Take an open order out of the book."""

    uid: Uid
    symbol: str
    name: OrderName


class CancelAllOrders(Struct, frozen=True, kw_only=True):
    """Take every open order of a symbol out of the book; conditional orders stay."""

    uid: Uid
    symbol: str


class AmendOrder(Struct, frozen=True, kw_only=True):
    """Change price and quantity of an open limit order. `reduce_only` is checked, not changed."""

    uid: Uid
    symbol: str
    name: OrderName
    side: Side
    quantity: int
    price: int = 0
    price_match: PriceMatch = PriceMatch.NONE
    modify_id: int = 0
    reduce_only: bool = False


class PlaceAlgo(Struct, frozen=True, kw_only=True):
    """Place a conditional order; `callback_rate` in units of 1e-8."""

    uid: Uid
    symbol: str
    side: Side
    kind: AlgoKind
    position_side: PositionSide = PositionSide.BOTH
    time_in_force: TimeInForce = TimeInForce.GTC
    quantity: int = 0
    price: int = 0
    trigger_price: int = 0
    working_type: WorkingType = WorkingType.CONTRACT_PRICE
    price_match: PriceMatch = PriceMatch.NONE
    close_position: bool = False
    price_protect: bool = False
    reduce_only: bool = False
    activate_price: int = 0
    callback_rate: int = 0
    client_id: str = ""
    self_trade: SelfTrade = SelfTrade.NONE
    good_till: Millis = Millis(0)


class CancelAlgo(Struct, frozen=True, kw_only=True):
    """Cancel a conditional order that still waits."""

    uid: Uid
    name: OrderName


class CancelAllAlgos(Struct, frozen=True, kw_only=True):
    """Cancel every conditional order of a symbol that still waits."""

    uid: Uid
    symbol: str


class SetCountdown(Struct, frozen=True, kw_only=True):
    """Cancel the orders of a symbol after `ms`, unless it is set again before; 0 stops that."""

    uid: Uid
    symbol: str
    ms: int


class MovePositionMargin(Struct, frozen=True, kw_only=True):
    """Give margin to an isolated position, or take it away. `amount` is not negative."""

    uid: Uid
    symbol: str
    position_side: PositionSide
    amount: int
    add: bool


class SetPrice(Struct, frozen=True, kw_only=True):
    """Set prices of a symbol; one of them alone sets all three, else None leaves one as it is."""

    symbol: str
    last: int | None = None
    mark: int | None = None
    index: int | None = None


class MoveMarket(Struct, frozen=True, kw_only=True):
    """A source moves the market of a symbol; what is None stays.

    `bid` and `ask`: the best prices of its book, given together. `trades`: how many of its
    trades led here.
    """

    symbol: str
    last: int | None = None
    mark: int | None = None
    index: int | None = None
    bid: int | None = None
    ask: int | None = None
    trades: int = 0


class SetQuoting(Struct, frozen=True, kw_only=True):
    """Choose how the house quotes where it always quotes: see `QuotingSet`.

    `notional`: the value of a level at the price of now; 0: as much as the largest market order.
    """

    symbol: str
    spread: int
    gap: int
    depth: int
    notional: int
    refills: bool


class SetLiquidity(Struct, frozen=True, kw_only=True):
    """Choose what the house quotes: see `messages.trading_events.LiquiditySet`.

    A `depth` or `quantity` of 0 is the default.
    """

    symbol: str
    mode: str
    bids: tuple[tuple[int, int], ...] = ()
    asks: tuple[tuple[int, int], ...] = ()
    depth: int = 0
    quantity: int = 0


class ForceFill(Struct, frozen=True, kw_only=True):
    """Fill an open order against the house; by default all of it, at its own price."""

    order_id: int
    price: int | None = None
    quantity: int | None = None


class SettleFunding(Struct, frozen=True, kw_only=True):
    """Settle funding of a symbol once, now, at a rate in units of 1e-8 that may be negative."""

    symbol: str
    rate: int


class RunDue(Struct, frozen=True):
    """Do what has fallen due by the venue's clock.

    Of a settlement of funding a step alone: the command comes again until all are paid.
    """


TradingCommand = (
    PlaceOrder
    | CancelOrder
    | CancelAllOrders
    | AmendOrder
    | PlaceAlgo
    | CancelAlgo
    | CancelAllAlgos
    | SetCountdown
    | MovePositionMargin
    | SetPrice
    | MoveMarket
    | SetQuoting
    | SetLiquidity
    | ForceFill
    | SettleFunding
    | RunDue
)

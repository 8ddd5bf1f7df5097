"""Notices: what an account is told when something in it changed.

Each is made of the state right after its event, because later events may already have been
applied when it leaves; it leaves when its event is durable. Orders in notices are copies.
"""

from enum import StrEnum

from msgspec import Struct

from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.model.orders import AlgoOrder, Expiry, Order, PositionSide


class Execution(StrEnum):
    """What happened to an order, by the words of the event ORDER_TRADE_UPDATE."""

    NEW = "NEW"
    TRADE = "TRADE"
    CALCULATED = "CALCULATED"
    AMENDMENT = "AMENDMENT"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


class BalanceChange(Struct, frozen=True):
    """An asset of the futures wallet after a change, and the change; units of 1e-8.

    `change` leaves out realised profit and commission.
    """

    asset: str
    wallet_balance: int
    cross_wallet_balance: int
    change: int


class PositionState(Struct, frozen=True, kw_only=True):
    """A position after a change; units of 1e-8, the break-even price of 1e-12."""

    symbol: str
    side: PositionSide
    isolated: bool
    quantity: int = 0
    entry_price: int = 0
    break_even_price: int = 0
    cumulative_realized: int = 0
    unrealized: int = 0
    isolated_wallet: int = 0


class AccountChanged(Struct, frozen=True):
    """Balances of the futures wallet, positions, or margin types changed for a reason.

    `reason` is one of the words of the event ACCOUNT_UPDATE. `symbol`: what funding was paid for.
    """

    uid: Uid
    at: Millis
    reason: str
    balances: tuple[BalanceChange, ...] = ()
    positions: tuple[PositionState, ...] = ()
    symbol: str = ""


class PositionAtRisk(Struct, frozen=True, kw_only=True):
    """A position of a pool of margin that is near its end."""

    state: PositionState
    mark_price: int
    maint_margin: int


class MarginCall(Struct, frozen=True, kw_only=True):
    """A pool of margin is near its end; `cross_wallet_balance` None where it is isolated."""

    uid: Uid
    at: Millis
    cross_wallet_balance: int | None
    positions: tuple[PositionAtRisk, ...]


class Fill(Struct, frozen=True, kw_only=True):
    """An order's side of a trade; `realized` is before the commission."""

    trade_id: int
    maker: bool
    price: int
    quantity: int
    realized: int
    commission: int
    commission_asset: str


class OrderTraded(Struct, frozen=True, kw_only=True):
    """An order was filled: the short form. How many decimals its symbol's numbers have."""

    uid: Uid
    at: Millis
    order: Order
    fill: Fill
    price_decimals: int
    quantity_decimals: int


class OrderChanged(Struct, frozen=True, kw_only=True):
    """An order after something happened to it.

    `bids` and `asks`: value of what the account has open in the symbol after it. `origin`: the
    conditional order that it came from.
    """

    uid: Uid
    at: Millis
    execution: Execution
    order: Order
    bids: int
    asks: int
    expiry: Expiry = Expiry.NONE
    fill: Fill | None = None
    origin: AlgoOrder | None = None


class AlgoChanged(Struct, frozen=True, kw_only=True):
    """A conditional order after something happened to it, and what its order came to."""

    uid: Uid
    at: Millis
    algo: AlgoOrder
    executed: int = 0
    quote: int = 0


class LeverageChanged(Struct, frozen=True):
    """A symbol has another leverage."""

    uid: Uid
    at: Millis
    symbol: str
    leverage: int


class AssetModeChanged(Struct, frozen=True):
    """Multi-assets mode was turned on or off."""

    uid: Uid
    at: Millis
    on: bool


class ListenKeyExtended(Struct, frozen=True):
    """A listen key lives on."""

    uid: Uid
    at: Millis
    expires_at: Millis


class ListenKeyEnded(Struct, frozen=True):
    """A listen key was closed before its time."""

    uid: Uid
    at: Millis
    serial: Seq


Notice = (
    AccountChanged
    | OrderTraded
    | OrderChanged
    | AlgoChanged
    | LeverageChanged
    | MarginCall
    | AssetModeChanged
    | ListenKeyExtended
    | ListenKeyEnded
)

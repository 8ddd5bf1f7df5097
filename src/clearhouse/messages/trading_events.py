"""Events of trading: prices, quotes, orders, fills, margin and funding.

Stored as `messages/events.py` says. A fill is one event for each side of a trade, maker before
taker, so that every event changes one account; the house's side is an event without `uid`.
"""

from typing import ClassVar

from msgspec import Struct

from clearhouse.ledger.postings import Posting
from clearhouse.model.ids import Millis, TranId, Uid
from clearhouse.model.orders import (
    AlgoOrder,
    AlgoStatus,
    Expiry,
    Order,
    OrderStatus,
    Position,
    PositionSide,
    PriceMatch,
    Side,
)


class PriceSet(Struct, frozen=True, kw_only=True, array_like=True, tag="price_set.1"):
    """A symbol has these prices; the house quotes around `anchor`."""

    KIND: ClassVar = "price_set"
    VERSION: ClassVar = 1
    at: Millis
    symbol: str
    last: int
    mark: int
    index: int
    anchor: int


class MarketMoved(Struct, frozen=True, kw_only=True, array_like=True, tag="market_moved.1"):
    """Where a source has moved the market of a symbol to, when somebody depends on it.

    What nobody depends on is not written one by one: this is what it came to. `bid` and `ask`:
    where the house's quotes begin, full again. `next_trade_id` counts the source's trades too.
    `samples` and `weighted`: the premium up to `moved_at`, when the prices last moved.
    """

    KIND: ClassVar = "market_moved"
    VERSION: ClassVar = 1
    at: Millis
    symbol: str
    last: int
    mark: int
    index: int
    bid: int
    ask: int
    next_trade_id: int
    samples: int
    weighted: int
    moved_at: Millis


class QuotingSet(Struct, frozen=True, kw_only=True, array_like=True, tag="quoting_set.1"):
    """How the house quotes a symbol where it always quotes.

    `spread`: the distance of its first quotes from the price, `gap`: that of its levels from
    each other, as parts of the price in units of 1e-8, each at least a tick. `depth` levels of
    `quantity`; `refills`: they are full again after every order, else after every movement.
    """

    KIND: ClassVar = "quoting_set"
    VERSION: ClassVar = 1
    at: Millis
    symbol: str
    spread: int
    gap: int
    depth: int
    quantity: int
    refills: bool


class LiquiditySet(Struct, frozen=True, kw_only=True, array_like=True, tag="liquidity_set.1"):
    """How the house quotes a symbol.

    `house`: `depth` levels a side, a tick apart, of `quantity` each, around the price last set,
    and always full; `levels`: once, the (price, quantity) of `bids` and `asks`; or `none`.
    """

    KIND: ClassVar = "liquidity_set"
    VERSION: ClassVar = 1
    at: Millis
    symbol: str
    mode: str
    bids: tuple[tuple[int, int], ...] = ()
    asks: tuple[tuple[int, int], ...] = ()
    depth: int = 0
    quantity: int = 0


class OrderPlaced(Struct, frozen=True, kw_only=True, array_like=True, tag="order_placed.1"):
    """An order was accepted. A limit order is in the book from now on."""

    KIND: ClassVar = "order_placed"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    order: Order


class OrderFilled(Struct, frozen=True, kw_only=True, array_like=True, tag="order_filled.1"):
    """An account's side of a trade.

    `quote`: value of the fill. `executed`, `total_quote`, `status`: of the order, `position`: of
    the account, after it. `realized` is before the commission; both stand in `postings`.
    """

    KIND: ClassVar = "order_filled"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    uid: Uid
    order_id: int
    symbol: str
    side: Side
    position_side: PositionSide
    trade_id: int
    maker: bool
    price: int
    quantity: int
    quote: int
    margin_asset: str
    realized: int
    commission: int
    commission_asset: str
    executed: int
    total_quote: int
    status: OrderStatus
    position: Position
    postings: tuple[Posting, ...]


class HouseFilled(Struct, frozen=True, kw_only=True, array_like=True, tag="house_filled.1"):
    """The house's side of a trade. `quote_id`: its level of the book, 0 for what it always quotes.

    `position`: the house's in the symbol after it.
    """

    KIND: ClassVar = "house_filled"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    symbol: str
    side: Side
    trade_id: int
    maker: bool
    price: int
    quantity: int
    quote: int
    quote_id: int
    realized: int
    position: Position
    postings: tuple[Posting, ...]


class FundFilled(Struct, frozen=True, kw_only=True, array_like=True, tag="fund_filled.1"):
    """The insurance fund took a position over, as the maker. `position`: the fund's after it."""

    KIND: ClassVar = "fund_filled"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    symbol: str
    side: Side
    trade_id: int
    price: int
    quantity: int
    quote: int
    realized: int
    position: Position
    postings: tuple[Posting, ...]


class OrderAmended(Struct, frozen=True, kw_only=True, array_like=True, tag="order_amended.1"):
    """An order has another price or quantity, and stands last at its price."""

    KIND: ClassVar = "order_amended"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    order_id: int
    symbol: str
    client_id: str
    amendment_id: int
    price_before: int
    price: int
    quantity_before: int
    quantity: int
    price_match: PriceMatch
    count: int
    modify_id: int


class OrderEnded(Struct, frozen=True, kw_only=True, array_like=True, tag="order_ended.1"):
    """An order left the book before it was filled: by its account, or by the venue (`expiry`)."""

    KIND: ClassVar = "order_ended"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    order_id: int
    symbol: str
    status: OrderStatus
    expiry: Expiry


class AlgoPlaced(Struct, frozen=True, kw_only=True, array_like=True, tag="algo_placed.1"):
    """A conditional order waits for its price."""

    KIND: ClassVar = "algo_placed"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    algo: AlgoOrder


class AlgoActivated(Struct, frozen=True, kw_only=True, array_like=True, tag="algo_activated.1"):
    """A trailing order follows the price from here on."""

    KIND: ClassVar = "algo_activated"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    algo_id: int
    symbol: str
    extreme: int


class AlgoTriggered(Struct, frozen=True, kw_only=True, array_like=True, tag="algo_triggered.1"):
    """A conditional order became an order; its placing is the next event."""

    KIND: ClassVar = "algo_triggered"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    algo_id: int
    symbol: str
    order_id: int


class AlgoEnded(Struct, frozen=True, kw_only=True, array_like=True, tag="algo_ended.1"):
    """A conditional order is over. What its order came to: quantity and value, 0 without one."""

    KIND: ClassVar = "algo_ended"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    algo_id: int
    symbol: str
    status: AlgoStatus
    reason: str
    executed: int
    quote: int


class CountdownSet(Struct, frozen=True, kw_only=True, array_like=True, tag="countdown_set.1"):
    """An account's orders of a symbol are cancelled at `due` unless it is set again; 0 stops it."""

    KIND: ClassVar = "countdown_set"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    symbol: str
    due: Millis


class MarginMoved(Struct, frozen=True, kw_only=True, array_like=True, tag="margin_moved.1"):
    """Margin went to (positive) or from an isolated position; no wallet balance changes."""

    KIND: ClassVar = "margin_moved"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    symbol: str
    position_side: PositionSide
    asset: str
    amount: int
    isolated_wallet: int


class FundingStarted(Struct, frozen=True, kw_only=True, array_like=True, tag="funding_started.1"):
    """A settlement begins: whoever has a position now pays or receives at this rate and mark.

    `time` is when it was due, `premium` the average that the rate follows from. `scheduled`: it
    was due by the clock; else it was asked for, and its rate with it.
    """

    KIND: ClassVar = "funding_started"
    VERSION: ClassVar = 1
    at: Millis
    symbol: str
    time: Millis
    rate: int
    mark: int
    premium: int
    scheduled: bool


class FundingPaid(Struct, frozen=True, kw_only=True, array_like=True, tag="funding_paid.1"):
    """A position paid (negative `amount`) or received funding; `rate` in units of 1e-8."""

    KIND: ClassVar = "funding_paid"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    uid: Uid
    symbol: str
    position_side: PositionSide
    rate: int
    mark: int
    asset: str
    amount: int
    isolated_wallet: int
    postings: tuple[Posting, ...]


class FundingSettled(Struct, frozen=True, kw_only=True, array_like=True, tag="funding_settled.1"):
    """Funding of a symbol was settled; the house's part, and what rounding left over."""

    KIND: ClassVar = "funding_settled"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    symbol: str
    rate: int
    mark: int
    postings: tuple[Posting, ...]


class InsuranceCleared(
    Struct, frozen=True, kw_only=True, array_like=True, tag="insurance_cleared.1"
):
    """A liquidated account paid the insurance fund (negative `amount`), or was made whole by it."""

    KIND: ClassVar = "insurance_cleared"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    uid: Uid
    symbol: str
    asset: str
    amount: int
    postings: tuple[Posting, ...]


class MarginCalled(Struct, frozen=True, kw_only=True, array_like=True, tag="margin_called.1"):
    """A pool of margin came near its end (`on`), or is away from it again.

    `pool`: the margin asset of cross positions (empty where all collateral is shared), or the
    symbol and side of an isolated one.
    """

    KIND: ClassVar = "margin_called"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    pool: tuple[str, str]
    on: bool


class AutoExchanged(Struct, frozen=True, kw_only=True, array_like=True, tag="auto_exchanged.1"):
    """Collateral was sold to make good what a futures wallet owed of an asset.

    `gained` of the asset for the (asset, units) in `sold`. Each of these movements has a number of
    its own, from `tran_id` on: that of the asset first, and two postings.
    """

    KIND: ClassVar = "auto_exchanged"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    uid: Uid
    asset: str
    gained: int
    sold: tuple[tuple[str, int], ...]
    postings: tuple[Posting, ...]


TradingEvent = (
    PriceSet
    | MarketMoved
    | QuotingSet
    | LiquiditySet
    | OrderPlaced
    | OrderFilled
    | HouseFilled
    | FundFilled
    | OrderAmended
    | OrderEnded
    | AlgoPlaced
    | AlgoActivated
    | AlgoTriggered
    | AlgoEnded
    | CountdownSet
    | MarginMoved
    | FundingStarted
    | FundingPaid
    | FundingSettled
    | InsuranceCleared
    | MarginCalled
    | AutoExchanged
)

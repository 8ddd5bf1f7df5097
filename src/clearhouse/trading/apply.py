"""How the facts of trading change the state. Nothing here refuses or decides."""

from msgspec.structs import replace

from clearhouse.margin.exposure import Exposure
from clearhouse.margin.futures_account import apply_postings
from clearhouse.market.funding import Premium, Settlement, due_after
from clearhouse.market.market import apply_movement, apply_price_set, record_trade
from clearhouse.matching.book import LEVELS, NOTHING_TAKEN, OrderBook
from clearhouse.messages.trading_events import (
    AutoExchanged,
    CountdownSet,
    FundFilled,
    FundingPaid,
    FundingSettled,
    FundingStarted,
    HouseFilled,
    InsuranceCleared,
    LiquiditySet,
    MarketMoved,
    OrderAmended,
    OrderEnded,
    OrderFilled,
    OrderPlaced,
    PriceSet,
    QuotingSet,
)
from clearhouse.messages.trading_queries import TradeView
from clearhouse.model.ids import DAY_MS, Millis, TranId, Uid
from clearhouse.model.orders import (
    LIMIT,
    SELL,
    Order,
    OrderStatus,
    Position,
    PositionSide,
    Side,
    TimeInForce,
)
from clearhouse.trading.algos import follow_price
from clearhouse.trading.deadlines import Deadline, Due
from clearhouse.trading.state import Trading
from clearhouse.trading.sweep import house_order

LONGEST_LIFE_MS = 365 * DAY_MS
"""What is good till cancelled lives a year."""

_IMMEDIATE = (TimeInForce.IOC, TimeInForce.FOK)


def apply_prices(state: Trading, event: PriceSet) -> None:
    """New prices, for the market and for the house."""
    apply_price_set(state.markets[event.symbol], event)
    book = state.order_books[event.symbol]
    if event.anchor != book.anchor:
        book.quote_around(event.anchor)
    book.changed(state.seq, event.at)
    follow_price(state, event.symbol)


def apply_market_moved(state: Trading, event: MarketMoved) -> None:
    """Where a source moved the market to, and the house's quotes with it."""
    apply_movement(state.markets[event.symbol], event)
    book = state.order_books[event.symbol]
    book.anchor, book.bid, book.ask = event.last, event.bid, event.ask
    book.taken = NOTHING_TAKEN
    book.changed(state.seq, event.at)
    follow_price(state, event.symbol)


def apply_quoting_set(state: Trading, event: QuotingSet) -> None:
    """The house quotes anew."""
    book = state.order_books[event.symbol]
    book.spread, book.gap, book.refills = event.spread, event.gap, event.refills
    book.depth, book.quantity = event.depth, event.quantity
    book.quote_around(book.anchor)
    book.changed(state.seq, event.at)


def apply_liquidity_set(state: Trading, event: LiquiditySet) -> None:
    """The house's levels are taken back, and others are quoted."""
    book = state.order_books[event.symbol]
    for quote in book.quotes.values():
        book.side(quote.side).remove(quote)
    book.quotes, book.taken = {}, NOTHING_TAKEN
    book.mode, book.depth, book.quantity = event.mode, event.depth, event.quantity
    book.changed(state.seq, event.at)
    if event.mode == LEVELS:
        for side, levels in ((Side.BUY, event.bids), (Side.SELL, event.asks)):
            for price, quantity in levels:
                _quote(book, event.symbol, side, price, quantity)


def _quote(book: OrderBook, symbol: str, side: Side, price: int, quantity: int) -> None:
    quote = house_order(symbol, side)
    quote.order_id, quote.price, quote.quantity = book.next_quote_id, price, quantity
    book.next_quote_id -= 1
    book.quotes[quote.order_id] = quote
    book.side(side).add(quote)


def apply_order_placed(state: Trading, event: OrderPlaced) -> None:
    """The order is open; a limit order stands in the book."""
    order = replace(event.order)
    state.orders.next_order_id = order.order_id + 1
    add_order(state, order)
    state.order_books[order.symbol].changed(state.seq, event.at)


def add_order(state: Trading, order: Order) -> None:
    """Put an open order where it belongs: also when a snapshot is restored."""
    state.orders.open[order.order_id] = order
    state.orders.names[order.uid, order.client_id] = order.order_id
    exposure = state.futures.opened(order.uid).exposed(order.symbol)
    exposure.orders[order.order_id] = order
    exposure.count(order, order.remaining)
    if order.kind is LIMIT:
        state.order_books[order.symbol].place_of(order).add(order)
        if order.time_in_force not in _IMMEDIATE:
            due = order.good_till or Millis(order.created_at + LONGEST_LIFE_MS)
            state.deadlines.add(due, Due.ORDER, order.order_id)
            state.deadlines.compact(lambda deadline: stands(state, deadline))


def stands(state: Trading, deadline: Deadline) -> bool:
    """Whether what falls due is still to happen."""
    at, due, number, symbol = deadline
    match due:
        case Due.ORDER:
            return number in state.orders.open
        case Due.COUNTDOWN:
            return state.deadlines.countdowns.get((Uid(number), symbol)) == at
        case Due.ALGO:
            return number in state.orders.algos
        case Due.FUNDING:
            market = state.markets[symbol]
            return market.funding_due == at and market.settlement is None


def apply_order_filled(state: Trading, event: OrderFilled) -> None:
    """The order has less to fill, the account another position and balance."""
    order = state.orders.open[event.order_id]
    exposure = state.futures.opened(event.uid).exposed(event.symbol)
    exposure.count(order, -event.quantity)
    order.executed, order.quote = event.executed, event.total_quote
    order.status, order.updated_at = event.status, event.at
    if event.status is OrderStatus.FILLED:
        _drop(state, order, exposure)
    _take_position(state, event.uid, event.symbol, exposure, event.position_side, event.position)
    _post(state, event)
    if not event.maker:
        _trade(state, event)
    state.order_books[event.symbol].changed(state.seq, event.at)


def apply_house_filled(state: Trading, event: HouseFilled) -> None:
    """The house has another position, and one of its levels less to fill."""
    market, book = state.markets[event.symbol], state.order_books[event.symbol]
    market.house = event.position
    _post(state, event)
    quote = book.quotes.get(event.quote_id)
    if quote is None and event.maker:
        book.take(event.side, event.quantity)
    if quote is not None:
        quote.executed += event.quantity
        if not quote.remaining:
            quote.status = OrderStatus.FILLED
            book.side(quote.side).remove(quote)
            del book.quotes[event.quote_id]
    if not event.maker:
        _trade(state, event)
    book.changed(state.seq, event.at)


def apply_fund_filled(state: Trading, event: FundFilled) -> None:
    """The insurance fund has another position."""
    state.markets[event.symbol].fund = event.position
    _post(state, event)


def apply_order_amended(state: Trading, event: OrderAmended) -> None:
    """The order stands last at its new price."""
    order = state.orders.open[event.order_id]
    exposure = state.futures.opened(event.uid).exposed(event.symbol)
    place = state.order_books[order.symbol].place_of(order)
    exposure.count(order, -order.remaining)
    place.remove(order)
    order.price, order.quantity = event.price, event.quantity
    order.amendments, order.modify_id = event.count, event.modify_id
    order.price_match, order.updated_at = event.price_match, event.at
    place.add(order)
    exposure.count(order, order.remaining)
    state.orders.next_amendment_id = event.amendment_id + 1
    state.order_books[event.symbol].changed(state.seq, event.at)


def apply_order_ended(state: Trading, event: OrderEnded) -> None:
    """The order is open no more."""
    order = state.orders.open[event.order_id]
    order.status, order.updated_at = event.status, event.at
    exposure = state.futures.opened(event.uid).exposed(event.symbol)
    exposure.count(order, -order.remaining)
    _drop(state, order, exposure)
    state.order_books[event.symbol].changed(state.seq, event.at)


def apply_countdown_set(state: Trading, event: CountdownSet) -> None:
    """The countdown runs to another end, or not at all."""
    if event.due:
        state.deadlines.countdowns[event.uid, event.symbol] = event.due
        state.deadlines.add(event.due, Due.COUNTDOWN, event.uid, event.symbol)
    else:
        state.deadlines.countdowns.pop((event.uid, event.symbol), None)


def plan_funding(state: Trading, symbol: str, now: Millis) -> None:
    """Let funding fall due at the next multiple of the symbol's interval."""
    hours = state.catalogue.contracts[symbol].funding_interval_hours
    due = state.markets[symbol].funding_due = due_after(now, hours)
    state.deadlines.add(due, Due.FUNDING, 0, symbol)


def follow_clock(state: Trading, now: Millis) -> None:
    """A clock that is set past a settlement, or back to before an interval, begins another one.

    Time that was skipped did not pass, so nothing fell due in it.
    """
    for symbol, market in state.markets.items():
        if not market.premium.since <= now <= market.funding_due:
            market.premium = Premium(now)
            plan_funding(state, symbol, now)


def apply_funding_started(state: Trading, event: FundingStarted) -> None:
    """Who has a position is to pay. What was due begins another interval."""
    market = state.markets[event.symbol]
    market.settlement = Settlement(
        event.time, event.rate, event.mark, event.scheduled, dict(market.holders)
    )
    state.deadlines.settling[event.symbol] = None
    if event.scheduled:
        market.premium = Premium(event.time)
        plan_funding(state, event.symbol, event.time)


def apply_funding_paid(state: Trading, event: FundingPaid) -> None:
    """The balance moved; of an isolated position also its wallet."""
    position = state.futures.of(event.uid).exposure(event.symbol).positions[event.position_side]
    position.isolated_wallet = event.isolated_wallet
    settlement = state.markets[event.symbol].settlement
    if settlement:  # journals of before there were steps have no start
        settlement.unpaid.pop(event.uid, None)
        settlement.held.pop(event.uid, None)
        settlement.left += event.amount
    _post(state, event)


def apply_funding_settled(state: Trading, event: FundingSettled) -> None:
    """The house's part, and the rate that was last settled."""
    market = state.markets[event.symbol]
    market.funding_rate = event.rate
    market.settlement = None
    state.deadlines.settling.pop(event.symbol, None)
    state.deadlines.add(market.funding_due, Due.FUNDING, 0, event.symbol)
    _post(state, event)


def apply_insurance_cleared(state: Trading, event: InsuranceCleared) -> None:
    """The balance moved."""
    _post(state, event)


def apply_auto_exchanged(state: Trading, event: AutoExchanged) -> None:
    """Balances moved; each asset's movement has a number of its own."""
    _post(state, event)
    state.next_tran_id = TranId(event.tran_id + 1 + len(event.sold))


def _post(
    state: Trading,
    event: OrderFilled
    | HouseFilled
    | FundFilled
    | FundingPaid
    | FundingSettled
    | InsuranceCleared
    | AutoExchanged,
) -> None:
    if event.postings:
        state.books.post(event.postings)
        apply_postings(state.futures, event.postings, event.at)
    state.next_tran_id = TranId(event.tran_id + 1)


def _drop(state: Trading, order: Order, exposure: Exposure) -> None:
    del state.orders.open[order.order_id]
    del exposure.orders[order.order_id]
    if state.orders.names.get((order.uid, order.client_id)) == order.order_id:
        del state.orders.names[order.uid, order.client_id]
    if order.kind is LIMIT:
        state.order_books[order.symbol].place_of(order).remove(order)


def _take_position(
    state: Trading,
    uid: Uid,
    symbol: str,
    exposure: Exposure,
    side: PositionSide,
    position: Position,
) -> None:
    """The position of the event; who holds one is known to the market.

    Whoever has yet to pay funding pays it for what was held when that fell due.
    """
    market = state.markets[symbol]
    settlement, holders = market.settlement, market.holders
    if settlement and uid in settlement.unpaid and uid not in settlement.held:
        settlement.held[uid] = quantities(exposure)
    exposure.positions[side] = replace(position)
    if position.quantity:
        holders[uid] = None
    elif uid in holders and not any(p.quantity for p in exposure.positions.values()):
        del holders[uid]


def quantities(exposure: Exposure) -> dict[PositionSide, int]:
    """What is held on each side."""
    return {side: p.quantity for side, p in exposure.positions.items() if p.quantity}


def _trade(state: Trading, event: OrderFilled | HouseFilled) -> None:
    """The taker's side of a trade is where the market sees it."""
    trade = TradeView(
        event.trade_id,
        event.price,
        event.quantity,
        event.quote,
        event.at,
        event.side is SELL,
    )
    record_trade(state.markets[event.symbol], trade)
    follow_price(state, event.symbol)

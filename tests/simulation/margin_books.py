"""An auditor's own books: what accounts have, from nothing but the events and the documents.

It reads each event before the venue's state does, works out by itself what a fill or a settlement
comes to (docs/internals/numbers.md), and holds what the event says against that. Amounts are whole
numbers of 1e-8; products and quotients are fractions until they are cut.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from clearhouse.messages import events
from clearhouse.messages import trading_events as trading
from clearhouse.messages.events import Event
from clearhouse.model.instruments import Contract
from clearhouse.model.orders import Order, Position

UNIT = 10**8
VENUE, HOUSE, FUND = 0, "HOUSE", "INSURANCE_FUND"
FUTURES = "UMFUTURE"
OPEN = ("NEW", "PARTIALLY_FILLED")
FORCED = ("autoclose-", "adl_autoclose")
"""How the orders begin by which the venue closes positions: they pay no commission."""


class Tier(NamedTuple):
    """A row of the brackets."""

    leverage: int
    floor: int
    cap: int
    ratio: int
    cum: int


class Sale(NamedTuple):
    """How collateral is exchanged for a debt; `allowed`: what may be owed of it, if that is limited."""

    bid_buffer: int
    ask_buffer: int
    allowed: int | None


class Terms(NamedTuple):
    """What is listed of a contract."""

    symbol: str
    asset: str
    tick: int
    lowest: int
    step: int
    fee: int
    tiers: tuple[Tier, ...]


@dataclass
class Held:
    """A position. `fees` and `realized`: since it was opened."""

    quantity: int = 0
    entry: int = 0
    wallet: int = 0
    fees: int = 0
    realized: int = 0
    at: int = 0


@dataclass
class Resting:
    """An open order."""

    number: int
    uid: int
    symbol: str
    buy: bool
    side: str
    price: int
    quantity: int
    reduce_only: bool
    forced: bool
    executed: int = 0

    @property
    def left(self) -> int:
        return self.quantity - self.executed

    @property
    def closing(self) -> bool:
        """Whether it may only make its position smaller."""
        return self.reduce_only or (self.side, self.buy) in (("LONG", False), ("SHORT", True))


@dataclass
class Quotes:
    """What the house quotes: levels of its own by number, or ladders beside an anchor.

    `beside`: where a source has them begin, bids and asks; else a tick from the anchor.
    """

    mode: str = "house"
    anchor: int = 0
    beside: tuple[int, int] | None = None
    depth: int = 0
    each: int = 0
    levels: dict[int, tuple[bool, int, int]] = field(default_factory=dict)
    number: int = -1


@dataclass
class Chosen:
    """The settings of an account."""

    hedge: bool = False
    shared: bool = False
    burn: bool = True
    maker: int = 20_000
    taker: int = 50_000
    tier: int = 0
    leverage: dict[str, int] = field(default_factory=dict)
    isolated: set[str] = field(default_factory=set)


class Books:
    """Balances from postings, positions from fills, orders from what happened to them."""

    def __init__(self) -> None:
        self.balances: defaultdict[tuple[int, str, str], int] = defaultdict(int)
        self.moved: dict[tuple[int, str], int] = {}
        self.terms: dict[str, Terms] = {}
        self.buffers: dict[str, tuple[int, int] | None] = {}
        self.sales: dict[str, Sale] = {}
        self.futures_assets: dict[str, bool] = {}
        self.indices: dict[str, int] = {}
        self.marks: dict[str, int] = {}
        self.chosen: defaultdict[int, Chosen] = defaultdict(Chosen)
        self.positions: defaultdict[tuple[int, str, str], Held] = defaultdict(Held)
        self.house: defaultdict[str, Held] = defaultdict(Held)
        self.fund: defaultdict[str, Held] = defaultdict(Held)
        self.orders: defaultdict[int, dict[int, Resting]] = defaultdict(dict)
        self.quotes: defaultdict[str, Quotes] = defaultdict(Quotes)
        self.paid: set[tuple[int, str]] = set()
        self.slack: defaultdict[str, Fraction] = defaultdict(Fraction)
        """By asset: what rounding may have left between the sides of its trades."""

    def take(self, event: Event) -> None:
        """Take an event in, and hold it to what it must be."""
        postings = getattr(event, "postings", ())
        by_asset: defaultdict[str, int] = defaultdict(int)
        for posting in postings:
            by_asset[posting.asset] += posting.units
        assert not any(by_asset.values()), event
        known = TAKEN.get(type(event))
        if known:
            known(self, event)
        for posting in postings:
            self.balances[posting.uid, posting.wallet, posting.asset] += posting.units
            if posting.wallet == FUTURES:
                self.moved[posting.uid, posting.asset] = event.at

    # What is asked.

    def wallet(self, uid: int, asset: str) -> int:
        return self.balances[uid, FUTURES, asset]

    def open_orders(self, uid: int, symbol: str) -> list[Resting]:
        return [order for order in self.orders[uid].values() if order.symbol == symbol]

    def leverage(self, uid: int, symbol: str) -> int:
        largest = max(tier.leverage for tier in self.terms[symbol].tiers)
        return min(self.chosen[uid].leverage.get(symbol, 20), largest)

    def rate(self, uid: int, symbol: str) -> int:
        """1/L, half-up at 8 decimals."""
        return near(Fraction(1, self.leverage(uid, symbol)) * UNIT)

    def holders(self, symbol: str) -> set[tuple[int, str]]:
        """Accounts and sides with an open position."""
        return {
            (uid, side)
            for (uid, name, side), held in self.positions.items()
            if name == symbol and held.quantity
        }

    # What is listed, set and chosen.

    def asset_listed(self, event: events.AssetListed) -> None:
        asset = event.asset
        haircut = asset.collateral
        self.indices[asset.name] = asset.index
        self.buffers[asset.name] = (haircut.bid_buffer, haircut.ask_buffer) if haircut else None
        self.futures_assets[asset.name] = asset.futures
        self.sales.pop(asset.name, None)
        if haircut and asset.futures:
            limit = haircut.auto_exchange_threshold
            allowed = cut(-Fraction(limit) * UNIT) if limit else None
            buffers = haircut.auto_exchange_bid_buffer, haircut.auto_exchange_ask_buffer
            self.sales[asset.name] = Sale(*buffers, allowed)

    def contract_listed(self, event: events.ContractListed) -> None:
        self.terms[event.contract.symbol] = terms(event.contract)

    def index_set(self, event: events.AssetIndexSet) -> None:
        self.indices[event.asset] = event.index

    def price_set(self, event: trading.PriceSet) -> None:
        self.marks[event.symbol] = event.mark
        quotes = self.quotes[event.symbol]
        if event.anchor != quotes.anchor:
            quotes.anchor, quotes.beside = event.anchor, None

    def market_moved(self, event: trading.MarketMoved) -> None:
        self.marks[event.symbol] = event.mark
        quotes = self.quotes[event.symbol]
        quotes.anchor, quotes.beside = event.last, (event.bid, event.ask)

    def liquidity_set(self, event: trading.LiquiditySet) -> None:
        quotes = self.quotes[event.symbol]
        quotes.mode, quotes.depth, quotes.each = event.mode, event.depth, event.quantity
        quotes.levels = {}
        for buy, levels in ((True, event.bids), (False, event.asks)):
            for price, quantity in levels:
                quotes.levels[quotes.number] = buy, price, quantity
                quotes.number -= 1

    def leverage_set(self, event: events.LeverageSet) -> None:
        self.chosen[event.uid].leverage[event.symbol] = event.leverage

    def margin_type_set(self, event: events.MarginTypeSet) -> None:
        isolated = self.chosen[event.uid].isolated
        (isolated.add if event.isolated else isolated.discard)(event.symbol)

    def mode_set(self, event: events.MultiAssetsModeSet) -> None:
        self.chosen[event.uid].shared = event.on

    def sides_set(self, event: events.PositionModeSet) -> None:
        self.chosen[event.uid].hedge = event.hedge

    def burn_set(self, event: events.FeeBurnSet) -> None:
        self.chosen[event.uid].burn = event.on

    def fees_set(self, event: events.FeesSet) -> None:
        chosen = self.chosen[event.uid]
        chosen.tier, chosen.maker, chosen.taker = event.tier, event.maker, event.taker

    # Orders.

    def order_placed(self, event: trading.OrderPlaced) -> None:
        order: Order = event.order
        self.orders[event.uid][order.order_id] = Resting(
            order.order_id,
            event.uid,
            order.symbol,
            order.side == "BUY",
            str(order.position_side),
            order.price,
            order.quantity,
            order.reduce_only,
            order.client_id.startswith(FORCED),
        )

    def order_amended(self, event: trading.OrderAmended) -> None:
        order = self.orders[event.uid][event.order_id]
        assert (order.price, order.quantity) == (event.price_before, event.quantity_before)
        order.price, order.quantity = event.price, event.quantity

    def order_ended(self, event: trading.OrderEnded) -> None:
        del self.orders[event.uid][event.order_id]

    # Money.

    def filled(self, event: trading.OrderFilled) -> None:
        """An account's side of a trade: position, profit, commission, and what is posted."""
        order, asset = self.orders[event.uid][event.order_id], self.terms[event.symbol].asset
        assert 0 < event.quantity <= order.left
        assert (event.side == "BUY") == order.buy
        quote = cut(Fraction(event.quantity * event.price, UNIT))
        paid_in, commission, worth = self.commission(event, quote)
        rate = 0
        if event.symbol in self.chosen[event.uid].isolated:
            rate = self.rate(event.uid, event.symbol)
        borne = worth if paid_in == asset else 0
        key = event.uid, event.symbol, str(event.position_side)
        signed = event.quantity if order.buy else -event.quantity
        realized = self.trade(self.positions[key], event, signed, rate, worth, borne)
        moved: defaultdict[tuple[str, str], int] = defaultdict(int)
        moved[FUTURES, asset] += realized
        moved[FUTURES, paid_in] -= commission
        assert (event.realized, event.commission) == (realized, commission), event
        assert (event.quote, event.commission_asset) == (quote, paid_in), event
        assert self.posted(event, event.uid) == {k: v for k, v in moved.items() if v}
        order.executed += event.quantity
        assert (event.executed, event.status in OPEN) == (order.executed, order.left > 0)
        same(event.position, self.positions[key])
        if not order.left:
            del self.orders[event.uid][event.order_id]

    def commission(self, event: trading.OrderFilled, quote: int) -> tuple[str, int, int]:
        """The asset and amount of a commission, and what it is worth in the margin asset."""
        asset, chosen = self.terms[event.symbol].asset, self.chosen[event.uid]
        if self.orders[event.uid][event.order_id].forced:
            return asset, 0, 0
        charged = cut(Fraction(quote * (chosen.maker if event.maker else chosen.taker), UNIT))
        held = self.wallet(event.uid, "BNB")
        if charged > 0 and chosen.burn and asset != "BNB" and held > 0:
            worth = cut(charged * Fraction(9, 10))
            burned = cut(worth * Fraction(self.indices[asset], self.indices["BNB"]))
            if burned <= held:
                return "BNB", burned, worth
        return asset, charged, charged

    def trade(
        self, held: Held, event: Any, signed: int, rate: int = 0, worth: int = 0, borne: int = 0
    ) -> int:
        """What a fill does to a position; the profit that it realises."""
        before, size = held.quantity, abs(signed)
        closes = min(size, abs(before)) if before * signed < 0 else 0
        opens, realized = size - closes, 0
        asset = self.terms[event.symbol].asset
        self.slack[asset] += Fraction(abs(before + signed), 2 * UNIT) + 2
        held.at = event.at
        if closes:
            direction = 1 if before > 0 else -1
            realized = cut(Fraction(direction * closes * (event.price - held.entry), UNIT))
            held.wallet -= cut(Fraction(held.wallet * closes, abs(before)))
            held.quantity += closes * (1 if signed > 0 else -1)
            held.fees += worth
            held.realized += realized
        if not held.quantity:
            held.entry = held.wallet = held.fees = held.realized = 0
        if opens:
            was = abs(held.quantity)
            entry = Fraction(was * held.entry + opens * event.price, was + opens)
            held.entry = near(entry)
            held.quantity += opens * (1 if signed > 0 else -1)
            held.fees += cut(Fraction(worth * opens, size)) if closes else worth
            if rate:
                value = cut(Fraction(opens * self.marks[event.symbol], UNIT))
                held.wallet += cut(Fraction(value * rate, UNIT))
                held.wallet -= cut(Fraction(borne * opens, size))
        return realized

    def house_filled(self, event: trading.HouseFilled) -> None:
        self.of_venue(self.house[event.symbol], event, HOUSE)
        level = self.quotes[event.symbol].levels.pop(event.quote_id, None)
        assert (level is not None) == (event.quote_id != 0)
        if level and level[2] > event.quantity:
            left = level[2] - event.quantity
            self.quotes[event.symbol].levels[event.quote_id] = level[0], level[1], left

    def fund_filled(self, event: trading.FundFilled) -> None:
        self.of_venue(self.fund[event.symbol], event, FUND)

    def of_venue(
        self, held: Held, event: trading.HouseFilled | trading.FundFilled, wallet: str
    ) -> None:
        """A trade of the venue's own: profit and nothing else."""
        signed = event.quantity if event.side == "BUY" else -event.quantity
        realized = self.trade(held, event, signed)
        expected = {(wallet, self.terms[event.symbol].asset): realized} if realized else {}
        moved = self.posted(event, VENUE)
        moved.pop(("CLEARING", self.terms[event.symbol].asset), None)
        assert (event.realized, moved) == (realized, expected), event
        same(event.position, held)

    def margin_moved(self, event: trading.MarginMoved) -> None:
        held = self.positions[event.uid, event.symbol, str(event.position_side)]
        held.wallet += event.amount
        assert event.symbol in self.chosen[event.uid].isolated
        assert event.isolated_wallet == held.wallet

    def funding_paid(self, event: trading.FundingPaid) -> None:
        """positionAmt · mark · rate: a long pays where the rate is above zero."""
        held = self.positions[event.uid, event.symbol, str(event.position_side)]
        value = cut(Fraction(held.quantity * self.marks[event.symbol], UNIT))
        amount = -cut(Fraction(value * event.rate, UNIT))
        assert held.quantity
        assert (event.amount, event.mark) == (amount, self.marks[event.symbol])
        if event.symbol in self.chosen[event.uid].isolated:
            held.wallet += amount
        assert event.isolated_wallet == held.wallet
        expected = {(FUTURES, self.terms[event.symbol].asset): amount} if amount else {}
        assert self.posted(event, event.uid) == expected
        assert (event.uid, str(event.position_side)) not in self.paid
        self.paid.add((event.uid, str(event.position_side)))

    def funding_settled(self, event: trading.FundingSettled) -> None:
        """Everybody with a position has paid, and nothing is left over."""
        assert self.paid == self.holders(event.symbol)
        self.paid = set()
        asset = self.terms[event.symbol].asset
        left = -self.posted(event, VENUE).get(("FUNDING_FEES", asset), 0)
        assert self.balances[VENUE, "FUNDING_FEES", asset] == left

    def exchanged(self, event: trading.AutoExchanged) -> None:
        """Of each other collateral the same share: the debt at its index price, by what all brings."""
        debt, index = -self.wallet(event.uid, event.asset), self.indices[event.asset]
        assert debt > 0
        assert self.chosen[event.uid].shared
        owned = {name: self.wallet(event.uid, name) for name in self.sales}
        brings = {name: self.brings(name, units) for name, units in owned.items() if units > 0}
        needed, worth = Fraction(debt * index, UNIT), sum(brings.values(), Fraction())
        share = min(Fraction(1), needed / worth)
        sold = tuple((name, cut(owned[name] * share)) for name in brings)
        gained = debt if needed < worth else cut(worth * UNIT / index)
        assert (event.gained, event.sold) == (gained, tuple(pair for pair in sold if pair[1]))
        moved = {(FUTURES, event.asset): gained} | {(FUTURES, n): -units for n, units in event.sold}
        assert self.posted(event, event.uid) == moved

    def brings(self, asset: str, units: int) -> Fraction:
        """USD that an amount brings when it is sold, or that a debt counts for beside it."""
        sale, index = self.sales[asset], self.indices[asset]
        factor = UNIT - sale.bid_buffer if units > 0 else UNIT + sale.ask_buffer
        return Fraction(units * cut(Fraction(index * factor, UNIT)), UNIT)

    def overdue(self, uid: int, *, is_open: bool) -> list[str]:
        """What should have been made good: past its threshold, or lent out with nothing open."""
        chosen = self.chosen[uid]
        held = {name: self.wallet(uid, name) for name in self.sales}
        values = [self.brings(name, units) for name, units in held.items()]
        worth, loan = (sum(v * sign for v in values if v * sign > 0) for sign in (1, -1))
        if not chosen.shared or worth < UNIT // 100:  # cents that are cut to nothing
            return []
        debts = [name for name, units in held.items() if units < 0]
        if debts and not is_open and loan * 1_000 >= 995 * worth:
            return debts
        return [name for name in debts if self.past(name, held[name], chosen.tier)]

    def past(self, asset: str, units: int, tier: int) -> bool:
        """5,000 USDT or USDC, 10,000 from VIP 2 on; 0.1 BTC."""
        allowed = self.sales[asset].allowed
        if allowed is None:
            return False
        return -units >= allowed * (2 if tier > 1 and asset in ("USDT", "USDC") else 1)

    def posted(self, event: Any, uid: int) -> dict[tuple[str, str], int]:
        """What an event moves in the wallets of an owner."""
        moved: defaultdict[tuple[str, str], int] = defaultdict(int)
        for posting in event.postings:
            if posting.uid == uid:
                moved[str(posting.wallet), posting.asset] += posting.units
        return {key: units for key, units in moved.items() if units}


def terms(contract: Contract) -> Terms:
    """The facts of a listing; texts become whole numbers here."""
    texts = contract.tick_size, contract.min_price, contract.step_size, contract.liquidation_fee
    tick, lowest, step, fee = (cut(Fraction(text) * UNIT) for text in texts)
    tiers = tuple(
        Tier(
            row.initial_leverage,
            row.notional_floor,
            row.notional_cap,
            row.maint_margin_ratio,
            row.cum,
        )
        for row in contract.brackets
    )
    return Terms(contract.symbol, contract.margin_asset, tick, lowest, step, fee, tiers)


def same(told: Position, held: Held) -> None:
    """The position of an event is the auditor's own."""
    assert (
        told.quantity,
        told.entry_price,
        told.isolated_wallet,
        told.fees,
        told.realized,
        told.updated_at,
    ) == (held.quantity, held.entry, held.wallet, held.fees, held.realized, held.at)


def cut(number: Fraction) -> int:
    """The whole part, toward zero."""
    return int(number)


def near(number: Fraction) -> int:
    """The nearest whole number; half goes up."""
    return int((number + Fraction(1, 2)) // 1)


TAKEN: dict[type[Event], Callable[[Books, Any], None]] = {
    events.AssetListed: Books.asset_listed,
    events.ContractListed: Books.contract_listed,
    events.AssetIndexSet: Books.index_set,
    events.LeverageSet: Books.leverage_set,
    events.MarginTypeSet: Books.margin_type_set,
    events.MultiAssetsModeSet: Books.mode_set,
    events.PositionModeSet: Books.sides_set,
    events.FeeBurnSet: Books.burn_set,
    events.FeesSet: Books.fees_set,
    trading.PriceSet: Books.price_set,
    trading.MarketMoved: Books.market_moved,
    trading.LiquiditySet: Books.liquidity_set,
    trading.OrderPlaced: Books.order_placed,
    trading.OrderAmended: Books.order_amended,
    trading.OrderEnded: Books.order_ended,
    trading.OrderFilled: lambda books, event: books.filled(event),
    trading.HouseFilled: Books.house_filled,
    trading.FundFilled: Books.fund_filled,
    trading.MarginMoved: Books.margin_moved,
    trading.FundingPaid: Books.funding_paid,
    trading.FundingSettled: Books.funding_settled,
    trading.AutoExchanged: Books.exchanged,
}
"""What changes the books beside postings."""

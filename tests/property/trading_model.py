"""A venue that trades, as plain as it can be: lists that are scanned, and fractions.

Written from the documents and not from the venue's code. Orders stand in one list in the order of
their arrival, and every match looks at all of them; positions and wallets are fractions of whole
units, cut where the exchange cuts. Where the documents leave a choice, it makes the one that the venue documents.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

UNIT = 10**8
MAKER, TAKER = Fraction(2, 10_000), Fraction(5, 10_000)
UP, DOWN = Fraction(105, 100), Fraction(95, 100)
LEVELS = 20
LEVERAGE = 20


class Facts(NamedTuple):
    """What is listed of a symbol."""

    tick: Fraction
    step: Fraction
    asset: str
    start: int
    min_notional: int
    take_bound: Fraction


LISTED = {
    "BTCUSDT": Facts(Fraction(1, 10), Fraction(1, 1000), "USDT", 65_000, 50, Fraction(5, 100)),
    "ETHUSDC": Facts(Fraction(1, 100), Fraction(1, 1000), "USDC", 3_200, 20, Fraction(15, 100)),
}


@dataclass(eq=False)
class PlainOrder:
    """An order, open or over; the house's have no owner, and its endless ones no place."""

    owner: int
    symbol: str
    buy: bool
    side: str
    price: Fraction | None
    quantity: Fraction
    life: str = "GTC"
    reduce_only: bool = False
    self_trade: str = "EXPIRE_MAKER"
    good_till: int = 0
    executed: Fraction = Fraction(0)
    value: Fraction = Fraction(0)
    status: str = "NEW"
    number: int = 0

    @property
    def left(self) -> Fraction:
        return self.quantity - self.executed

    @property
    def sign(self) -> int:
        return 1 if self.buy else -1

    @property
    def at(self) -> Fraction:
        """The price of an order that stands in a book."""
        assert self.price is not None
        return self.price

    @property
    def closing(self) -> bool:
        """Whether it may only make its position smaller."""
        return self.reduce_only or (self.side, self.buy) in (("LONG", False), ("SHORT", True))


class Fill(NamedTuple):
    """A trade: who was in the book and who came; None is the house."""

    symbol: str
    price: Fraction
    quantity: Fraction
    maker: PlainOrder | None
    taker: PlainOrder | None


@dataclass
class PlainPosition:
    quantity: Fraction = Fraction(0)
    entry: Fraction = Fraction(0)
    wallet: Fraction = Fraction(0)
    realized: Fraction = Fraction(0)


@dataclass
class PlainMarket:
    """Prices of a symbol, its book, and what the house quotes."""

    symbol: str
    facts: Facts
    each: Fraction
    last: Fraction = Fraction(0)
    mark: Fraction = Fraction(0)
    anchor: Fraction = Fraction(0)
    mode: str = "house"
    depth: int = LEVELS
    book: list[PlainOrder] = field(default_factory=list)
    gone: dict[Fraction, Fraction] = field(default_factory=dict)
    house: Fraction = Fraction(0)

    def rests(self) -> list[PlainOrder]:
        """Open orders with a place in the book."""
        return [order for order in self.book if order.status in OPEN and order.left > 0]

    def house_quotes(self, *, buy: bool) -> Iterator[PlainOrder]:
        """What the house still gives during this command, one level after the other."""
        for step in range(1, self.depth + 1) if self.mode == "house" else ():
            price = self.anchor + (-step if buy else step) * self.facts.tick
            left = self.each - self.gone.get(price, Fraction(0))
            if price > 0 and left > 0:
                yield PlainOrder(HOUSE, "", buy, "BOTH", price, left, life="ENDLESS")

    def facing(self, *, buy: bool) -> list[PlainOrder]:
        """Everything that an order of this side could meet, in the order in which it would."""
        queue = [*self.queue(buy=not buy), *self.house_quotes(buy=not buy)]
        return sorted(queue, key=lambda order: order.at if buy else -order.at)

    def queue(self, *, buy: bool) -> list[PlainOrder]:
        """The orders of a side in the order in which they would be filled."""
        orders = [order for order in self.rests() if order.buy == buy]
        return sorted(orders, key=lambda order: -order.at if buy else order.at)


HOUSE = 0
ENDLESS = Fraction(10**9)
OPEN = ("NEW", "PARTIALLY_FILLED")


class PlainTrading:
    """Accounts that trade two symbols with each other and with the house."""

    def __init__(self, owners: tuple[int, ...], each: Fraction) -> None:
        self.markets = {
            symbol: PlainMarket(symbol, facts, each) for symbol, facts in LISTED.items()
        }
        for market in self.markets.values():
            market.last = market.mark = market.anchor = Fraction(market.facts.start)
        self.default_each = each
        self.wallets = {(o, f.asset): Fraction(0) for o in owners for f in LISTED.values()}
        self.positions: dict[tuple[int, str, str], PlainPosition] = {}
        self.hedge: set[int] = set()
        self.isolated: set[tuple[int, str]] = set()
        self.leverage: dict[tuple[int, str], int] = {}
        self.fills: list[Fill] = []
        self.placed = 0

    # What is asked.

    def position(self, owner: int, symbol: str, side: str) -> PlainPosition:
        return self.positions.setdefault((owner, symbol, side), PlainPosition())

    def open_orders(self, owner: int, symbol: str | None = None) -> list[PlainOrder]:
        """Open orders in the order of their placing."""
        books = [m.rests() for name, m in self.markets.items() if symbol in (None, name)]
        found = [order for book in books for order in book if order.owner == owner]
        return sorted(found, key=lambda order: order.number)

    # What is commanded. Each begins with a house that is full again.

    def begin(self) -> None:
        self.fills = []
        for market in self.markets.values():
            market.gone = {}

    def refusal(self, order: PlainOrder) -> str | None:
        """Why an order is not accepted; margin and the largest position are not looked at."""
        market = self.markets[order.symbol]
        if (order.side == "BOTH") == (order.owner in self.hedge):
            return "POSITION_SIDE_AGAINST_MODE"
        if order.reduce_only and order.owner in self.hedge:
            return "REDUCE_ONLY_IN_HEDGE_MODE"
        return (
            self.price_refusal(order)
            or self.notional_refusal(order, order.quantity)
            or self.best_refusal(market, order)
            or self.reduce_refusal(order)
            or self.margin_refusal(order)
            or self.taking_refusal(market, order)
        )

    def price_refusal(self, order: PlainOrder) -> str | None:
        mark = self.markets[order.symbol].mark
        if order.price is None:
            return None
        if order.buy and order.price > mark * UP:
            return "PRICE_ABOVE_CAP"
        if not order.buy and order.price < mark * DOWN:
            return "PRICE_BELOW_FLOOR"
        return None

    def notional_refusal(self, order: PlainOrder, quantity: Fraction) -> str | None:
        market = self.markets[order.symbol]
        price = market.mark if order.price is None else order.price
        small = price * quantity < market.facts.min_notional and not order.closing
        return "NOTIONAL_TOO_SMALL" if small else None

    def best_refusal(self, market: PlainMarket, order: PlainOrder) -> str | None:
        """A market order whose first match would be too far from the mark."""
        facing = market.facing(buy=order.buy)
        if order.price is not None or not facing:
            return None
        beyond = (facing[0].at - market.mark * (UP if order.buy else DOWN)) * order.sign > 0
        return "BOOK_OUT_OF_BOUNDS" if beyond else None

    def reduce_refusal(self, order: PlainOrder) -> str | None:
        if not order.closing:
            return None
        larger = order.side != "BOTH" and order.quantity > self.closable(order)
        return "NOTHING_TO_REDUCE" if larger or not self.closable(order) else None

    def taking_refusal(self, market: PlainMarket, order: PlainOrder) -> str | None:
        if order.life == "GTX" and self.meets(market, order):
            return "WOULD_TAKE"
        if order.life == "FOK" and self.meets_of(market, order) < order.quantity:
            return "WOULD_NOT_FILL"
        return None

    def margin_refusal(self, order: PlainOrder, replaced: PlainOrder | None = None) -> str | None:
        """What an order costs more than before it, against what the account has available."""
        if order.closing:
            return None
        market = self.markets[order.symbol]
        price, left = self.assumed_price(market, order), order.left
        opens = max(Fraction(0), left - self.closable(order))
        more = price * left - (replaced.at * replaced.left if replaced else 0)
        added = (more, Fraction(0)) if order.buy else (Fraction(0), more)
        account = order.owner, order.symbol, order.side
        cost = self.initial_margin(*account, *added) - self.initial_margin(*account)
        cost += cut(opens * max(Fraction(0), (price - market.mark) * order.sign))
        enough = cost <= max(Fraction(0), self.available(order.owner, market.facts.asset))
        return None if enough else "MARGIN_INSUFFICIENT"

    def assumed_price(self, market: PlainMarket, order: PlainOrder) -> Fraction:
        """Where an order is taken to open its position."""
        if order.price is not None:
            if order.buy:
                return order.price
            return max(cut(market.last * Fraction(10_015, 10_000)), market.mark, order.price)
        facing = market.facing(buy=order.buy)
        if order.buy:
            over = Fraction(10_005, 10_000)
            return cut(facing[0].at * over) if facing else max(market.mark, market.last)
        return max(facing[0].at if facing else market.last, market.mark)

    def initial_margin(
        self,
        owner: int,
        symbol: str,
        side: str,
        bids: Fraction = Fraction(0),
        asks: Fraction = Fraction(0),
    ) -> Fraction:
        """Of a position and its open orders, with so much more of these."""
        market = self.markets[symbol]
        value = self.position(owner, symbol, side).quantity * market.mark
        for order in self.open_orders(owner, symbol):
            if order.side == side and not order.closing:
                bids += order.at * order.left if order.buy else 0
                asks += 0 if order.buy else order.at * order.left
        largest = max(abs(value), abs(value + bids), abs(value - asks))
        return cut(largest * self.margin_rate(owner, symbol))

    def available(self, owner: int, asset: str) -> Fraction:
        """availableBalance, before it is kept from being negative."""
        free = self.wallets[owner, asset]
        places = {(o, name, side) for o, name, side in self.positions if o == owner}
        for _, name, side in places:
            market, position = self.markets[name], self.positions[owner, name, side]
            if market.facts.asset != asset:
                continue
            needed = cut(abs(position.quantity) * market.mark * self.margin_rate(owner, name))
            free -= self.initial_margin(owner, name, side) - needed
            if (owner, name) in self.isolated:
                free -= position.wallet
            else:
                free += cut(position.quantity * (market.mark - position.entry)) - needed
        return free

    def place(self, order: PlainOrder) -> None:
        """Take an order in, match it, and let what is left rest or expire."""
        self.begin()
        self.position(order.owner, order.symbol, order.side)
        self.placed += 1
        order.number = self.placed
        self.settle(order)

    def settle(self, order: PlainOrder) -> None:
        market = self.markets[order.symbol]
        self.sweep(market, order)
        if order.status in OPEN and (order.price is None or order.life in ("IOC", "FOK")):
            order.status = "EXPIRED"
        if order.status in OPEN:
            market.book.append(order)

    def cancel(self, order: PlainOrder) -> None:
        self.begin()
        self.end(order, "CANCELED")

    def amend_refusal(self, order: PlainOrder, price: Fraction, quantity: Fraction) -> str | None:
        if (price, quantity) == (order.price, order.quantity):
            return "NOTHING_TO_AMEND"
        changed = replace(order, price=price, quantity=max(quantity, order.executed))
        small = self.notional_refusal(changed, quantity)
        return (
            self.price_refusal(changed)
            or (small and "AMENDED_NOTIONAL_TOO_SMALL")
            or self.margin_refusal(changed, order)
        )

    def amend(self, order: PlainOrder, price: Fraction, quantity: Fraction) -> None:
        """Change an order: it stands last at its price then, or takes, or is over."""
        self.begin()
        market = self.markets[order.symbol]
        if quantity <= order.executed:
            self.end(order, "CANCELED")
            return
        market.book.remove(order)
        order.price, order.quantity = price, quantity
        if order.life == "GTX" and self.meets(market, order):
            order.status = "CANCELED"
            return
        self.settle(order)

    def set_price(
        self, symbol: str, last: Fraction | None, mark: Fraction | None, index: Fraction | None
    ) -> None:
        """New prices; the house takes what it will reach from there, and then they are there."""
        self.begin()
        market = self.markets[symbol]
        given = [price for price in (last, mark, index) if price]
        if len(given) == 1:
            last = mark = given[0]
        if last and last != market.anchor:
            market.anchor = last
            self.house_takes(market)
        market.last = last or market.last
        market.mark = mark or market.mark

    def set_liquidity(
        self,
        symbol: str,
        mode: str,
        quotes: tuple[tuple[bool, Fraction, Fraction], ...] = (),
        depth: int = 0,
        each: Fraction = Fraction(0),
    ) -> None:
        """What the house quotes from now on, in place of what it quoted."""
        self.begin()
        market = self.markets[symbol]
        for order in market.rests():
            if order.owner == HOUSE:
                order.status = "CANCELED"
        market.mode = mode
        market.depth, market.each = depth or LEVELS, each or self.default_each
        for buy, price, quantity in quotes:
            self.settle(PlainOrder(HOUSE, symbol, buy, "BOTH", price, quantity))
        self.house_takes(market)

    def expire_due(self, now: int) -> None:
        """End the orders whose time has come."""
        self.begin()
        for market in self.markets.values():
            for order in market.rests():
                if order.good_till and order.good_till <= now:
                    self.end(order, "EXPIRED")

    # Matching.

    def meets_of(self, market: PlainMarket, order: PlainOrder) -> Fraction:
        """How much an order would find at its price or better."""
        facing = market.facing(buy=order.buy)
        return sum((o.left for o in facing if self.reaches(market, order, o)), Fraction(0))

    def meets(self, market: PlainMarket, order: PlainOrder) -> bool:
        return self.meets_of(market, order) > 0

    def reaches(self, market: PlainMarket, order: PlainOrder, other: PlainOrder) -> bool:
        """Whether the price of another order is good enough; a market order has its bound."""
        bound = order.price
        if bound is None:
            bound = market.mark * (1 + order.sign * market.facts.take_bound)
        return (bound - other.at) * order.sign >= 0

    def sweep(self, market: PlainMarket, taker: PlainOrder) -> None:
        """Trade with one after the other until nobody is left who would."""
        while taker.status in OPEN and taker.left > 0:
            facing = [o for o in market.facing(buy=taker.buy) if self.reaches(market, taker, o)]
            if not facing:
                return
            if facing[0].owner == taker.owner and taker.owner and self.yields(taker, facing[0]):
                continue
            self.trade(market, facing[0], taker)

    def yields(self, taker: PlainOrder, maker: PlainOrder) -> bool:
        """Whether one of two orders of an account stood back from the trade."""
        if taker.self_trade == "NONE" or taker.life in ("FOK", "GTX"):
            return False
        if taker.self_trade in ("EXPIRE_MAKER", "EXPIRE_BOTH"):
            self.end(maker, "EXPIRED_IN_MATCH")
        if taker.self_trade in ("EXPIRE_TAKER", "EXPIRE_BOTH"):
            self.end(taker, "EXPIRED_IN_MATCH")
        return True

    def house_takes(self, market: PlainMarket) -> None:
        """What its best quotes cross the house takes whole, at the prices of the orders."""
        if market.mode != "house":
            return
        for buy in (True, False):
            price = market.anchor + (-1 if buy else 1) * market.facts.tick
            endless = PlainOrder(HOUSE, market.symbol, buy, "BOTH", price, ENDLESS)
            while crossed := [
                o for o in market.rests() if o.buy != buy and self.reaches(market, endless, o)
            ]:
                self.trade(market, min(crossed, key=lambda o: o.at * endless.sign), endless)

    def trade(self, market: PlainMarket, maker: PlainOrder, taker: PlainOrder) -> None:
        price = maker.at
        quantity = min(self.fillable(maker), self.fillable(taker))
        assert quantity > 0
        named = [None if order.owner == HOUSE else order for order in (maker, taker)]
        self.fills.append(Fill(market.symbol, price, quantity, *named))
        for order, rate in ((maker, MAKER), (taker, TAKER)):
            order.executed += quantity
            order.value += price * quantity
            order.status = "FILLED" if order.left == 0 else "PARTIALLY_FILLED"
            if order.owner == HOUSE:
                market.house += order.sign * quantity
                if order.life == "ENDLESS":
                    market.gone[order.at] = market.gone.get(order.at, Fraction(0)) + quantity
            else:
                self.account(market, order, price, quantity, rate)
                self.expire_closing(market, order)
        market.last = price

    def fillable(self, order: PlainOrder) -> Fraction:
        return min(order.left, self.closable(order)) if order.closing else order.left

    def closable(self, order: PlainOrder) -> Fraction:
        """How much of a position an order of this side can close."""
        held = self.position(order.owner, order.symbol, order.side).quantity
        return max(Fraction(0), -held * order.sign)

    def expire_closing(self, market: PlainMarket, filled: PlainOrder) -> None:
        """Orders that only close and have nothing to close any more are over."""
        for order in (*market.rests(), filled):
            same = (order.owner, order.side) == (filled.owner, filled.side)
            if same and order.closing and order.status in OPEN and not self.closable(order):
                self.end(order, "EXPIRED")

    def end(self, order: PlainOrder, status: str) -> None:
        assert order.status in OPEN
        order.status = status

    # Money.

    def account(
        self,
        market: PlainMarket,
        order: PlainOrder,
        price: Fraction,
        quantity: Fraction,
        rate: Fraction,
    ) -> None:
        """Post a fill: position, profit, commission, and the wallet of an isolated position."""
        position = self.position(order.owner, order.symbol, order.side)
        signed, held = order.sign * quantity, position.quantity
        closes = min(quantity, abs(held)) if held * signed < 0 else Fraction(0)
        opens = quantity - closes
        profit = cut(-order.sign * closes * (price - position.entry))
        fee = cut(price * quantity * rate)
        wallet = order.owner, market.facts.asset
        self.wallets[wallet] += profit - fee
        position.realized += profit
        if closes:
            position.wallet -= cut(position.wallet * closes / abs(held))
        if opens:
            before = Fraction(0) if closes else abs(held)
            position.entry = near((before * position.entry + opens * price) / (before + opens))
        position.quantity = held + signed
        if (order.owner, order.symbol) in self.isolated and opens:
            position.wallet += cut(
                opens * market.mark * self.margin_rate(order.owner, order.symbol)
            )
            position.wallet -= cut(fee * opens / quantity)
        if not position.quantity:
            position.entry = position.wallet = Fraction(0)

    def margin_rate(self, owner: int, symbol: str) -> Fraction:
        return near(Fraction(1, self.leverage.get((owner, symbol), LEVERAGE)))


def cut(number: Fraction) -> Fraction:
    """Eight decimals, the rest cut off toward zero."""
    units = abs(number) * UNIT // 1
    return Fraction(units if number >= 0 else -units, UNIT)


def near(number: Fraction) -> Fraction:
    """Eight decimals, the nearest; half goes up."""
    return Fraction((number * UNIT + Fraction(1, 2)) // 1, UNIT)

"""A watch over liquidations: each must be the one that the documents ask for, step by step.

It stands between an event and the books (`margin_books.py`), so that it sees what the account had
right before. Held against docs/internals/numbers.md, "Liquidation": a pool is in trouble at the
mark; its orders went first; the position that needs most is closed by one order at the bankruptcy
price, as far as its tier asks; the book, the fund, the other side by score and the house give the
rest, in this order; the fee takes no more than there is; and it goes on until what is left suffices.
"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from clearhouse.messages import trading_events as trading
from clearhouse.messages.events import Event
from clearhouse.model.orders import Order

from .margin_books import FUND, UNIT, VENUE, Books, Resting, cut
from .margin_figures import Figures, Pool, Row, tier_of

LIQUIDATED = "5"
"""The reason with which the venue ends orders that stand in a liquidation's way."""


@dataclass
class Closing:
    """A forced order under way. `sold`: it sells; `queue`: whom a takeover turns to, once known."""

    order: Resting
    pool: tuple[str, str]
    wallet: int
    quote: int = 0
    realized: int = 0
    laddered: dict[int, int] = field(default_factory=dict)
    queue: list[tuple[int, str]] | None = None


class Watch:
    """Sees every event before the books do, and once more after."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.closing: Closing | None = None
        self.expected: tuple[Any, ...] | None = None
        self.called: set[tuple[int, tuple[str, str]]] = set()
        self.seen: Counter[str] = Counter()

    # Before the books know.

    def before(self, event: Event) -> None:
        if self.expected is not None:
            self.meet(event)
        match event:
            case trading.OrderEnded(expiry=expiry) if expiry == LIQUIDATED:
                self.order_gone(event)
            case trading.OrderPlaced(order=order) if order.client_id.startswith("autoclose-"):
                self.forced(event.uid, order)
            case trading.OrderPlaced(order=order) if order.client_id == "adl_autoclose":
                self.deleveraged(event.uid, order)
            case trading.FundFilled():
                self.fund_takes(event)
            case trading.HouseFilled():
                self.house_fills(event)
            case trading.OrderFilled(maker=True):
                self.maker_fills(event)
            case trading.MarginCalled():
                self.call(event)
            case _:
                pass

    def meet(self, event: Event) -> None:
        """What had to come next has come."""
        expected, self.expected = self.expected, None
        match event:
            case trading.InsuranceCleared():
                told: tuple[Any, ...] = "clears", event.uid, event.asset, event.amount
                pair = [("UMFUTURE", event.uid, event.amount), (FUND, VENUE, -event.amount)]
                assert [(p.wallet, p.uid, p.units) for p in event.postings] == pair
            case trading.OrderPlaced() if event.order.client_id.startswith("autoclose-"):
                told = "goes on", event.uid, self.pool_of(event.uid, event.order).name
            case _:
                told = (type(event).__name__,)
        assert told == expected

    def order_gone(self, event: trading.OrderEnded) -> None:
        """Orders go of a pool in trouble, or of somebody who is about to be deleveraged."""
        self.seen["order gone"] += 1
        if self.closing is None:
            pools = [p for p in Figures(self.books, event.uid).pools() if p.in_trouble]
            assert event.symbol in {row.symbol for pool in pools for row in pool.rows}
            return
        self.taken_over(self.closing)
        assert self.closing.queue
        assert (event.uid, event.symbol) == (self.closing.queue[0][0], self.closing.order.symbol)

    def forced(self, uid: int, order: Order) -> None:
        """The order by which a position is closed."""
        assert self.closing is None
        pool = self.pool_of(uid, order)
        assert pool.in_trouble, pool
        for row in pool.rows:
            assert not self.books.open_orders(uid, row.symbol)
        [row] = [r for r in pool.rows if (r.symbol, r.side) == (order.symbol, order.position_side)]
        assert row.maint == max(one.maint for one in pool.rows)
        assert (order.side == "SELL") == (row.held.quantity > 0)
        assert (order.kind, order.time_in_force) == ("LIMIT", "IOC")
        assert order.reduce_only == (row.side == "BOTH")
        assert order.price == self.bankruptcy_price(uid, pool, row)
        assert order.quantity == self.beyond(pool, row)
        self.seen["forced"] += 1
        self.seen["forced, in part"] += order.quantity < abs(row.held.quantity)
        self.seen[
            f"forced, {'isolated' if not row.cross else 'cross' if pool.name[0] else 'shared'}"
        ] += 1
        resting = Resting(
            order.order_id,
            uid,
            order.symbol,
            order.side == "BUY",
            row.side,
            order.price,
            order.quantity,
            order.reduce_only,
            forced=True,
        )
        self.closing = Closing(resting, pool.name, row.held.wallet)

    def deleveraged(self, uid: int, order: Order) -> None:
        """The first of the queue is closed, at the price of the forced order."""
        closing = self.closing
        assert closing is not None
        self.taken_over(closing)
        assert closing.queue
        first, side = closing.queue.pop(0)
        held = self.books.positions[uid, order.symbol, side]
        assert (uid, str(order.position_side), order.symbol) == (first, side, closing.order.symbol)
        assert order.price == closing.order.price
        assert order.quantity == min(closing.order.left, abs(held.quantity))
        assert (order.side == "BUY") is not closing.order.buy
        assert not self.books.open_orders(uid, order.symbol)
        self.seen["deleveraged"] += 1

    def fund_takes(self, event: trading.FundFilled) -> None:
        closing = self.closing
        assert closing is not None
        assert not self.offers(closing)
        assert self.fund_bears(closing)
        assert (event.price, event.quantity) == (closing.order.price, closing.order.left)
        self.seen["the fund"] += 1

    def house_fills(self, event: trading.HouseFilled) -> None:
        """In the book it gives its best; what is left it takes when nobody else can."""
        closing = self.closing
        if closing is None:
            return
        offers = self.offers(closing)
        if offers:
            best = max(offers) if not closing.order.buy else min(offers)
            assert event.price == best
            if not event.quote_id:
                before = closing.laddered.get(event.price, 0)
                closing.laddered[event.price] = before + event.quantity
            return
        self.taken_over(closing)
        assert closing.queue == []
        assert (event.price, event.quantity) == (closing.order.price, closing.order.left)
        self.seen["the house"] += 1

    def maker_fills(self, event: trading.OrderFilled) -> None:
        """An account's order in the book: nobody offers more."""
        closing = self.closing
        if closing is None or self.books.orders[event.uid][event.order_id].forced:
            return
        offers = self.offers(closing)
        assert event.price == (min(offers) if closing.order.buy else max(offers))
        self.seen["an order of the book"] += 1

    def call(self, event: trading.MarginCalled) -> None:
        """A warning from a ratio of 80% on, and the end of it below."""
        pool = Figures(self.books, event.uid).pool(event.pool)
        assert pool is not None
        assert not pool.in_trouble
        assert event.on == (100 * pool.maint >= 80 * pool.balance)
        assert ((event.uid, event.pool) in self.called) is not event.on
        (self.called.add if event.on else self.called.discard)((event.uid, event.pool))
        self.seen["warned"] += event.on

    # After the books know.

    def after(self, event: Event) -> None:
        closing = self.closing
        match event:
            case trading.OrderFilled() if closing and event.order_id == closing.order.number:
                assert not event.maker
                assert not event.commission
                closing.order.executed += event.quantity
                closing.quote += event.quote
                closing.realized += event.realized
                if not closing.order.left:
                    self.fee(closing)
            case trading.InsuranceCleared() if closing:
                self.go_on(closing)
            case trading.OrderEnded() if closing:
                assert event.order_id != closing.order.number

    def finish(self) -> None:
        """After a command: nothing is owed, and nobody is in trouble."""
        assert self.closing is None
        assert self.expected is None

    def fee(self, closing: Closing) -> None:
        """The clearance fee, as far as there is something to pay it with."""
        order = closing.order
        terms = self.books.terms[order.symbol]
        due = cut(Fraction(closing.quote * terms.fee, UNIT))
        fee = min(due, max(0, self.collateral(closing)))
        if fee:
            self.expected = "clears", order.uid, terms.asset, -fee
            self.seen["a fee" if fee == due else "a part of the fee"] += 1
        else:
            self.go_on(closing)

    def collateral(self, closing: Closing) -> int:
        """What is left to the pool, in the margin asset."""
        order, figures = closing.order, Figures(self.books, closing.order.uid)
        asset = self.books.terms[order.symbol].asset
        if closing.pool[1]:
            held = self.books.positions[order.uid, order.symbol, order.side]
            return closing.wallet - held.wallet + closing.realized
        rows = figures.assets()
        if figures.chosen.shared:
            rates = figures.rates(asset)
            assert rates
            return figures.totals(rows)["margin_balance"] * UNIT // rates[1]
        row = rows[asset]
        return row["wallet_balance"] - row["isolated_wallets"] + row["cross_unrealized"]

    def go_on(self, closing: Closing) -> None:
        """What must come next: another order, the fund making the wallet whole, or nothing."""
        order, self.closing = closing.order, None
        figures = Figures(self.books, order.uid)
        pool = figures.pool(closing.pool)
        if pool is not None:
            if pool.in_trouble:
                self.expected = "goes on", order.uid, pool.name
            return
        asset = self.books.terms[order.symbol].asset
        is_open = any(row.held.quantity and row.asset == asset for row in figures.rows)
        owed = -self.books.wallet(order.uid, asset)
        if owed > 0 and not is_open and not figures.chosen.shared:
            self.expected = "clears", order.uid, asset, owed
            self.seen["made whole"] += 1

    # What the documents ask for.

    def pool_of(self, uid: int, order: Order) -> Pool:
        """The pool of the position that an order closes."""
        wanted = order.symbol, str(order.position_side)
        pools = Figures(self.books, uid).pools()
        return next(p for p in pools if wanted in {(row.symbol, row.side) for row in p.rows})

    def bankruptcy_price(self, uid: int, pool: Pool, row: Row) -> int:
        """mark − (margin balance − maintenance margin of others) / positionAmt, to a tick."""
        terms, quantity = self.books.terms[row.symbol], row.held.quantity
        left = pool.balance - (pool.maint - row.maint)
        if not pool.name[0]:
            rates = Figures(self.books, uid).rates(row.asset)
            assert rates
            left = pool.balance - (pool.maint - cut(Fraction(row.maint * rates[1], UNIT)))
            left = left * UNIT // rates[1]
        exact = self.books.marks[row.symbol] - Fraction(left * UNIT, quantity)
        ticks = (exact - terms.lowest) / terms.tick
        whole = -(-ticks // 1) if quantity > 0 else ticks // 1
        return max(terms.lowest + int(whole) * terms.tick, terms.lowest, terms.tick)

    def beyond(self, pool: Pool, row: Row) -> int:
        """What lies beyond the next lower tier, in whole steps; all where there is none."""
        terms, size = self.books.terms[row.symbol], abs(row.held.quantity)
        tier = tier_of(terms.tiers, abs(row.notional))
        if tier is terms.tiers[0] or pool.balance <= 0:
            return size
        mark = self.books.marks[row.symbol]
        more = Fraction(abs(row.notional) - tier.floor, mark) * UNIT / terms.step
        return min(size, int(-(-more // 1)) * terms.step)

    def taken_over(self, closing: Closing) -> None:
        """The book gives no more and the fund cannot: the queue of the other side, once."""
        if closing.queue is not None:
            return
        assert not self.offers(closing)
        assert not self.fund_bears(closing)
        order = closing.order
        found = []
        for uid, side in self.books.holders(order.symbol):
            figures = Figures(self.books, uid)
            row = figures.row(order.symbol, side)
            if uid != order.uid and (row.held.quantity > 0) == order.buy:
                found.append((-figures.score(row), uid, side))
        closing.queue = [(uid, side) for _, uid, side in sorted(found)]

    def fund_bears(self, closing: Closing) -> bool:
        """Whether the fund's balance covers what the rest of the order loses at the mark."""
        order, books = closing.order, self.books
        per_unit = (books.marks[order.symbol] - order.price) * (1 if order.buy else -1)
        loss = Fraction(order.left * per_unit, UNIT)
        return loss <= max(0, books.balances[VENUE, FUND, books.terms[order.symbol].asset])

    def offers(self, closing: Closing) -> list[int]:
        """Prices at which somebody would take the forced order, in or out of the book."""
        order, quotes = closing.order, self.books.quotes[closing.order.symbol]
        terms = self.books.terms[order.symbol]
        found = [
            other.price
            for orders in self.books.orders.values()
            for other in orders.values()
            if other.symbol == order.symbol and other.buy is not order.buy and not other.forced
            if other.price
        ]
        found += [price for buy, price, _ in quotes.levels.values() if buy is not order.buy]
        if quotes.mode == "house":
            sign = 1 if order.buy else -1
            beside = quotes.beside or (quotes.anchor - terms.tick, quotes.anchor + terms.tick)
            start = beside[sign > 0]
            ladder = (start + sign * n * terms.tick for n in range(quotes.depth))
            found += [p for p in ladder if p > 0 and closing.laddered.get(p, 0) < quotes.each]
        sign = 1 if order.buy else -1
        return [price for price in found if (order.price - price) * sign >= 0]

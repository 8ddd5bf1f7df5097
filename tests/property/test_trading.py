"""Any sequence of orders, prices and transfers leaves the venue as a plain model has it.

After every step: fills, statuses and the order of the book are the model's, and so are positions
and wallets to the last digit; each asset sums to zero; longs are as large as shorts, the house
included; a refusal is the one that the model predicts. Funding is settled meanwhile, by the clock
in steps and by hand, and everybody pays for what was held at its start. At the end: wallets are
the sum of what was posted, positions the sum of trades; and the journal replays to the same state,
though refused commands are not in it, and so does a snapshot of it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from clearhouse.engine import due
from clearhouse.engine.apply import apply
from clearhouse.engine.execute import execute
from clearhouse.engine.snapshot import digest, dump, load
from clearhouse.engine.state import State
from clearhouse.ledger.chart import FUNDING_FEES
from clearhouse.messages.commands import (
    Command,
    Credential,
    DepositFunds,
    OpenAccount,
    SetLeverage,
    SetMarginType,
    SetPositionMode,
    TransferFunds,
)
from clearhouse.messages.events import Event
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    OrderName,
    PlaceOrder,
    RunDue,
    SetLiquidity,
    SetPrice,
    SettleFunding,
)
from clearhouse.messages.trading_events import (
    FundingPaid,
    FundingSettled,
    FundingStarted,
    HouseFilled,
    OrderEnded,
    OrderFilled,
    OrderPlaced,
)
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import ALL_PERMISSIONS, KeyKind
from clearhouse.model.ids import VENUE, Millis, Uid
from clearhouse.model.money import Money
from clearhouse.model.orders import (
    OrderKind,
    OrderStatus,
    PositionSide,
    SelfTrade,
    Side,
    TimeInForce,
)
from clearhouse.model.wallets import UMFUTURE, Wallet
from clearhouse.runtime.market import builtin_market
from property.funding_model import PlainFunding
from property.trading_model import LISTED, PlainOrder, PlainTrading

UIDS = (Uid(1_000_001), Uid(1_000_002), Uid(1_000_003))
SYMBOLS = tuple(LISTED)
EACH = Fraction(4)
"""What a level of the house holds: little, so that orders eat through it."""
FUNDS = 10_000_000
UNKNOWN_ORDER = 77
EIGHT_HOURS = 8 * 3_600_000

uids = st.sampled_from(UIDS)
symbols = st.sampled_from((*SYMBOLS, *3 * SYMBOLS[:1]))
legs = st.sampled_from(("fits", "fits", "fits", "fits", "fits", "BOTH", "LONG", "SHORT"))
"""Which position: mostly one that fits the mode of the account."""
ticks = st.sampled_from((-2, -1, -1, 0, 0, 1, 1, 2, -7, 7, 25, -25, -40_000, 40_000))
quantities = st.sampled_from((1000, 1000, 1000, 2000, 2000, 4000, 500, 9001, 20_000, 1))
lives = st.sampled_from(("GTC", "GTC", "GTC", "GTC", "IOC", "FOK", "GTX", "GTD"))
yields = st.sampled_from(("EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "NONE"))
seldom = st.sampled_from((False, False, False, True))
limits = st.tuples(
    st.just("limit"), uids, symbols, st.booleans(), legs, ticks, quantities, lives, seldom, yields
)
reductions = st.tuples(st.just("reduce"), uids, symbols, ticks, quantities)
takers = st.tuples(
    st.just("market"), uids, symbols, st.booleans(), legs, quantities, seldom, yields
)
cancels = st.tuples(st.just("cancel"), symbols, st.integers(0, 9))
sweeps = st.tuples(st.just("cancel_all"), uids, symbols)
amendments = st.tuples(st.just("amend"), symbols, st.integers(0, 9), ticks, quantities)
prices = st.tuples(
    st.just("price"),
    symbols,
    st.sampled_from((0, 0, 1, -1, 2, -3, 8, -40, 900, -3000)),
    st.sampled_from(("last", "mark", "index", "all", "mark and index")),
)
levels = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from((500, 1000, 2500))), min_size=0, max_size=3
)
houses = st.tuples(st.just("house"), symbols, st.integers(1, 3), st.sampled_from((0, 1500)))
scripts = st.tuples(st.just("levels"), symbols, st.integers(-5, 5), levels, levels)
absences = st.tuples(st.just("no_house"), symbols)
transfers = st.tuples(
    st.just("transfer"),
    uids,
    st.sampled_from(("USDT", "USDC")),
    st.integers(1, 10**12),
    st.booleans(),
)
drains = st.tuples(
    st.just("drain"), uids, st.sampled_from(("USDT", "USDC")), st.sampled_from((0, 300, 30_000))
)
modes = st.tuples(st.just("hedge"), uids, st.booleans())
margins = st.tuples(st.just("isolated"), uids, symbols, st.booleans())
leverages = st.tuples(st.just("leverage"), uids, symbols, st.sampled_from((3, 15, 20)))
waits = st.tuples(st.just("wait"), st.sampled_from((1, 1, 700_000)))
fundings = st.tuples(
    st.just("funding"), symbols, st.sampled_from((10_000, -10_000, 2_000_001, -7, 0))
)
dues = st.tuples(st.just("due"))
orders = 12 * [limits] + 5 * [takers] + 4 * [reductions] + 2 * [cancels] + 4 * [amendments]
others = [sweeps, prices, prices, houses, scripts, absences, transfers, drains, leverages]
clocks = [*3 * [waits], *2 * [fundings], *2 * [dues]]
steps = st.tuples(
    st.lists(st.one_of(modes, margins, absences, scripts), max_size=4),
    st.lists(
        st.sampled_from([*orders, *others, *clocks, modes, margins]).flatmap(lambda kind: kind),
        min_size=20,
        max_size=60,
    ),
).map(lambda parts: parts[0] + parts[1])


def units(number: Fraction) -> int:
    """An amount of the model; none has more than eight decimals."""
    scaled = number * 10**8
    assert scaled.denominator == 1
    return scaled.numerator


class Venue:
    """The real core and the model, side by side."""

    def __init__(self) -> None:
        self.state = State()
        self.now = 1_700_000_000_000
        self.events: list[Event] = []
        self.latest: list[Event] = []
        self.model = PlainTrading(UIDS, EACH)
        self.funding = PlainFunding(self.model)
        self.orders: dict[int, PlainOrder] = {}
        for command in builtin_market():
            self.run(command)
        for number, uid in enumerate(UIDS):
            key = Credential(
                api_key=f"{number:064}",
                kind=KeyKind.HMAC,
                material=b"sealed",
                permissions=ALL_PERMISSIONS,
            )
            self.run(OpenAccount(label="", uid=uid, credential=key))
            for asset in ("USDT", "USDC"):
                self.deposit(uid, asset)
        for symbol in SYMBOLS:
            self.do_price(symbol, 0, "all")
            self.do_house(symbol, 4, 0)

    def deposit(self, uid: Uid, asset: str) -> None:
        money = Money(asset, FUNDS * 10**8)
        for wallet in ("MAIN", "UMFUTURE"):
            self.run(DepositFunds(uid=uid, wallet=Wallet(wallet), money=money))
        self.model.wallets[uid, asset] += FUNDS

    def run(self, command: Command) -> str | None:
        """The refusal of a command, or None when it was done; what it caused is in `latest`."""
        self.latest = []
        try:
            for event in execute(self.state, command, Millis(self.now)):
                apply(self.state, event)
                self.latest.append(event)
        except Rejected as refusal:
            assert not self.latest
            return refusal.reason.name
        self.events.extend(self.latest)
        self.now += 1
        return None

    def step(self, step: tuple[Any, ...]) -> None:
        self.latest, self.model.fills = [], []
        run: Callable[..., None] = getattr(self, "do_" + step[0])
        run(*step[1:])
        self.compare()

    # Orders.

    def do_limit(
        self,
        uid: Uid,
        symbol: str,
        buy: bool,
        leg: str,
        offset: int,
        quantity: int,
        life: str,
        reduce_only: bool,
        self_trade: str,
    ) -> None:
        self.place(
            PlainOrder(
                owner=uid,
                symbol=symbol,
                buy=buy,
                side=self.leg(uid, buy, leg, reduce_only),
                price=self.price_at(symbol, offset),
                quantity=Fraction(quantity, 1000),
                life=life,
                reduce_only=reduce_only,
                self_trade=self_trade,
                good_till=(self.now // 1000 + 601) * 1000 if life == "GTD" else 0,
            )
        )

    def do_market(
        self,
        uid: Uid,
        symbol: str,
        buy: bool,
        leg: str,
        quantity: int,
        reduce_only: bool,
        self_trade: str,
    ) -> None:
        self.place(
            PlainOrder(
                owner=uid,
                symbol=symbol,
                buy=buy,
                side=self.leg(uid, buy, leg, reduce_only),
                price=None,
                quantity=Fraction(quantity, 1000),
                reduce_only=reduce_only,
                self_trade=self_trade,
            )
        )

    def do_reduce(self, uid: Uid, symbol: str, offset: int, quantity: int) -> None:
        """An order that only closes, against a position that there is."""
        for (owner, name, side), position in tuple(self.model.positions.items()):
            if (owner, name) == (uid, symbol) and position.quantity:
                order = PlainOrder(
                    owner=uid,
                    symbol=symbol,
                    buy=position.quantity < 0,
                    side=side,
                    price=self.price_at(symbol, offset),
                    quantity=Fraction(quantity, 1000),
                    reduce_only=side == "BOTH",
                )
                self.place(order)

    def leg(self, uid: Uid, buy: bool, leg: str, closes: bool) -> str:
        if leg != "fits":
            return leg
        if uid not in self.model.hedge:
            return "BOTH"
        return "LONG" if buy != closes else "SHORT"

    def place(self, order: PlainOrder) -> None:
        expected = self.model.refusal(order)
        price = order.price
        command = PlaceOrder(
            uid=Uid(order.owner),
            symbol=order.symbol,
            side=Side.BUY if order.buy else Side.SELL,
            kind=OrderKind.MARKET if price is None else OrderKind.LIMIT,
            quantity=units(order.quantity),
            price=0 if price is None else units(price),
            position_side=PositionSide(order.side),
            time_in_force=TimeInForce(order.life),
            reduce_only=order.reduce_only,
            self_trade=SelfTrade(order.self_trade),
            good_till=Millis(order.good_till),
        )
        got = self.run(command)
        assert got == expected
        if expected is None:
            self.model.place(order)
            [placed] = [event for event in self.latest if isinstance(event, OrderPlaced)]
            self.orders[placed.order.order_id] = order

    def nth(self, symbol: str, n: int) -> tuple[int, PlainOrder | None]:
        """One of the open orders, and its real id."""
        found = [
            (real, order)
            for real, order in self.orders.items()
            if order.status in OPEN and order.symbol == symbol
        ]
        return found[n % len(found)] if found else (UNKNOWN_ORDER, None)

    def do_cancel(self, symbol: str, n: int) -> None:
        number, order = self.nth(symbol, n)
        uid = Uid(order.owner) if order else UIDS[0]
        got = self.run(CancelOrder(uid=uid, symbol=symbol, name=OrderName(number)))
        assert got == (None if order else "NO_ORDER_TO_CANCEL")
        if order:
            self.model.cancel(order)

    def do_cancel_all(self, uid: Uid, symbol: str) -> None:
        assert self.run(CancelAllOrders(uid=uid, symbol=symbol)) is None
        for order in self.model.open_orders(uid, symbol):
            self.model.cancel(order)

    def do_amend(self, symbol: str, n: int, offset: int, quantity: int) -> None:
        number, order = self.nth(symbol, n)
        price, amount = self.price_at(symbol, offset), Fraction(quantity, 1000)
        expected = self.model.amend_refusal(order, price, amount) if order else "NO_SUCH_ORDER"
        command = AmendOrder(
            uid=Uid(order.owner) if order else UIDS[0],
            symbol=symbol,
            name=OrderName(number),
            side=Side.BUY if order is None or order.buy else Side.SELL,
            quantity=units(amount),
            price=units(price),
        )
        assert self.run(command) == expected
        if order and expected is None:
            self.model.amend(order, price, amount)

    def price_at(self, symbol: str, offset: int) -> Fraction:
        market = self.model.markets[symbol]
        return market.anchor + offset * market.facts.tick

    # The market.

    def do_price(self, symbol: str, offset: int, which: str) -> None:
        price = self.price_at(symbol, offset)
        last = price if which in ("last", "all") else None
        mark = price if which in ("mark", "all", "mark and index") else None
        index = price if which in ("index", "all", "mark and index") else None
        command = SetPrice(
            symbol=symbol,
            last=units(last) if last else None,
            mark=units(mark) if mark else None,
            index=units(index) if index else None,
        )
        assert self.run(command) is None
        self.model.set_price(symbol, last, mark, index)

    def do_house(self, symbol: str, depth: int, each: int) -> None:
        amount = Fraction(each, 1000) or EACH
        command = SetLiquidity(symbol=symbol, mode="house", depth=depth, quantity=units(amount))
        assert self.run(command) is None
        self.model.set_liquidity(symbol, "house", depth=depth, each=amount)

    def do_levels(
        self,
        symbol: str,
        middle: int,
        bids: list[tuple[int, int]],
        asks: list[tuple[int, int]],
    ) -> None:
        quotes = [
            (buy, self.price_at(symbol, middle - step if buy else middle + step), amount)
            for buy, side in ((True, bids), (False, asks))
            for step, amount in sorted(dict(side).items())
        ]
        rows = {
            buy: tuple((units(p), units(Fraction(q, 1000))) for b, p, q in quotes if b == buy)
            for buy in (True, False)
        }
        command = SetLiquidity(symbol=symbol, mode="levels", bids=rows[True], asks=rows[False])
        assert self.run(command) is None
        plain = tuple((buy, price, Fraction(amount, 1000)) for buy, price, amount in quotes)
        self.model.set_liquidity(symbol, "levels", plain)

    def do_no_house(self, symbol: str) -> None:
        assert self.run(SetLiquidity(symbol=symbol, mode="none")) is None
        self.model.set_liquidity(symbol, "none")

    # Money and settings.

    def do_transfer(self, uid: Uid, asset: str, amount: int, inward: bool) -> None:
        kind = TransferKind.MAIN_UMFUTURE if inward else TransferKind.UMFUTURE_MAIN
        got = self.run(TransferFunds(uid=uid, kind=kind, money=Money(asset, amount)))
        assert got in (None, "INSUFFICIENT_BALANCE")
        if got is None:
            self.model.wallets[uid, asset] += Fraction(amount if inward else -amount, 10**8)

    def do_drain(self, uid: Uid, asset: str, but: int) -> None:
        """Nearly everything leaves, so that orders lack margin."""
        most = units(self.model.wallets[uid, asset]) - but * 10**8
        self.do_transfer(uid, asset, max(1, most), inward=False)

    def do_hedge(self, uid: Uid, on: bool) -> None:
        expected = None
        if (uid in self.model.hedge) == on:
            expected = "POSITION_MODE_UNCHANGED"
        elif self.model.open_orders(uid):
            expected = "POSITION_MODE_WITH_ORDERS"
        elif self.holds(uid):
            expected = "POSITION_MODE_WITH_POSITION"
        assert self.run(SetPositionMode(uid=uid, hedge=on)) == expected
        if expected is None:
            self.model.hedge ^= {uid}

    def do_isolated(self, uid: Uid, symbol: str, on: bool) -> None:
        expected = None
        if ((uid, symbol) in self.model.isolated) == on:
            expected = "MARGIN_TYPE_UNCHANGED"
        elif self.model.open_orders(uid, symbol):
            expected = "MARGIN_TYPE_WITH_ORDERS"
        elif self.holds(uid, symbol):
            expected = "MARGIN_TYPE_WITH_POSITION"
        assert self.run(SetMarginType(uid=uid, symbol=symbol, isolated=on)) == expected
        if expected is None:
            self.model.isolated ^= {(uid, symbol)}

    def do_leverage(self, uid: Uid, symbol: str, leverage: int) -> None:
        lowered = leverage < self.model.leverage.get((uid, symbol), 20)
        isolated = (uid, symbol) in self.model.isolated and self.holds(uid, symbol)
        expected = "ISOLATED_LEVERAGE_LOWERED" if lowered and isolated else None
        assert self.run(SetLeverage(uid=uid, symbol=symbol, leverage=leverage)) == expected
        if expected is None:
            self.model.leverage[uid, symbol] = leverage

    def do_wait(self, ms: int) -> None:
        self.now += ms
        self.model.expire_due(self.now)
        assert self.run(RunDue()) is None
        self.follow_funding(None)

    # Funding: one account in a step while others trade (`STEP` is 1), or all of it by hand.

    def do_due(self) -> None:
        """Funding of every symbol falls due."""
        self.do_wait(EIGHT_HOURS - self.now % EIGHT_HOURS)

    def do_funding(self, symbol: str, rate: int) -> None:
        assert self.run(SettleFunding(symbol=symbol, rate=rate)) is None
        self.follow_funding(rate)
        assert symbol not in self.funding.under_way

    def follow_funding(self, by_hand: int | None) -> None:
        """Each start, payment and end, as the model has it; `by_hand`: the rate asked for."""
        for event in self.latest:
            match event:
                case FundingStarted():
                    begun = self.funding.begin(event.symbol, Fraction(event.rate, 10**8))
                    assert event.scheduled == (by_hand is None)
                    assert by_hand in (None, event.rate)
                    assert event.mark == units(begun.mark) or event.symbol not in LISTED
                case FundingPaid():
                    side = event.position_side.value
                    amount = self.funding.pay(int(event.uid), event.symbol, side)
                    assert event.amount == units(amount)
                case FundingSettled():
                    self.funding.end(event.symbol)
                case _:
                    pass

    def holds(self, uid: Uid, symbol: str | None = None) -> bool:
        return any(
            position.quantity
            for (owner, name, _), position in self.model.positions.items()
            if owner == uid and symbol in (None, name)
        )

    # What must be the same.

    def compare(self) -> None:
        assert all(row.total == 0 for row in self.state.books.trial_balance())
        assert list(self.trades()) == [self.expected(fill) for fill in self.model.fills]
        self.compare_orders()
        for symbol, market in self.model.markets.items():
            real = self.state.markets[symbol]
            assert (real.last, real.mark) == (units(market.last), units(market.mark))
            assert real.house.quantity == units(market.house)
        self.compare_positions()
        for (uid, asset), held in self.model.wallets.items():
            assert self.state.books.balance(Uid(uid), UMFUTURE, asset) == units(held)
        if not self.funding.under_way:
            left = (self.state.books.balance(VENUE, FUNDING_FEES, a) for a in ("USDT", "USDC"))
            assert not any(left)

    def trades(self) -> Iterator[tuple[object, ...]]:
        """What the last command traded, each as symbol, price, quantity, maker and taker."""
        halves = [e for e in self.latest if isinstance(e, OrderFilled | HouseFilled)]
        for maker, taker in zip(halves[::2], halves[1::2], strict=True):
            assert (maker.maker, taker.maker) == (True, False)
            assert maker.side is taker.side.opposite
            same = {(h.symbol, h.trade_id, h.price, h.quantity, h.quote) for h in (maker, taker)}
            assert len(same) == 1
            yield maker.symbol, maker.price, maker.quantity, number(maker), number(taker)

    def expected(self, fill: Any) -> tuple[object, ...]:
        ids = {id(order): real for real, order in self.orders.items()}
        who = [None if order is None else ids[id(order)] for order in (fill.maker, fill.taker)]
        return fill.symbol, units(fill.price), units(fill.quantity), *who

    def compare_orders(self) -> None:
        """Open orders and their queue; and that whatever is over is over here, too."""
        real = self.state.orders.open
        plain = {n: order for n, order in self.orders.items() if order.status in OPEN}
        assert real.keys() == plain.keys()
        for order_id, order in plain.items():
            assert real[order_id].status == order.status
            assert real[order_id].executed == units(order.executed)
            assert real[order_id].quote == units(order.value)
        ids = {id(order): n for n, order in self.orders.items()}
        for symbol, market in self.model.markets.items():
            for side in Side:
                book = self.state.order_books[symbol].side(side).orders()
                queue = market.queue(buy=side is Side.BUY)
                assert [(max(0, o.order_id), o.price, o.quantity - o.executed) for o in book] == [
                    (ids.get(id(o), 0), units(o.at), units(o.left)) for o in queue
                ]

    def compare_positions(self) -> None:
        held = {}
        for uid in UIDS:
            for symbol, exposure in self.state.futures.of(uid).exposures.items():
                for side, row in exposure.positions.items():
                    if row.quantity:
                        numbers = row.quantity, row.entry_price, row.isolated_wallet
                        held[int(uid), symbol, side.value] = numbers
        assert held == {
            key: (units(p.quantity), units(p.entry), units(p.wallet))
            for key, p in self.model.positions.items()
            if p.quantity
        }
        for symbol, market in self.model.markets.items():
            of_accounts = [q for (_, name, _), (q, _, _) in held.items() if name == symbol]
            assert sum(of_accounts) + units(market.house) == 0

    def compare_ends(self) -> None:
        """How every order ended, told by the last event about it."""
        ended: dict[int, OrderStatus] = {}
        for event in self.events:
            if isinstance(event, OrderFilled | OrderEnded):
                ended[event.order_id] = event.status
        for order_id, order in self.orders.items():
            assert ended.get(order_id, OrderStatus.NEW) == order.status

    def compare_sums(self) -> None:
        """Wallets are the sum of their income, positions the sum of trades."""
        income: Counter[tuple[int, str]] = Counter()
        traded: Counter[tuple[int, str, str]] = Counter()
        for event in self.events:
            for posting in getattr(event, "postings", ()):
                if posting.wallet == UMFUTURE:
                    income[posting.uid, posting.asset] += posting.units
            if isinstance(event, OrderFilled):
                position_side = event.position_side.value
                traded[event.uid, event.symbol, position_side] += event.side.sign * event.quantity
        for (uid, asset), wallet in self.model.wallets.items():
            assert income[uid, asset] == units(wallet)
        for where, position in self.model.positions.items():
            assert traded[where] == units(position.quantity)


OPEN = ("NEW", "PARTIALLY_FILLED")


def number(half: OrderFilled | HouseFilled) -> int | None:
    return half.order_id if isinstance(half, OrderFilled) else None


@settings(max_examples=200, deadline=None, derandomize=True)
@patch.object(due, "STEP", 1)
@given(steps)
def test_trading_is_what_a_plain_model_says(sequence: list[tuple[Any, ...]]) -> None:
    venue = Venue()
    for step in sequence:
        venue.step(step)
    venue.compare_ends()
    venue.compare_sums()
    replay(venue)


def replay(venue: Venue) -> None:
    """The journal alone leads to the same state, and so does a snapshot."""
    replayed = State()
    for event in venue.events:
        apply(replayed, event)
    assert digest(replayed) == digest(venue.state)
    assert digest(load(list(dump(venue.state)))) == digest(venue.state)

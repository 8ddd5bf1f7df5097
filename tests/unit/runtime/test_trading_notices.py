"""What orders, fills, margin and funding tell their account, and in which order.

BTCUSDT stands at 65,000; the house quotes levels of our own. Ann starts with 10,000 USDT in
futures, pays 0.02% as maker and 0.05% as taker, and is listened to.
"""

from copy import copy
from typing import Any, TypeVar, get_args

import pytest

from clearhouse.engine.notices import SUBJECTS, TOLD, notices_of, subject_of
from clearhouse.ledger.chart import CLEARING
from clearhouse.ledger.postings import Posting
from clearhouse.messages.commands import (
    Command,
    DepositFunds,
    SetFeeBurn,
    SetFees,
    SetMarginType,
    SetMultiAssetsMode,
    SetPositionMode,
    TransferFunds,
)
from clearhouse.messages.notices import (
    AccountChanged,
    AlgoChanged,
    BalanceChange,
    Execution,
    Notice,
    OrderChanged,
    OrderTraded,
    PositionState,
)
from clearhouse.messages.trading_commands import (
    AmendOrder,
    CancelAllAlgos,
    CancelAllOrders,
    CancelOrder,
    MovePositionMargin,
    OrderName,
    PlaceAlgo,
    PlaceOrder,
    RunDue,
    SetCountdown,
    SetLiquidity,
    SetPrice,
    SettleFunding,
)
from clearhouse.messages.trading_events import (
    AlgoActivated,
    AlgoEnded,
    AlgoPlaced,
    AlgoTriggered,
    TradingEvent,
)
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import VENUE, Millis, Uid
from clearhouse.model.money import Money
from clearhouse.model.orders import (
    AlgoKind,
    AlgoOrder,
    AlgoStatus,
    Expiry,
    OrderKind,
    OrderStatus,
    PositionSide,
    SelfTrade,
    Side,
    TimeInForce,
)
from clearhouse.model.wallets import UMFUTURE
from clearhouse.runtime.subscriptions import Subscriptions
from unit.world import ANN, BOB, DAY, NOW, UNIT, World

BTC = "BTCUSDT"
AT = Millis(NOW)
MILLI = UNIT // 1000
N = TypeVar("N", bound=Notice)


def order(thousandths: int, price: int = 0, *, uid: Uid = ANN, **more: Any) -> PlaceOrder:
    """An order of so many thousandths of a bitcoin: a limit order where it has a price."""
    return PlaceOrder(
        uid=uid,
        symbol=BTC,
        kind=OrderKind.LIMIT if price else OrderKind.MARKET,
        quantity=thousandths * MILLI,
        price=price * UNIT,
        **{"side": Side.BUY, **more},
    )


def sell(thousandths: int, price: int = 0, **more: Any) -> PlaceOrder:
    return order(thousandths, price, side=Side.SELL, **more)


def stop(trigger: int, **more: Any) -> PlaceAlgo:
    """A conditional order to sell 0.01."""
    made = {"kind": AlgoKind.STOP_MARKET, "quantity": 10 * MILLI, **more}
    return PlaceAlgo(uid=ANN, symbol=BTC, side=Side.SELL, trigger_price=trigger * UNIT, **made)


class Trading(World):
    """The house sells 0.1 at 65,000 and 1 at 65,010, and buys the same at 64,990 and 64,980."""

    def __init__(self) -> None:
        subscriptions = Subscriptions()
        super().__init__(subscriptions.apply)
        self._subscriptions = subscriptions
        self._told: list[Notice] = []
        self.give(10_000 * UNIT, wallet=UMFUTURE)
        self.give(10_000 * UNIT, wallet=UMFUTURE, uid=BOB)
        self.quote()
        self._subscriptions.add(ANN, self._told.append)

    def quote(self) -> None:
        self.do(SetPrice(symbol=BTC, last=65_000 * UNIT))
        bids = ((64_990 * UNIT, UNIT // 10), (64_980 * UNIT, UNIT))
        asks = ((65_000 * UNIT, UNIT // 10), (65_010 * UNIT, UNIT))
        self.do(SetLiquidity(symbol=BTC, mode="levels", bids=bids, asks=asks))

    def place(self, thousandths: int, price: int = 0, **more: Any) -> None:
        self.all(order(thousandths, price, **more))

    def wait(self, ms: int) -> None:
        """Let time pass, and what is due happen."""
        self.now += ms
        self.all(RunDue())

    def told(self) -> list[Notice]:
        """What was told since this was asked last."""
        self._subscriptions.publish(self.state.seq)
        told, self._told[:] = list(self._told), []
        return told

    def short(self) -> list[str]:
        """The same in words: executions and statuses of orders, reasons of the account."""
        return [_word(notice) for notice in self.told()]


def _word(notice: Notice) -> str:
    match notice:
        case OrderTraded():
            return "in short"
        case AccountChanged():
            return notice.reason
        case OrderChanged():
            return f"{notice.execution} {notice.order.status}"
        case AlgoChanged():
            return f"algo {notice.algo.status}"
        case _:
            return type(notice).__name__


FILL = ["in short", "ORDER"]
FILLED = [*FILL, "TRADE FILLED"]
PART = [*FILL, "TRADE PARTIALLY_FILLED"]


def only(kind: type[N], told: list[Notice]) -> list[N]:
    return [notice for notice in told if isinstance(notice, kind)]


def test_a_market_order_that_fills_twice() -> None:
    """Everything it tells, written out: 0.1 at 65,000 and 0.05 at 65,010, at 0.05%."""
    world = Trading()
    world.place(150)
    placed, *fills = world.told()
    assert isinstance(placed, OrderChanged)
    assert (placed.execution, placed.order.status) == (Execution.NEW, OrderStatus.NEW)
    assert (placed.order.executed, placed.fill, placed.bids) == (0, None, 0)
    first, second = fills[:3], fills[3:]
    assert [type(notice) for notice in first] == [OrderTraded, AccountChanged, OrderChanged]
    assert [type(notice) for notice in second] == [OrderTraded, AccountChanged, OrderChanged]
    assert first[1] == AccountChanged(
        ANN,
        AT,
        "ORDER",
        (BalanceChange("USDT", 999_675_000_000, 999_675_000_000, 0),),
        (
            PositionState(
                symbol=BTC,
                side=PositionSide.BOTH,
                isolated=False,
                quantity=10_000_000,
                entry_price=6_500_000_000_000,
                break_even_price=65_032_500_000_000_000,
            ),
        ),
    )
    assert second[1] == AccountChanged(
        ANN,
        AT,
        "ORDER",
        (BalanceChange("USDT", 999_512_475_000, 999_512_475_000, 0),),
        (
            PositionState(
                symbol=BTC,
                side=PositionSide.BOTH,
                isolated=False,
                quantity=15_000_000,
                entry_price=6_500_333_333_333,
                break_even_price=65_035_834_999_996_667,
                unrealized=-49_999_999,
            ),
        ),
    )
    changes = only(OrderChanged, fills)
    assert [(c.order.status, c.order.executed, c.order.quote) for c in changes] == [
        (OrderStatus.PARTIALLY_FILLED, 10_000_000, 650_000_000_000),
        (OrderStatus.FILLED, 15_000_000, 975_050_000_000),
    ], "of its own moment, although the second fill changed the same order"
    traded = [c.fill for c in changes if c.fill]
    assert [(f.price, f.quantity, f.commission, f.commission_asset) for f in traded] == [
        (6_500_000_000_000, 10_000_000, 325_000_000, "USDT"),
        (6_501_000_000_000, 5_000_000, 162_525_000, "USDT"),
    ]
    assert [f.maker for f in traded] == [False, False]
    shorts = only(OrderTraded, fills)
    assert [s.fill for s in shorts] == traded
    assert {(s.price_decimals, s.quantity_decimals) for s in shorts} == {(2, 3)}


def amend(thousandths: int, price: int, *, modify_id: int = 0) -> AmendOrder:
    return AmendOrder(
        uid=ANN,
        symbol=BTC,
        name=OrderName(client_id="mine"),
        side=Side.BUY,
        quantity=thousandths * MILLI,
        price=price * UNIT,
        modify_id=modify_id,
    )


CANCEL_ALL = CancelAllOrders(uid=ANN, symbol=BTC)
CANCEL = CancelOrder(uid=ANN, symbol=BTC, name=OrderName(client_id="mine"))
IOC, GTD = TimeInForce.IOC, TimeInForce.GTD

SEQUENCES: list[tuple[str, list[Command], list[str]]] = [
    ("a limit order rests", [order(10, 60_000)], ["NEW NEW"]),
    ("a market order is filled", [order(10)], ["NEW NEW", *FILLED]),
    ("a limit order takes a part and rests", [order(150, 65_000)], ["NEW NEW", *PART]),
    (
        "the rest of an IOC order expires",
        [order(150, 65_000, time_in_force=IOC)],
        ["NEW NEW", *PART, "EXPIRED EXPIRED"],
    ),
    (
        "the rest of a market order expires",
        [order(1_200)],
        ["NEW NEW", *PART, *PART, "EXPIRED EXPIRED"],
    ),
    (
        "an order is cancelled by its name",
        [order(10, 60_000, client_id="mine"), CANCEL],
        ["NEW NEW", "CANCELED CANCELED"],
    ),
    (
        "all orders are cancelled, oldest first",
        [order(10, 60_000), order(10, 61_000), CANCEL_ALL],
        ["NEW NEW", "NEW NEW", "CANCELED CANCELED", "CANCELED CANCELED"],
    ),
    (
        "an order is changed",
        [order(10, 60_000, client_id="mine"), amend(20, 61_000)],
        ["NEW NEW", "AMENDMENT NEW"],
    ),
    (
        "an order is changed and takes",
        [order(10, 60_000, client_id="mine"), amend(10, 65_000)],
        ["NEW NEW", "AMENDMENT NEW", *FILLED],
    ),
    (
        "a resting order is filled by another account",
        [order(10, 64_999), sell(10, uid=BOB)],
        ["NEW NEW", *FILLED],
    ),
    (
        "an order that would meet its own account ends the resting one",
        [order(10, 64_999), sell(10, 64_999)],
        ["NEW NEW", "NEW NEW", "EXPIRED EXPIRED_IN_MATCH"],
    ),
    (
        "an account trades with itself: the maker's side first",
        [order(10, 64_999), sell(10, self_trade=SelfTrade.NONE)],
        ["NEW NEW", "NEW NEW", *FILLED, *FILLED],
    ),
    (
        "an order is filled, and one that only closes is of no more use",
        [order(10), sell(10, 66_000, reduce_only=True), sell(10)],
        ["NEW NEW", *FILLED, "NEW NEW", "NEW NEW", *FILLED, "EXPIRED EXPIRED"],
    ),
    (
        "a conditional order is cancelled",
        [stop(64_000), CancelAllAlgos(uid=ANN, symbol=BTC)],
        ["algo NEW", "algo CANCELED"],
    ),
    (
        "a conditional order is triggered by the price",
        [order(10), stop(64_000), SetPrice(symbol=BTC, last=63_000 * UNIT)],
        ["NEW NEW", *FILLED, "algo NEW", "algo TRIGGERED", "NEW NEW", *FILLED, "algo FINISHED"],
    ),
    (
        "a conditional order is refused when its price comes",
        [stop(64_000, reduce_only=True), SetPrice(symbol=BTC, last=63_000 * UNIT)],
        ["algo NEW", "algo REJECTED"],
    ),
    (
        "a trailing order follows the price at once",
        [stop(0, kind=AlgoKind.TRAILING_STOP_MARKET, callback_rate=1_000_000)],
        ["algo NEW", "algo NEW"],
    ),
    (
        "the order of a conditional one rests until it is cancelled",
        [
            stop(64_000, kind=AlgoKind.STOP, price=66_000 * UNIT),
            SetPrice(symbol=BTC, last=63_000 * UNIT),
            CANCEL_ALL,
        ],
        ["algo NEW", "algo TRIGGERED", "NEW NEW", "CANCELED CANCELED", "algo FINISHED"],
    ),
    ("a countdown starts", [SetCountdown(uid=ANN, symbol=BTC, ms=1_000)], []),
    (
        "the market moves",
        [SetPrice(symbol=BTC, last=64_000 * UNIT), SetLiquidity(symbol=BTC, mode="none")],
        [],
    ),
    ("another account trades", [order(10, 60_000, uid=BOB), order(10, uid=BOB)], []),
]


@pytest.mark.parametrize(
    ("name", "commands", "words"), SEQUENCES, ids=[row[0] for row in SEQUENCES]
)
def test_what_is_told_in_which_order(name: str, commands: list[Command], words: list[str]) -> None:
    world = Trading()
    for command in commands:
        world.all(command)
    assert world.short() == words


def test_open_orders_of_the_symbol_stand_with_every_order() -> None:
    """Bids and asks after the event; what only closes does not count."""
    world = Trading()
    world.place(10, 60_000, client_id="mine")
    world.all(sell(20, 70_000))
    world.all(amend(30, 61_000, modify_id=42))
    world.place(10)
    world.all(sell(5, 66_000, reduce_only=True))
    world.do(CancelOrder(uid=ANN, symbol=BTC, name=OrderName(client_id="mine")))
    told = only(OrderChanged, world.told())
    assert [(n.bids // UNIT, n.asks // UNIT) for n in told] == [
        (600, 0),
        (600, 1_400),
        (1_830, 1_400),
        (1_830, 1_400),
        (1_830, 1_400),
        (1_830, 1_400),
        (0, 1_400),
    ]
    assert [n.order.modify_id for n in told] == [0, 0, 42, 0, 0, 0, 42]


EXPIRIES: list[tuple[str, list[Command], Expiry]] = [
    ("cancelled", [order(1, 60_000), CANCEL_ALL], Expiry.NONE),
    ("IOC", [order(150, 65_000, time_in_force=IOC)], Expiry.IOC_REMAINDER),
    ("market", [order(1_200)], Expiry.MARKET_REMAINDER),
    ("self-trade", [order(10, 64_999), sell(10, 64_999)], Expiry.SELF_TRADE),
    (
        "self-trade of an IOC order",
        [
            order(10, 64_999),
            sell(10, 64_999, time_in_force=IOC, self_trade=SelfTrade.EXPIRE_TAKER),
        ],
        Expiry.IOC_SELF_TRADE,
    ),
    (
        "nothing left to reduce",
        [order(10), sell(10, 66_000, reduce_only=True), sell(10)],
        Expiry.REDUCE_ONLY,
    ),
    (
        "its time was over",
        [order(10, 60_000, time_in_force=GTD, good_till=Millis(NOW + DAY))],
        Expiry.GOOD_TILL,
    ),
]


@pytest.mark.parametrize(("name", "commands", "expiry"), EXPIRIES, ids=[row[0] for row in EXPIRIES])
def test_why_an_order_ended(name: str, commands: list[Command], expiry: Expiry) -> None:
    """By the end of the next day."""
    world = Trading()
    for command in commands:
        world.all(command)
    world.wait(2 * DAY)
    assert only(OrderChanged, world.told())[-1].expiry is expiry


# The account


def test_what_updates_say_adds_up_to_the_wallet() -> None:
    """From one update to the next: what came, what was realised, and less the commission."""
    world = Trading()
    world.place(50)
    world.all(sell(120))
    world.place(10, 64_995)
    world.all(SettleFunding(symbol=BTC, rate=10_000))
    world.all(TransferFunds(uid=ANN, kind=TransferKind.UMFUTURE_MAIN, money=Money("USDT", UNIT)))
    world.all(sell(10, uid=BOB))
    world.place(200)
    wallet = 10_000 * UNIT
    updates = 0
    for notice in world.told():
        if isinstance(notice, OrderTraded):
            wallet += notice.fill.realized - notice.fill.commission
        if isinstance(notice, AccountChanged):
            [balance] = notice.balances
            wallet += balance.change
            assert balance.wallet_balance == wallet
            updates += 1
    assert updates == 8
    assert world.balance("USDT", UMFUTURE) == wallet


def test_a_commission_in_bnb_is_a_second_balance() -> None:
    world = Trading()
    world.give(UNIT, "BNB", UMFUTURE)
    world.told()
    world.place(100)
    [account] = only(AccountChanged, world.told())
    # 6,500 USDT at 0.05%, a tenth less, is 2.925 USDT; BNB is at 600
    assert account.balances == (
        BalanceChange("USDT", 10_000 * UNIT, 10_000 * UNIT, 0),
        BalanceChange("BNB", 99_512_500, 99_512_500, 0),
    )


def test_a_fill_that_costs_nothing_shows_the_balance_all_the_same() -> None:
    world = Trading()
    world.do(SetFees(uid=ANN, tier=0, maker=0, taker=0))
    world.place(100)
    [account] = only(AccountChanged, world.told())
    assert account.balances == (BalanceChange("USDT", 10_000 * UNIT, 10_000 * UNIT, 0),)


def test_an_isolated_position_takes_its_margin_from_the_cross_wallet() -> None:
    """At 20x 0.1 at the mark of 65,000 needs 325; the commission of 3.25 is paid out of that."""
    world = Trading()
    world.do(SetMarginType(uid=ANN, symbol=BTC, isolated=True))
    world.told()
    world.place(100)
    [account] = only(AccountChanged, world.told())
    assert account.balances == (BalanceChange("USDT", 999_675_000_000, 967_500_000_000, 0),)
    [position] = account.positions
    assert (position.isolated, position.isolated_wallet) == (True, 32_175_000_000)
    world.give(UNIT, wallet=UMFUTURE)
    [paid] = only(AccountChanged, world.told())
    assert paid.balances == (BalanceChange("USDT", 999_775_000_000, 967_600_000_000, UNIT),)
    assert paid.positions == ()


def test_each_side_of_hedge_mode_is_a_position() -> None:
    world = Trading()
    world.do(SetPositionMode(uid=ANN, hedge=True))
    world.place(100, position_side=PositionSide.LONG)
    world.all(sell(50, position_side=PositionSide.SHORT))
    accounts = only(AccountChanged, world.told())
    assert [[(p.side, p.quantity) for p in account.positions] for account in accounts] == [
        [(PositionSide.LONG, 10_000_000)],
        [(PositionSide.SHORT, -5_000_000)],
    ]


def test_a_closed_position_keeps_what_it_realised() -> None:
    world = Trading()
    world.place(100)
    world.all(sell(100))
    *_, account = only(AccountChanged, world.told())
    assert account.positions == (
        PositionState(
            symbol=BTC, side=PositionSide.BOTH, isolated=False, cumulative_realized=-100_000_000
        ),
    )


def test_funding_of_a_cross_position_shows_the_balance_alone() -> None:
    """0.1 at 65,000 pays 0.01% of 6,500."""
    world = Trading()
    world.place(100)
    world.told()
    world.all(SettleFunding(symbol=BTC, rate=10_000))
    assert world.told() == [
        AccountChanged(
            ANN,
            AT,
            "FUNDING_FEE",
            (BalanceChange("USDT", 999_610_000_000, 999_610_000_000, -65_000_000),),
            symbol=BTC,
        )
    ]


def test_an_auto_exchange_shows_what_was_made_good_and_what_was_sold() -> None:
    """1 BTC brings 63,375 USDC at 97.5%; 5,000 USDC are owed."""
    world = Trading()
    world.do(SetMultiAssetsMode(uid=ANN, on=True))
    world.do(DepositFunds(uid=ANN, wallet=UMFUTURE, money=Money("BTC", UNIT)))
    world.do(TransferFunds(uid=ANN, kind=TransferKind.UMFUTURE_MAIN,
                           money=Money("USDT", 10_000 * UNIT)))  # fmt: skip
    owed = Posting(ANN, UMFUTURE, "USDC", -5_000 * UNIT)
    world.state.books.post((owed, Posting(VENUE, CLEARING, "USDC", 5_000 * UNIT)))
    world.told()
    world.all(SetFeeBurn(uid=ANN, on=False))
    assert world.told() == [
        AccountChanged(
            ANN,
            AT,
            "AUTO_EXCHANGE",
            (
                BalanceChange("USDC", 0, 0, 5_000 * UNIT),
                BalanceChange("BTC", 92_110_454, 92_110_454, -7_889_546),
            ),
        )
    ]


def test_funding_of_an_isolated_position_shows_it_too() -> None:
    world = Trading()
    world.do(SetMarginType(uid=ANN, symbol=BTC, isolated=True))
    world.all(sell(100))
    world.told()
    world.all(SettleFunding(symbol=BTC, rate=10_000))
    [account] = only(AccountChanged, world.told())
    [balance], [position] = account.balances, account.positions
    assert balance.change == 65_000_000
    assert position.isolated_wallet == 32_240_050_000
    assert balance.wallet_balance - balance.cross_wallet_balance == position.isolated_wallet


def test_margin_that_is_moved_leaves_the_wallet_as_it_is() -> None:
    world = Trading()
    world.do(SetMarginType(uid=ANN, symbol=BTC, isolated=True))
    world.place(100)
    world.told()
    move = MovePositionMargin(
        uid=ANN, symbol=BTC, position_side=PositionSide.BOTH, amount=5 * UNIT, add=True
    )
    world.all(move)
    [account] = only(AccountChanged, world.told())
    assert account.reason == "MARGIN_TRANSFER"
    assert account.balances == (BalanceChange("USDT", 999_675_000_000, 967_000_000_000, 0),)
    assert [p.isolated_wallet for p in account.positions] == [32_675_000_000]


# Conditional orders


STOP = AlgoOrder(
    algo_id=3,
    uid=ANN,
    client_id="stop",
    symbol=BTC,
    side=Side.SELL,
    position_side=PositionSide.BOTH,
    kind=AlgoKind.STOP_MARKET,
    time_in_force=TimeInForce.GTC,
    quantity=MILLI,
    price=0,
    trigger_price=60_000 * UNIT,
)


def test_a_conditional_order_is_told_as_it_is_after_each_event() -> None:
    """The notice is a copy: what the state does to the order later does not reach it."""
    state = World().state
    head: dict[str, Any] = {"at": AT, "uid": ANN, "algo_id": 3, "symbol": BTC}
    mine = copy(STOP)
    state.orders.algos[3] = mine
    placed = notices_of(state, AlgoPlaced(at=AT, uid=ANN, algo=STOP))
    activated = AlgoActivated(**head, extreme=1)
    assert subject_of(state, activated) is mine
    mine.activated = True
    active = notices_of(state, activated, mine)
    mine.status, mine.order_id = AlgoStatus.TRIGGERED, 9
    triggered = notices_of(state, AlgoTriggered(**head, order_id=9), mine)
    end = {"status": AlgoStatus.FINISHED, "reason": "", "executed": MILLI, "quote": 60 * UNIT}
    ended = AlgoEnded(**head | end)
    assert subject_of(state, ended) is mine
    del state.orders.algos[3]
    mine.status = AlgoStatus.FINISHED
    told = only(AlgoChanged, [*placed, *active, *triggered, *notices_of(state, ended, mine)])
    assert [(n.algo.status, n.algo.activated, n.algo.order_id) for n in told] == [
        (AlgoStatus.NEW, False, 0),
        (AlgoStatus.NEW, True, 0),
        (AlgoStatus.TRIGGERED, True, 9),
        (AlgoStatus.FINISHED, True, 9),
    ]
    assert [(n.executed, n.quote) for n in told] == [(0, 0)] * 3 + [(MILLI, 60 * UNIT)]


def test_an_order_of_a_conditional_one_knows_it() -> None:
    """From its placing to its last fill, with which the conditional order is over."""
    world = Trading()
    world.place(10)
    world.all(stop(0, kind=AlgoKind.TRAILING_STOP_MARKET, callback_rate=1_000_000))
    world.told()
    world.all(SetPrice(symbol=BTC, last=64_000 * UNIT))
    placed, traded = only(OrderChanged, world.told())
    for changed in (placed, traded):
        assert changed.origin is not None
        assert changed.origin.status is AlgoStatus.TRIGGERED
        assert changed.origin.order_id == changed.order.order_id
        assert changed.origin.activate_price == 65_000 * UNIT
    assert traded.order.status is OrderStatus.FILLED


# All of it


def test_what_tells_nothing_is_known() -> None:
    """What is of the market, the house or the fund, and countdowns; all else of trading is told."""
    market = {"PriceSet", "MarketMoved", "QuotingSet", "LiquiditySet"}
    silent = (
        market
        | {"HouseFilled", "FundFilled"}
        | {"FundingStarted", "FundingSettled", "CountdownSet"}
    )
    kinds = set(get_args(TradingEvent))
    assert {kind.__name__ for kind in kinds - TOLD.keys()} == silent
    named = {kind for kind in kinds if {"order_id", "algo_id"} & set(kind.__struct_fields__)}
    assert set(SUBJECTS) == named


def test_an_account_that_nobody_listens_to_is_told_nothing() -> None:
    """And nothing is made for it: the account of the other side of a trade alone is."""
    world = Trading()
    world.place(10, 64_999, uid=BOB)
    world.all(sell(10))
    assert {notice.uid for notice in world.told()} == {ANN}

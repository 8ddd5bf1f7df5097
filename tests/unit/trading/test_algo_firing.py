"""Conditional orders whose price comes: what they become, in which order, and how they end."""

from typing import Any

import pytest
from msgspec.structs import replace

from clearhouse.engine.apply import apply
from clearhouse.engine.snapshot import digest, dump, load
from clearhouse.engine.state import State
from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import (
    CancelAlgo,
    CancelOrder,
    OrderName,
    PlaceAlgo,
    PlaceOrder,
    RunDue,
    SetLiquidity,
)
from clearhouse.messages.trading_queries import FindOpenAlgo, ReadOpenAlgos
from clearhouse.model.ids import Millis
from clearhouse.model.orders import AlgoStatus, OrderKind, PriceMatch, Side, TimeInForce
from clearhouse.model.wallets import UMFUTURE
from unit.trading.algos import (
    BTC,
    BUY,
    LONG,
    MARK,
    PROFIT,
    PROFIT_MARKET,
    SELL,
    SHORT,
    STOP,
    TENTH,
    closing,
    funded,
    limit_stop,
    market_order,
    set_price,
    steps,
    stop,
    trailing,
    usdt,
)
from unit.world import ANN, BOB, NOW, UNIT, World

ONE, TWO, THREE = 2_000_001, 2_000_002, 2_000_003


def after(world: World, *prices: str) -> list[tuple[Any, ...]]:
    """What happens to orders while the price goes from one to the next, mark and last alike."""
    return [step for price in prices for step in steps(world.all(set_price(price)))]


def filled(price: str, quantity: int = TENTH) -> tuple[object, ...]:
    return "filled", quantity, usdt(price)


def triggered(algo_id: int, price: str, quantity: int = TENTH) -> list[tuple[Any, ...]]:
    """A market order that the house fills at once."""
    return [
        ("triggered", algo_id),
        ("placed", "MARKET", quantity),
        filled(price, quantity),
        ("FINISHED", algo_id, quantity, ""),
    ]


@pytest.mark.parametrize(
    ("command", "short_of", "at", "fill"),
    [
        (stop(), "64,000.1", "64,000", "63,999.9"),
        (stop(side=BUY, trigger_price=usdt("66,000")), "65,999.9", "66,000", "66,000.1"),
        (stop(kind=PROFIT_MARKET, trigger_price=usdt("66,000")), "65,999.9", "66,000", "65,999.9"),
        (stop(kind=PROFIT_MARKET, side=BUY), "64,000.1", "64,000", "64,000.1"),
        (stop(working_type=MARK), "64,000.1", "64,000", "63,999.9"),
    ],
)
def test_a_market_order_follows_at_the_trigger(
    command: PlaceAlgo, short_of: str, at: str, fill: str
) -> None:
    world = funded()
    world.do(command)
    assert after(world, short_of) == []
    assert after(world, at) == triggered(ONE, fill)
    assert world.state.orders.algos == {}


@pytest.mark.parametrize(
    ("command", "gap", "fill"),
    [
        (stop(), "60,000", "59,999.9"),
        (stop(side=BUY, trigger_price=usdt("66,000")), "70,000", "70,000.1"),
        (stop(kind=PROFIT_MARKET, trigger_price=usdt("66,000")), "70,000", "69,999.9"),
        (stop(kind=PROFIT_MARKET, side=BUY), "60,000", "60,000.1"),
    ],
)
def test_beyond_the_trigger_the_market_is_what_it_is(
    command: PlaceAlgo, gap: str, fill: str
) -> None:
    world = funded()
    world.do(command)
    assert after(world, gap) == triggered(ONE, fill)


@pytest.mark.parametrize(
    ("command", "at", "rest"),
    [
        (limit_stop(price=usdt("64,100")), "64,000", (SELL, "64,100")),
        (
            limit_stop(side=BUY, trigger_price=usdt("66,000"), price=usdt("65,900")),
            "66,000",
            (BUY, "65,900"),
        ),
        (
            limit_stop(kind=PROFIT, trigger_price=usdt("66,000"), price=usdt("66,100")),
            "66,000",
            (SELL, "66,100"),
        ),
        (limit_stop(kind=PROFIT, side=BUY), "64,000", (BUY, "63,900")),
    ],
)
def test_a_limit_order_follows_and_rests(
    command: PlaceAlgo, at: str, rest: tuple[Side, str]
) -> None:
    world = funded()
    world.do(replace(command, client_id="mine"))
    assert after(world, at) == [("triggered", ONE), ("placed", "LIMIT", TENTH)]
    (order,) = world.state.orders.open.values()
    side, price = rest
    assert (order.side, order.price, order.stop_price) == (side, usdt(price), command.trigger_price)
    assert (order.client_id, order.algo_id) == ("mine", ONE)
    algo = world.read(FindOpenAlgo(uid=ANN, name=OrderName(None, "mine")))
    assert algo is not None
    assert (algo.status, algo.order_id) == (AlgoStatus.TRIGGERED, order.order_id)
    assert world.read(ReadOpenAlgos(uid=ANN)) == ()
    assert world.refusal(CancelAlgo(uid=ANN, name=OrderName(ONE))) == "NO_ORDER_TO_CANCEL"


def test_what_its_order_comes_to_is_what_it_came_to() -> None:
    world = funded()
    world.do(limit_stop(price=usdt("64,100")))
    after(world, "64,000")
    (order,) = world.state.orders.open.values()
    assert steps(world.all(CancelOrder(uid=ANN, symbol=BTC, name=OrderName(order.order_id)))) == [
        ("ended", "0"),
        ("FINISHED", ONE, 0, ""),
    ]
    world.do(limit_stop(price=usdt("64,100"), trigger_price=usdt("63,900")))
    after(world, "63,900")
    assert after(world, "64,200") == [filled("64,100"), ("FINISHED", TWO, TENTH, "")]


def test_orders_of_fills_fire_those_that_their_price_reaches() -> None:
    """The book is thin: the first stop's fill goes below the trigger of the second."""
    world = funded()
    world.do(market_order(BUY, 3 * TENTH))
    bids = ((usdt("64,990"), TENTH), (usdt("64,500"), TENTH), (usdt("64,000"), TENTH))
    world.do(SetLiquidity(symbol=BTC, mode="levels", bids=bids))
    world.do(stop(trigger_price=usdt("64,600"), reduce_only=True))
    world.do(stop(trigger_price=usdt("64,900"), quantity=TENTH, reduce_only=True))
    first = world.all(market_order(SELL, TENTH))
    assert steps(first) == [("placed", "MARKET", TENTH), filled("64,990")]
    second = world.all(set_price(last="64,900"))
    assert steps(second) == [
        ("triggered", TWO),
        ("placed", "MARKET", TENTH),
        filled("64,500"),
        ("FINISHED", TWO, TENTH, ""),
        ("triggered", ONE),
        ("placed", "MARKET", TENTH),
        filled("64,000"),
        ("FINISHED", ONE, TENTH, ""),
    ]


def test_a_trade_fires_as_a_price_that_is_set_does() -> None:
    world = funded()
    world.do(stop(side=BUY, trigger_price=usdt("65,000.1")))
    assert steps(world.all(market_order(BUY))) == [
        ("placed", "MARKET", TENTH),
        filled("65,000.1"),
        *triggered(ONE, "65,000.1"),
    ]


def test_the_mark_fires_before_the_last_price_and_trailing_orders_come_last() -> None:
    world = funded()
    world.do(trailing())
    world.do(stop(trigger_price=usdt("64,300")))
    world.do(stop(trigger_price=usdt("64,200"), working_type=MARK))
    world.do(stop(trigger_price=usdt("64,400"), working_type=MARK))
    fired = [step[1] for step in after(world, "64,000") if step[0] == "triggered"]
    assert fired == [ONE + 3, ONE + 2, ONE + 1, ONE]


def test_each_order_fires_by_its_own_price() -> None:
    world = funded()
    world.do(stop())
    world.do(stop(working_type=MARK))
    assert [s[1] for s in steps(world.all(set_price(mark="64,000", last="65,000")))][:1] == [TWO]
    assert steps(world.all(set_price(mark="65,000", last="64,000")))[0] == ("triggered", ONE)


@pytest.mark.parametrize(("mark", "fires"), [("64,000.19", True), ("64,000.2", False)])
def test_the_mark_is_cut_to_the_tick(mark: str, *, fires: bool) -> None:
    world = funded()
    world.do(stop(trigger_price=usdt("64,000.1"), working_type=MARK))
    assert bool(steps(world.all(set_price(last="65,000", mark=mark)))) is fires


def test_a_protected_order_waits_while_the_prices_are_apart() -> None:
    """5% of the last price is the most that BTCUSDT allows; a neighbour without fires at once."""
    world = funded()
    world.do(stop(side=BUY, trigger_price=usdt("67,000"), price_protect=True, working_type=MARK))
    world.do(stop(side=BUY, trigger_price=usdt("67,500"), working_type=MARK))
    apart = steps(world.all(set_price(last="65,000", mark="68,260")))
    assert apart[0] == ("triggered", TWO)
    assert list(world.state.orders.algos) == [ONE]
    assert steps(world.all(set_price(last="65,020", mark="68,260")))[0] == ("triggered", ONE)


def test_protection_of_a_trailing_order() -> None:
    world = funded()
    world.do(trailing(price_protect=True))
    assert steps(world.all(set_price(last="61,000", mark="65,000"))) == []
    assert steps(world.all(set_price(last="61,000", mark="61,000")))[0] == ("triggered", ONE)


def test_without_the_margin_it_is_rejected_and_leaves_no_order() -> None:
    world = funded()
    world.do(stop(quantity=100 * UNIT))
    ((status, algo_id, executed, reason),) = after(world, "64,000")
    assert (status, algo_id, executed) == ("REJECTED", ONE, 0)
    assert "margin" in reason.lower() or "available" in reason.lower()
    assert world.state.orders.open == {}
    assert world.state.orders.next_order_id == 4_000_000_001


def test_with_nothing_to_reduce_it_is_rejected() -> None:
    world = funded()
    world.do(stop(reduce_only=True))
    assert after(world, "64,000") == [
        ("REJECTED", ONE, 0, "there is no position that the order would reduce")
    ]


@pytest.mark.parametrize("held", [0, -TENTH])
def test_with_nothing_to_close_it_expires(held: int) -> None:
    """A short position is none that a sale could close."""
    world = funded()
    if held:
        world.do(market_order(SELL, -held))
    world.do(closing())
    assert after(world, "64,000") == [("EXPIRED", ONE, 0, "there is no position to close")]


def test_closing_takes_the_whole_position_and_an_opened_one_anew() -> None:
    """It waits on when the position is closed otherwise: it is not tied to one position."""
    world = funded()
    world.do(market_order(BUY, TENTH))
    world.do(closing())
    world.do(market_order(SELL, TENTH))
    assert list(world.state.orders.algos) == [ONE]
    world.do(market_order(BUY, 3 * TENTH))
    assert after(world, "64,000") == triggered(ONE, "63,999.9", 3 * TENTH)
    assert world.state.futures.of(ANN).exposure(BTC).position(closing().position_side).quantity == 0


@pytest.mark.parametrize(
    ("side", "closes", "trigger", "at", "fill"),
    [
        (SELL, LONG, "64,000", "64,000", "63,999.9"),
        (BUY, SHORT, "66,000", "66,000", "66,000.1"),
    ],
)
def test_closing_a_side_of_hedge_mode(
    side: Side, closes: Any, trigger: str, at: str, fill: str
) -> None:
    world = funded(hedge=True)
    world.do(market_order(BUY, 2 * TENTH, position_side=LONG))
    world.do(market_order(SELL, 2 * TENTH, position_side=SHORT))
    world.do(closing(side=side, position_side=closes, trigger_price=usdt(trigger)))
    assert after(world, at) == triggered(ONE, fill, 2 * TENTH)
    exposure = world.state.futures.of(ANN).exposure(BTC)
    sizes = {LONG: 2 * TENTH, SHORT: -2 * TENTH} | {closes: 0}
    assert {s: exposure.position(s).quantity for s in (LONG, SHORT)} == sizes


def test_a_position_larger_than_a_market_order_may_be_is_closed_whole() -> None:
    world = funded()
    world.give(10_000_000 * UNIT, "USDT", UMFUTURE)
    for _ in range(2):
        world.do(market_order(BUY, 100 * UNIT))
    world.do(closing())
    assert after(world, "64,000")[1] == ("placed", "MARKET", 200 * UNIT)
    assert world.state.orders.algos == {}


def test_the_name_of_an_open_order_is_not_taken_twice() -> None:
    world = funded()
    world.do(
        PlaceOrder(
            uid=ANN,
            symbol=BTC,
            side=BUY,
            kind=OrderKind.LIMIT,
            quantity=TENTH,
            price=usdt("63,000"),
            client_id="mine",
        )
    )
    world.do(limit_stop(price=usdt("64,100"), client_id="mine"))
    assert after(world, "64,000")[0] == ("triggered", ONE)
    names = [order.client_id for order in world.state.orders.open.values()]
    assert names[0] == "mine" != names[1]


def test_the_book_gives_the_price_when_it_is_triggered() -> None:
    world = funded()
    world.do(limit_stop(price=0, price_match=PriceMatch.QUEUE_5))
    after(world, "64,000")
    (order,) = world.state.orders.open.values()
    assert order.price == usdt("64,000.5")


class TestGoodTill:
    END = Millis(NOW + 3_600_500)

    def test_it_expires_in_time(self) -> None:
        world = funded()
        world.do(stop(time_in_force=TimeInForce.GTD, good_till=self.END))
        world.now = NOW + 3_599_999
        assert world.all(RunDue()) == []
        world.now += 1
        assert steps(world.all(RunDue())) == [("EXPIRED", ONE, 0, "goodTillDate has passed")]
        assert after(world, "64,000") == []

    def test_its_order_expires_then_however_late_it_came(self) -> None:
        world = funded()
        world.do(
            limit_stop(price=usdt("64,100"), time_in_force=TimeInForce.GTD, good_till=self.END)
        )
        world.now = NOW + 3_590_000
        assert after(world, "64,000") == [("triggered", ONE), ("placed", "LIMIT", TENTH)]
        world.now = NOW + 3_600_000
        assert steps(world.all(RunDue())) == [("ended", "6"), ("FINISHED", ONE, 0, "")]

    def test_what_was_cancelled_does_not_fall_due(self) -> None:
        world = funded()
        world.do(stop(time_in_force=TimeInForce.GTD, good_till=self.END))
        world.do(CancelAlgo(uid=ANN, name=OrderName(ONE)))
        world.now = NOW + 4_000_000
        assert world.all(RunDue()) == []


class TestTrailing:
    def test_without_activation_price_it_follows_at_once(self) -> None:
        world = funded()
        assert steps(world.all(trailing())) == [
            ("waits", ONE),
            ("follows", ONE, usdt("65,000")),
        ]
        assert world.state.orders.algos[ONE].activate_price == usdt("65,000")

    @pytest.mark.parametrize(
        ("side", "path", "turn", "fill"),
        [
            (SELL, ("66,000", "70,000", "69,300.1"), "69,300", "69,299.9"),
            (SELL, ("64,350.1",), "64,350", "64,349.9"),
            (BUY, ("64,000", "60,000", "60,599.9"), "60,600", "60,600.1"),
            (BUY, ("65,649.9",), "65,650", "65,650.1"),
        ],
    )
    def test_it_fires_when_the_price_has_come_back(
        self, side: Side, path: tuple[str, ...], turn: str, fill: str
    ) -> None:
        world = funded()
        world.do(trailing(side=side))
        assert after(world, *path) == []
        assert after(world, turn) == triggered(ONE, fill)

    @pytest.mark.parametrize(
        ("side", "activate", "before", "at", "turn"),
        [
            (SELL, "66,000", ("64,000", "65,999.9", "60,000"), "66,000", "65,340"),
            (BUY, "64,000", ("66,000", "64,000.1", "70,000"), "64,000", "64,640"),
        ],
    )
    def test_it_sleeps_until_the_activation_price(
        self, side: Side, activate: str, before: tuple[str, ...], at: str, turn: str
    ) -> None:
        world = funded()
        world.do(trailing(side=side, activate_price=usdt(activate)))
        assert after(world, *before) == []
        assert after(world, at) == [("follows", ONE, usdt(at))]
        assert after(world, turn)[0] == ("triggered", ONE)

    def test_it_follows_the_mark_where_it_watches_that(self) -> None:
        world = funded()
        world.do(trailing(working_type=MARK))
        assert steps(world.all(set_price(mark="66,000", last="64,000"))) == []
        assert steps(world.all(set_price(mark="65,340.05", last="64,000"))) == []
        assert steps(world.all(set_price(mark="65,340", last="64,000")))[0] == ("triggered", ONE)

    def test_trades_move_it_too(self) -> None:
        world = funded()
        world.do(trailing(side=SELL))
        world.do(market_order(BUY))
        assert world.state.orders.algos[ONE].extreme == usdt("65,000.1")


def test_what_waits_is_the_same_after_a_restart() -> None:
    world = funded()
    world.do(market_order(BUY, 2 * TENTH))
    world.do(limit_stop(price=usdt("64,100")))
    for command in (stop(trigger_price=usdt("60,000")), trailing(), closing(uid=BOB)):
        world.do(command)
    world.do(stop(time_in_force=TimeInForce.GTD, good_till=Millis(NOW + 3_600_000)))
    after(world, "66,000", "65,500")
    other = World()
    other.state = load(dump(world.state))
    other.now = world.now
    assert digest(other.state) == digest(world.state)
    for price in ("65,300", "64,000", "59,000"):
        assert after(world, price) == after(other, price)
        assert digest(other.state) == digest(world.state)
    world.now = other.now = NOW + 3_600_000
    assert steps(world.all(RunDue())) == steps(other.all(RunDue()))
    assert digest(other.state) == digest(world.state)


def test_replaying_the_events_gives_the_same_state() -> None:
    """Also what trailing orders have seen, of which no event tells."""
    events: list[Event] = []

    def told(state: State, event: Event) -> None:
        events.append(event)
        apply(state, event)

    world = funded(tell=told)
    for command in (
        market_order(BUY, 2 * TENTH),
        stop(trigger_price=usdt("60,000")),
        stop(reduce_only=True),
        closing(trigger_price=usdt("63,000")),
        trailing(callback_rate=10_000_000),
        trailing(activate_price=usdt("66,000")),
        trailing(working_type=MARK, callback_rate=10_000_000),
        limit_stop(price=usdt("64,100"), trigger_price=usdt("63,500")),
        set_price("67,000"),
        market_order(BUY, TENTH),
        set_price(mark="66,000", last="66,500"),
        set_price("63,400"),
        set_price("62,900"),
        market_order(SELL, TENTH),
    ):
        world.do(command)
    again = State()
    for event in events:
        apply(again, event)
    assert digest(again) == digest(world.state)
    seen = {n: algo.extreme for n, algo in again.orders.algos.items() if algo.extreme}
    assert seen == {TWO + 2: usdt("67,000.1"), TWO + 4: usdt("67,000")}


def test_a_listing_shows_what_waits() -> None:
    world = funded()
    world.do(stop())
    world.do(stop(symbol="ETHUSDT", kind=STOP, price=usdt("3,000"), trigger_price=usdt("3,000")))
    world.do(trailing())
    assert [algo.algo_id for algo in world.read(ReadOpenAlgos(uid=ANN))] == [ONE, TWO, THREE]
    assert [a.algo_id for a in world.read(ReadOpenAlgos(uid=ANN, symbol=BTC))] == [ONE, THREE]
    assert world.read(ReadOpenAlgos(uid=BOB)) == ()
    assert world.read(FindOpenAlgo(uid=BOB, name=OrderName(ONE))) is None

"""Conditional orders that are refused when they are placed, and what is looked at first."""

import pytest

from clearhouse.messages.trading_commands import CancelAlgo, CancelAllAlgos, OrderName, PlaceAlgo
from clearhouse.model.ids import Millis
from clearhouse.model.orders import PriceMatch, Side, TimeInForce
from unit.trading.algos import (
    BUY,
    LAST,
    LONG,
    MARK,
    PROFIT,
    PROFIT_MARKET,
    SELL,
    SHORT,
    closing,
    funded,
    limit_stop,
    set_price,
    stop,
    trailing,
    usdt,
)
from unit.world import ANN, BOB, NOW, UNIT

GTD = TimeInForce.GTD
THOUSANDTH = UNIT // 1000
FIRST = 2_000_001


ONE_WAY = [
    (stop(symbol="NOSUCH"), "UNKNOWN_SYMBOL"),
    (stop(position_side=LONG), "POSITION_SIDE_AGAINST_MODE"),
    (limit_stop(quantity=0, close_position=True), "CLOSE_POSITION_OF_KIND"),
    (trailing(quantity=0, close_position=True), "CLOSE_POSITION_OF_KIND"),
    (closing(quantity=1), "QUANTITY_WITH_CLOSE_POSITION"),
    (closing(reduce_only=True), "REDUCE_ONLY_WITH_CLOSE_POSITION"),
    (stop(trigger_price=0), "TRIGGER_NOT_POSITIVE"),
    (stop(trigger_price=usdt("64,000.001")), "TOO_PRECISE"),
    (stop(trigger_price=usdt("4,529,764.1")), "TRIGGER_ABOVE_MAXIMUM"),
    (stop(trigger_price=usdt("64,000.05")), "PRICE_OFF_TICK"),
    (closing(trigger_price=0), "TRIGGER_NOT_POSITIVE"),
    (trailing(callback_rate=0), "CALLBACK_OUT_OF_RANGE"),
    (trailing(callback_rate=99_999), "CALLBACK_OUT_OF_RANGE"),
    (trailing(callback_rate=10_000_001), "CALLBACK_OUT_OF_RANGE"),
    (trailing(activate_price=usdt("66,000.001")), "TOO_PRECISE"),
    (trailing(activate_price=usdt("66,000.05")), "ACTIVATION_PRICE_INVALID"),
    (trailing(activate_price=usdt("4,529,764.1")), "ACTIVATION_PRICE_INVALID"),
    (limit_stop(price=0), "PRICE_NOT_POSITIVE"),
    (limit_stop(price=usdt("63,900.001")), "TOO_PRECISE"),
    (limit_stop(price=usdt("4,529,764.1")), "PRICE_ABOVE_MAXIMUM"),
    (limit_stop(price=usdt("556.7")), "PRICE_BELOW_MINIMUM"),
    (limit_stop(price=usdt("63,900.05")), "PRICE_OFF_TICK"),
    (
        limit_stop(side=BUY, trigger_price=usdt("66,000"), price=usdt("69,300.1")),
        "PRICE_ABOVE_TRIGGER_CAP",
    ),
    (limit_stop(price=usdt("60,799.9")), "PRICE_BELOW_TRIGGER_FLOOR"),
    (stop(quantity=0), "QUANTITY_NOT_POSITIVE"),
    (stop(quantity=THOUSANDTH + 1), "TOO_PRECISE"),
    (stop(quantity=120 * UNIT + THOUSANDTH), "QUANTITY_ABOVE_MAXIMUM"),
    (limit_stop(quantity=1000 * UNIT + THOUSANDTH), "QUANTITY_ABOVE_MAXIMUM"),
    (
        limit_stop(trigger_price=usdt("600"), price=usdt("600"), quantity=83 * THOUSANDTH),
        "NOTIONAL_TOO_SMALL",
    ),
    (stop(trigger_price=usdt("600"), quantity=83 * THOUSANDTH), "NOTIONAL_TOO_SMALL"),
    (limit_stop(time_in_force=GTD, good_till=Millis(NOW + 600_000)), "GOOD_TILL_OUT_OF_RANGE"),
    (
        limit_stop(time_in_force=GTD, good_till=Millis(253_402_300_799_000)),
        "GOOD_TILL_OUT_OF_RANGE",
    ),
    (stop(trigger_price=usdt("65,000")), "WOULD_TRIGGER"),
    (stop(side=BUY, trigger_price=usdt("65,000")), "WOULD_TRIGGER"),
    (stop(kind=PROFIT_MARKET, trigger_price=usdt("65,000")), "WOULD_TRIGGER"),
    (stop(kind=PROFIT_MARKET, side=BUY, trigger_price=usdt("65,000")), "WOULD_TRIGGER"),
    (trailing(activate_price=usdt("65,000")), "WOULD_TRIGGER"),
    (trailing(side=BUY, activate_price=usdt("65,000")), "WOULD_TRIGGER"),
]

HEDGE = [
    (stop(), "POSITION_SIDE_AGAINST_MODE"),
    (stop(position_side=LONG, reduce_only=True), "REDUCE_ONLY_IN_HEDGE_MODE"),
    (
        closing(side=BUY, position_side=LONG, trigger_price=usdt("66,000")),
        "CLOSE_POSITION_OPENS",
    ),
    (closing(position_side=SHORT), "CLOSE_POSITION_OPENS"),
]


@pytest.mark.parametrize(("command", "reason"), ONE_WAY)
def test_what_one_way_mode_refuses(command: PlaceAlgo, reason: str) -> None:
    assert funded().refusal(command) == reason


@pytest.mark.parametrize(("command", "reason"), HEDGE)
def test_what_hedge_mode_refuses(command: PlaceAlgo, reason: str) -> None:
    assert funded(hedge=True).refusal(command) == reason


@pytest.mark.parametrize(
    "command",
    [
        stop(),
        limit_stop(),
        limit_stop(side=BUY, trigger_price=usdt("66,000"), price=usdt("69,300")),
        limit_stop(price=usdt("60,800")),
        limit_stop(price=0, price_match=PriceMatch.OPPONENT),
        stop(trigger_price=usdt("64,999.9")),
        stop(side=BUY, trigger_price=usdt("65,000.1")),
        stop(kind=PROFIT_MARKET, trigger_price=usdt("65,000.1")),
        stop(kind=PROFIT_MARKET, side=BUY, trigger_price=usdt("64,999.9")),
        limit_stop(kind=PROFIT, trigger_price=usdt("65,100"), price=usdt("65,100")),
        stop(trigger_price=usdt("600"), quantity=84 * THOUSANDTH),
        stop(trigger_price=usdt("600"), quantity=THOUSANDTH, reduce_only=True),
        stop(quantity=120 * UNIT),
        closing(),
        closing(side=BUY, trigger_price=usdt("66,000")),
        limit_stop(time_in_force=GTD, good_till=Millis(NOW + 601_000)),
        trailing(),
        trailing(callback_rate=100_000),
        trailing(callback_rate=10_000_000),
        trailing(activate_price=usdt("65,000.1")),
        trailing(side=BUY, activate_price=usdt("64,999.9")),
    ],
)
def test_what_is_just_right(command: PlaceAlgo) -> None:
    """No position, no order and far more value than the balance could bear: nobody asks yet."""
    world = funded()
    world.do(command)
    assert list(world.state.orders.algos) == [FIRST]


@pytest.mark.parametrize(
    "command",
    [
        stop(position_side=LONG),
        stop(side=BUY, position_side=SHORT, trigger_price=usdt("66,000")),
        stop(position_side=LONG, trigger_price=usdt("600"), quantity=THOUSANDTH),
        closing(position_side=LONG),
        closing(side=BUY, position_side=SHORT, trigger_price=usdt("66,000")),
    ],
)
def test_what_is_just_right_in_hedge_mode(command: PlaceAlgo) -> None:
    world = funded(hedge=True)
    world.do(command)
    assert list(world.state.orders.algos) == [FIRST]


def test_a_name_is_taken_by_one_waiting_order_of_the_account() -> None:
    world = funded()
    world.do(stop(client_id="mine"))
    assert world.refusal(stop(client_id="mine")) == "CLIENT_ID_TAKEN"
    world.do(stop(client_id="mine", uid=BOB))
    world.do(CancelAlgo(uid=ANN, name=OrderName(None, "mine")))
    world.do(stop(client_id="mine"))


def test_an_account_has_two_hundred_waiting_over_all_symbols() -> None:
    world = funded()
    for _ in range(199):
        world.do(stop())
    world.do(stop(symbol="ETHUSDT", quantity=UNIT, trigger_price=usdt("3,000")))
    assert world.refusal(stop()) == "TOO_MANY_OPEN_ALGOS"
    world.do(stop(uid=BOB))
    world.do(CancelAlgo(uid=ANN, name=OrderName(FIRST)))
    world.do(stop())


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (stop(position_side=LONG), closing(position_side=LONG, quantity=1)),
        (closing(quantity=1), closing(quantity=1, trigger_price=0)),
        (stop(trigger_price=0), stop(trigger_price=0, quantity=0)),
        (limit_stop(price=0), limit_stop(price=0, quantity=0)),
        (stop(quantity=0), stop(quantity=0, time_in_force=GTD)),
        (stop(time_in_force=GTD), stop(time_in_force=GTD, trigger_price=usdt("66,000"))),
    ],
)
def test_the_order_of_refusals(earlier: PlaceAlgo, later: PlaceAlgo) -> None:
    """A command with a second fault further down is refused for the first."""
    world = funded()
    assert world.refusal(later) == world.refusal(earlier)


@pytest.mark.parametrize(
    ("side", "trigger", "mark", "refused"),
    [
        (SELL, "64,000.1", "64,000.19", True),
        (SELL, "64,000.1", "64,000.2", False),
        (BUY, "64,000.2", "64,000.19", False),
        (BUY, "64,000.2", "64,000.2", True),
    ],
)
def test_the_mark_counts_by_whole_ticks(
    side: Side, trigger: str, mark: str, *, refused: bool
) -> None:
    world = funded()
    world.do(set_price(last="65,000", mark=mark))
    command = stop(side=side, trigger_price=usdt(trigger), working_type=MARK)
    if refused:
        assert world.refusal(command) == "WOULD_TRIGGER"
    else:
        world.do(command)


def test_each_order_is_held_against_the_price_that_it_watches() -> None:
    world = funded()
    world.do(set_price(last="65,000", mark="63,000"))
    world.do(stop(working_type=LAST))
    assert world.refusal(stop(working_type=MARK)) == "WOULD_TRIGGER"
    assert (
        world.refusal(trailing(activate_price=usdt("64,000"), working_type=LAST)) == "WOULD_TRIGGER"
    )
    world.do(trailing(activate_price=usdt("64,000"), working_type=MARK))


def test_what_cannot_be_cancelled() -> None:
    world = funded()
    world.do(stop())
    name = OrderName(FIRST)
    for uid, wrong in ((BOB, name), (ANN, OrderName(FIRST + 1)), (ANN, OrderName(None, "mine"))):
        assert world.refusal(CancelAlgo(uid=uid, name=wrong)) == "NO_ORDER_TO_CANCEL"
    world.do(CancelAlgo(uid=ANN, name=name))
    assert world.refusal(CancelAlgo(uid=ANN, name=name)) == "NO_ORDER_TO_CANCEL"
    assert world.refusal(CancelAllAlgos(uid=ANN, symbol="NOSUCH")) == "UNKNOWN_SYMBOL"


def test_cancelling_all_leaves_other_symbols_and_accounts_alone() -> None:
    world = funded()
    world.do(stop())
    world.do(trailing())
    world.do(stop(symbol="ETHUSDT", quantity=UNIT, trigger_price=usdt("3,000")))
    world.do(stop(uid=BOB))
    assert len(world.all(CancelAllAlgos(uid=ANN, symbol="BTCUSDT"))) == 2
    assert list(world.state.orders.algos) == [FIRST + 2, FIRST + 3]
    assert world.all(CancelAllAlgos(uid=ANN, symbol="BTCUSDT")) == []

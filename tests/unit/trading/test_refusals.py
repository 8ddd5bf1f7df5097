"""Why an order is refused, one row for each reason, and which refusal comes first."""

from collections.abc import Callable

import pytest

from clearhouse.messages.commands import SetLeverage, SetPositionMode
from clearhouse.messages.trading_commands import (
    CancelAllOrders,
    CancelOrder,
    ForceFill,
    OrderName,
    PlaceOrder,
    SetCountdown,
    SetLiquidity,
    SetPrice,
    SettleFunding,
)
from clearhouse.model.orders import PositionSide, PriceMatch, SelfTrade
from unit.trading.desk import BTC, Desk, amend, cancel, limit, market, units
from unit.world import ANN, BOB, UNIT


@pytest.fixture
def desk() -> Desk:
    return Desk()


LONG, SHORT = PositionSide.LONG, PositionSide.SHORT

FILTERS: list[tuple[str, PlaceOrder]] = [
    ("UNKNOWN_SYMBOL", limit("BUY", "1", "64000", symbol="NOPE")),
    ("POSITION_SIDE_AGAINST_MODE", limit("BUY", "1", "64000", position_side=LONG)),
    ("PRICE_NOT_POSITIVE", limit("BUY", "1", "0")),
    ("TOO_PRECISE", limit("BUY", "1", "64000.001")),
    ("PRICE_ABOVE_MAXIMUM", limit("BUY", "1", "4529764.10")),
    ("PRICE_BELOW_MINIMUM", limit("BUY", "1", "556.70")),
    ("PRICE_OFF_TICK", limit("BUY", "1", "64000.05")),
    ("QUANTITY_NOT_POSITIVE", limit("BUY", "0", "64000")),
    ("TOO_PRECISE", limit("BUY", "0.0015", "64000")),
    ("QUANTITY_ABOVE_MAXIMUM", limit("BUY", "1000.001", "64000")),
    ("QUANTITY_ABOVE_MAXIMUM", market("BUY", "120.001")),
    ("PRICE_ABOVE_CAP", limit("BUY", "1", "68250.10")),
    ("PRICE_BELOW_FLOOR", limit("SELL", "1", "61749.90")),
    ("NOTIONAL_TOO_SMALL", limit("BUY", "0.001", "49999.90")),
    ("GOOD_TILL_OUT_OF_RANGE", limit("BUY", "1", "64000", "GTD", good_till=1_760_000_600_000)),
    ("GOOD_TILL_OUT_OF_RANGE", limit("BUY", "1", "64000", "GTD", good_till=253_402_300_799_000)),
    ("NOTHING_TO_REDUCE", limit("BUY", "1", "64000", reduce_only=True)),
    ("POSITION_LIMIT", limit("BUY", "1000", "65000")),
    ("MARGIN_INSUFFICIENT", limit("BUY", "400", "64000")),
    ("WOULD_TAKE", limit("BUY", "1", "65000.10", "GTX")),
    ("WOULD_TAKE", limit("SELL", "1", "64999.90", "RPI")),
    ("NO_DEPTH_TO_MATCH", limit("BUY", "1", "0", price_match=PriceMatch.OPPONENT_5)),
]


@pytest.mark.parametrize(("reason", "command"), FILTERS)
def test_an_order_is_refused(desk: Desk, reason: str, command: PlaceOrder) -> None:
    if command.price_match is not PriceMatch.NONE:
        desk.do(SetLiquidity(symbol=BTC, mode="house", depth=4))
    if reason == "POSITION_LIMIT":
        desk.do(SetLeverage(uid=ANN, symbol=BTC, leverage=75))
    assert desk.refusal(command) == reason


ACCEPTED = [
    limit("BUY", "1", "68250"),
    limit("SELL", "1", "61750"),
    limit("BUY", "0.001", "50000"),
    market("BUY", "120"),
    limit("BUY", "1", "64000", "GTD", good_till=1_760_000_601_000),
    limit("BUY", "1", "0", price_match=PriceMatch.QUEUE_20),
    limit("BUY", "1", "65000", "GTX"),
]


@pytest.mark.parametrize("command", ACCEPTED)
def test_an_order_at_the_edge_is_accepted(desk: Desk, command: PlaceOrder) -> None:
    desk.place(command)


def test_the_smallest_quantity(desk: Desk) -> None:
    desk.price("65000")
    assert desk.refusal(limit("BUY", "0.0001", "64000")) == "TOO_PRECISE"


def test_fill_or_kill_looks_at_the_whole_depth(desk: Desk) -> None:
    desk.do(SetLiquidity(symbol=BTC, mode="house", depth=2, quantity=units("1")))
    assert desk.refusal(limit("BUY", "2.001", "66000", "FOK")) == "WOULD_NOT_FILL"
    assert desk.refusal(limit("BUY", "2", "65000.10", "FOK")) == "WOULD_NOT_FILL"
    assert len(desk.place(limit("BUY", "2", "65000.20", "FOK")).fills()) == 2


def test_hedge_mode(desk: Desk) -> None:
    desk.do(SetPositionMode(uid=ANN, hedge=True))
    both = limit("BUY", "1", "64000")
    assert desk.refusal(both) == "POSITION_SIDE_AGAINST_MODE"
    reduce = limit("SELL", "1", "64000", position_side=LONG, reduce_only=True)
    assert desk.refusal(reduce) == "REDUCE_ONLY_IN_HEDGE_MODE"
    assert desk.refusal(market("SELL", "1", position_side=LONG)) == "NOTHING_TO_REDUCE"
    desk.place(market("BUY", "1", position_side=LONG))
    desk.place(market("SELL", "2", position_side=SHORT))
    assert desk.refusal(market("SELL", "1.001", position_side=LONG)) == "NOTHING_TO_REDUCE"
    desk.place(market("SELL", "1", position_side=LONG))
    assert desk.position(side=LONG).quantity == 0
    assert desk.position(side=SHORT).quantity == -2 * UNIT


def test_a_market_order_far_from_the_mark(desk: Desk) -> None:
    desk.quiet()
    desk.do(SetLiquidity(symbol=BTC, mode="levels", asks=((units("68250.10"), UNIT),)))
    assert desk.refusal(market("BUY", "1")) == "BOOK_OUT_OF_BOUNDS"
    desk.do(SetLiquidity(symbol=BTC, mode="levels", bids=((units("61749.90"), UNIT),)))
    assert desk.refusal(market("SELL", "1")) == "BOOK_OUT_OF_BOUNDS"


def test_as_many_open_orders_as_the_symbol_takes(desk: Desk) -> None:
    for _ in range(200):
        desk.place(limit("BUY", "0.001", "64000"))
    assert desk.refusal(limit("BUY", "0.001", "64000")) == "TOO_MANY_OPEN_ORDERS"
    desk.place(market("BUY", "0.001"))


def test_a_clients_id_names_one_open_order(desk: Desk) -> None:
    first = desk.place(limit("BUY", "1", "64000", client_id="mine")).order_id
    assert desk.refusal(limit("BUY", "1", "64000", client_id="mine")) == "CLIENT_ID_TAKEN"
    desk.place(limit("BUY", "1", "64000", client_id="mine", uid=BOB))
    desk.do(cancel(first))
    desk.place(limit("BUY", "1", "64000", client_id="mine"))


def test_cancelling_what_is_not_open(desk: Desk) -> None:
    theirs = desk.place(limit("BUY", "1", "64000", uid=BOB)).order_id
    assert desk.refusal(cancel(theirs)) == "NO_ORDER_TO_CANCEL"
    assert desk.refusal(cancel(7)) == "NO_ORDER_TO_CANCEL"
    named = CancelOrder(uid=ANN, symbol=BTC, name=OrderName(client_id="no such"))
    assert desk.refusal(named) == "NO_ORDER_TO_CANCEL"
    other = CancelOrder(uid=BOB, symbol="ETHUSDT", name=OrderName(theirs))
    assert desk.refusal(other) == "NO_ORDER_TO_CANCEL"
    assert desk.refusal(CancelAllOrders(uid=ANN, symbol="NOPE")) == "UNKNOWN_SYMBOL"
    assert desk.refusal(SetCountdown(uid=ANN, symbol="NOPE", ms=1)) == "UNKNOWN_SYMBOL"


AMENDMENTS: list[tuple[str, Callable[[int], object]]] = [
    ("NO_SUCH_ORDER", lambda n: amend(n + 1, "1", "64000")),
    ("SIDE_CANNOT_CHANGE", lambda n: amend(n, "2", "64000", "SELL")),
    ("NOT_REDUCE_ONLY", lambda n: amend(n, "2", "64000", reduce_only=True)),
    ("PRICE_OFF_TICK", lambda n: amend(n, "1", "64000.05")),
    ("QUANTITY_ABOVE_MAXIMUM", lambda n: amend(n, "1001", "64000")),
    ("NOTHING_TO_AMEND", lambda n: amend(n, "1", "64000")),
    ("PRICE_ABOVE_CAP", lambda n: amend(n, "1", "70000")),
    ("AMENDED_NOTIONAL_TOO_SMALL", lambda n: amend(n, "0.001", "49000")),
    ("POSITION_LIMIT", lambda n: amend(n, "1000", "64000")),
    ("MARGIN_INSUFFICIENT", lambda n: amend(n, "400", "64000")),
    ("NO_DEPTH_TO_MATCH", lambda n: amend(n, "1", "0", price_match=PriceMatch.QUEUE_20)),
]


@pytest.mark.parametrize(("reason", "change"), AMENDMENTS)
def test_a_change_is_refused(desk: Desk, reason: str, change: Callable[[int], object]) -> None:
    order = desk.place(limit("BUY", "1", "64000")).order_id
    if reason == "NO_DEPTH_TO_MATCH":
        desk.do(SetLiquidity(symbol=BTC, mode="none"))
    if reason == "POSITION_LIMIT":
        desk.do(SetLeverage(uid=ANN, symbol=BTC, leverage=75))
    assert desk.refusal(change(order)) == reason  # type: ignore[arg-type]


def test_ten_thousand_changes_at_most(desk: Desk) -> None:
    order = desk.place(limit("BUY", "1", "64000"))
    assert order.order is not None
    order.order.amendments = 10_000
    assert desk.refusal(amend(order.order_id, "2", "64000")) == "TOO_MANY_AMENDMENTS"


OPERATOR = [
    ("UNKNOWN_SYMBOL", SetPrice(symbol="NOPE", last=UNIT)),
    ("PRICE_ILLEGAL", SetPrice(symbol=BTC)),
    ("PRICE_ILLEGAL", SetPrice(symbol=BTC, last=0)),
    ("PRICE_ILLEGAL", SetPrice(symbol=BTC, last=units("64000.05"))),
    ("PRICE_ILLEGAL", SetPrice(symbol=BTC, mark=units("4529765"))),
    ("PRICE_ILLEGAL", SetPrice(symbol=BTC, last=units("556.70"))),
    ("UNKNOWN_SYMBOL", SetLiquidity(symbol="NOPE", mode="none")),
    ("LIQUIDITY_ILLEGAL", SetLiquidity(symbol=BTC, mode="much")),
    ("LIQUIDITY_ILLEGAL", SetLiquidity(symbol=BTC, mode="none", bids=((units("64000"), UNIT),))),
    ("LIQUIDITY_ILLEGAL", SetLiquidity(symbol=BTC, mode="house", depth=1001)),
    ("LIQUIDITY_ILLEGAL", SetLiquidity(symbol=BTC, mode="levels", bids=((units("1.05"), UNIT),))),
    ("LIQUIDITY_ILLEGAL", SetLiquidity(symbol=BTC, mode="levels", bids=((units("64000"), 0),))),
    (
        "LIQUIDITY_ILLEGAL",
        SetLiquidity(
            symbol=BTC,
            mode="levels",
            bids=((units("64000"), UNIT),),
            asks=((units("64000"), UNIT),),
        ),
    ),
    ("NO_SUCH_ORDER", ForceFill(order_id=7)),
    ("UNKNOWN_SYMBOL", SettleFunding(symbol="NOPE", rate=1)),
]


@pytest.mark.parametrize(("reason", "command"), OPERATOR)
def test_the_operator_is_refused(desk: Desk, reason: str, command: SetPrice) -> None:
    assert desk.refusal(command) == reason


def test_a_forced_fill_has_limits(desk: Desk) -> None:
    order = desk.place(limit("BUY", "1", "64000")).order_id
    assert desk.refusal(ForceFill(order_id=order, price=0)) == "PRICE_ILLEGAL"
    assert desk.refusal(ForceFill(order_id=order, quantity=0)) == "LIQUIDITY_ILLEGAL"
    assert desk.refusal(ForceFill(order_id=order, quantity=UNIT + 1)) == "LIQUIDITY_ILLEGAL"
    desk.place(market("BUY", "0.5", uid=BOB))
    closing = desk.place(limit("SELL", "1", "66000", reduce_only=True, uid=BOB)).order_id
    assert desk.refusal(ForceFill(order_id=closing)) == "LIQUIDITY_ILLEGAL"


def test_the_first_of_several_reasons(desk: Desk) -> None:
    """An order with everything wrong is refused for one thing after the other."""
    desk.place(limit("BUY", "1", "64000", client_id="mine"))
    wrong = {"client_id": "mine", "self_trade": SelfTrade.EXPIRE_BOTH}
    rows = [
        ("UNKNOWN_SYMBOL", limit("BUY", "0", "0", symbol="NOPE", position_side=LONG, **wrong)),
        ("POSITION_SIDE_AGAINST_MODE", limit("BUY", "0", "0", position_side=LONG, **wrong)),
        ("CLIENT_ID_TAKEN", limit("BUY", "0", "0", **wrong)),
        ("PRICE_NOT_POSITIVE", limit("BUY", "0", "0")),
        ("QUANTITY_NOT_POSITIVE", limit("BUY", "0", "70000")),
        ("PRICE_ABOVE_CAP", limit("BUY", "999", "70000", reduce_only=True)),
        ("NOTHING_TO_REDUCE", limit("BUY", "999", "65000.10", "GTX", reduce_only=True)),
        ("MARGIN_INSUFFICIENT", limit("BUY", "999", "65000.10", "GTX")),
        ("WOULD_TAKE", limit("BUY", "1", "65000.10", "GTX")),
    ]
    for reason, command in rows:
        assert desk.refusal(command) == reason

"""Who trades with whom, at what price, and what becomes of the rest."""

import pytest

from clearhouse.messages.trading_commands import (
    CancelAllOrders,
    ForceFill,
    RunDue,
    SetCountdown,
    SetLiquidity,
)
from clearhouse.model.orders import SelfTrade
from unit.trading.desk import BTC, Desk, amend, cancel, limit, market, text, units
from unit.world import ANN, BOB


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_market_order_takes_what_the_house_quotes(desk: Desk) -> None:
    bought = desk.place(market("BUY", "1"))
    assert bought.fills() == [("65000.1", "1", False)]
    assert bought.house() == [("SELL", "65000.1", "1")]
    assert bought.order is None


def test_a_price_stands_still_however_much_is_traded(desk: Desk) -> None:
    for _ in range(3):
        assert desk.place(market("BUY", "1")).fills() == [("65000.1", "1", False)]
    assert desk.place(market("SELL", "1")).fills() == [("64999.9", "1", False)]


def test_a_sweep_goes_down_the_levels(desk: Desk) -> None:
    desk.do(SetLiquidity(symbol=BTC, mode="house", quantity=units("0.5"), depth=3))
    swept = desk.place(limit("BUY", "2", "65000.50"))
    assert swept.fills() == [
        ("65000.1", "0.5", False),
        ("65000.2", "0.5", False),
        ("65000.3", "0.5", False),
    ]
    assert swept.order is not None
    assert text(swept.order.remaining) == "0.5"


def test_price_first_then_time(desk: Desk) -> None:
    desk.quiet()
    first = desk.place(limit("SELL", "1", "65010", uid=BOB))
    better = desk.place(limit("SELL", "1", "65005", uid=BOB))
    second = desk.place(limit("SELL", "1", "65010", uid=BOB))
    taken = desk.place(market("BUY", "2.5"))
    assert taken.fills() == [
        ("65005", "1", False),
        ("65010", "1", False),
        ("65010", "0.5", False),
    ]
    assert [order.order_id for order in (first.order, second.order, better.order) if order] == [
        second.order_id
    ]


def test_accounts_stand_before_the_house_at_a_price(desk: Desk) -> None:
    desk.place(limit("SELL", "1", "65000.10", uid=BOB))
    taken = desk.place(market("BUY", "3"))
    assert taken.fills(BOB) == [("65000.1", "1", True)]
    assert taken.house() == [("SELL", "65000.1", "2")]


def test_levels_of_the_house_stand_where_they_came(desk: Desk) -> None:
    desk.do(SetLiquidity(symbol=BTC, mode="levels", asks=((units("65010"), units("1")),)))
    desk.place(limit("SELL", "1", "65010", uid=BOB))
    taken = desk.place(market("BUY", "1.5"))
    assert taken.house() == [("SELL", "65010", "1")]
    assert taken.fills(BOB) == [("65010", "0.5", True)]
    assert desk.place(market("BUY", "1")).fills() == [("65010", "0.5", False)]


def test_levels_that_reach_orders_take_them(desk: Desk) -> None:
    desk.quiet()
    resting = desk.place(limit("BUY", "1", "64000"))
    desk.all(SetLiquidity(symbol=BTC, mode="levels", asks=((units("63990"), units("3")),)))
    assert resting.order is None
    assert text(desk.position().entry_price) == "64000"
    assert desk.place(market("BUY", "5")).fills() == [("63990", "2", False)]


def test_a_price_that_passes_an_order_fills_it(desk: Desk) -> None:
    resting = desk.place(limit("BUY", "1", "64000"))
    moved = desk.price("63000")
    assert moved.kinds() == ["OrderFilled", "HouseFilled", "PriceSet"]
    assert moved.fills() == [("64000", "1", True)]
    assert resting.order is None
    assert text(desk.state.markets[BTC].last) == "63000"


def test_a_price_at_an_order_does_not(desk: Desk) -> None:
    resting = desk.place(limit("BUY", "1", "64000"))
    desk.price("64000")
    assert resting.order is not None


def test_a_mark_alone_moves_no_quotes(desk: Desk) -> None:
    desk.place(market("BUY", "1"))
    desk.price("65000", mark="64000", index="64500")
    prices = desk.state.markets[BTC]
    assert [text(p) for p in (prices.last, prices.mark, prices.index)] == [
        "65000",
        "64000",
        "64500",
    ]
    assert desk.place(market("SELL", "1")).fills() == [("64999.9", "1", False)]


@pytest.mark.parametrize(
    ("order", "fills", "status"),
    [
        (limit("BUY", "2", "65010", "IOC"), [("65010", "1", False)], ("EXPIRED", "2")),
        (limit("BUY", "2", "65020", "IOC"), [("65010", "1", False), ("65020", "1", False)], None),
        (market("BUY", "3"), [("65010", "1", False), ("65020", "1", False)], ("EXPIRED", "9")),
        (limit("BUY", "2", "65020", "FOK"), [("65010", "1", False), ("65020", "1", False)], None),
    ],
)
def test_what_is_not_filled_at_once(
    desk: Desk, order: object, fills: list[object], status: tuple[str, str] | None
) -> None:
    desk.quiet()
    desk.place(limit("SELL", "1", "65010", uid=BOB))
    desk.place(limit("SELL", "1", "65020", uid=BOB))
    done = desk.place(order)  # type: ignore[arg-type]
    assert done.fills() == fills
    assert done.ends() == ([(done.order_id, *status)] if status else [])
    assert done.order is None


def test_a_market_order_stops_at_its_bound(desk: Desk) -> None:
    """The take bound of BTCUSDT is 5% of the mark."""
    desk.quiet()
    desk.place(limit("SELL", "1", "68200", uid=BOB))
    desk.price("67000", mark="67000", index="67000")
    desk.place(limit("SELL", "1", "69000", uid=BOB))
    desk.price("65000", mark="65000", index="65000")
    done = desk.place(market("BUY", "2"))
    assert done.fills() == [("68200", "1", False)]
    assert done.ends() == [(done.order_id, "EXPIRED", "9")]


SELF_TRADES = {
    SelfTrade.EXPIRE_MAKER: (["own"], [("65020", "1", False)]),
    SelfTrade.EXPIRE_TAKER: (["taker"], []),
    SelfTrade.EXPIRE_BOTH: (["own", "taker"], []),
    SelfTrade.NONE: ([], [("65010", "1", True), ("65010", "1", False)]),
}


@pytest.mark.parametrize("mode", SELF_TRADES)
def test_self_trade_prevention(desk: Desk, mode: SelfTrade) -> None:
    desk.quiet()
    own = desk.place(limit("SELL", "1", "65010")).order_id
    desk.place(limit("SELL", "1", "65020", uid=BOB))
    taker = desk.place(limit("BUY", "1", "65020", self_trade=mode))
    ended, fills = SELF_TRADES[mode]
    names = {"own": own, "taker": taker.order_id}
    assert taker.ends() == [(names[name], "EXPIRED_IN_MATCH", "1") for name in ended]
    assert taker.fills() == fills


def test_an_ioc_that_yields_says_so(desk: Desk) -> None:
    desk.quiet()
    desk.place(limit("SELL", "1", "65010"))
    taker = desk.place(limit("BUY", "1", "65010", "IOC", self_trade=SelfTrade.EXPIRE_TAKER))
    assert taker.ends() == [(taker.order_id, "EXPIRED_IN_MATCH", "3")]


def test_a_retail_order_is_for_the_house_alone(desk: Desk) -> None:
    desk.quiet()
    desk.place(limit("SELL", "1", "65010", "RPI", uid=BOB))
    desk.place(limit("SELL", "1", "65020", uid=BOB))
    assert desk.place(market("BUY", "1")).fills() == [("65020", "1", False)]
    desk.do(SetLiquidity(symbol=BTC, mode="levels", bids=((units("65015"), units("1")),)))
    assert text(desk.position(BOB).quantity) == "-2"


def test_closing_orders_fill_what_the_position_leaves(desk: Desk) -> None:
    desk.place(market("BUY", "1"))
    done = desk.place(market("SELL", "3", reduce_only=True))
    assert done.fills() == [("64999.9", "1", False)]
    assert done.ends() == [(done.order_id, "EXPIRED", "4")]
    assert desk.position().quantity == 0


def test_a_closed_position_ends_its_closing_orders(desk: Desk) -> None:
    desk.place(market("BUY", "1"))
    stop = desk.place(limit("SELL", "1", "66000", reduce_only=True)).order_id
    stays = desk.place(limit("SELL", "1", "67000")).order_id
    closed = desk.place(market("SELL", "1"))
    assert closed.ends() == [(stop, "EXPIRED", "4")]
    assert desk.open_ids() == [stays]


def test_an_amended_order_stands_last(desk: Desk) -> None:
    desk.quiet()
    first = desk.place(limit("SELL", "1", "65010", uid=BOB)).order_id
    second = desk.place(limit("SELL", "1", "65010", uid=BOB)).order_id
    desk.do(amend(first, "2", "65010", "SELL", uid=BOB))
    desk.place(market("BUY", "1"))
    assert desk.open_ids(BOB) == [first]
    assert second not in desk.state.orders.open


def test_an_amended_order_takes_what_it_reaches(desk: Desk) -> None:
    order = desk.place(limit("BUY", "1", "64000")).order_id
    events = desk.all(amend(order, "1", "65000.10"))
    assert [type(event).__name__ for event in events] == [
        "OrderAmended",
        "HouseFilled",
        "OrderFilled",
    ]


def test_an_amended_order_with_nothing_left_is_cancelled(desk: Desk) -> None:
    desk.quiet()
    desk.place(limit("SELL", "1", "65010", uid=BOB))
    order = desk.place(limit("BUY", "2", "65010"))
    desk.do(amend(order.order_id, "1", "65010"))
    assert order.order is None
    post_only = desk.place(limit("BUY", "1", "64000", "GTX")).order_id
    desk.place(limit("SELL", "1", "65010", uid=BOB))
    desk.do(amend(post_only, "1", "65010"))
    assert desk.open_ids() == []


def test_a_forced_fill(desk: Desk) -> None:
    resting = desk.place(limit("BUY", "2", "64000"))
    desk.all(ForceFill(order_id=resting.order_id, price=units("61000"), quantity=units("0.5")))
    assert text(desk.position().entry_price) == "61000"
    desk.all(ForceFill(order_id=resting.order_id))
    assert text(desk.position().quantity) == "2"
    assert resting.order is None


def test_cancelling(desk: Desk) -> None:
    ids = [desk.place(limit("BUY", "1", price)).order_id for price in ("64000", "63000", "62000")]
    desk.do(cancel(ids[1]))
    assert desk.open_ids() == [ids[0], ids[2]]
    desk.do(CancelAllOrders(uid=ANN, symbol=BTC))
    assert desk.open_ids() == []
    assert desk.all(CancelAllOrders(uid=ANN, symbol=BTC)) == []


def test_a_countdown_cancels(desk: Desk) -> None:
    desk.place(limit("BUY", "1", "64000"))
    desk.do(SetCountdown(uid=ANN, symbol=BTC, ms=1_000))
    desk.do(SetCountdown(uid=ANN, symbol=BTC, ms=5_000))
    desk.now += 1_000
    assert desk.all(RunDue()) == []
    desk.now += 4_000
    desk.all(RunDue())
    assert desk.open_ids() == []


def test_good_till_a_date(desk: Desk) -> None:
    order = desk.place(limit("BUY", "1", "64000", "GTD", good_till=desk.now + 700_999))
    assert order.order is not None
    assert order.order.good_till == desk.now + 700_000
    desk.now += 700_000
    desk.all(RunDue())
    assert order.order is None


def test_good_till_cancelled_is_a_year(desk: Desk) -> None:
    order = desk.place(limit("BUY", "1", "64000"))
    desk.now += 365 * 86_400_000 - 1
    desk.all(RunDue())
    assert order.order is not None
    desk.now += 1
    desk.all(RunDue())
    assert order.order is None


def test_a_taker_that_only_closes_ends_with_its_position(desk: Desk) -> None:
    """Also when nobody offers more: it would rest in the book with nothing to close."""
    desk.place(market("BUY", "1"))
    desk.quiet().place(limit("BUY", "1", "64999", uid=BOB))
    closed = desk.place(limit("SELL", "2", "64999", reduce_only=True))
    assert closed.fills() == [("64999", "1", False)]
    assert closed.order is None
    assert desk.open_ids() == []

"""What an order costs before it is taken: to the last digit, and one digit less is refused."""

import pytest
from msgspec import structs

from clearhouse.messages.commands import ListContract, SetFees, SetLeverage, SetPositionMode
from clearhouse.messages.queries import ReadFuturesAccount
from clearhouse.messages.trading_commands import ForceFill, PlaceOrder, SetLiquidity, SetPrice
from clearhouse.messages.trading_queries import ReadPositions
from clearhouse.model.orders import PositionSide
from clearhouse.model.wallets import UMFUTURE
from unit.trading.desk import BTC, Desk, amend, limit, market, units
from unit.world import ANN, World


def world(*, last: str, mark: str) -> World:
    """A market with ticks of 0.01 where nothing is quoted; Ann at 20 times, with nothing."""
    made = World()
    listed = made.state.catalogue.contracts[BTC]
    made.do(ListContract(structs.replace(listed, tick_size="0.01")))
    made.do(SetLiquidity(symbol=BTC, mode="none"))
    made.all(SetPrice(symbol=BTC, last=units(last), mark=units(mark), index=units(mark)))
    return made


def fund(made: World, amount: str) -> None:
    made.give(units(amount), wallet=UMFUTURE)


def costs(made: World, order: PlaceOrder, amount: str) -> None:
    """An order needs exactly so much more than what there is."""
    made.give(units(amount) - 1, wallet=UMFUTURE)
    assert made.refusal(order) == "MARGIN_INSUFFICIENT"
    made.give(1, wallet=UMFUTURE)
    made.all(order)


@pytest.mark.parametrize(
    ("order", "cost"),
    [
        (limit("BUY", "1", "9253.30"), "462.665"),  # printed 462.66
        (limit("SELL", "1", "9253.30"), "463.64392425"),  # 9,258.99 · 1.0015 / 20
        (limit("BUY", "2", "9253.30"), "925.33"),
    ],
)
def test_the_published_costs(order: PlaceOrder, cost: str) -> None:
    """FAQ 87fa7ee33b574f7084d42bd2ce2e463b, «Cost Required to Open a Position», 2026.

    1 BTC at 20 times, last price 9,258.99, mark 9,259.84, order price 9,253.30. Until 2024 a short
    cost 462.66 and an open loss of 6.54.
    """
    costs(world(last="9258.99", mark="9259.84"), order, cost)


@pytest.mark.parametrize(
    ("order", "cost"),
    [
        (limit("BUY", "1", "10100"), "605"),  # 505, and 100 above the mark
        (limit("BUY", "1", "9900"), "495"),
        (limit("SELL", "1", "10100"), "505"),
        (limit("SELL", "1", "9900"), "500.75"),  # the last price and 0.15%
    ],
)
def test_limit_orders(order: PlaceOrder, cost: str) -> None:
    costs(world(last="10000", mark="10000"), order, cost)


def test_a_short_may_open_at_the_mark() -> None:
    costs(world(last="10000", mark="10300"), limit("SELL", "1", "10010"), "515")


def test_a_short_below_the_mark_loses_nothing_at_once() -> None:
    """It is taken to open at the mark at least: there is nothing below that it could lose."""
    costs(world(last="9900", mark="10000"), limit("SELL", "1", "9910"), "500")


def test_a_long_below_the_mark_loses_nothing_at_once() -> None:
    costs(world(last="10000", mark="10300"), limit("BUY", "1", "10010"), "500.5")


@pytest.mark.parametrize(
    ("side", "bids", "asks", "mark", "cost"),
    [
        ("BUY", [], ["10010"], "10000", "515.75525"),  # 10,015.005: 500.75025 and 15.005 above mark
        ("BUY", [], ["10010"], "10100", "500.75025"),
        ("SELL", ["9990"], [], "10000", "500"),  # the mark is larger
        ("SELL", ["10050"], [], "10000", "502.5"),
    ],
)
def test_market_orders(side: str, bids: list[str], asks: list[str], mark: str, cost: str) -> None:
    """The best ask and 0.05%; the larger of best bid and mark."""
    made = world(last="10000", mark=mark)
    made.do(
        SetLiquidity(
            symbol=BTC,
            mode="levels",
            bids=tuple((units(price), units("5")) for price in bids),
            asks=tuple((units(price), units("5")) for price in asks),
        )
    )
    costs(made, market(side, "1"), cost)


def held(made: World, **more: PositionSide) -> None:
    """A long of 1 at 10,000, and 10 in the wallet beside its margin."""
    made.do(SetFees(uid=ANN, tier=0, maker=0, taker=0))
    fund(made, "510")
    made.all(limit("BUY", "1", "9990", **more))
    [order] = made.state.orders.open
    made.all(ForceFill(order_id=order, price=units("10000")))


def test_an_order_against_a_position_is_free_until_it_is_twice_as_large() -> None:
    """At 10,015 a piece 2.015 are 10,180.225 beyond the long: 509.01 of the 510."""
    made = world(last="10000", mark="10000")
    held(made)
    assert made.refusal(limit("SELL", "2.017", "10000")) == "MARGIN_INSUFFICIENT"
    made.all(limit("SELL", "2.015", "10000"))


def test_a_change_is_looked_at_in_place_of_what_it_was() -> None:
    """Of 1,000 an order for 1 takes 495; as one for 2 it needs 990, and for 3 it would 1,485."""
    made = world(last="10000", mark="10000")
    fund(made, "1000")
    made.all(limit("BUY", "1", "9900"))
    [order] = made.state.orders.open
    assert made.refusal(amend(order, "3", "9900")) == "MARGIN_INSUFFICIENT"
    made.all(amend(order, "2", "9900"))


LONG, SHORT = {"position_side": PositionSide.LONG}, {"position_side": PositionSide.SHORT}


@pytest.mark.parametrize(
    ("held_as", "side", "as_one_of", "fits", "exceeds"),
    [
        ({}, "BUY", {}, "28", "28.001"),
        ({}, "SELL", {}, "30", "30.001"),  # the long goes first
        (LONG, "BUY", LONG, "28", "28.001"),
        (LONG, "SELL", SHORT, "28", "28.001"),
    ],
)
def test_the_position_limit(
    held_as: dict[str, PositionSide],
    side: str,
    as_one_of: dict[str, PositionSide],
    fits: str,
    exceeds: str,
) -> None:
    """At 150 times 300,000 are allowed: a long of 1 at the mark of 10,000, and an order for 1.

    In one-way mode the side of the order counts, in hedge mode LONG and SHORT together.
    """
    made = world(last="10000", mark="10000")
    if held_as:
        made.do(SetPositionMode(uid=ANN, hedge=True))
    held(made, **held_as)
    made.do(SetLeverage(uid=ANN, symbol=BTC, leverage=150))
    fund(made, "1000000")
    made.all(limit(side, "1", "10000", **as_one_of))
    assert made.refusal(limit(side, exceeds, "10000", **as_one_of)) == "POSITION_LIMIT"
    made.all(limit(side, fits, "10000", **as_one_of))


def test_the_position_limit_counts_an_order_at_its_own_price() -> None:
    """30 at 9,999 are 299,970, at 10,001 they are 300,030."""
    made = world(last="10000", mark="10000")
    made.do(SetLeverage(uid=ANN, symbol=BTC, leverage=150))
    fund(made, "1000000")
    assert made.refusal(limit("BUY", "30", "10001")) == "POSITION_LIMIT"
    made.all(limit("BUY", "30", "9999"))


def test_orders_that_only_close_count_nothing() -> None:
    """Of a long of 1: reduceOnly, and in hedge mode the side that closes. Each alone would need some."""
    for hedge in (False, True):
        desk = Desk()
        if hedge:
            desk.do(SetPositionMode(uid=ANN, hedge=True))
        side = PositionSide.LONG if hedge else PositionSide.BOTH
        desk.place(market("BUY", "1", position_side=side))
        before = desk.read(ReadFuturesAccount(ANN)).totals
        for _ in range(4):
            desk.place(limit("SELL", "1", "67000", position_side=side, reduce_only=not hedge))
        totals = desk.read(ReadFuturesAccount(ANN)).totals
        assert totals.order_margin == before.order_margin == 0
        assert totals.available_balance == before.available_balance
        [row] = desk.read(ReadPositions(ANN, "BTCUSDT"))
        assert (row.bid_value, row.ask_value) == (0, 0)

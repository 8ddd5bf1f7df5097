"""A source moves the market: whom it reaches, and what it quotes after that."""

import pytest
from msgspec.structs import replace

from clearhouse.matching.house import best_price, depth_levels
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.trading_commands import MoveMarket, SetLiquidity, SetPrice, SetQuoting
from clearhouse.model.orders import Side
from clearhouse.trading.moving import Reach, matters, reach
from unit.trading import algos
from unit.trading.desk import BTC, Desk, Outcome, limit, market, text, units
from unit.world import BOB


def move(desk: Desk, **prices: str) -> Outcome:
    given = {name: units(price) for name, price in prices.items()}
    return Outcome(desk.all(MoveMarket(symbol=BTC, **given)), desk)


def quotes(desk: Desk, side: Side) -> list[tuple[str, str]]:
    levels = depth_levels(desk.state.order_books[BTC], side)
    return [(text(price), text(quantity)) for price, quantity in levels]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_house_quotes_around_the_last_trade_of_a_source(desk: Desk) -> None:
    moved = move(desk, last="66000")
    assert moved.kinds() == ["MarketMoved"]
    assert quotes(desk, Side.BUY)[:2] == [("65999.9", "120"), ("65999.8", "120")]
    assert quotes(desk, Side.SELL)[0] == ("66000.1", "120")


def test_the_house_quotes_from_the_best_prices_of_a_source(desk: Desk) -> None:
    move(desk, bid="65010.5", ask="65012")
    assert quotes(desk, Side.BUY)[:2] == [("65010.5", "120"), ("65010.4", "120")]
    assert quotes(desk, Side.SELL)[0] == ("65012", "120")
    assert desk.state.markets[BTC].last == units("65000")


def test_a_trade_inside_the_quotes_leaves_them(desk: Desk) -> None:
    move(desk, bid="65010.5", ask="65012")
    move(desk, last="65012")
    assert quotes(desk, Side.BUY)[0] == ("65010.5", "120")
    move(desk, last="65012.1")
    assert quotes(desk, Side.BUY)[0] == ("65012", "120")


def test_what_a_movement_passes_is_filled_at_its_own_price(desk: Desk) -> None:
    """A trade at the price of an order does not reach it; one a tick below does."""
    desk.place(limit("BUY", "1", "64000"))
    assert move(desk, last="64000").fills() == []
    assert move(desk, last="63999.9").fills() == [("64000", "1", True)]


def test_quotes_that_cross_an_order_fill_it(desk: Desk) -> None:
    desk.place(limit("SELL", "1", "66000", uid=BOB))
    assert move(desk, bid="65999.9", ask="66000.4").fills(BOB) == []
    assert move(desk, bid="66000", ask="66000.1").fills(BOB) == [("66000", "1", True)]


def test_a_fill_on_the_way_is_counted_as_a_trade_of_its_own(desk: Desk) -> None:
    desk.place(limit("BUY", "1", "64000"))
    desk.do(MoveMarket(symbol=BTC, last=units("63000"), trades=7))
    assert desk.state.markets[BTC].next_trade_id == 1 + 1 + 7


def test_the_premium_counts_what_was_between_two_movements(desk: Desk) -> None:
    """A minute is twelve samples; a premium of 0.1% weighs 1 + 2 + … + 12 = 78 times."""
    start = desk.state.markets[BTC].premium.since
    desk.do(MoveMarket(symbol=BTC, mark=units("65065"), index=units("65000")))
    desk.now = start + 60_000
    desk.do(MoveMarket(symbol=BTC, mark=units("65000"), index=units("65000")))
    premium = desk.state.markets[BTC].premium
    assert (premium.samples, premium.weighted) == (12, 78 * 100_000)


def test_the_reach_of_a_book_is_a_quote_away_from_its_orders(desk: Desk) -> None:
    assert reach(desk.state, BTC) == Reach(0, 2**63 - 1)
    desk.place(limit("BUY", "1", "64000"))
    desk.place(limit("SELL", "1", "66000", uid=BOB))
    assert reach(desk.state, BTC) == Reach(units("63999.9"), units("66000.1"))


def test_the_reach_ends_at_conditional_orders_on_the_last_price(desk: Desk) -> None:
    desk.do(algos.stop(trigger_price=units("64500")))
    desk.do(algos.stop(side=Side.BUY, trigger_price=units("65500")))
    assert reach(desk.state, BTC) == Reach(units("64500"), units("65500"))
    desk.do(algos.trailing())
    low, high = reach(desk.state, BTC)
    assert low > high, "a trailing order looks at every price"


@pytest.mark.parametrize(
    ("prices", "reached"),
    [
        ({"last": "64000"}, False),
        ({"last": "63999.9"}, True),
        ({"bid": "63999", "ask": "64000.1"}, False),
        ({"bid": "63999", "ask": "64000"}, True),
        ({"mark": "60000"}, False),
    ],
)
def test_what_matters_to_an_order(desk: Desk, prices: dict[str, str], reached: bool) -> None:
    desk.place(limit("BUY", "1", "64000"))
    given = {name: units(price) for name, price in prices.items()}
    assert matters(desk.state, MoveMarket(symbol=BTC, **given)) is reached


def test_every_mark_matters_to_a_holder(desk: Desk) -> None:
    desk.place(market("BUY", "1"))
    assert matters(desk.state, MoveMarket(symbol=BTC, mark=units("65000.01")))
    assert not matters(desk.state, MoveMarket(symbol=BTC, last=units("65000.2")))


def test_a_mark_of_a_source_liquidates(desk: Desk) -> None:
    """20x: what stands 6% below its entry price is gone."""
    for _ in range(2):
        desk.place(market("BUY", "100"))
    kinds = move(desk, mark="60000").kinds()
    assert kinds[0] == "MarketMoved"
    assert "OrderFilled" in kinds
    assert desk.position().quantity < units("200")


@pytest.mark.parametrize(
    "prices",
    [
        {"last": "0"},
        {"mark": "-1"},
        {"bid": "65000"},
        {"bid": "65000", "ask": "65000"},
        {"last": "90000000"},
    ],
)
def test_prices_that_are_refused(desk: Desk, prices: dict[str, str]) -> None:
    given = {name: units(price) for name, price in prices.items()}
    assert desk.refusal(MoveMarket(symbol=BTC, **given)) == "PRICE_ILLEGAL"


def test_an_unknown_symbol_is_refused(desk: Desk) -> None:
    assert desk.refusal(MoveMarket(symbol="NOPE", last=1)) == "UNKNOWN_SYMBOL"
    with pytest.raises(Rejected) as refused:
        matters(desk.state, MoveMarket(symbol="NOPE", last=1))
    assert refused.value.reason is Reason.UNKNOWN_SYMBOL


# How the house quotes


WIDE = SetQuoting(symbol=BTC, spread=100_000, gap=20_000, depth=3, notional=0, refills=True)


def test_quotes_as_wide_and_deep_as_chosen(desk: Desk) -> None:
    """0.1% and 0.02% of 65,000 USDT; levels worth 100,000 USDT, in steps of 0.001."""
    desk.do(replace(WIDE, notional=units("100000")))
    assert quotes(desk, Side.BUY) == [
        ("64935", "1.538"),
        ("64922", "1.538"),
        ("64909", "1.538"),
    ]
    assert quotes(desk, Side.SELL)[0] == ("65065", "1.538")


def test_quotes_that_do_not_refill_are_gone_until_the_price_moves(desk: Desk) -> None:
    desk.do(replace(WIDE, notional=units("100000"), refills=False))
    assert desk.place(market("BUY", "2")).fills() == [
        ("65065", "1.538", False),
        ("65078", "0.462", False),
    ]
    assert quotes(desk, Side.SELL) == [("65078", "1.076"), ("65091", "1.538")]
    assert best_price(desk.state.order_books[BTC], Side.SELL) == units("65078")
    move(desk, last="65000")
    assert quotes(desk, Side.SELL)[0] == ("65065", "1.538")


def test_the_rest_of_an_order_that_took_everything_waits_for_the_next_movement(desk: Desk) -> None:
    desk.do(replace(WIDE, notional=units("100000"), depth=1, refills=False))
    placed = desk.place(limit("BUY", "2", "65070"))
    assert placed.fills() == [("65065", "1.538", False)]
    assert quotes(desk, Side.SELL) == []
    assert quotes(desk, Side.BUY)[0] == ("65070", "0.462")
    moved = move(desk, last="65000")
    assert moved.fills() == [("65070", "0.462", True)]


@pytest.mark.parametrize(
    "wrong", [{"spread": -1}, {"gap": 10_000_001}, {"depth": 0}, {"depth": 1_001}]
)
def test_quotes_that_are_refused(desk: Desk, wrong: dict[str, int]) -> None:
    assert desk.refusal(replace(WIDE, **wrong)) == "LIQUIDITY_ILLEGAL"
    assert desk.refusal(replace(WIDE, symbol="NOPE")) == "UNKNOWN_SYMBOL"


def test_a_price_that_is_set_is_quoted_as_wide(desk: Desk) -> None:
    desk.do(WIDE)
    desk.do(SetPrice(symbol=BTC, last=units("50000")))
    assert quotes(desk, Side.BUY)[0][0] == "49950"


def test_orders_are_not_reached_where_the_house_quotes_nothing(desk: Desk) -> None:
    desk.place(limit("BUY", "1", "64000"))
    desk.do(SetLiquidity(symbol=BTC, mode="none"))
    assert move(desk, last="60000").fills() == []
    assert reach(desk.state, BTC) == Reach(0, 2**63 - 1)

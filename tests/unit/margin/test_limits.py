"""Limits of positions, leverage, margin and modes: what just fits, and what is one digit too much.

Prices, tiers and wallets are round, so that each limit can be worked out by hand.
"""

import pytest

from clearhouse.messages.commands import SetLeverage, SetMarginType, SetMultiAssetsMode
from clearhouse.messages.trading_commands import MovePositionMargin
from clearhouse.model.orders import PositionSide
from unit.margin.holding import BOTH, LONG, SHORT, Holding, Tier, units
from unit.world import ANN

FLAT: Tier = (20, "0", "10000000", "0.01", "0")
STEPPED: tuple[Tier, ...] = (
    (100, "0", "1000", "0.005", "0"),
    (50, "1000", "5000", "0.01", "5"),
    (10, "5000", "100000", "0.05", "205"),
)


def world(*, isolated: bool = False, wallet: str = "0", funds: str = "1000") -> Holding:
    """10 pieces bought at 100, at 20 times and 1%: 50 to open, 10 to keep."""
    made = Holding()
    made.tiers("BTCUSDT", FLAT)
    made.tiers("ETHUSDT", FLAT)
    made.fund(funds)
    if isolated:
        made.isolate("BTCUSDT")
    made.hold("BTCUSDT", "10", "100", wallet=wallet)
    made.mark("BTCUSDT", "100")
    return made


def move(
    amount: str, *, add: bool, side: PositionSide = BOTH, beyond: int = 0
) -> MovePositionMargin:
    return MovePositionMargin(
        uid=ANN,
        symbol="BTCUSDT",
        position_side=side,
        amount=units(amount) + beyond,
        add=add,
    )


def fits(made: Holding, amount: str, *, add: bool) -> None:
    """So much may be moved and no unit more."""
    reason = "CROSS_MARGIN_INSUFFICIENT" if add else "ISOLATED_MARGIN_INSUFFICIENT"
    assert made.refusal(move(amount, add=add, beyond=1)) == reason
    made.do(move(amount, add=add))
    assert made.refusal(move("0.00000001", add=add)) == reason


@pytest.mark.parametrize(
    ("mark", "wallet", "most"),
    [
        ("100", "50", "0"),  # as opened: all of it is initial margin
        ("100", "80", "30"),
        ("110", "50", "39"),  # 50 − 11 is less than 150 − 55
        ("96", "100", "12"),  # 100 − 40 − 48, less than 100 − 9.6
        ("80", "250", "10"),  # 250 − 200 − 40
        ("80", "200", "0"),
    ],
)
def test_what_may_be_taken_from_an_isolated_position(mark: str, wallet: str, most: str) -> None:
    """Wallet less maintenance margin, and wallet and profit less initial margin."""
    made = world(isolated=True, wallet=wallet)
    made.mark("BTCUSDT", mark)
    if most == "0":
        assert made.refusal(move("0.00000001", add=False)) == "ISOLATED_MARGIN_INSUFFICIENT"
    else:
        fits(made, most, add=False)


@pytest.mark.parametrize(
    ("mark", "most"),
    [
        ("100", "850"),  # 950 − 100 for a cross long of 20
        ("150", "920"),  # its profit may not be given: 950 − 30 of maintenance margin
        ("60", "90"),  # 950 − 800 − 60
    ],
)
def test_what_may_be_added_to_an_isolated_position(mark: str, most: str) -> None:
    made = world(isolated=True, wallet="50")
    made.hold("ETHUSDT", "20", "100")
    made.mark("ETHUSDT", mark)
    fits(made, most, add=True)


def test_open_orders_lower_what_may_be_added() -> None:
    """Of an isolated symbol and of a cross one: 950 − 100 − 50."""
    made = world(isolated=True, wallet="50")
    made.order("BTCUSDT", bids="2000")
    made.order("ETHUSDT", bids="1000")
    made.mark("ETHUSDT", "100")
    fits(made, "800", add=True)


def test_each_isolated_side_has_margin_of_its_own() -> None:
    made = Holding()
    made.tiers("BTCUSDT", FLAT)
    made.fund("1000")
    made.hedge()
    made.isolate("BTCUSDT")
    made.hold("BTCUSDT", "10", "100", LONG, wallet="60")
    made.hold("BTCUSDT", "10", "100", SHORT, wallet="90")
    made.mark("BTCUSDT", "100")
    assert made.refusal(move("10", add=False, side=LONG, beyond=1)) == (
        "ISOLATED_MARGIN_INSUFFICIENT"
    )
    made.do(move("40", add=False, side=SHORT))
    assert made.refusal(move("1", add=True)) == "NO_POSITION"
    assert made.position("BTCUSDT", LONG).isolated_wallet == units("60")
    assert made.position("BTCUSDT", SHORT).isolated_wallet == units("50")


def test_the_order_in_which_moving_margin_is_refused() -> None:
    made = world()
    assert made.refusal(move("0", add=True, side=LONG)) == "POSITION_NOT_ISOLATED"
    made = world(isolated=True, wallet="50")
    assert made.refusal(move("0", add=True, side=LONG)) == "NO_POSITION"
    assert made.refusal(move("0", add=True)) == "MARGIN_AMOUNT_NOT_POSITIVE"
    assert made.refusal(move("100000", add=True)) == "CROSS_MARGIN_INSUFFICIENT"


@pytest.mark.parametrize(
    ("quantity", "bids", "asks", "refused"),
    [
        ("10", "0", "0", False),  # 1,000 at 100 times are just what may be
        ("10", "0.01", "0", True),
        ("10", "0", "2000", False),  # an order the other way: up to 1,000 short
        ("10", "0", "2000.01", True),
        ("-10", "2000", "0", False),
        ("-10", "0", "0.01", True),
        ("0", "1000", "1000", False),
        ("0", "1000.01", "0", True),
    ],
)
def test_a_leverage_that_positions_and_orders_are_too_large_for(
    quantity: str, bids: str, asks: str, refused: object
) -> None:
    made = Holding()
    made.tiers("BTCUSDT", *STEPPED)
    made.leverage("BTCUSDT", 50)
    made.fund("100000")
    made.hold("BTCUSDT", quantity, "100")
    made.order("BTCUSDT", bids=bids, asks=asks)
    made.mark("BTCUSDT", "100")
    command = SetLeverage(uid=ANN, symbol="BTCUSDT", leverage=51)
    if refused:
        assert made.refusal(command) == "POSITION_LIMIT"
    else:
        made.do(command)


@pytest.mark.parametrize("more", [0, 1])
def test_both_sides_of_hedge_mode_count_together(more: int) -> None:
    made = Holding()
    made.tiers("BTCUSDT", *STEPPED)
    made.leverage("BTCUSDT", 50)
    made.hedge()
    made.fund("100000")
    made.hold("BTCUSDT", "6", "100", LONG)
    made.hold("BTCUSDT", "4", "100", SHORT)
    made.mark("BTCUSDT", "100")
    made.state.markets["BTCUSDT"].mark += more
    command = SetLeverage(uid=ANN, symbol="BTCUSDT", leverage=100)
    if more:
        assert made.refusal(command) == "POSITION_LIMIT"
    else:
        made.do(command)


@pytest.mark.parametrize(("funds", "refused"), [("200", False), ("199.99999999", True)])
def test_a_lower_leverage_needs_margin(funds: str, refused: object) -> None:
    """At 5 times a position of 1,000 needs 200, 150 more than at 20; then 200 of 200 are used."""
    made = world(funds=funds)
    command = SetLeverage(uid=ANN, symbol="BTCUSDT", leverage=5)
    if refused:
        assert made.refusal(command) == "LEVERAGE_MARGIN_INSUFFICIENT"
    else:
        made.do(command)
        assert made.asset().available_balance == 0


def test_a_higher_leverage_needs_none() -> None:
    """Also where margin lacks: it frees some."""
    made = Holding()
    made.tiers("BTCUSDT", *STEPPED)
    made.leverage("BTCUSDT", 10)
    made.fund("50")
    made.hold("BTCUSDT", "10", "100")
    made.mark("BTCUSDT", "100")
    made.do(SetLeverage(uid=ANN, symbol="BTCUSDT", leverage=20))
    assert made.figures("BTCUSDT").position_margin == units("50")


def test_an_isolated_position_keeps_its_leverage_or_gets_a_higher_one() -> None:
    made = Holding()
    made.tiers("BTCUSDT", *STEPPED)
    made.isolate("BTCUSDT")
    made.fund("1000")
    made.hold("BTCUSDT", "10", "100", wallet="50")
    made.mark("BTCUSDT", "100")
    lower = SetLeverage(uid=ANN, symbol="BTCUSDT", leverage=19)
    assert made.refusal(lower) == "ISOLATED_LEVERAGE_LOWERED"
    made.do(SetLeverage(uid=ANN, symbol="BTCUSDT", leverage=40))
    assert made.position("BTCUSDT").isolated_wallet == units("50")
    assert made.figures("BTCUSDT").position_margin == units("25")


def test_orders_alone_do_not_keep_an_isolated_leverage() -> None:
    made = world(isolated=True)
    made.hold("BTCUSDT", "0", "0")
    made.order("BTCUSDT", bids="1000")
    made.do(SetLeverage(uid=ANN, symbol="BTCUSDT", leverage=10))
    assert made.figures("BTCUSDT").order_margin == units("100")


@pytest.mark.parametrize(("btc", "refused"), [("0.00001635", True), ("0.00001636", False)])
def test_the_pool_must_cover_the_positions_to_enter_multi_assets_mode(
    btc: str, refused: object
) -> None:
    """50 at the ask rate of 1.0001 are 50.005 USD; 49 at the bid rate of 0.9999 are 48.9951.

    1.0099 is missing, at 0.95 · 65,000 a BTC: 0.0000163546…
    """
    made = world(funds="49")
    made.fund(btc, "BTC")
    command = SetMultiAssetsMode(uid=ANN, on=True)
    if refused:
        assert made.refusal(command) == "MULTI_ASSETS_MARGIN_INSUFFICIENT"
    else:
        made.do(command)


@pytest.mark.parametrize(("funds", "refused"), [("49.99999999", True), ("50", False)])
def test_the_asset_alone_must_cover_them_to_leave_it(funds: str, refused: object) -> None:
    made = world(funds=funds)
    made.fund("1", "BTC")
    made.share()
    command = SetMultiAssetsMode(uid=ANN, on=False)
    if refused:
        assert made.refusal(command) == "MULTI_ASSETS_MARGIN_INSUFFICIENT"
    else:
        made.do(command)


def test_without_positions_nothing_is_asked_for() -> None:
    """Also with a debt: it keeps from leaving, not from entering."""
    made = Holding()
    made.lose("1")
    made.do(SetMultiAssetsMode(uid=ANN, on=True))


@pytest.mark.parametrize("waits", [False, True])
def test_what_is_open_keeps_the_margin_type(waits: object) -> None:
    """Orders are told before positions, those that wait for their trigger too."""
    made = world()
    if waits:
        made.state.futures.opened(ANN).exposed("BTCUSDT").algos[1] = None
    reason = "MARGIN_TYPE_WITH_ORDERS" if waits else "MARGIN_TYPE_WITH_POSITION"
    assert made.refusal(SetMarginType(uid=ANN, symbol="BTCUSDT", isolated=True)) == reason

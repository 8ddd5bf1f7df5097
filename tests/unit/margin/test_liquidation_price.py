"""Liquidation prices: the published examples, and what must hold at the price itself.

The four numbers are those of the exchange's help page on the liquidation price; its inputs are
quoted with them in the tests of freqtrade.
"""

import pytest

from clearhouse.margin.liquidation_price import Support, liquidation_price
from clearhouse.margin.positions import all_held
from unit.margin.holding import BOTH, LONG, SHORT, Holding, units
from unit.world import ANN

WALLET = "1535443.01"
FIRST = ("3683.979", "1456.84", "0.10", "135365")
SECOND = ("109.488", "32481.98", "0.025", "16300")


@pytest.mark.parametrize(
    ("position", "maint", "profit", "published"),
    [
        (FIRST, "0", "0", "1114.78"),
        (SECOND, "0", "0", "18778.73"),
        (FIRST, "71200.81144", "-56354.57", "1153.26"),
        (SECOND, "356512.508", "-448192.89", "26316.89"),
    ],
)
def test_the_published_prices(
    position: tuple[str, str, str, str], maint: str, profit: str, published: str
) -> None:
    quantity, entry, ratio, cum = position
    world = Holding()
    world.tiers("BTCUSDT", (20, "0", "50000000", ratio, cum))
    world.hold("BTCUSDT", quantity, entry)
    held = all_held(world.state.catalogue, world.state.markets, world.state.futures.of(ANN))
    price = liquidation_price(held, Support(units(WALLET) + units(profit), units(maint)))
    assert round(price / 10**8, 2) == float(published)


TIERS = (
    (125, "0", "50000", "0.004", "0"),
    (100, "50000", "600000", "0.005", "50"),
    (50, "600000", "3000000", "0.01", "3050"),
)


def test_the_tier_is_the_one_at_the_price_and_not_the_one_of_today() -> None:
    """A position of 60,000 that falls into the first tier: 1 · p − 60,000 + 20,000 = 0.004 · p."""
    world = Holding()
    world.tiers("BTCUSDT", *TIERS)
    world.fund("20000")
    world.hold("BTCUSDT", "1", "60000")
    world.mark("BTCUSDT", "60000")
    assert world.position("BTCUSDT").maint_margin == units("250")
    assert world.position("BTCUSDT").liquidation_price == units("40160.64257028")  # 40,000 / 0.996


def test_a_short_that_rises_into_a_higher_tier() -> None:
    """49,000 and 20,000 in the wallet: 69,000 + 50 = 1.005 · p."""
    world = Holding()
    world.tiers("BTCUSDT", *TIERS)
    world.fund("20000")
    world.hold("BTCUSDT", "-1", "49000")
    world.mark("BTCUSDT", "49000")
    assert world.position("BTCUSDT").liquidation_price == units("68706.46766169")


def test_other_cross_positions_of_the_asset_count_and_isolated_ones_do_not() -> None:
    world = Holding()
    for symbol in ("BTCUSDT", "ETHUSDT", "SOLUSDT"):
        world.tiers(symbol, (20, "0", "1000000", "0.01", "0"))
    world.isolate("SOLUSDT")
    world.fund("2000")
    world.hold("BTCUSDT", "1", "10000")
    world.hold("ETHUSDT", "-10", "1000")
    world.hold("SOLUSDT", "100", "100", wallet="500")
    world.mark("BTCUSDT", "10000")
    world.mark("ETHUSDT", "1010")
    world.mark("SOLUSDT", "90")
    # (1500 − 101 − 100 − 10000) / (0.01 − 1)
    assert world.position("BTCUSDT").liquidation_price == units("8788.88888889")
    # (1500 − 100 + 0 + 10000) / (0.1 + 10)
    assert world.position("ETHUSDT").liquidation_price == units("1128.71287129")
    # (500 − 10000) / (1 − 100)
    assert world.position("SOLUSDT").liquidation_price == units("95.95959596")


def test_both_sides_of_a_symbol_share_a_price_on_cross_margin() -> None:
    """(1000 − 3 · 1000 + 1 · 1100) / (4 · 0.01 − 3 + 1)"""
    world = Holding()
    world.tiers("ETHUSDT", (20, "0", "1000000", "0.01", "0"))
    world.hedge()
    world.fund("1000")
    world.hold("ETHUSDT", "3", "1000", LONG)
    world.hold("ETHUSDT", "1", "1100", SHORT)
    world.mark("ETHUSDT", "1000")
    prices = [world.position("ETHUSDT", side).liquidation_price for side in (LONG, SHORT)]
    assert prices == [units("459.18367347")] * 2


def test_each_isolated_side_has_its_own_price() -> None:
    world = Holding()
    world.tiers("ETHUSDT", (20, "0", "1000000", "0.01", "0"))
    world.hedge()
    world.isolate("ETHUSDT")
    world.fund("1000")
    world.hold("ETHUSDT", "3", "1000", LONG, wallet="150")
    world.hold("ETHUSDT", "1", "1100", SHORT, wallet="55")
    world.mark("ETHUSDT", "1000")
    assert world.position("ETHUSDT", LONG).liquidation_price == units("959.5959596")  # 2850 / 2.97
    assert world.position("ETHUSDT", SHORT).liquidation_price == units("1143.56435644")  # 1155/1.01


def test_sides_that_balance_have_the_far_price_above() -> None:
    """1,000 and 100 from between the entries are what 2 · 0.01 · p eats up."""
    world = Holding()
    world.tiers("ETHUSDT", (20, "0", "1000000", "0.01", "0"))
    world.hedge()
    world.fund("1000")
    world.hold("ETHUSDT", "1", "1000", LONG)
    world.hold("ETHUSDT", "1", "1100", SHORT)
    world.mark("ETHUSDT", "1000")
    assert world.position("ETHUSDT", LONG).liquidation_price == units("55000")


@pytest.mark.parametrize(
    ("quantity", "wallet", "price"),
    [("1", "10000", "0"), ("1", "10001", "0"), ("1", "9999.99", "0.01010101"), ("0", "100", "0")],
)
def test_there_is_none_where_the_wallet_covers_all_of_it(
    quantity: str, wallet: str, price: str
) -> None:
    world = Holding()
    world.tiers("BTCUSDT", (20, "0", "1000000", "0.01", "0"))
    world.fund(wallet)
    world.hold("BTCUSDT", quantity, "10000")
    world.mark("BTCUSDT", "10000")
    assert world.position("BTCUSDT", BOTH).liquidation_price == units(price)


@pytest.mark.parametrize("quantity", ["1", "-1"])
def test_orders_do_not_enter(quantity: str) -> None:
    world = Holding()
    world.fund("1000")
    world.hold("BTCUSDT", quantity, "10000")
    world.mark("BTCUSDT", "10000")
    before = world.position("BTCUSDT").liquidation_price
    world.order("BTCUSDT", bids="5000", asks="90000")
    assert world.position("BTCUSDT").liquidation_price == before > 0


def shared(world: Holding) -> None:
    """BTC at 60,000 with buffers of 5% and 5%, USDT at 1 with 0.05% and 0.01%."""
    world.tiers("BTCUSDT", (20, "0", "10000000", "0.01", "0"))
    world.share()


@pytest.mark.parametrize(("quantity", "entry"), [("1", "60000"), ("-1", "60000"), ("5", "30000")])
@pytest.mark.parametrize(("usdt", "btc"), [("1000", "0.1"), ("30000", "0"), ("0", "0.5")])
def test_in_multi_assets_mode_equity_is_maintenance_margin_there(
    quantity: str, entry: str, usdt: str, btc: str
) -> None:
    world = Holding()
    shared(world)
    for asset, amount in (("USDT", usdt), ("BTC", btc)):
        if amount != "0":
            world.fund(amount, asset)
    world.hold("BTCUSDT", quantity, entry)
    world.mark("BTCUSDT", entry)
    price = world.position("BTCUSDT").liquidation_price
    if quantity == "5" and price == 0:
        pytest.fail("there is one")
    world.state.markets["BTCUSDT"].mark = price
    totals = world.account().totals
    assert abs(totals.margin_balance - totals.maint_margin) <= 10

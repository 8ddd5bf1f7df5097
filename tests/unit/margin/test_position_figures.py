"""Figures of positions: published answers of the exchange, to the last digit.

Each example says where it was published; inputs and results are those of the answer.
"""

import pytest

from clearhouse.margin.requirements import bracket_of, break_even_price, initial_margin_rate
from clearhouse.model.orders import Position
from unit.margin.holding import Holding, units

LOW = (75, "0", "5000", "0.0065", "0")
TOP = (25, "5000", "100000000", "0.01", "17.5")


def test_the_sample_of_position_information_v3() -> None:
    """«Position Information V3»: 30 ADA at 0.385, opened by a maker at 0.02%."""
    world = Holding()
    world.tiers("ADAUSDT", LOW, TOP)
    world.fund("100")
    world.hold("ADAUSDT", "30", "0.385", fees="0.00231")
    world.mark("ADAUSDT", "0.41047590")
    found = world.position("ADAUSDT")
    assert found.notional == units("12.31427700")
    assert found.unrealized == units("0.76427700")
    assert found.initial_margin == found.position_margin == units("0.61571385")
    assert found.maint_margin == units("0.08004280")
    assert found.break_even_price == 385_077_000_000  # 0.385077
    assert found.liquidation_price == 0


def test_an_isolated_row_of_account_information_v2() -> None:
    """An answer of 2024-07 in a public repository: BTCUSDT at 10 times with a buy order."""
    world = Holding()
    world.tiers("BTCUSDT", (125, "0", "50000", "0.004", "0"), (10, "50000", "40000000", "0.1", "0"))
    world.leverage("BTCUSDT", 10)
    world.isolate("BTCUSDT")
    fees = "0.0464316"  # 0.04%
    world.hold("BTCUSDT", "0.002", "58039.5", wallet="14.03431369", fees=fees)
    world.order("BTCUSDT", bids="310")
    world.mark("BTCUSDT", "61319.21019")
    found = world.figures("BTCUSDT")
    assert found.initial_margin == units("43.26384203")
    assert found.maint_margin == units("0.49055368")
    assert found.unrealized == units("6.55942038")
    assert found.position_margin == units("12.26384203")
    assert found.order_margin == units("31")
    assert found.notional == units("122.63842038")
    assert found.bid_value == units("310")
    assert found.max_notional == units("40000000")
    assert world.position("BTCUSDT").break_even_price == 58_062_715_800_000_000  # 58062.7158


def test_a_short_row_of_account_information_v2() -> None:
    """An answer of 2021-05 in a public repository: the loss is cut toward zero."""
    world = Holding()
    world.tiers("BNBUSDT", LOW, TOP)
    world.hold("BNBUSDT", "-0.13", "291.91165")
    world.mark("BNBUSDT", "307.91648062")
    found = world.figures("BNBUSDT")
    assert found.notional == units("-40.02914248")
    assert found.unrealized == units("-2.08062798")
    assert found.initial_margin == units("2.00145712")
    assert found.maint_margin == units("0.26018942")


def test_an_isolated_row_of_position_information_v2() -> None:
    """An answer quoted in the source of ccxt: the liquidation price is rounded to nearest."""
    world = Holding()
    world.tiers("BTCUSDT", (125, "0", "50000", "0.004", "0"), (2, "50000", "300000000", "0.1", "0"))
    world.leverage("BTCUSDT", 2)
    world.isolate("BTCUSDT")
    world.hold("BTCUSDT", "0.001", "43578.07", wallet="21.82418506")
    world.mark("BTCUSDT", "43532.3")
    found = world.position("BTCUSDT")
    assert found.unrealized == units("-0.04577")
    assert found.liquidation_price == units("21841.24993976")
    assert found.max_notional == units("300000000")
    assert found.isolated_margin == units("21.77841506")
    assert found.notional == units("43.5323")


@pytest.mark.parametrize(
    ("times", "rate"),
    [(1, "1"), (3, "0.33333333"), (15, "0.06666667"), (20, "0.05"), (6, "0.16666667"),
     (7, "0.14285714"), (125, "0.008")],
)  # fmt: skip
def test_the_rate_of_a_leverage_has_eight_decimals_rounded(times: int, rate: str) -> None:
    assert initial_margin_rate(times) == units(rate)


@pytest.mark.parametrize(
    ("quantity", "entry", "mark", "profit", "notional"),
    [
        # -0.08024553|6 shows as -0.08024553, and a gain as small the same
        ("0.001", "100", "19.754464", "-0.08024553", "0.01975446"),
        ("-0.001", "100", "19.754464", "0.08024553", "-0.01975446"),
        ("0.001", "19.754464", "100", "0.08024553", "0.1"),
        ("0.001", "0.00000001", "0.00000002", "0", "0"),
    ],
)
def test_money_is_cut_toward_zero(
    quantity: str, entry: str, mark: str, profit: str, notional: str
) -> None:
    world = Holding()
    world.hold("BTCUSDT", quantity, entry)
    world.mark("BTCUSDT", mark)
    found = world.figures("BTCUSDT")
    assert (found.unrealized, found.notional) == (units(profit), units(notional))


TIERS = (
    (125, "0", "50000", "0.004", "0"),
    (100, "50000", "600000", "0.005", "50"),
    (50, "600000", "3000000", "0.01", "3050"),
)


@pytest.mark.parametrize(
    ("quantity", "margin"),
    [
        ("0.5", "200"),  # 50,000 belongs to the first tier
        ("0.50000001", "200.000005"),
        ("-1", "450"),  # 100,000 · 0.005 − 50
        ("6", "2950"),
        ("6.01", "2960"),
        ("60", "56950"),  # beyond all caps: the last tier
    ],
)
def test_maintenance_margin_by_the_tier_of_the_notional(quantity: str, margin: str) -> None:
    world = Holding()
    world.tiers("BTCUSDT", *TIERS)
    world.hold("BTCUSDT", quantity, "100000")
    world.mark("BTCUSDT", "100000")
    assert world.figures("BTCUSDT").maint_margin == units(margin)


@pytest.mark.parametrize(
    ("value", "ratio"),
    [("0", "0.004"), ("50000", "0.004"), ("50000.00000001", "0.005"), ("-600000", "0.005"),
     ("-600000.00000001", "0.01"), ("90000000", "0.01")],
)  # fmt: skip
def test_a_tier_has_its_cap_and_not_its_floor(value: str, ratio: str) -> None:
    """Above its floor, up to its cap; beyond all caps the last one holds."""
    world = Holding()
    world.tiers("BTCUSDT", *TIERS)
    contract = world.state.catalogue.contracts["BTCUSDT"]
    assert bracket_of(contract, units(value)).maint_margin_ratio == units(ratio)


@pytest.mark.parametrize(
    ("quantity", "fees", "realized", "price"),
    [
        (units("0.002"), "0.0464316", "0", "58062.7158"),
        (units("-0.002"), "0.0464316", "0", "58016.2842"),
        (units("0.002"), "0.05", "40", "38064.5"),  # profit taken brings it far below entry
        (units("-0.002"), "0", "-1", "57539.5"),
        (units("0.003"), "0.00000001", "0", "58039.500003333333"),
        (units("-0.003"), "0.00000002", "0", "58039.499993333333"),
    ],
)
def test_break_even_price(quantity: int, fees: str, realized: str, price: str) -> None:
    position = Position(quantity, units("58039.5"), 0, units(fees), units(realized))
    whole, _, part = price.partition(".")
    assert break_even_price(position) == int(whole) * 10**12 + int(part.ljust(12, "0"))

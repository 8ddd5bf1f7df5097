"""Answers and worked examples that were published, to the last digit that is shown.

Each says where it stands; inputs and results are those of the source. What a source leaves out
(the wallet behind a position, its tier) is filled in and named. More of them: position figures,
liquidation prices, multi-assets mode, auto-exchange.
"""

import pytest

from clearhouse.liquidation.pools import is_close
from clearhouse.margin.positions import held_in
from clearhouse.margin.quantile import score
from clearhouse.margin.ratio import cross_pool
from clearhouse.margin.requirements import initial_margin_rate
from clearhouse.model.ids import Millis
from clearhouse.model.orders import Position
from clearhouse.trading.positions import Fill, after_fill
from unit.margin.holding import BOTH, LONG, SHORT, Holding, units
from unit.world import ANN


def test_the_short_row_of_position_information_v3() -> None:
    """«Position Information V3», COMPUSDT: margins are cut, the liquidation price is rounded.

    2,212.24483782 behind it lead to 2,260.567572099…, which shows as …210. It was opened for 0.04%,
    0.028371364: a fee has eight decimals here, so of 70.900038636 the last digit is lost.
    """
    world = Holding()
    world.tiers("COMPUSDT", (50, "0", "50000", "0.01", "0"))
    world.fund("2212.24483782")
    world.hold("COMPUSDT", "-1", "70.92841", fees="0.02837136")
    world.mark("COMPUSDT", "49.72023376")
    found = world.position("COMPUSDT")
    assert found.notional == units("-49.72023376")
    assert found.unrealized == units("21.20817624")
    assert found.initial_margin == found.position_margin == units("2.48601168")  # …1688
    assert found.maint_margin == units("0.49720233")  # …2337(6)
    assert found.break_even_price == 70_900_038_640_000
    assert found.liquidation_price == units("2260.5675721")


def test_the_hedged_rows_of_position_information_v2() -> None:
    """«Position Information V2», its older sample: 20 and −10 BTC, isolated, at 10 times.

    The short one's entry price is left out there; its profit names it. The second tier of then:
    0.5% and 50. Prices have two decimals in it.
    """
    world = Holding()
    tiers = (125, "0", "50000", "0.004", "0"), (100, "50000", "250000", "0.005", "50")
    world.tiers("BTCUSDT", *tiers, (10, "250000", "20000000", "0.05", "11300"))
    world.hedge()
    world.isolate("BTCUSDT")
    world.leverage("BTCUSDT", 10)
    world.hold("BTCUSDT", "20", "6563.665", LONG, wallet="13200.70726908")
    world.hold("BTCUSDT", "10", "6563.86", SHORT, wallet="6570.42511771")
    world.mark("BTCUSDT", "6679.50671178")
    long, short = (world.position("BTCUSDT", side) for side in (LONG, SHORT))
    assert (long.unrealized, short.unrealized) == (units("2316.8342356"), units("-1156.4671178"))
    assert long.isolated_margin == units("15517.54150468")
    assert short.isolated_margin == units("5413.95799991")
    assert long.liquidation_price // 10**6 == 593_078
    assert short.liquidation_price // 10**6 == 718_995
    assert long.max_notional == short.max_notional == units("20000000")


def test_the_cross_row_of_position_information_v2() -> None:
    """«Position Information V2», its sample of hedge mode, with 2.53267053 behind it."""
    world = Holding()
    world.tiers("BTCUSDT", (125, "0", "50000", "0.004", "0"), (4, "50000", "100000000", "0.1", "0"))
    world.hedge()
    world.leverage("BTCUSDT", 4)
    world.fund("2.53267053")
    world.hold("BTCUSDT", "0.001", "22185.2", LONG)
    world.mark("BTCUSDT", "21123.05052574")
    found = world.position("BTCUSDT", LONG)
    assert found.unrealized == units("-1.06214947")  # …426
    assert found.notional == units("21.12305052")  # …574
    assert found.liquidation_price == units("19731.45529116")
    assert found.max_notional == units("100000000")


def test_an_isolated_short_that_was_given_margin() -> None:
    """ccxt #20003, GASUSDT at 15 times: what opening took, 1 added, and where it falls.

    Opened at 8.616 for 0.05%. Its wallet fits a mark of 8.631 at that moment and no price of the
    fill, and a rate of 0.06666667.
    """
    opened, _ = after_fill(
        Position(),
        Fill(
            quantity=-units("1"),
            price=units("8.616"),
            commission=units("0.004308"),
            mark=units("8.631"),
            rate=initial_margin_rate(15),
            charged=True,
            at=Millis(0),
        ),
    )
    assert opened.isolated_wallet == units("0.57109202")
    world = Holding()
    tiers = (25, "0", "10000", "0.015", "0"), (15, "10000", "37500", "0.02", "50")
    world.tiers("GASUSDT", *tiers, (5, "37500", "100000", "0.05", "1175"))
    world.isolate("GASUSDT")
    world.leverage("GASUSDT", 15)
    world.hold("GASUSDT", "-1", "8.616", wallet="1.57109202", fees="0.004308")
    world.mark("GASUSDT", "8.736")
    found = world.position("GASUSDT")
    assert found.break_even_price == 8_611_692_000_000  # 8.611692
    assert (found.unrealized, found.notional) == (units("-0.12"), units("-8.736"))
    assert found.isolated_margin == units("1.45109202")
    assert found.position_margin == units("0.58240002")
    assert found.maint_margin == units("0.13104")
    assert found.liquidation_price == units("10.03654386")
    assert found.max_notional == units("37500")


def test_a_long_row_with_a_fee() -> None:
    """ccxt #21308, XRPUSDT on the test network, which charges takers 0.04%."""
    world = Holding()
    world.tiers("XRPUSDT", (75, "0", "10000", "0.005", "0"), (20, "10000", "500000", "0.01", "50"))
    world.fund("1000")
    world.hold("XRPUSDT", "15", "0.5436", fees="0.0032616")
    world.mark("XRPUSDT", "0.543")
    found = world.position("XRPUSDT")
    assert found.break_even_price == 543_817_440_000  # 0.54381744
    assert (found.unrealized, found.notional) == (units("-0.009"), units("8.145"))
    assert found.initial_margin == units("0.40725")
    assert found.maint_margin == units("0.040725")
    assert found.liquidation_price == 0
    assert found.max_notional == units("500000")


def test_a_position_that_the_wallet_covers_has_no_liquidation_price() -> None:
    """ccxt #8311, BTCUSDT at 1 time: the loss is cut toward zero, …0.9(2) is not …1."""
    world = Holding()
    world.leverage("BTCUSDT", 1)
    world.fund("3000")
    world.hold("BTCUSDT", "0.02", "37159.96866")
    world.mark("BTCUSDT", "35702.56423954")
    found = world.position("BTCUSDT")
    assert found.unrealized == units("-29.1480884")
    assert found.notional == units("714.05128479")
    assert found.liquidation_price == 0


@pytest.mark.parametrize(
    ("notional", "ratio", "cum", "maint"),
    [
        ("4918775.081", "0.1", "135365", "356512.5081"),  # printed …508
        ("3500032.458", "0.025", "16300", "71200.81145"),  # printed …144, of a longer notional
    ],
)
def test_maintenance_margins_of_the_page_on_liquidation_prices(
    notional: str, ratio: str, cum: str, maint: str
) -> None:
    """FAQ b3c689c1f50a44cabb3a84e663b81d93, «Liquidation Price of USDⓈ-M Futures Contracts»."""
    world = Holding()
    world.tiers("BTCUSDT", (20, "0", "50000000", ratio, cum))
    world.hold("BTCUSDT", "1", notional)
    world.mark("BTCUSDT", notional)
    assert world.position("BTCUSDT").maint_margin == units(maint)


@pytest.mark.parametrize(
    ("position", "bids", "needed", "more"),
    [("0", "10000", "10000", "10000"), ("-1", "15000", "10000", "0")],
)
def test_what_an_order_against_a_position_needs(
    position: str, bids: str, needed: str, more: str
) -> None:
    """dev.binance.vision 17078: its two scenarios, at 1 time and a mark of 10,000.

    Nothing, and 1.5 bought against a short of 1: max(|−10,000 + 15,000|, |−10,000 − 0|).
    """
    world = Holding()
    world.leverage("BTCUSDT", 1)
    world.hold("BTCUSDT", position, "10000")
    world.order("BTCUSDT", bids=bids)
    world.mark("BTCUSDT", "10000")
    found = world.figures("BTCUSDT")
    assert (found.initial_margin, found.order_margin) == (units(needed), units(more))


def test_the_score_of_deleveraging() -> None:
    """dev.binance.vision 17801: 40.2 / 4.27 = 9.41, and 9.41 · 13.42% = 1.26."""
    world = Holding()
    world.tiers("BTCUSDT", (20, "0", "1000000", "0.1", "8.052126"))
    world.isolate("BTCUSDT")
    world.hold("BTCUSDT", "1", "100", wallet="4.27")
    world.mark("BTCUSDT", "140.2")
    state = world.state
    account = state.futures.of(ANN)
    [held] = held_in(state.catalogue, state.markets, account, "BTCUSDT")
    assert held.maint == units("5.967874")  # 13.42% of 44.47
    assert score(state.catalogue, state.books, account, ANN, held) // 10**14 == 126


def test_the_margin_call_of_the_documentation() -> None:
    """«Event: Margin Call»: 1.327 ETH and 3.16812045 in the wallet, at 80.6% of what supports it.

    `mm` has six decimals there.
    """
    world = Holding()
    world.tiers("ETHUSDT", (75, "0", "10000", "0.0065", "0"))
    world.fund("3.16812045")
    world.hold("ETHUSDT", "1.327", "188.05", BOTH)
    world.mark("ETHUSDT", "187.17127")
    state = world.state
    account = state.futures.of(ANN)
    found = cross_pool(state.catalogue, state.markets, state.books, account, ANN, "USDT")
    assert world.position("ETHUSDT").unrealized == units("-1.16607471")  # printed -1.166074
    assert found.maint // 100 == 1_614_445
    assert found.maint * 1_000 // found.balance == 806
    assert is_close(found)
    assert not found.triggers

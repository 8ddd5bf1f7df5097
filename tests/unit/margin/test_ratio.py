"""Margin ratios: of an isolated position, of the cross positions of an asset, of an account."""

import pytest

from clearhouse.margin.positions import held_in
from clearhouse.margin.ratio import Pool, account_pool, cross_pool, isolated, margin_ratio
from clearhouse.messages.commands import SetAssetIndex
from unit.margin.holding import Holding, units
from unit.world import ANN

TIER = (20, "0", "10000000", "0.01", "0")


def world(*, alone: bool = False) -> Holding:
    """1,000 USDT, 500 USDC, and 10 pieces bought at 100 in USDT, 2 sold at 50 in USDC."""
    made = Holding()
    made.tiers("BTCUSDT", TIER)
    made.tiers("ETHUSDC", TIER)
    made.fund("1000")
    made.fund("500", "USDC")
    if alone:
        made.isolate("BTCUSDT")
    made.hold("BTCUSDT", "10", "100", wallet="50" if alone else "0")
    made.hold("ETHUSDC", "-2", "50")
    made.mark("BTCUSDT", "100")
    made.mark("ETHUSDC", "50")
    return made


def cross(made: Holding, asset: str) -> Pool:
    state = made.state
    account = state.futures.of(ANN)
    return cross_pool(state.catalogue, state.markets, state.books, account, ANN, asset)


def shared(made: Holding) -> Pool:
    state = made.state
    account = state.futures.of(ANN)
    return account_pool(state.catalogue, state.markets, state.books, account, ANN)


def alone(made: Holding, symbol: str) -> Pool:
    state = made.state
    (held,) = held_in(state.catalogue, state.markets, state.futures.of(ANN), symbol)
    return isolated(held)


@pytest.mark.parametrize(
    ("asset", "symbol", "mark", "balance", "maint"),
    [
        ("USDT", "BTCUSDT", "100", "1000", "10"),
        ("USDT", "BTCUSDT", "90", "900", "9"),
        ("USDT", "BTCUSDT", "120.5", "1205", "12.05"),
        ("USDC", "ETHUSDC", "60", "480", "1.2"),
        ("USDC", "BTCUSDT", "1", "500", "1"),  # another asset's loss
        ("BNB", "BTCUSDT", "1", "0", "0"),
    ],
)
def test_an_asset_stands_for_itself(
    asset: str, symbol: str, mark: str, balance: str, maint: str
) -> None:
    made = world()
    made.mark(symbol, mark)
    assert cross(made, asset) == (units(balance), units(maint))


def test_an_isolated_position_and_the_cross_positions_do_not_share() -> None:
    made = world(alone=True)
    made.mark("BTCUSDT", "98")
    assert alone(made, "BTCUSDT") == (units("30"), units("9.8"))  # 50 − 20, 980 · 1%
    assert cross(made, "USDT") == (units("950"), 0)


def test_an_account_in_multi_assets_mode() -> None:
    """USDT counts 0.9999 and is needed at 1.0001, like USDC; BTC counts 95% of 50,000."""
    made = world()
    made.fund("0.1", "BTC")
    made.do(SetAssetIndex(asset="BTC", index=units("50000")))
    made.share()
    made.mark("BTCUSDT", "90")
    made.mark("ETHUSDC", "60")
    equity = units("899.91") + units("479.952") + units("4750")  # 900, 480 and 0.1 BTC
    maint = units("9.0009") + units("1.20012")
    assert shared(made) == (equity, maint)
    assert margin_ratio(shared(made)) == (maint, equity)


def test_what_is_owed_counts_at_ask() -> None:
    made = world()
    made.share()
    made.lose("700", "USDC")
    assert shared(made) == (
        units("999.9") - units("200.02"),
        units("10.001") + units("1.0001"),
    )


@pytest.mark.parametrize(
    ("balance", "maint", "decided"),
    [
        ("10.00000001", "10", (False, True)),
        ("10", "10", (True, True)),
        ("9.99999999", "10", (True, True)),
        ("12.5", "10", (False, True)),  # 80%
        ("12.50000001", "10", (False, False)),
        ("0", "0", (True, True)),
        ("0.00000001", "0", (False, False)),
        ("-5", "10", (True, True)),
        ("-5", "0", (True, True)),
    ],
)
def test_what_a_ratio_decides(balance: str, maint: str, decided: tuple[bool, bool]) -> None:
    """Whether the positions fall, and whether the ratio is 80% or more."""
    pool = Pool(units(balance), units(maint))
    assert (pool.triggers, pool.reaches(units("0.8"))) == decided

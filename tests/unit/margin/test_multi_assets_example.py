"""Multi-assets mode by the numbers that the exchange publishes.

Binance, «How to Calculate Margin Ratio in the Multi-Assets Mode» (FAQ
c983a9268cfa4e70a4916c276bb3b7bc): USDT at 0.99 with buffers of 1% and 0.5%, USDC at 1 without;
200 USDT and 220 USDC; BTCUSDT at 100 times with 0.8%, ETHUSDC at 50 times with 1%. Its numbers
have two or three decimals; here they have eight, cut.
"""

from msgspec.structs import replace

from clearhouse.margin.ratio import Pool, account_pool, margin_ratio
from clearhouse.messages.commands import ListAsset
from unit.margin.holding import Holding, units
from unit.world import ANN


def example() -> Holding:
    world = Holding()
    rates = (("USDT", "0.99", "0.01", "0.005"), ("USDC", "1", "0", "0"))
    for name, index, bid_buffer, ask_buffer in rates:
        listed = world.state.catalogue.assets[name]
        assert listed.collateral
        buffers = {"bid_buffer": units(bid_buffer), "ask_buffer": units(ask_buffer)}
        collateral = replace(listed.collateral, **buffers)
        world.do(ListAsset(replace(listed, index=units(index), collateral=collateral)))
    world.tiers("BTCUSDT", (100, "0", "1000000", "0.008", "0"))
    world.tiers("ETHUSDC", (50, "0", "1000000", "0.01", "0"))
    world.leverage("BTCUSDT", 100)
    world.leverage("ETHUSDC", 50)
    world.fund("200", "USDT")
    world.fund("220", "USDC")
    return world


def available(world: Holding) -> tuple[int, int]:
    """For orders: USDT and USDC."""
    return world.asset("USDT").available_balance, world.asset("USDC").available_balance


def pool(world: Holding) -> Pool:
    state = world.state
    account = state.futures.of(ANN)
    return account_pool(state.catalogue, state.markets, state.books, account, ANN)


def test_without_positions() -> None:
    """In single-asset mode 200 and 220; in multi-assets mode 416.02 USD: 418.13 and 416.02."""
    world = example()
    assert available(world) == (units("200"), units("220"))
    world.share()
    assert world.account().totals.margin_balance == units("416.02")
    assert available(world) == (units("418.13156440"), units("416.02"))
    assert margin_ratio(pool(world)) == (0, units("416.02"))


def test_with_positions() -> None:
    """0.5 BTC at 20,000 and 20 ETH at 600 leave 76.525 USD: 76.91 and 76.525; 47.98%."""
    world = example()
    world.share()
    world.hold("BTCUSDT", "0.5", "20000")
    world.hold("ETHUSDC", "20", "600")
    world.mark("BTCUSDT", "20000")
    world.mark("ETHUSDC", "600")
    totals = world.account().totals
    assert totals.margin_balance == totals.wallet_balance == units("416.02")
    assert totals.initial_margin == units("339.495")
    assert totals.available_balance == units("76.525")
    assert available(world) == (units("76.91341273"), units("76.525"))
    assert margin_ratio(pool(world)) == (units("199.596"), units("416.02"))
    assert units("199.596") * 10_000 // units("416.02") == 4_797

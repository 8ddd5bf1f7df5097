"""What an account adds up to: cross and isolated positions, orders, both asset modes."""

import pytest

from clearhouse.messages.commands import SetAssetIndex
from clearhouse.messages.queries import AccountTotals
from unit.margin.holding import Holding, units
from unit.world import ANN

FLAT_TIER = (20, "0", "10000000", "0.01", "0")


def world_at(mark: str, *, isolated: bool = False) -> Holding:
    """1,000 USDT and 10 pieces bought at 100: initial margin 50 at 20 times, maintenance 10."""
    world = Holding()
    world.tiers("BTCUSDT", FLAT_TIER)
    world.fund("1000")
    if isolated:
        world.isolate("BTCUSDT")
    world.hold("BTCUSDT", "10", "100", wallet="50" if isolated else "0")
    world.mark("BTCUSDT", mark)
    return world


@pytest.mark.parametrize(
    ("mark", "isolated", "available", "withdraw"),
    [
        ("100", False, "950", "950"),
        ("150", False, "1425", "985"),  # profit may be used, but cannot leave: 1000 − 15
        ("60", False, "570", "570"),  # 1000 − 400 − 30
        ("0.01", False, "0.095", "0.095"),
        ("100", True, "950", "950"),
        ("150", True, "950", "950"),  # isolated profit changes nothing
        ("60", True, "950", "950"),
    ],
)
def test_what_a_position_leaves(mark: str, isolated: bool, available: str, withdraw: str) -> None:
    row = world_at(mark, isolated=isolated).asset()
    assert (row.available_balance, row.max_withdraw) == (units(available), units(withdraw))


def test_orders_lower_both_whatever_the_margin_type() -> None:
    for isolated in (False, True):
        world = world_at("100", isolated=isolated)
        world.order("BTCUSDT", bids="2000")
        row = world.asset()
        assert row.order_margin == units("100")
        assert (row.available_balance, row.max_withdraw) == (units("850"), units("850"))


def test_the_totals_of_single_asset_mode_are_those_of_usdt() -> None:
    world = world_at("150")
    world.tiers("ETHUSDC", FLAT_TIER)
    world.isolate("ETHUSDC")
    world.fund("500", "USDC")
    world.hold("ETHUSDC", "-1", "3000", wallet="150")
    world.order("ETHUSDC", asks="600")
    world.mark("ETHUSDC", "3100")
    assert world.account().totals == AccountTotals(
        initial_margin=units("75"),
        maint_margin=units("15"),
        wallet_balance=units("1000"),
        unrealized=units("500"),
        margin_balance=units("1500"),
        position_margin=units("75"),
        order_margin=0,
        cross_wallet=units("1000"),
        cross_unrealized=units("500"),
        available_balance=units("1425"),
        max_withdraw=units("985"),
    )
    row = world.asset("USDC")
    assert row.isolated_wallets == units("150")
    assert (row.unrealized, row.cross_unrealized) == (units("-100"), 0)
    assert (row.position_margin, row.order_margin) == (units("155"), units("30"))
    assert row.maint_margin == units("31")
    assert (row.available_balance, row.max_withdraw) == (units("320"), units("320"))


def shared() -> Holding:
    """USDT at 1 less 0.1%, plus 0.1%; BTC at 50,000 less 5%, plus 5%."""
    world = world_at("150")
    world.tiers("ETHUSDC", FLAT_TIER)
    world.do(SetAssetIndex(asset="BTC", index=units("50000")))
    world.share()
    return world


def test_positions_in_multi_assets_mode() -> None:
    """Owned counts at bid, needed at ask; every asset may use the same pool."""
    world = shared()
    bid, ask = rates(world, "USDT")
    totals = world.account().totals
    assert totals.wallet_balance == totals.cross_wallet == cut(1000, bid)
    assert totals.unrealized == totals.cross_unrealized == cut(500, bid)
    assert totals.margin_balance == cut(1500, bid)
    assert totals.initial_margin == totals.position_margin == cut(75, ask)
    assert totals.order_margin == 0
    assert totals.maint_margin == cut(15, ask)
    assert totals.available_balance == cut(1500, bid) - cut(75, ask)
    assert totals.max_withdraw == cut(1000, bid) - cut(15, ask)
    for name in ("USDT", "USDC", "BTC"):
        expected = totals.available_balance * 10**8 // rates(world, name)[1]
        assert world.asset(name).available_balance == expected
    assert world.asset("BTC").max_withdraw == 0
    withdraw = totals.max_withdraw * 10**8 // bid
    assert world.asset("USDT").max_withdraw == min(units("1000"), withdraw)


def test_a_loss_in_an_asset_that_is_not_there_counts_at_ask() -> None:
    world = shared()
    world.hold("ETHUSDC", "1", "3000")
    world.mark("ETHUSDC", "2900")
    usdt, usdc = rates(world, "USDT"), rates(world, "USDC")
    totals = world.account().totals
    assert totals.margin_balance == cut(1500, usdt[0]) - cut(100, usdc[1])
    assert totals.initial_margin == cut(75, usdt[1]) + cut(145, usdc[1])
    assert totals.maint_margin == cut(15, usdt[1]) + cut(29, usdc[1])
    row = world.asset("USDC")
    assert (row.wallet_balance, row.unrealized, row.position_margin) == (
        0, units("-100"), units("145")
    )  # fmt: skip
    assert row.max_withdraw == 0


def test_what_lacks_is_negative_where_orders_are_checked() -> None:
    from clearhouse.margin.summary import available_balance

    world = world_at("1")
    state = world.state
    account = state.futures.of(ANN)
    free = available_balance(state.catalogue, state.markets, state.books, account, ANN, "USDT")
    assert free == units("9.5")
    world.hold("BTCUSDT", "20", "100")
    free = available_balance(state.catalogue, state.markets, state.books, account, ANN, "USDT")
    assert free == -units("981")
    assert world.asset().available_balance == world.asset().max_withdraw == 0


def rates(world: Holding, asset: str) -> tuple[int, int]:
    """Bid and ask rate as listed."""
    found, index = world.state.catalogue.assets[asset].collateral, world.state.catalogue.indices
    assert found
    price = index[asset]
    return (
        price * (10**8 - found.bid_buffer) // 10**8,
        price * (10**8 + found.ask_buffer) // 10**8,
    )


def cut(amount: int, rate: int) -> int:
    return amount * rate

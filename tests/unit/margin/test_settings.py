"""Settings of the futures account: what each decision refuses, in which order, and what it does."""

import pytest
from msgspec import structs

from clearhouse.margin.futures_account import setting_of
from clearhouse.messages.commands import (
    ListContract,
    SetFeeBurn,
    SetFees,
    SetLeverage,
    SetMarginType,
    SetMultiAssetsMode,
)
from clearhouse.messages.events import FeeBurnSet, FeesSet, LeverageSet, MarginTypeSet
from clearhouse.messages.queries import (
    Fees,
    FuturesSettingsView,
    ReadFuturesAccount,
    ReadFuturesSettings,
    SymbolSetting,
)
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.instruments import Bracket
from unit.world import ANN, BOB, NOW, UNIT, World

AT = Millis(NOW)


def settings(world: World, uid: Uid = ANN) -> FuturesSettingsView:
    return world.read(ReadFuturesSettings(uid))


def setting(world: World, symbol: str, uid: Uid = ANN) -> SymbolSetting:
    """Of any symbol, chosen or not."""
    return setting_of(settings(world, uid).symbols, world.state.catalogue.contracts[symbol])


def leverage(value: int, symbol: str = "BTCUSDT", uid: Uid = ANN) -> SetLeverage:
    return SetLeverage(uid=uid, symbol=symbol, leverage=value)


def margin_type(symbol: str = "BTCUSDT", *, isolated: bool, uid: Uid = ANN) -> SetMarginType:
    return SetMarginType(uid=uid, symbol=symbol, isolated=isolated)


def change_brackets(world: World, *tiers: tuple[int, int]) -> None:
    """BTCUSDT anew: (leverage, notional cap in USDT) of each tier."""
    contract = world.state.catalogue.contracts["BTCUSDT"]
    brackets = tuple(
        Bracket(
            initial_leverage=tier,
            notional_floor=0,
            notional_cap=cap * UNIT,
            maint_margin_ratio=400_000,
            cum=0,
        )
        for tier, cap in tiers
    )
    world.do(ListContract(structs.replace(contract, brackets=brackets)))


def test_a_new_account_has_the_settings_of_a_regular_user() -> None:
    world = World()
    found = settings(world)
    assert (found.multi_assets, found.hedge, found.fee_burn) == (False, False, True)
    assert found.fees == Fees(tier=0, maker=20_000, taker=50_000)
    assert found.symbols == {}
    for symbol in world.state.catalogue.contracts:
        assert setting(world, symbol) == SymbolSetting(20, isolated=False)


@pytest.mark.parametrize("value", [1, 19, 20, 150])
def test_a_leverage_that_a_tier_allows(value: int) -> None:
    world = World()
    assert world.do(leverage(value)) == LeverageSet(
        at=AT, uid=ANN, symbol="BTCUSDT", leverage=value
    )
    assert setting(world, "BTCUSDT") == SymbolSetting(value, isolated=False)
    assert setting(world, "ETHUSDT") == SymbolSetting(20, isolated=False)
    assert setting(world, "BTCUSDT", BOB) == SymbolSetting(20, isolated=False)
    assert world.read(ReadFuturesAccount(ANN)).symbols == {"BTCUSDT": (value, False)}


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (leverage(20, uid=Uid(9)), "UNKNOWN_ACCOUNT"),
        (leverage(20, "MOONUSDT"), "UNKNOWN_SYMBOL"),
        (leverage(151, "MOONUSDT"), "UNKNOWN_SYMBOL"),
        (leverage(0), "LEVERAGE_OUT_OF_RANGE"),
        (leverage(-20), "LEVERAGE_OUT_OF_RANGE"),
        (leverage(151), "LEVERAGE_OUT_OF_RANGE"),
        (leverage(76, "BNBUSDT"), "LEVERAGE_OUT_OF_RANGE"),
    ],
)
def test_a_leverage_that_no_tier_allows(command: SetLeverage, reason: str) -> None:
    assert World().refusal(command) == reason


def test_the_same_leverage_again_is_no_refusal() -> None:
    world = World()
    world.do(leverage(20))
    world.do(leverage(20))
    assert setting(world, "BTCUSDT") == SymbolSetting(20, isolated=False)


def test_leverage_and_margin_type_of_a_symbol_are_kept_apart() -> None:
    world = World()
    world.do(leverage(75))
    assert world.do(margin_type(isolated=True)) == MarginTypeSet(
        at=AT, uid=ANN, symbol="BTCUSDT", isolated=True
    )
    assert setting(world, "BTCUSDT") == SymbolSetting(75, isolated=True)
    world.do(leverage(3))
    assert setting(world, "BTCUSDT") == SymbolSetting(3, isolated=True)
    world.do(margin_type(isolated=False))
    assert setting(world, "BTCUSDT") == SymbolSetting(3, isolated=False)


def test_a_contract_that_allows_less_lowers_what_was_chosen() -> None:
    """By the new tiers there is no largest position at the old leverage."""
    world = World()
    world.do(leverage(100))
    world.do(margin_type(isolated=True))
    change_brackets(world, (50, 1_000), (25, 5_000))
    assert setting(world, "BTCUSDT") == SymbolSetting(50, isolated=True)
    change_brackets(world, (10, 1_000))
    assert setting(world, "BTCUSDT", BOB) == SymbolSetting(10, isolated=False)
    change_brackets(world, (125, 1_000))
    assert setting(world, "BTCUSDT") == SymbolSetting(100, isolated=True)
    assert world.refusal(leverage(126)) == "LEVERAGE_OUT_OF_RANGE"


def test_the_order_in_which_a_margin_type_is_refused() -> None:
    """An unknown account or symbol, no change, isolated margin in multi-assets mode."""
    world = World()
    world.do(margin_type("ETHUSDT", isolated=True))
    world.do(margin_type("ETHUSDT", isolated=False))
    world.do(SetMultiAssetsMode(uid=ANN, on=True))
    assert world.refusal(margin_type("MOONUSDT", isolated=True, uid=Uid(9))) == "UNKNOWN_ACCOUNT"
    assert world.refusal(margin_type("MOONUSDT", isolated=True)) == "UNKNOWN_SYMBOL"
    assert world.refusal(margin_type(isolated=False)) == "MARGIN_TYPE_UNCHANGED"
    assert world.refusal(margin_type("ETHUSDT", isolated=False)) == "MARGIN_TYPE_UNCHANGED"
    assert world.refusal(margin_type(isolated=True)) == "ISOLATED_IN_MULTI_ASSETS_MODE"
    world.do(margin_type(isolated=True, uid=BOB))
    assert world.refusal(margin_type(isolated=True, uid=BOB)) == "MARGIN_TYPE_UNCHANGED"


def test_isolated_symbols_keep_multi_assets_mode_off() -> None:
    """No change is refused before that; turning it off is never refused for a symbol."""
    world = World()
    world.do(margin_type(isolated=True))
    assert world.refusal(SetMultiAssetsMode(uid=ANN, on=False)) == "MULTI_ASSETS_MODE_UNCHANGED"
    assert world.refusal(SetMultiAssetsMode(uid=ANN, on=True)) == "SYMBOL_IS_ISOLATED"
    world.do(SetMultiAssetsMode(uid=BOB, on=True))
    world.do(margin_type(isolated=False))
    world.do(SetMultiAssetsMode(uid=ANN, on=True))
    assert settings(world).multi_assets
    assert world.refusal(SetMultiAssetsMode(uid=ANN, on=True)) == "MULTI_ASSETS_MODE_UNCHANGED"


@pytest.mark.parametrize("on", [True, False])
def test_paying_fees_in_bnb_is_chosen_freely(on: bool) -> None:
    world = World()
    for _ in range(2):
        assert world.do(SetFeeBurn(uid=ANN, on=on)) == FeeBurnSet(at=AT, uid=ANN, on=on)
    assert settings(world).fee_burn is on
    assert settings(world, BOB).fee_burn is True
    assert world.read(ReadFuturesAccount(ANN)).fee_burn is on


def test_fees_of_an_account() -> None:
    world = World()
    command = SetFees(uid=ANN, tier=9, maker=-1_000, taker=17_000)
    assert world.do(command) == FeesSet(at=AT, uid=ANN, tier=9, maker=-1_000, taker=17_000)
    assert settings(world).fees == Fees(tier=9, maker=-1_000, taker=17_000)
    assert settings(world, BOB).fees == Fees(tier=0, maker=20_000, taker=50_000)
    assert world.read(ReadFuturesAccount(ANN)).fee_tier == 9


@pytest.mark.parametrize(
    "command", [SetFeeBurn(uid=Uid(9), on=True), SetFees(uid=Uid(9), tier=1, maker=1, taker=1)]
)
def test_settings_need_an_account(command: SetFeeBurn | SetFees) -> None:
    assert World().refusal(command) == "UNKNOWN_ACCOUNT"

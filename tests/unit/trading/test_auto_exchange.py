"""What a futures wallet owes is made good with other collateral, past a point.

BTC and ETH bring 97.5% of their index prices, 65,000 and 3,200; a debt counts at the index price.
"""

import pytest
from msgspec.structs import replace

from clearhouse.engine.apply import apply
from clearhouse.engine.snapshot import digest, dump, load
from clearhouse.engine.state import State
from clearhouse.ledger.chart import HOUSE
from clearhouse.ledger.postings import Posting
from clearhouse.messages.commands import (
    ListAsset,
    ResetVenue,
    SetAssetIndex,
    SetFeeBurn,
    SetFees,
    SetMultiAssetsMode,
)
from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import SetPrice, SettleFunding
from clearhouse.messages.trading_events import AutoExchanged
from clearhouse.model.ids import VENUE, Millis, TranId, Uid
from clearhouse.model.wallets import UMFUTURE
from clearhouse.trading.auto_exchange import auto_exchange
from unit.margin.holding import Holding, units
from unit.trading.desk import cancel, limit, market
from unit.world import ANN, BOB, NOW


def sharing(**collateral: str) -> Holding:
    """Ann in multi-assets mode."""
    world = Holding()
    for asset, amount in collateral.items():
        world.fund(amount, asset)
    world.share()
    return world


def exchanges(events: list[Event]) -> list[tuple[str, int, tuple[tuple[str, int], ...]]]:
    return [(e.asset, e.gained, e.sold) for e in events if isinstance(e, AutoExchanged)]


def touched(world: Holding, uid: Uid = ANN) -> list[tuple[str, int, tuple[tuple[str, int], ...]]]:
    """What a command about the account brings about."""
    return exchanges(world.all(SetFeeBurn(uid=uid, on=True)))


def held(world: Holding, asset: str, uid: Uid = ANN) -> int:
    return world.balance(asset, UMFUTURE, uid)


def test_the_published_example() -> None:
    """Binance, «Multi-Asset Info», Auto Exchange: a balance of −5,000 USDC, BTC at 97.5%.

    5,000 / 97.5% = 5,128.20 USDC of the BTC: 0.07889546 at 65,000.
    """
    world = sharing(BTC="1")
    world.lose("5000", "USDC")
    world.now += 7
    tran_id = world.state.next_tran_id
    assert world.all(SetFeeBurn(uid=ANN, on=True))[1:] == [
        AutoExchanged(
            at=Millis(NOW + 7),
            tran_id=tran_id,
            uid=ANN,
            asset="USDC",
            gained=units("5000"),
            sold=(("BTC", units("0.07889546")),),
            postings=(
                Posting(ANN, UMFUTURE, "USDC", units("5000")),
                Posting(VENUE, HOUSE, "USDC", units("-5000")),
                Posting(ANN, UMFUTURE, "BTC", units("-0.07889546")),
                Posting(VENUE, HOUSE, "BTC", units("0.07889546")),
            ),
        )
    ]
    assert (held(world, "USDC"), held(world, "BTC")) == (0, units("0.92110454"))
    assert world.state.next_tran_id == TranId(tran_id + 2)
    assert world.state.futures.of(ANN).moved_at("USDC") == NOW + 7
    assert world.balanced()


@pytest.mark.parametrize(
    ("asset", "debt", "due"),
    [
        ("USDT", "4999.99999999", False),
        ("USDT", "5000", True),
        ("USDT", "9999", True),
        ("USDC", "4999.99999999", False),
        ("USDC", "5000", True),
        ("BTC", "0.09999999", False),
        ("BTC", "0.1", True),
        ("BNB", "5", False),  # listed without a threshold
    ],
)
def test_at_its_threshold_an_asset_is_made_good(asset: str, debt: str, due: object) -> None:
    world = sharing(ETH="20")
    world.lose(debt, asset)
    assert bool(touched(world)) is due
    assert held(world, asset) == (0 if due else -units(debt))


@pytest.mark.parametrize(
    ("tier", "asset", "debt", "due"),
    [
        (1, "USDT", "5000", True),
        (2, "USDT", "9999.99999999", False),
        (2, "USDT", "10000", True),
        (9, "USDC", "9999.99999999", False),
        (9, "USDC", "10000", True),
        (9, "BTC", "0.1", True),
    ],
)
def test_from_vip_2_on_more_may_be_owed(tier: int, asset: str, debt: str, due: object) -> None:
    """Binance, «Multi-Asset Info»: −10,000 USDT or USDC, and −0.1 BTC as for everybody."""
    world = sharing(ETH="20")
    world.do(SetFees(uid=ANN, tier=tier, maker=0, taker=0))
    world.lose(debt, asset)
    assert bool(touched(world)) is due


def test_two_debts_do_not_add_up() -> None:
    """FAQ f80415bea8124f6494566f23c0bf9c38: −9,000 of each, at a threshold of −10,000."""
    world = sharing(ETH="20")
    world.do(SetFees(uid=ANN, tier=2, maker=0, taker=0))
    world.lose("9000", "USDT")
    world.lose("9000", "USDC")
    assert touched(world) == []


@pytest.mark.parametrize(("debt", "sold"), [("10000", "0.15779092"), ("20000", "0.31558185")])
def test_what_older_texts_of_the_page_exchange(debt: str, sold: str) -> None:
    """10,000 / 97.5% are printed as 10,256, and 20,000 / 97.5% as 20,513: at 65,000 so many BTC."""
    world = sharing(BTC="1")
    world.lose(debt)
    assert touched(world) == [("USDT", units(debt), (("BTC", units(sold)),))]


def test_collateral_is_sold_in_proportion_to_what_it_brings() -> None:
    """0.1 BTC brings 6,337.5, 2 ETH bring 6,240; 6,000 of 12,577.5 are needed."""
    world = sharing(BTC="0.1", ETH="2")
    world.lose("6000")
    sold = (("BTC", units("0.04770423")), ("ETH", units("0.95408467")))
    assert touched(world) == [("USDT", units("6000"), sold)]


def test_what_is_no_collateral_is_neither_sold_nor_made_good() -> None:
    world = sharing(BTC="1")
    for name in ("XRP", "DOGE"):
        listed = replace(world.state.catalogue.assets[name], futures=True)
        assert listed.collateral is None
        world.do(ListAsset(listed))
    world.fund("100000", "XRP")
    world.lose("100000", "DOGE")
    world.lose("6500")
    assert touched(world) == [("USDT", units("6500"), (("BTC", units("0.10256410")),))]
    assert touched(world) == []
    assert list(auto_exchange(world.state, ANN, Millis(NOW))) == []
    assert (held(world, "XRP"), held(world, "DOGE")) == (units("100000"), -units("100000"))


def test_where_all_of_it_is_too_little_all_of_it_goes() -> None:
    """0.01 BTC brings 633.75 of the 6,000 that are owed; there is no more to sell then."""
    world = sharing(BTC="0.01")
    world.lose("6000")
    assert touched(world) == [("USDT", units("633.75"), (("BTC", units("0.01")),))]
    assert (held(world, "USDT"), held(world, "BTC")) == (-units("5366.25"), 0)
    assert touched(world) == []
    assert world.state.books.in_debt == {ANN: 1}


def test_several_debts_are_made_good_in_listing_order() -> None:
    world = sharing(BTC="0.11")  # it brings 6,971.25
    world.lose("6000", "USDC")
    world.lose("5500", "USDT")
    world.lose("1", "BNB")
    assert [(asset, gained) for asset, gained, _ in touched(world)] == [
        ("USDT", units("5500")),
        ("USDC", units("1471.250625")),  # what cutting left of the first sale is sold too
    ]
    assert world.state.books.in_debt == {ANN: 2}


@pytest.mark.parametrize(("index", "due"), [("4124", False), ("4123", True)])
def test_nothing_open_and_the_collateral_no_longer_worth_more_than_the_debt(
    index: str, due: object
) -> None:
    """4,000 · 1.0001 is 99.49% of 0.975 · 4,124, and 99.52% of 0.975 · 4,123."""
    world = sharing(BTC="1")
    world.lose("4000")
    caused = exchanges(world.all(SetAssetIndex(asset="BTC", index=units(index))))
    assert caused == ([("USDT", units("4000"), (("BTC", units("0.99504343")),))] if due else [])


@pytest.mark.parametrize("what", ["position", "order", "conditional order", "nothing"])
def test_debts_wait_while_something_is_open(what: str) -> None:
    """3,990 · 1.0001 is 99.77% of 4,000 · 0.9999; 9.2 USD are left, and 0.26 are to be kept."""
    world = sharing(USDC="4000")
    if what == "position":
        world.hold("BTCUSDT", "0.001", "65000")
    elif what == "order":
        world.do(limit("BUY", "0.001", "60000"))
    elif what == "conditional order":
        world.state.futures.opened(ANN).exposed("BTCUSDT").algos[1] = None
    world.lose("3990")
    due = ("USDT", units("3990"), (("USDC", units("3990.3990399")),))
    caused = exchanges(world.all(SetAssetIndex(asset="USDC", index=units("1"))))
    assert caused == ([due] if what == "nothing" else [])


def test_a_liquidation_makes_them_due() -> None:
    """The collateral counts 0.95 · 4,000 for a debt of 4,000 · 1.0001: 200.37996 USDT are lacking.

    So the bankruptcy price of 0.001 BTC is 265,379.97, on a tick 265,380. That brings 200.38; of
    what is left, 0.00003799, is the fee. 3,799.62003799 are owed, and 0.975 · 4,000 for each BTC.
    """
    world = sharing(BTC="1")
    world.hold("BTCUSDT", "0.001", "65000")
    world.lose("4000")
    world.state.watch.changed[ANN] = None  # as the fill of such a position would have noted
    caused = exchanges(world.all(SetAssetIndex(asset="BTC", index=units("4000"))))
    assert caused == [("USDT", units("3799.62003799"), (("BTC", units("0.97426154")),))]


def test_cancelling_the_last_order_makes_it_due() -> None:
    world = sharing(BTC="1")
    world.do(limit("BUY", "0.001", "60000"))
    world.lose("4000")
    world.do(SetAssetIndex(asset="BTC", index=units("4100")))
    (order_id,) = world.state.orders.open
    assert [type(event).__name__ for event in world.all(cancel(order_id))] == [
        "OrderEnded",
        "AutoExchanged",
    ]


def test_funding_makes_it_due() -> None:
    """100 BTC at 65,000 pay 6,500."""
    world = sharing(BTC="1000")
    world.hold("BTCUSDT", "100", "65000")
    caused = world.all(SettleFunding(symbol="BTCUSDT", rate=units("0.001")))
    assert [type(event).__name__ for event in caused] == [
        "FundingStarted",
        "FundingPaid",
        "FundingSettled",
        "AutoExchanged",
    ]
    assert held(world, "USDT") == 0


def test_a_fill_makes_it_due() -> None:
    """1 BTC bought at 75,000 is sold 0.10 below the last price, for a loss of about 10,000."""
    world = sharing(BTC="10")
    world.hold("BTCUSDT", "1", "75000")
    caused = world.all(market("SELL", "1"))
    assert type(caused[-1]) is AutoExchanged
    assert held(world, "USDT") == 0
    assert world.state.books.in_debt == {}


def test_replaying_what_happened_gives_the_same_state() -> None:
    """1 BTC bought at 65,000.10 and sold at 58,999.90, with 10 BTC as the only collateral."""
    happened: list[Event] = []

    def tell(state: State, event: Event) -> None:
        happened.append(event)
        apply(state, event)

    world = Holding(tell)
    world.fund("10", "BTC")
    world.share()
    world.do(market("BUY", "1"))
    world.do(SetPrice(symbol="BTCUSDT", last=units("59000"), mark=units("59000")))
    ((asset, gained, _),) = exchanges(world.all(market("SELL", "1")))
    # 6,000.20 of loss, and 0.05% of 65,000.10 and of 58,999.90
    assert (asset, gained) == ("USDT", units("6062.2"))
    again = State()
    for event in happened:
        apply(again, event)
    assert digest(again) == digest(world.state)
    assert again.books.in_debt == {}
    assert world.balanced()


def test_only_in_multi_assets_mode() -> None:
    world = Holding()
    world.fund("1", "BTC")
    world.lose("6000")
    assert touched(world) == []
    assert list(auto_exchange(world.state, ANN, Millis(NOW))) == []
    assert [type(event).__name__ for event in world.all(SetMultiAssetsMode(uid=ANN, on=True))] == [
        "MultiAssetsModeSet",
        "AutoExchanged",
    ]


def test_after_a_liquidation_every_debt_is_made_good() -> None:
    world = sharing(ETH="20")
    world.hold("BTCUSDT", "0.001", "65000")
    world.lose("10", "USDC")
    world.lose("2", "BNB")
    assert touched(world) == []
    caused = []
    for event in auto_exchange(world.state, ANN, Millis(NOW)):
        apply(world.state, event)
        caused.append(event)
    assert [(asset, gained) for asset, gained, _ in exchanges(caused)] == [
        ("USDC", units("10")),
        ("BNB", units("2")),
    ]
    assert world.state.books.in_debt == {}


def test_accounts_are_looked_at_by_uid_when_an_index_price_changes() -> None:
    world = sharing(BTC="1")
    world.fund("1", "BTC", BOB)
    world.share(BOB)
    world.lose("4000", uid=BOB)
    world.lose("4000")
    caused = world.all(SetAssetIndex(asset="BTC", index=units("4000")))
    assert [e.uid for e in caused if isinstance(e, AutoExchanged)] == [ANN, BOB]


def test_who_owes_is_known_after_a_restart_and_forgotten_at_a_reset() -> None:
    world = sharing(BTC="1")
    world.lose("4000")
    world.lose("1", "USDC")
    world.lose("1", "USDC", BOB)
    again = load(dump(world.state))
    assert again.books.in_debt == world.state.books.in_debt == {ANN: 2, BOB: 1}
    assert digest(again) == digest(world.state)
    world.fund("2", "USDC")
    world.fund("2", "USDC", BOB)
    assert world.state.books.in_debt == {ANN: 1}
    world.do(ResetVenue())
    assert world.state.books.in_debt == {}

"""Dust: quotes, refusals in their order, and what a conversion books.

The numbers are computed by hand: worth in USD, divided by the index price of the target, less 2%,
each cut at 8 decimals.
"""

import pytest

from clearhouse.ledger.chart import FEES, HOUSE
from clearhouse.ledger.postings import Posting, balanced
from clearhouse.messages.commands import ConvertDust, SetAssetIndex
from clearhouse.messages.events import DustConverted, DustPart
from clearhouse.messages.queries import DustQuote, QuoteDust
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import VENUE, Millis, TranId, Uid
from clearhouse.model.wallets import FUNDING, MAIN, MARGIN, UMFUTURE, Wallet, isolated_margin
from unit.world import ANN, NOW, UNIT, World


def convert(
    *assets: str, target: str = "BNB", wallet: Wallet = MAIN, uid: Uid = ANN
) -> ConvertDust:
    return ConvertDust(uid=uid, wallet=wallet, assets=assets, target=target)


@pytest.mark.parametrize(
    ("asset", "units", "target", "proceeds", "charge"),
    [
        ("DOGE", 20 * UNIT, "BNB", 500_000, 10_000),  # 3 USD are 0.005 BNB
        ("DOGE", 20 * UNIT, "BTC", 4_615, 92),  # 0.00004615(38), 2% are 92.3
        ("DOGE", 20 * UNIT, "USDT", 300_000_000, 6_000_000),
        ("SOL", 3_333_333, "BNB", 833_333, 16_666),  # 4.9999995 USD are 833,333.25
        ("DOGE", 6_666_666_666, "USDT", 999_999_999, 19_999_999),  # just below 10 USD
        ("DOGE", 433_334, "BTC", 1, 0),  # 0.00065000 USD
    ],
)
def test_a_quote(asset: str, units: int, target: str, proceeds: int, charge: int) -> None:
    world = World()
    world.give(units, asset)
    assert world.read(QuoteDust(ANN, MAIN, target)) == (DustQuote(asset, units, proceeds, charge),)


@pytest.mark.parametrize(
    ("units", "target"),
    [(433_333, "BTC"), (1, "USDT")],  # 0.00064999 USD, 0.0000000015 USD
)
def test_what_is_worth_less_than_a_unit_is_not_offered(units: int, target: str) -> None:
    world = World()
    world.give(units, "DOGE")
    assert world.read(QuoteDust(ANN, MAIN, target)) == ()


def test_quotes_of_a_wallet() -> None:
    """Every small balance of that wallet in the order of first use, but not the target itself."""
    world = World()
    world.give(7 * UNIT, "XRP")
    world.give(UNIT, "BNB")
    world.give(UNIT, "BTC")
    world.give(6_666_666_667, "DOGE")  # 10 USD and no dust
    world.give(20 * UNIT, "DOGE", MARGIN)
    world.give(9 * UNIT)
    assert world.read(QuoteDust(ANN, MAIN, "BNB")) == (
        DustQuote("XRP", 7 * UNIT, 700_000, 14_000),
        DustQuote("USDT", 9 * UNIT, 1_500_000, 30_000),
    )
    assert world.read(QuoteDust(ANN, MAIN, "USDT")) == (
        DustQuote("XRP", 7 * UNIT, 420_000_000, 8_400_000),
    )
    with pytest.raises(Rejected) as refused:
        world.read(QuoteDust(ANN, MAIN, "MOON"))
    assert refused.value.reason is Reason.UNKNOWN_ASSET


def test_several_balances_become_one() -> None:
    """The venue takes the dust, gives what it is worth, and keeps the charge."""
    world = World()
    for asset, units in (("DOGE", 20 * UNIT), ("XRP", 7 * UNIT), ("BNB", 5)):
        world.give(units, asset, MARGIN)
    event = world.do(convert("XRP", "DOGE", wallet=MARGIN))
    assert event == DustConverted(
        at=Millis(NOW),
        tran_id=TranId(13_526_853_626),
        uid=ANN,
        wallet=MARGIN,
        target="BNB",
        parts=(
            DustPart(TranId(13_526_853_627), "XRP", 7 * UNIT, 700_000, 14_000),
            DustPart(TranId(13_526_853_628), "DOGE", 20 * UNIT, 500_000, 10_000),
        ),
        postings=(
            Posting(ANN, MARGIN, "XRP", -7 * UNIT),
            Posting(VENUE, HOUSE, "XRP", 7 * UNIT),
            Posting(VENUE, HOUSE, "BNB", -700_000),
            Posting(VENUE, FEES, "BNB", 14_000),
            Posting(ANN, MARGIN, "BNB", 686_000),
            Posting(ANN, MARGIN, "DOGE", -20 * UNIT),
            Posting(VENUE, HOUSE, "DOGE", 20 * UNIT),
            Posting(VENUE, HOUSE, "BNB", -500_000),
            Posting(VENUE, FEES, "BNB", 10_000),
            Posting(ANN, MARGIN, "BNB", 490_000),
        ),
    )
    assert isinstance(event, DustConverted)
    assert balanced(event.postings)
    assert world.balance("BNB", MARGIN) == 1_176_005
    assert world.balance("XRP", MARGIN) == world.balance("DOGE", MARGIN) == 0
    assert world.state.next_tran_id == 13_526_853_629
    assert world.balanced()


def test_an_asset_that_is_named_twice_is_converted_once() -> None:
    world = World()
    world.give(20 * UNIT, "DOGE")
    event = world.do(convert("DOGE", "DOGE"))
    assert isinstance(event, DustConverted)
    assert [part.asset for part in event.parts] == ["DOGE"]
    assert world.balance("BNB") == 490_000
    assert world.refusal(convert("DOGE")) == "DUST_NOT_HELD"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (convert("MOON", target="SUN", uid=Uid(9)), "UNKNOWN_ACCOUNT"),
        (convert("SOL", target="MOON"), "UNKNOWN_ASSET"),
        (convert("MOON"), "UNKNOWN_ASSET"),
        (convert("BNB"), "DUST_INTO_ITSELF"),
        (convert("XRP"), "DUST_NOT_HELD"),
        (convert("DOGE", wallet=MARGIN), "DUST_NOT_HELD"),
        (convert("SOL"), "NOT_DUST"),
        (convert("ADA"), "DUST_WORTH_NOTHING"),
        (convert("DOGE", "MOON", "SOL"), "UNKNOWN_ASSET"),
        (convert("DOGE", "SOL", "MOON"), "NOT_DUST"),
        (convert("XRP", "SOL"), "DUST_NOT_HELD"),
        (convert("DOGE", "BNB", "ADA"), "DUST_INTO_ITSELF"),
        (convert("DOGE", "ADA", "BNB"), "DUST_WORTH_NOTHING"),
    ],
)
def test_the_first_asset_with_a_fault_is_refused(command: ConvertDust, reason: str) -> None:
    """Each asset is looked at for all faults before the next one; nothing is half done."""
    world = World()
    world.give(20 * UNIT, "DOGE")
    world.give(6_666_667, "SOL")  # 10.0000005 USD
    world.give(1, "ADA")
    world.give(UNIT, "BNB")
    assert world.refusal(command) == reason


def test_what_was_given_back_entirely_is_not_held() -> None:
    world = World()
    world.give(20 * UNIT, "DOGE")
    world.do(convert("DOGE"))
    assert world.read(QuoteDust(ANN, MAIN, "BNB")) == ()
    assert world.refusal(convert("DOGE")) == "DUST_NOT_HELD"


def test_a_wallet_that_cannot_hold_the_target_refuses_it() -> None:
    """The charge does not enter the wallet: exactly as much as remains fits."""
    world = World()
    world.give(20 * UNIT, "DOGE")
    world.give(2**63 - 294_000_000)
    assert world.refusal(convert("DOGE", target="USDT")) == "BALANCE_TOO_LARGE"
    world.do(SetAssetIndex(asset="DOGE", index=14_999_999))  # 2.9999998 USD, 2.93999981 remain
    world.do(convert("DOGE", target="USDT"))
    assert world.balance("USDT") == 2**63 - 294_000_000 + 293_999_981
    assert world.balanced()


@pytest.mark.parametrize("wallet", [UMFUTURE, FUNDING, isolated_margin("BTCUSDT")])
def test_other_wallets_have_no_dust(wallet: Wallet) -> None:
    """What may leave the futures wallet is for the margin engine to say."""
    world = World()
    with pytest.raises(AssertionError):
        world.do(convert("USDT", wallet=wallet))

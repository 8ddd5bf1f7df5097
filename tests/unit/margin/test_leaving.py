"""What may leave the futures wallet, at the marks of the moment."""

import pytest

from clearhouse.messages.commands import SetMultiAssetsMode, TransferFunds, WithdrawFunds
from clearhouse.messages.trading_commands import SetPrice
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.money import Money
from clearhouse.model.wallets import UMFUTURE
from unit.margin.holding import Holding, units
from unit.world import ANN

TIER = (20, "0", "10000000", "0.01", "0")


def out(amount: str, asset: str = "USDT") -> TransferFunds:
    money = Money(asset, units(amount))
    return TransferFunds(uid=ANN, kind=TransferKind.UMFUTURE_MAIN, money=money)


def test_the_mark_of_the_moment_decides() -> None:
    """1,000 USDT and 10 pieces bought at 100, with an initial margin of 5% and 1% to keep."""
    world = Holding()
    world.tiers("BTCUSDT", TIER)
    world.fund("1000")
    world.hold("BTCUSDT", "10", "100")
    for mark, leaves in (("60", "570"), ("100", "950"), ("150", "985"), ("60", "570")):
        world.do(SetPrice(symbol="BTCUSDT", mark=units(mark)))
        assert world.asset().max_withdraw == units(leaves)
        beyond = units(leaves) + 1
        money = Money("USDT", beyond)
        taken = TransferFunds(uid=ANN, kind=TransferKind.UMFUTURE_MAIN, money=money)
        assert world.refusal(taken) == "INSUFFICIENT_BALANCE"
        taken_out = WithdrawFunds(uid=ANN, wallet=UMFUTURE, money=money)
        assert world.refusal(taken_out) == "INSUFFICIENT_BALANCE"
    world.do(out("570"))
    assert world.asset().max_withdraw == 0


@pytest.mark.parametrize("debt", ["0.00000001", "4000"])
def test_of_an_asset_below_zero_nothing_leaves(debt: str) -> None:
    """However much other collateral there is; nor can multi-assets mode be left."""
    world = Holding()
    world.fund("10", "BTC")
    world.share()
    world.lose(debt)
    assert world.asset().max_withdraw == 0
    assert world.asset().available_balance > units("600000")
    assert world.refusal(out("0.00000001")) == "INSUFFICIENT_BALANCE"
    assert world.refusal(SetMultiAssetsMode(uid=ANN, on=False)) == "NEGATIVE_MARGIN_BALANCE"


def test_no_transfer_makes_a_wallet_negative() -> None:
    """The pool is worth 600,000, the wallet is 5."""
    world = Holding()
    world.fund("10", "BTC")
    world.fund("5")
    world.share()
    assert world.refusal(out("5.00000001")) == "INSUFFICIENT_BALANCE"
    world.do(out("5"))
    assert world.refusal(out("0.00000001")) == "INSUFFICIENT_BALANCE"
    assert world.state.books.in_debt == {}


def test_a_debt_holds_back_what_supports_it() -> None:
    """0.1 BTC is worth 6,175 USD at its bid rate; 4,000 USDT owed are 4,000.40."""
    world = Holding()
    world.fund("0.1", "BTC")
    world.share()
    world.lose("4000")
    assert world.asset("BTC").max_withdraw == units("0.03521619")
    assert world.refusal(out("0.0352162", "BTC")) == "INSUFFICIENT_BALANCE"
    world.do(out("0.03521619", "BTC"))

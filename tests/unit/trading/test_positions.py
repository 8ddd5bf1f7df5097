"""What fills do to positions, wallets and the venue's accounts, with the numbers written out."""

import pytest

from clearhouse.ledger.chart import CLEARING, FEES, FUNDING_FEES, HOUSE
from clearhouse.messages.commands import SetFeeBurn, SetFees, SetLeverage, SetMarginType
from clearhouse.messages.trading_commands import ForceFill, MovePositionMargin, SettleFunding
from clearhouse.model.ids import VENUE, Millis
from clearhouse.model.orders import Position, PositionSide
from clearhouse.model.wallets import UMFUTURE, Wallet
from unit.trading.desk import BTC, Desk, limit, market, text, units
from unit.world import ANN, BOB, UNIT


@pytest.fixture
def desk() -> Desk:
    return Desk()


def fill(desk: Desk, side: str, quantity: str, price: str) -> None:
    """A maker's fill at exactly this price."""
    away = "64000" if side == "BUY" else "66000"
    order = desk.place(limit(side, quantity, away)).order_id
    desk.all(ForceFill(order_id=order, price=units(price)))


def held(position: Position) -> tuple[str, str]:
    return text(position.quantity), text(position.entry_price)


def venue(desk: Desk, account: Wallet, asset: str = "USDT") -> str:
    return text(desk.balance(asset, account, VENUE))


def test_adding_averages_and_reducing_does_not(desk: Desk) -> None:
    fill(desk, "BUY", "1", "60000")
    fill(desk, "BUY", "2", "63000")
    assert held(desk.position()) == ("3", "62000")
    fill(desk, "SELL", "1", "64500")
    assert held(desk.position()) == ("2", "62000")
    assert text(desk.position().realized) == "2500"


def test_an_average_is_rounded_half_up(desk: Desk) -> None:
    """(0.001 · 60000 + 0.002 · 60000.1) / 0.003 = 60000.0666…"""
    fill(desk, "BUY", "0.001", "60000")
    fill(desk, "BUY", "0.002", "60000.10")
    assert held(desk.position()) == ("0.003", "60000.06666667")


def test_a_rebate_is_shared_by_a_flip_toward_zero(desk: Desk) -> None:
    """5.1880585 · 0.701 / 1.701 = 2.13805350…, which is received."""
    desk.do(SetFees(uid=ANN, tier=0, maker=-5_000, taker=50_000))
    fill(desk, "BUY", "1", "60000")
    fill(desk, "SELL", "1.701", "61000.1")
    assert text(desk.position().fees) == "-2.1380535"


def test_an_isolated_wallet_below_zero_is_released_toward_zero(desk: Desk) -> None:
    """2,265.90000001 less funding of 2,275; a seventh of −9.09999999 is −1.29999999…"""
    desk.do(SetMarginType(uid=ANN, symbol=BTC, isolated=True))
    fill(desk, "BUY", "0.7", "65000")
    more = MovePositionMargin(
        uid=ANN, symbol=BTC, position_side=PositionSide.BOTH, amount=1, add=True
    )
    desk.do(more)
    desk.price("130000")
    desk.all(SettleFunding(symbol=BTC, rate=2_500_000))
    assert text(desk.position().isolated_wallet) == "-9.09999999"
    desk.place(market("SELL", "0.1"))
    assert text(desk.position().isolated_wallet) == "-7.8"


def test_a_flip_opens_at_its_own_price(desk: Desk) -> None:
    fill(desk, "BUY", "1", "60000")
    fill(desk, "SELL", "3", "61000")
    position = desk.position()
    assert held(position) == ("-2", "61000")
    assert text(position.cumulative_realized) == "1000"
    assert text(position.realized) == "0"
    assert text(position.fees) == "24.4"  # 0.02% of the two thirds of 183,000 that opened


def test_profit_is_cut_toward_zero(desk: Desk) -> None:
    """0.003 · (60000.1 − 60000.06666667) = 0.00009999999, and the loss as far the other way."""
    fill(desk, "BUY", "0.001", "60000")
    fill(desk, "BUY", "0.002", "60000.10")
    fill(desk, "SELL", "0.003", "60000.10")
    assert text(desk.position().cumulative_realized) == "0.00009999"
    fill(desk, "BUY", "0.001", "60000")
    fill(desk, "BUY", "0.002", "60000.10")
    fill(desk, "SELL", "0.003", "60000")
    assert desk.position().cumulative_realized == 9_999 - 20_000  # −0.00020000001


def test_what_a_wallet_pays(desk: Desk) -> None:
    fill(desk, "BUY", "1", "60000")
    assert text(desk.wallet()) == "999988"  # 0.02% of 60,000
    desk.place(market("SELL", "1"))
    paid = units("64999.90") * 50_000 // UNIT
    assert desk.wallet() == units("999988") + units("4999.90") - paid
    assert venue(desk, FEES) == text(units("12") + paid)
    assert desk.balanced()


def test_clearing_is_what_is_still_to_be_realised(desk: Desk) -> None:
    """Ann is long 1 from 60,000, Bob short 1 from 64,999.90, and the house has the rest."""
    fill(desk, "BUY", "1", "60000")
    desk.place(market("SELL", "1", uid=BOB))
    assert desk.state.markets[BTC].house == Position(
        cumulative_realized=-units("4999.90"), updated_at=Millis(desk.now)
    )
    assert venue(desk, HOUSE) == "-4999.9"
    assert venue(desk, CLEARING) == "4999.9"


def test_fees_of_the_account(desk: Desk) -> None:
    desk.do(SetFees(uid=ANN, tier=9, maker=-5_000, taker=17_000))
    fill(desk, "BUY", "1", "60000")
    assert text(desk.wallet()) == "1000003"  # a rebate of 0.005%
    assert text(desk.position().fees) == "-3"


def test_a_retail_order_pays_its_own_rate(desk: Desk) -> None:
    order = desk.place(limit("BUY", "1", "64000", "RPI")).order_id
    desk.all(ForceFill(order_id=order))
    assert text(desk.wallet()) == "999996.8"


def test_fees_in_bnb(desk: Desk) -> None:
    """0.02% of 60,000 is 12 USDT; less 10%, at 600 USDT, 0.018 BNB."""
    desk.give(units("0.018"), "BNB", UMFUTURE)
    fill(desk, "BUY", "1", "60000")
    assert text(desk.wallet()) == "1000000"
    assert desk.balance("BNB", UMFUTURE) == 0
    assert venue(desk, FEES, "BNB") == "0.018"
    assert text(desk.position().fees) == "10.8"


def test_too_little_bnb_pays_nothing(desk: Desk) -> None:
    desk.give(units("0.01799999"), "BNB", UMFUTURE)
    fill(desk, "BUY", "1", "60000")
    assert text(desk.wallet()) == "999988"


def test_bnb_is_not_touched_where_it_is_switched_off(desk: Desk) -> None:
    desk.give(UNIT, "BNB", UMFUTURE)
    desk.do(SetFeeBurn(uid=ANN, on=False))
    fill(desk, "BUY", "1", "60000")
    assert text(desk.wallet()) == "999988"


def isolated(desk: Desk, leverage: int) -> None:
    desk.do(SetMarginType(uid=ANN, symbol=BTC, isolated=True))
    desk.do(SetLeverage(uid=ANN, symbol=BTC, leverage=leverage))


def test_an_isolated_wallet(desk: Desk) -> None:
    """Opening takes the margin at the mark and bears the fee; closing releases its share."""
    isolated(desk, 10)
    fill(desk, "BUY", "1", "60000")  # mark 65,000
    assert text(desk.position().isolated_wallet) == "6488"  # 6,500 − 12
    fill(desk, "BUY", "1", "60000")
    assert text(desk.position().isolated_wallet) == "12976"
    fill(desk, "SELL", "0.5", "60000")
    assert text(desk.position().isolated_wallet) == "9732"
    fill(desk, "SELL", "2.5", "60000")  # closes 1.5 and opens 1 the other way
    assert text(desk.position().isolated_wallet) == "6488"
    fill(desk, "BUY", "1", "60000")
    assert desk.position().isolated_wallet == 0


def test_an_isolated_margin_at_a_leverage_that_does_not_divide(desk: Desk) -> None:
    """1/15 is held as 0.06666667: 65,000 · 0.06666667 = 4,333.33355; fee 12."""
    isolated(desk, 15)
    fill(desk, "BUY", "1", "60000")
    assert text(desk.position().isolated_wallet) == "4321.33355"


def test_fees_in_bnb_leave_an_isolated_wallet_alone(desk: Desk) -> None:
    desk.give(UNIT, "BNB", UMFUTURE)
    isolated(desk, 10)
    fill(desk, "BUY", "1", "60000")
    assert text(desk.position().isolated_wallet) == "6500"


def test_funding(desk: Desk) -> None:
    """At 0.01% of 65,000 a long of 1 pays 6.5 and a short of 3 receives 19.5; the house pays."""
    fill(desk, "BUY", "1", "60000")
    desk.place(market("SELL", "3", uid=BOB))
    before = desk.wallet(), desk.wallet(BOB), desk.balance("USDT", HOUSE, VENUE)
    desk.all(SettleFunding(symbol=BTC, rate=10_000))
    after = desk.wallet(), desk.wallet(BOB), desk.balance("USDT", HOUSE, VENUE)
    moved = [text(now - then) for now, then in zip(after, before, strict=True)]
    assert moved == ["-6.5", "19.5", "-13"]
    assert venue(desk, FUNDING_FEES) == "0"
    assert desk.balanced()


def test_funding_of_an_isolated_position(desk: Desk) -> None:
    isolated(desk, 10)
    fill(desk, "BUY", "1", "60000")
    desk.all(SettleFunding(symbol=BTC, rate=-10_000))
    assert text(desk.position().isolated_wallet) == "6494.5"
    assert text(desk.wallet()) == "999994.5"


def test_only_holders_take_part(desk: Desk) -> None:
    fill(desk, "BUY", "1", "60000")
    fill(desk, "SELL", "1", "60000")
    assert list(desk.state.markets[BTC].holders) == []
    events = desk.all(SettleFunding(symbol=BTC, rate=10_000))
    assert [type(event).__name__ for event in events] == ["FundingStarted", "FundingSettled"]

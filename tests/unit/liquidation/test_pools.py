"""Pools beside each other: what falls with one of them, and what the others keep.

Ann has 10,000 USDT; an isolated long of 1 BTC at 20x has a wallet of 3,250 less the fee of 13, a
cross long of 100 ETH at 3,200 pays 64. Both symbols: 0.4% to 300,000, 0.5% beyond (cum 300).
"""

import pytest
from msgspec.structs import replace

from clearhouse.messages.commands import (
    ListContract,
    SetAssetIndex,
    SetLeverage,
    SetMarginType,
    SetMultiAssetsMode,
    WithdrawFunds,
)
from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import ForceFill, SetPrice, SettleFunding
from clearhouse.messages.trading_events import InsuranceCleared, OrderFilled, OrderPlaced
from clearhouse.model.money import Money
from clearhouse.model.wallets import UMFUTURE
from unit.trading.desk import BTC, Desk, limit, text, units
from unit.world import ANN, UNIT

ETH = "ETHUSDT"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.do(WithdrawFunds(uid=ANN, wallet=UMFUTURE, money=Money("USDT", 990_000 * UNIT)))
    desk.do(SetLeverage(uid=ANN, symbol=ETH, leverage=100))
    return desk


def isolate(desk: Desk, symbol: str, leverage: int = 20) -> None:
    desk.do(SetLeverage(uid=ANN, symbol=symbol, leverage=leverage))
    desk.do(SetMarginType(uid=ANN, symbol=symbol, isolated=True))


def hold(desk: Desk, symbol: str, quantity: str, price: str, below: str) -> None:
    """A long at exactly that price, for 0.02%."""
    order = desk.place(limit("BUY", quantity, below, symbol=symbol)).order_id
    desk.all(ForceFill(order_id=order, price=units(price)))


def closed(events: list[Event]) -> list[tuple[str, str, str]]:
    """(symbol, price, quantity) of what Ann had to give."""
    return [
        (e.symbol, text(e.price), text(e.quantity))
        for e in events
        if isinstance(e, OrderFilled) and e.uid == ANN
    ]


def cleared(events: list[Event]) -> list[str]:
    return [text(e.amount) for e in events if isinstance(e, InsuranceCleared)]


def test_the_fee_of_a_cross_position_leaves_isolated_wallets_alone(desk: Desk) -> None:
    """1,600 − 6.4 are with an isolated ETH position; of 8,374 a long of 2 BTC leaves 473.8.

    At 61,050 the balance of 474 is below the need of 488.4. The fee would be 1,526.2475.
    """
    isolate(desk, ETH)
    desk.do(SetLeverage(uid=ANN, symbol=BTC, leverage=100))
    hold(desk, ETH, "10", "3200", "3150")
    hold(desk, BTC, "2", "65000", "64000")
    events = desk.all(SetPrice(symbol=BTC, last=units("61050")))
    assert closed(events) == [(BTC, "61049.9", "2")]
    assert cleared(events) == ["-473.8"]
    assert text(desk.wallet()) == "1593.6"


def test_the_fund_does_not_pay_what_the_profit_of_another_position_covers(desk: Desk) -> None:
    """Funding of 11,900 leaves the wallet at −1,965.3, under an ETH position with 20,000 profit.

    Then 0.1 BTC fall alone at 61,900: 323.7 − 310.01 are left of them, and go to the fund.
    """
    isolate(desk, BTC)
    hold(desk, ETH, "100", "3200", "3150")
    hold(desk, BTC, "0.1", "65000", "64000")
    desk.all(SetPrice(symbol=ETH, last=units("3400")))
    desk.all(SettleFunding(symbol=ETH, rate=3_500_000))
    assert text(desk.wallet()) == "-1965.3"
    events = desk.all(SetPrice(symbol=BTC, last=units("61900")))
    assert closed(events) == [(BTC, "61899.9", "0.1")]
    assert cleared(events) == ["-13.69"]
    assert text(desk.wallet()) == "-2289"


def test_what_an_isolated_position_leaves_counts_for_the_cross_pool(desk: Desk) -> None:
    """Both in one look. At 62,000 BTC has 237 and needs 248; without a fee 236.9 come back.

    ETH at 3,145 leaves 6,686 − 5,500 = 1,186, needs 1,272.5, and then has 1,422.9.
    """
    known = desk.state.catalogue.contracts[BTC]
    desk.all(ListContract(replace(known, liquidation_fee="0")))
    isolate(desk, BTC)
    hold(desk, BTC, "1", "65000", "64000")
    hold(desk, ETH, "100", "3200", "3150")
    desk.state.markets[ETH].mark = units("3145")  # as if nobody had looked yet
    events = desk.all(SetPrice(symbol=BTC, last=units("62000")))
    assert closed(events) == [(BTC, "61999.9", "1")]


def test_collateral_that_falls_brings_a_liquidation_about(desk: Desk) -> None:
    """36 USDT and 1 BTC at 95%, against 320,000 · 0.5% − 300 = 1,300 at the ask rate."""
    desk.give(UNIT, "BTC", UMFUTURE)
    desk.do(SetMultiAssetsMode(uid=ANN, on=True))
    hold(desk, ETH, "100", "3200", "3150")
    desk.do(WithdrawFunds(uid=ANN, wallet=UMFUTURE, money=Money("USDT", 9_900 * UNIT)))
    assert closed(desk.all(SetAssetIndex(asset="BTC", index=1_400 * UNIT))) == []
    events = desk.all(SetAssetIndex(asset="BTC", index=1_300 * UNIT))
    assert closed(events)[0][:2] == (ETH, "3199.99")
    assert desk.balanced()


def test_the_fee_may_come_from_all_collateral(desk: Desk) -> None:
    """A long of 1 ETH leaves 9.35 USDT and 1 BTC at 2 USD; 1.25% of it are 39.999875.

    (9.35 · 0.9999 + 2 · 0.95) / 1.0001 are left. The wallet of USDT goes below zero, by 1.8979402,
    which 1.8979402 / (2 · 0.975) BTC make good.
    """
    desk.give(UNIT, "BTC", UMFUTURE)
    desk.do(SetMultiAssetsMode(uid=ANN, on=True))
    hold(desk, ETH, "1", "3200", "3150")
    desk.do(WithdrawFunds(uid=ANN, wallet=UMFUTURE, money=Money("USDT", 9_990 * UNIT)))
    events = desk.all(SetAssetIndex(asset="BTC", index=units("2")))
    assert closed(events) == [(ETH, "3199.99", "1")]
    assert cleared(events) == ["-11.2479402"]
    assert text(desk.wallet()) == "0"
    assert text(desk.balance("BTC", UMFUTURE)) == "0.02669734"


def test_other_brackets_bring_a_liquidation_about(desk: Desk) -> None:
    """9,936 suffice for a long of 100 ETH until it needs 3.2% of 320,000."""
    hold(desk, ETH, "100", "3200", "3150")
    known = desk.state.catalogue.contracts[ETH]

    def relisted(percent: str) -> list[Event]:
        tier = replace(known.brackets[-1], notional_floor=0, maint_margin_ratio=units(percent))
        return desk.all(ListContract(replace(known, brackets=(replace(tier, cum=0),))))

    assert closed(relisted("0.031")) == []
    assert closed(relisted("0.032")) == [(ETH, "3199.99", "100")]


def test_the_position_that_needs_most_is_closed_first(desk: Desk) -> None:
    """9,934.7 less 86.95 · 100 are 1,239.7; 1,256.525 are needed by ETH and 26 by BTC.

    What BTC needs is not lost with ETH: 3,113.05 − (1,239.7 − 26) / 100, on a tick 3,100.92.
    """
    desk.do(SetLeverage(uid=ANN, symbol=BTC, leverage=100))
    hold(desk, BTC, "0.1", "65000", "64000")
    hold(desk, ETH, "100", "3200", "3150")
    events = desk.all(SetPrice(symbol=ETH, last=units("3113.05")))
    assert closed(events)[0][0] == ETH
    [forced, *_] = [event.order for event in events if isinstance(event, OrderPlaced)]
    assert text(forced.price) == "3100.92"

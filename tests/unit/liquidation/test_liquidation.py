"""What happens to positions whose margin no longer suffices, with the numbers written out.

Ann has 10,000 USDT, Bob 1,000,000; BTCUSDT has tiers of 0.4% to 300,000, 0.5% to 800,000 (cum 300),
0.65% to 3,000,000 (cum 1,500) and a liquidation fee of 1.25%.
"""

import pytest

from clearhouse.engine.state import FROZEN
from clearhouse.ledger.chart import CLEARING, HOUSE, INSURANCE_FUND, OUTSIDE
from clearhouse.ledger.postings import Posting
from clearhouse.messages.commands import (
    AdvanceClock,
    OpenAccount,
    SetClock,
    SetLeverage,
    SetMarginType,
    WithdrawFunds,
)
from clearhouse.messages.trading_commands import ForceFill, RunDue, SettleFunding
from clearhouse.messages.trading_events import (
    InsuranceCleared,
    MarginCalled,
    OrderFilled,
    OrderPlaced,
)
from clearhouse.model.ids import VENUE, Uid
from clearhouse.model.money import Money
from clearhouse.model.wallets import UMFUTURE
from unit.trading.desk import BTC, Desk, Outcome, limit, text, units
from unit.world import ANN, BOB, UNIT, credential

DUE = 1_760_025_600_000
"""16:00 UTC, when funding is due."""


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.do(WithdrawFunds(uid=ANN, wallet=UMFUTURE, money=Money("USDT", 990_000 * UNIT)))
    desk.do(SetLeverage(uid=ANN, symbol=BTC, leverage=100))
    return desk


def hold(desk: Desk, quantity: str, uid: int = ANN, side: str = "BUY") -> None:
    """A position at 65,000 exactly, for 0.02%."""
    away = "64000" if side == "BUY" else "66000"
    order = desk.place(limit(side, quantity, away, uid=uid)).order_id
    desk.all(ForceFill(order_id=order, price=units("65000")))


def cleared(outcome: Outcome) -> list[str]:
    return [text(e.amount) for e in outcome.events if isinstance(e, InsuranceCleared)]


def calls(outcome: Outcome) -> list[tuple[int, bool]]:
    return [(e.uid, e.on) for e in outcome.events if isinstance(e, MarginCalled)]


def fund(desk: Desk) -> str:
    return text(desk.balance("USDT", INSURANCE_FUND, VENUE))


def test_a_position_is_kept_as_long_as_margin_suffices(desk: Desk) -> None:
    """Long 2: wallet 9,974. At 60,300 balance 574 is above the need of 482.4; at 60,200 374 is not."""
    hold(desk, "2")
    assert desk.price("60300").fills() == []
    assert desk.price("60200").fills() == [("60199.9", "2", False)]
    assert desk.position().quantity == 0
    assert desk.balanced()


def test_the_forced_order(desk: Desk) -> None:
    """It is a limit order at the bankruptcy price: 60,200 − 374 / 2 = 60,013."""
    hold(desk, "2")
    desk.place(limit("BUY", "0.01", "58000"))
    outcome = desk.price("60200")
    [order] = [e.order for e in outcome.events if isinstance(e, OrderPlaced)]
    assert order.client_id.startswith("autoclose-")
    assert (text(order.price), text(order.quantity)) == ("60013", "2")
    assert order.reduce_only
    assert order.time_in_force == "IOC"
    [filled] = [e for e in outcome.events if isinstance(e, OrderFilled)]
    assert filled.commission == 0
    assert [status for _, *status in outcome.ends()] == [["EXPIRED", "5"]]
    assert desk.open_ids() == []


def test_the_clearance_fee_takes_what_is_left(desk: Desk) -> None:
    """1.25% of 120,399.8 would be 1,504.9975; 9,974 − 2 · 4,800.1 = 373.8 are left."""
    hold(desk, "2")
    assert cleared(desk.price("60200")) == ["-373.8"]
    assert desk.wallet() == 0
    assert fund(desk) == "373.8"


def test_a_large_position_steps_down_by_tiers(desk: Desk) -> None:
    """Long 5 is worth 325,000, in the second tier; down to 300,000 it loses part of it alone.

    Wallet 9,935. At 63,350 balance 1,685 = 9,935 − 5 · 1,650 against 316,750 · 0.5% − 300 =
    1,283.75; at 63,260 balance 1,235 against 1,281.5: 16,300 are beyond the tier, so 0.258 go.
    """
    hold(desk, "5")
    assert desk.price("63350").fills() == []
    outcome = desk.price("63260")
    assert outcome.fills()[0] == ("63259.9", "0.258", False)
    assert desk.balanced()


def test_bankruptcy_is_taken_over_by_the_other_side(desk: Desk) -> None:
    """A gap to 55,000 leaves nothing. Bob, short with profit, is closed at the bankruptcy price."""
    hold(desk, "2")
    hold(desk, "1.5", BOB, "SELL")
    resting = desk.place(limit("SELL", "0.1", "66000", uid=BOB)).order_id
    outcome = desk.price("55000")
    assert outcome.fills() == [("60013", "1.5", False), ("60013", "0.5", False)]
    assert outcome.fills(BOB) == [("60013", "1.5", True)]
    assert desk.position(BOB).quantity == 0
    assert (resting, "EXPIRED", "5") in outcome.ends()
    assert desk.wallet() == 0
    assert desk.balanced()


def third(desk: Desk, uid: int, amount: str) -> None:
    """One more account, at 100 times."""
    desk.do(OpenAccount(label="", uid=Uid(uid), credential=credential(f"of {uid}")))
    desk.give(units(amount), wallet=UMFUTURE, uid=Uid(uid))
    desk.do(SetLeverage(uid=Uid(uid), symbol=BTC, leverage=100))


@pytest.mark.parametrize("first_to_open", [0, 1])
def test_whoever_made_most_of_its_wallet_is_deleveraged_first(
    desk: Desk, first_to_open: int
) -> None:
    """The same short and profit: on a wallet of 5,000 it scores more than on one of 50,000."""
    hold(desk, "2")
    poor, rich = 2_000_002, 2_000_001
    for uid, amount in ((poor, "5000"), (rich, "50000")):
        third(desk, uid, amount)
    for uid in ((poor, rich), (rich, poor))[first_to_open]:
        hold(desk, "1.5", uid, "SELL")
    outcome = desk.price("55000")
    assert outcome.fills(Uid(poor)) == [("60013", "1.5", True)]
    assert outcome.fills(Uid(rich)) == [("60013", "0.5", True)]


@pytest.mark.parametrize("first_to_open", [0, 1])
def test_of_equal_scores_the_lower_uid_is_first(desk: Desk, first_to_open: int) -> None:
    """Whoever opened first."""
    hold(desk, "2")
    low, high = 2_000_001, 2_000_002
    for uid in (high, low):
        third(desk, uid, "5000")
    for uid in ((low, high), (high, low))[first_to_open]:
        hold(desk, "1.5", uid, "SELL")
    outcome = desk.price("55000")
    assert outcome.fills(Uid(low)) == [("60013", "1.5", True)]
    assert outcome.fills(Uid(high)) == [("60013", "0.5", True)]


def test_the_fund_takes_over_what_it_can_bear(desk: Desk) -> None:
    """At 60,000 a long of 2 with a bankruptcy price of 60,013 costs the fund 26."""
    for enough in (False, True):
        desk = fresh(units("26") if enough else units("25"))
        hold(desk, "2")
        desk.price("60000")
        taken = desk.state.markets[BTC].fund
        assert text(taken.quantity) == ("2" if enough else "0")
        assert desk.wallet() == 0
        assert desk.balanced()


def fresh(fund_units: int) -> Desk:
    """A desk whose insurance fund has money."""
    desk = Desk()
    desk.do(WithdrawFunds(uid=ANN, wallet=UMFUTURE, money=Money("USDT", 990_000 * UNIT)))
    desk.do(SetLeverage(uid=ANN, symbol=BTC, leverage=100))
    desk.state.books.post(
        (
            Posting(VENUE, OUTSIDE, "USDT", -fund_units),
            Posting(VENUE, INSURANCE_FUND, "USDT", fund_units),
        )
    )
    return desk


def test_an_isolated_position_falls_alone(desk: Desk) -> None:
    """At 20x a long of 1 has 3,250 − 13; at 62,000 237 are left and 248 needed."""
    desk.do(SetLeverage(uid=ANN, symbol=BTC, leverage=20))
    desk.do(SetMarginType(uid=ANN, symbol=BTC, isolated=True))
    hold(desk, "1")
    assert text(desk.position().isolated_wallet) == "3237"
    assert desk.price("62020").fills() == []
    outcome = desk.price("62000")
    assert outcome.fills() == [("61999.9", "1", False)]
    assert cleared(outcome) == ["-236.9"]
    assert text(desk.wallet()) == "6750"  # 10,000 less the 3,250 that were at stake
    assert desk.balanced()


def test_funding_may_be_what_is_too_much(desk: Desk) -> None:
    hold(desk, "2")
    desk.price("60300")
    outcome = Outcome(desk.all(SettleFunding(symbol=BTC, rate=100_000)), desk)  # 0.1%: 120.6
    assert outcome.fills() == [("60299.9", "2", False)]


@pytest.mark.parametrize("advanced", [False, True])
def test_funding_by_the_clock_too(desk: Desk, advanced: bool) -> None:
    """At 60,258 balance 490 is above the need of 482.064; 0.01% of the value are 12.0516."""
    hold(desk, "2")
    assert desk.price("60258").fills() == []
    if advanced:
        desk.do(SetClock(mode=FROZEN))
        events = desk.all(AdvanceClock(DUE - desk.now))
    else:
        desk.now = DUE
        events = desk.all(RunDue())
    assert Outcome(events, desk).fills() == [("60257.9", "2", False)]
    assert desk.position().quantity == 0
    assert desk.balanced()


def test_a_warning_comes_once_and_again_after_it_was_over(desk: Desk) -> None:
    """At 60,300 the ratio is 482.4 / 574 = 84%, at 60,600 484.8 / 1,174 = 41%."""
    hold(desk, "2")
    assert calls(desk.price("60300")) == [(ANN, True)]
    assert calls(desk.price("60290")) == []
    assert calls(desk.price("60600")) == [(ANN, False)]
    assert calls(desk.price("60300")) == [(ANN, True)]


def test_one_liquidation_brings_about_another(desk: Desk) -> None:
    """Without the house Ann's forced order takes Bob's bid far below: the last price fires his stop."""
    hold(desk, "2")
    desk.quiet()
    desk.place(limit("BUY", "3", "60100", uid=BOB))
    outcome = desk.price("65000", mark="60200", index="60200")
    assert outcome.fills() == [("60100", "2", False)]
    assert outcome.fills(BOB) == [("60100", "2", True)]
    assert text(desk.state.markets[BTC].last) == "60100"


def test_nothing_is_left_between_the_sides(desk: Desk) -> None:
    hold(desk, "2")
    hold(desk, "1.5", BOB, "SELL")
    desk.price("55000")
    assert text(desk.balance("USDT", CLEARING, VENUE)) == "0"
    assert desk.balance("USDT", HOUSE, VENUE) == -(desk.wallet() + desk.wallet(BOB)) + units(
        "1010000"
    ) - desk.balance("USDT", INSURANCE_FUND, VENUE) - fees(desk)


def fees(desk: Desk) -> int:
    return units("26") + units("19.5")

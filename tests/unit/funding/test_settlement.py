"""Settlements by the clock, in the core alone.

The world begins at 08:53:20 UTC with mark and index at 65,000; funding of eight hours is due at
16:00, 25,600 seconds or 5,120 samples later.
"""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from clearhouse.engine import due
from clearhouse.engine.apply import apply
from clearhouse.engine.snapshot import digest, dump, load
from clearhouse.engine.state import State
from clearhouse.ledger.chart import FUNDING_FEES, HOUSE
from clearhouse.messages.commands import (
    AdvanceClock,
    ListContract,
    SetClock,
    SetMarginType,
    SetPositionMode,
)
from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import RunDue, SetPrice, SettleFunding
from clearhouse.messages.trading_events import FundingPaid, FundingSettled, FundingStarted
from clearhouse.model.ids import VENUE, Millis, Uid
from clearhouse.model.orders import PositionSide
from clearhouse.model.wallets import Wallet
from unit.trading.desk import BTC, Desk, market, text, units
from unit.world import ANN, BOB, NOW

DUE = 1_760_025_600_000
HOUR = 3_600_000
ETH = "ETHUSDT"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def by_one(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A step pays one account."""
    monkeypatch.setattr(due, "STEP", 1)
    yield


def run(desk: Desk, at: int) -> list[Event]:
    """What falls due by a time, in one step."""
    desk.now = at
    return desk.all(RunDue())


def starts(events: list[Event], symbol: str = BTC) -> list[tuple[int, int]]:
    """(hours after 16:00, rate) of settlements."""
    return [
        ((event.time - DUE) // HOUR, event.rate)
        for event in events
        if isinstance(event, FundingStarted) and event.symbol == symbol
    ]


def payments(events: list[Event]) -> list[tuple[Uid, str]]:
    return [(event.uid, text(event.amount)) for event in events if isinstance(event, FundingPaid)]


def premium(desk: Desk, mark: str) -> None:
    desk.do(SetPrice(symbol=BTC, mark=units(mark), index=units("65000")))


def every(desk: Desk, symbol: str, hours: int) -> None:
    contract = replace(desk.state.catalogue.contracts[symbol], funding_interval_hours=hours)
    desk.do(ListContract(contract))


def venue(desk: Desk, account: Wallet) -> str:
    return text(desk.balance("USDT", account, VENUE))


def test_nothing_is_due_before_its_time(desk: Desk) -> None:
    assert run(desk, DUE - 1) == []


def test_longs_pay_shorts_when_it_is_due(desk: Desk) -> None:
    """A premium of 0.1% gives 0.05%: 65,065 · 0.0005 = 32.5325 for each BTC."""
    desk.place(market("BUY", "2"))
    desk.place(market("SELL", "3", uid=BOB))
    premium(desk, "65065")
    house = desk.balance("USDT", HOUSE, VENUE)
    events = run(desk, DUE)
    assert starts(events) == [(0, 50_000)]
    assert payments(events) == [(ANN, "-65.065"), (BOB, "97.5975")]
    assert text(desk.balance("USDT", HOUSE, VENUE) - house) == "-32.5325"
    assert venue(desk, FUNDING_FEES) == "0"
    assert desk.balanced()
    assert desk.state.markets[BTC].funding_rate == 50_000


def test_every_symbol_is_settled_without_positions_too(desk: Desk) -> None:
    events = run(desk, DUE)
    settled = [event.symbol for event in events if isinstance(event, FundingSettled)]
    assert sorted(settled) == sorted(desk.state.catalogue.contracts)
    assert run(desk, DUE) == []


def test_the_average_weighs_the_second_half_three_times(desk: Desk) -> None:
    """2,560 samples at 0 and 2,560 at 0.1%: 0.1% · 9,831,680 / 13,109,760 = 0.00074995."""
    desk.now = NOW + 12_800_000
    premium(desk, "65065")
    [started] = (
        event
        for event in run(desk, DUE)
        if isinstance(event, FundingStarted) and event.symbol == BTC
    )
    assert (started.premium, started.rate, started.scheduled) == (74_995, 24_995, True)


def test_an_interval_begins_with_its_settlement(desk: Desk) -> None:
    """What was before does not count for the next rate."""
    premium(desk, "65065")
    run(desk, DUE)
    premium(desk, "65000")
    assert starts(run(desk, DUE + 8 * HOUR)) == [(8, 10_000)]


def test_a_settlement_by_hand_changes_nothing_of_what_is_due(desk: Desk) -> None:
    premium(desk, "65065")
    desk.now = NOW + 12_800_000
    by_hand = desk.all(SettleFunding(symbol=BTC, rate=-70_000))
    assert [type(event).__name__ for event in by_hand] == ["FundingStarted", "FundingSettled"]
    assert desk.state.markets[BTC].funding_rate == -70_000
    assert starts(run(desk, DUE)) == [(0, 50_000)]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (8, [(0, 50_000)]),
        (4, [(-4, 25_000), (0, 25_000)]),
        (1, [(-7 + n, 6_250) for n in range(8)]),
    ],
)
def test_intervals_of_each_length(desk: Desk, hours: int, expected: list[tuple[int, int]]) -> None:
    """With 0.1% premium; the shorter the interval, the smaller its part."""
    every(desk, BTC, hours)
    premium(desk, "65065")
    desk.do(SetClock(mode="frozen", now=Millis(NOW)))
    assert starts(desk.all(AdvanceClock(DUE - NOW))) == expected


def test_advancing_a_frozen_clock_settles_each_interval_at_its_time(desk: Desk) -> None:
    every(desk, ETH, 4)
    desk.do(SetClock(mode="frozen", now=Millis(NOW)))
    events = desk.all(AdvanceClock(24 * HOUR))
    assert starts(events) == [(0, 10_000), (8, 10_000), (16, 10_000)]
    assert starts(events, ETH) == [(hours, 5_000) for hours in (-4, 0, 4, 8, 12, 16)]
    stamped = [event for event in events if isinstance(event, FundingStarted | FundingSettled)]
    assert all(event.at % (4 * HOUR) == 0 for event in stamped)
    assert [event.at for event in events] == sorted(event.at for event in events)


@pytest.mark.parametrize("ahead", [-400 * HOUR, 40 * HOUR, 24 * 365 * HOUR])
def test_time_that_is_skipped_did_not_pass(desk: Desk, ahead: int) -> None:
    """Nothing is settled for it, and the next interval is whole after the first."""
    premium(desk, "65065")
    desk.do(SetClock(mode="frozen", now=Millis(NOW + ahead)))
    desk.now = NOW + ahead
    assert desk.all(RunDue()) == []
    premium(desk, "65000")
    due_next = (desk.now // (8 * HOUR) + 1) * 8 * HOUR
    events = desk.all(AdvanceClock(due_next - desk.now))
    assert [rate for _, rate in starts(events)] == [10_000]


def test_a_clock_that_is_set_within_the_interval_goes_on(desk: Desk) -> None:
    premium(desk, "65065")
    desk.do(SetClock(mode="frozen", now=Millis(DUE)))
    assert starts(run(desk, DUE)) == [(0, 50_000)]


def test_what_a_server_missed_is_settled_once_and_in_order(desk: Desk) -> None:
    """As though it had been up all the time."""
    desk.place(market("BUY", "1"))
    events = run(desk, DUE + 20 * HOUR)
    assert starts(events) == [(0, 10_000), (8, 10_000), (16, 10_000)]
    assert payments(events) == [(ANN, "-6.5")] * 3
    assert run(desk, DUE + 20 * HOUR) == []


def test_an_interval_that_is_changed_is_due_at_its_new_multiple(desk: Desk) -> None:
    every(desk, BTC, 1)
    assert starts(run(desk, DUE - 7 * HOUR)) == [(-7, 1_250)]
    every(desk, BTC, 8)
    assert starts(run(desk, DUE - 1)) == []
    assert starts(run(desk, DUE)) == [(0, 10_000)]


@pytest.mark.usefixtures("by_one")
def test_a_settlement_goes_on_step_by_step(desk: Desk) -> None:
    """Other symbols have nobody to pay, and each is a step of its own."""
    desk.place(market("BUY", "1"))
    desk.place(market("SELL", "1", uid=BOB))
    assert payments(run(desk, DUE)) == []
    paid = []
    while desk.state.deadlines.settling:
        paid.append(payments(desk.all(RunDue())))
    assert [one for one in paid if one] == [[(ANN, "-6.5")], [(BOB, "6.5")]]
    assert desk.all(RunDue()) == []


def under_way(desk: Desk) -> None:
    """Funding of BTCUSDT has begun, and nobody has paid."""
    run(desk, DUE)
    settlement = desk.state.markets[BTC].settlement
    assert settlement is not None
    assert list(settlement.unpaid) == [ANN, BOB]


def finish(desk: Desk) -> list[tuple[Uid, str]]:
    events = []
    while desk.state.deadlines.settling:
        events += desk.all(RunDue())
    assert venue(desk, FUNDING_FEES) == "0"
    assert desk.balanced()
    return payments(events)


@pytest.fixture
def begun(desk: Desk, by_one: None) -> Desk:
    """Ann is 1 BTC long, Bob 1 BTC short, and each pays or receives 6.5 for it."""
    desk.place(market("BUY", "1"))
    desk.place(market("SELL", "1", uid=BOB))
    under_way(desk)
    return desk


def test_whoever_closes_meanwhile_pays_for_what_was_held(begun: Desk) -> None:
    begun.place(market("SELL", "1"))
    assert begun.position().quantity == 0
    assert finish(begun) == [(ANN, "-6.5"), (BOB, "6.5")]


def test_whoever_turns_or_grows_meanwhile_pays_for_what_was_held(begun: Desk) -> None:
    begun.place(market("SELL", "3"))
    begun.place(market("SELL", "1", uid=BOB))
    begun.place(market("SELL", "1", uid=BOB))
    assert finish(begun) == [(ANN, "-6.5"), (BOB, "6.5")]


def test_whoever_opens_meanwhile_pays_nothing(desk: Desk, by_one: None) -> None:
    desk.place(market("SELL", "1", uid=BOB))
    run(desk, DUE)
    desk.place(market("BUY", "1"))
    assert finish(desk) == [(BOB, "6.5")]


def test_the_mark_is_that_of_the_start(begun: Desk) -> None:
    begun.price("70000")
    assert finish(begun) == [(ANN, "-6.5"), (BOB, "6.5")]


def test_an_isolated_position_that_was_closed_meanwhile_bears_nothing(
    desk: Desk, by_one: None
) -> None:
    desk.do(SetMarginType(uid=ANN, symbol=BTC, isolated=True))
    desk.place(market("BUY", "1"))
    desk.place(market("SELL", "1", uid=BOB))
    under_way(desk)
    desk.place(market("SELL", "1"))
    before = desk.wallet()
    assert finish(desk) == [(ANN, "-6.5"), (BOB, "6.5")]
    assert text(desk.wallet() - before) == "-6.5"
    assert desk.position().isolated_wallet == 0


def test_a_settlement_by_hand_ends_one_that_is_under_way(begun: Desk) -> None:
    """6.5 for what was due, then 65 for what was asked for."""
    events = begun.all(SettleFunding(symbol=BTC, rate=100_000))
    assert payments(events) == [(ANN, "-6.5"), (BOB, "6.5"), (ANN, "-65"), (BOB, "65")]
    finish(begun)
    assert starts(run(begun, DUE + 8 * HOUR)) == [(8, 10_000)]


def test_advancing_the_clock_ends_one_that_is_under_way(begun: Desk) -> None:
    begun.do(SetClock(mode="frozen", now=Millis(begun.now)))
    events = begun.all(AdvanceClock(0))
    assert payments(events) == [(ANN, "-6.5"), (BOB, "6.5")]


def test_a_clock_that_is_set_leaves_it_under_way(begun: Desk) -> None:
    begun.do(SetClock(mode="frozen", now=Millis(DUE + 100 * HOUR)))
    begun.now = DUE + 100 * HOUR
    assert finish(begun) == [(ANN, "-6.5"), (BOB, "6.5")]
    assert starts(run(begun, DUE + 104 * HOUR)) == [(104, 10_000)]


def test_a_restart_goes_on_where_it_stopped(begun: Desk) -> None:
    """From a snapshot: with who has paid, and what was held by those who have not."""
    begun.all(RunDue())
    begun.place(market("BUY", "1", uid=BOB))
    restarted = Desk()
    restarted.state, restarted.now = load(dump(begun.state)), begun.now
    assert digest(restarted.state) == digest(begun.state)
    assert finish(restarted) == finish(begun)
    assert digest(restarted.state) == digest(begun.state)
    assert starts(run(restarted, DUE + 8 * HOUR)) == [(8, 10_000)]


def test_replay_gives_the_same_state(desk: Desk, by_one: None) -> None:
    """The average, what is due and what was held follow from the events alone."""
    replayed, recorded = load(dump(desk.state)), list[Event]()

    def record(state: State, event: Event) -> None:
        recorded.append(event)
        apply(state, event)

    desk._apply = record
    desk.place(market("BUY", "1"))
    desk.place(market("SELL", "1", uid=BOB))
    premium(desk, "65065")
    under_way(desk)
    desk.place(market("SELL", "2"))
    desk.all(RunDue())
    premium(desk, "64000")
    run(desk, DUE + 9 * HOUR)
    for event in recorded:
        apply(replayed, event)
    assert digest(replayed) == digest(desk.state)


def test_both_sides_of_a_hedge_pay(desk: Desk) -> None:
    desk.do(SetPositionMode(uid=ANN, hedge=True))
    desk.place(market("BUY", "2", position_side=PositionSide.LONG))
    desk.place(market("SELL", "1", position_side=PositionSide.SHORT))
    assert payments(run(desk, DUE)) == [(ANN, "-13"), (ANN, "6.5")]

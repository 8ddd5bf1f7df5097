"""What every journal must answer about deposits, withdrawals and the ends of days."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clearhouse.journal.memory import MemoryJournal
from clearhouse.journal.port import Journal
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.ledger.chart import OUTSIDE
from clearhouse.ledger.postings import Posting
from clearhouse.messages.events import AssetIndexSet, Event, WithdrawalSent
from clearhouse.messages.histories import (
    Closing,
    ClosingBalances,
    DepositHistory,
    DepositRow,
    SentFrom,
)
from clearhouse.messages.queries import Holding
from clearhouse.model.ids import DAY_MS, VENUE, Millis, TranId, Uid
from clearhouse.model.wallets import FUNDING, MAIN, UMFUTURE
from journal.history import ANN, BOB, START, deposit, records, transfer, withdrawal

FIRST = START // DAY_MS
"""The day of the first event."""
LARGEST = 2**63 - 1


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    store: Journal = MemoryJournal()
    if request.param == "sqlite":
        store = SqliteJournal(tmp_path / "journal.db")
    yield store
    store.close()


def write(journal: Journal, *events: Event) -> None:
    journal.append(records(list(events), journal.head()))
    journal.commit()


def closing(journal: Journal, *days: int, uid: Uid = ANN) -> tuple[Closing, ...]:
    return journal.history(ClosingBalances(uid, tuple(map(end, days)), MAIN))


def end(day: int) -> Millis:
    """The last millisecond of a day."""
    return Millis((FIRST + day + 1) * DAY_MS - 1)


def balances(journal: Journal, *days: int) -> list[dict[str, int]]:
    return [{h.asset: h.units for h in found.holdings} for found in closing(journal, *days)]


def price(asset: str, index: int, *, day: int) -> Event:
    return AssetIndexSet(at=Millis(START + day * DAY_MS), asset=asset, index=index)


def sent(number: int, *, internal: bool) -> Event:
    return WithdrawalSent(
        at=Millis(START + 5),
        tran_id=TranId(number),
        uid=BOB,
        wallet=FUNDING,
        network="TRX",
        address="clh1",
        tag="",
        order_id="",
        internal=internal,
        value=1,
        postings=(Posting(BOB, FUNDING, "USDT", -7), Posting(VENUE, OUTSIDE, "USDT", 7)),
    )


def test_a_day_ends_with_all_that_happened_up_to_it(journal: Journal) -> None:
    midnight = (FIRST + 1) * DAY_MS - START
    write(journal, deposit(1, ANN, 100, at=0), deposit(2, BOB, 7, at=0))
    write(journal, transfer(3, ANN, 30, at=midnight - 1), withdrawal(4, ANN, 5, at=midnight))
    assert balances(journal, -1, 0, 1, 2) == [{}, {"USDT": 70}, {"USDT": 65}, {"USDT": 65}]
    [one] = journal.history(ClosingBalances(ANN, (end(0),), UMFUTURE))
    assert one == Closing(end(0), (Holding(UMFUTURE, "USDT", 30),), {})
    [all_of_them] = journal.history(ClosingBalances(ANN, (end(0),)))
    assert all_of_them.holdings == (Holding(MAIN, "USDT", 70), Holding(UMFUTURE, "USDT", 30))
    assert [found.holdings for found in closing(journal, 0, uid=Uid(9))] == [()]


def test_rows_need_not_be_in_the_order_of_time(journal: Journal) -> None:
    write(journal, deposit(1, ANN, 100, at=3 * DAY_MS), deposit(2, ANN, 10, at=DAY_MS))
    write(journal, deposit(3, ANN, 1, at=2 * DAY_MS))
    assert balances(journal, 0, 1, 2, 3) == [{}, {"USDT": 10}, {"USDT": 11}, {"USDT": 111}]


def test_a_day_may_see_the_largest_balance_come_and_go(journal: Journal) -> None:
    """What a day moved may need more than 64 bits on the way; what is left does not."""
    write(journal, deposit(1, ANN, LARGEST, at=DAY_MS), deposit(2, ANN, LARGEST, at=DAY_MS))
    write(journal, deposit(3, ANN, LARGEST, at=0), withdrawal(4, ANN, LARGEST, at=DAY_MS))
    write(journal, withdrawal(5, ANN, LARGEST, at=DAY_MS), withdrawal(6, ANN, 1, at=DAY_MS))
    assert balances(journal, 0, 1) == [{"USDT": LARGEST}, {"USDT": LARGEST - 1}]


def test_a_negative_balance_is_one(journal: Journal) -> None:
    write(journal, withdrawal(1, ANN, 3, at=0), withdrawal(2, ANN, 2**40, at=DAY_MS))
    assert balances(journal, 0, 1) == [{"USDT": -3}, {"USDT": -3 - 2**40}]


def test_prices_are_those_that_were_set_last_up_to_the_day(journal: Journal) -> None:
    """Of two that were set on one day the later event counts, and it does after a set-back too."""
    write(journal, price("BTC", 1, day=0), price("BTC", 2, day=0), price("ETH", 9, day=1))
    write(journal, price("BTC", 4, day=2), price("BTC", 3, day=1))
    found = [day.indices for day in closing(journal, -1, 0, 1, 2)]
    assert found == [{}, {"BTC": 2}, {"ETH": 9, "BTC": 3}, {"ETH": 9, "BTC": 3}]


@pytest.mark.parametrize("internal", [False, True])
def test_a_deposit_knows_the_withdrawal_that_it_is_the_other_end_of(
    journal: Journal, *, internal: bool
) -> None:
    """They share a number; the deposit before and the one after have none of it."""
    write(journal, deposit(1, ANN, 3, at=5), sent(2, internal=internal), deposit(2, ANN, 7, at=5))
    write(journal, deposit(3, ANN, 5, at=5))
    asked = DepositHistory(
        uid=ANN, wallets=(MAIN,), start=START, end=Millis(START + 5), offset=0, limit=10
    )
    at = Millis(START + 5)
    assert journal.history(asked) == (
        DepositRow(TranId(3), MAIN, "USDT", 5, at, None),
        DepositRow(TranId(2), MAIN, "USDT", 7, at, SentFrom(BOB, "TRX", internal)),
        DepositRow(TranId(1), MAIN, "USDT", 3, at, None),
    )

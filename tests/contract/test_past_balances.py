"""What an account held at some moments, and where a balance comes from, on every journal."""

import pytest

from clearhouse.journal.port import Journal
from clearhouse.ledger.chart import OUTSIDE
from clearhouse.messages.events import AssetIndexSet, AssetListed, Event, VenueReset
from clearhouse.messages.histories import (
    BalanceSource,
    Closing,
    ClosingBalances,
    PostingRow,
    SourceView,
)
from clearhouse.messages.queries import Holding
from clearhouse.model.ids import VENUE, Millis, Seq, TranId, Uid
from clearhouse.model.instruments import Asset
from clearhouse.model.wallets import FUNDING, MAIN, UMFUTURE
from journal.history import ANN, BOB, START, deposit, dust, opened, transfer, withdrawal

from .journals import LARGEST, at, numbers, write


def listed(name: str, index: int, *, at: int) -> Event:
    return AssetListed(at=Millis(START + at), asset=Asset(name=name, full_name=name, index=index))


def closing(journal: Journal, *moments: int, uid: Uid = ANN) -> tuple[Closing, ...]:
    return journal.history(ClosingBalances(uid, tuple(map(at, moments))))


def test_closing_balances_of_some_moments(journal: Journal) -> None:
    """A moment holds what happened at it; an asset without a price was not listed yet."""
    write(
        journal,
        [
            listed("USDT", 100, at=0),
            opened(ANN, "ann"),
            deposit(1, ANN, 9, at=10),
            listed("BTC", 700, at=15),
            transfer(2, ANN, 4, at=20),
            deposit(3, BOB, 5, at=20),
            AssetIndexSet(at=at(30), asset="BTC", index=800),
            withdrawal(4, ANN, 5, at=30),
        ],
    )
    assert closing(journal, -1, 9, 10, 20, 29, 30, 99) == (
        Closing(at(-1), (), {}),
        Closing(at(9), (), {"USDT": 100}),
        Closing(at(10), (Holding(MAIN, "USDT", 9),), {"USDT": 100}),
        Closing(
            at(20),
            (Holding(MAIN, "USDT", 5), Holding(UMFUTURE, "USDT", 4)),
            {"USDT": 100, "BTC": 700},
        ),
        Closing(
            at(29),
            (Holding(MAIN, "USDT", 5), Holding(UMFUTURE, "USDT", 4)),
            {"USDT": 100, "BTC": 700},
        ),
        Closing(
            at(30),
            (Holding(MAIN, "USDT", 0), Holding(UMFUTURE, "USDT", 4)),
            {"USDT": 100, "BTC": 800},
        ),
        Closing(
            at(99),
            (Holding(MAIN, "USDT", 0), Holding(UMFUTURE, "USDT", 4)),
            {"USDT": 100, "BTC": 800},
        ),
    )


def test_closing_balances_of_a_clock_that_went_back(journal: Journal) -> None:
    """A fact counts from its own time on; of two prices the later fact counts."""
    write(
        journal,
        [
            listed("USDT", 100, at=20),
            deposit(1, ANN, 9, at=20),
            AssetIndexSet(at=at(10), asset="USDT", index=90),
            deposit(2, ANN, 3, at=10),
        ],
    )
    assert closing(journal, 10, 20) == (
        Closing(at(10), (Holding(MAIN, "USDT", 3),), {"USDT": 90}),
        Closing(at(20), (Holding(MAIN, "USDT", 12),), {"USDT": 90}),
    )


def test_closing_balances_start_over_with_a_reset(journal: Journal) -> None:
    write(journal, [listed("USDT", 100, at=1), deposit(1, ANN, 9, at=1)])
    write(journal, [VenueReset(at=at(2)), listed("BTC", 700, at=2), deposit(2, ANN, 3, at=3)])
    assert closing(journal, 1, 3) == (
        Closing(at(1), (), {}),
        Closing(at(3), (Holding(MAIN, "USDT", 3),), {"BTC": 700}),
    )


# Where a balance comes from


def test_a_balance_is_the_sum_of_its_postings(journal: Journal) -> None:
    """Totals by reason, and the newest postings of that wallet and asset alone."""
    write(
        journal,
        [
            deposit(1, ANN, 9, at=1),
            deposit(2, ANN, 6, at=2),
            deposit(3, ANN, 5, at=3, asset="BTC"),
            deposit(4, ANN, 4, at=4, wallet=FUNDING),
            deposit(5, BOB, 3, at=5),
            transfer(6, ANN, 2, at=6),
            withdrawal(7, ANN, 1, at=7),
        ],
    )
    assert journal.history(BalanceSource(ANN, MAIN, "USDT", 2)) == SourceView(
        {"DEPOSIT": (2, 15), "TRANSFER": (1, -2), "WITHDRAWAL": (1, -1)},
        (
            PostingRow(Seq(7), 0, TranId(7), ANN, MAIN, "USDT", -1, at(7), "WITHDRAWAL", ""),
            PostingRow(Seq(6), 0, TranId(6), ANN, MAIN, "USDT", -2, at(6), "TRANSFER", ""),
        ),
    )


@pytest.mark.parametrize(("newest", "expected"), [(0, []), (1, [3]), (2, [3, 2]), (9, [3, 2, 1])])
def test_as_many_postings_as_are_asked_for(
    journal: Journal, newest: int, expected: list[int]
) -> None:
    """The newest is the last in the journal, whatever its time says."""
    write(journal, [deposit(1, ANN, 9, at=3), deposit(2, ANN, 9, at=1), deposit(3, ANN, 9, at=2)])
    found = journal.history(BalanceSource(ANN, MAIN, "USDT", newest))
    assert found.sums == {"DEPOSIT": (3, 27)}
    assert numbers(found.newest) == expected


def test_legs_of_one_event_on_one_balance_come_last_leg_first(journal: Journal) -> None:
    write(journal, [dust(10, ANN, [("BTC", 9, 8, 1), ("DOGE", 7, 6, 2)], at=1)])
    found = journal.history(BalanceSource(ANN, MAIN, "BNB", 9))
    assert found.sums == {"DUST": (2, 11)}
    assert [(row.leg, row.units) for row in found.newest] == [(9, 4), (4, 7)]


def test_nothing_was_ever_posted_there(journal: Journal) -> None:
    write(journal, [deposit(1, ANN, 9, at=1)])
    nothing = SourceView({}, ())
    assert journal.history(BalanceSource(ANN, FUNDING, "USDT", 9)) == nothing
    assert journal.history(BalanceSource(Uid(9), MAIN, "USDT", 9)) == nothing


def test_the_venue_holds_more_than_64_bits(journal: Journal) -> None:
    """Each account's balance fits a column; the sum over all of them, which the venue has the
    other side of, does not."""
    write(journal, [deposit(n, Uid(n), LARGEST, at=n) for n in (1, 2, 3)])
    write(journal, [withdrawal(4, Uid(1), LARGEST, at=4), withdrawal(5, Uid(2), 1, at=5)])
    assert journal.history(BalanceSource(VENUE, OUTSIDE, "USDT", 0)).sums == {
        "DEPOSIT": (3, -27_670_116_110_564_327_421),
        "WITHDRAWAL": (2, 9_223_372_036_854_775_808),
    }
    assert journal.history(ClosingBalances(VENUE, (at(3),)))[0].holdings == (
        Holding(OUTSIDE, "USDT", -27_670_116_110_564_327_421),
    )

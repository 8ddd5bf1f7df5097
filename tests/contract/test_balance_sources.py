"""Where a balance comes from, on every journal."""

import pytest

from clearhouse.journal.port import Journal
from clearhouse.ledger.chart import OUTSIDE
from clearhouse.messages.queries import (
    BalanceSource,
    ClosingBalances,
    PostingRow,
    SourceView,
)
from clearhouse.model.ids import DAY_MS, VENUE, Seq, TranId, Uid
from clearhouse.model.wallets import FUNDING, MAIN
from journal.history import ANN, BOB, deposit, dust, transfer, withdrawal

from .journals import LARGEST, at, numbers, write


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
    today = at(3) // DAY_MS
    [closing] = journal.history(ClosingBalances(VENUE, OUTSIDE, (today,)))
    assert closing.balances == {"USDT": -18_446_744_073_709_551_613}

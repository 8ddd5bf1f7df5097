"""What every journal must do, whichever store it keeps its records in."""

import pytest

from clearhouse.journal.port import Journal
from clearhouse.journal.record import Head
from clearhouse.ledger.chart import OUTSIDE
from clearhouse.messages.events import AssetIndexSet, Event, VenueReset
from clearhouse.messages.histories import (
    BalanceSource,
    PostingHistory,
    PostingRow,
    TransferHistory,
    TransferRow,
)
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import VENUE, Millis, Seq, TranId, Uid
from clearhouse.model.wallets import MAIN, UMFUTURE, isolated_margin
from journal.history import (
    ANN,
    BOB,
    START,
    deposit,
    history,
    later,
    opened,
    records,
    transfer,
    withdrawal,
)

from .journals import read, write

KIND = TransferKind.MAIN_UMFUTURE
BACK = TransferKind.UMFUTURE_MAIN
PAIRS = TransferKind.ISOLATEDMARGIN_ISOLATEDMARGIN
BTC, ETH = "BTCUSDT", "ETHUSDT"


def test_a_new_journal_is_empty(journal: Journal) -> None:
    assert journal.head() == Head(Seq(0), bytes(32))
    assert read(journal, Head()) == []
    assert journal.snapshot() is None
    assert page(journal).rows == ()
    assert legs(journal) == ()
    assert journal.name


def test_events_of_every_kind_come_back_in_order(journal: Journal) -> None:
    head = write(journal, [*history(), *later()])
    assert head.seq == 47
    assert journal.head() == head
    assert read(journal, Head()) == [*history(), *later()]


def test_batches_join_into_one_chain(journal: Journal) -> None:
    """The head does not depend on how records were grouped into commits."""
    events = history()
    for size in (events[:1], events[1:4], events[4:5], events[5:]):
        write(journal, size)
    assert journal.head().hash == records(events)[-1].hash
    assert read(journal, Head()) == events


def test_several_appends_may_share_a_commit(journal: Journal) -> None:
    batch = records(history())
    journal.append(batch[:3])
    journal.append(batch[3:])
    journal.commit()
    assert journal.head() == Head(Seq(25), batch[-1].hash)
    assert read(journal, Head()) == history()


def test_the_last_group_of_events_carries_the_head(journal: Journal) -> None:
    events = history()
    write(journal, events[:6])
    head = write(journal, events[6:])
    groups = list(journal.events(Head()))
    assert groups[-1][0] == head
    assert groups[0][0].seq == len(groups[0][1])


def test_events_after_a_head_are_only_those(journal: Journal) -> None:
    events = history()
    middle = write(journal, events[:10])
    end = write(journal, events[10:])
    assert read(journal, middle) == events[10:]
    assert read(journal, end) == []


def test_a_snapshot_takes_the_place_of_the_older_one(journal: Journal) -> None:
    first = write(journal, history()[:10])
    journal.save_snapshot(first, b"digest-1", [b"venue", b"ann", b"bob"])
    second = write(journal, history()[10:])
    journal.save_snapshot(second, b"digest-2", iter([b"all", b""]))
    kept = journal.snapshot()
    assert kept is not None
    assert (kept.head, kept.digest, kept.parts) == (second, b"digest-2", (b"all", b""))


def moves(count: int, *, first: int = 1, uid: Uid = ANN) -> list[Event]:
    """Transfers with the numbers and amounts 1, 2, … at the times 1, 2, … ms."""
    return [transfer(n, uid, n, at=n) for n in range(first, first + count)]


def page(
    journal: Journal,
    *,
    uid: Uid = ANN,
    kinds: tuple[TransferKind, ...] = (KIND,),
    window: tuple[int, int] = (0, 10_000),
    offset: int = 0,
    limit: int = 10,
    symbols: tuple[str | None, str | None] = (None, None),
    asset: str | None = None,
) -> "Page":
    asked = TransferHistory(
        uid=uid,
        kinds=kinds,
        start=Millis(START + window[0]),
        end=Millis(START + window[1]),
        offset=offset,
        limit=limit,
        from_symbol=symbols[0],
        to_symbol=symbols[1],
        asset=asset,
    )
    return Page(journal, asked)


class Page:
    """A page with the numbers of its rows at hand."""

    def __init__(self, journal: Journal, asked: TransferHistory) -> None:
        found = journal.history(asked)
        self.total = found.total
        self.rows = found.rows
        self.numbers = [row.tran_id for row in found.rows]


def test_transfers_come_newest_first(journal: Journal) -> None:
    write(journal, moves(3))
    found = page(journal)
    assert found.total == 3
    assert found.rows == (
        TransferRow(TranId(3), KIND, None, None, "USDT", 3, Millis(START + 3)),
        TransferRow(TranId(2), KIND, None, None, "USDT", 2, Millis(START + 2)),
        TransferRow(TranId(1), KIND, None, None, "USDT", 1, Millis(START + 1)),
    )


def test_transfers_of_one_moment_come_by_number(journal: Journal) -> None:
    """Also where the clock went back between them: the time orders before the number does."""
    write(journal, [transfer(1, ANN, 1, at=5), transfer(2, ANN, 1, at=5)])
    write(journal, [transfer(3, ANN, 1, at=4), transfer(4, ANN, 1, at=5)])
    assert page(journal).numbers == [4, 2, 1, 3]


@pytest.mark.parametrize(
    ("offset", "limit", "expected"),
    [(0, 2, [5, 4]), (2, 2, [3, 2]), (4, 2, [1]), (6, 2, []), (0, 100, [5, 4, 3, 2, 1])],
)
def test_pages_follow_each_other(
    journal: Journal, offset: int, limit: int, expected: list[int]
) -> None:
    write(journal, moves(5))
    found = page(journal, offset=offset, limit=limit)
    assert found.numbers == expected
    assert found.total == 5


@pytest.mark.parametrize(
    ("window", "expected"),
    [((2, 4), [4, 3, 2]), ((3, 3), [3]), ((6, 9), []), ((0, 1), [1]), ((5, 5), [5])],
)
def test_a_window_holds_both_of_its_ends(
    journal: Journal, window: tuple[int, int], expected: list[int]
) -> None:
    write(journal, moves(5))
    found = page(journal, window=window)
    assert found.numbers == expected
    assert found.total == len(expected)


def test_transfers_are_apart_by_owner_and_kind(journal: Journal) -> None:
    back = transfer(7, ANN, 1, at=7, kind=BACK, ends=(UMFUTURE, MAIN))
    write(journal, [*moves(2), back, *moves(2, first=11, uid=BOB)])
    assert page(journal).numbers == [2, 1]
    assert page(journal, kinds=(BACK,)).numbers == [7]
    assert page(journal, uid=BOB).numbers == [12, 11]
    assert page(journal, uid=Uid(9)).total == 0


@pytest.mark.parametrize(
    ("kinds", "asset", "expected"),
    [
        ((KIND,), None, [4, 1]),
        ((BACK,), None, [2, 3]),
        ((KIND, BACK), None, [4, 2, 3, 1]),
        ((BACK, KIND), None, [4, 2, 3, 1]),
        ((KIND, BACK), "USDT", [2, 1]),
        ((KIND, BACK), "BTC", [4, 3]),
        ((BACK,), "BTC", [3]),
        ((KIND, BACK), "ETH", []),
        ((), None, []),
    ],
)
def test_transfers_of_several_kinds_come_in_one_order(
    journal: Journal, kinds: tuple[TransferKind, ...], asset: str | None, expected: list[int]
) -> None:
    """The kinds are mixed by time; the asset narrows them; pages and totals follow."""
    moved = [(1, 1, KIND, "USDT"), (2, 3, BACK, "USDT"), (3, 2, BACK, "BTC"), (4, 4, KIND, "BTC")]
    ends = {KIND: (MAIN, UMFUTURE), BACK: (UMFUTURE, MAIN)}
    write(
        journal,
        [
            transfer(number, ANN, 1, at=at, kind=kind, ends=ends[kind], asset=name)
            for number, at, kind, name in moved
        ],
    )
    found = page(journal, kinds=kinds, asset=asset)
    assert found.numbers == expected
    assert found.total == len(expected)
    second = page(journal, kinds=kinds, asset=asset, offset=1, limit=1)
    assert second.numbers == expected[1:2]
    assert second.total == len(expected)


@pytest.mark.parametrize(
    ("symbols", "expected"),
    [
        ((None, None), [3, 2, 1]),
        ((BTC, None), [3, 1]),
        ((None, BTC), [2]),
        ((BTC, ETH), [1]),
        ((ETH, ETH), []),
    ],
)
def test_transfers_between_pairs_are_found_by_their_pairs(
    journal: Journal, symbols: tuple[str | None, str | None], expected: list[int]
) -> None:
    routes = [(1, BTC, ETH), (2, ETH, BTC), (3, BTC, "BNBUSDT")]
    write(
        journal,
        [
            transfer(
                number,
                ANN,
                1,
                at=number,
                kind=PAIRS,
                ends=(isolated_margin(source), isolated_margin(target)),
                symbols=(source, target),
            )
            for number, source, target in routes
        ],
    )
    found = page(journal, kinds=(PAIRS,), symbols=symbols)
    assert found.numbers == expected
    assert found.total == len(expected)


def legs(
    journal: Journal, *, uid: Uid | None = None, after: int = 0, limit: int = 100
) -> tuple[PostingRow, ...]:
    return journal.history(PostingHistory(uid=uid, after=Seq(after), limit=limit))


def places(rows: tuple[PostingRow, ...]) -> list[tuple[int, int]]:
    return [(row.seq, row.leg) for row in rows]


def test_postings_come_oldest_first_with_both_legs(journal: Journal) -> None:
    write(journal, [opened(ANN, "ann"), deposit(1, ANN, 9, at=1)])
    write(journal, [transfer(2, ANN, 4, at=2), withdrawal(3, ANN, 5, at=3)])
    assert legs(journal) == (
        PostingRow(
            Seq(2), 0, TranId(1), VENUE, OUTSIDE, "USDT", -9, Millis(START + 1), "DEPOSIT", ""
        ),
        PostingRow(Seq(2), 1, TranId(1), ANN, MAIN, "USDT", 9, Millis(START + 1), "DEPOSIT", ""),
        PostingRow(Seq(3), 0, TranId(2), ANN, MAIN, "USDT", -4, Millis(START + 2), "TRANSFER", ""),
        PostingRow(
            Seq(3), 1, TranId(2), ANN, UMFUTURE, "USDT", 4, Millis(START + 2), "TRANSFER", ""
        ),
        PostingRow(
            Seq(4), 0, TranId(3), ANN, MAIN, "USDT", -5, Millis(START + 3), "WITHDRAWAL", ""
        ),
        PostingRow(
            Seq(4), 1, TranId(3), VENUE, OUTSIDE, "USDT", 5, Millis(START + 3), "WITHDRAWAL", ""
        ),
    )


def test_postings_of_one_owner_leave_the_others_out(journal: Journal) -> None:
    write(journal, [deposit(1, ANN, 9, at=1), deposit(2, BOB, 8, at=2), *moves(1, first=3)])
    assert places(legs(journal, uid=ANN)) == [(1, 1), (3, 0), (3, 1)]
    assert places(legs(journal, uid=BOB)) == [(2, 1)]
    assert places(legs(journal, uid=VENUE)) == [(1, 0), (2, 0)]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("uid", [None, ANN])
def test_going_on_after_the_last_position_misses_no_leg(
    journal: Journal, limit: int, uid: Uid | None
) -> None:
    """A page ends with a whole event, even where that takes one posting more."""
    write(journal, [deposit(1, ANN, 9, at=1), *moves(3, first=2), withdrawal(5, ANN, 1, at=9)])
    found: list[PostingRow] = []
    while rows := legs(journal, uid=uid, after=found[-1].seq if found else 0, limit=limit):
        assert limit <= len(rows) <= limit + 1 or rows[-1].seq == 5
        found += rows
    assert found == list(legs(journal, uid=uid))
    assert len(found) == (10 if uid is None else 8)


def test_what_a_balance_is_the_sum_of_up_to_a_position(journal: Journal) -> None:
    write(journal, [deposit(1, ANN, 9, at=1), transfer(2, ANN, 4, at=2), transfer(3, ANN, 1, at=3)])
    asked = BalanceSource(ANN, MAIN, "USDT", 1, Seq(2))
    found = journal.history(asked)
    assert found.sums == {"DEPOSIT": (1, 9), "TRANSFER": (1, -4)}
    assert [(row.seq, row.units) for row in found.newest] == [(2, -4)]
    assert journal.history(BalanceSource(ANN, MAIN, "USDT", 1)).sums["TRANSFER"] == (2, -5)


def test_a_reset_empties_the_histories_and_keeps_the_events(journal: Journal) -> None:
    """Rows of the batch of the reset itself: those before it go, those after it stay."""
    before, reset, after = moves(2), VenueReset(at=Millis(START + 3)), moves(1, first=4)
    write(journal, before)
    write(journal, [*moves(1, first=3), reset, *after])
    assert page(journal).numbers == [4]
    assert places(legs(journal)) == [(5, 0), (5, 1)]
    assert read(journal, Head()) == [*before, *moves(1, first=3), reset, *after]


def test_numbers_up_to_64_bits_come_back(journal: Journal) -> None:
    largest = 2**63 - 1
    write(journal, [deposit(largest, ANN, largest, at=1)])
    assert [row.units for row in legs(journal)] == [-largest, largest]
    assert legs(journal)[1].tran_id == largest
    index = AssetIndexSet(at=START, asset="BTC", index=largest)
    write(journal, [index])
    assert read(journal, Head())[-1] == index

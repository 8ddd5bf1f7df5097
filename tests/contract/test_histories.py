"""The histories of an account, on every journal: order, windows, pages, owners, filters.

`test_journal.py` has those of transfers and postings, `test_past_balances.py` those of balances,
`test_trading_histories.py` those of orders and trades.
"""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from clearhouse.journal.port import Journal
from clearhouse.messages.events import Event, VenueReset
from clearhouse.messages.histories import (
    DepositRow,
    DividendRow,
    DustRow,
    IncomeRow,
    PostingHistory,
    WithdrawalRow,
)
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import VENUE, Seq, TranId, Uid
from clearhouse.model.wallets import FUNDING, MAIN, MARGIN, UMFUTURE
from journal.history import ANN, BOB, deposit, dividend, dust, sent, transfer, withdrawal
from journal.trades import filled, funded, house_filled, settled

from .journals import (
    LARGEST,
    at,
    conversions,
    deposits,
    dividends,
    income,
    numbers,
    withdrawals,
    write,
)

BACK = TransferKind.UMFUTURE_MAIN

# What the histories have in common: one row a number, at the times that are asked for.

Make = Callable[[int, Uid, int], Event]
Numbers = Callable[..., list[int]]

MAKE: dict[str, Make] = {
    "income": lambda n, uid, when: transfer(n, uid, n, at=when),
    "deposits": lambda n, uid, when: deposit(n, uid, n, at=when),
    "withdrawals": lambda n, uid, when: sent(n, uid, n, at=when),
    "dividends": lambda n, uid, when: dividend(n, uid, n, at=when),
    "dust": lambda n, uid, when: dust(n - 1, uid, [("BTC", n, 5, 1)], at=when),
}
READ: dict[str, Numbers] = {
    "income": lambda journal, **asked: numbers(income(journal, **asked)),
    "deposits": lambda journal, **asked: numbers(deposits(journal, **asked)),
    "withdrawals": lambda journal, **asked: numbers(withdrawals(journal, **asked)),
    "dividends": lambda journal, **asked: numbers(dividends(journal, **asked)[1]),
    "dust": lambda journal, **asked: numbers(conversions(journal, **asked)),
}
NEWEST_FIRST = ("deposits", "withdrawals", "dividends", "dust")
every = pytest.mark.parametrize("name", MAKE)


@every
def test_a_new_journal_has_none(journal: Journal, name: str) -> None:
    assert READ[name](journal) == []


@every
@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ((20, 40), {20, 30, 40}),
        ((30, 30), {30}),
        ((31, 39), set()),
        ((0, 10), {10}),
        ((50, 99), {50}),
        ((40, 20), set()),
    ],
)
def test_a_window_holds_both_of_its_ends(
    journal: Journal, name: str, window: tuple[int, int], expected: set[int]
) -> None:
    write(journal, [MAKE[name](n, ANN, n) for n in (10, 20, 30, 40, 50)])
    assert set(READ[name](journal, window=window)) == expected


@every
def test_owners_are_kept_apart(journal: Journal, name: str) -> None:
    make, read = MAKE[name], READ[name]
    write(journal, [make(10, ANN, 1), make(20, BOB, 2), make(30, ANN, 3)])
    assert sorted(read(journal)) == [10, 30]
    assert read(journal, uid=BOB) == [20]
    assert read(journal, uid=Uid(9)) == []


@every
def test_a_reset_empties_them(journal: Journal, name: str) -> None:
    """Rows of the batch of the reset itself: those before it go, those after it stay."""
    make = MAKE[name]
    write(journal, [make(10, ANN, 1)])
    write(journal, [make(20, ANN, 2), VenueReset(at=at(3)), make(30, ANN, 4)])
    assert READ[name](journal) == [30]


@pytest.mark.parametrize("name", NEWEST_FIRST)
def test_the_newest_comes_first(journal: Journal, name: str) -> None:
    """Those of one moment by number, and the clock may have gone back between them."""
    make = MAKE[name]
    write(journal, [make(10, ANN, 5), make(20, ANN, 5)])
    write(journal, [make(30, ANN, 4), make(40, ANN, 5), make(50, ANN, 1)])
    assert READ[name](journal) == [40, 20, 10, 30, 50]


@pytest.mark.parametrize("name", NEWEST_FIRST)
@pytest.mark.parametrize(("limit", "expected"), [(1, [30]), (2, [30, 20]), (3, [30, 20, 10])])
def test_a_limit_keeps_the_newest(
    journal: Journal, name: str, limit: int, expected: list[int]
) -> None:
    write(journal, [MAKE[name](n, ANN, n) for n in (10, 20, 30)])
    assert READ[name](journal, limit=limit) == expected


@pytest.mark.parametrize("name", ["deposits", "withdrawals"])
@pytest.mark.parametrize(
    ("offset", "limit", "expected"),
    [(0, 2, [50, 40]), (2, 2, [30, 20]), (4, 2, [10]), (5, 2, []), (1, 10, [40, 30, 20, 10])],
)
def test_pages_follow_each_other(
    journal: Journal, name: str, offset: int, limit: int, expected: list[int]
) -> None:
    write(journal, [MAKE[name](n, ANN, n) for n in (10, 20, 30, 40, 50)])
    assert READ[name](journal, offset=offset, limit=limit) == expected


# Income


def test_income_is_what_moved_the_futures_wallet(journal: Journal) -> None:
    out = transfer(12, ANN, 3, at=3, kind=BACK, ends=(UMFUTURE, MAIN))
    write(
        journal,
        [
            deposit(10, ANN, 9, at=1),
            deposit(11, ANN, 7, at=2, wallet=UMFUTURE),
            out,
            transfer(13, ANN, 2, at=4, asset="BTC"),
            withdrawal(14, ANN, 1, at=5),
        ],
    )
    assert income(journal) == (
        IncomeRow(TranId(11), "USDT", 7, at(2), "DEPOSIT", ""),
        IncomeRow(TranId(12), "USDT", -3, at(3), "TRANSFER", ""),
        IncomeRow(TranId(13), "BTC", 2, at(4), "TRANSFER", ""),
    )


def test_a_trade_is_up_to_two_movements(journal: Journal) -> None:
    """Profit and commission, each in its asset; what is nothing is no row."""
    write(
        journal,
        [
            filled(1, 7, at=1, tran_id=TranId(10), realized=-5, commission=3),
            filled(1, 8, at=2, tran_id=TranId(11), commission=4, commission_asset="BNB"),
            filled(1, 9, at=3, tran_id=TranId(12), commission=-2, symbol="ETHUSDT"),
            filled(1, 10, at=4, tran_id=TranId(13), realized=6, commission=0),
            filled(1, 11, at=5, tran_id=TranId(14), commission=0),
            house_filled(11, at=5, tran_id=TranId(15), realized=9),
        ],
    )
    assert income(journal) == (
        IncomeRow(TranId(10), "USDT", -5, at(1), "REALIZED_PNL", "BTCUSDT", 7),
        IncomeRow(TranId(10), "USDT", -3, at(1), "COMMISSION", "BTCUSDT", 7),
        IncomeRow(TranId(11), "BNB", -4, at(2), "COMMISSION", "BTCUSDT", 8),
        IncomeRow(TranId(12), "USDT", 2, at(3), "COMMISSION", "ETHUSDT", 9),
        IncomeRow(TranId(13), "USDT", 6, at(4), "REALIZED_PNL", "BTCUSDT", 10),
    )


def test_the_venues_own_side_of_a_pair_says_why(journal: Journal) -> None:
    """Whichever of the pairs comes first, and whichever side of them."""
    fill = filled(1, 7, at=1, tran_id=TranId(10), realized=-5, commission=3)
    profit, clearing, commission, fees = fill.postings
    write(journal, [replace(fill, postings=(commission, fees, clearing, profit))])
    assert [(row.units, row.why) for row in income(journal)] == [
        (-3, "COMMISSION"),
        (-5, "REALIZED_PNL"),
    ]


def test_funding_is_a_movement_without_a_trade(journal: Journal) -> None:
    write(journal, [funded(10, -7, at=1), funded(11, 7, at=1, uid=BOB), settled(12, -1, at=1)])
    assert income(journal) == (
        IncomeRow(TranId(10), "USDT", -7, at(1), "FUNDING_FEE", "BTCUSDT", 0),
    )
    assert income(journal, uid=BOB) == (
        IncomeRow(TranId(11), "USDT", 7, at(1), "FUNDING_FEE", "BTCUSDT", 0),
    )


def test_postings_of_trading_say_why_and_of_which_symbol(journal: Journal) -> None:
    write(
        journal,
        [
            filled(1, 7, at=1, tran_id=TranId(10), realized=-5, commission=3),
            house_filled(7, at=1, tran_id=TranId(11), realized=9),
            settled(12, -1, at=1),
        ],
    )
    rows = journal.history(PostingHistory(uid=None, after=Seq(0), limit=99))
    assert [(row.tran_id, row.uid, row.wallet, row.units, row.why) for row in rows] == [
        (10, ANN, "UMFUTURE", -5, "REALIZED_PNL"),
        (10, VENUE, "CLEARING", 5, "REALIZED_PNL"),
        (10, ANN, "UMFUTURE", -3, "COMMISSION"),
        (10, VENUE, "FEES", 3, "COMMISSION"),
        (11, VENUE, "HOUSE", 9, "REALIZED_PNL"),
        (11, VENUE, "CLEARING", -9, "REALIZED_PNL"),
        (12, VENUE, "HOUSE", -1, "FUNDING_FEE"),
        (12, VENUE, "FUNDING_FEES", 1, "FUNDING_FEE"),
    ]
    assert {row.symbol for row in rows} == {"BTCUSDT"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"whys": ("FUNDING_FEE",)}, [1, 3, 5]),
        ({"whys": ("FUNDING_FEE",), "symbol": "ETHUSDT"}, [3]),
        ({"whys": ("FUNDING_FEE",), "window": (2, 4)}, [3]),
        ({"whys": ("FUNDING_FEE",), "limit": 2, "newest": True}, [3, 5]),
        ({"whys": ("FUNDING_FEE",), "limit": 2, "offset": 2}, [5]),
        ({"whys": ("FUNDING_FEE", "COMMISSION")}, [1, 2, 3, 5]),
        ({"whys": ("FUNDING_FEE",), "uid": BOB}, [6]),
    ],
)
def test_funding_is_found_among_the_rest(
    journal: Journal, asked: dict[str, Any], expected: list[int]
) -> None:
    write(
        journal,
        [
            funded(1, -7, at=1),
            filled(1, 7, at=2, tran_id=TranId(2)),
            funded(3, 7, at=3, symbol="ETHUSDT"),
            transfer(4, ANN, 1, at=4),
            funded(5, -7, at=5),
            funded(6, -7, at=6, uid=BOB),
        ],
    )
    assert numbers(income(journal, **asked)) == expected


@pytest.mark.parametrize(
    ("whys", "symbol", "expected"),
    [
        (None, None, [1, 2, 3]),
        (("TRANSFER",), None, [1, 3]),
        (("DEPOSIT",), None, [2]),
        (("DEPOSIT", "TRANSFER"), None, [1, 2, 3]),
        (("FUNDING_FEE",), None, []),
        ((), None, []),
        (None, "BTCUSDT", []),
    ],
)
def test_income_is_found_by_reason_and_symbol(
    journal: Journal, whys: tuple[str, ...] | None, symbol: str | None, expected: list[int]
) -> None:
    second = deposit(2, ANN, 7, at=2, wallet=UMFUTURE)
    write(journal, [transfer(1, ANN, 5, at=1), second, transfer(3, ANN, 6, at=3)])
    assert numbers(income(journal, whys=whys, symbol=symbol)) == expected


@pytest.mark.parametrize(
    ("newest", "offset", "limit", "expected"),
    [
        (False, 0, 2, [1, 2]),
        (False, 2, 2, [3, 4]),
        (False, 4, 2, [5]),
        (False, 6, 2, []),
        (True, 0, 2, [4, 5]),
        (True, 2, 2, [2, 3]),
        (True, 4, 2, [1]),
        (True, 6, 2, []),
        (True, 0, 10, [1, 2, 3, 4, 5]),
    ],
)
def test_pages_of_income_start_at_either_end(
    journal: Journal, newest: bool, offset: int, limit: int, expected: list[int]
) -> None:
    write(journal, [transfer(n, ANN, n, at=n) for n in range(1, 6)])
    assert numbers(income(journal, newest=newest, offset=offset, limit=limit)) == expected


def test_income_is_in_the_order_of_time_and_then_of_the_journal(journal: Journal) -> None:
    """Also where the clock was set back; the newest page is the end of the same order."""
    times = {1: 5, 2: 5, 3: 4, 4: 5, 5: 1}
    write(journal, [transfer(n, ANN, 1, at=when) for n, when in times.items()])
    assert numbers(income(journal)) == [5, 3, 1, 2, 4]
    assert numbers(income(journal, newest=True, limit=2)) == [2, 4]


# Deposits, withdrawals, distributions, dust


def test_a_deposit_as_it_was_made(journal: Journal) -> None:
    write(journal, [deposit(1, ANN, 9, at=1, wallet=FUNDING, asset="BTC")])
    assert deposits(journal) == (DepositRow(TranId(1), FUNDING, "BTC", 9, at(1), None),)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [4, 3, 2, 1]),
        ({"wallets": (MAIN,)}, [3, 1]),
        ({"wallets": (FUNDING,)}, [4, 2]),
        ({"wallets": (UMFUTURE,)}, []),
        ({"asset": "USDT"}, [2, 1]),
        ({"asset": "BTC", "wallets": (FUNDING,)}, [4]),
        ({"tran_id": 3}, [3]),
        ({"tran_id": 3, "asset": "USDT"}, []),
        ({"tran_id": 5}, []),
    ],
)
def test_deposits_are_found_by_wallet_asset_and_number(
    journal: Journal, asked: dict[str, Any], expected: list[int]
) -> None:
    write(
        journal,
        [
            deposit(1, ANN, 1, at=1),
            deposit(2, ANN, 1, at=2, wallet=FUNDING),
            deposit(3, ANN, 1, at=3, asset="BTC"),
            deposit(4, ANN, 1, at=4, wallet=FUNDING, asset="BTC"),
            deposit(5, BOB, 1, at=5),
        ],
    )
    assert numbers(deposits(journal, **asked)) == expected


def test_a_withdrawal_as_it_was_sent(journal: Journal) -> None:
    """The operator's own withdrawals have no address and are none of these."""
    paid = sent(1, ANN, 9, at=1, wallet=FUNDING, asset="BTC", order_id="o-1", internal=True)
    write(journal, [paid, sent(2, ANN, 3, at=2), withdrawal(3, ANN, 1, at=3)])
    outside, inside = withdrawals(journal)
    assert inside == WithdrawalRow(
        TranId(1), FUNDING, "BTC", 9, "TRX", "TXm3CLb8", "", "o-1", True, at(1)
    )
    assert outside == WithdrawalRow(
        TranId(2), MAIN, "USDT", 3, "TRX", "TXm3CLb8", "", "", False, at(2)
    )
    assert (inside.internal, outside.internal) == (True, False)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [4, 3, 2, 1]),
        ({"asset": "BTC"}, [3, 2]),
        ({"order_id": "a"}, [3, 1]),
        ({"order_id": ""}, [4]),
        ({"order_id": "a", "asset": "BTC"}, [3]),
        ({"tran_ids": (1, 4, 9)}, [4, 1]),
        ({"tran_ids": (5,)}, []),
        ({"tran_ids": ()}, []),
        ({"tran_ids": (1, 2, 3, 4), "order_id": "b"}, [2]),
        ({"tran_ids": (1, 2, 3, 4), "offset": 1, "limit": 2}, [3, 2]),
    ],
)
def test_withdrawals_are_found_by_asset_order_and_numbers(
    journal: Journal, asked: dict[str, Any], expected: list[int]
) -> None:
    write(
        journal,
        [
            sent(1, ANN, 1, at=1, order_id="a"),
            sent(2, ANN, 1, at=2, asset="BTC", order_id="b"),
            sent(3, ANN, 1, at=3, asset="BTC", order_id="a"),
            sent(4, ANN, 1, at=4),
            sent(5, BOB, 1, at=5, order_id="a"),
        ],
    )
    assert numbers(withdrawals(journal, **asked)) == expected


def test_distributions_with_their_total(journal: Journal) -> None:
    """The total counts the window, not the page."""
    write(
        journal,
        [
            dividend(1, ANN, 5, at=1, info="Launchpool"),
            dividend(2, ANN, 6, at=2, asset="BTC"),
            dividend(3, BOB, 7, at=3),
            dividend(4, ANN, 8, at=4, info="Flexible"),
        ],
    )
    last = DividendRow(TranId(4), "BNB", 8, "Flexible", at(4))
    first = DividendRow(TranId(1), "BNB", 5, "Launchpool", at(1))
    assert dividends(journal, asset="BNB") == (2, (last, first))
    assert dividends(journal, limit=1) == (3, (last,))
    assert dividends(journal, window=(1, 2), limit=1)[0] == 2
    assert dividends(journal, asset="ETH") == (0, ())


def test_a_dust_conversion_comes_whole(journal: Journal) -> None:
    """The limit counts conversions; the parts of each stand in the order of their numbers."""
    write(journal, [dust(10, ANN, [("BTC", 9, 8, 1), ("DOGE", 7, 6, 2), ("ETH", 5, 4, 3)], at=1)])
    write(journal, [dust(20, ANN, [("BTC", 3, 2, 1)], at=2)])
    write(journal, [dust(30, ANN, [("BTC", 3, 2, 1), ("ETH", 1, 2, 0)], at=3, target="USDT")])
    assert numbers(conversions(journal, limit=2)) == [31, 32, 21]
    assert conversions(journal, window=(1, 1), limit=1) == (
        DustRow(TranId(10), TranId(11), "BTC", "BNB", 9, 8, 1, at(1)),
        DustRow(TranId(10), TranId(12), "DOGE", "BNB", 7, 6, 2, at(1)),
        DustRow(TranId(10), TranId(13), "ETH", "BNB", 5, 4, 3, at(1)),
    )


def test_dust_is_apart_by_wallet(journal: Journal) -> None:
    write(journal, [dust(10, ANN, [("BTC", 9, 8, 1)], at=1, wallet=MARGIN)])
    write(journal, [dust(20, ANN, [("BTC", 9, 8, 1)], at=2)])
    assert numbers(conversions(journal)) == [21]
    assert numbers(conversions(journal, wallet=MARGIN)) == [11]


@every
def test_numbers_up_to_64_bits_come_back(journal: Journal, name: str) -> None:
    most = {
        "income": transfer(LARGEST, ANN, LARGEST, at=1),
        "deposits": deposit(LARGEST, ANN, LARGEST, at=1),
        "withdrawals": sent(LARGEST, ANN, LARGEST, at=1),
        "dividends": dividend(LARGEST, ANN, LARGEST, at=1),
        "dust": dust(LARGEST - 1, ANN, [("BTC", LARGEST, LARGEST, LARGEST - 1)], at=1),
    }
    rows: dict[str, Callable[[Journal], tuple[Any, ...]]] = {
        "income": income,
        "deposits": deposits,
        "withdrawals": withdrawals,
        "dividends": lambda stored: dividends(stored)[1],
        "dust": conversions,
    }
    write(journal, [most[name]])
    [row] = rows[name](journal)
    assert (row.tran_id, row.units) == (LARGEST, LARGEST)

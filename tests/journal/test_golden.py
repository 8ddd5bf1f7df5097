"""Journals of released versions are read by today's code, byte for byte to the same state.

When a test here fails, the code that reads is wrong, not the file: a released event never
changes. Add a version and a step in `journal/upcasters.py` (ARCHITECTURE.md, "Journal").
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from clearhouse.accounts.exports import Export
from clearhouse.accounts.listen_keys import ListenKey
from clearhouse.engine.apply import apply
from clearhouse.engine.snapshot import digest
from clearhouse.engine.state import State
from clearhouse.journal.record import GENESIS_HASH, decode, encode, link
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.ledger.chart import CLEARING, FEES, FUNDING_FEES, HOUSE, INSURANCE_FUND
from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.market.funding import Premium
from clearhouse.messages.events import EVENT_TYPES, Event
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.histories import TransferHistory
from clearhouse.messages.queries import Fees, SymbolSetting
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import VENUE, Millis, Seq
from clearhouse.model.orders import Position, PositionSide
from clearhouse.model.wallets import UMFUTURE
from clearhouse.runtime.recovery import recover
from clearhouse.wallets.settings import WalletSettings

from .fundings import DUE
from .history import ANN, BOB, SAVINGS, START, history, later
from .margins import FELL, margins
from .sources import MOVED, sources
from .trades import trades


class Part(NamedTuple):
    """What a release added to the golden journal, and the hash of its last record."""

    file: str
    events: Callable[[], list[Event]]
    chain: str

    @property
    def bodies(self) -> list[bytes]:
        text = Path(__file__).with_name(self.file).read_text()
        return [bytes.fromhex(line) for line in text.splitlines()]


FIRST = Part(
    "golden-v1.hex", history, "eab9f728c122f34a90927b92b3152f61b0d6f8729ab64237a6f3a0324ed6a810"
)
SECOND = Part(
    "golden-v2.hex", later, "ff111954640a6ab0e8d11386ed5bcb451952ecad82cfce765718a503d7cf7ce5"
)
THIRD = Part(
    "golden-v3.hex", trades, "ddd2bef126a89de409d1ab0127b13531b12a26391cec07c9288e3c1a620fe9ea"
)
FOURTH = Part(
    "golden-v4.hex", margins, "28a713d995ffea5685b051deff3c9cbecf439c61ff5df49bb84a1ce06d264a1f"
)
FIFTH = Part(
    "golden-v5.hex", sources, "da784d8310e3cc9f60cfe1c5bd627cd02a0844dcdb7ef1c1a3c807f272becacd"
)
PARTS = (FIRST, SECOND, THIRD, FOURTH, FIFTH)
FIRST_STATE = "529c7a6b5ab490d56881466fa1a6d21e89656d2eab78cf3012385a44ae230701"
SECOND_STATE = "fd3017d221171886a98e60a5776dce802d7d84897a90ac1538e41a16a86bfe9e"
THIRD_STATE = "3d03daf2068e3445e6953818799a4ef214d8892ec4d7c7b8a113f629a2fdb07d"
FOURTH_STATE = "117b9ff33405d48fee46830877e05292382429e4cb02ff1b4c6f04dc26ebb5d4"
FIFTH_STATE = "aaeb69dcda96d382ffa4780aa20015b8063bbb7cdb78c64f5318e35a9f0e2855"
"""The digests cover the form of snapshots: they are written anew when `FORM` of
`engine/snapshot.py` changes, and only then, after a look at what changed."""


def replayed(*parts: Part) -> State:
    state = State()
    for part in parts:
        for body in part.bodies:
            apply(state, decode(body))
    return state


def test_the_golden_journal_holds_every_kind_of_event() -> None:
    """A new kind of event belongs into a golden journal of the release that brings it."""
    kinds = {msgspec.msgpack.decode(body)[0] for part in PARTS for body in part.bodies}
    assert kinds == {f"{event.KIND}.{event.VERSION}" for event in EVENT_TYPES}


def test_the_bytes_are_those_that_were_released() -> None:
    """Each part follows on from the one before it."""
    head = GENESIS_HASH
    for part in PARTS:
        for body in part.bodies:
            head = link(head, body)
        assert head.hex() == part.chain


@pytest.mark.parametrize("part", PARTS, ids=[part.file for part in PARTS])
def test_records_mean_what_they_meant(part: Part) -> None:
    assert [decode(body) for body in part.bodies] == part.events()


@pytest.mark.parametrize("part", PARTS, ids=[part.file for part in PARTS])
def test_records_of_today_are_written_as_they_were(part: Part) -> None:
    assert [encode(event) for event in part.events()] == part.bodies


def test_replaying_the_first_part_gives_the_state_that_it_gave() -> None:
    state = replayed(FIRST)
    assert state.seq == 25
    assert state.next_tran_id == 13_526_853_630
    assert state.books.of(ANN) == {
        ("MAIN", "USDT"): 700 * 10**8,
        ("UMFUTURE", "USDT"): 250 * 10**8,
        ("ISOLATED_MARGIN:BTCUSDT", "USDT"): 3 * 10**8,
    }
    assert digest(state).hex() == FIRST_STATE


def test_replaying_two_parts_gives_the_state_that_they_gave() -> None:
    state = replayed(FIRST, SECOND)
    assert state.seq == 47
    assert state.next_tran_id == 13_526_853_637
    assert state.books.of(ANN) == {
        ("MAIN", "USDT"): 600 * 10**8,
        ("UMFUTURE", "USDT"): 250 * 10**8,
        ("ISOLATED_MARGIN:BTCUSDT", "USDT"): 3 * 10**8,
        ("MAIN", "BTC"): 0,
        ("MAIN", "DOGE"): 0,
        ("MAIN", "BNB"): 2_698_668,
    }
    assert state.books.of(VENUE) == {
        ("OUTSIDE", "USDT"): -85_300_000_007,
        ("OUTSIDE", "BTC"): -10_000,
        ("OUTSIDE", "DOGE"): -50 * 10**8,
        ("OUTSIDE", "BNB"): -1_000_000,
        ("HOUSE", "BTC"): 10_000,
        ("HOUSE", "DOGE"): 50 * 10**8,
        ("HOUSE", "BNB"): -1_733_334,
        ("FEES", "BNB"): 34_666,
    }
    assert digest(state).hex() == SECOND_STATE


def test_replaying_two_parts_gives_the_settings_that_they_gave() -> None:
    state = replayed(FIRST, SECOND)
    assert state.futures.of(ANN) == FuturesAccount(
        multi_assets=True,
        moved=(("USDT", Millis(START + 13)),),
        fees=Fees(tier=1, maker=16_000, taker=40_000),
    )
    assert state.futures.of(BOB) == FuturesAccount(
        hedge=True,
        fee_burn=False,
        symbols={"BTCUSDT": SymbolSetting(leverage=100, isolated=True)},
    )
    assert state.wallets.of(ANN) == WalletSettings(
        spot_burn=False,
        interest_burn=True,
        fast_withdraw=True,
        whitelist=True,
        addresses=(SAVINGS,),
        sent=((Millis(START + 61_000), 100 * 10**8),),
    )
    assert state.listen_keys == {ANN: ListenKey(Seq(36), Millis(START + 3_661_000))}
    assert state.next_export_id == 546_975_389_218_332_673
    assert list(state.exports.values()) == [
        Export(
            export_id=546_975_389_218_332_672,
            uid=ANN,
            kind=ExportKind.INCOME,
            start=Millis(START),
            end=Millis(START + 60_000),
            requested_at=Millis(START + 61_000),
            expires_at=Millis(START + 604_861_000),
        )
    ]


def test_replaying_three_parts_gives_the_state_that_they_gave() -> None:
    state = replayed(FIRST, SECOND, THIRD)
    now = Millis(START + 61_000)
    assert state.seq == 67
    assert state.next_tran_id == 13_526_853_644
    assert (state.orders.next_order_id, state.orders.next_algo_id) == (4_000_000_004, 2_000_002)
    assert state.orders.next_amendment_id == 2
    assert not state.orders.open
    assert not state.orders.algos
    assert state.books.balance(ANN, UMFUTURE, "USDT") == 24_986_420_000
    assert state.books.balance(BOB, UMFUTURE, "USDT") == 99_997_440_000
    assert state.books.balance(VENUE, CLEARING, "USDT") == 10_000_000
    assert state.books.balance(VENUE, FEES, "USDT") == 6_780_000
    assert state.books.balance(VENUE, HOUSE, "USDT") == -640_000
    assert state.books.balance(VENUE, FUNDING_FEES, "USDT") == 0
    assert state.futures.of(ANN).exposure("BTCUSDT").positions == {
        PositionSide.BOTH: Position(cumulative_realized=-10_000_000, updated_at=now)
    }
    assert state.futures.of(BOB).exposure("BTCUSDT").positions == {
        PositionSide.SHORT: Position(
            quantity=-100_000,
            entry_price=6_400_000_000_000,
            isolated_wallet=561_440_000,
            fees=3_200_000,
            updated_at=now,
        )
    }
    market = state.markets["BTCUSDT"]
    assert (market.last, market.mark, market.index) == (
        6_390_000_000_000,
        6_400_000_000_000,
        6_400_000_000_000,
    )
    assert (market.funding_rate, market.next_trade_id) == (10_000, 3)
    assert state.deadlines.countdowns == {(ANN, "BTCUSDT"): START + 121_000}
    assert digest(state).hex() == THIRD_STATE


def test_replaying_four_parts_gives_the_state_that_they_gave() -> None:
    state = replayed(FIRST, SECOND, THIRD, FOURTH)
    assert state.seq == 75
    assert state.next_tran_id == 13_526_853_651
    assert state.books.balance(ANN, UMFUTURE, "USDT") == 31_323_920_000
    assert state.books.balance(ANN, UMFUTURE, "BTC") == -100_000
    assert state.books.in_debt == {ANN: 1}
    assert state.books.balance(BOB, UMFUTURE, "USDT") == 99_948_080_000
    assert state.books.balance(VENUE, HOUSE, "USDT") == -6_338_780_000
    assert state.books.balance(VENUE, INSURANCE_FUND, "USDT") == 55_000_000
    assert state.books.balance(VENUE, FUNDING_FEES, "USDT") == 0
    held = state.futures.of(BOB).exposure("BTCUSDT").positions[PositionSide.SHORT]
    assert held.isolated_wallet == 562_080_000
    market = state.markets["BTCUSDT"]
    assert (market.funding_rate, market.settlement) == (10_000, None)
    assert market.fund == Position(cumulative_realized=5_000_000, updated_at=FELL)
    assert market.premium == Premium(Millis(START + DUE))
    assert market.funding_due == START + DUE + 28_800_000
    assert digest(state).hex() == FOURTH_STATE


def test_replaying_all_parts_gives_the_state_that_they_gave() -> None:
    """The quotes begin 0.1% from the last price, 64.21 USDT cut to the tick of 0.1."""
    state = replayed(*PARTS)
    assert state.seq == 77
    market, book = state.markets["BTCUSDT"], state.order_books["BTCUSDT"]
    assert (market.last, market.mark, market.index) == (
        6_421_000_000_000,
        6_420_500_000_000,
        6_420_000_000_000,
    )
    assert (market.next_trade_id, market.priced_at) == (45, MOVED)
    assert market.premium == Premium(Millis(START + DUE), 120, 56_542_860)
    assert (book.bid, book.ask) == (6_414_580_000_000, 6_427_420_000_000)
    quoting = book.spread, book.gap, book.depth, book.quantity, book.refills
    assert quoting == (100_000, 10_000, 5, 200_000_000, False)
    assert digest(state).hex() == FIFTH_STATE


STATES = {1: FIRST_STATE, 2: SECOND_STATE, 3: THIRD_STATE, 4: FOURTH_STATE, 5: FIFTH_STATE}
RELEASES = ("first", "second", "third", "fourth", "fifth")


@pytest.fixture(params=STATES, ids=[f"{number} release" for number in RELEASES])
def golden(request: pytest.FixtureRequest) -> tuple[Part, ...]:
    return PARTS[: request.param]


@pytest.fixture
def golden_file(tmp_path: Path, golden: tuple[Part, ...]) -> Path:
    """A journal file as a release wrote it, with the records of each part in one batch."""
    path = tmp_path / "golden.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA application_id = 0x434C4852")
        db.execute("PRAGMA user_version = 1")
        db.execute(
            "CREATE TABLE batches (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, "
            "body BLOB NOT NULL, hash BLOB NOT NULL)"
        )
        written = 0
        for part in golden:
            body = msgspec.msgpack.encode(part.bodies)
            first, written = written + 1, written + len(part.bodies)
            batch = (first, written, body, bytes.fromhex(part.chain))
            db.execute("INSERT INTO batches VALUES (?, ?, ?, ?)", batch)
    db.close()
    return path


def test_a_released_file_opens_and_recovers(golden: tuple[Part, ...], golden_file: Path) -> None:
    """Its read models are built anew: the rows of before the reset are gone."""
    journal = SqliteJournal(golden_file)
    recovered = recover(journal)
    page = journal.history(
        TransferHistory(
            uid=ANN,
            kinds=(TransferKind.MAIN_UMFUTURE,),
            start=Millis(0),
            end=Millis(2**53),
            offset=0,
            limit=10,
        )
    )
    journal.close()
    assert digest(recovered.state).hex() == STATES[len(golden)]
    assert [(row.tran_id, row.units) for row in page.rows] == [(13_526_853_627, 250 * 10**8)]

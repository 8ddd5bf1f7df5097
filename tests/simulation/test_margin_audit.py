"""An auditor with books of its own holds every number of every account, after every step.

Seeded days of accounts with much leverage, in both asset modes, both position modes and both
margin types, with gaps, funding, conditional orders and liquidations that bring about others. The
auditor (`margin_books.py`, `margin_figures.py`) works everything out again from the events, and
a watch (`margin_watch.py`) follows each liquidation. `CLEARHOUSE_AUDIT_STEPS` is the number of
steps of a day (`make soak` asks for more).
"""

import os
from collections import Counter

import pytest

from clearhouse.engine.apply import apply
from clearhouse.engine.snapshot import digest, dump, load
from clearhouse.engine.state import State
from clearhouse.journal.record import decode, encode
from clearhouse.messages.events import Event
from clearhouse.messages.queries import ReadFuturesAccount
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_events import AutoExchanged
from clearhouse.messages.trading_queries import ReadPositions
from clearhouse.model.ids import Uid
from clearhouse.model.wallets import Wallet
from unit.world import World

from .margin_books import UNIT, Books
from .margin_day import PRODUCTS, Day, opening, uids
from .margin_figures import Figures, compare, invariants
from .margin_watch import Watch

STEPS = int(os.environ.get("CLEARHOUSE_AUDIT_STEPS", "400"))
SEEDS = (1, 2, 3, 4, 5, 7)
ACCOUNTS = 7


class Audited(World):
    """A venue that is audited after every command."""

    def __init__(self, seed: str, accounts: int = ACCOUNTS) -> None:
        self.books = Books()
        self.watch = Watch(self.books)
        self.told: list[Event] = []
        self.refused: Counter[str] = Counter()
        super().__init__(self.tell)
        self.uids = uids(accounts)
        self.day = Day(self.uids, seed)
        for command in opening(self.uids, seed):
            self.all(command)

    def tell(self, state: State, event: Event) -> None:
        self.watch.before(event)
        self.watch.seen["exchanged"] += isinstance(event, AutoExchanged)
        self.books.take(event)
        self.watch.after(event)
        apply(state, event)
        self.told.append(event)

    def step(self, number: int) -> None:
        self.now += 1_000
        try:
            self.all(self.day.command(self.state, number))
        except Rejected as refusal:
            self.refused[refusal.reason.name] += 1
        self.check()

    def check(self) -> None:
        """Every number of every account, and what holds for the venue as a whole."""
        self.watch.finish()
        figures = {int(uid): Figures(self.books, uid) for uid in self.uids}
        queues = {}
        for product in PRODUCTS:
            queues[product.symbol] = {
                (uid, side): figures[uid].score(figures[uid].row(product.symbol, side))
                for uid, side in self.books.holders(product.symbol)
            }
        for uid in self.uids:
            account, positions = self.read(ReadFuturesAccount(uid)), self.read(ReadPositions(uid))
            compare(self.books, uid, account, positions, queues)
            invariants(account, positions)
            assert not any(pool.in_trouble for pool in figures[uid].pools()), uid
            exposures = self.state.futures.of(uid).exposures.values()
            is_open = any(one.has_orders or one.has_position for one in exposures)
            assert not self.books.overdue(int(uid), is_open=is_open), uid
        self.check_venue()

    def check_venue(self) -> None:
        """Each asset sums to zero, long equals short, and all profit is somebody's loss."""
        books = self.books
        assert self.balanced()
        for (uid, wallet, asset), units in books.balances.items():
            assert self.state.books.balance(Uid(uid), Wallet(wallet), asset) == units
        profit: Counter[str] = Counter()
        for product in PRODUCTS:
            symbol = product.symbol
            held = [p for (_, name, _), p in books.positions.items() if name == symbol]
            held += [books.house[symbol], books.fund[symbol]]
            assert sum(position.quantity for position in held) == 0
            asset, mark = books.terms[symbol].asset, books.marks[symbol]
            profit[asset] += sum(p.quantity * (mark - p.entry) for p in held) // UNIT
        for asset, units in profit.items():
            assert abs(units - books.balances[0, "CLEARING", asset]) <= books.slack[asset]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_is_what_the_documents_make_of_it(seed: int) -> None:
    audited = Audited(str(seed))
    for number in range(STEPS):
        audited.step(number)
    replayed = State()
    for event in audited.told:
        apply(replayed, decode(encode(event)))
    assert digest(replayed) == digest(audited.state) == digest(load(dump(audited.state)))
    print(f"seed {seed}: {len(audited.told)} events, {dict(audited.watch.seen)}")
    assert audited.watch.seen["forced"] > 3  # or the day has shown little

"""The whole state of a venue."""

from dataclasses import dataclass, field
from typing import NamedTuple

from clearhouse.accounts.exports import FIRST_EXPORT_ID, Exports
from clearhouse.accounts.listen_keys import ListenKeys
from clearhouse.accounts.register import Register
from clearhouse.ledger.books import Books
from clearhouse.margin.futures_account import FuturesAccounts
from clearhouse.margin.summary import max_withdraw
from clearhouse.margin.watch import Watch
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
from clearhouse.matching.book import OrderBooks
from clearhouse.matching.triggers import TriggersBySymbol
from clearhouse.model.ids import FIRST_TRAN_ID, Millis, Seq, TranId, Uid
from clearhouse.model.wallets import UMFUTURE, Wallet
from clearhouse.trading.deadlines import Deadlines
from clearhouse.trading.orders import Orders
from clearhouse.wallets.settings import WalletSettingsBook

REAL, FROZEN, SCALED = "real", "frozen", "scaled"
ANSWERS_KEPT = 10_000
"""Idempotent answers kept; the oldest goes first."""


class ClockSetting(NamedTuple):
    """The clock in force: see `ClockSet`."""

    mode: str = REAL
    now: Millis = Millis(0)
    rate: int = 0


class KeptAnswer(NamedTuple):
    """A control-plane answer that must not be computed twice."""

    fingerprint: bytes
    sealed: bytes


@dataclass(slots=True)
class State:
    """Everything that the journal's events add up to.

    `seq` is the position of the last event applied, `at` its time. `venue_revision` is the
    position of the last event that every account can see (catalogue, index prices, clock).
    `watch` is worked out from the rest.
    """

    seq: Seq = Seq(0)
    at: Millis = Millis(0)
    venue_revision: Seq = Seq(0)
    next_tran_id: TranId = FIRST_TRAN_ID
    next_export_id: int = FIRST_EXPORT_ID
    clock: ClockSetting = ClockSetting()
    register: Register = field(default_factory=Register)
    books: Books = field(default_factory=Books)
    futures: FuturesAccounts = field(default_factory=FuturesAccounts)
    wallets: WalletSettingsBook = field(default_factory=WalletSettingsBook)
    listen_keys: ListenKeys = field(default_factory=dict)
    exports: Exports = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=Catalogue)
    markets: Markets = field(default_factory=dict)
    order_books: OrderBooks = field(default_factory=dict)
    triggers: TriggersBySymbol = field(default_factory=dict)
    orders: Orders = field(default_factory=Orders)
    deadlines: Deadlines = field(default_factory=Deadlines)
    answers: dict[str, KeptAnswer] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch, repr=False, compare=False)

    def spendable(self, uid: Uid, wallet: Wallet, asset: str) -> int:
        """What may leave a wallet: of the futures wallet `maxWithdrawAmount`, else all of it."""
        if wallet == UMFUTURE:
            account = self.futures.of(uid)
            return max_withdraw(self.catalogue, self.markets, self.books, account, uid, asset)
        return self.books.balance(uid, wallet, asset)

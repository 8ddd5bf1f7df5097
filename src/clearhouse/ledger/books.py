"""Balances of every ledger account: nothing but the sum of the postings so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from clearhouse.ledger.postings import Posting, balanced
from clearhouse.model.ids import Uid
from clearhouse.model.wallets import UMFUTURE, Wallet


class Slot(NamedTuple):
    """An asset in a wallet."""

    wallet: Wallet
    asset: str


class AssetTotal(NamedTuple):
    """One row of the trial balance: `total` is the sum over all owners and must be 0."""

    asset: str
    total: int
    accounts: int


Holdings = dict[tuple[Wallet, str], int]

_NOTHING: Holdings = {}


@dataclass(slots=True)
class Books:
    """Who holds what.

    `slots` holds each key once, so that a million accounts with USDT in spot share one
    tuple; a balance that returns to zero stays, because its wallet was used. `in_debt` counts
    the assets below zero in futures wallets, of accounts that have any; the holdings give it.
    """

    holdings: dict[Uid, Holdings] = field(default_factory=dict)
    slots: dict[Slot, Slot] = field(default_factory=dict)
    in_debt: dict[Uid, int] = field(default_factory=dict, compare=False)

    def post(self, postings: tuple[Posting, ...]) -> None:
        """Apply balanced postings. Applying never refuses: an imbalance stops the process."""
        assert balanced(postings)
        for posting in postings:
            held = self.holdings.get(posting.uid)
            if held is None:
                held = self.holdings[posting.uid] = {}
            key = (posting.wallet, posting.asset)  # a plain tuple equals its Slot and is cheaper
            units = held.get(key)
            if units is None:
                units, key = 0, self.slot(*key)
            held[key] = after = units + posting.units
            if (units < 0) is not (after < 0) and posting.wallet == UMFUTURE:
                self._count_debt(posting.uid, 1 if after < 0 else -1)

    def restore(self, uid: Uid, held: Holdings) -> None:
        """Take in what an owner held, from a snapshot."""
        self.holdings[uid] = {self.slot(*key): units for key, units in held.items()}
        owed = sum(units < 0 for (wallet, _), units in held.items() if wallet == UMFUTURE)
        if owed:
            self.in_debt[uid] = owed

    def _count_debt(self, uid: Uid, more: int) -> None:
        owed = self.in_debt.get(uid, 0) + more
        if owed:
            self.in_debt[uid] = owed
        else:
            del self.in_debt[uid]

    def slot(self, wallet: Wallet, asset: str) -> Slot:
        """The one shared key of an asset in a wallet."""
        slot = Slot(wallet, asset)
        return self.slots.setdefault(slot, slot)

    def balance(self, uid: Uid, wallet: Wallet, asset: str) -> int:
        """Units of an asset in a wallet; 0 where nothing was ever posted."""
        return self.holdings.get(uid, _NOTHING).get((wallet, asset), 0)

    def of(self, uid: Uid) -> Holdings:
        """Everything that an owner holds, in the order of first use. Not to be changed."""
        return self.holdings.get(uid, _NOTHING)

    def wallet(self, uid: Uid, wallet: Wallet) -> Iterator[tuple[str, int]]:
        """The assets of one wallet with their units."""
        for (of_wallet, asset), units in self.of(uid).items():
            if of_wallet == wallet:
                yield asset, units

    def trial_balance(self) -> list[AssetTotal]:
        """The sum of each asset over all owners, computed afresh, by asset name."""
        totals: dict[str, list[int]] = {}
        for held in self.holdings.values():
            for (_, asset), units in held.items():
                row = totals.setdefault(asset, [0, 0])
                row[0] += units
                row[1] += 1
        return [AssetTotal(asset, *totals[asset]) for asset in sorted(totals)]

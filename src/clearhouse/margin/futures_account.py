"""State of the futures accounts beyond their balances: modes, and when an asset last moved."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from clearhouse.ledger.postings import Posting
from clearhouse.messages.events import MultiAssetsModeSet, PositionModeSet
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.wallets import UMFUTURE

Moved = tuple[tuple[str, Millis], ...]
"""(asset, time) pairs: a tuple because most accounts hold one or two assets."""


@dataclass(slots=True)
class FuturesAccount:
    """Modes of one account, and the time at which each asset of its wallet last changed."""

    multi_assets: bool = False
    hedge: bool = False
    moved: Moved = ()

    def moved_at(self, asset: str) -> Millis:
        """When the balance of an asset last changed; 0 where it never did."""
        for name, at in self.moved:
            if name == asset:
                return at
        return Millis(0)


@dataclass(slots=True)
class FuturesAccounts:
    """Accounts that differ from a new one; the others share `UNTOUCHED`."""

    by_uid: dict[Uid, FuturesAccount] = field(default_factory=dict)

    def of(self, uid: Uid) -> FuturesAccount:
        """The state of an account, for reading only."""
        return self.by_uid.get(uid, UNTOUCHED)

    def opened(self, uid: Uid) -> FuturesAccount:
        """The state of an account, for changing."""
        account = self.by_uid.get(uid)
        if account is None:
            account = self.by_uid[uid] = FuturesAccount()
        return account


UNTOUCHED = FuturesAccount()


def apply_postings(accounts: FuturesAccounts, postings: Iterable[Posting], at: Millis) -> None:
    """Note when balances of futures wallets changed."""
    for posting in postings:
        if posting.wallet == UMFUTURE:
            account = accounts.opened(posting.uid)
            if len(account.moved) == 1 and account.moved[0][0] == posting.asset:
                account.moved = ((posting.asset, at),)
            else:
                account.moved = (*_others(account.moved, posting.asset), (posting.asset, at))


def apply_multi_assets_mode_set(accounts: FuturesAccounts, event: MultiAssetsModeSet) -> None:
    """Switch the asset mode."""
    accounts.opened(event.uid).multi_assets = event.on


def apply_position_mode_set(accounts: FuturesAccounts, event: PositionModeSet) -> None:
    """Switch the position mode."""
    accounts.opened(event.uid).hedge = event.hedge


def _others(moved: Moved, asset: str) -> Moved:
    return tuple(pair for pair in moved if pair[0] != asset)

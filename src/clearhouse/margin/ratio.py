"""How close an account is to liquidation (docs/internals/numbers.md, "Margin ratio").

Positions fall in pools: each isolated position alone, the cross positions of a margin asset
together, and in multi-assets mode all cross positions whose margin asset is collateral. A pool is
what supports it and what it must keep, two whole numbers of units: nothing is divided where
something is decided, so a ratio at the edge is on one side of it.
"""

from typing import NamedTuple

from clearhouse.ledger.books import Books
from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.margin.positions import (
    NOTHING_HELD,
    Held,
    SumsByAsset,
    all_held,
    sums_of,
)
from clearhouse.margin.summary import pool_of
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
from clearhouse.model.ids import Uid
from clearhouse.model.money import SCALE
from clearhouse.model.wallets import UMFUTURE


class Pool(NamedTuple):
    """What supports positions that fall together, and the margin that keeps them open.

    In units of the margin asset; of an account in multi-assets mode, in USD.
    """

    balance: int
    maint: int

    @property
    def triggers(self) -> bool:
        """Whether the positions are to be liquidated; asked only of a pool that has some.

        Margin balance ≤ maintenance margin: at the edge they fall.
        """
        return self.balance <= self.maint

    def reaches(self, rate: int) -> bool:
        """Whether the ratio is at least a rate in units of 1e-8; without a balance it always is."""
        return self.balance <= 0 or self.maint * SCALE >= rate * self.balance


def margin_ratio(pool: Pool) -> tuple[int, int]:
    """Numerator and denominator of the ratio; the denominator may be zero or negative."""
    return pool.maint, pool.balance


def cross_pool(
    catalogue: Catalogue,
    markets: Markets,
    books: Books,
    account: FuturesAccount,
    uid: Uid,
    asset: str,
) -> Pool:
    """The cross positions with their margin in an asset, which stands for itself."""
    return own_pool(books, uid, asset, sums_of(all_held(catalogue, markets, account)))


def account_pool(
    catalogue: Catalogue, markets: Markets, books: Books, account: FuturesAccount, uid: Uid
) -> Pool:
    """The cross positions of an account in multi-assets mode; what is no collateral is not in it.

    Positions with their margin in such an asset fall by themselves, as `cross_pool`.
    """
    return shared_pool(catalogue, books, uid, sums_of(all_held(catalogue, markets, account)))


def isolated(held: Held) -> Pool:
    """An isolated position."""
    return Pool(held.position.isolated_wallet + held.unrealized, held.maint)


def own_pool(books: Books, uid: Uid, asset: str, sums: SumsByAsset) -> Pool:
    """As `cross_pool`, where the sums are known."""
    of = sums.get(asset, NOTHING_HELD)
    wallet = books.balance(uid, UMFUTURE, asset) - of.isolated_wallets
    return Pool(wallet + of.cross_unrealized, of.cross_maint)


def shared_pool(catalogue: Catalogue, books: Books, uid: Uid, sums: SumsByAsset) -> Pool:
    """As `account_pool`, where the sums are known."""
    pool = pool_of(catalogue, dict(books.wallet(uid, UMFUTURE)), sums)
    return Pool(pool.equity, pool.maint)

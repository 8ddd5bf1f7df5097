"""Pools of margin: what stands and falls together (docs/internals/numbers.md, "Liquidation").

An isolated position is a pool of its own. Cross positions with the same margin asset share one,
and in multi-assets mode all cross positions of the account do. A pool is in trouble when its
margin balance is not above its maintenance margin, at the marks of this moment.
"""

from collections.abc import Iterator
from typing import NamedTuple

from clearhouse.margin.positions import (
    NOTHING_HELD,
    Held,
    all_held,
    isolated_wallets,
    sums_of,
)
from clearhouse.margin.summary import pool_of
from clearhouse.model.ids import Uid
from clearhouse.model.wallets import UMFUTURE
from clearhouse.trading.state import Trading


class Pool(NamedTuple):
    """A pool and what it comes to: of one asset, of all collateral (empty), or of one position.

    `balance` and `maint` in units of the asset, or of USD where the account shares its collateral.
    """

    uid: Uid
    asset: str
    held: tuple[Held, ...]
    balance: int
    maint: int

    @property
    def in_trouble(self) -> bool:
        """Whether it is to be liquidated."""
        return self.balance <= self.maint

    @property
    def name(self) -> tuple[str, str]:
        """What tells it from the account's other pools: see `MarginCalled`."""
        if self.isolated:
            return self.held[0].contract.symbol, self.held[0].side.value
        return self.asset, ""

    @property
    def isolated(self) -> bool:
        """Whether it is a position of its own."""
        return self.held[0].isolated


def pools_of(state: Trading, uid: Uid) -> Iterator[Pool]:
    """The pools of an account that hold a position: isolated ones first, then by margin asset."""
    account = state.futures.of(uid)
    every = all_held(state.catalogue, state.markets, account)
    is_open = [held for held in every if held.position.quantity]
    for held in is_open:
        if held.isolated:
            balance = held.position.isolated_wallet + held.unrealized
            yield Pool(uid, held.contract.margin_asset, (held,), balance, held.maint)
    cross = tuple(held for held in is_open if not held.isolated)
    if not cross:
        return
    if account.multi_assets:
        wallets = dict(state.books.wallet(uid, UMFUTURE))
        shared = pool_of(state.catalogue, wallets, sums_of(every))
        yield Pool(uid, "", cross, shared.equity, shared.maint)
        return
    sums = sums_of(every)
    for asset in dict.fromkeys(held.contract.margin_asset for held in cross):
        of = sums.get(asset, NOTHING_HELD)
        wallet = state.books.balance(uid, UMFUTURE, asset) - of.isolated_wallets
        own = tuple(one for one in cross if one.contract.margin_asset == asset)
        yield Pool(uid, asset, own, wallet + of.cross_unrealized, of.cross_maint)


def find_pool(state: Trading, pool: Pool) -> Pool | None:
    """The same pool as it is now; None where nothing of it is left."""
    return next((found for found in pools_of(state, pool.uid) if found.name == pool.name), None)


def balance_left(state: Trading, pool: Pool) -> int:
    """What a cross pool comes to now, also after its last position was closed.

    Wallets of isolated positions are no part of it; in multi-assets mode all collateral is.
    """
    found = find_pool(state, pool)
    if found is not None:
        return found.balance
    account = state.futures.of(pool.uid)
    if not pool.asset:
        sums = sums_of(all_held(state.catalogue, state.markets, account))
        return pool_of(state.catalogue, dict(state.books.wallet(pool.uid, UMFUTURE)), sums).equity
    assigned = isolated_wallets(state.catalogue, account, pool.asset)
    return state.books.balance(pool.uid, UMFUTURE, pool.asset) - assigned

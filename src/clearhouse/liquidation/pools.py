"""Pools of margin: what stands and falls together (docs/internals/numbers.md, "Liquidation").

An isolated position is a pool of its own. Cross positions with the same margin asset share one,
and in multi-assets mode all cross positions of the account do whose margin asset is collateral.
What a pool comes to at the marks of this moment is in `margin/ratio.py`.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from clearhouse.margin import ratio
from clearhouse.margin.futures_account import PoolName
from clearhouse.margin.positions import Held, all_held, isolated_wallets, sums_of
from clearhouse.margin.summary import rates_of
from clearhouse.model.ids import Uid
from clearhouse.model.money import SCALE
from clearhouse.model.wallets import UMFUTURE
from clearhouse.trading.state import Trading

CLOSE_PERCENT = 80
"""A margin ratio from here on is close."""


class Pool(NamedTuple):
    """A pool and what it comes to: of one asset, of all collateral (empty), or of one position.

    `figures` in units of the asset, or of USD where the account shares its collateral.
    """

    uid: Uid
    asset: str
    held: tuple[Held, ...]
    figures: ratio.Pool

    @property
    def balance(self) -> int:
        """What supports its positions, with their profit."""
        return self.figures.balance

    @property
    def maint(self) -> int:
        """The margin that keeps its positions open."""
        return self.figures.maint

    @property
    def in_trouble(self) -> bool:
        """Whether it is to be liquidated."""
        return self.figures.triggers

    @property
    def name(self) -> PoolName:
        """What tells it from the account's other pools: see `MarginCalled`."""
        if self.isolated:
            return self.held[0].contract.symbol, self.held[0].side.value
        return self.asset, ""

    @property
    def isolated(self) -> bool:
        """Whether it is a position of its own."""
        return self.held[0].isolated


def pools_of(state: Trading, uid: Uid) -> Iterator[Pool]:
    """The pools of an account that hold a position: isolated ones first, then by margin asset.

    Positions stand by the names of their symbols, whichever was traded first.
    """
    every = all_held(state.catalogue, state.markets, state.futures.of(uid))
    cross: dict[str, list[Held]] = {}
    for held in sorted((one for one in every if one.position.quantity), key=_place):
        if held.isolated:
            yield Pool(uid, held.contract.margin_asset, (held,), ratio.isolated(held))
        else:
            cross.setdefault(_shared(state, uid, held.contract.margin_asset), []).append(held)
    sums = sums_of(every)
    for asset, own in cross.items():
        figures = (
            ratio.own_pool(state.books, uid, asset, sums)
            if asset
            else ratio.shared_pool(state.catalogue, state.books, uid, sums)
        )
        yield Pool(uid, asset, tuple(own), figures)


def _shared(state: Trading, uid: Uid, asset: str) -> str:
    """Which pool cross positions of a margin asset are in: its own, or that of all collateral."""
    shared = state.futures.of(uid).multi_assets and rates_of(state.catalogue, asset)
    return "" if shared else asset


def _place(held: Held) -> tuple[str, str]:
    return held.contract.symbol, held.side


def is_quiet(pool: Pool, called: Collection[PoolName]) -> bool:
    """Whether a look at it does nothing: it is to be told of nothing, or was told already."""
    return is_quiet_at(pool.figures, called=pool.name in called)


def is_quiet_at(figures: ratio.Pool, *, called: bool) -> bool:
    """As `is_quiet`, of what a pool comes to."""
    return not figures.triggers and is_close(figures) == called


def is_close(figures: ratio.Pool) -> bool:
    """Whether an account is to be warned of a pool that comes to this."""
    return figures.reaches(CLOSE_PERCENT * SCALE // 100)


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
        return ratio.account_pool(
            state.catalogue, state.markets, state.books, account, pool.uid
        ).balance
    assigned = isolated_wallets(state.catalogue, account, pool.asset)
    return state.books.balance(pool.uid, UMFUTURE, pool.asset) - assigned

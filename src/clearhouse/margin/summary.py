"""The numbers of a futures account, from its balances, positions, orders, modes and prices.

Every amount is in units of 1e-8 and cut toward zero. Sections of docs/internals/numbers.md:
"Single-asset mode", "Multi-assets mode", "Liquidation price". An account that holds nothing open
takes the short way: its rows are its balances.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from clearhouse.ledger.books import Books, Holdings
from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.margin.liquidation_price import Support
from clearhouse.margin.positions import (
    NOTHING_HELD,
    Held,
    Sums,
    SumsByAsset,
    all_held,
    sums_of,
)
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
from clearhouse.messages.queries import AccountTotals, AssetView
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import divide_toward_zero, multiply_toward_zero
from clearhouse.model.wallets import UMFUTURE

TOTALS_ASSET = "USDT"
"""In single-asset mode the account totals are those of this asset alone."""

NO_TOTALS = AccountTotals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


class AccountFigures(NamedTuple):
    """A futures account."""

    totals: AccountTotals
    assets: tuple[AssetView, ...]


class Rates(NamedTuple):
    """USD per unit of an asset: of what is owned, and of what is owed or required."""

    bid: int
    ask: int


class Pool(NamedTuple):
    """What all collateral counts for in multi-assets mode, in USD.

    The totals of "Multi-assets mode"; `margin` and `order_margin` make up `initial`.
    """

    wallet: int = 0
    unrealized: int = 0
    equity: int = 0
    margin: int = 0
    order_margin: int = 0
    initial: int = 0
    maint: int = 0

    @property
    def free(self) -> int:
        """What is left for new positions and orders; negative where something lacks.

        `available` of "Multi-assets mode", not cut off at zero.
        """
        return self.equity - self.initial

    @property
    def withdrawable(self) -> int:
        """What may leave: `withdrawable` of "Multi-assets mode"."""
        return max(0, min(self.wallet - self.maint, self.equity - self.initial))


def account_figures(
    catalogue: Catalogue,
    books: Books,
    account: FuturesAccount,
    uid: Uid,
    sums: SumsByAsset,
) -> AccountFigures:
    """All numbers of one account but those of its positions; `sums` are those of its positions."""
    held = books.of(uid)
    if not account.multi_assets:
        return _single_asset(catalogue, account, held, sums)
    wallet = {name: held.get(slot, 0) for name, slot, _ in catalogue.futures_assets}
    pool = pool_of(catalogue, wallet, sums)
    rows = tuple(_shared_rows(catalogue, account, wallet, sums, pool))
    free = max(0, pool.free)
    totals = AccountTotals(
        pool.initial,
        pool.maint,
        pool.wallet,
        pool.unrealized,
        pool.equity,
        pool.margin,
        pool.order_margin,
        pool.wallet,
        pool.unrealized,
        free,
        pool.withdrawable,
    )
    return AccountFigures(totals, rows)


def available_balance(
    catalogue: Catalogue,
    markets: Markets,
    books: Books,
    account: FuturesAccount,
    uid: Uid,
    asset: str,
) -> int:
    """`availableBalance` of an asset, not cut off at zero: what it lacks is negative."""
    sums = sums_of(all_held(catalogue, markets, account))
    return free_balance(catalogue, books, account, uid, sums, asset)


def free_balance(
    catalogue: Catalogue,
    books: Books,
    account: FuturesAccount,
    uid: Uid,
    sums: SumsByAsset,
    asset: str,
) -> int:
    """As `available_balance`, where the sums are known.

    "Single-asset mode", or the share of the pool in "Multi-assets mode".
    """
    rates = rates_of(catalogue, asset) if account.multi_assets else None
    if rates is None:
        return sums.get(asset, NOTHING_HELD).free(books.balance(uid, UMFUTURE, asset))
    pool = pool_of(catalogue, dict(books.wallet(uid, UMFUTURE)), sums)
    return divide_toward_zero(pool.free, rates.ask)


def max_withdraw(
    catalogue: Catalogue,
    markets: Markets,
    books: Books,
    account: FuturesAccount,
    uid: Uid,
    asset: str,
) -> int:
    """What may leave the futures wallet: `maxWithdrawAmount` of the asset."""
    balance = books.balance(uid, UMFUTURE, asset)
    sums = sums_of(all_held(catalogue, markets, account))
    rates = rates_of(catalogue, asset) if account.multi_assets else None
    if rates is None:
        return _withdrawable_alone(balance, sums.get(asset, NOTHING_HELD))
    pool = pool_of(catalogue, dict(books.wallet(uid, UMFUTURE)), sums)
    return _withdrawable(balance, pool.withdrawable, rates)


def support_of(
    catalogue: Catalogue,
    books: Books,
    account: FuturesAccount,
    uid: Uid,
    sums: SumsByAsset,
    together: list[Held],
) -> Support:
    """What supports positions of one symbol that fall together, besides their own profit.

    The names that the formulas of "Liquidation price" read.
    """
    first = together[0]
    if first.isolated:
        return Support(first.position.isolated_wallet)
    asset = first.contract.margin_asset
    total = sums[asset]
    wallet = books.balance(uid, UMFUTURE, asset) - total.isolated_wallets + total.cross_unrealized
    wallet -= sum(one.unrealized for one in together)
    pledged = total.cross_maint - sum(one.maint for one in together)
    rates = rates_of(catalogue, asset) if account.multi_assets else None
    if rates is None:
        return Support(wallet, pledged)
    others = {name: units for name, units in books.wallet(uid, UMFUTURE) if name != asset}
    pool = pool_of(catalogue, others, {name: one for name, one in sums.items() if name != asset})
    return Support(wallet, pledged, pool.equity - pool.maint, rates.bid, rates.ask)


def rates_of(catalogue: Catalogue, asset: str) -> Rates | None:
    """Bid and ask rate of an asset at its index price; None where it is no collateral.

    "Multi-assets mode".
    """
    collateral = catalogue.assets[asset].collateral
    if collateral is None:
        return None
    index = catalogue.indices[asset]
    return Rates(collateral.bid_rate(index), collateral.ask_rate(index))


def usd_value(units: int, rates: Rates) -> int:
    """USD that a balance counts for: positive at the bid rate, negative at the ask rate.

    "Multi-assets mode".
    """
    return multiply_toward_zero(units, rates.bid if units >= 0 else rates.ask)


def pool_of(catalogue: Catalogue, wallet: Mapping[str, int], sums: SumsByAsset) -> Pool:
    """USD that the collateral counts for; an asset that is no collateral counts nothing.

    The totals of "Multi-assets mode".
    """
    value = profit = equity = margin = order_margin = initial = maint = 0
    for name, units in _balances(wallet, sums):
        of = sums.get(name)
        rates = rates_of(catalogue, name) if units or of else None
        if rates is None:
            continue
        value += usd_value(units, rates)
        if of is None:
            equity += usd_value(units, rates)
            continue
        profit += usd_value(of.cross_unrealized, rates)
        equity += usd_value(units + of.cross_unrealized, rates)
        margin += multiply_toward_zero(of.margin, rates.ask)
        order_margin += multiply_toward_zero(of.order_margin, rates.ask)
        initial += multiply_toward_zero(of.initial, rates.ask)
        maint += multiply_toward_zero(of.maint, rates.ask)
    return Pool(value, profit, equity, margin, order_margin, initial, maint)


def _balances(wallet: Mapping[str, int], sums: SumsByAsset) -> Iterable[tuple[str, int]]:
    """Balances, also of assets that something is held in but nothing is left of."""
    missing = [(name, 0) for name in sums if name not in wallet]
    return (*wallet.items(), *missing) if missing else wallet.items()


def _single_asset(
    catalogue: Catalogue, account: FuturesAccount, held: Holdings, sums: SumsByAsset
) -> AccountFigures:
    rows = []
    totals = NO_TOTALS
    for name, slot, untouched in catalogue.futures_assets:
        units, of = held.get(slot), sums.get(name)
        if units is None and of is None:
            rows.append(untouched)
            continue
        row = _own_row(untouched, units or 0, of, account.moved_at(name))
        rows.append(row)
        if name == TOTALS_ASSET:
            totals = _totals(row)
    return AccountFigures(totals, tuple(rows))


def _own_row(untouched: AssetView, units: int, sums: Sums | None, moved: Millis) -> AssetView:
    """The row of an asset that stands for itself ("Single-asset mode")."""
    if sums is None:
        free = max(0, units)
        return AssetView(untouched.asset, units, free, free, untouched.margin_available, moved)
    free, leaves = max(0, sums.free(units)), _withdrawable_alone(units, sums)
    return _row(untouched, units, sums, free, leaves, moved)


def _withdrawable_alone(units: int, sums: Sums) -> int:
    """`maxWithdrawAmount` of "Single-asset mode"."""
    return max(0, min(sums.spare(units), sums.free(units)))


def _row(
    untouched: AssetView, units: int, sums: Sums, available: int, withdrawable: int, moved: Millis
) -> AssetView:
    return AssetView(
        untouched.asset,
        units,
        available,
        withdrawable,
        untouched.margin_available,
        moved,
        sums.isolated_wallets,
        sums.unrealized,
        sums.cross_unrealized,
        sums.margin,
        sums.order_margin,
        sums.maint,
    )


def _totals(row: AssetView) -> AccountTotals:
    """The totals of "Single-asset mode": those of one asset."""
    return AccountTotals(
        row.position_margin + row.order_margin,
        row.maint_margin,
        row.wallet_balance,
        row.unrealized,
        row.wallet_balance + row.unrealized,
        row.position_margin,
        row.order_margin,
        row.wallet_balance - row.isolated_wallets,
        row.cross_unrealized,
        row.available_balance,
        row.max_withdraw,
    )


def _shared_rows(
    catalogue: Catalogue,
    account: FuturesAccount,
    wallet: Mapping[str, int],
    sums: SumsByAsset,
    pool: Pool,
) -> Iterator[AssetView]:
    """Each collateral asset may use the whole pool; any other asset only itself.

    "Multi-assets mode".
    """
    free, leaves = max(0, pool.free), pool.withdrawable
    for name, _, untouched in catalogue.futures_assets:
        units, rates, moved = wallet[name], rates_of(catalogue, name), account.moved_at(name)
        if rates is None:
            yield _own_row(untouched, units, sums.get(name), moved)
            continue
        available = divide_toward_zero(free, rates.ask)
        withdrawable = _withdrawable(units, leaves, rates)
        of = sums.get(name, NOTHING_HELD)
        yield _row(untouched, units, of, available, withdrawable, moved)


def _withdrawable(units: int, pool: int, rates: Rates) -> int:
    """`maxWithdrawAmount` of "Multi-assets mode"."""
    if rates.bid == 0:  # an index price of a few 1e-8 USD: it supports nothing and may leave
        return max(0, units)
    return max(0, min(units, divide_toward_zero(pool, rates.bid)))

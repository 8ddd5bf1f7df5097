"""The numbers of a futures account, from its balances, its modes and the index prices.

Every amount is in units of 1e-8 and cut toward zero. Formulas: docs/internals/numbers.md,
"Single-asset mode" and "Multi-assets mode". Accounts have no positions yet, so profit and
margin requirements are zero here and in every answer.
"""

from collections.abc import Iterator
from typing import NamedTuple

from clearhouse.ledger.books import Books, Holdings
from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.margin.sums import NOTHING_OPEN, Sums, sums_of
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
from clearhouse.messages.queries import AssetView
from clearhouse.model.ids import Uid
from clearhouse.model.money import divide_toward_zero, multiply_toward_zero
from clearhouse.model.wallets import UMFUTURE

TOTALS_ASSET = "USDT"
"""In single-asset mode the account totals are those of this asset alone."""


class AccountTotals(NamedTuple):
    """Totals: of USDT in single-asset mode, in USD over all collateral in multi-assets mode."""

    wallet_balance: int
    margin_balance: int
    available_balance: int
    max_withdraw: int


class AccountFigures(NamedTuple):
    """A futures account."""

    totals: AccountTotals
    assets: tuple[AssetView, ...]


class Rates(NamedTuple):
    """USD per unit of an asset: of what is owned, and of what is owed or required."""

    bid: int
    ask: int


def account_figures(
    catalogue: Catalogue, books: Books, account: FuturesAccount, uid: Uid
) -> AccountFigures:
    """All numbers of one account."""
    held = books.of(uid)
    if not account.multi_assets:
        return _single_asset(catalogue, account, held)
    wallet = {name: held.get(slot, 0) for name, slot, _ in catalogue.futures_assets}
    return _multi_assets(catalogue, account, wallet)


def available_balance(
    catalogue: Catalogue,
    markets: Markets,
    books: Books,
    account: FuturesAccount,
    uid: Uid,
    asset: str,
) -> int:
    """`availableBalance` of an asset, not cut off at zero: what it lacks is negative."""
    sums = sums_of(catalogue, markets, account)
    rates = rates_of(catalogue, asset) if account.multi_assets else None
    if rates is None:
        return sums.get(asset, NOTHING_OPEN).free(books.balance(uid, UMFUTURE, asset))
    pool = _free_pool(catalogue, dict(books.wallet(uid, UMFUTURE)), sums)
    return divide_toward_zero(pool, rates.ask)


def _free_pool(catalogue: Catalogue, wallet: dict[str, int], sums: dict[str, Sums]) -> int:
    """USD that all collateral leaves for new positions, or (negative) lacks."""
    total = 0
    for name in {**wallet, **sums}:
        rates = rates_of(catalogue, name)
        if rates is not None:
            of = sums.get(name, NOTHING_OPEN)
            total += usd_value(wallet.get(name, 0) + of.cross_unrealized, rates)
            total -= multiply_toward_zero(of.initial, rates.ask)
    return total


def max_withdraw(
    catalogue: Catalogue, books: Books, account: FuturesAccount, uid: Uid, asset: str
) -> int:
    """What may leave the futures wallet: `maxWithdrawAmount` of the asset."""
    balance = books.balance(uid, UMFUTURE, asset)
    if not account.multi_assets:
        return max(0, balance)
    rates = rates_of(catalogue, asset)
    if rates is None:
        return max(0, balance)
    pool = max(0, _equity(catalogue, dict(books.wallet(uid, UMFUTURE))))
    return _withdrawable(balance, pool, rates)


def rates_of(catalogue: Catalogue, asset: str) -> Rates | None:
    """Bid and ask rate of an asset at its index price; None where it is no collateral."""
    collateral = catalogue.assets[asset].collateral
    if collateral is None:
        return None
    index = catalogue.indices[asset]
    return Rates(collateral.bid_rate(index), collateral.ask_rate(index))


def usd_value(units: int, rates: Rates) -> int:
    """USD that a balance counts for: positive at the bid rate, negative at the ask rate."""
    return multiply_toward_zero(units, rates.bid if units >= 0 else rates.ask)


def _single_asset(catalogue: Catalogue, account: FuturesAccount, held: Holdings) -> AccountFigures:
    rows = []
    totals = AccountTotals(0, 0, 0, 0)
    for name, slot, untouched in catalogue.futures_assets:
        units = held.get(slot)
        if units is None:
            rows.append(untouched)
            continue
        free = max(0, units)
        moved = account.moved_at(name)
        rows.append(AssetView(name, units, free, free, untouched.margin_available, moved))
        if name == TOTALS_ASSET:
            totals = AccountTotals(units, units, free, free)
    return AccountFigures(totals, tuple(rows))


def _multi_assets(
    catalogue: Catalogue, account: FuturesAccount, wallet: dict[str, int]
) -> AccountFigures:
    equity = _equity(catalogue, wallet)
    pool = max(0, equity)
    rows = tuple(_shared_rows(catalogue, account, wallet, pool))
    return AccountFigures(AccountTotals(equity, equity, pool, pool), rows)


def _equity(catalogue: Catalogue, wallet: dict[str, int]) -> int:
    """USD that the collateral counts for; an asset that is no collateral counts nothing."""
    total = 0
    for name, units in wallet.items():
        rates = rates_of(catalogue, name) if units else None
        if rates is not None:
            total += usd_value(units, rates)
    return total


def _shared_rows(
    catalogue: Catalogue, account: FuturesAccount, wallet: dict[str, int], pool: int
) -> Iterator[AssetView]:
    """Each collateral asset may use the whole pool; any other asset only itself."""
    for name, units in wallet.items():
        rates = rates_of(catalogue, name)
        moved = account.moved_at(name)
        if rates is None:
            free = max(0, units)
            yield AssetView(name, units, free, free, False, moved)
            continue
        available = divide_toward_zero(pool, rates.ask)
        withdrawable = _withdrawable(units, pool, rates)
        yield AssetView(name, units, available, withdrawable, True, moved)


def _withdrawable(units: int, pool: int, rates: Rates) -> int:
    if rates.bid == 0:  # an index price of a few 1e-8 USD: it supports nothing and may leave
        return max(0, units)
    return max(0, min(units, divide_toward_zero(pool, rates.bid)))

"""What an account in multi-assets mode owes, and what is sold for it.

A loss, a fee or funding may take a wallet below zero as long as other collateral supports the
account. Past a point the venue sells of that collateral to make the debt good: docs/internals/
numbers.md, "Auto-exchange".
"""

from collections.abc import Iterator
from typing import NamedTuple

from clearhouse.ledger.books import Books
from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.market.catalogue import Catalogue
from clearhouse.model.ids import Uid
from clearhouse.model.instruments import Collateral
from clearhouse.model.money import SCALE, parse_units
from clearhouse.model.wallets import UMFUTURE

HIGHEST_LOAN = 99_500_000
"""The loan to value, in units of 1e-8, from which an account with nothing open is exchanged."""


RELAXED_TIER = 2
RELAXED = frozenset({"USDT", "USDC"})
"""From VIP 2 on twice as much may be owed of these: 10,000 in place of 5,000."""


class Sale(NamedTuple):
    """`gained` of an asset for the (asset, units) in `sold`."""

    asset: str
    gained: int
    sold: tuple[tuple[str, int], ...]


class Owned(NamedTuple):
    """A balance of a collateral asset; `price` is its index price."""

    asset: str
    units: int
    price: int
    collateral: Collateral

    @property
    def value(self) -> int:
        """USD at the rate of the auto-exchange, exact: units of 1e-16; a debt is negative."""
        rules, price = self.collateral, self.price
        if self.units >= 0:
            return self.units * rules.auto_exchange_bid_rate(price)
        return self.units * rules.auto_exchange_ask_rate(price)


def owed(catalogue: Catalogue, books: Books, account: FuturesAccount, uid: Uid) -> tuple[str, ...]:
    """The assets that must be made good now, in listing order.

    Those at their threshold or below it; all that are below zero where nothing is open and the
    collateral is no longer worth more than the debts.
    """
    if not account.multi_assets:
        return ()
    owned = tuple(_owned(catalogue, books, uid))
    debts = [one for one in owned if one.units < 0]
    if not debts:
        return ()
    if not _is_open(account) and is_lent_out(owned):
        return tuple(one.asset for one in debts)
    tier = account.fees.tier
    return tuple(one.asset for one in debts if _past_threshold(one, tier))


def debts(catalogue: Catalogue, books: Books, account: FuturesAccount, uid: Uid) -> tuple[str, ...]:
    """All assets below zero that can be made good, in listing order."""
    if not account.multi_assets:
        return ()
    return tuple(one.asset for one in _owned(catalogue, books, uid) if one.units < 0)


def sale(catalogue: Catalogue, books: Books, uid: Uid, asset: str) -> Sale | None:
    """What is sold to make an asset good; None where there is nothing to sell.

    Of every other collateral the same share, cut toward zero: the debt at the index price, by
    what all of it brings. Where it does not bring enough all of it goes, and a debt stays.
    """
    debt = -books.balance(uid, UMFUTURE, asset)
    owned = [one for one in _owned(catalogue, books, uid) if one.value > 0]
    worth, index = sum(one.value for one in owned), catalogue.indices[asset]
    needed = debt * index
    if needed < worth:
        shares = [(one.asset, one.units * needed // worth) for one in owned]
    else:
        debt = worth // index
        shares = [(one.asset, one.units) for one in owned]
    sold = tuple((name, units) for name, units in shares if units)
    return Sale(asset, debt, sold) if sold and debt else None


def is_lent_out(owned: tuple[Owned, ...]) -> bool:
    """Whether debts are 99.5% or more of what the other balances would bring."""
    loan = -sum(one.value for one in owned if one.units < 0)
    worth = sum(one.value for one in owned if one.units > 0)
    return loan * SCALE >= HIGHEST_LOAN * worth


def _owned(catalogue: Catalogue, books: Books, uid: Uid) -> Iterator[Owned]:
    held = books.of(uid)
    for name, slot, _ in catalogue.futures_assets:
        units, collateral = held.get(slot, 0), catalogue.assets[name].collateral
        if units and collateral is not None:
            yield Owned(name, units, catalogue.indices[name], collateral)


def _past_threshold(owned: Owned, tier: int) -> bool:
    threshold = owned.collateral.auto_exchange_threshold
    if threshold is None:
        return False
    allowed = parse_units(threshold.removeprefix("-"))
    if tier >= RELAXED_TIER and owned.asset in RELAXED:
        allowed *= 2
    return owned.units <= -allowed


def _is_open(account: FuturesAccount) -> bool:
    return any(one.has_orders or one.has_position for one in account.exposures.values())

"""What a number of an account is: its meaning, and what it follows from.

A quantity is *derived* by a formula (`margin/formulas.py`) from quantities of its own place, of
the account, or of what is one level below; or it is *given*: read from the books, the settings or
the catalogue. The tables are in `margin/quantities.py` and `margin/risk_quantities.py`.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from clearhouse.ledger.books import Books
from clearhouse.margin.exposure import Exposure, OpenValue
from clearhouse.margin.futures_account import FuturesAccount, FuturesAccounts
from clearhouse.margin.requirements import NO_ORDERS, bracket_of
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
from clearhouse.messages.queries import Place, SymbolSetting
from clearhouse.model.ids import Uid
from clearhouse.model.instruments import Bracket, Collateral, Contract
from clearhouse.model.money import (
    SCALE,
    fixed8,
    multiply_toward_zero,
    price_text,
    size_text,
    trimmed,
)
from clearhouse.model.orders import Position, PositionSide

BALANCES, POSITIONS, SETTINGS = "Balances", "Positions", "Settings"
ORDERS, ISOLATED = "Open orders", "Isolated margin"
SINGLE, MULTI = "Single-asset mode", "Multi-assets mode"
"""Sections of docs/internals/numbers.md."""

Value = str | int | bool


class Scope(StrEnum):
    """What has the quantity: the account, one asset of it, or one position of it."""

    ACCOUNT = "account"
    ASSET = "asset"
    POSITION = "position"


class Account(NamedTuple):
    """Everything that is read. `sides`: those of the account's positions.

    `everybody`: all accounts, for a place in the queue of deleveraging.
    """

    catalogue: Catalogue
    markets: Markets
    books: Books
    settings: FuturesAccount
    uid: Uid
    sides: tuple[str, ...]
    everybody: FuturesAccounts


class Formula(NamedTuple):
    """A formula and the section that it stands in."""

    text: str
    section: str


class Derived(NamedTuple):
    """Follows by a formula; `single` also holds in multi-assets mode for what is no collateral.

    `nothing`: what it means that no term of a sum counts.
    """

    single: Formula
    multi: Formula
    nothing: str = "every term is zero"


class Given(NamedTuple):
    """Read from the account. `source`: where it comes from; `inputs`: what decides it.

    `elsewhere`: inputs that are of another place, or of another one from case to case.
    """

    read: Callable[[Account, Place], Value]
    source: str
    section: str
    inputs: tuple[str, ...] = ()
    elsewhere: Callable[[Account, Place], tuple[tuple[str, Place], ...]] = lambda *_: ()


Form = Callable[[int, Account, Place], str]


def fixed(units: int, _account: Account, _place: Place) -> str:
    """Eight decimals."""
    return fixed8(units)


def short(units: int, _account: Account, _place: Place) -> str:
    """The significant digits."""
    return trimmed(units)


def as_price(units: int, _account: Account, _place: Place) -> str:
    """As prices of entry are printed."""
    return price_text(units)


def as_size(units: int, account: Account, place: Place) -> str:
    """With the decimals of the symbol."""
    return size_text(units, contract_of(account, place).quantity_precision)


class Quantity(NamedTuple):
    """A row of the table. `form`: how an amount is printed; None where it is no amount."""

    name: str
    meaning: str
    origin: Derived | Given
    form: Form | None = fixed


def plain(
    name: str,
    meaning: str,
    source: str,
    read: Callable[[Account, Place], Value],
    section: str = SETTINGS,
    inputs: tuple[str, ...] = (),
) -> Quantity:
    """What is no amount."""
    return Quantity(name, meaning, Given(read, source, section, inputs), None)


def always(text: str, section: str) -> Derived:
    """One formula in both asset modes."""
    return Derived(Formula(text, section), Formula(text, section))


def by_mode(single: str, multi: str) -> Derived:
    """A formula for each asset mode."""
    return Derived(Formula(single, SINGLE), Formula(multi, MULTI))


def over_positions(term: str) -> Derived:
    """A sum over the positions that have their margin in an asset."""
    formula = Formula(f"Σ({term})", POSITIONS)
    return Derived(formula, formula, "nothing open with its margin in {asset} adds to it")


def asset_rule(read: Callable[[Collateral], int]) -> Given:
    """A parameter of a collateral asset."""

    def of(account: Account, place: Place) -> int:
        found = account.catalogue.assets[place.asset].collateral
        assert found is not None, "only multi-assets mode reads it, and only of collateral"
        return read(found)

    return Given(of, "the collateral parameters that {asset} is listed with", MULTI)


def contract_of(account: Account, place: Place) -> Contract:
    """The contract of a position."""
    return account.catalogue.contracts[place.symbol]


def setting_in(account: Account, place: Place) -> SymbolSetting:
    """Leverage and margin type of a position's symbol."""
    return account.settings.setting(contract_of(account, place))


def max_notional(account: Account, place: Place) -> str:
    """The largest value that a position may have."""
    leverage = setting_in(account, place).leverage
    return trimmed(contract_of(account, place).max_notional(leverage))


def brackets_of(account: Account, place: Place) -> str:
    """The leverage tiers in words."""
    tiers = contract_of(account, place).brackets
    return ", ".join(f"{b.initial_leverage}x to {trimmed(b.notional_cap)}" for b in tiers)


def is_held(account: Account, place: Place) -> bool:
    """Whether a position is open or has open orders that may open."""
    orders = orders_of(account, place)
    return bool(position_of(account, place).quantity or orders.bids or orders.asks)


def _exposure(account: Account, place: Place) -> Exposure:
    return account.settings.exposure(place.symbol)


def position_of(account: Account, place: Place) -> Position:
    """A position; a flat one where there never was any."""
    return _exposure(account, place).position(PositionSide(place.side))


def orders_of(account: Account, place: Place) -> OpenValue:
    """The value of the open orders around a position."""
    return _exposure(account, place).open.get(PositionSide(place.side), NO_ORDERS)


def mark_of(account: Account, place: Place) -> int:
    """The mark of a position's symbol."""
    return account.markets[place.symbol].mark


def _tier(account: Account, place: Place) -> Bracket:
    value = multiply_toward_zero(position_of(account, place).quantity, mark_of(account, place))
    return bracket_of(contract_of(account, place), value)


def of_position(read: Callable[[Position], int], source: str, section: str = POSITIONS) -> Given:
    """A number of a position."""
    return Given(lambda account, place: read(position_of(account, place)), source, section)


def of_orders(read: Callable[[OpenValue], int], side: str) -> Given:
    """The value of open orders of a side."""
    return Given(
        lambda account, place: read(orders_of(account, place)) // SCALE,
        f"Σ remaining quantity · price of the open {side} orders that may open",
        ORDERS,
    )


def of_tier(read: Callable[[Bracket], int]) -> Given:
    """A number of the tier that a position is in."""
    return Given(
        lambda account, place: read(_tier(account, place)),
        "the tier of the brackets that the notional is in",
        POSITIONS,
        ("notional", "brackets"),
    )

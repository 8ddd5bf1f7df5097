"""What a number of an account follows from, down to what is given.

The formulas of the table (`margin/quantities.py`) are evaluated as they are printed, and what an
evaluation reads becomes the inputs of its explanation: it cannot name an input that does not
count, nor leave one out. Answers are not computed this way (`margin/summary.py` is made to be
fast), so explaining them checks them: a property test requires the same text in every field.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Self

import msgspec

from clearhouse.margin.formulas import Number, evaluate
from clearhouse.margin.quantities import FIELDS, QUANTITIES, scope_of
from clearhouse.margin.quantity import Account, Derived, Given, Quantity, Value, is_held
from clearhouse.margin.risk_quantities import RISK, falling
from clearhouse.messages.queries import ExplainAccount, Explained, Place
from clearhouse.messages.rejections import Reason, Rejected

WHOLE = Place()
"""The account itself."""


class Known(NamedTuple):
    """A quantity that was worked out; an amount in units."""

    value: Value
    explained: Explained


class Workings:
    """The quantities of one account that were worked out so far."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._known: dict[tuple[str, Place], Known] = {}

    def known(self, name: str, place: Place) -> Known:
        """A quantity of a place; a name that the place does not have is the account's."""
        key = name, place if (scope_of(place), name) in QUANTITIES else WHOLE
        if key not in self._known:
            self._known[key] = self._work_out(*key)
        return self._known[key]

    def _work_out(self, name: str, place: Place) -> Known:
        quantity = QUANTITIES[scope_of(place), name]
        match quantity.origin:
            case Given() as given:
                return self._given(quantity, given, place)
            case Derived() as derived:
                return self._derived(quantity, derived, place)

    def _given(self, quantity: Quantity, given: Given, place: Place) -> Known:
        value = given.read(self.account, place)
        explained = Explained(
            name=quantity.name,
            place=place,
            value=self._printed(quantity, value, place),
            section=given.section,
            source=given.source.format(**place._asdict()),
            inputs=tuple(
                self.known(name, where).explained
                for name, where in (
                    *((name, place) for name in given.inputs),
                    *given.elsewhere(self.account, place),
                )
            ),
        )
        return Known(value, explained)

    def _derived(self, quantity: Quantity, derived: Derived, place: Place) -> Known:
        formula = derived.multi if _shares(self.account, place) else derived.single
        reading = Reading(self, place)
        value = evaluate(formula.text, reading)
        explained = Explained(
            name=quantity.name,
            place=place,
            value=self._printed(quantity, value, place),
            section=formula.section,
            formula=formula.text,
            source="" if reading.inputs else derived.nothing.format(**place._asdict()),
            inputs=tuple(reading.inputs.values()),
        )
        return Known(value, explained)

    def _printed(self, quantity: Quantity, value: Value, place: Place) -> Value:
        if quantity.form is None:
            return value
        assert isinstance(value, int)
        return quantity.form(value, self.account, place)


class Reading:
    """The names of a formula in a place, with everything that was read for it."""

    def __init__(self, workings: Workings, place: Place) -> None:
        self._workings = workings
        self._place = place
        self.inputs: dict[tuple[str, Place], Explained] = {}

    def read(self, name: str) -> int:
        """The quantity of a name."""
        value, explained = self._workings.known(name, self._place)
        assert isinstance(value, int)
        self.inputs[name, explained.place] = explained
        return value

    def of(self, asset: str) -> Self:
        """The names of an asset; what they are read for is this formula."""
        other = type(self)(self._workings, Place(asset=asset))
        other.inputs = self.inputs
        return other

    def total(self, term: Callable[[Self], Number]) -> Number:
        """A term, added up; what makes a term zero is no input worth showing."""
        total: Number = 0
        for place in below(self._workings.account, self._place):
            reading = type(self)(self._workings, place)
            value = term(reading)
            total += value
            if value:
                self.inputs |= reading.inputs
        return total


def explain(account: Account, asked: ExplainAccount) -> tuple[Explained, ...]:
    """Explanations of one field, or of all fields of rows, each with its direct inputs alone.

    Refuses an asset without a row in the futures account, and a symbol that is not listed.
    """
    workings = Workings(account)
    if asked.field:
        return tuple(workings.known(asked.field, p).explained for p in _places(account, asked))
    return tuple(
        _shallow(workings.known(row.name, place).explained)
        for place in _places(account, asked)
        for row in (*FIELDS[scope_of(place)], *RISK[scope_of(place)])
    )


def below(account: Account, place: Place) -> tuple[Place, ...]:
    """What Σ adds up.

    The collateral of an account, what is open with its margin in an asset, and the positions that
    fall together with one.
    """
    if place.symbol:
        return tuple(Place(symbol=place.symbol, side=one.side) for one in falling(account, place))
    if place.asset:
        return tuple(_open(account, place.asset))
    names = (row.name for row in account.catalogue.futures_assets)
    return tuple(p for p in (Place(asset=name) for name in names) if _shares(account, p))


def _open(account: Account, asset: str) -> Iterator[Place]:
    """Positions that are open or have open orders."""
    for symbol in account.settings.exposures:
        if account.catalogue.contracts[symbol].margin_asset == asset:
            for side in account.sides:
                if is_held(account, Place(symbol=symbol, side=side)):
                    yield Place(symbol=symbol, side=side)


def _shares(account: Account, place: Place) -> bool:
    """Whether the rules of multi-assets mode hold: not for an asset that is no collateral."""
    if not account.settings.multi_assets:
        return False
    listed, asset = account.catalogue, place.asset
    if place.symbol:
        asset = listed.contracts[place.symbol].margin_asset
    return not asset or listed.assets[asset].collateral is not None


def _places(account: Account, asked: ExplainAccount) -> tuple[Place, ...]:
    if asked.symbol:
        contract = account.catalogue.contract(asked.symbol)
        return tuple(Place(symbol=contract.symbol, side=side) for side in account.sides)
    if asked.asset:
        if asked.asset not in [row.name for row in account.catalogue.futures_assets]:
            detail = f"{asked.asset} is no asset of the futures account"
            raise Rejected(Reason.UNKNOWN_ASSET, detail)
        return (Place(asset=asked.asset),)
    return (WHOLE,) if asked.field else (WHOLE, *_moved(account))


def _moved(account: Account) -> Iterator[Place]:
    """The assets whose balance ever changed: as many as the futures wallet has, at most."""
    for row in account.catalogue.futures_assets:
        if account.settings.moved_at(row.name):
            yield Place(asset=row.name)


def _shallow(explained: Explained) -> Explained:
    inputs = tuple(msgspec.structs.replace(one, inputs=()) for one in explained.inputs)
    return msgspec.structs.replace(explained, inputs=inputs)

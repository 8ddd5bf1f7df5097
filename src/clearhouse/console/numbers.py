"""`/docs/numbers`: what each number of an account follows from, by the table that explains them."""

import re

from msgspec import Struct
from starlette.responses import Response

from clearhouse.api.fapi.account import (
    AccountV2,
    AccountV3,
    AssetRow,
    AssetRowV2,
    BalanceRow,
    PositionRowV3,
)
from clearhouse.api.fapi.flat_positions import PositionRow
from clearhouse.console.layout import page
from clearhouse.console.markup import Html, code_words, el, join, table
from clearhouse.margin.quantities import FIELDS, QUANTITIES, STEPS, reads
from clearhouse.margin.quantity import Derived, Formula, Given, Quantity, Scope
from clearhouse.margin.risk_quantities import RISK, RISK_STEPS

PATH = "/docs/numbers"

EXPLAINED: dict[type[Struct], Scope] = {
    AccountV2: Scope.ACCOUNT,
    AccountV3: Scope.ACCOUNT,
    BalanceRow: Scope.ASSET,
    AssetRow: Scope.ASSET,
    AssetRowV2: Scope.ASSET,
    PositionRow: Scope.POSITION,
    PositionRowV3: Scope.POSITION,
}
"""The parts of the balance and account answers, and what their fields are fields of."""

_SCOPES = {kind.__name__: scope for kind, scope in EXPLAINED.items()}
_TITLES = {
    Scope.ACCOUNT: "The account",
    Scope.ASSET: "An asset",
    Scope.POSITION: "A position",
}
_HEAD = ("field", "is", "follows from")
_NAME = re.compile(r"([A-Za-z]+)")


def numbers_page() -> Response:
    """The page."""
    lead = (
        "Every field of the balance and account answers: the formula that it follows by, or where "
        "it is read from. The server evaluates the same formulas to explain an account."
    )
    command = "For one account: `clearhouse explain UID availableBalance --asset USDT`."
    rounding = (
        "Every product and quotient is cut at 8 decimals toward zero. `Σ(…)` adds up over what is "
        "one level below: the collateral assets of an account; of an asset the positions that are "
        "open or have open orders. In multi-assets mode an asset that is no collateral stays as in "
        "single-asset mode."
    )
    return page(
        "Numbers · Clearhouse",
        el("h1", "Numbers"),
        el("p", lead, class_="lead"),
        el("p", code_words(command), class_="soft"),
        el("p", code_words(rounding), class_="soft"),
        *(_section(scope) for scope in Scope),
        here=PATH,
    )


def field_link(title: str, name: str) -> str:
    """A field of an answer, leading to its explanation where there is one."""
    scope = _SCOPES.get(title)
    if scope is None or (scope, name) not in QUANTITIES:
        return name
    return el("a", name, href=f"{PATH}#{_anchor(scope, name)}")


def _section(scope: Scope) -> Html:
    return join(
        el("h2", _TITLES[scope]),
        table(_HEAD, [_row(scope, row) for row in FIELDS[scope]]),
        el("h3", "Risk"),
        table(_HEAD, [_row(scope, row) for row in RISK[scope]]),
        el("h3", "Steps between"),
        table(_HEAD, [_row(scope, row) for row in (*STEPS[scope], *RISK_STEPS[scope])]),
    )


def _row(scope: Scope, row: Quantity) -> tuple[str, ...]:
    return el("code", row.name, id=_anchor(scope, row.name)), row.meaning, _origin(scope, row)


def _origin(scope: Scope, row: Quantity) -> Html:
    match row.origin:
        case Given(source=source, inputs=inputs):
            links = (join("; ", _link(scope, name)) for name in inputs)
            return join(source.format(asset="ASSET", symbol="SYMBOL"), *links)
        case Derived(single=single, multi=multi) if single.text == multi.text:
            return _formula(scope, single)
        case Derived(single=single, multi=multi):
            return join(*(_in_mode(scope, formula) for formula in (single, multi)))


def _in_mode(scope: Scope, formula: Formula) -> Html:
    return el("p", el("span", f"{formula.section}: ", class_="soft"), _formula(scope, formula))


def _formula(scope: Scope, formula: Formula) -> Html:
    """A formula in which each name leads to its own row."""
    where = reads(scope, formula)
    pieces = (
        _link(where[piece], piece) if piece in where else piece
        for piece in _NAME.split(formula.text)
    )
    return el("code", *pieces)


def _link(scope: Scope, name: str) -> Html:
    return el("a", name, href=f"#{_anchor(scope, name)}")


def _anchor(scope: Scope, name: str) -> str:
    return f"{scope.value}-{name}"

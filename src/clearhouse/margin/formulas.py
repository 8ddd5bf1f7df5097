"""Formulas are text: what the documentation prints is what is evaluated.

A formula is written as in docs/internals/numbers.md: names, whole numbers, `+ − · /`, `min`,
`max`, `abs` and `A if B ≥ 0 else C`. `Σ(…)` adds its term up over everything one level below:
over the collateral assets of an account, over the positions of an asset. `name[USDT]` is the
quantity of that asset. Numbers are units of 1e-8, and every product and quotient is cut toward
zero (`model/money.py`); within `nearest(…)` nothing is cut and the whole is rounded once, to 8
decimals or to those that are named. Read as Python once the signs are spelled its way, so there is
no parser here.
"""

import ast
import operator
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from math import floor
from typing import Any, Protocol, Self

from clearhouse.model.money import SCALE, divide_toward_zero, multiply_toward_zero

_SPELLING = str.maketrans({"·": "*", "−": "-", "≥": ">="})
_SUM, _NEAREST = "Σ", "nearest"
_DECIMALS = 8

Number = int | Fraction
"""Units of 1e-8, or where nothing is cut the exact value."""


class Names(Protocol):
    """What the names of a formula stand for, in one place of an account."""

    def read(self, name: str) -> int:
        """The quantity of a name, in units."""

    def of(self, asset: str) -> Self:
        """The names of an asset."""

    def total(self, term: Callable[[Self], Number]) -> Number:
        """A term, added up over everything one level below."""


def evaluate(formula: str, names: Names) -> int:
    """The value of a formula, in units; only the branch that is taken is read."""
    return _evaluate(_parsed(formula), names)


def names_of(formula: str) -> tuple[tuple[str, bool], ...]:
    """Every name that a formula may read, and whether it is read one level below."""
    return tuple(dict.fromkeys(_names(_parsed(formula), below=False)))


def _names(part: ast.AST, *, below: bool) -> Iterator[tuple[str, bool]]:
    match part:
        case ast.Name(id=name):
            yield name, below
        case ast.Subscript(value=value):
            yield from _names(value, below=True)
        case ast.Call(func=ast.Name(id=called), args=arguments):
            for argument in arguments:
                yield from _names(argument, below=below or called == _SUM)
        case _:
            for child in ast.iter_child_nodes(part):
                yield from _names(child, below=below)


@cache
def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula.translate(_SPELLING), mode="eval").body


def _evaluate(part: ast.expr, names: Names) -> int:
    return _EVALUATE[type(part)](part, names)


def _binary(part: ast.BinOp, names: Names) -> int:
    left, right = _evaluate(part.left, names), _evaluate(part.right, names)
    return _OPERATIONS[type(part.op)](left, right)


def _choice(part: ast.IfExp, names: Names) -> int:
    test = part.test
    assert isinstance(test, ast.Compare)
    [comparison], [right] = test.ops, test.comparators
    holds = _COMPARISONS[type(comparison)](_evaluate(test.left, names), _evaluate(right, names))
    return _evaluate(part.body if holds else part.orelse, names)


def _call(part: ast.Call, names: Names) -> int:
    assert isinstance(part.func, ast.Name)
    if part.func.id == _SUM:
        [term] = part.args
        total = names.total(lambda below: _evaluate(term, below))
        assert isinstance(total, int)
        return total
    if part.func.id == _NEAREST:
        decimals = ast.literal_eval(part.args[1]) if len(part.args) > 1 else _DECIMALS
        unit: int = 10**decimals
        return floor(_exact(part.args[0], names) * unit + Fraction(1, 2))
    return _FUNCTIONS[part.func.id](*(_evaluate(argument, names) for argument in part.args))


def _exact(part: ast.expr, names: Names) -> Fraction:
    """The value of a formula without any cut."""
    match part:
        case ast.BinOp():
            left, right = _exact(part.left, names), _exact(part.right, names)
            return _EXACTLY[type(part.op)](left, right)
        case ast.Call(func=ast.Name(id=called), args=[term]) if called == _SUM:
            return Fraction(names.total(lambda below: _exact(term, below)))
        case ast.Call(func=ast.Name(id=called), args=arguments):
            return Fraction(_FUNCTIONS[called](*(_exact(one, names) for one in arguments)))
        case _:
            return Fraction(_evaluate(part, names), SCALE)


def _of_asset(part: ast.Subscript, names: Names) -> int:
    assert isinstance(part.slice, ast.Name)
    return _evaluate(part.value, names.of(part.slice.id))


def _whole(part: ast.Constant, _names: Names) -> int:
    assert isinstance(part.value, int)
    return part.value * SCALE


_OPERATIONS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: multiply_toward_zero,
    ast.Div: divide_toward_zero,
}
_EXACTLY: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: dict[str, Callable[..., int]] = {"min": min, "max": max, "abs": abs}
_EVALUATE: dict[type[ast.expr], Callable[[Any, Names], int]] = {
    ast.Name: lambda part, names: names.read(part.id),
    ast.Constant: _whole,
    ast.BinOp: _binary,
    ast.IfExp: _choice,
    ast.Call: _call,
    ast.Subscript: _of_asset,
}

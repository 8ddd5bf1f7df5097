"""The notation of formulas: what it means, and how it rounds."""

from collections.abc import Callable
from typing import Self

import pytest

from clearhouse.margin.formulas import Number, evaluate, names_of

UNIT = 10**8


class Figures:
    """Names with their units; a list is one level below; what is read is noted."""

    def __init__(self, members: list[dict[str, int]] | None = None, **units: int) -> None:
        self.units = units
        self.members = members or []
        self.read_names: list[str] = []

    def read(self, name: str) -> int:
        self.read_names.append(name)
        return self.units[name]

    def of(self, asset: str) -> Self:
        return type(self)(a=self.units[f"a_{asset}"])

    def total(self, term: Callable[[Self], Number]) -> Number:
        return sum(term(type(self)(None, **member)) for member in self.members)


@pytest.mark.parametrize(
    ("formula", "units"),
    [
        ("a", 5 * UNIT),
        ("a + b − c", 5 * UNIT - 3 - UNIT),
        ("a − b − c", 5 * UNIT + 3 - UNIT),
        ("0", 0),
        ("2 · a", 10 * UNIT),
        ("a · c", 5 * UNIT),
        ("a / 3", 166_666_666),  # 1.66666666|6
        ("b / 2", -1),  # -0.000000015, cut toward zero
        ("b · (1 − 2 · c / 3)", -1),  # -0.00000003 · 0.33333334 = -0.00000001|00…
        ("a · b", -15),
        ("(a + b) · 0", 0),
        ("max(0, b)", 0),
        ("min(a, b, c)", -3),
        ("max(0, min(a, c + c))", 2 * UNIT),
        ("a if b ≥ 0 else c", UNIT),
        ("a if c − c ≥ 0 else c", 5 * UNIT),
        ("a if c − c > 0 else c", UNIT),
        ("a[USDT] + a[BTC]", 7),
        ("Σ(x)", 12),
        ("nearest(a / 3)", 166_666_667),  # 1.66666666|6…
        ("nearest(0 − a / 3)", -166_666_667),
        ("nearest(b / 2)", -1),  # halves up
        ("nearest(c / 3 · 3)", UNIT),  # nothing is cut on the way
        ("nearest(Σ(x · y))", -5),  # 0.5e-8 and -5.6e-8
        ("nearest(a / 3, 12)", 1_666_666_666_667),
        ("nearest(max(a, b) / 3) − c", 66_666_667),
        ("a if b ≥ 0 else c if c > 0 else b", UNIT),
        ("Σ(x · y) + c", UNIT + 0 - 5),  # 5e-8 · 0.1 is nothing, 7e-8 · -0.8 is -5.6e-8
    ],
)
def test_what_a_formula_means(formula: str, units: int) -> None:
    members = [{"x": 5, "y": UNIT // 10}, {"x": 7, "y": -8 * UNIT // 10}]
    names = Figures(members, a=5 * UNIT, b=-3, c=UNIT, a_USDT=3, a_BTC=4)
    assert evaluate(formula, names) == units


def test_a_sum_over_nothing_is_zero() -> None:
    assert evaluate("Σ(x)", Figures()) == 0


def test_only_the_branch_that_is_taken_is_read() -> None:
    names = Figures(a=1, b=2)
    assert evaluate("b if a > 0 else c", names) == 2
    assert names.read_names == ["a", "b"]


def test_a_name_of_nothing_is_an_error() -> None:
    with pytest.raises(KeyError):
        evaluate("a + b", Figures(a=1))


@pytest.mark.parametrize("formula", ["a % b", "a ** b", "f(a)", "a < b", "1.5", "a and b", "a.b"])
def test_what_is_no_formula(formula: str) -> None:
    with pytest.raises((KeyError, AssertionError)):
        evaluate(formula, Figures(a=1, b=1))


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("a", [("a", False)]),
        ("max(0, min(a, b / c))", [("a", False), ("b", False), ("c", False)]),
        ("Σ(a · b)", [("a", True), ("b", True)]),
        ("a[USDT] + a", [("a", True), ("a", False)]),
        ("a if b > 0 else a", [("b", False), ("a", False)]),
        ("0", []),
    ],
)
def test_the_names_of_a_formula(formula: str, names: list[tuple[str, bool]]) -> None:
    assert list(names_of(formula)) == names

"""The table of quantities holds together, has every field of the answers, and is documented."""

import re
from pathlib import Path

import msgspec
import pytest

from clearhouse.api.fapi.position_risk import PositionRiskV2, PositionRiskV3
from clearhouse.api.operations import OPERATIONS
from clearhouse.console.numbers import EXPLAINED
from clearhouse.margin.quantities import FIELDS, QUANTITIES, STEPS, names_in, reads
from clearhouse.margin.quantity import Derived, Formula, Given, Quantity, Scope
from clearhouse.margin.risk_quantities import RISK, RISK_STEPS

PAGE = Path("docs/internals/numbers.md").read_text("utf-8")
SECTIONS = {
    title: " ".join(text.split())
    for title, text in re.findall(r"^## (.+)\n([\s\S]*?)(?=^## |\Z)", PAGE, re.MULTILINE)
}
ANSWERS = [
    operation
    for operation in OPERATIONS
    if operation.path in {f"/fapi/v{v}/{name}" for v in (2, 3) for name in ("balance", "account")}
]
TABLES = (FIELDS, RISK, STEPS, RISK_STEPS)
ROWS = [(scope, row) for scope in Scope for table in TABLES for row in table[scope]]
FORMULAS = [
    (scope, row.name, formula)
    for scope, row in ROWS
    if isinstance(row.origin, Derived)
    for formula in dict.fromkeys((row.origin.single, row.origin.multi))
]


def name_of(value: object) -> str:
    return value.name if isinstance(value, Quantity | Scope) else str(value)


def structs_in(kind: object) -> set[type[msgspec.Struct]]:
    """Every Struct that a type is made of."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        return {kind}.union(*(structs_in(field.type) for field in fields))
    return set[type[msgspec.Struct]]().union(*map(structs_in, getattr(kind, "__args__", ())))


def test_every_part_of_the_answers_is_explained() -> None:
    assert len(ANSWERS) == 4
    parts = set().union(*(structs_in(operation.result_type) for operation in ANSWERS))
    assert parts - {msgspec.Raw} == set(EXPLAINED)


@pytest.mark.parametrize("part", EXPLAINED, ids=lambda part: part.__name__)
def test_every_field_of_a_part_has_a_row(part: type[msgspec.Struct]) -> None:
    """A field that is added to an answer needs an explanation."""
    shown = {
        field.encode_name for field in msgspec.structs.fields(part) if not structs_in(field.type)
    }
    assert shown <= set(names_in(EXPLAINED[part]))


@pytest.mark.parametrize("scope", Scope)
def test_every_row_of_a_field_is_of_some_answer(scope: Scope) -> None:
    parts = [part for part, of in EXPLAINED.items() if of is scope]
    shown = {field.encode_name for part in parts for field in msgspec.structs.fields(part)}
    assert {row.name for row in FIELDS[scope]} <= shown


def test_every_field_of_position_risk_has_a_row_and_the_others_are_ratios() -> None:
    shown = {
        field.encode_name
        for version in (PositionRiskV2, PositionRiskV3)
        for field in msgspec.structs.fields(version)
    }
    assert shown <= set(names_in(Scope.POSITION))
    for scope in Scope:
        names = {row.name for row in RISK[scope]}
        assert names <= {"marginRatio", *(shown if scope is Scope.POSITION else ())}
        assert names <= set(names_in(scope))


def test_no_name_stands_twice() -> None:
    assert len(ROWS) == len(QUANTITIES)


@pytest.mark.parametrize(("scope", "row"), ROWS, ids=name_of)
def test_a_row_says_what_it_is(scope: Scope, row: Quantity) -> None:
    assert re.match(r"[A-Z].*\.$", row.meaning)
    if isinstance(row.origin, Given):
        assert row.origin.source
        assert all((scope, name) in QUANTITIES for name in row.origin.inputs)
        assert row.origin.section in SECTIONS


@pytest.mark.parametrize(("scope", "name", "formula"), FORMULAS, ids=name_of)
def test_a_formula_reads_what_the_table_has(scope: Scope, name: str, formula: Formula) -> None:
    for read, where in reads(scope, formula).items():
        assert (where, read) in QUANTITIES


@pytest.mark.parametrize(("scope", "name", "formula"), FORMULAS, ids=name_of)
def test_a_formula_stands_in_its_section(scope: Scope, name: str, formula: Formula) -> None:
    section = SECTIONS[formula.section]
    assert re.search(rf"(?:^| ){name} = {re.escape(formula.text)}(?: |$)", section)

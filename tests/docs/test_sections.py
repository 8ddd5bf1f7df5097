"""Each function of the margin engine says which section of docs/internals/numbers.md it follows.

A module that follows one section names it at its head; where there are several, each function
that calculates names its own.
"""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path("src/clearhouse")
PAGE = Path("docs/internals/numbers.md").read_text("utf-8")
TITLES = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
MODULES = (
    "funding/rate.py",
    "funding/settlement.py",
    "liquidation/bankruptcy.py",
    "liquidation/closing.py",
    "liquidation/decide.py",
    "liquidation/pools.py",
    "liquidation/takeover.py",
    "margin/exchange.py",
    "margin/exposure.py",
    "margin/liquidation_price.py",
    "margin/modes.py",
    "margin/position_margin.py",
    "margin/positions.py",
    "margin/quantile.py",
    "margin/ratio.py",
    "margin/requirements.py",
    "margin/summary.py",
    "market/funding.py",
    "trading/affordable.py",
    "trading/auto_exchange.py",
    "trading/fills.py",
    "trading/positions.py",
)


def named(text: str | None) -> list[str]:
    """The sections that a docstring names, in quotes."""
    return [title for title in TITLES if text and f'"{title}"' in " ".join(text.split())]


def calculates(function: ast.FunctionDef) -> bool:
    """Whether it adds, multiplies or divides."""
    return any(
        isinstance(part, ast.BinOp | ast.AugAssign)
        or (isinstance(part, ast.Name) and part.id.endswith("_toward_zero"))
        for part in ast.walk(function)
    )


@pytest.mark.parametrize("module", MODULES)
def test_what_calculates_names_the_section_that_it_follows(module: str) -> None:
    tree = ast.parse((SOURCE / module).read_text("utf-8"))
    head = named(ast.get_docstring(tree))
    assert head, "no section is named at the head"
    if len(head) > 1:
        functions = (part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef))
        silent = [f.name for f in functions if calculates(f) and not named(ast.get_docstring(f))]
        assert not silent

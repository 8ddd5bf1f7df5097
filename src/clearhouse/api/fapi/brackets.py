"""Leverage brackets: how leverage falls and maintenance margin rises with a position's value.

Source: «Notional and Leverage Brackets». Its numbers are JSON numbers; they are written from
the units themselves, so that `0.0065` is never a float on the way.
"""

from typing import Annotated

from msgspec import Meta, Raw, Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security
from clearhouse.api.errors import Family
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.params import Symbol
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.model.instruments import Bracket, Contract
from clearhouse.model.money import trimmed

router = Router(Family.FAPI)

Number = Annotated[Raw, Meta(extra_json_schema={"type": "number"})]
"""Digits that are JSON as they stand."""


class BracketsParams(Struct, frozen=True):
    """One symbol, or all of them."""

    symbol: Symbol | None = None


class BracketRow(Struct, frozen=True, rename="camel"):
    """A tier. `cum`: what its maintenance margin is less than notional times ratio."""

    bracket: int
    initial_leverage: int
    notional_cap: Number
    notional_floor: Number
    maint_margin_ratio: Number
    cum: Number


class SymbolBrackets(Struct, frozen=True):
    """The tiers of a symbol, in the order in which they were configured."""

    symbol: str
    brackets: list[BracketRow]


@router.get("/v1/leverageBracket", security=Security.USER_DATA)
async def leverage_bracket(ctx: Context, params: BracketsParams) -> list[SymbolBrackets] | Raw:
    """Notional and leverage brackets of one symbol, or of every symbol.

    An array also where a symbol is named. `notionalCoef` is absent: no account has brackets of
    its own.
    """
    listed = await ctx.read(ReadCatalogue())
    if params.symbol is not None:
        return [_brackets(contract_of(listed, params.symbol))]
    contracts = listed.contracts.values()
    return ctx.rendered.json("brackets", listed.revision, lambda: [_brackets(c) for c in contracts])


def _brackets(contract: Contract) -> SymbolBrackets:
    rows = [_row(number, bracket) for number, bracket in enumerate(contract.brackets, 1)]
    return SymbolBrackets(contract.symbol, rows)


def _row(number: int, bracket: Bracket) -> BracketRow:
    return BracketRow(
        bracket=number,
        initial_leverage=bracket.initial_leverage,
        notional_cap=_number(bracket.notional_cap),
        notional_floor=_number(bracket.notional_floor),
        maint_margin_ratio=_number(bracket.maint_margin_ratio),
        cum=_number(bracket.cum),
    )


def _number(units: int) -> Raw:
    return Raw(trimmed(units).encode())

"""How an account trades each symbol: its leverage and its margin type.

Sources: «Symbol Configuration», «Change Initial Leverage», «Change Margin Type». Every
refusal stands in docs/reference/futures-account.md.
"""

import re
from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.fapi.account_settings import Done
from clearhouse.api.fapi.listed import contract_of, contracts_of
from clearhouse.api.params import Form, Symbol, choice
from clearhouse.margin.futures_account import setting_of
from clearhouse.messages.commands import SetLeverage, SetMarginType
from clearhouse.messages.events import LeverageSet, MarginTypeSet
from clearhouse.messages.queries import ReadCatalogue, ReadFuturesSettings, SymbolSetting
from clearhouse.messages.rejections import Reason
from clearhouse.model.instruments import Contract
from clearhouse.model.money import trimmed

router = Router(Family.FAPI)

_NUMBER_RANGE = "^-?[0-9]{1,18}(\\.[0-9]{1,18})?$"
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?\Z")


class MarginType(StrEnum):
    """The margin of positions: their own, or shared with the other cross positions."""

    ISOLATED = "ISOLATED"
    CROSSED = "CROSSED"


def _leverage(name: str, text: str) -> int:
    """A whole number; another number is out of range, like a leverage that no tier allows."""
    if not _NUMBER.match(text):
        raise ApiError(Fault.ILLEGAL, name, _NUMBER_RANGE)
    if not text.isdigit():
        raise ApiError(Reason.LEVERAGE_OUT_OF_RANGE, hint="a leverage is a whole number")
    return int(text)


class SymbolConfigParams(Struct, frozen=True):
    """One symbol, or all of them."""

    symbol: Symbol | None = None


class LeverageParams(Struct, frozen=True):
    """The leverage of a symbol."""

    symbol: Symbol
    leverage: Annotated[int, Form("INT", _leverage)]


class MarginTypeParams(Struct, frozen=True, rename="camel"):
    """The margin type of a symbol."""

    symbol: Symbol
    margin_type: Annotated[MarginType, choice(MarginType)]


class SymbolConfig(Struct, frozen=True, rename="camel"):
    """The settings of a symbol."""

    symbol: str
    margin_type: MarginType
    is_auto_add_margin: bool
    leverage: int
    max_notional_value: str


class Leverage(Struct, frozen=True, rename="camel"):
    """A leverage and the largest position that it allows."""

    leverage: int
    max_notional_value: str
    symbol: str


@router.get("/v1/symbolConfig", security=Security.USER_DATA, weight=ip(5))
async def symbol_config(ctx: Context, params: SymbolConfigParams) -> list[SymbolConfig]:
    """Symbol configuration: leverage and margin type of one symbol, or of every symbol.

    An array also where a symbol is named. Nothing here adds margin by itself.
    """
    chosen = (await ctx.read(ReadFuturesSettings(ctx.uid))).symbols
    listed = await ctx.read(ReadCatalogue())
    return [_config(c, setting_of(chosen, c)) for c in contracts_of(listed, params.symbol)]


@router.post("/v1/leverage", security=Security.TRADE)
async def set_leverage(ctx: Context, params: LeverageParams) -> Leverage:
    """Change initial leverage.

    Refuses what is not a whole number from 1 to the leverage of the symbol's first tier (-4028),
    less than now for an isolated position (-4161), less than what is open needs (-2027), and what
    the available margin does not cover (-2028). The leverage that is set already is no refusal.
    """
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    command = SetLeverage(uid=ctx.uid, symbol=params.symbol, leverage=params.leverage)
    chosen = await ctx.submit(command, LeverageSet)
    return Leverage(chosen.leverage, _largest(contract, chosen.leverage), chosen.symbol)


@router.post("/v1/marginType", security=Security.TRADE)
async def set_margin_type(ctx: Context, params: MarginTypeParams) -> Done:
    """Change margin type.

    Refuses no change (-4046), open orders (-4047), a position (-4048), and isolated margin in
    multi-assets mode (-4168).
    """
    isolated = params.margin_type is MarginType.ISOLATED
    command = SetMarginType(uid=ctx.uid, symbol=params.symbol, isolated=isolated)
    await ctx.submit(command, MarginTypeSet)
    return Done()


def _config(contract: Contract, setting: SymbolSetting) -> SymbolConfig:
    return SymbolConfig(
        symbol=contract.symbol,
        margin_type=MarginType.ISOLATED if setting.isolated else MarginType.CROSSED,
        is_auto_add_margin=False,
        leverage=setting.leverage,
        max_notional_value=_largest(contract, setting.leverage),
    )


def _largest(contract: Contract, leverage: int) -> str:
    return trimmed(contract.max_notional(leverage))

"""What stands behind bankrupt positions: the insurance fund, and how likely deleveraging is.

Sources: «Query Insurance Fund Balance Snapshot», «ADL Risk». Choices: docs/reference/market.md.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router
from clearhouse.api.errors import Family
from clearhouse.api.fapi.indices import OneOrAll
from clearhouse.api.fapi.listed import contract_of
from clearhouse.messages.market_facts import AdlRisk, ReadAdlRisk, ReadInsuranceFund
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.model.ids import HOUR_MS, Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.money import trimmed

router = Router(Family.FAPI)

REFRESHED_MS = HOUR_MS // 2
"""The risk is worked out once in each half hour of the venue's clock, when it is asked for."""


class FundBalance(Struct, frozen=True, rename="camel"):
    """An asset of the fund, with the profit of what it took over."""

    asset: str
    margin_balance: str
    update_time: int


class FundOfSymbols(Struct, frozen=True):
    """Symbols that share a fund, and what is in it."""

    symbols: tuple[str, ...]
    assets: tuple[FundBalance, ...]


class SymbolRisk(Struct, frozen=True, rename="camel"):
    """`low`, `medium` or `high`."""

    symbol: str
    adl_risk: str
    update_time: int


@router.get("/v1/insuranceBalance")
async def insurance_balance(ctx: Context, params: OneOrAll) -> FundOfSymbols | list[FundOfSymbols]:
    """Insurance fund balance snapshot: by margin asset; one object for `symbol`, else a list."""
    listed = (await ctx.read(ReadCatalogue())).contracts
    if params.symbol is None:
        funds = await ctx.read(ReadInsuranceFund())
        shared = _by_margin_asset(listed.values())
        return [_fund(shared[asset], asset, funds[asset], ctx.now) for asset in shared]
    asset = contract_of(await ctx.read(ReadCatalogue()), params.symbol).margin_asset
    funds = await ctx.read(ReadInsuranceFund())
    return _fund(_by_margin_asset(listed.values())[asset], asset, funds[asset], ctx.now)


@router.get("/v1/symbolAdlRisk")
async def symbol_adl_risk(ctx: Context, params: OneOrAll) -> SymbolRisk | list[SymbolRisk]:
    """ADL risk: one object for `symbol`, else a list; worked out anew every half hour."""
    listed = await ctx.read(ReadCatalogue())
    if params.symbol is not None:
        contract_of(listed, params.symbol)
    stamp = listed.revision, ctx.now // REFRESHED_MS
    rows = ctx.rendered.found("adl risk", stamp)
    if rows is None:
        risks = await ctx.read(ReadAdlRisk())
        rows = ctx.rendered.made("adl risk", stamp, lambda: dict(_risks(risks, ctx.now)))
    found: dict[str, SymbolRisk] = rows
    return list(found.values()) if params.symbol is None else found[params.symbol]


def _by_margin_asset(contracts: Iterable[Contract]) -> dict[str, tuple[str, ...]]:
    shared: dict[str, tuple[str, ...]] = {}
    for contract in contracts:
        shared[contract.margin_asset] = (*shared.get(contract.margin_asset, ()), contract.symbol)
    return shared


def _fund(symbols: tuple[str, ...], asset: str, balance: int, now: Millis) -> FundOfSymbols:
    return FundOfSymbols(symbols, (FundBalance(asset, trimmed(balance), now),))


def _risks(risks: dict[str, AdlRisk], now: Millis) -> Iterator[tuple[str, SymbolRisk]]:
    for symbol, risk in risks.items():
        yield symbol, SymbolRisk(symbol, risk.value, now)

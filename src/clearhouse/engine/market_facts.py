"""Answers about the insurance fund, and about what it may have to bear."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from clearhouse.engine.state import State
from clearhouse.ledger.chart import INSURANCE_FUND
from clearhouse.liquidation.pools import pools_of
from clearhouse.messages.market_facts import AdlRisk, ReadAdlRisk, ReadInsuranceFund
from clearhouse.messages.queries import Query
from clearhouse.model.ids import VENUE, Uid
from clearhouse.model.money import SCALE, multiply_toward_zero

DANGER = SCALE // 2
"""The margin ratio, in units of 1e-8, from which a position may soon fall."""
PEERS = 200
"""Holders of a symbol that are looked at; where there are more, every n-th stands for all."""


def _funds(state: State, _asked: ReadInsuranceFund) -> dict[str, int]:
    worth: dict[str, int] = {}
    for symbol, contract in state.catalogue.contracts.items():
        asset, market = contract.margin_asset, state.markets[symbol]
        if asset not in worth:
            worth[asset] = state.books.balance(VENUE, INSURANCE_FUND, asset)
        fund = market.fund
        worth[asset] += multiply_toward_zero(fund.quantity, market.mark - fund.entry_price)
    return worth


def _risks(state: State, _asked: ReadAdlRisk) -> dict[str, AdlRisk]:
    funds = _funds(state, ReadInsuranceFund())
    return {
        symbol: risk(endangered(state, symbol), funds[contract.margin_asset])
        for symbol, contract in state.catalogue.contracts.items()
    }


def risk(endangered: int, fund: int) -> AdlRisk:
    """High where more margin is in danger than the fund has, medium where more than half of it."""
    if endangered > fund:
        return AdlRisk.HIGH
    return AdlRisk.MEDIUM if 2 * endangered > fund else AdlRisk.LOW


def endangered(state: State, symbol: str) -> int:
    """Maintenance margin of the positions in a symbol whose pool has come half way to its end."""
    holders = state.markets[symbol].holders
    step = -(-len(holders) // PEERS) or 1
    found = (_endangered(state, uid, symbol) for uid in islice(holders, 0, None, step))
    return step * sum(margin for margins in found for margin in margins)


def _endangered(state: State, uid: Uid, symbol: str) -> Iterator[int]:
    for pool in pools_of(state, uid):
        if pool.figures.reaches(DANGER):
            yield from (held.maint for held in pool.held if held.contract.symbol == symbol)


FACT_ANSWERS: Mapping[type[Query[Any]], Callable[..., Any]] = MappingProxyType(
    {ReadInsuranceFund: _funds, ReadAdlRisk: _risks}
)
"""One answer for each query."""

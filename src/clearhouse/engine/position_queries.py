"""Queries about positions."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from clearhouse.engine.state import State
from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.margin.liquidation_price import liquidation_price
from clearhouse.margin.positions import (
    Held,
    SumsByAsset,
    all_held,
    figures_of,
    flat,
    sides_of,
    sums_of,
)
from clearhouse.margin.quantile import quantile, queue_of, score
from clearhouse.margin.requirements import break_even_price
from clearhouse.margin.summary import support_of
from clearhouse.messages.queries import PositionView, Query
from clearhouse.messages.trading_queries import ReadPositions
from clearhouse.model.ids import Uid
from clearhouse.model.orders import PositionSide


def _positions(state: State, asked: ReadPositions) -> tuple[PositionView, ...]:
    """Rows in listing order; a symbol's own are its one or two sides."""
    listed, account = state.catalogue, state.futures.of(asked.uid)
    if asked.symbol is not None:
        listed.contract(asked.symbol)
    held: dict[str, list[Held]] = {}
    every_one = all_held(listed, state.markets, account) if account.exposures else []
    for one in every_one:
        held.setdefault(one.contract.symbol, []).append(one)
    sums = sums_of(every_one)
    wanted: Iterable[str] = listed.contracts if asked.symbol is None else (asked.symbol,)
    return tuple(
        view
        for symbol in wanted
        if asked.every or symbol in held
        for view in _of_symbol(state, asked, account, symbol, held.get(symbol, []), sums)
    )


def _of_symbol(
    state: State,
    asked: ReadPositions,
    account: FuturesAccount,
    symbol: str,
    held: list[Held],
    sums: SumsByAsset,
) -> Iterator[PositionView]:
    """The positions of a symbol: those held, or with `every` also those that are flat."""
    if asked.every and len(held) < len(sides_of(account)):
        known = {one.side: one for one in held}
        sides = sides_of(account)
        held = [
            known.get(s) or flat(state.catalogue, state.markets, account, symbol, s) for s in sides
        ]
    prices = _liquidation_prices(state, asked.uid, account, held, sums)
    for one, price in zip(held, prices, strict=True):
        yield _view(state, asked.uid, account, one, price)


def _liquidation_prices(
    state: State, uid: Uid, account: FuturesAccount, held: list[Held], sums: SumsByAsset
) -> list[int]:
    """Cross positions of a symbol share one price; isolated ones have each their own."""
    is_open = [one for one in held if one.position.quantity]
    if not is_open:
        return [0] * len(held)
    groups = [[one] for one in is_open] if is_open[0].isolated else [is_open]
    prices: dict[PositionSide, int] = {}
    for group in groups:
        support = support_of(state.catalogue, state.books, account, uid, sums, group)
        price = liquidation_price(group, support)
        prices |= {one.side: price for one in group}
    return [prices.get(one.side, 0) for one in held]


def _view(
    state: State, uid: Uid, account: FuturesAccount, held: Held, liquidated_at: int
) -> PositionView:
    figures = figures_of(state.catalogue, held)
    return PositionView(
        symbol=figures.symbol,
        side=figures.side,
        quantity=figures.quantity,
        entry_price=figures.entry_price,
        notional=figures.notional,
        unrealized=figures.unrealized,
        leverage=figures.leverage,
        isolated=figures.isolated,
        isolated_wallet=figures.isolated_wallet,
        position_margin=figures.position_margin,
        order_margin=figures.order_margin,
        maint_margin=figures.maint_margin,
        bid_value=figures.bid_value,
        ask_value=figures.ask_value,
        max_notional=figures.max_notional,
        updated_at=figures.updated_at,
        margin_asset=held.contract.margin_asset,
        mark_price=held.mark,
        break_even_price=break_even_price(held.position),
        liquidation_price=liquidated_at,
        quantile=_quantile(state, uid, account, held),
    )


def _quantile(state: State, uid: Uid, account: FuturesAccount, held: Held) -> int:
    """Of the positions that have a profit; the queue is not made for the others."""
    listed, markets = state.catalogue, state.markets
    own = score(listed, state.books, account, uid, held) if held.unrealized > 0 else 0
    if not own:
        return 0
    queue = queue_of(listed, markets, state.books, state.futures, held.contract.symbol)
    return quantile(queue, held, own)


POSITION_ANSWERS: dict[type[Query[Any]], Callable[..., Any]] = {
    ReadPositions: _positions,
}
"""Answers to the queries about positions."""

"""Rows of account information V2: every symbol, whether the account has anything in it or not.

An account shows the same row as any other for a symbol that it never touched. So those rows are
rendered once for each catalogue and position mode, and an account's own rows are put in between.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple

from msgspec import Raw, Struct

from clearhouse.api.context import Rendered
from clearhouse.api.wire import encode_json
from clearhouse.margin.futures_account import setting_of
from clearhouse.messages.queries import (
    CatalogueView,
    FuturesAccountView,
    PositionFigures,
    SymbolSetting,
)
from clearhouse.model.instruments import Contract
from clearhouse.model.money import ZERO_FIXED, fixed8, price_text, size_text, trimmed
from clearhouse.model.orders import HEDGE_SIDES, ONE_WAY_SIDES

ROWS_KEPT = 16_384
"""Rows of open positions, about a kilobyte each; the ones not shown for longest go first."""


class PositionRow(Struct, frozen=True, rename="camel", gc=False):
    """A position of account information V2."""

    symbol: str
    initial_margin: str
    maint_margin: str
    unrealized_profit: str
    position_initial_margin: str
    open_order_initial_margin: str
    leverage: str
    isolated: bool
    entry_price: str
    max_notional: str
    bid_notional: str
    ask_notional: str
    position_side: str
    position_amt: str
    update_time: int


class FlatRows(NamedTuple):
    """All rows as one JSON array, and where those of each symbol begin and end in it."""

    json: bytes
    spans: dict[str, tuple[int, int]]


def position_rows(rendered: Rendered, catalogue: CatalogueView, view: FuturesAccountView) -> Raw:
    """The rows of an account as a JSON array."""
    name = f"flat positions, hedge={view.hedge}"
    flat = rendered.made(name, catalogue.revision, partial(_rendered, catalogue, hedge=view.hedge))
    held = by_symbol(view.positions)
    own = [symbol for symbol in {**view.symbols, **held} if symbol in flat.spans]
    if not own:
        return Raw(flat.json)
    own.sort(key=flat.spans.__getitem__)
    rows = ((s, _own_rows(catalogue.contracts[s], view, held.get(s, ()))) for s in own)
    return Raw(b"".join(_woven(flat, rows)))


def by_symbol(positions: Iterable[PositionFigures]) -> dict[str, list[PositionFigures]]:
    """Positions of each symbol."""
    found: dict[str, list[PositionFigures]] = {}
    for figures in positions:
        found.setdefault(figures.symbol, []).append(figures)
    return found


def _rendered(catalogue: CatalogueView, *, hedge: bool) -> FlatRows:
    """Every symbol as an account that never touched it has it."""
    spans: dict[str, tuple[int, int]] = {}
    parts, end = [], 1
    for symbol, contract in catalogue.contracts.items():
        rows = _flat_rows(contract, setting_of({}, contract), hedge=hedge)
        part = _without_brackets(rows)
        spans[symbol] = end, end + len(part)
        end += len(part) + 1
        parts.append(part)
    return FlatRows(b"[" + b",".join(parts) + b"]", spans)


def _woven(flat: FlatRows, own: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The flat rows with those of an account's own symbols in their places."""
    done = 0
    for symbol, rows in own:
        start, end = flat.spans[symbol]
        yield flat.json[done:start]
        yield rows
        done = end
    yield flat.json[done:]


def _own_rows(
    contract: Contract, view: FuturesAccountView, held: Iterable[PositionFigures]
) -> bytes:
    sides = HEDGE_SIDES if view.hedge else ONE_WAY_SIDES
    rows = {figures.side: _row(contract.quantity_precision, figures) for figures in held}
    if len(rows) == len(sides):
        return b",".join([rows[side] for side in sides])
    setting = setting_of(view.symbols, contract)
    flat = {side: encode_json(_flat(contract, side, setting)) for side in sides}
    return b",".join({**flat, **rows}.values())


@lru_cache(ROWS_KEPT)
def _row(quantity_precision: int, figures: PositionFigures) -> bytes:
    """The JSON of a position. It follows from these alone, and a mark that moves changes one."""
    order_margin, position_margin = figures.order_margin, trimmed(figures.position_margin)
    row = PositionRow(
        figures.symbol,
        trimmed(figures.initial_margin) if order_margin else position_margin,
        trimmed(figures.maint_margin),
        fixed8(figures.unrealized),
        position_margin,
        trimmed(order_margin) if order_margin else "0",
        str(figures.leverage),
        figures.isolated,
        price_text(figures.entry_price),
        trimmed(figures.max_notional),
        trimmed(figures.bid_value),
        trimmed(figures.ask_value),
        figures.side,
        size_text(figures.quantity, quantity_precision),
        figures.updated_at,
    )
    return encode_json(row)


def _flat_rows(contract: Contract, setting: SymbolSetting, *, hedge: bool) -> list[PositionRow]:
    return [_flat(contract, side, setting) for side in (HEDGE_SIDES if hedge else ONE_WAY_SIDES)]


def _flat(contract: Contract, side: str, setting: SymbolSetting) -> PositionRow:
    return PositionRow(
        symbol=contract.symbol,
        initial_margin="0",
        maint_margin="0",
        unrealized_profit=ZERO_FIXED,
        position_initial_margin="0",
        open_order_initial_margin="0",
        leverage=str(setting.leverage),
        isolated=setting.isolated,
        entry_price=price_text(0),
        max_notional=trimmed(contract.max_notional(setting.leverage)),
        bid_notional="0",
        ask_notional="0",
        position_side=side,
        position_amt="0",
        update_time=0,
    )


def _without_brackets(rows: list[PositionRow]) -> bytes:
    return encode_json(rows)[1:-1]

"""The book of a symbol, with and without orders of retail price improvement.

Sources: «Order Book», «RPI Order Book». Formats: docs/reference/market.md.
"""

from typing import Annotated

from msgspec import Raw, Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, ip, ip_by_limit
from clearhouse.api.errors import Family, Fault
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.fapi.market.levels import Level, levels
from clearhouse.api.params import Symbol, integer_of
from clearhouse.api.wire import encode_json
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.trading_queries import DepthView, ReadBookRevision, ReadDepth
from clearhouse.model.instruments import Contract

router = Router(Family.FAPI)

WEIGHTS = ((5, 10, 20, 50), 2), ((100,), 5), ((500,), 10), ((1000,), 20)
LIMITS = tuple(limit for limits, _ in WEIGHTS for limit in limits)
DEFAULT_LEVELS = 500
RETAIL_LEVELS = 1000


class DepthParams(Struct, frozen=True):
    """Of which symbol, and how many levels of each side."""

    symbol: Symbol
    limit: Annotated[int, integer_of(LIMITS, Fault.NO_DEPTH_LIMIT)] = DEFAULT_LEVELS


class RetailParams(Struct, frozen=True):
    """Of which symbol; there is one limit."""

    symbol: Symbol
    limit: Annotated[int, integer_of((RETAIL_LEVELS,), Fault.NO_DEPTH_LIMIT)] = RETAIL_LEVELS


class Depth(Struct, frozen=True):
    """A book, best levels first. `E` is now, `T` the time of its last change."""

    last_update_id: int = field(name="lastUpdateId")
    E: int
    T: int
    bids: list[Level] | Raw
    asks: list[Level] | Raw


@router.get("/v1/depth", weight=ip_by_limit(*WEIGHTS, default=DEFAULT_LEVELS), ws="depth")
async def depth(ctx: Context, params: DepthParams) -> Depth:
    """Order book.

    What the house quotes and what accounts have in the book, by price. Retail price improvement
    orders are not shown. `lastUpdateId` joins the streams of changes.
    """
    return await _book(ctx, ReadDepth(params.symbol, params.limit, joins=True))


@router.get("/v1/rpiDepth", weight=ip(20))
async def rpi_depth(ctx: Context, params: RetailParams) -> Depth:
    """RPI order book: the same with retail price improvement orders.

    Those that cross the other side are not shown.
    """
    asked = ReadDepth(params.symbol, params.limit, retail=True, joins=True)
    return await _book(ctx, asked)


async def _book(ctx: Context, asked: ReadDepth) -> Depth:
    """A book; its levels are rendered once for each change."""
    listed = await ctx.read(ReadCatalogue())
    contract = contract_of(listed, asked.symbol)
    precision = contract.price_precision, contract.quantity_precision
    update_id, at = await ctx.read(ReadBookRevision(asked.symbol))
    name = f"{asked.limit} levels of {asked.symbol}{' with RPI' if asked.retail else ''}"
    sides = ctx.rendered.found(name, (*precision, update_id))
    if sides is None:
        view = await ctx.read(asked)
        update_id, at = view.update_id, view.at
        sides = ctx.rendered.made(name, (*precision, update_id), lambda: _sides(contract, view))
    return Depth(update_id, ctx.now, at, *sides)


def _sides(contract: Contract, view: DepthView) -> tuple[Raw, Raw]:
    """JSON of both sides; it stands until the book or the precision of its symbol changes."""
    bids, asks = (Raw(encode_json(levels(contract, side))) for side in (view.bids, view.asks))
    return bids, asks

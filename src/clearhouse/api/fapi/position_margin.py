"""Margin of isolated positions: giving and taking it, and what was given and taken.

Sources: «Modify Isolated Position Margin», «Get Position Margin Change History». Every refusal
stands in docs/reference/futures-account.md.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Raw, Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.params import Amount, Symbol, Time, choice, integer_in
from clearhouse.api.windows import closed_window
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.trading_commands import MovePositionMargin
from clearhouse.messages.trading_events import MarginMoved
from clearhouse.messages.trading_histories import MarginChange, MarginChanges
from clearhouse.model.ids import DAY_MS
from clearhouse.model.money import fixed8, trimmed
from clearhouse.model.orders import PositionSide

router = Router(Family.FAPI)

WINDOW_MS = 30 * DAY_MS
"""The longest window, and how far back there are any rows."""

Number = Annotated[Raw, Meta(extra_json_schema={"type": "number"})]
"""Digits that are JSON as they stand."""


class Direction(StrEnum):
    """Whether margin is given or taken."""

    ADD = "1"
    REDUCE = "2"


class MarginParams(Struct, frozen=True, rename="camel"):
    """How much, to or from which position."""

    symbol: Symbol
    amount: Amount
    direction: Annotated[Direction, choice(Direction)] = field(name="type")
    position_side: Annotated[PositionSide, choice(PositionSide)] = PositionSide.BOTH


class MarginHistoryParams(Struct, frozen=True, rename="camel"):
    """Which changes."""

    symbol: Symbol
    direction: Annotated[Direction, choice(Direction)] | None = field(default=None, name="type")
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, integer_in(1, 500)] = 500


class MarginModified(Struct, frozen=True, kw_only=True):
    """What was done."""

    amount: Number
    code: int = 200
    msg: str = "Successfully modify position margin."
    direction: int = field(name="type")


class MarginChangeRow(Struct, frozen=True, kw_only=True, rename="camel"):
    """A change of an isolated position's margin."""

    symbol: str
    direction: int = field(name="type")
    delta_type: str
    amount: str
    asset: str
    time: int
    position_side: str


@router.post("/v1/positionMargin", security=Security.TRADE)
async def move_position_margin(ctx: Context, params: MarginParams) -> MarginModified:
    """Modify isolated position margin: type 1 adds, type 2 reduces.

    Refuses a symbol with cross margin (-4049), a position that is not open (-4054), an amount of
    zero (-4055), and what the cross wallet (-4050) or the position (-4051) cannot spare.
    """
    command = MovePositionMargin(
        uid=ctx.uid,
        symbol=params.symbol,
        position_side=params.position_side,
        amount=params.amount,
        add=params.direction is Direction.ADD,
    )
    await ctx.submit(command, MarginMoved)
    amount = Raw(trimmed(params.amount).encode())
    return MarginModified(amount=amount, direction=int(params.direction))


@router.get("/v1/positionMargin/history", security=Security.TRADE)
async def position_margin_history(
    ctx: Context, params: MarginHistoryParams
) -> list[MarginChangeRow]:
    """Position margin change history, oldest first.

    A window of at most 30 days, within the last 30 days.
    """
    contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=WINDOW_MS,
        kept_ms=WINDOW_MS,
        longest_ms=WINDOW_MS,
        too_long=lambda longest: ApiError(Fault.WINDOW_TOO_LONG, longest // DAY_MS),
    )
    asked = MarginChanges(
        uid=ctx.uid,
        symbol=params.symbol,
        start=start,
        end=end,
        limit=params.limit,
        add=None if params.direction is None else params.direction is Direction.ADD,
    )
    return [_row(change) for change in await ctx.read(asked)]


def _row(change: MarginChange) -> MarginChangeRow:
    direction = Direction.ADD if change.amount > 0 else Direction.REDUCE
    return MarginChangeRow(
        symbol=change.symbol,
        direction=int(direction),
        delta_type="USER_ADJUST",
        amount=fixed8(abs(change.amount)),
        asset=change.asset,
        time=change.at,
        position_side=change.position_side,
    )

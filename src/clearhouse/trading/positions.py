"""What a fill does to a position (docs/internals/numbers.md, "Fills").

Pure arithmetic in units of 1e-8; money is cut toward zero, entry prices are rounded half-up.
"""

from typing import NamedTuple

from msgspec.structs import replace

from clearhouse.model.ids import Millis
from clearhouse.model.money import multiply_toward_zero, share_toward_zero
from clearhouse.model.orders import Position


class Fill(NamedTuple):
    """A fill from the position's point of view.

    `quantity` is signed. `commission`: its worth in the margin asset. `rate`: the initial margin
    rate where the position is isolated, 0 on cross margin. `charged`: whether the commission is
    paid in the margin asset, so that an isolated position bears it.
    """

    quantity: int
    price: int
    commission: int
    mark: int
    rate: int
    charged: bool
    at: Millis


class Outcome(NamedTuple):
    """The position after a fill, and the profit that the fill realised, before fees."""

    position: Position
    realized: int


def after_fill(before: Position, fill: Fill) -> Outcome:
    """Open or add, reduce or close, or close and open the other way."""
    if before.quantity == 0 or (before.quantity > 0) == (fill.quantity > 0):
        return Outcome(_added(before, fill), 0)
    if abs(fill.quantity) <= abs(before.quantity):
        return _reduced(before, fill)
    closed = _reduced(before, fill._replace(quantity=-before.quantity, commission=0))
    opened = fill.quantity + before.quantity
    share = share_toward_zero(fill.commission, abs(opened), abs(fill.quantity))
    rest = fill._replace(quantity=opened, commission=share)
    return Outcome(_added(closed.position, rest), closed.realized)


def _added(before: Position, fill: Fill) -> Position:
    """More of the same: the entry price is the average, an isolated wallet gets its margin."""
    quantity = before.quantity + fill.quantity
    wallet = before.isolated_wallet
    if fill.rate:
        value = multiply_toward_zero(abs(fill.quantity), fill.mark)
        wallet += multiply_toward_zero(value, fill.rate)
        wallet -= fill.commission if fill.charged else 0
    return Position(
        quantity,
        _average(before, fill),
        wallet,
        before.fees + fill.commission,
        before.realized,
        before.cumulative_realized,
        fill.at,
    )


def _reduced(before: Position, fill: Fill) -> Outcome:
    """Less: the entry price stays, and the closed share of an isolated wallet is released."""
    realized = multiply_toward_zero(-fill.quantity, fill.price - before.entry_price)
    cumulative = before.cumulative_realized + realized
    quantity = before.quantity + fill.quantity
    if quantity == 0:
        flat = Position(cumulative_realized=cumulative, updated_at=fill.at)
        return Outcome(flat, realized)
    wallet = before.isolated_wallet  # below zero where funding took more than it had
    released = share_toward_zero(wallet, abs(fill.quantity), abs(before.quantity))
    position = replace(
        before,
        quantity=quantity,
        isolated_wallet=wallet - released,
        fees=before.fees + fill.commission,
        realized=before.realized + realized,
        cumulative_realized=cumulative,
        updated_at=fill.at,
    )
    return Outcome(position, realized)


def _average(before: Position, fill: Fill) -> int:
    if before.quantity == 0:
        return fill.price
    held, added = abs(before.quantity), abs(fill.quantity)
    cost = held * before.entry_price + added * fill.price
    return (2 * cost + held + added) // (2 * (held + added))

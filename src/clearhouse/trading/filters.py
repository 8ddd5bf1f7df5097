"""The filters of a symbol (docs/reference/orders.md, "Filters"): what a price or quantity may be.

Each function refuses, in the order in which its lines stand.
"""

from clearhouse.market.rules import Rules
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.money import SCALE, multiply_toward_zero, trimmed
from clearhouse.model.orders import BUY, LIMIT, OrderKind, Side


def check_price(rules: Rules, price: int) -> None:
    """A limit price: positive, as precise as the symbol allows, in its range and on its ticks."""
    if price <= 0:
        raise Rejected(Reason.PRICE_NOT_POSITIVE)
    if price % rules.price_unit:
        raise Rejected(Reason.TOO_PRECISE, "the price has more decimals than the symbol allows")
    if rules.price.high and price > rules.price.high:
        raise Rejected(Reason.PRICE_ABOVE_MAXIMUM, f"at most {trimmed(rules.price.high)}")
    if price < rules.price.low:
        raise Rejected(
            Reason.PRICE_BELOW_MINIMUM,
            f"at least {trimmed(rules.price.low)}",
            trimmed(rules.price.low),
        )
    if rules.tick and (price - rules.price.low) % rules.tick:
        raise Rejected(Reason.PRICE_OFF_TICK, f"the tick size is {trimmed(rules.tick)}")


def check_quantity(rules: Rules, kind: OrderKind, quantity: int) -> None:
    """A quantity: positive, precise enough, in the range of the kind of order, in whole steps."""
    if quantity <= 0:
        raise Rejected(Reason.QUANTITY_NOT_POSITIVE)
    if quantity % rules.quantity_unit:
        raise Rejected(Reason.TOO_PRECISE, "the quantity has more decimals than the symbol allows")
    low, high = rules.quantity if kind is LIMIT else rules.market_quantity
    if quantity < low:
        raise Rejected(Reason.QUANTITY_BELOW_MINIMUM, f"at least {trimmed(low)}")
    if high and quantity > high:
        raise Rejected(Reason.QUANTITY_ABOVE_MAXIMUM, f"at most {trimmed(high)}")
    if rules.step and (quantity - low) % rules.step:
        raise Rejected(Reason.QUANTITY_OFF_STEP, f"the step size is {trimmed(rules.step)}")


def check_percent_price(rules: Rules, side: Side, price: int, mark: int) -> None:
    """A limit price against the mark: a buy not far above it, a sell not far below."""
    if side is BUY:
        cap = multiply_toward_zero(mark, rules.multiplier_up)
        if rules.multiplier_up and price > cap:
            raise Rejected(
                Reason.PRICE_ABOVE_CAP, f"a buy may go up to {trimmed(cap)} now", trimmed(cap)
            )
    else:
        floor = multiply_toward_zero(mark, rules.multiplier_down)
        if price < floor:
            detail = f"a sell may go down to {trimmed(floor)} now"
            raise Rejected(Reason.PRICE_BELOW_FLOOR, detail, trimmed(floor))


def check_notional(
    rules: Rules,
    price: int,
    quantity: int,
    *,
    reason: Reason = Reason.NOTIONAL_TOO_SMALL,
) -> None:
    """The value of an order that may open a position."""
    if price * quantity // SCALE < rules.min_notional:
        least = trimmed(rules.min_notional)
        raise Rejected(reason, f"the order's value must be at least {least}", least)


def bound_of(rules: Rules, side: Side, mark: int) -> int:
    """The worst price at which a market order is filled: the mark and the take bound."""
    sign = side.sign
    return mark + sign * multiply_toward_zero(mark, rules.take_bound)

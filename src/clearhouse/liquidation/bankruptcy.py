"""Bankruptcy: the price at which a position leaves nothing of what supports it.

Isolated: entry price − isolated wallet / quantity. Cross: the wallet, with the profit of the
other positions and without their maintenance margin, in place of the isolated wallet
(docs/internals/numbers.md, "Liquidation"). On a tick that leaves nothing owed.
"""

from clearhouse.liquidation.pools import Pool
from clearhouse.margin.positions import Held
from clearhouse.market.rules import Rules
from clearhouse.model.money import SCALE


def bankruptcy_price(pool: Pool, held: Held, rules: Rules, unit: int = SCALE) -> int:
    """The price, rounded to a tick in favour of the other side; at least one tick.

    `unit`: USD for a unit of the margin asset, where the pool counts in USD.
    """
    quantity = held.position.quantity
    support = _support(pool, held, unit)
    exact_up = held.mark * quantity - support * SCALE  # (mark − support / quantity) · quantity
    tick = rules.tick or 1
    price = -(-exact_up // quantity) if quantity > 0 else exact_up // quantity
    offset = price - rules.price.low
    ticks = -(-offset // tick) if quantity > 0 else offset // tick
    return max(rules.price.low + ticks * tick, rules.price.low, tick)


def _support(pool: Pool, held: Held, unit: int) -> int:
    """What the position can still lose: the pool's balance, but for what others need."""
    others = pool.maint - held.maint * unit // SCALE
    return (pool.balance - others) * SCALE // unit

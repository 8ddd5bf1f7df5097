"""The filters of a contract as numbers, worked out once when it is listed.

`Contract` keeps the texts that clients read back; these are their units of 1e-8.
"""

from typing import NamedTuple

from msgspec import Struct

from clearhouse.model.instruments import Contract
from clearhouse.model.money import SCALE, parse_signed, parse_units


class Range(NamedTuple):
    """What a price, a quantity or a rate may be; a maximum of 0 is none, but of a rate."""

    low: int
    high: int


class Rules(Struct, frozen=True):
    """Prices, quantities and rates of a contract in units of 1e-8.

    `price_unit` and `quantity_unit`: the smallest decimals that may be written at all.
    `max_notional`: the largest position value by leverage, from 0. `funding`: floor and cap.
    """

    tick: int
    price: Range
    price_unit: int
    step: int
    quantity: Range
    market_quantity: Range
    quantity_unit: int
    min_notional: int
    multiplier_up: int
    multiplier_down: int
    take_bound: int
    trigger_protect: int
    liquidation_fee: int
    max_orders: int
    max_leverage: int
    max_notional: tuple[int, ...]
    funding: Range


def rules_of(contract: Contract) -> Rules:
    """The numbers of a contract's filters."""
    return Rules(
        tick=parse_units(contract.tick_size),
        price=Range(parse_units(contract.min_price), parse_units(contract.max_price)),
        price_unit=SCALE // 10**contract.price_precision,
        step=parse_units(contract.step_size),
        quantity=Range(parse_units(contract.min_qty), parse_units(contract.max_qty)),
        market_quantity=Range(
            parse_units(contract.market_min_qty), parse_units(contract.market_max_qty)
        ),
        quantity_unit=SCALE // 10**contract.quantity_precision,
        min_notional=parse_units(contract.min_notional),
        multiplier_up=parse_units(contract.multiplier_up),
        multiplier_down=parse_units(contract.multiplier_down),
        take_bound=parse_units(contract.market_take_bound),
        trigger_protect=parse_units(contract.trigger_protect),
        liquidation_fee=parse_units(contract.liquidation_fee),
        max_orders=contract.max_num_orders,
        max_leverage=contract.max_leverage,
        max_notional=tuple(map(contract.max_notional, range(contract.max_leverage + 1))),
        funding=Range(parse_signed(contract.funding_floor), parse_signed(contract.funding_cap)),
    )

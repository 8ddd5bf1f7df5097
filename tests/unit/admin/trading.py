"""Orders of accounts, placed through the seam, for the calls that set a market."""

from typing import Any

from clearhouse.messages.trading_commands import PlaceOrder
from clearhouse.messages.trading_events import OrderPlaced
from clearhouse.model.ids import Uid
from clearhouse.model.money import parse_units
from clearhouse.model.orders import OrderKind, Side
from unit.api.harness import House


async def fund(house: House, usdt: str = "90000") -> None:
    """Money in the demo account's futures wallet."""
    assert (await house.transfer("MAIN_UMFUTURE", "USDT", usdt)).status == 200


async def place(
    house: House, side: str, quantity: str, price: str = "", symbol: str = "BTCUSDT", **more: Any
) -> int:
    """An order's id; without a price it is a market order."""
    caused = await house.opened.venue.submit(
        PlaceOrder(
            uid=Uid(house.uid),
            symbol=symbol,
            side=Side(side),
            kind=OrderKind.LIMIT if price else OrderKind.MARKET,
            quantity=parse_units(quantity),
            price=parse_units(price or "0"),
            **more,
        )
    )
    placed = caused[0]
    assert isinstance(placed, OrderPlaced)
    return placed.order.order_id

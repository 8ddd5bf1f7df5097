"""Orders in the core alone: short words for them, on a world with money in the futures wallets.

BTCUSDT starts at 65,000 with ticks of 0.10 and steps of 0.001; the house quotes 64,999.90 and
65,000.10, 120 BTC at each price. Ann and Bob have 1,000,000 USDT each, and 20x.
"""

from decimal import Decimal
from typing import Any

from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import (
    AmendOrder,
    CancelOrder,
    OrderName,
    PlaceOrder,
    SetLiquidity,
    SetPrice,
)
from clearhouse.messages.trading_events import (
    HouseFilled,
    OrderEnded,
    OrderFilled,
    OrderPlaced,
)
from clearhouse.model.ids import Uid
from clearhouse.model.orders import (
    Order,
    OrderKind,
    Position,
    PositionSide,
    Side,
    TimeInForce,
)
from clearhouse.model.wallets import UMFUTURE
from unit.world import ANN, BOB, UNIT, World

BTC = "BTCUSDT"


def units(text: str) -> int:
    return int(Decimal(text) * UNIT)


class Desk(World):
    """A world that trades."""

    def __init__(self) -> None:
        super().__init__()
        for uid in (ANN, BOB):
            self.give(1_000_000 * UNIT, wallet=UMFUTURE, uid=uid)

    def quiet(self) -> "Desk":
        """Without the house's quotes."""
        self.do(SetLiquidity(symbol=BTC, mode="none"))
        return self

    def place(self, command: PlaceOrder) -> "Outcome":
        return Outcome(self.all(command), self)

    def price(self, last: str, **others: str) -> "Outcome":
        more = {name: units(text) for name, text in others.items()}
        return Outcome(self.all(SetPrice(symbol=BTC, last=units(last), **more)), self)

    def position(self, uid: Uid = ANN, side: PositionSide = PositionSide.BOTH) -> Position:
        return self.state.futures.of(uid).exposure(BTC).position(side)

    def open_ids(self, uid: Uid = ANN) -> list[int]:
        return list(self.state.futures.of(uid).exposure(BTC).orders)

    def wallet(self, uid: Uid = ANN) -> int:
        return self.balance("USDT", UMFUTURE, uid)


class Outcome:
    """What a command caused, as texts: fills of accounts, fills of the house, ends."""

    def __init__(self, events: list[Event], desk: Desk) -> None:
        self.events = events
        self.desk = desk

    @property
    def order_id(self) -> int:
        return next(e.order.order_id for e in self.events if isinstance(e, OrderPlaced))

    @property
    def order(self) -> Order | None:
        return self.desk.state.orders.open.get(self.order_id)

    def fills(self, uid: Uid = ANN) -> list[tuple[str, str, bool]]:
        """(price, quantity, maker) of an account's fills."""
        return [
            (text(e.price), text(e.quantity), e.maker)
            for e in self.events
            if isinstance(e, OrderFilled) and e.uid == uid
        ]

    def house(self) -> list[tuple[str, str, str]]:
        """(side, price, quantity) of the house's fills."""
        return [
            (e.side.value, text(e.price), text(e.quantity))
            for e in self.events
            if isinstance(e, HouseFilled)
        ]

    def ends(self) -> list[tuple[int, str, str]]:
        """(order, status, expiry) of orders that ended."""
        return [
            (e.order_id, e.status.value, e.expiry.value)
            for e in self.events
            if isinstance(e, OrderEnded)
        ]

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]


def text(amount: int) -> str:
    whole, part = divmod(abs(amount), UNIT)
    written = f"{whole}.{part:08d}".rstrip("0").rstrip(".")
    return "-" + written if amount < 0 else written


def limit(side: str, quantity: str, price: str, tif: str = "GTC", **more: Any) -> PlaceOrder:
    return PlaceOrder(
        uid=more.pop("uid", ANN),
        symbol=more.pop("symbol", BTC),
        side=Side(side),
        kind=OrderKind.LIMIT,
        quantity=units(quantity),
        price=units(price),
        time_in_force=TimeInForce(tif),
        **more,
    )


def market(side: str, quantity: str, **more: Any) -> PlaceOrder:
    return PlaceOrder(
        uid=more.pop("uid", ANN),
        symbol=more.pop("symbol", BTC),
        side=Side(side),
        kind=OrderKind.MARKET,
        quantity=units(quantity),
        **more,
    )


def amend(order_id: int, quantity: str, price: str, side: str = "BUY", **more: Any) -> AmendOrder:
    return AmendOrder(
        uid=more.pop("uid", ANN),
        symbol=BTC,
        name=OrderName(order_id),
        side=Side(side),
        quantity=units(quantity),
        price=units(price),
        **more,
    )


def cancel(order_id: int, uid: Uid = ANN) -> CancelOrder:
    return CancelOrder(uid=uid, symbol=BTC, name=OrderName(order_id))

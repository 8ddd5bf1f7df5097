"""The open orders of the venue, and the ids of those to come."""

from dataclasses import dataclass, field

from clearhouse.messages.trading_commands import OrderName
from clearhouse.model.ids import Uid
from clearhouse.model.orders import AlgoOrder, Order

FIRST_ORDER_ID = 4_000_000_001
FIRST_ALGO_ID = 2_000_001


@dataclass(slots=True)
class Orders:
    """Open orders and conditional orders that are not over, by id and by their client's name.

    A client's id names one open order of its account; that of one that is over may be used again.
    """

    open: dict[int, Order] = field(default_factory=dict)
    names: dict[tuple[Uid, str], int] = field(default_factory=dict)
    algos: dict[int, AlgoOrder] = field(default_factory=dict)
    algo_names: dict[tuple[Uid, str], int] = field(default_factory=dict)
    next_order_id: int = FIRST_ORDER_ID
    next_algo_id: int = FIRST_ALGO_ID
    next_amendment_id: int = 1

    def emptied(self) -> "Orders":
        """No orders, and ids that go on."""
        return Orders(
            next_order_id=self.next_order_id,
            next_algo_id=self.next_algo_id,
            next_amendment_id=self.next_amendment_id,
        )

    def find(self, uid: Uid, symbol: str, name: OrderName) -> Order | None:
        """An open order of an account; its id wins over the client's."""
        number = name.order_id
        if number is None:
            number = self.names.get((uid, name.client_id or ""), 0)
        order = self.open.get(number)
        return order if order and order.uid == uid and order.symbol == symbol else None

    def find_algo(self, uid: Uid, name: OrderName) -> AlgoOrder | None:
        """A conditional order of an account that is not over."""
        number = name.order_id
        if number is None:
            number = self.algo_names.get((uid, name.client_id or ""), 0)
        algo = self.algos.get(number)
        return algo if algo and algo.uid == uid else None

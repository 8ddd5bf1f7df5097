"""What the journal's tables say of trading is what the state says, after whatever happened.

Open orders are equal field by field; a wallet is the sum of its income rows; a position is the
sum of the account's trades; an order that is over came to the sum of its trades.
"""

import contextlib
import sqlite3
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from clearhouse.journal.history import History
from clearhouse.journal.read_models import project
from clearhouse.journal.rows import Rows
from clearhouse.journal.tables import create_tables, write_rows
from clearhouse.messages.commands import Command
from clearhouse.messages.events import Event
from clearhouse.messages.histories import IncomeHistory
from clearhouse.messages.queries import Query
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import (
    AmendOrder,
    CancelAlgo,
    CancelOrder,
    OrderName,
    PlaceAlgo,
    PlaceOrder,
    SetPrice,
    SettleFunding,
)
from clearhouse.messages.trading_histories import FindAlgo, FindOrder, OrderHistory, UserTrades
from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.model.orders import AlgoKind, OrderKind, PositionSide, Side, TimeInForce
from clearhouse.model.wallets import UMFUTURE
from unit.trading.desk import BTC, Desk
from unit.world import ANN, BOB, UNIT

Step = Callable[[Desk], Command]
EVER: dict[str, Any] = {"start": Millis(0), "end": Millis(2**53)}
AGO: dict[str, Any] = {"since": Millis(0), "unfilled_since": Millis(0)}

accounts = st.sampled_from((ANN, BOB))
sides = st.sampled_from(Side)
prices = st.integers(6_495, 6_505).map(lambda tens: tens * 10 * UNIT)
quantities = st.integers(2, 9).map(lambda steps: steps * UNIT // 1_000)
choice = st.integers(0, 9)


def _name(numbers: dict[int, Any], nth: int) -> OrderName:
    return OrderName(list(numbers)[nth % len(numbers)] if numbers else 1)


def _cancel(desk: Desk, nth: int) -> Command:
    name = _name(desk.state.orders.open, nth)
    found = desk.state.orders.open.get(name.order_id or 0)
    return CancelOrder(uid=found.uid if found else ANN, symbol=BTC, name=name)


def _give_up(desk: Desk, nth: int) -> Command:
    name = _name(desk.state.orders.algos, nth)
    found = desk.state.orders.algos.get(name.order_id or 0)
    return CancelAlgo(uid=found.uid if found else ANN, name=name)


def _amend(desk: Desk, nth: int, price: int, quantity: int) -> Command:
    name = _name(desk.state.orders.open, nth)
    found = desk.state.orders.open.get(name.order_id or 0)
    side, uid = (found.side, found.uid) if found else (Side.BUY, ANN)
    return AmendOrder(uid=uid, symbol=BTC, name=name, side=side, quantity=quantity, price=price)


placing = st.builds(
    lambda **facts: lambda _: PlaceOrder(symbol=BTC, kind=OrderKind.LIMIT, **facts),
    uid=accounts,
    side=sides,
    quantity=quantities,
    price=prices,
    time_in_force=st.sampled_from((TimeInForce.GTC, TimeInForce.IOC, TimeInForce.GTX)),
    reduce_only=st.integers(0, 5).map(lambda number: number == 0),
)
taking = st.builds(
    lambda **facts: lambda _: PlaceOrder(symbol=BTC, kind=OrderKind.MARKET, **facts),
    uid=accounts,
    side=sides,
    quantity=quantities,
)
waiting = st.builds(
    lambda **facts: lambda _: PlaceAlgo(symbol=BTC, kind=AlgoKind.STOP_MARKET, **facts),
    uid=accounts,
    side=sides,
    quantity=quantities,
    trigger_price=prices,
)
cancelling = st.builds(lambda nth: lambda desk: _cancel(desk, nth), choice)
giving_up = st.builds(lambda nth: lambda desk: _give_up(desk, nth), choice)
amending = st.builds(lambda *facts: lambda desk: _amend(desk, *facts), choice, prices, quantities)
moving = st.builds(lambda price: lambda _: SetPrice(symbol=BTC, last=price), prices)
funding = st.builds(
    lambda rate: lambda _: SettleFunding(symbol=BTC, rate=rate), st.integers(-9_999, 9_999)
)
steps = st.lists(
    st.one_of(
        *(placing, placing, placing, taking, waiting, waiting, moving),
        *(cancelling, giving_up, amending, amending, funding),
    ),
    min_size=20,
    max_size=60,
)


class Recorded(Desk):
    """A desk that keeps its events."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        super().__init__()

    @override
    def all(self, command: Command) -> list[Event]:
        caused = super().all(command)
        self.events += caused
        return caused


@settings(max_examples=40, deadline=None)
@given(steps=steps, batch=st.integers(1, 40), quoted=st.booleans())
def test_the_tables_say_what_the_state_says(steps: list[Step], batch: int, quoted: bool) -> None:
    """However many events were written together, and whether the house quotes or not."""
    desk = Recorded()
    if not quoted:
        desk.quiet()
    for step in steps:
        desk.now += 1
        with contextlib.suppress(Rejected):
            desk.all(step(desk))
    db = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(db)
    numbered = list(enumerate(desk.events, 1))
    for first in range(0, len(numbered), batch):
        rows = Rows()
        for number, event in numbered[first : first + batch]:
            project(Seq(number), event, rows)
        write_rows(db, rows)
    read = History(db).answer
    for uid in (ANN, BOB):
        check_open(desk, read, uid)
        check_sums(desk, read, uid)
    db.close()


def check_open(desk: Desk, read: Callable[[Query[Any]], Any], uid: Uid) -> None:
    mine = {n: order for n, order in desk.state.orders.open.items() if order.uid == uid}
    for number, order in mine.items():
        asked = FindOrder(uid=uid, symbol=BTC, name=OrderName(number), **AGO)
        assert read(asked) == order
    for number, algo in desk.state.orders.algos.items():
        found = read(FindAlgo(uid=uid, name=OrderName(number), **AGO))
        assert (found and found.algo) == (algo if algo.uid == uid else None)
    listed = read(OrderHistory(uid=uid, limit=1_000, **AGO))
    still = [order for order in listed if order.status in ("NEW", "PARTIALLY_FILLED")]
    assert still == sorted(mine.values(), key=lambda order: order.order_id)


def check_sums(desk: Desk, read: Callable[[Query[Any]], Any], uid: Uid) -> None:
    income = read(IncomeHistory(uid=uid, offset=0, limit=1_000, **EVER))
    assert sum(row.units for row in income) == desk.balance("USDT", UMFUTURE, uid)
    trades = read(UserTrades(uid=uid, limit=1_000, **EVER))
    signed = sum(trade.quantity * trade.side.sign for trade in trades)
    assert signed == desk.position(uid, PositionSide.BOTH).quantity
    profits = [row.units for row in income if row.why == "REALIZED_PNL"]
    assert sum(profits) == sum(trade.realized for trade in trades)
    for order in read(OrderHistory(uid=uid, limit=1_000, **AGO)):
        asked = UserTrades(uid=uid, limit=1_000, order_id=order.order_id, **EVER)
        fills = read(asked)
        assert sum(fill.quantity for fill in fills) == order.executed
        assert sum(fill.quote for fill in fills) == order.quote

"""The flow of orders into the simulated exchange of `nautilus_trader`.

`python -m benchmarks.flow_nautilus FLOW STEPS [RESTING]` prints one line of JSON; it is run by an
interpreter that has `nautilus_trader`. Commands and orders are made before the clock starts, and
then handed to its execution engine one by one: the exchange takes each at once
(`use_message_queue=False`), so no data event has to come first. Of the ways to run it
this is the fastest that was found:

- nothing is logged, and the risk engine is left out;
- the account is frozen: no balance or margin is worked out. For one that is not, each event of an
  order goes over all open orders again;
- all accounts of the flow are one, with one position. As strategies they would have positions of
  their own, and each fill would go over all of those.

The depth that orders trade with is an order book of 20 levels a side, as the house quotes it.
"""

import gc
import json
import sys
import time
from decimal import Decimal
from typing import NamedTuple

from nautilus_trader.backtest.engine import SimulatedExchange
from nautilus_trader.backtest.execution_client import BacktestExecClient
from nautilus_trader.backtest.models import FillModel, MakerTakerFeeModel
from nautilus_trader.cache.cache import Cache
from nautilus_trader.common.component import MessageBus, TestClock
from nautilus_trader.core.uuid import UUID4
from nautilus_trader.execution.engine import ExecutionEngine
from nautilus_trader.execution.messages import CancelOrder, SubmitOrder
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.data import BookOrder, OrderBookDelta, OrderBookDeltas
from nautilus_trader.model.enums import (
    AccountType,
    BookAction,
    BookType,
    OmsType,
    OrderSide,
    TimeInForce,
)
from nautilus_trader.model.identifiers import ClientOrderId, StrategyId, TraderId
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.model.orders import LimitOrder, MarketOrder
from nautilus_trader.portfolio.portfolio import Portfolio
from nautilus_trader.test_kit.providers import TestInstrumentProvider

from benchmarks.order_flow import ANCHOR, CANCEL, LIMIT, RESTING, Step, flow

LEVELS, DEEP = 20, "1000.000"
TRADER = TraderId("BENCH-001")
STRATEGY = StrategyId("S-001")
INSTRUMENT = TestInstrumentProvider.btcusdt_perp_binance()


class Venue(NamedTuple):
    """The engine that takes commands, and where its orders and positions are."""

    engine: ExecutionEngine
    cache: Cache


def main(name: str, steps: int, resting: int) -> None:
    """Fill the book, time the steps, and print what came of them."""
    engine, cache = venue()
    before, timed = flow(name, steps, resting)
    prepared = [command(step) for step in before], [command(step) for step in timed]
    execute = engine.execute
    for each in prepared[0]:
        execute(each)
    gc.collect()
    gc.freeze()
    begin = time.perf_counter()
    for each in prepared[1]:
        execute(each)
    taken = time.perf_counter() - begin
    print(json.dumps({"seconds": taken} | outcome(cache)))


def venue() -> Venue:
    """Return an exchange with one instrument and depth in its book, and what it reports to."""
    clock, cache = TestClock(), Cache()
    bus = MessageBus(trader_id=TRADER, clock=clock)
    portfolio = Portfolio(msgbus=bus, cache=cache, clock=clock)
    engine = ExecutionEngine(msgbus=bus, cache=cache, clock=clock)
    cache.add_instrument(INSTRUMENT)
    exchange = SimulatedExchange(
        venue=INSTRUMENT.venue,
        oms_type=OmsType.NETTING,
        account_type=AccountType.MARGIN,
        base_currency=None,
        starting_balances=[Money(10**9, USDT)],
        default_leverage=Decimal(20),
        leverages={},
        modules=[],
        portfolio=portfolio,
        msgbus=bus,
        cache=cache,
        clock=clock,
        fill_model=FillModel(),
        fee_model=MakerTakerFeeModel(),
        book_type=BookType.L2_MBP,
        frozen_account=True,
        use_message_queue=False,
    )
    client = BacktestExecClient(
        exchange=exchange, msgbus=bus, cache=cache, clock=clock, frozen_account=True
    )
    exchange.register_client(client)
    engine.register_client(client)
    exchange.add_instrument(INSTRUMENT)
    exchange.initialize_account()
    client.start()
    engine.start()
    exchange.process_order_book_deltas(depth())
    return Venue(engine, cache)


def depth() -> OrderBookDeltas:
    """Return the levels that the house would quote around the anchor."""
    deltas = []
    for side, sign in ((OrderSide.BUY, -1), (OrderSide.SELL, 1)):
        for number in range(1, LEVELS + 1):
            order = BookOrder(side, price(ANCHOR + sign * number), Quantity.from_str(DEEP), 0)
            deltas.append(OrderBookDelta(INSTRUMENT.id, BookAction.ADD, order, 0, 0, 0, 0))
    return OrderBookDeltas(INSTRUMENT.id, deltas)


def price(ticks: int) -> Price:
    return Price.from_str(f"{ticks // 10}.{ticks % 10}")


def command(step: Step) -> SubmitOrder | CancelOrder:
    """Return a step as the command that a strategy would send."""
    name = ClientOrderId(f"O-{step.number}")
    if step.kind == CANCEL:
        return CancelOrder(TRADER, STRATEGY, INSTRUMENT.id, name, None, UUID4(), 0)
    side = OrderSide.BUY if step.buy else OrderSide.SELL
    quantity = Quantity.from_str(f"{step.quantity / 1000:.3f}")
    given = TRADER, STRATEGY, INSTRUMENT.id, name, side, quantity
    if step.kind == LIMIT:
        order = LimitOrder(*given, price(step.price), UUID4(), 0, TimeInForce.GTC)
    else:
        order = MarketOrder(*given, UUID4(), 0, TimeInForce.GTC)
    return SubmitOrder(TRADER, STRATEGY, order, UUID4(), 0)


def outcome(cache: Cache) -> dict[str, int]:
    """Count what the venues must agree on."""
    trades = sum(len(order.trade_ids) for order in cache.orders())
    return {"open": cache.orders_open_count(), "trades": trades}


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[2:] if text.isdigit()]
    main(sys.argv[1], *(*numbers, RESTING)[:2])

"""A trading node of nautilus_trader with its own Binance adapter, and what came to it.

`python nautilus_node.py URL KEY SECRET` is run by an interpreter that has `nautilus_trader`, so it
imports nothing of ours. It reads all instruments, takes over what the account has, subscribes what
the adapter can subscribe, asks for history, has one limit order accepted and cancelled and one
market order filled, and waits until a minute has closed. Then it lets the market stand, and its
last line is what it saw, as JSON. What the adapter complains of stands before that.
"""

import asyncio
import json
import sys
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from urllib.request import Request, urlopen

from nautilus_trader.adapters.binance import (
    BinanceAccountType,
    BinanceDataClientConfig,
    BinanceExecClientConfig,
    BinanceLiveDataClientFactory,
    BinanceLiveExecClientFactory,
)
from nautilus_trader.config import (
    InstrumentProviderConfig,
    LiveExecEngineConfig,
    LoggingConfig,
    TradingNodeConfig,
)
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import BookType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.strategy import Strategy

BTC = InstrumentId.from_str("BTCUSDT-PERP.BINANCE")
MINUTES = BarType.from_str(f"{BTC}-1-MINUTE-LAST-EXTERNAL")
HISTORY = 1_500
ENOUGH = {"deltas": 50, "quotes": 50, "trades": 20, "marks": 5, "bars": 1, "past bars": HISTORY}
LIVED = [
    ["OrderInitialized", "OrderSubmitted", "OrderAccepted", "OrderPendingCancel", "OrderCanceled"],
    ["OrderInitialized", "OrderSubmitted", "OrderAccepted", "OrderFilled"],
]
LONGEST_S = 90
STILL_S = 2


class Observer(Strategy):  # type: ignore[misc]  # it has no types where it is not installed
    """Counts what comes, and gives its orders one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.orders: list[list[str]] = []
        self.bars: list[Any] = []
        self.taken_over: dict[str, Any] = {}
        self._latest: dict[str, int] = {}

    def on_start(self) -> None:
        """Subscribe and ask for all of it."""
        self.taken_over = {
            "open_orders": [str(order.quantity) for order in self.cache.orders_open()],
            "net_position": str(self.portfolio.net_position(BTC)),
        }
        self.subscribe_order_book_deltas(BTC, BookType.L2_MBP)
        self.subscribe_quote_ticks(BTC)
        self.subscribe_trade_ticks(BTC)
        self.subscribe_bars(MINUTES)
        self.subscribe_mark_prices(BTC)
        now = self.clock.utc_now().floor("min")
        past = now - timedelta(minutes=HISTORY)
        self.request_bars(MINUTES, past, now, limit=HISTORY)
        self.request_trade_ticks(BTC, now - timedelta(minutes=1), limit=1_000)

    def on_stop(self) -> None:
        """Leave everything as it is."""

    def on_order_book_deltas(self, deltas: Any) -> None:
        """A book that moves forward and is never crossed."""
        self._came("deltas", deltas.sequence)
        book = self.cache.order_book(BTC)
        bid, ask = book.best_bid_price(), book.best_ask_price()
        if bid is None or ask is None or bid >= ask:
            self.faults["crossed book"] += 1

    def on_quote_tick(self, tick: Any) -> None:
        """Best prices; the first of them begin the orders."""
        self._came("quotes", tick.ts_event)
        if tick.bid_price >= tick.ask_price:
            self.faults["crossed quote"] += 1
        if self.counts["quotes"] == 1:
            price = self.instrument().make_price(tick.bid_price * Decimal("0.95"))
            size = self.instrument().make_qty(Decimal("0.004"))
            self.submit_order(self.order_factory.limit(BTC, OrderSide.BUY, size, price))

    def on_trade_tick(self, tick: Any) -> None:
        """A trade: the one after the last."""
        before, now = self._latest.get("trades"), int(tick.trade_id.value)
        if before and now != before + 1:
            self.faults["trades missed"] += 1
        self._came("trades", now, once=True)

    def on_mark_price(self, mark: Any) -> None:
        """A mark price."""
        self._came("marks", mark.ts_event)

    def on_bar(self, bar: Any) -> None:
        """A minute that has closed."""
        self._came("bars", bar.ts_event, once=True)

    def on_historical_data(self, data: Any) -> None:
        """Bars or trades of the past, one by one."""
        if hasattr(data, "trade_id"):
            self._came("past trades", int(data.trade_id.value), once=True)
        else:
            self._came("past bars", data.ts_event, once=True)
            self.bars.append(data)

    def on_order_event(self, event: Any) -> None:
        """The life of the orders; a cancelled one is followed by one that fills."""
        self.orders.append([str(event.client_order_id), type(event).__name__])
        order = self.cache.order(event.client_order_id)
        kind = type(event).__name__
        if kind == "OrderAccepted" and order.order_type.name == "LIMIT":
            self.cancel_order(order)
        elif kind == "OrderCanceled":
            size = self.instrument().make_qty(Decimal("0.010"))
            self.submit_order(self.order_factory.market(BTC, OrderSide.BUY, size))

    def instrument(self) -> Any:
        """The contract, as it was read from the server."""
        return self.cache.instrument(BTC)

    def done(self) -> bool:
        """Whether everything has come that is to come."""
        many = all(self.counts[name] >= number for name, number in ENOUGH.items())
        return many and self.lives() == LIVED

    def lives(self) -> list[list[str]]:
        """The events of each order of its own."""
        ours = {str(order.client_order_id) for order in self.cache.orders(strategy_id=self.id)}
        return [
            [kind for name, kind in self.orders if name == one]
            for one in dict.fromkeys(name for name, _ in self.orders)
            if one in ours
        ]

    def _came(self, what: str, place: int, *, once: bool = False) -> None:
        self.counts[what] += 1
        before = self._latest.get(what, 0)
        if place < before or (once and place == before):
            self.faults[f"{what} go back"] += 1
        self._latest[what] = place


def node(url: str, key: str, secret: str, observer: Observer) -> TradingNode:
    """A node with a data and an execution client, all instruments, and reconciliation."""
    common = {
        "api_key": key,
        "api_secret": secret,
        "account_type": BinanceAccountType.USDT_FUTURES,
        "base_url_http": url,
        "base_url_ws": url.replace("http", "ws", 1),
        "instrument_provider": InstrumentProviderConfig(load_all=True),
    }
    built = TradingNode(
        TradingNodeConfig(
            trader_id="OBSERVER-001",
            logging=LoggingConfig(log_level="WARNING", log_colors=False),
            exec_engine=LiveExecEngineConfig(reconciliation=True),
            data_clients={"BINANCE": BinanceDataClientConfig(**common)},
            exec_clients={"BINANCE": BinanceExecClientConfig(**common)},
            timeout_disconnection=2.0,
            timeout_post_stop=1.0,
        )
    )
    built.trader.add_strategy(observer)
    built.add_data_client_factory("BINANCE", BinanceLiveDataClientFactory)
    built.add_exec_client_factory("BINANCE", BinanceLiveExecClientFactory)
    built.build()
    return built


def call(url: str, path: str, body: object = None) -> Any:
    """The server without the adapter: a GET, or a PUT of JSON."""
    raw = None if body is None else json.dumps(body).encode()
    method = "GET" if body is None else "PUT"
    with urlopen(Request(url + path, raw, method=method)) as answer:
        return json.load(answer)


def kept_book(observer: Observer) -> list[list[list[str]]]:
    """Every level of the book that the node keeps, best first, as `depth` shows it."""
    book = observer.cache.order_book(BTC)
    return [
        [[str(level.price), str(level.orders()[0].size)] for level in side]
        for side in (book.bids(), book.asks())
    ]


def seen(observer: Observer, book: Any) -> dict[str, Any]:
    """All that the test looks at."""
    account = observer.portfolio.account(BTC.venue)
    closed = [bar.ts_event for bar in observer.bars]
    return {
        "instruments": sorted(str(one.id) for one in observer.cache.instruments()),
        "taken_over": observer.taken_over,
        "counts": observer.counts,
        "faults": observer.faults,
        "orders": observer.lives(),
        "net_position": str(observer.portfolio.net_position(BTC)),
        "balances": {str(name): str(total) for name, total in account.balances_total().items()},
        "steps_of_past": sorted({two - one for one, two in pairwise(closed)}),
        "book": book,
    }


async def observe(url: str, key: str, secret: str) -> dict[str, Any]:
    """Run until everything has come, or for as long as it may take."""
    observer = Observer()
    running = node(url, key, secret, observer)
    task = asyncio.create_task(running.run_async())
    for _ in range(LONGEST_S * 10):
        if observer.done():
            break
        await asyncio.sleep(0.1)
    await asyncio.to_thread(call, url, "/_clearhouse/v1/market", {"source": "fixed"})
    await asyncio.sleep(STILL_S)
    depth = await asyncio.to_thread(call, url, "/fapi/v1/depth?symbol=BTCUSDT&limit=1000")
    book = {"kept": kept_book(observer), "shown": [depth["bids"], depth["asks"]]}
    report = seen(observer, book)
    await running.stop_async()
    with suppress(asyncio.CancelledError):
        await task
    return report


if __name__ == "__main__":
    print(json.dumps(asyncio.run(observe(*sys.argv[1:4]))), flush=True)

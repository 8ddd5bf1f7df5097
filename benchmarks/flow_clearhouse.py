"""The flow of orders into Clearhouse's core: decide, match, apply, in one process.

`python -m benchmarks.flow_clearhouse FLOW STEPS [RESTING]` prints one line of JSON. Commands are
made before the clock starts. Everything that makes an order is in it: refusals, margin and
position limits of 1,000 accounts, matching, positions, double entry, commissions. Not in it:
HTTP, the journal.
`--profile` prints where the time goes instead.
"""

import cProfile
import gc
import json
import pstats
import sys
import time
from collections.abc import Iterable

from benchmarks.order_flow import ACCOUNTS, ANCHOR, CANCEL, LIMIT, RESTING, Step, flow
from clearhouse.engine.apply import apply
from clearhouse.engine.execute import execute
from clearhouse.engine.state import State
from clearhouse.messages.commands import Command, Credential, OpenAccount
from clearhouse.messages.trading_commands import (
    CancelOrder,
    OrderName,
    PlaceOrder,
    SetLiquidity,
    SetPrice,
)
from clearhouse.model.access import ALL_PERMISSIONS, KeyKind
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import Money, parse_units
from clearhouse.model.orders import OrderKind, SelfTrade, Side
from clearhouse.model.wallets import UMFUTURE
from clearhouse.runtime.market import builtin_market

SYMBOL, TICK, STEP = "BTCUSDT", parse_units("0.1"), parse_units("0.001")
FIRST_UID = 10_000_001
FUNDS = ((UMFUTURE, Money("USDT", parse_units("1000000"))),)
AT = Millis(1_760_000_000_000)


def main(name: str, steps: int, resting: int, *, profile: bool) -> None:
    """Fill the book, time the steps, and print what came of them."""
    state, (before, timed) = market(name), flow(name, steps, resting)
    take(state, (command(step) for step in before))
    prepared = [command(step) for step in timed]
    gc.collect()
    gc.freeze()
    if profile:
        profiler = cProfile.Profile()
        profiler.runcall(take, state, prepared)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(40)
        return
    begin = time.perf_counter()
    take(state, prepared)
    taken = time.perf_counter() - begin
    assert all(row.total == 0 for row in state.books.trial_balance())
    print(json.dumps({"seconds": taken} | outcome(state)))


def market(name: str) -> State:
    """Return the built-in market with its accounts, and with depth or without."""
    state = State()
    take(state, builtin_market())
    for number in range(ACCOUNTS):
        key = Credential(
            api_key=f"{number:064}", kind=KeyKind.HMAC, material=b"", permissions=ALL_PERMISSIONS
        )
        uid = Uid(FIRST_UID + number)
        take(state, [OpenAccount(label="", credential=key, uid=uid, deposits=FUNDS)])
    mode = "house" if name == "house" else "none"
    quotes = SetLiquidity(symbol=SYMBOL, mode=mode)
    take(state, [SetPrice(symbol=SYMBOL, last=ANCHOR * TICK), quotes])
    return state


def take(state: State, commands: Iterable[Command]) -> None:
    """Decide commands one after the other, and apply what each causes."""
    for each in commands:
        for event in execute(state, each, AT):
            apply(state, event)


def command(step: Step) -> Command:
    """Return a step as a command."""
    uid, name = Uid(FIRST_UID + step.account), f"O-{step.number}"
    if step.kind == CANCEL:
        return CancelOrder(uid=uid, symbol=SYMBOL, name=OrderName(None, name))
    return PlaceOrder(
        uid=uid,
        symbol=SYMBOL,
        side=Side.BUY if step.buy else Side.SELL,
        kind=OrderKind.LIMIT if step.kind == LIMIT else OrderKind.MARKET,
        quantity=step.quantity * STEP,
        price=step.price * TICK,
        client_id=name,
        self_trade=SelfTrade.NONE,
    )


def outcome(state: State) -> dict[str, int]:
    """Count what the venues must agree on."""
    return {"open": len(state.orders.open), "trades": state.markets[SYMBOL].next_trade_id - 1}


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[2:] if text.isdigit()]
    main(sys.argv[1], *(*numbers, RESTING)[:2], profile="--profile" in sys.argv)

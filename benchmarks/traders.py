"""A journal of accounts that trade, made without HTTP: `python -m benchmarks.traders`.

Each account has a long position in each of some symbols, bought from the house, and some resting
orders, spread over the symbols below their prices; where collateral is shared it has four kinds
of it. As `population.py`: the same decisions, events
and journal, in large commits, and a snapshot at the end.
"""

import subprocess
import sys
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

from msgspec.structs import replace

from benchmarks import venue
from benchmarks.harness import ROOT
from benchmarks.population import write
from benchmarks.report import UnavailableError
from clearhouse.engine.state import State
from clearhouse.messages.commands import Command, ListContract, OpenAccount, SetMultiAssetsMode
from clearhouse.messages.trading_commands import PlaceOrder
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import SCALE, Money, parse_units
from clearhouse.model.orders import OrderKind, Side
from clearhouse.model.wallets import UMFUTURE
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET, genesis, hmac_credential
from clearhouse.runtime.sealing import Sealer

FUNDS = ((UMFUTURE, Money("USDT", parse_units("100000"))),)
MORE = tuple((UMFUTURE, Money(asset, parse_units("10"))) for asset in ("BTC", "ETH", "BNB"))
MODEL = "DOGEUSDT"
"""The contract that further symbols are copies of."""
VALUE = parse_units("150")
"""What a position and an order are worth at least, in USDT."""
BELOW = parse_units("0.98")
"""Where resting orders begin, by the last price."""


def make(path: Path, *, accounts: int, symbols: int, orders: int, shared: bool = False) -> None:
    """Make a data file in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.traders", str(path)]
    command += [str(accounts), str(symbols), str(orders), str(int(shared))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"no journal could be made: {done.stderr[-1000:]}")


def names(symbols: int) -> list[str]:
    """Return the symbols that are traded: the first and then copies of a cheap one."""
    return ["BTCUSDT", *(f"D{number:03}USDT" for number in range(1, symbols))]


def build(path: Path, accounts: int, symbols: int, orders: int, shared: int) -> None:
    """Write the journal and its snapshot."""
    sealer, state = Sealer.beside(Path(f"{path}.key"), create=True), State()
    holders = accounts_with(sealer, accounts, shared=bool(shared))
    commands = all_commands(state, sealer, holders, names(symbols), orders)
    write(path, state, zip(commands, repeat(Millis(venue.now_ms())), strict=False))


def accounts_with(sealer: Sealer, accounts: int, *, shared: bool) -> Iterator[tuple[Command, ...]]:
    """Yield for each account what opens it: with its money, and sharing collateral or not."""
    for account in venue.accounts(accounts):
        uid, funds = Uid(account.uid), FUNDS + MORE if shared else FUNDS
        credential = hmac_credential(sealer, account.api_key, account.api_secret)
        opened = OpenAccount(label="", credential=credential, uid=uid, deposits=funds)
        yield (opened, SetMultiAssetsMode(uid=uid, on=True)) if shared else (opened,)


def all_commands(
    state: State,
    sealer: Sealer,
    accounts: Iterator[tuple[Command, ...]],
    symbols: list[str],
    orders: int,
) -> Iterator[Command]:
    """Yield the first start, the symbols, then account after account."""
    for first in genesis(sealer, DEMO_KEY, DEMO_SECRET):
        yield first
        if isinstance(first, ListContract) and first.contract.symbol == MODEL:
            copied = first.contract
    for symbol in symbols[1:]:
        yield ListContract(replace(copied, symbol=symbol))
    for first, *more in accounts:
        assert isinstance(first, OpenAccount)
        assert first.uid
        uid = first.uid
        yield from (first, *more)
        for symbol in symbols:
            yield order(state, uid, symbol, None)
        for number in range(orders):
            level, at = divmod(number, len(symbols))
            yield order(state, uid, symbols[at], level)


def order(state: State, uid: Uid, symbol: str, level: int | None) -> PlaceOrder:
    """Return a market order, or a limit order at a level below the price."""
    rules, market = state.catalogue.rules[symbol], state.markets[symbol]
    price = market.last * BELOW // SCALE // rules.tick * rules.tick
    quantity = (VALUE * SCALE // price // rules.step + 1) * rules.step
    return PlaceOrder(
        uid=uid,
        symbol=symbol,
        side=Side.BUY,
        kind=OrderKind.MARKET if level is None else OrderKind.LIMIT,
        quantity=quantity,
        price=0 if level is None else price - level * rules.tick,
    )


if __name__ == "__main__":
    build(Path(sys.argv[1]), *map(int, sys.argv[2:]))

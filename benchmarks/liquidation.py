"""A price that brings a thousand accounts down: who is looked at, how long it takes, who notices.

*Screening*: a million positions in one symbol, put into the state of a process without a journal.
A mark is set that a thousand of them do not survive, and those who are to be looked at are found;
they must be exactly those thousand. The reference is one plain pass of numpy over the same two
arrays, their sums. The price is then set in earnest: the thousand have no position afterwards.

*Tick*: a server with its journal on the disk, where 20,000 accounts have a position. In each turn
a price liquidates another thousand. The time is from the request to its answer, which comes when
everything is durable. Meanwhile others read their balances at an even rate, as in `latency`;
reference is the turn before, without a price. A turn of reads is as long as the tick took, or a
little longer, so that what they notice is not thinned by quiet seconds.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path

from benchmarks import venue
from benchmarks.harness import (
    ROOT,
    Options,
    Served,
    on_cores,
    paired_ratio,
    scratch_directory,
    settle,
    two_cores,
)
from benchmarks.latency import noticed, paced
from benchmarks.population import take, write
from benchmarks.report import Result, UnavailableError
from clearhouse.accounts.register import Account
from clearhouse.engine.state import State
from clearhouse.liquidation.decide import look
from clearhouse.margin.exposure import Exposure
from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.messages.commands import Command, OpenAccount
from clearhouse.messages.trading_commands import PlaceOrder, SetPrice
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import SCALE, Money, parse_units
from clearhouse.model.orders import OrderKind, Position, PositionSide, Side
from clearhouse.model.wallets import UMFUTURE
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET, genesis, hmac_credential
from clearhouse.runtime.sealing import Sealer

SYMBOL = "BTCUSDT"
PRICE = 65_000
DOOMED = 1_000
QUANTITY = parse_units("0.001")
RICH = 100_000
READERS = 1_000
RATE = 1_000
"""Balances a second."""
BALANCE = "/fapi/v2/balance"
WAIT_S = 0.05
"""How long others read before the price is set."""


def run(options: Options) -> list[Result]:
    """Screen a million in a process of its own; then let a server liquidate again and again."""
    positions = 50_000 if options.quick else 1_000_000
    core, generator = two_cores()
    with on_cores(core):
        results = [screening(positions, options.rounds)]
    turns, accounts = options.rounds, 5_000 if options.quick else 20_000
    with scratch_directory() as directory:
        call("build", directory / "clearhouse.db", turns, accounts)
        with venue.serve(directory, cores=[core]) as server, on_cores(generator):
            results += ticks(server, turns, accounts)
    return results


def call(*arguments: object) -> str:
    """Run a part of this module in a process of its own; return what it prints."""
    command = [sys.executable, "-m", "benchmarks.liquidation", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"{arguments[0]} went wrong: {done.stderr[-1000:]}")
    return done.stdout


def funds(group: int) -> int:
    """USDT of an account of a group: each has some more than the one before."""
    return 4 + 2 * group


def deadly(group: int) -> int:
    """A price that leaves accounts of a group too little, and the next one enough.

    It is above their bankruptcy price, so the book takes their positions.
    """
    return PRICE - 1_000 * funds(group) + 150


# The million


def screening(positions: int, rounds: int) -> Result:
    """Compare finding the thousand with one pass over the arrays."""
    settle()
    seen = json.loads(call("screening", positions, rounds))
    return Result(
        name=f"liquidation: screening of {positions:,} positions, {DOOMED:,} to be looked at",
        measured=f"{statistics.median(seen['screening_ms']):.2f} ms",
        reference=f"{statistics.median(seen['plain_ms']):.2f} ms one numpy pass",
        value=paired_ratio(seen["screening_ms"], seen["plain_ms"]),
        target=3,
        at_most=True,
        detail=seen,
    )


def measure(positions: int, rounds: int) -> dict[str, object]:
    """Put the positions into a state, and let the price fall."""
    state = State()
    for command in genesis(Sealer(b"\0" * 32), DEMO_KEY, DEMO_SECRET):
        for _ in take(state, command, Millis(venue.now_ms())):
            pass
    every = [Uid(venue.FIRST_UID + number) for number in range(positions)]
    doomed = every[:: positions // DOOMED][:DOOMED]
    for uid in every:
        put(state, uid, RICH * SCALE)
    for uid in doomed:
        put(state, uid, funds(0) * SCALE)
    market = state.markets[SYMBOL]
    market.house = Position(-positions * QUANTITY, PRICE * SCALE)
    first = clocked(lambda: list(look(state)))
    mark, rows = deadly(0) * SCALE, state.watch.marks[SYMBOL]
    screened, plain = [], []
    for _ in range(5 * rounds):
        screened.append(clocked(lambda: rows.left_by(mark)))
        plain.append(clocked(lambda: [int(array.sum()) for array in rows.arrays()]))
    assert rows.left_by(mark) == doomed, "others were found than those in trouble"
    fall = SetPrice(symbol=SYMBOL, last=deadly(0) * SCALE)
    tick = clocked(lambda: list(take(state, fall, Millis(venue.now_ms()))))
    assert len(market.holders) == positions - DOOMED
    again = clocked(lambda: list(take(state, fall, Millis(venue.now_ms()))))
    return {
        "screening_ms": screened,
        "plain_ms": plain,
        "look_at_all_ms": first,
        "tick_ms": tick,
        "tick_of_nobody_ms": again,
    }


def put(state: State, uid: Uid, units: int) -> None:
    """Give an account money and a position, as events would have."""
    position = Position(QUANTITY, PRICE * SCALE)
    state.register.accounts[uid] = Account(uid, "", Millis(0))
    state.books.holdings[uid] = {state.books.slot(UMFUTURE, "USDT"): units}
    exposures = {SYMBOL: Exposure(positions={PositionSide.BOTH: position})}
    state.futures.by_uid[uid] = FuturesAccount(exposures=exposures)
    state.markets[SYMBOL].holders[uid] = None
    state.watch.changed[uid] = None


def clocked(work: Callable[[], object]) -> float:
    """Return the milliseconds that something takes."""
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


# The server


def build(path: Path, turns: int, accounts: int) -> None:
    """Write a journal of accounts with a position: a thousand for each turn, and rich ones."""
    sealer, state = Sealer.beside(Path(f"{path}.key"), create=True), State()
    commands = all_commands(sealer, turns, accounts)
    write(path, state, zip(commands, repeat(Millis(venue.now_ms())), strict=False))


def all_commands(sealer: Sealer, turns: int, accounts: int) -> Iterator[Command]:
    """Yield the first start, then account after account: the doomed, group by group, first."""
    yield from genesis(sealer, DEMO_KEY, DEMO_SECRET)
    for number, account in enumerate(venue.accounts(turns * DOOMED + accounts)):
        group, uid = number // DOOMED, Uid(account.uid)
        money = Money("USDT", (funds(group) if group < turns else RICH) * SCALE)
        credential = hmac_credential(sealer, account.api_key, account.api_secret)
        deposits = ((UMFUTURE, money),)
        yield OpenAccount(label="", credential=credential, uid=uid, deposits=deposits)
        yield PlaceOrder(
            uid=uid, symbol=SYMBOL, side=Side.BUY, kind=OrderKind.MARKET, quantity=QUANTITY, price=0
        )


def ticks(server: Served, turns: int, accounts: int) -> list[Result]:
    """Let group after group be liquidated while others read."""
    holders = venue.accounts(turns * DOOMED + accounts)
    readers = holders[turns * DOOMED :][:READERS]
    quiet, busy, taken = [], [], []
    seconds = 1.0
    for group in range(turns):
        settle()
        quiet.append(paced(server, venue.reads(readers, BALANCE), RATE, seconds))
        first, last = holders[group * DOOMED], holders[(group + 1) * DOOMED - 1]
        assert all(held(server, one) for one in (first, last))
        command = [sys.executable, "-m", "benchmarks.liquidation", "fall"]
        falling = subprocess.Popen(
            [*command, server.url, str(group)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert falling.stdout
        assert falling.stdout.readline() == "ready\n"
        busy.append(paced(server, venue.reads(readers, BALANCE), RATE, seconds))
        output, _ = falling.communicate()
        taken.append(float(output))
        seconds = max(0.3, WAIT_S + 1.2 * taken[-1])
        assert not any(held(server, one) for one in (first, last))
    return [
        _tick(taken, accounts),
        noticed("liquidation: p99 of a balance of others meanwhile", RATE, 3, quiet, busy),
    ]


def held(server: Served, account: venue.Account) -> bool:
    """Whether an account has a position."""
    asked = venue.signed(account, "GET", "/fapi/v2/positionRisk", {"symbol": SYMBOL})
    [row] = json.loads(venue.ask(server, asked))
    return float(row["positionAmt"]) != 0


def fall(url: str, group: int) -> None:
    """Set a deadly price; print the seconds until the answer."""
    print("ready", flush=True)
    time.sleep(WAIT_S)
    body = json.dumps({"last": str(deadly(group)), "mark": str(deadly(group))}).encode()
    path, begin = f"/_clearhouse/v1/symbols/{SYMBOL}/price", time.perf_counter()
    headers = {"content-type": "application/json"}
    venue.call(Served(url, 0), "PUT", path, body=body, headers=headers)
    print(time.perf_counter() - begin)


def _tick(taken: list[float], accounts: int) -> Result:
    return Result(
        name=f"liquidation: a price that liquidates {DOOMED:,} accounts, durable",
        measured=f"{statistics.median(taken):.2f} s, at most {max(taken):.2f} s",
        reference=f"- ({accounts:,} others have a position)",
        value=statistics.median(taken),
        target=2,
        unit="s",
        at_most=True,
        detail={"seconds": taken},
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["screening", positions, rounds]:
            print(json.dumps(measure(int(positions), int(rounds))))
        case ["build", path, turns, accounts]:
            build(Path(path), int(turns), int(accounts))
        case ["fall", url, group]:
            fall(url, int(group))

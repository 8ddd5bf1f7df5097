"""Replay of a market: a million aggregate trades of one symbol, with 100 orders resting in it.

The file is written beforehand, in the archive's format, with a seeded price that wanders a tick at
a time and 12 trades a second, so that the million is a day. What is timed is all of what plays it
in a server: the source that merges tracks, the tap, the way into the venue, the tape with its
candles, matching, positions, margin and double entry of whoever is filled, and the journal in
memory. The orders rest at their distances from the price on both sides; after each piece of the
recording the accounts that were filled place another as far from the last price on the other side,
so that there are always 100. Reading and checking the file is timed by itself.

In the second row mark and index follow the last price once a second, as they do where a recording
has none of its own, and each of these 86,000 marks looks at the margin of every account that has
come to a position, which is nearly all of them.

There is no reference: the target is a rate, by the processor's time of a process on one core,
which others on the machine have no part of. The fastest run counts.
"""

import asyncio
import cProfile
import json
import pstats
import subprocess
import sys
import time
from pathlib import Path
from random import Random  # noqa: TID251  seeded: the same market in every run
from typing import NamedTuple

import uvloop
from typing_extensions import override

from benchmarks.flow_clearhouse import FIRST_UID, FUNDS, STEP, SYMBOL, TICK
from benchmarks.harness import ROOT, Options, on_cores, scratch_directory, two_cores
from benchmarks.report import Result
from clearhouse.feeds.archive.kinds import AGG_TRADES
from clearhouse.feeds.archive.recording import What, load
from clearhouse.feeds.deliveries import Best, Tap
from clearhouse.feeds.recorded import Recorded
from clearhouse.feeds.recorded.pace import Speed
from clearhouse.journal.memory import MemoryJournal
from clearhouse.messages.commands import Command, Credential, OpenAccount
from clearhouse.messages.trading_commands import PlaceOrder, SetPrice
from clearhouse.model.access import ALL_PERMISSIONS, KeyKind
from clearhouse.model.ids import Uid
from clearhouse.model.orders import OrderKind, SelfTrade, Side
from clearhouse.model.trades import Trades
from clearhouse.runtime.market import builtin_market
from clearhouse.runtime.mover import Mover
from clearhouse.runtime.opening import Opened, open_venue

ORDERS = 100
DAY = 1_704_067_200_000
FIRST_PRICE = 420_000
"""In ticks."""
STEPS = (-1, 0, 0, 0, 0, 1)
LOWEST, HIGHEST = FIRST_PRICE - 100, FIRST_PRICE + 100
"""Within this the price wanders, so that it comes by every order again."""
RUNS = 3
TARGET = 150_000
TARGET_WITH_MARKS = 5_000
"""400 times as fast as it was."""
MARKS = "--marks"


def run(options: Options) -> list[Result]:
    """Write the file, then play it some times."""
    trades = 100_000 if options.quick else 1_000_000
    with scratch_directory() as directory:
        file = directory / f"{SYMBOL}-aggTrades-2024-01-01.csv"
        write(file, trades)
        return [row(file, trades, marks=marks) for marks in (False, True)]


def row(file: Path, trades: int, *, marks: bool) -> Result:
    """Play the file some times."""
    seen = [played(file, marks=marks) for _ in range(1 if marks else RUNS)]
    best = max(seen, key=lambda one: one["per_second"])
    following = f", a mark a second on {ORDERS} holders" if marks else ""
    return Result(
        name=f"replay_market: {trades:,} aggTrades, {ORDERS} orders resting{following}",
        measured=f"{best['per_second']:,.0f} events/s, {best['fills']:,.0f} fills",
        reference=f"read and checked in {best['read_seconds']:.1f} s",
        value=best["per_second"],
        target=TARGET_WITH_MARKS if marks else TARGET,
        unit="events/s",
        detail={"runs": seen},
    )


def write(file: Path, trades: int) -> None:
    """Write the market of a day, or of the first part of it."""
    draw = Random(7)
    at, price, number = DAY, FIRST_PRICE, 1_000_000
    with file.open("w") as out:
        out.write(f"{AGG_TRADES.header}\n")
        for row in range(trades):
            at += draw.randrange(0, 170)
            price = min(max(price + draw.choice(STEPS), LOWEST), HIGHEST)
            last = number + draw.randrange(3)
            size = f"{draw.randrange(1, 3000) / 1000:.3f}"
            out.write(f"{row + 1},{price / 10:.1f},{size},{number},{last},{at},{row % 3 == 0}\n")
            number = last + 1


def played(file: Path, *, marks: bool) -> dict[str, float]:
    """Play the file in a fresh process on one core."""
    flags = [MARKS] if marks else []
    command = [sys.executable, "-m", "benchmarks.replay_market", *flags, str(file)]
    with on_cores(two_cores()[0]):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    seen: dict[str, float] = json.loads(done.stdout)
    return seen


async def measure(file: Path, *, marks: bool) -> dict[str, float]:
    """Open a venue, fill its book, and play."""
    opened = await open_venue(
        MemoryJournal(), genesis=lambda: [*builtin_market(), *accounts()], on_failure=fail
    )
    price = SetPrice(symbol=SYMBOL, last=FIRST_PRICE * TICK)
    await opened.venue.submit_all([price, *(order(0, place) for place in places())])
    begin = time.process_time()
    recording = load([file], opened.sequencer.state.catalogue.rules)
    read = time.process_time() - begin
    trades = [track for track in recording.tracks if track.what is What.TRADES]
    if not marks:
        recording = recording._replace(tracks=tuple(trades))
    desk = Desk(opened)
    source = Recorded(recording, speed=Speed(0))
    begin, began = time.process_time(), time.perf_counter()
    playing = asyncio.ensure_future(source.run(desk, Sight(opened)))
    while source.view().state != "ended" and not playing.done():  # noqa: ASYNC110  it has no event
        await asyncio.sleep(0.05)
    taken, passed = time.process_time() - begin, time.perf_counter() - began
    if not playing.cancel():
        playing.result()
    state = opened.sequencer.state
    assert all(row.total == 0 for row in state.books.trial_balance())
    assert len(state.orders.open) == ORDERS
    await opened.venue.stop()
    return {
        "per_second": len(trades[0].at) / taken,
        "seconds": passed,
        "fills": desk.fills,
        "read_seconds": read,
        "journal_records": opened.venue.head.seq,
    }


class Place(NamedTuple):
    """Where an account's order rests: its side, and its distance from the price."""

    account: int
    side: Side
    distance: int


def places() -> list[Place]:
    """Each account's."""
    return [
        Place(number, Side.BUY if number % 2 else Side.SELL, number // 2 + 1)
        for number in range(ORDERS)
    ]


def accounts() -> list[Command]:
    """Open the accounts."""
    keys = (
        Credential(
            api_key=f"{number:064}", kind=KeyKind.HMAC, material=b"", permissions=ALL_PERMISSIONS
        )
        for number in range(ORDERS)
    )
    return [
        OpenAccount(label="", credential=key, uid=Uid(FIRST_UID + number), deposits=FUNDS)
        for number, key in enumerate(keys)
    ]


def order(number: int, place: Place, price: int = FIRST_PRICE * TICK) -> PlaceOrder:
    """Rest at a distance from a price."""
    away = place.distance * TICK
    return PlaceOrder(
        uid=Uid(FIRST_UID + place.account),
        symbol=SYMBOL,
        side=place.side,
        kind=OrderKind.LIMIT,
        quantity=STEP * 10,
        price=price - away if place.side is Side.BUY else price + away,
        client_id=f"O-{number}-{place.account}",
        self_trade=SelfTrade.NONE,
    )


class Desk(Tap):
    """The way in, and those who place an order again when theirs was filled, on the other side."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(
            Mover(opened.sequencer), now=opened.venue.now, best=lambda _symbol: Best(0, 0)
        )
        self.fills = 0
        self._sequencer = opened.sequencer
        self._places = {Uid(FIRST_UID + place.account): place for place in places()}

    @override
    def trades(self, symbol: str, trades: Trades) -> None:
        super().trades(symbol, trades)
        resting = self._sequencer.state.orders.open
        if len(resting) < ORDERS:
            self._place_again({found.uid for found in resting.values()})

    def _place_again(self, resting: set[Uid]) -> None:
        last = self._sequencer.state.markets[SYMBOL].last
        for uid in self._places.keys() - resting:
            place = self._places[uid]
            other = Side.SELL if place.side is Side.BUY else Side.BUY
            self._places[uid] = place = place._replace(side=other)
            self.fills += 1
            self._sequencer.submit(order(self.fills, place, last))


class Sight:
    """What a source sees of the venue: one that waits for nothing asks for little."""

    def __init__(self, opened: Opened) -> None:
        self.now = opened.venue.now


def fail(reason: Exception) -> None:
    """Stop: the journal in memory cannot fail."""
    raise reason


if __name__ == "__main__":
    measured = measure(Path(sys.argv[-1]), marks=MARKS in sys.argv)
    if "--profile" in sys.argv:
        profiler = cProfile.Profile()
        profiler.runcall(asyncio.run, measured)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(40)
    else:
        print(json.dumps(uvloop.run(measured)))

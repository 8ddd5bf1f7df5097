"""A journal with a given number of accounts, made without HTTP: `python -m benchmarks.population`.

Opening a million accounts over the control plane would take most of an hour. This drives the same
decisions, events and journal in one process, in large commits, and keeps a snapshot at the end;
what comes out is an ordinary data file that `clearhouse serve --data` opens. It runs as a process
of its own, so that nothing of it is left in memory when the measuring starts.
"""

import subprocess
import sys
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from benchmarks import venue
from benchmarks.harness import ROOT
from benchmarks.report import UnavailableError
from clearhouse.engine.apply import apply
from clearhouse.engine.execute import execute
from clearhouse.engine.state import State
from clearhouse.journal.record import Head, chain
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.messages.commands import Command, OpenAccount, TransferFunds
from clearhouse.messages.events import Event
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import DAY_MS, Millis, Uid
from clearhouse.model.money import Money, parse_units
from clearhouse.model.wallets import MAIN, UMFUTURE
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET, genesis, hmac_credential
from clearhouse.runtime.recovery import keep_snapshot
from clearhouse.runtime.sealing import Sealer

PER_COMMIT = 500
FUNDS = Money("USDT", parse_units("1000"))
MOVED = Money("USDT", parse_units(venue.AMOUNT))
KINDS = (TransferKind.MAIN_UMFUTURE, TransferKind.UMFUTURE_MAIN)


def make(
    path: Path, *, accounts: int, transfers: int = 0, movers: int | None = None, days: int = 0
) -> None:
    """Make a data file in a process of its own.

    `movers` of the accounts transfer (all); the file tells of the last `days` days.
    """
    command = [sys.executable, "-m", "benchmarks.population", str(path)]
    command += [str(accounts), str(transfers), str(movers or accounts), str(days)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"no journal could be made: {done.stderr[-1000:]}")


def build(path: Path, accounts: int, transfers: int, movers: int, days: int) -> None:
    """Write the journal, then the snapshot that a server would keep."""
    sealer = Sealer.beside(Path(f"{path}.key"), create=True)
    commands = all_commands(sealer, accounts, transfers, movers)
    write(path, State(), zip(commands, moments(accounts + transfers, days), strict=False))


def write(path: Path, state: State, timed: Iterator[tuple[Command, Millis]]) -> None:
    """Write what commands cause, each decided in the state that the others led to."""
    journal, head = SqliteJournal(path), Head()
    while caused := [e for each in islice(timed, PER_COMMIT) for e in take(state, *each)]:
        records = chain(head, caused)
        journal.append(records)
        journal.commit()
        head = Head(records[-1].seq, records[-1].hash)
    keep_snapshot(journal, state, head)
    journal.close()


def moments(commands: int, days: int) -> Iterator[Millis]:
    """Yield a time for each command: evenly over the last days, and now for what is beyond."""
    span = days * DAY_MS
    for number in count():
        yield Millis(venue.now_ms() - span + min(span, span * number // commands))


def take(state: State, command: Command, at: Millis) -> Iterator[Event]:
    """Decide one command, apply what it caused, and hand that on."""
    for event in execute(state, command, at):
        apply(state, event)
        yield event


def all_commands(sealer: Sealer, accounts: int, transfers: int, movers: int) -> Iterator[Command]:
    """Yield the first start, the accounts with two wallets each, then transfers to and fro."""
    yield from genesis(sealer, DEMO_KEY, DEMO_SECRET)
    for account in venue.accounts(accounts):
        credential = hmac_credential(sealer, account.api_key, account.api_secret)
        deposits = ((MAIN, FUNDS), (UMFUTURE, FUNDS))
        uid = Uid(account.uid)
        yield OpenAccount(label="", credential=credential, uid=uid, deposits=deposits)
    for number in range(transfers):
        turn, offset = divmod(number, movers)
        uid = Uid(venue.FIRST_UID + offset)
        yield TransferFunds(uid=uid, kind=KINDS[turn % 2], money=MOVED)


if __name__ == "__main__":
    build(Path(sys.argv[1]), *map(int, sys.argv[2:]))

"""Recovery: the state that the journal adds up to.

A snapshot is only a shorter way to the same state: one that does not fit the journal is left
aside and everything is replayed.
"""

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import msgspec

from clearhouse.engine.apply import apply
from clearhouse.engine.snapshot import digest, dump, load
from clearhouse.engine.state import State
from clearhouse.journal.port import Journal, Snapshot
from clearhouse.journal.record import BrokenJournalError, Head

SNAPSHOT_AFTER = 100_000
"""Events replayed at a start after which it is worth keeping a new snapshot."""


class Recovered(NamedTuple):
    """The state, and how it was come by."""

    state: State
    head: Head
    from_snapshot: int
    replayed: int


def recover(journal: Journal, progress: Callable[[int], None] = lambda _: None) -> Recovered:
    """The state of a journal, by its snapshot where that fits; verifies the hash chain."""
    with collector_paused():
        snapshot = journal.snapshot()
        state = _from_snapshot(snapshot) if snapshot else None
        if snapshot and state:
            try:
                found = _replay(journal, state, snapshot.head, progress)
            except BrokenJournalError:
                pass  # the snapshot may belong to another history; the journal itself decides
            else:
                if found.head == journal.head():  # else it is ahead of the journal, or beside it
                    return found
        return _replay(journal, State(), Head(), progress)


def keep_snapshot(journal: Journal, state: State, head: Head) -> None:
    """Keep the state as of a head, for a quick start next time."""
    assert state.seq == head.seq
    with collector_paused():
        journal.save_snapshot(head, digest(state), dump(state))


def _replay(
    journal: Journal, state: State, start: Head, progress: Callable[[int], None]
) -> Recovered:
    head = start
    for head, events in journal.events(start):
        for event in events:
            apply(state, event)
        progress(head.seq)
    assert state.seq == head.seq
    return Recovered(state, head, start.seq, head.seq - start.seq)


def _from_snapshot(snapshot: Snapshot) -> State | None:
    whole = hashlib.sha256()
    for part in snapshot.parts:
        whole.update(part)
    if whole.digest() != snapshot.digest:
        return None
    try:
        state = load(snapshot.parts)
    except (ValueError, msgspec.MsgspecError):
        return None
    return state if state.seq == snapshot.head.seq else None


@contextmanager
def collector_paused() -> Iterator[None]:
    """Build millions of objects without the collector walking all of them again and again.

    They live as long as the process, so they are frozen out of later collections.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()

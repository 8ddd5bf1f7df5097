"""Opening a venue: recover what the journal has, or begin with genesis."""

import gc
from collections.abc import Callable, Iterable
from typing import NamedTuple

from clearhouse.journal.port import Journal
from clearhouse.messages.commands import Command
from clearhouse.runtime.candles import no_past, resume_tapes
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.recovery import (
    SNAPSHOT_AFTER,
    Recovered,
    collector_paused,
    keep_snapshot,
    recover,
)
from clearhouse.runtime.seeded_past import SeededPast
from clearhouse.runtime.sequencer import Sequencer
from clearhouse.runtime.venue import Venue


class Opened(NamedTuple):
    """A running venue and how it came to its state."""

    venue: Venue
    sequencer: Sequencer
    recovered: Recovered
    fresh: bool
    clock: Clock


async def open_venue(
    journal: Journal,
    *,
    genesis: Callable[[], Iterable[Command]],
    on_failure: Callable[[Exception], None],
    progress: Callable[[int], None] = lambda _: None,
    past_seed: int | None = None,
) -> Opened:
    """Recover the state, keep a snapshot where that took long, begin where there is nothing.

    Everybody is looked at: so the first price finds bounds, and what a crash cut off goes on.

    `past_seed`: of the candles before the birth of each symbol; None for a venue without any.
    """
    recovered = recover(journal, progress)
    if recovered.replayed >= SNAPSHOT_AFTER:
        keep_snapshot(journal, recovered.state, recovered.head)
    clock = Clock()
    sequencer = Sequencer(recovered.state, journal, clock, on_failure=on_failure)
    resume_tapes(sequencer.tape, journal, recovered.state, clock.now())
    past = no_past if past_seed is None else SeededPast(past_seed, recovered.state).candles
    venue = Venue(sequencer, journal, clock, past)
    with collector_paused():
        sequencer.finish_looks()
    fresh = recovered.head.seq == 0
    if fresh:
        await venue.submit_all(list(genesis()))
    sequencer.watch_the_clock()
    venue.keep_candles()
    gc.collect()
    gc.freeze()  # what lives as long as the process is not walked again and again
    return Opened(venue, sequencer, recovered, fresh, clock)

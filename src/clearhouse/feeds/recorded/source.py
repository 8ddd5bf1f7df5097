"""The recorded market: what happened once, moved through the venue again.

By default recorded time is laid onto the venue's: what is played carries the venue's time, at
twice the speed everything is half as far apart, and a frozen clock holds the recording. With
the clock of the recording it is the other way round: the venue's clock is set to the recording's,
goes at its speed, stands when it pauses, and so candles, funding and statistics are those of that
time. There, a loop or a place further back does not turn the clock back: from then on the
recording is played with a later date.

As fast as it goes, nothing waits; with the clock of the recording, time goes from one event to the
next (and over runs of trades by up to a second).
"""

import asyncio
from contextlib import suppress
from typing import Protocol

import numpy as np

from clearhouse.feeds.archive.recording import Recording, What
from clearhouse.feeds.port import Movements, Outlook, SourceState, SourceView
from clearhouse.feeds.recorded.pace import ORIGINAL_SPEED, Pace, Speed
from clearhouse.feeds.recorded.playlist import Playlist, Run
from clearhouse.model.ids import Millis
from clearhouse.model.trades import Trades

AT_ONCE = 8_192
"""Rows that are played before others have a turn."""

STRIDE_MS = 1_000
"""Recorded time that passes in one step where nothing waits and the clock goes along."""

REST_SECONDS = 0.002
"""Between two looks at what is due: what comes due meanwhile is played together."""


class Timekeeper(Protocol):
    """Sets the venue's clock, for a recording that brings its own time."""

    def run_at(self, now: Millis, rate: int) -> None:
        """Let it go on from a time, at a rate in units of 1e-8."""

    def stand_at(self, now: Millis) -> None:
        """Let it stand."""

    def go_to(self, now: Millis) -> None:
        """Move it on while it stands; what falls due meanwhile is done."""


class Recorded:
    """Plays a recording."""

    name = "recorded"

    def __init__(
        self,
        recording: Recording,
        *,
        speed: Speed = ORIGINAL_SPEED,
        loop: bool = False,
        timekeeper: Timekeeper | None = None,
    ) -> None:
        self.recording = recording
        self._loop = loop
        self._playlist = Playlist(recording)
        self._timekeeper = timekeeper
        self._speed = speed
        self._pace = Pace(recording.start, Millis(0), speed)
        self._paused = False
        self._rounds = 0
        self._as_of: Millis | None = None
        self._jumped = False
        self._outlook: Outlook | None = None
        self._woken = asyncio.Event()

    async def run(self, movements: Movements, outlook: Outlook) -> None:
        """Play until the end, and then wait to be sent back."""
        self._outlook = outlook
        self._rebase(self._place())
        while True:
            self._woken.clear()
            if self._jumped:
                self._jump(movements)
            if self._paused:
                await self._woken.wait()
            elif self._play(movements):
                await asyncio.sleep(REST_SECONDS if self._speed.times else 0)
            elif self._playlist.next_at is not None:
                await self._wait(outlook)
            elif self._loop:
                self._begin_again()
            else:
                self._stay_at_the_end()
                await self._woken.wait()

    def change(
        self, *, paused: bool | None = None, speed: Speed | None = None, loop: bool | None = None
    ) -> None:
        """Stand still or go on, at another speed, once or again and again; from where it is."""
        place = self._place()
        self._paused = self._paused if paused is None else paused
        self._speed = self._speed if speed is None else speed
        self._loop = self._loop if loop is None else loop
        self._rebase(place)

    def seek(self, place: int) -> None:
        """Go on from a recorded time: prices become what they were then.

        A time before the recording is its start, and one after it its end.
        """
        place = min(max(place, self.recording.start), self.recording.end + 1)
        self._playlist.seek(place)
        self._jumped = True
        self._rebase(place)

    def view(self) -> SourceView:
        """Where it is."""
        recording = self.recording
        return SourceView(
            name=self.name,
            state=self._state,
            as_of=self._as_of,
            details={
                "files": ", ".join(str(path) for path in recording.files),
                "unplayed": ", ".join(str(path) for path in recording.unplayed),
                "symbols": ", ".join(recording.symbols),
                "from": recording.start,
                "until": recording.end,
                "position": self._place(),
                "events": recording.events,
                "played": self._playlist.played,
                "percent": self._playlist.played * 100 // recording.events,
                "speed": str(self._speed),
                "loop": self._loop,
                "rounds": self._rounds,
                "clock": "recording" if self._timekeeper else "venue",
            },
        )

    @property
    def _state(self) -> SourceState:
        if self._ended:
            return SourceState.ENDED
        return SourceState.PAUSED if self._paused else SourceState.RUNNING

    @property
    def _ended(self) -> bool:
        return not self._loop and self._playlist.next_at is None

    def _place(self) -> int:
        """Recorded time by now, and not beyond what has been played."""
        coming = self._playlist.next_at
        end = self.recording.end if coming is None else coming
        if self._outlook is None or self._paused or not self._pace.speed.times:
            return min(max(self._pace.place, self.recording.start), end)
        return min(max(self._pace.place_at(self._outlook.now()), self.recording.start), end)

    def _rebase(self, place: int) -> None:
        """From now on time is counted from this place."""
        self._woken.set()
        if self._outlook is None:
            self._pace = Pace(place, Millis(0), self._speed)
            return
        if self._timekeeper is None:
            self._pace = Pace(place, self._outlook.now(), self._speed)
            return
        self._pace = Pace(place, self._dated(place), Speed(1))
        if self._paused or not self._speed.times or self._ended:
            self._timekeeper.stand_at(self._pace.since)
        else:
            self._timekeeper.run_at(self._pace.since, self._speed.units)

    def _dated(self, place: int) -> Millis:
        """The venue's time of a place, where the clock is the recording's; never back again."""
        if self._as_of is None:
            return Millis(place)
        assert self._outlook is not None
        return max(self._pace.time_of(place), self._outlook.now())

    def _play(self, movements: Movements) -> bool:
        """Play what is due; whether there was anything."""
        assert self._outlook is not None
        coming = self._playlist.next_at
        if coming is None:
            return False
        if self._speed.times:
            until = self._pace.place_at(self._outlook.now())
        else:
            until = coming + STRIDE_MS if self._timekeeper else self.recording.end
        runs = self._playlist.take(until, AT_ONCE)
        for run in runs:
            self._deliver(movements, run)
        return bool(runs)

    def _deliver(self, movements: Movements, run: Run) -> None:
        """One run. Prices have no time of their own, so each has its moment."""
        assert self._outlook is not None
        if run.track.what is What.TRADES:
            self._go_to(run.last_at)
            movements.trades(run.track.symbol, self._trades(run, self._outlook.now()))
        else:
            for row in range(run.start, run.end):
                self._go_to(int(run.track.at[row]))
                _move(movements, run, row)
        self._as_of = self._outlook.now()

    def _go_to(self, place: int) -> None:
        """Where nothing waits for it, time goes with what is played."""
        if self._speed.times:
            return
        if self._timekeeper:
            self._timekeeper.go_to(self._pace.time_of(place))
        else:
            self._pace = self._pace._replace(place=place)

    def _trades(self, run: Run, now: Millis) -> Trades:
        rows = slice(run.start, run.end)
        track = run.track
        if self._pace.speed.times:
            at = np.minimum(self._pace.times_of(track.at[rows]), now)
        else:
            at = np.full(run.end - run.start, now, np.int64)
        maker = track.buyer_maker[rows].astype(np.bool_)
        return Trades(at, track.first[rows], track.second[rows], maker)

    def _jump(self, movements: Movements) -> None:
        """Set prices as they stood before the place that was sought."""
        self._jumped = False
        for run in self._playlist.before():
            _move(movements, run, run.start)

    def _begin_again(self) -> None:
        """The next round, a millisecond after this one."""
        assert self._outlook is not None
        self._rounds += 1
        after = self._outlook.now()
        if self._pace.speed.times:
            after = Millis(self._pace.time_of(self.recording.end) + 1)
        self._playlist.seek(self.recording.start)
        self._pace = self._pace._replace(place=self.recording.start, since=after)

    def _stay_at_the_end(self) -> None:
        """What the recording does not tell does not happen: its clock stands."""
        if self._timekeeper:
            self._timekeeper.stand_at(self._pace.time_of(self.recording.end))

    async def _wait(self, outlook: Outlook) -> None:
        """Until the next event is due, or something was changed."""
        assert self._playlist.next_at is not None
        place, before = self._place(), outlook.now()
        due = self._pace.time_of(self._playlist.next_at)
        waits = [
            asyncio.ensure_future(outlook.until(due)),
            asyncio.ensure_future(self._woken.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            for wait in waits:
                with suppress(asyncio.CancelledError):
                    await wait
        if outlook.now() < before and not self._woken.is_set():
            self._rebase(place)  # the clock was set back: go on from what was seen last


def _move(movements: Movements, run: Run, row: int) -> None:
    """One row that sets prices."""
    track = run.track
    first, second = int(track.first[row]), int(track.second[row])
    if track.what is What.QUOTES:
        movements.quotes(track.symbol, first, second)
    elif track.what is What.MARK:
        movements.prices(track.symbol, mark=first)
    elif track.what is What.INDEX:
        movements.prices(track.symbol, index=first)
    elif track.what is What.BOTH:
        movements.prices(track.symbol, mark=first, index=first)
    else:
        movements.prices(track.symbol, last=first)

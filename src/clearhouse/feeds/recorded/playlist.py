"""The tracks of a recording, merged by time as they are played.

Nothing is sorted ahead: a piece of each track is taken, the pieces are merged, and what comes out
are runs of rows of one track, as long as they can be. One symbol with nothing but trades is one
run; ten symbols side by side are many short ones. At one moment marks come first, then quotes,
then trades, and among equals the symbols in the order of their names.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from clearhouse.feeds.archive.recording import Recording, Track


class Run(NamedTuple):
    """Rows of a track, from `start` to before `end`, with nothing of another track between."""

    track: Track
    start: int
    end: int

    @property
    def last_at(self) -> int:
        """The recorded time of its last row."""
        return int(self.track.at[self.end - 1])


class Playlist:
    """What of a recording comes next."""

    def __init__(self, recording: Recording) -> None:
        self._tracks = sorted(recording.tracks, key=lambda track: (track.what, track.symbol))
        self._next = [0] * len(self._tracks)

    @property
    def played(self) -> int:
        """Rows before this place."""
        return sum(self._next)

    @property
    def next_at(self) -> int | None:
        """The recorded time of what comes next, or None at the end."""
        coming = [
            int(track.at[row])
            for track, row in zip(self._tracks, self._next, strict=True)
            if row < len(track.at)
        ]
        return min(coming, default=None)

    def seek(self, at: int) -> None:
        """Go on with the first row of this recorded time or later."""
        self._next = [int(np.searchsorted(track.at, at)) for track in self._tracks]

    def before(self) -> Iterator[Run]:
        """The row before this place of every track that has one: how things stood."""
        for track, row in zip(self._tracks, self._next, strict=True):
            if row:
                yield Run(track, row - 1, row)

    def take(self, until: int, limit: int) -> list[Run]:
        """What comes up to a recorded time and with it, about `limit` rows at most.

        More only where so many are of one moment, which is not divided.
        """
        ends = self._ends(until)
        full = [
            int(track.at[row + limit])
            for track, row, end in zip(self._tracks, self._next, ends, strict=True)
            if end - row > limit
        ]
        if full and (earliest := min(full)) <= until:
            ends = self._ends(earliest)
            before = self._ends(earliest - 1)
            ends = before if before != self._next else ends
        runs = _merged(self._tracks, self._next, ends)
        self._next = ends
        return runs

    def _ends(self, until: int) -> list[int]:
        """The rows of all tracks that come after a moment."""
        return [
            max(row, int(np.searchsorted(track.at, until, side="right")))
            for track, row in zip(self._tracks, self._next, strict=True)
        ]


def _merged(tracks: list[Track], starts: list[int], ends: list[int]) -> list[Run]:
    """The pieces of tracks as runs in the order of time."""
    pieces = [
        Run(track, start, end)
        for track, start, end in zip(tracks, starts, ends, strict=True)
        if start < end
    ]
    if len(pieces) < 2:  # noqa: PLR2004  there is nothing to merge
        return pieces
    at = np.concatenate([piece.track.at[piece.start : piece.end] for piece in pieces])
    owner = np.repeat(np.arange(len(pieces)), [piece.end - piece.start for piece in pieces])
    owner = owner[np.argsort(at, kind="stable")]
    bounds = [0, *(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(owner)]
    owners = owner[bounds[:-1]].tolist()
    places = [piece.start for piece in pieces]
    runs = []
    for number, first, after in zip(owners, bounds, bounds[1:], strict=False):
        start = places[number]
        places[number] = start + after - first
        runs.append(Run(pieces[number].track, start, places[number]))
    return runs

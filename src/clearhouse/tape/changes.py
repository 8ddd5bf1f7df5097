"""The changes of a book, for those who keep a copy of it.

Each change has an update id. What changed is not noted as it happens, because many orders come
and go unseen: a reader's question compares the book with what it was at the last question and
notes the difference, with the ids in between. Readers of different pace share these notes, so
every chain of answers joins: it goes from one question of anybody to a later one.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from clearhouse.matching.book import OrderBook
from clearhouse.matching.house import depth_levels
from clearhouse.messages.market_queries import BookChangesView, Levels
from clearhouse.model.ids import Millis
from clearhouse.model.orders import Side

NOTES_KEPT = 256

Shown = dict[int, int]
"""Quantities by price."""


class Note(NamedTuple):
    """What changed after the update `since` until `until`: quantities by price, 0 for none."""

    since: int
    until: int
    bids: Shown
    asks: Shown


@dataclass(slots=True)
class Changes:
    """The update ids of a book, and its latest notes. `at`: the time of the last change."""

    book_id: int
    at: Millis
    noted: int = 0
    bids: Shown = field(default_factory=dict)
    asks: Shown = field(default_factory=dict)
    notes: deque[Note] = field(default_factory=lambda: deque(maxlen=NOTES_KEPT))

    def changed(self, seq: int, at: Millis) -> None:
        """The book is another: ids grow, and are not below the position in the journal."""
        self.book_id = max(self.book_id + 1, seq)
        self.at = at

    def since(self, book: OrderBook, since: int | None) -> BookChangesView | None:
        """What changed after an update that a reader knows; None where that is forgotten."""
        self._note(book)
        if since is None:
            since = self.book_id
        if since == self.book_id:
            return self._view(since, {}, {})
        if all(note.since != since for note in self.notes):
            return None
        bids: Shown = {}
        asks: Shown = {}
        for note in self.notes:
            if note.since >= since:
                bids |= note.bids
                asks |= note.asks
        return self._view(since, bids, asks)

    def _note(self, book: OrderBook) -> None:
        """Compare the book with what it was at the last question."""
        if self.noted == self.book_id:
            return
        bids, asks = (dict(depth_levels(book, side)) for side in Side)
        if self.noted:
            different = _difference(self.bids, bids), _difference(self.asks, asks)
            self.notes.append(Note(self.noted, self.book_id, *different))
        self.bids, self.asks, self.noted = bids, asks, self.book_id

    def _view(self, since: int, bids: Shown, asks: Shown) -> BookChangesView:
        """Sorted, best first. Nothing changed where `since` is the last update."""
        return BookChangesView(
            first_id=min(since + 1, self.book_id),
            last_id=self.book_id,
            previous_id=since,
            at=self.at,
            bids=_sorted(bids, best_is_highest=True),
            asks=_sorted(asks, best_is_highest=False),
        )


def _difference(before: Shown, now: Shown) -> Shown:
    """Prices whose quantity is another, with the new one; what is gone has 0."""
    changed = {price: quantity for price, quantity in now.items() if before.get(price) != quantity}
    return changed | {price: 0 for price in before if price not in now}


def _sorted(levels: Shown, *, best_is_highest: bool) -> Levels:
    return tuple(sorted(levels.items(), reverse=best_is_highest))

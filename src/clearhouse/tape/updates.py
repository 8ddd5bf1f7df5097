"""The update ids of a book: what joins a book that was read with the differences that follow.

Differences compare a book with what it was when the last ones were told. A level that came and
went in between, or went and came back, is in none of them; a client who read the book just then
would have it wrong for ever. So it is remembered what was read: the differences after that tell
the whole book, and what of the reading is gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from clearhouse.matching.book import OrderBook
from clearhouse.model.ids import Millis

PRICES_KEPT = 4_096
"""Prices of a side that are remembered; those shown longest ago go first."""

Shown = dict[int, tuple[int, int]]
"""By price, the last two updates at which it was shown."""


@dataclass(slots=True)
class Updates:
    """Each change of a book has an id; `bids` and `asks` are prices that clients were shown.

    `reads`: the last two updates at which the book was read.
    """

    book_id: int
    bids: Shown = field(default_factory=dict)
    asks: Shown = field(default_factory=dict)
    reads: tuple[int, int] = (0, 0)

    def changed(self, seq: int) -> None:
        """The book is another: ids grow, and are not below the position in the journal."""
        self.book_id = max(self.book_id + 1, seq)

    def latest(self, book: OrderBook) -> tuple[int, Millis]:
        """The last update of the book, and its time."""
        self.book_id = max(self.book_id, book.update_id)
        return self.book_id, book.updated_at

    def show(self, bids: Iterable[tuple[int, int]], asks: Iterable[tuple[int, int]]) -> None:
        """Remember levels that a client reads as of now."""
        if self.reads[1] != self.book_id:
            self.reads = self.reads[1], self.book_id
        self.bids = _remembered(self.bids, bids, self.book_id)
        self.asks = _remembered(self.asks, asks, self.book_id)

    def shown_since(self, book_id: int) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Prices that were shown after an update and before the latest; None if nobody read."""
        if not _is_between(self.reads, book_id, self.book_id):
            return None
        bids, asks = (_between(side, book_id, self.book_id) for side in (self.bids, self.asks))
        return bids, asks


def _remembered(shown: Shown, levels: Iterable[tuple[int, int]], book_id: int) -> Shown:
    for price, _ in levels:
        last = shown.get(price, (0, 0))[1]
        if last != book_id:
            shown[price] = last, book_id
    if len(shown) > PRICES_KEPT:
        latest = sorted(shown.items(), key=lambda one: one[1][1])[-PRICES_KEPT // 2 :]
        return dict(latest)
    return shown


def _between(shown: Shown, since: int, until: int) -> tuple[int, ...]:
    return tuple(price for price, ids in shown.items() if _is_between(ids, since, until))


def _is_between(ids: tuple[int, int], since: int, until: int) -> bool:
    """Whether the later of two ids that is before an update is after another."""
    before, last = ids
    return since < (last if last < until else before)

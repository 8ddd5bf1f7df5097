"""The update ids of a book: what joins a book that was read with the differences that follow."""

from dataclasses import dataclass

from clearhouse.matching.book import OrderBook
from clearhouse.model.ids import Millis


@dataclass(slots=True)
class Updates:
    """Each change of a book has an id."""

    book_id: int

    def changed(self, seq: int) -> None:
        """The book is another: ids grow, and are not below the position in the journal."""
        self.book_id = max(self.book_id + 1, seq)

    def latest(self, book: OrderBook) -> tuple[int, Millis]:
        """The last update of the book, and its time."""
        self.book_id = max(self.book_id, book.update_id)
        return self.book_id, book.updated_at

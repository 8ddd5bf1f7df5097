"""The update ids of a book."""

from clearhouse.matching.book import OrderBook
from clearhouse.model.ids import Millis, Seq
from clearhouse.tape.updates import Updates


def test_ids_grow_and_are_not_below_the_journal() -> None:
    updates = Updates(7)
    updates.changed(100)
    assert updates.book_id == 100
    updates.changed(100)
    assert updates.book_id == 101
    updates.changed(50)
    assert updates.book_id == 102


def test_the_latest_is_the_books_own_where_that_is_later() -> None:
    book = OrderBook(tick=1, anchor=10, quantity=1, depth=1)
    book.changed(Seq(9), Millis(5))
    assert Updates(7).latest(book) == (9, 5)
    assert Updates(12).latest(book) == (12, 5)

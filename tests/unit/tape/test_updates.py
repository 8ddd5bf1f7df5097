"""The update ids of a book."""

from clearhouse.matching.book import OrderBook
from clearhouse.model.ids import Millis, Seq
from clearhouse.tape.updates import PRICES_KEPT, Updates


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


def shown(updates: Updates, *prices: int) -> None:
    updates.show([(price, 1) for price in prices], [])


def test_what_was_shown_in_between_is_remembered() -> None:
    """Updates 8 and 9 were read; 7 was told before, and 10 is what is told now."""
    updates = Updates(7)
    shown(updates, 70)
    updates.changed(0)
    shown(updates, 80, 81)
    updates.changed(0)
    shown(updates, 90)
    updates.changed(0)
    shown(updates, 80, 100)
    assert updates.shown_since(7) == ((80, 81, 90), ())
    assert updates.shown_since(8) == ((90,), ())
    assert updates.shown_since(9) is None


def test_so_many_prices_are_remembered() -> None:
    updates = Updates(1)
    for price in range(PRICES_KEPT + 1):
        updates.changed(0)
        shown(updates, price)
    updates.changed(0)
    assert updates.shown_since(0) == (tuple(range(PRICES_KEPT // 2 + 1, PRICES_KEPT + 1)), ())

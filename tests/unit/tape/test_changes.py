"""The changes of a book: chains that join, whoever asks how often."""

from clearhouse.matching.book import NONE, OrderBook
from clearhouse.messages.market_queries import BookChangesView
from clearhouse.model.orders import Side
from clearhouse.tape.changes import NOTES_KEPT, Changes
from clearhouse.trading.sweep import house_order


class Watched:
    """A book without a house, and its changes."""

    def __init__(self) -> None:
        self.book = OrderBook(tick=1, anchor=100, quantity=1, depth=1, mode=NONE)
        self.changes = Changes(40)
        self.number = 0

    def put(self, price: int, quantity: int, side: Side = Side.BUY) -> None:
        order = house_order("BTCUSDT", side)
        self.number += 1
        order.order_id, order.price, order.quantity = self.number, price, quantity
        self.book.side(side).add(order)
        self.changes.changed(0)

    def take(self, side: Side = Side.BUY) -> None:
        first = self.book.side(side).first()
        assert first is not None
        self.book.side(side).remove(first)
        self.changes.changed(0)

    def asked(self, since: int | None) -> BookChangesView:
        found = self.changes.since(self.book, since)
        assert found is not None
        return found


def test_what_changed_is_absolute_and_what_went_is_zero() -> None:
    watched = Watched()
    watched.put(90, 5)
    begun = watched.asked(None)
    assert (begun.first_id, begun.last_id, begun.previous_id) == (41, 41, 41)
    watched.put(90, 2)
    watched.put(80, 1)
    watched.put(110, 3, Side.SELL)
    found = watched.asked(begun.last_id)
    assert (found.first_id, found.last_id, found.previous_id) == (42, 44, 41)
    assert found.bids == ((90, 7), (80, 1))
    assert found.asks == ((110, 3),)
    watched.take(Side.SELL)
    found = watched.asked(found.last_id)
    assert (found.first_id, found.last_id, found.previous_id) == (45, 45, 44)
    assert (found.bids, found.asks) == ((), ((110, 0),))


def test_nothing_changed() -> None:
    watched = Watched()
    last = watched.asked(None).last_id
    found = watched.asked(last)
    assert (found.last_id, found.previous_id, found.bids, found.asks) == (last, last, (), ())


def test_a_slow_reader_gets_in_one_answer_what_a_quick_one_got_in_several() -> None:
    watched = Watched()
    slow = quick = watched.asked(None).last_id
    for quantity in (1, 2, 3):
        watched.put(90, quantity)
        quick = watched.asked(quick).last_id
    found = watched.asked(slow)
    assert (found.first_id, found.last_id, found.previous_id) == (41, 43, 40)
    assert found.bids == ((90, 6),)


def test_what_is_forgotten_begins_anew() -> None:
    watched = Watched()
    first = last = watched.asked(None).last_id
    for _ in range(NOTES_KEPT + 1):
        watched.put(90, 1)
        last = watched.asked(last).last_id
    assert watched.changes.since(watched.book, first) is None
    assert watched.asked(None).last_id == last


def test_ids_are_not_below_the_position_in_the_journal() -> None:
    changes = Changes(7)
    changes.changed(100)
    assert changes.book_id == 100
    changes.changed(100)
    assert changes.book_id == 101

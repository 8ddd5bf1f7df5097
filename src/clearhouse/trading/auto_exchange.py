"""Auto-exchange: collateral is sold to the house to make good what a futures wallet owes.

docs/internals/numbers.md, "Auto-exchange".

Asked after every command for the accounts that it touched and that owe something, in the order in
which it touched them; after a new index price or listing for every account that owes, by uid.
A mark alone changes no wallet, so it brings no exchange about. What has to be sold follows in
`margin/exchange.py`.
"""

from collections.abc import Iterable, Iterator

from clearhouse.ledger.chart import HOUSE
from clearhouse.ledger.postings import Posting
from clearhouse.margin.exchange import Sale, debts, owed, sale
from clearhouse.messages.events import AssetIndexSet, AssetListed, Event
from clearhouse.messages.trading_events import AutoExchanged
from clearhouse.model.ids import VENUE, Millis, Uid
from clearhouse.model.wallets import UMFUTURE
from clearhouse.trading.state import Trading

REVALUED = (AssetIndexSet, AssetListed)
"""Events that change what every account's collateral would bring."""


def with_exchanges(state: Trading, events: Iterable[Event], at: Millis) -> Iterator[Event]:
    """Events, and after the last of them the exchanges that they make due."""
    touched: dict[Uid, None] = {}
    in_debt = state.books.in_debt
    for event in events:
        yield event
        in_debt = state.books.in_debt  # another one after a reset
        if in_debt:
            _note(touched, in_debt, event)
    for uid in touched:
        if uid in in_debt:
            names = owed(state.catalogue, state.books, state.futures.of(uid), uid)
            yield from _exchange(state, uid, names, at)


def auto_exchange(state: Trading, uid: Uid, at: Millis) -> Iterator[Event]:
    """Make good all that an account owes, whatever the thresholds: after a liquidation."""
    names = debts(state.catalogue, state.books, state.futures.of(uid), uid)
    yield from _exchange(state, uid, names, at)


def _note(touched: dict[Uid, None], in_debt: Iterable[Uid], event: Event) -> None:
    if isinstance(event, REVALUED):
        touched |= dict.fromkeys(sorted(in_debt))
        return
    uid: Uid | None = getattr(event, "uid", None)
    if uid is not None and uid in in_debt:
        touched[uid] = None


def _exchange(state: Trading, uid: Uid, names: Iterable[str], at: Millis) -> Iterator[Event]:
    for name in names:
        done = sale(state.catalogue, state.books, uid, name)
        if done is not None:
            yield AutoExchanged(
                at=at,
                tran_id=state.next_tran_id,
                uid=uid,
                asset=done.asset,
                gained=done.gained,
                sold=done.sold,
                postings=tuple(_postings(uid, done)),
            )


def _postings(uid: Uid, done: Sale) -> Iterator[Posting]:
    for asset, units in ((done.asset, done.gained), *((name, -sold) for name, sold in done.sold)):
        yield Posting(uid, UMFUTURE, asset, units)
        yield Posting(VENUE, HOUSE, asset, -units)

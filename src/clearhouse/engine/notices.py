"""Notices of an event: what its account is told, of the state right after it.

Which change of which wallet pushes what: docs/reference/streams.md.
"""

from collections.abc import Callable, Iterable
from typing import Any

from clearhouse.engine.state import State
from clearhouse.ledger.postings import Posting
from clearhouse.messages import events
from clearhouse.messages.events import Event
from clearhouse.messages.notices import (
    AccountChanged,
    AssetModeChanged,
    BalanceChange,
    LeverageChanged,
    ListenKeyEnded,
    ListenKeyExtended,
    Notice,
    SymbolState,
)
from clearhouse.model.ids import Uid
from clearhouse.model.wallets import UMFUTURE

ONE_WAY_SIDES = ("BOTH",)
HEDGE_SIDES = ("LONG", "SHORT")


def notices_of(state: State, event: Event) -> Notice | None:
    """What the account of an event is told, if anything."""
    tell = TOLD.get(type(event))
    return tell(state, event) if tell else None


def _moved(state: State, event: Any, incoming: str, outgoing: str) -> AccountChanged | None:
    """One movement of the futures wallet: its reason depends on the direction."""
    changes = _changes(state, event.uid, event.postings)
    if not changes:
        return None
    reason = incoming if changes[0].change > 0 else outgoing
    return AccountChanged(event.uid, event.at, reason, changes)


def _changes(state: State, uid: Uid, postings: Iterable[Posting]) -> tuple[BalanceChange, ...]:
    moved: dict[str, int] = {}
    for posting in postings:
        if posting.uid == uid and posting.wallet == UMFUTURE:
            moved[posting.asset] = moved.get(posting.asset, 0) + posting.units
    return tuple(_change(state, uid, asset, units) for asset, units in moved.items())


def _change(state: State, uid: Uid, asset: str, units: int) -> BalanceChange:
    balance = state.books.balance(uid, UMFUTURE, asset)
    return BalanceChange(asset, balance, balance, units)


def _margin_type(state: State, event: events.MarginTypeSet) -> AccountChanged:
    sides = HEDGE_SIDES if state.futures.of(event.uid).hedge else ONE_WAY_SIDES
    symbols = tuple(SymbolState(event.symbol, side, event.isolated) for side in sides)
    return AccountChanged(event.uid, event.at, "MARGIN_TYPE_CHANGE", symbols=symbols)


TOLD: dict[type[Event], Callable[[State, Any], Notice | None]] = {
    events.FundsTransferred: lambda s, e: _moved(s, e, "DEPOSIT", "WITHDRAW"),
    events.FundsDeposited: lambda s, e: _moved(s, e, "ADMIN_DEPOSIT", "ADMIN_WITHDRAW"),
    events.FundsWithdrawn: lambda s, e: _moved(s, e, "ADMIN_DEPOSIT", "ADMIN_WITHDRAW"),
    events.MarginTypeSet: _margin_type,
    events.LeverageSet: lambda _, e: LeverageChanged(e.uid, e.at, e.symbol, e.leverage),
    events.ListenKeyExtended: lambda _, e: ListenKeyExtended(e.uid, e.at, e.expires_at),
    events.MultiAssetsModeSet: lambda _, e: AssetModeChanged(e.uid, e.at, e.on),
}
"""Events that say something to an account."""


def ended_keys(state: State, event: Event) -> tuple[ListenKeyEnded, ...]:
    """The listen keys that an event will end, seen before it is applied: one, all, or none."""
    ends = ENDS.get(type(event))
    if ends is None:
        return ()
    keys = [(uid, state.listen_keys.get(uid)) for uid in ends(state, event)]
    return tuple(ListenKeyEnded(uid, event.at, key.serial) for uid, key in keys if key)


ENDS: dict[type[Event], Callable[[State, Any], Iterable[Uid]]] = {
    events.ListenKeyClosed: lambda _, e: (e.uid,),
    events.KeyRevoked: lambda _, e: (e.uid,),
    events.VenueReset: lambda s, _: s.listen_keys,
}
"""Events that end listen keys, and whose."""

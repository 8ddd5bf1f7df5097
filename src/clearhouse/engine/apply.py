"""Apply: from an event to the changed state. It never refuses and never reads a clock."""

from collections.abc import Callable
from typing import Any, cast

from clearhouse.accounts.register import (
    Register,
    apply_account_opened,
    apply_key_created,
    apply_key_revoked,
)
from clearhouse.engine.state import ANSWERS_KEPT, ClockSetting, KeptAnswer, State
from clearhouse.ledger.books import Books
from clearhouse.margin.futures_account import (
    FuturesAccounts,
    apply_multi_assets_mode_set,
    apply_position_mode_set,
    apply_postings,
)
from clearhouse.market.catalogue import (
    Catalogue,
    apply_asset_index_set,
    apply_asset_listed,
    apply_contract_listed,
)
from clearhouse.messages.events import (
    AccountOpened,
    AnswerKept,
    AssetIndexSet,
    AssetListed,
    ClockSet,
    ContractListed,
    Event,
    FundsDeposited,
    FundsTransferred,
    FundsWithdrawn,
    KeyCreated,
    KeyRevoked,
    MultiAssetsModeSet,
    PositionModeSet,
    VenueReset,
)
from clearhouse.model.ids import Millis, Seq, TranId, Uid


def apply(state: State, event: Event) -> None:
    """Take one fact in."""
    state.seq = Seq(state.seq + 1)
    state.at = event.at
    change = cast("Callable[[State, Any], None]", CHANGES[type(event)])
    change(state, event)


def _touch(state: State, uid: Uid) -> None:
    state.register.accounts[uid].revision = state.seq


def _move_funds(state: State, event: FundsDeposited | FundsWithdrawn | FundsTransferred) -> None:
    state.books.post(event.postings)
    apply_postings(state.futures, event.postings, event.at)
    state.next_tran_id = TranId(event.tran_id + 1)
    account = state.register.accounts[event.uid]
    account.revision = state.seq
    account.moved_at = event.at


def _account_opened(state: State, event: AccountOpened) -> None:
    apply_account_opened(state.register, event)
    _touch(state, event.uid)


def _key_created(state: State, event: KeyCreated) -> None:
    apply_key_created(state.register, event)
    _touch(state, event.uid)


def _key_revoked(state: State, event: KeyRevoked) -> None:
    apply_key_revoked(state.register, event)
    _touch(state, event.uid)


def _multi_assets_mode_set(state: State, event: MultiAssetsModeSet) -> None:
    apply_multi_assets_mode_set(state.futures, event)
    _touch(state, event.uid)


def _position_mode_set(state: State, event: PositionModeSet) -> None:
    apply_position_mode_set(state.futures, event)
    _touch(state, event.uid)


def _asset_listed(state: State, event: AssetListed) -> None:
    apply_asset_listed(state.catalogue, event)
    state.venue_revision = state.seq


def _contract_listed(state: State, event: ContractListed) -> None:
    apply_contract_listed(state.catalogue, event)
    state.venue_revision = state.seq


def _asset_index_set(state: State, event: AssetIndexSet) -> None:
    apply_asset_index_set(state.catalogue, event)
    state.venue_revision = state.seq


def _clock_set(state: State, event: ClockSet) -> None:
    state.clock = ClockSetting(event.mode, event.now, event.rate)
    state.venue_revision = state.seq


def _answer_kept(state: State, event: AnswerKept) -> None:
    state.answers[event.key] = KeptAnswer(event.fingerprint, event.sealed)
    if len(state.answers) > ANSWERS_KEPT:
        del state.answers[next(iter(state.answers))]


def _venue_reset(state: State, _event: VenueReset) -> None:
    """Everything starts over but what must never repeat: positions and movement ids."""
    state.register = Register()
    state.books = Books()
    state.futures = FuturesAccounts()
    state.catalogue = Catalogue(revision=state.catalogue.revision + 1)
    state.clock = ClockSetting(now=Millis(0))
    state.answers = {}
    state.venue_revision = state.seq


CHANGES: dict[type[Event], Callable[..., None]] = {
    AccountOpened: _account_opened,
    KeyCreated: _key_created,
    KeyRevoked: _key_revoked,
    FundsDeposited: _move_funds,
    FundsWithdrawn: _move_funds,
    FundsTransferred: _move_funds,
    MultiAssetsModeSet: _multi_assets_mode_set,
    PositionModeSet: _position_mode_set,
    AssetListed: _asset_listed,
    ContractListed: _contract_listed,
    AssetIndexSet: _asset_index_set,
    ClockSet: _clock_set,
    AnswerKept: _answer_kept,
    VenueReset: _venue_reset,
}
"""One change for each event; a test requires it to be total."""

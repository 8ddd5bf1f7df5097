"""Execute: from a command to the events that it causes, or a refusal.

Every decision reads the state and changes nothing; `apply` changes and never refuses.
"""

from collections.abc import Callable
from typing import Any, cast

from clearhouse.accounts.decide import (
    decide_create_key,
    decide_open_account,
    decide_revoke_key,
)
from clearhouse.engine.state import FROZEN, State
from clearhouse.ledger.books import Books
from clearhouse.margin.modes import decide_set_multi_assets_mode, decide_set_position_mode
from clearhouse.market.catalogue import (
    decide_list_asset,
    decide_list_contract,
    decide_set_asset_index,
)
from clearhouse.messages.commands import (
    AdvanceClock,
    Command,
    CreateKey,
    DepositFunds,
    ListAsset,
    ListContract,
    OpenAccount,
    ResetVenue,
    RevokeKey,
    SetAssetIndex,
    SetClock,
    SetMultiAssetsMode,
    SetPositionMode,
    TransferFunds,
    WithdrawFunds,
)
from clearhouse.messages.events import ClockSet, Event, VenueReset
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import Millis, TranId
from clearhouse.wallets.external import decide_deposit, decide_withdrawal
from clearhouse.wallets.transfer import decide_transfer

Decision = tuple[Event, ...]


def execute(state: State, command: Command, at: Millis) -> Decision:
    """The events that a command causes now; raises `Rejected` and causes none."""
    decide = cast("Callable[[State, Any, Millis], Decision]", DECISIONS[type(command)])
    return decide(state, command, at)


def _open_account(state: State, command: OpenAccount, at: Millis) -> Decision:
    opened, key = decide_open_account(state.register, command, at)
    events: list[Event] = [opened, key]
    ahead = Books()  # the new account's own deposits, so that the second sees the first
    for offset, (wallet, money) in enumerate(command.deposits):
        deposit = DepositFunds(uid=opened.uid, wallet=wallet, money=money)
        tran_id = TranId(state.next_tran_id + offset)
        event = decide_deposit(ahead, state.catalogue, deposit, tran_id, at)
        ahead.post(event.postings)
        events.append(event)
    return tuple(events)


def _create_key(state: State, command: CreateKey, at: Millis) -> Decision:
    return (decide_create_key(state.register, command, at),)


def _revoke_key(state: State, command: RevokeKey, at: Millis) -> Decision:
    return (decide_revoke_key(state.register, command, at),)


def _deposit(state: State, command: DepositFunds, at: Millis) -> Decision:
    state.register.require(command.uid)
    return (decide_deposit(state.books, state.catalogue, command, state.next_tran_id, at),)


def _withdraw(state: State, command: WithdrawFunds, at: Millis) -> Decision:
    state.register.require(command.uid)
    return (decide_withdrawal(state.catalogue, state.spendable, command, state.next_tran_id, at),)


def _transfer(state: State, command: TransferFunds, at: Millis) -> Decision:
    state.register.require(command.uid)
    return (
        decide_transfer(
            state.books, state.catalogue, state.spendable, command, state.next_tran_id, at
        ),
    )


def _set_multi_assets_mode(state: State, command: SetMultiAssetsMode, at: Millis) -> Decision:
    state.register.require(command.uid)
    return (decide_set_multi_assets_mode(state.futures, state.books, command, at),)


def _set_position_mode(state: State, command: SetPositionMode, at: Millis) -> Decision:
    state.register.require(command.uid)
    return (decide_set_position_mode(state.futures, command, at),)


def _list_asset(_state: State, command: ListAsset, at: Millis) -> Decision:
    return (decide_list_asset(command, at),)


def _list_contract(state: State, command: ListContract, at: Millis) -> Decision:
    return (decide_list_contract(state.catalogue, command, at),)


def _set_asset_index(state: State, command: SetAssetIndex, at: Millis) -> Decision:
    return (decide_set_asset_index(state.catalogue, command, at),)


def _set_clock(_state: State, command: SetClock, at: Millis) -> Decision:
    now = at if command.now is None else command.now
    return (ClockSet(at=at, mode=command.mode, now=now, rate=command.rate or 0),)


def _advance_clock(state: State, command: AdvanceClock, at: Millis) -> Decision:
    """Move a frozen clock. Refuses a running one, and going back."""
    if state.clock.mode != FROZEN:
        raise Rejected(Reason.CLOCK_NOT_FROZEN, f"the clock is {state.clock.mode}; freeze it first")
    if command.ms < 0:
        raise Rejected(Reason.CLOCK_BACKWARDS, "a clock advances by zero or more milliseconds")
    return (ClockSet(at=at, mode=FROZEN, now=Millis(state.clock.now + command.ms), rate=0),)


def _reset(_state: State, _command: ResetVenue, at: Millis) -> Decision:
    return (VenueReset(at=at),)


DECISIONS: dict[type[Command], Callable[..., Decision]] = {
    OpenAccount: _open_account,
    CreateKey: _create_key,
    RevokeKey: _revoke_key,
    DepositFunds: _deposit,
    WithdrawFunds: _withdraw,
    TransferFunds: _transfer,
    SetMultiAssetsMode: _set_multi_assets_mode,
    SetPositionMode: _set_position_mode,
    ListAsset: _list_asset,
    ListContract: _list_contract,
    SetAssetIndex: _set_asset_index,
    SetClock: _set_clock,
    AdvanceClock: _advance_clock,
    ResetVenue: _reset,
}
"""One decision for each command; a test requires it to be total."""

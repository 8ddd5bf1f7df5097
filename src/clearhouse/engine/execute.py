"""Execute: from a command to the events that it causes, or a refusal.

Every decision reads the state and changes nothing; `apply` changes and never refuses.
"""

from collections.abc import Callable, Iterator
from typing import Any

from clearhouse.accounts.decide import decide_create_key, decide_open_account, decide_revoke_key
from clearhouse.accounts.exports import decide_finish_export, decide_request_export
from clearhouse.accounts.listen_keys import (
    decide_close_listen_key,
    decide_extend_listen_key,
    decide_open_listen_key,
)
from clearhouse.engine.due import run_due_and_look, run_step_and_look
from clearhouse.engine.state import FROZEN, State
from clearhouse.ledger.books import Books
from clearhouse.liquidation.decide import (
    amend_order_and_look,
    force_fill_and_look,
    list_asset_and_look,
    list_contract_and_look,
    move_market_and_look,
    place_order_and_look,
    set_asset_index_and_look,
    set_liquidity_and_look,
    set_price_and_look,
    set_quoting_and_look,
    settle_funding_and_look,
)
from clearhouse.margin.modes import (
    decide_set_fee_burn,
    decide_set_fees,
    decide_set_leverage,
    decide_set_margin_type,
    decide_set_multi_assets_mode,
    decide_set_position_mode,
)
from clearhouse.margin.position_margin import decide_move_position_margin
from clearhouse.messages import commands, trading_commands
from clearhouse.messages.commands import Command, DepositFunds, OpenAccount, SendWithdrawal
from clearhouse.messages.events import ClockSet, Event, VenueReset
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.addresses import is_of_venue, owner_of
from clearhouse.model.ids import Millis, TranId, Uid
from clearhouse.model.wallets import MAIN
from clearhouse.trading.algo_placing import (
    decide_cancel_algo,
    decide_cancel_all_algos,
    decide_place_algo,
)
from clearhouse.trading.auto_exchange import with_exchanges
from clearhouse.trading.due import next_due
from clearhouse.trading.ending import decide_cancel_all, decide_cancel_order, decide_set_countdown
from clearhouse.wallets.dust import decide_convert_dust
from clearhouse.wallets.external import decide_deposit, decide_pay_dividend, decide_withdrawal
from clearhouse.wallets.settings import (
    decide_save_address,
    decide_set_bnb_burn,
    decide_set_fast_withdraw,
    decide_set_whitelist,
)
from clearhouse.wallets.transfer import decide_transfer
from clearhouse.wallets.withdrawal import decide_send_withdrawal

Decision = tuple[Event, ...]
"""Everything that a command caused."""

Decide = Callable[[State, Any, Millis], Event]
"""From a command to the one event that it causes."""


def execute(state: State, command: Command, at: Millis) -> Iterator[Event]:
    """The events that a command causes now, one by one; raises `Rejected` before the first.

    Each is to be applied before the next is asked for: an order's second fill depends on what
    the first one left. A command about an account is refused where there is no such account.
    What accounts owe afterwards is made good last.
    """
    yield from with_exchanges(state, _decided(state, command, at), at)


def _decided(state: State, command: Command, at: Millis) -> Iterator[Event]:
    several = SEVERAL.get(type(command))
    if several:
        yield from several(state, command, at)
        return
    uid: Uid | None = getattr(command, "uid", None)
    if uid is not None:
        state.register.require(uid)
    step_by_step = STEP_BY_STEP.get(type(command))
    if step_by_step:
        yield from step_by_step(state, command, at)
    else:
        yield DECISIONS[type(command)](state, command, at)


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


def _send_withdrawal(state: State, command: SendWithdrawal, at: Millis) -> Decision:
    """Money leaves, and arrives where the address is one of this venue: one movement, one number.

    Refuses what `decide_send_withdrawal` does; then an address of this venue that is no
    account's, or not for this asset and network; then what the account there cannot hold.
    """
    state.register.require(command.uid)
    settings, number = state.wallets.of(command.uid), state.next_tran_id
    sent = decide_send_withdrawal(state.catalogue, settings, state.spendable, command, number, at)
    if not is_of_venue(command.address):
        return (sent,)
    owner = owner_of(command.address, command.money.asset, command.network)
    if owner is None or owner not in state.register.accounts:
        raise Rejected(Reason.ADDRESS_ILLEGAL, "no account here has that address for that coin")
    arriving = DepositFunds(uid=owner, wallet=MAIN, money=command.money)
    return sent, decide_deposit(state.books, state.catalogue, arriving, number, at)


def _set_clock(_state: State, command: commands.SetClock, at: Millis) -> ClockSet:
    now = at if command.now is None else command.now
    return ClockSet(at=at, mode=command.mode, now=now, rate=command.rate or 0)


def _advance_clock(state: State, command: commands.AdvanceClock, at: Millis) -> Iterator[Event]:
    """Move a frozen clock, from one thing that falls due to the next, each at its own time.

    Refuses a running clock, and going back.
    """
    if state.clock.mode != FROZEN:
        raise Rejected(Reason.CLOCK_NOT_FROZEN, f"the clock is {state.clock.mode}; freeze it first")
    if command.ms < 0:
        raise Rejected(Reason.CLOCK_BACKWARDS, "a clock advances by zero or more milliseconds")
    until = Millis(state.clock.now + command.ms)
    yield from with_exchanges(state, run_due_and_look(state, command, at), at)
    while (due := next_due(state)) and due[0] <= until:
        if due[0] > at:
            yield ClockSet(at=at, mode=FROZEN, now=due[0], rate=0)
            at = due[0]
        yield from with_exchanges(state, run_due_and_look(state, command, at), at)
    yield ClockSet(at=at, mode=FROZEN, now=until, rate=0)


SEVERAL: dict[type[Command], Callable[..., Decision]] = {
    OpenAccount: _open_account,
    SendWithdrawal: _send_withdrawal,
}
"""Commands that cause several events."""

STEP_BY_STEP: dict[type[Command], Callable[[State, Any, Millis], Iterator[Event]]] = {
    commands.AdvanceClock: _advance_clock,
    commands.ListAsset: list_asset_and_look,
    commands.ListContract: list_contract_and_look,
    commands.SetAssetIndex: set_asset_index_and_look,
    trading_commands.PlaceOrder: place_order_and_look,
    trading_commands.CancelOrder: decide_cancel_order,
    trading_commands.CancelAllOrders: decide_cancel_all,
    trading_commands.AmendOrder: amend_order_and_look,
    trading_commands.PlaceAlgo: decide_place_algo,
    trading_commands.CancelAlgo: decide_cancel_algo,
    trading_commands.CancelAllAlgos: decide_cancel_all_algos,
    trading_commands.SetCountdown: decide_set_countdown,
    trading_commands.SetPrice: set_price_and_look,
    trading_commands.MoveMarket: move_market_and_look,
    trading_commands.SetQuoting: set_quoting_and_look,
    trading_commands.SetLiquidity: set_liquidity_and_look,
    trading_commands.ForceFill: force_fill_and_look,
    trading_commands.SettleFunding: settle_funding_and_look,
    trading_commands.RunDue: run_step_and_look,
}
"""Commands whose later events depend on what the earlier ones changed."""

DECISIONS: dict[type[Command], Decide] = {
    commands.CreateKey: lambda s, c, at: decide_create_key(s.register, c, at),
    commands.RevokeKey: lambda s, c, at: decide_revoke_key(s.register, c, at),
    commands.DepositFunds: lambda s, c, at: decide_deposit(
        s.books, s.catalogue, c, s.next_tran_id, at
    ),
    commands.WithdrawFunds: lambda s, c, at: decide_withdrawal(
        s.catalogue, s.spendable, c, s.next_tran_id, at
    ),
    commands.TransferFunds: lambda s, c, at: decide_transfer(
        s.books, s.catalogue, s.spendable, c, s.next_tran_id, at
    ),
    commands.PayDividend: lambda s, c, at: decide_pay_dividend(
        s.books, s.catalogue, c, s.next_tran_id, at
    ),
    commands.ConvertDust: lambda s, c, at: decide_convert_dust(
        s.books, s.catalogue, c, s.next_tran_id, at
    ),
    commands.SetBnbBurn: lambda s, c, at: decide_set_bnb_burn(s.wallets, c, at),
    commands.SetFastWithdraw: lambda _, c, at: decide_set_fast_withdraw(c, at),
    commands.SetWhitelist: lambda _, c, at: decide_set_whitelist(c, at),
    commands.SaveAddress: lambda s, c, at: decide_save_address(s.catalogue, c, at),
    commands.SetMultiAssetsMode: lambda s, c, at: decide_set_multi_assets_mode(
        s.catalogue, s.markets, s.books, s.futures, c, at
    ),
    commands.SetPositionMode: lambda s, c, at: decide_set_position_mode(s.futures, c, at),
    commands.SetLeverage: lambda s, c, at: decide_set_leverage(
        s.catalogue, s.markets, s.books, s.futures, c, at
    ),
    commands.SetMarginType: lambda s, c, at: decide_set_margin_type(s.futures, s.catalogue, c, at),
    commands.SetFeeBurn: lambda _, c, at: decide_set_fee_burn(c, at),
    commands.SetFees: lambda _, c, at: decide_set_fees(c, at),
    commands.OpenListenKey: lambda s, c, at: decide_open_listen_key(s.listen_keys, c, at),
    commands.ExtendListenKey: lambda s, c, at: decide_extend_listen_key(s.listen_keys, c, at),
    commands.CloseListenKey: lambda s, c, at: decide_close_listen_key(s.listen_keys, c, at),
    commands.RequestExport: lambda s, c, at: decide_request_export(
        s.exports, s.next_export_id, c, at
    ),
    commands.FinishExport: lambda s, c, at: decide_finish_export(s.exports, c, at),
    commands.SetClock: _set_clock,
    commands.ResetVenue: lambda _, __, at: VenueReset(at=at),
    trading_commands.MovePositionMargin: lambda s, c, at: decide_move_position_margin(
        s.catalogue, s.markets, s.books, s.futures, c, at
    ),
}
"""One decision for each other command; a test requires the tables to be total."""

"""Apply: from an event to the changed state. It never refuses and never reads a clock."""

from collections.abc import Callable
from typing import Any

from clearhouse.accounts.exports import apply_export_finished, apply_export_requested
from clearhouse.accounts.listen_keys import apply_listen_key_extended, apply_listen_key_opened
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
    apply_fee_burn_set,
    apply_fees_set,
    apply_leverage_set,
    apply_margin_called,
    apply_margin_moved,
    apply_margin_type_set,
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
from clearhouse.messages import events
from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import (
    AlgoActivated,
    AlgoEnded,
    AlgoPlaced,
    AlgoTriggered,
    AutoExchanged,
    CountdownSet,
    FundFilled,
    FundingPaid,
    FundingSettled,
    FundingStarted,
    HouseFilled,
    InsuranceCleared,
    LiquiditySet,
    MarginCalled,
    MarginMoved,
    MarketMoved,
    OrderAmended,
    OrderEnded,
    OrderFilled,
    OrderPlaced,
    PriceSet,
    QuotingSet,
)
from clearhouse.model.ids import Millis, Seq, TranId, Uid
from clearhouse.trading.algos import (
    apply_algo_activated,
    apply_algo_ended,
    apply_algo_placed,
    apply_algo_triggered,
)
from clearhouse.trading.apply import (
    apply_auto_exchanged,
    apply_countdown_set,
    apply_fund_filled,
    apply_funding_paid,
    apply_funding_settled,
    apply_funding_started,
    apply_house_filled,
    apply_insurance_cleared,
    apply_liquidity_set,
    apply_market_moved,
    apply_order_amended,
    apply_order_ended,
    apply_order_filled,
    apply_order_placed,
    apply_prices,
    apply_quoting_set,
    follow_clock,
)
from clearhouse.trading.deadlines import Deadlines
from clearhouse.trading.opening import open_market
from clearhouse.wallets.settings import (
    WalletSettingsBook,
    apply_address_saved,
    apply_bnb_burn_set,
    apply_fast_withdraw_set,
    apply_whitelist_set,
    apply_withdrawal_sent,
)

Change = Callable[[State, Any], object]

Movement = (
    events.FundsDeposited
    | events.FundsWithdrawn
    | events.FundsTransferred
    | events.WithdrawalSent
    | events.DividendPaid
    | events.DustConverted
)


def apply(state: State, event: Event) -> None:
    """Take one fact in; one about an account moves the account's revision on."""
    state.seq = Seq(state.seq + 1)
    state.at = event.at
    change = CHANGES[type(event)]
    change(state, event)
    uid: Uid | None = getattr(event, "uid", None)
    if uid is not None:
        state.register.accounts[uid].revision = state.seq


def _move_funds(state: State, event: Movement) -> None:
    state.books.post(event.postings)
    apply_postings(state.futures, event.postings, event.at)
    state.next_tran_id = TranId(event.tran_id + 1)
    state.register.accounts[event.uid].moved_at = event.at


def _send_withdrawal(state: State, event: events.WithdrawalSent) -> None:
    _move_funds(state, event)
    apply_withdrawal_sent(state.wallets, event)


def _convert_dust(state: State, event: events.DustConverted) -> None:
    _move_funds(state, event)
    state.next_tran_id = TranId(event.tran_id + len(event.parts) + 1)


def _revoke_key(state: State, event: events.KeyRevoked) -> None:
    """A revoked key may have opened the listen key; the account's other keys open a new one."""
    apply_key_revoked(state.register, event)
    state.listen_keys.pop(event.uid, None)


def _request_export(state: State, event: events.ExportRequested) -> None:
    apply_export_requested(state.exports, event)
    state.next_export_id = event.export_id + 1


def _asset_listed(state: State, event: events.AssetListed) -> None:
    apply_asset_listed(state.catalogue, event)
    state.venue_revision = state.seq


def _contract_listed(state: State, event: events.ContractListed) -> None:
    """The contract, and its market where it is new; a market that is there goes on."""
    apply_contract_listed(state.catalogue, event)
    open_market(state, event.contract, event.at)
    state.venue_revision = state.seq


def _prices_set(state: State, event: PriceSet) -> None:
    """A mark moves every account that has a position, so all see it."""
    apply_prices(state, event)
    state.venue_revision = state.seq


def _market_moved(state: State, event: MarketMoved) -> None:
    apply_market_moved(state, event)
    state.venue_revision = state.seq


def _asset_index_set(state: State, event: events.AssetIndexSet) -> None:
    apply_asset_index_set(state.catalogue, event)
    state.venue_revision = state.seq


def _clock_set(state: State, event: events.ClockSet) -> None:
    state.clock = ClockSetting(event.mode, event.now, event.rate)
    follow_clock(state, event.now)
    state.venue_revision = state.seq


def _answer_kept(state: State, event: events.AnswerKept) -> None:
    state.answers[event.key] = KeptAnswer(event.fingerprint, event.sealed)
    if len(state.answers) > ANSWERS_KEPT:
        del state.answers[next(iter(state.answers))]


def _venue_reset(state: State, _event: events.VenueReset) -> None:
    """Everything starts over but what must never repeat: positions and movement ids."""
    state.register = Register()
    state.books = Books()
    state.futures = FuturesAccounts()
    state.wallets = WalletSettingsBook()
    state.listen_keys = {}
    state.exports = {}
    state.catalogue = Catalogue(revision=state.catalogue.revision + 1)
    state.markets, state.order_books, state.triggers = {}, {}, {}
    state.orders = state.orders.emptied()
    state.deadlines = Deadlines()
    state.clock = ClockSetting(now=Millis(0))
    state.answers = {}
    state.venue_revision = state.seq


CHANGES: dict[type[Event], Change] = {
    events.AssetListed: _asset_listed,
    events.ContractListed: _contract_listed,
    events.AssetIndexSet: _asset_index_set,
    events.ClockSet: _clock_set,
    events.AnswerKept: _answer_kept,
    events.VenueReset: _venue_reset,
    events.AccountOpened: lambda s, e: apply_account_opened(s.register, e),
    events.KeyCreated: lambda s, e: apply_key_created(s.register, e),
    events.KeyRevoked: _revoke_key,
    events.FundsDeposited: _move_funds,
    events.FundsWithdrawn: _move_funds,
    events.FundsTransferred: _move_funds,
    events.WithdrawalSent: _send_withdrawal,
    events.DividendPaid: _move_funds,
    events.DustConverted: _convert_dust,
    events.BnbBurnSet: lambda s, e: apply_bnb_burn_set(s.wallets, e),
    events.FastWithdrawSet: lambda s, e: apply_fast_withdraw_set(s.wallets, e),
    events.WhitelistSet: lambda s, e: apply_whitelist_set(s.wallets, e),
    events.AddressSaved: lambda s, e: apply_address_saved(s.wallets, e),
    events.MultiAssetsModeSet: lambda s, e: apply_multi_assets_mode_set(s.futures, e),
    events.PositionModeSet: lambda s, e: apply_position_mode_set(s.futures, e),
    events.LeverageSet: lambda s, e: apply_leverage_set(
        s.futures, s.catalogue.contracts[e.symbol], e
    ),
    events.MarginTypeSet: lambda s, e: apply_margin_type_set(
        s.futures, s.catalogue.contracts[e.symbol], e
    ),
    events.FeeBurnSet: lambda s, e: apply_fee_burn_set(s.futures, e),
    events.FeesSet: lambda s, e: apply_fees_set(s.futures, e),
    events.ListenKeyOpened: lambda s, e: apply_listen_key_opened(s.listen_keys, e, s.seq),
    events.ListenKeyExtended: lambda s, e: apply_listen_key_extended(s.listen_keys, e),
    events.ListenKeyClosed: lambda s, e: s.listen_keys.pop(e.uid),
    events.ExportRequested: _request_export,
    events.ExportFinished: lambda s, e: apply_export_finished(s.exports, e),
    PriceSet: _prices_set,
    MarketMoved: _market_moved,
    QuotingSet: apply_quoting_set,
    LiquiditySet: apply_liquidity_set,
    OrderPlaced: apply_order_placed,
    OrderFilled: apply_order_filled,
    HouseFilled: apply_house_filled,
    FundFilled: apply_fund_filled,
    OrderAmended: apply_order_amended,
    OrderEnded: apply_order_ended,
    AlgoPlaced: apply_algo_placed,
    AlgoActivated: apply_algo_activated,
    AlgoTriggered: apply_algo_triggered,
    AlgoEnded: apply_algo_ended,
    CountdownSet: apply_countdown_set,
    MarginMoved: lambda s, e: apply_margin_moved(s.futures, e),
    FundingStarted: apply_funding_started,
    FundingPaid: apply_funding_paid,
    FundingSettled: apply_funding_settled,
    InsuranceCleared: apply_insurance_cleared,
    MarginCalled: lambda s, e: apply_margin_called(s.futures, e),
    AutoExchanged: apply_auto_exchanged,
}
"""One change for each event; a test requires it to be total."""

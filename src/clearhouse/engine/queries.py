"""Queries: reading the state. Pure; an unknown uid is refused like everywhere."""

from collections.abc import Callable
from itertools import islice
from typing import Any, cast

from clearhouse.engine.state import State
from clearhouse.margin.summary import AccountFigures, account_figures
from clearhouse.messages.queries import (
    AccountView,
    AnswerView,
    AssetView,
    CatalogueView,
    CheckLedger,
    FindAnswer,
    FindKey,
    FuturesAccountView,
    HistoryQuery,
    Holding,
    KeyView,
    LedgerView,
    ListAccounts,
    PostingHistory,
    ReadAccount,
    ReadCatalogue,
    ReadFuturesAccount,
    ReadWallets,
    StateQuery,
    TransferHistory,
    WalletsView,
)
from clearhouse.model.ids import Seq, Uid


def query(state: State, asked: StateQuery) -> object:
    """The answer to a query."""
    answer = cast("Callable[[State, Any], object]", ANSWERS[type(asked)])
    return answer(state, asked)


def visible_at(state: State, asked: StateQuery | HistoryQuery) -> Seq:
    """The last position whose effects the answer can show: it must be durable first."""
    match asked:
        case FindKey():  # used only on the way to an answer that waits itself
            return Seq(0)
        case ReadCatalogue():
            return state.venue_revision
        case ReadFuturesAccount(uid) | ReadWallets(uid) | ReadAccount(uid):
            account = state.register.accounts.get(uid)
            return max(state.venue_revision, account.revision if account else state.seq)
        case FindAnswer() | ListAccounts() | CheckLedger() | TransferHistory() | PostingHistory():
            return state.seq


def _find_key(state: State, asked: FindKey) -> KeyView | None:
    key = state.register.keys.get(asked.api_key)
    if key is None:
        return None
    return KeyView(
        asked.api_key,
        key.uid,
        key.kind,
        key.material,
        frozenset(key.permissions),
        key.allowed_ips,
        key.created_at,
    )


def _figures(state: State, uid: Uid) -> AccountFigures:
    account = state.futures.of(uid)
    return account_figures(state.catalogue, state.books, account, uid)


def _futures_account(state: State, asked: ReadFuturesAccount) -> FuturesAccountView:
    account = state.futures.of(asked.uid)
    figures = _figures(state, asked.uid)
    return FuturesAccountView(
        asked.uid,
        account.multi_assets,
        account.hedge,
        *figures.totals,
        tuple([AssetView(*row) for row in figures.assets]),
    )


def _holdings(state: State, uid: Uid) -> tuple[Holding, ...]:
    held = state.books.of(uid).items()
    return tuple(Holding(wallet, asset, units) for (wallet, asset), units in held)


def _wallets(state: State, asked: ReadWallets) -> WalletsView:
    return WalletsView(
        asked.uid,
        state.register.require(asked.uid).moved_at,
        _holdings(state, asked.uid),
        dict(state.catalogue.indices),
    )


def _catalogue(state: State, _asked: ReadCatalogue) -> CatalogueView:
    listed = state.catalogue
    return CatalogueView(listed.revision, listed.assets, listed.contracts, listed.indices)


def _account(state: State, asked: ReadAccount) -> AccountView:
    account = state.register.require(asked.uid)
    modes = state.futures.of(asked.uid)
    keys = [_find_key(state, FindKey(name)) for name in account.api_keys]
    return AccountView(
        account.uid,
        account.label,
        account.opened_at,
        tuple(key for key in keys if key is not None),
        modes.multi_assets,
        modes.hedge,
        _holdings(state, asked.uid),
    )


def _list_accounts(state: State, asked: ListAccounts) -> tuple[AccountView, ...]:
    uids = sorted(uid for uid in state.register.accounts if uid > asked.after)
    return tuple(_account(state, ReadAccount(uid)) for uid in islice(uids, asked.limit))


def _check_ledger(state: State, _asked: CheckLedger) -> LedgerView:
    rows = state.books.trial_balance()
    return LedgerView(state.seq, {row.asset: (row.total, row.accounts) for row in rows})


def _find_answer(state: State, asked: FindAnswer) -> AnswerView | None:
    kept = state.answers.get(asked.key)
    return AnswerView(*kept) if kept else None


ANSWERS: dict[type[StateQuery], Callable[..., object]] = {
    FindKey: _find_key,
    ReadFuturesAccount: _futures_account,
    ReadWallets: _wallets,
    ReadCatalogue: _catalogue,
    ReadAccount: _account,
    ListAccounts: _list_accounts,
    CheckLedger: _check_ledger,
    FindAnswer: _find_answer,
}
"""One answer for each query; a test requires it to be total."""

"""Queries: reading the state. Pure; an unknown uid is refused like everywhere."""

from collections.abc import Callable
from itertools import islice
from typing import Any, TypeVar

from clearhouse.engine.state import State
from clearhouse.margin.summary import account_figures
from clearhouse.messages.queries import (
    AccountView,
    AnswerView,
    CatalogueView,
    CheckLedger,
    FindAnswer,
    FindKey,
    FuturesAccountView,
    Holding,
    KeyView,
    LedgerView,
    ListAccounts,
    Query,
    ReadAccount,
    ReadCatalogue,
    ReadFuturesAccount,
    ReadRevision,
    ReadWallets,
    WalletsView,
)
from clearhouse.model.ids import Seq, Uid

A = TypeVar("A")


def query(state: State, asked: Query[A]) -> A:
    """The answer to a query."""
    answer: A = ANSWERS[type(asked)](state, asked)
    return answer


def visible_at(state: State, asked: Query[Any]) -> Seq:
    """The last position whose effects the answer can show: it must be durable first."""
    match asked:
        case FindKey():  # used only on the way to an answer that waits itself
            return Seq(0)
        case ReadCatalogue():
            return state.venue_revision
        case ReadRevision(uid) | ReadFuturesAccount(uid) | ReadWallets(uid) | ReadAccount(uid):
            account = state.register.accounts.get(uid)
            return max(state.venue_revision, account.revision if account else state.seq)
        case _:
            return state.seq


def _find_key(state: State, asked: FindKey) -> KeyView | None:
    return state.register.keys.get(asked.api_key)


def _revision(state: State, asked: ReadRevision) -> tuple[Seq, Seq]:
    account = state.register.accounts.get(asked.uid)
    return (account.revision if account else state.seq), state.venue_revision


def _futures_account(state: State, asked: ReadFuturesAccount) -> FuturesAccountView:
    account = state.futures.of(asked.uid)
    figures = account_figures(state.catalogue, state.books, account, asked.uid)
    return FuturesAccountView(
        asked.uid,
        account.multi_assets,
        account.hedge,
        *figures.totals,
        figures.assets,
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
    return AccountView(
        account.uid,
        account.label,
        account.opened_at,
        tuple(state.register.keys[name] for name in account.api_keys),
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


ANSWERS: dict[type[Query[Any]], Callable[..., Any]] = {
    FindKey: _find_key,
    ReadRevision: _revision,
    ReadFuturesAccount: _futures_account,
    ReadWallets: _wallets,
    ReadCatalogue: _catalogue,
    ReadAccount: _account,
    ListAccounts: _list_accounts,
    CheckLedger: _check_ledger,
    FindAnswer: _find_answer,
}
"""One answer for each query; a test requires it to be total."""

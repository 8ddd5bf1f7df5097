"""Queries: reading the state. Pure; an unknown uid is refused like everywhere."""

from collections.abc import Callable
from itertools import islice
from typing import Any, TypeVar

from clearhouse.accounts.exports import Export, mean_pace_ms, unfinished
from clearhouse.engine.algo_queries import ALGO_ANSWERS
from clearhouse.engine.market_queries import MARKET_ANSWERS
from clearhouse.engine.order_queries import ORDER_ANSWERS
from clearhouse.engine.position_queries import POSITION_ANSWERS
from clearhouse.engine.state import State
from clearhouse.margin.explain import explain
from clearhouse.margin.positions import all_held, figures_of, sums_of
from clearhouse.margin.quantity import Account
from clearhouse.margin.summary import account_figures
from clearhouse.messages.queries import (
    AccountView,
    AnswerView,
    CatalogueView,
    CheckLedger,
    DustQuote,
    ExplainAccount,
    ExplanationView,
    ExportView,
    FindAnswer,
    FindExport,
    FindKey,
    FindListenKey,
    FuturesAccountView,
    FuturesSettingsView,
    Holding,
    KeyView,
    LedgerView,
    ListAccounts,
    ListenKeyView,
    Query,
    QuoteDust,
    ReadAccount,
    ReadCatalogue,
    ReadExportPace,
    ReadFuturesAccount,
    ReadFuturesSettings,
    ReadRevision,
    ReadWallets,
    ReadWalletSettings,
    Revision,
    UnfinishedExports,
    WalletSettingsView,
    WalletsView,
)
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.trading_queries import (
    FindOpenAlgo,
    FindOpenOrder,
    ReadBookRevision,
    ReadDepth,
    ReadOpenAlgos,
    ReadOpenOrders,
)
from clearhouse.model.ids import Seq, Uid
from clearhouse.model.orders import HEDGE_SIDES, ONE_WAY_SIDES
from clearhouse.wallets.dust import is_dust, quote

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
        case ReadBookRevision(symbol) | ReadDepth(symbol=symbol):
            return max(state.venue_revision, state.order_books[symbol].update_id)
        case (
            ReadRevision(uid)
            | ReadFuturesAccount(uid)
            | ReadFuturesSettings(uid)
            | ReadWallets(uid)
            | ReadAccount(uid)
            | FindOpenOrder(uid)
            | ReadOpenOrders(uid)
            | FindOpenAlgo(uid)
            | ReadOpenAlgos(uid)
        ):
            account = state.register.accounts.get(uid)
            return max(state.venue_revision, account.revision if account else state.seq)
        case _:
            return state.seq


def _find_key(state: State, asked: FindKey) -> KeyView | None:
    return state.register.keys.get(asked.api_key)


def _revision(state: State, asked: ReadRevision) -> Revision:
    account = state.register.accounts.get(asked.uid)
    exposures = state.futures.of(asked.uid).exposures
    marks = tuple([state.markets[symbol].mark for symbol in exposures]) if exposures else ()
    return account.revision if account else state.seq, state.catalogue.revision, marks


def _futures_account(state: State, asked: ReadFuturesAccount) -> FuturesAccountView:
    account = state.futures.of(asked.uid)
    held = all_held(state.catalogue, state.markets, account) if account.exposures else []
    figures = account_figures(state.catalogue, state.books, account, asked.uid, sums_of(held))
    return FuturesAccountView(
        asked.uid,
        account.multi_assets,
        account.hedge,
        account.fees.tier,
        account.fee_burn,
        account.symbols,
        figures.totals,
        figures.assets,
        tuple([figures_of(state.catalogue, one) for one in held]),
    )


def _explanation(state: State, asked: ExplainAccount) -> ExplanationView:
    state.register.require(asked.uid)
    settings = state.futures.of(asked.uid)
    sides = HEDGE_SIDES if settings.hedge else ONE_WAY_SIDES
    account = Account(state.catalogue, state.markets, state.books, settings, asked.uid, sides)
    return ExplanationView(state.seq, settings.multi_assets, explain(account, asked))


def _futures_settings(state: State, asked: ReadFuturesSettings) -> FuturesSettingsView:
    account = state.futures.of(asked.uid)
    return FuturesSettingsView(
        account.multi_assets, account.hedge, account.fee_burn, account.fees, account.symbols
    )


def _wallet_settings(state: State, asked: ReadWalletSettings) -> WalletSettingsView:
    settings = state.wallets.of(asked.uid)
    return WalletSettingsView(
        settings.spot_burn,
        settings.interest_burn,
        settings.fast_withdraw,
        settings.whitelist,
        settings.addresses,
        settings.sent_since_yesterday(asked.now),
    )


def _find_listen_key(state: State, asked: FindListenKey) -> ListenKeyView | None:
    key = state.listen_keys.get(asked.uid)
    return ListenKeyView(*key) if key else None


def _find_export(state: State, asked: FindExport) -> ExportView | None:
    export = state.exports.get(asked.export_id)
    return _export(export) if export else None


def _unfinished_exports(state: State, _asked: UnfinishedExports) -> tuple[ExportView, ...]:
    return tuple(_export(export) for export in unfinished(state.exports))


def _export(export: Export) -> ExportView:
    return ExportView(
        export.export_id,
        export.uid,
        export.kind,
        export.start,
        export.end,
        export.requested_at,
        export.expires_at,
    )


def _quote_dust(state: State, asked: QuoteDust) -> tuple[DustQuote, ...]:
    listed = state.catalogue
    if asked.target not in listed.assets:
        raise Rejected(Reason.UNKNOWN_ASSET, f"no asset {asked.target} is listed")
    quotes = (
        DustQuote(asset, units, *quote(listed, asset, units, asked.target))
        for asset, units in state.books.wallet(asked.uid, asked.wallet)
        if asset != asked.target and is_dust(listed, asset, units)
    )
    return tuple(quoted for quoted in quotes if quoted.proceeds > quoted.charge)


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
        modes.fees,
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
    ExplainAccount: _explanation,
    ReadFuturesSettings: _futures_settings,
    ReadWalletSettings: _wallet_settings,
    FindListenKey: _find_listen_key,
    FindExport: _find_export,
    UnfinishedExports: _unfinished_exports,
    ReadExportPace: lambda s, q: mean_pace_ms(s.exports, q.uid, q.kind, q.now),
    QuoteDust: _quote_dust,
    ReadWallets: _wallets,
    ReadCatalogue: _catalogue,
    ReadAccount: _account,
    ListAccounts: _list_accounts,
    CheckLedger: _check_ledger,
    FindAnswer: _find_answer,
    **ALGO_ANSWERS,
    **ORDER_ANSWERS,
    **POSITION_ANSWERS,
    **MARKET_ANSWERS,
}
"""One answer for each query; a test requires it to be total."""

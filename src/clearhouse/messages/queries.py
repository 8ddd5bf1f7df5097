"""Queries and their answers: what the outside may ask to see. Plain values.

A query about one account names its `uid`; the answer leaves when everything that it could
have seen is durable. `History` queries are answered by the journal's indexed tables.
"""

from typing import Generic, TypeVar

from msgspec import Struct

from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import KeyKind, Permission
from clearhouse.model.ids import Millis, Seq, TranId, Uid
from clearhouse.model.instruments import Asset, Contract
from clearhouse.model.wallets import Wallet

A = TypeVar("A")


class Query(Struct, Generic[A], frozen=True):
    """Something to read; the parameter is the type of the answer."""


class FindKey(Query["KeyView | None"], frozen=True):
    """The key with this public name."""

    api_key: str


class KeyView(Struct, frozen=True):
    """A key: whose it is, how it signs, what it may do and from where."""

    api_key: str
    uid: Uid
    kind: KeyKind
    material: bytes
    permissions: frozenset[Permission]
    allowed_ips: tuple[str, ...]
    created_at: Millis


class ReadRevision(Query["tuple[Seq, Seq]"], frozen=True):
    """The last positions that touched an account, and what all accounts see.

    While neither grows, nothing that an account's answer shows has changed.
    """

    uid: Uid


class ReadFuturesAccount(Query["FuturesAccountView"], frozen=True):
    """All numbers of a futures account."""

    uid: Uid


class AssetView(Struct, frozen=True, gc=False):
    """One asset of a futures account; amounts in units of 1e-8 of the asset."""

    asset: str
    wallet_balance: int
    available_balance: int
    max_withdraw: int
    margin_available: bool
    moved_at: Millis


class FuturesAccountView(Struct, frozen=True):
    """A futures account; totals in units of 1e-8 of USDT (single-asset mode) or USD."""

    uid: Uid
    multi_assets: bool
    hedge: bool
    wallet_balance: int
    margin_balance: int
    available_balance: int
    max_withdraw: int
    assets: tuple[AssetView, ...]


class ReadWallets(Query["WalletsView"], frozen=True):
    """Everything that an account holds, in every wallet."""

    uid: Uid


class Holding(Struct, frozen=True):
    """An asset in a wallet, in units of 1e-8."""

    wallet: Wallet
    asset: str
    units: int


class WalletsView(Struct, frozen=True):
    """Holdings in the order of first use, and the index prices to value them with."""

    uid: Uid
    moved_at: Millis
    holdings: tuple[Holding, ...]
    indices: dict[str, int]


class ReadCatalogue(Query["CatalogueView"], frozen=True):
    """What is listed."""


class CatalogueView(Struct, frozen=True):
    """Listed assets and contracts, index prices in units of 1e-8, and their revision."""

    revision: int
    assets: dict[str, Asset]
    contracts: dict[str, Contract]
    indices: dict[str, int]


class ReadAccount(Query["AccountView"], frozen=True):
    """An account as the operator sees it."""

    uid: Uid


class ListAccounts(Query["tuple[AccountView, ...]"], frozen=True):
    """Accounts with a uid above `after`, in the order of uids."""

    after: Uid
    limit: int


class AccountView(Struct, frozen=True):
    """An account, its keys without their material, its modes and holdings."""

    uid: Uid
    label: str
    opened_at: Millis
    keys: tuple[KeyView, ...]
    multi_assets: bool
    hedge: bool
    holdings: tuple[Holding, ...]


class CheckLedger(Query["LedgerView"], frozen=True):
    """The trial balance."""


class LedgerView(Struct, frozen=True):
    """Sum and number of balances of each asset over all owners, and the last position."""

    seq: Seq
    assets: dict[str, tuple[int, int]]


class FindAnswer(Query["AnswerView | None"], frozen=True):
    """A kept control-plane answer."""

    key: str


class AnswerView(Struct, frozen=True):
    """The answer, sealed, and the fingerprint of the call that it belongs to."""

    fingerprint: bytes
    sealed: bytes


class TransferHistory(Query["TransferPage"], frozen=True, kw_only=True):
    """Transfers of one kind of an account in a closed time window, newest first."""

    uid: Uid
    kind: TransferKind
    start: Millis
    end: Millis
    offset: int
    limit: int
    from_symbol: str | None = None
    to_symbol: str | None = None


class TransferRow(Struct, frozen=True):
    """One past transfer."""

    tran_id: TranId
    kind: TransferKind
    asset: str
    units: int
    at: Millis


class TransferPage(Struct, frozen=True):
    """A page of transfers and how many there are in the window."""

    total: int
    rows: tuple[TransferRow, ...]


class PostingHistory(Query["tuple[PostingRow, ...]"], frozen=True, kw_only=True):
    """Postings after a journal position, oldest first; of one owner or of all.

    A page has `limit` postings and those that complete its last event, so that whoever goes
    on after its last position misses none.
    """

    uid: Uid | None
    after: Seq
    limit: int


class PostingRow(Struct, frozen=True):
    """One past posting."""

    seq: Seq
    leg: int
    tran_id: TranId
    uid: Uid
    wallet: Wallet
    asset: str
    units: int
    at: Millis


StateQuery = (
    FindKey
    | ReadRevision
    | ReadFuturesAccount
    | ReadWallets
    | ReadCatalogue
    | ReadAccount
    | ListAccounts
    | CheckLedger
    | FindAnswer
)
HistoryQuery = TransferHistory | PostingHistory

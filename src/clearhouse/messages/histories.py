"""History queries and their answers: what was, read from the journal's indexed tables.

Rows are plain tuples in the order of the columns that they are read from.
"""

from typing import NamedTuple

from msgspec import Struct

from clearhouse.messages.market_queries import StoredCandles
from clearhouse.messages.queries import Holding, Query
from clearhouse.messages.trading_histories import TradingHistory
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import Millis, Seq, TranId, Uid
from clearhouse.model.wallets import Wallet


class TransferHistory(Query["TransferPage"], frozen=True, kw_only=True):
    """Transfers of some kinds of an account in a closed time window, newest first.

    `pair`: its isolated wallet is at one of the ends.
    """

    uid: Uid
    kinds: tuple[TransferKind, ...]
    start: Millis
    end: Millis
    offset: int
    limit: int
    from_symbol: str | None = None
    to_symbol: str | None = None
    asset: str | None = None
    pair: str | None = None


class TransferRow(NamedTuple):
    """One past transfer."""

    tran_id: TranId
    kind: TransferKind
    from_symbol: str | None
    to_symbol: str | None
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


class PostingRow(NamedTuple):
    """One past posting, and why it was made (`journal/postings.py`, `Why`)."""

    seq: Seq
    leg: int
    tran_id: TranId
    uid: Uid
    wallet: Wallet
    asset: str
    units: int
    at: Millis
    why: str
    symbol: str


class IncomeHistory(Query["tuple[IncomeRow, ...]"], frozen=True, kw_only=True):
    """Movements of a futures wallet in a closed window, each page oldest first.

    `newest`: pages count back from the end of the window instead of on from its start.
    `whys` and `symbol` None leave nothing out.
    """

    uid: Uid
    start: Millis
    end: Millis
    offset: int
    limit: int
    newest: bool = False
    whys: tuple[str, ...] | None = None
    symbol: str | None = None


class IncomeRow(NamedTuple):
    """One movement of a futures wallet; `trade_id` 0 where no trade moved it."""

    tran_id: TranId
    asset: str
    units: int
    at: Millis
    why: str
    symbol: str
    trade_id: int = 0


class DepositHistory(Query["tuple[DepositRow, ...]"], frozen=True, kw_only=True):
    """Deposits into the given wallets in a closed window, newest first."""

    uid: Uid
    wallets: tuple[Wallet, ...]
    start: Millis
    end: Millis
    offset: int
    limit: int
    asset: str | None = None
    tran_id: TranId | None = None


class DepositRow(NamedTuple):
    """One past deposit; `sent` where it is the other end of a withdrawal from an account here."""

    tran_id: TranId
    wallet: Wallet
    asset: str
    units: int
    at: Millis
    sent: "SentFrom | None" = None


class SentFrom(NamedTuple):
    """The withdrawal that a deposit is the other end of."""

    uid: Uid
    network: str
    internal: bool


class WithdrawalHistory(Query["tuple[WithdrawalRow, ...]"], frozen=True, kw_only=True):
    """Withdrawals to addresses in a closed window, newest first; `tran_ids` None: any."""

    uid: Uid
    start: Millis
    end: Millis
    offset: int
    limit: int
    asset: str | None = None
    order_id: str | None = None
    tran_ids: tuple[TranId, ...] | None = None


class WithdrawalRow(NamedTuple):
    """One past withdrawal."""

    tran_id: TranId
    wallet: Wallet
    asset: str
    units: int
    network: str
    address: str
    tag: str
    order_id: str
    internal: bool
    at: Millis


class DividendHistory(Query["DividendPage"], frozen=True, kw_only=True):
    """Distributions in a closed window, newest first."""

    uid: Uid
    start: Millis
    end: Millis
    limit: int
    asset: str | None = None


class DividendRow(NamedTuple):
    """One past distribution."""

    tran_id: TranId
    asset: str
    units: int
    info: str
    at: Millis


class DividendPage(Struct, frozen=True):
    """A page of distributions and how many there are in the window."""

    total: int
    rows: tuple[DividendRow, ...]


class DustHistory(Query["tuple[DustRow, ...]"], frozen=True, kw_only=True):
    """Parts of the newest dust conversions of a wallet in a closed window, newest first."""

    uid: Uid
    wallet: Wallet
    start: Millis
    end: Millis
    limit: int


class DustRow(NamedTuple):
    """One asset of a past dust conversion; `conversion` is the number that its parts share."""

    conversion: TranId
    tran_id: TranId
    asset: str
    target: str
    units: int
    proceeds: int
    charge: int
    at: Millis


class ClosingBalances(Query["tuple[Closing, ...]"], frozen=True):
    """What an account held at some moments, oldest first, and the index prices then.

    `wallet` None: in all of its wallets.
    """

    uid: Uid
    moments: tuple[Millis, ...]
    wallet: Wallet | None = None


class Closing(Struct, frozen=True):
    """Holdings and index prices at a moment; an asset that was not listed yet has no price."""

    at: Millis
    holdings: tuple[Holding, ...]
    indices: dict[str, int]


class BalanceSource(Query["SourceView"], frozen=True):
    """The postings that one balance is the sum of: totals by reason, and the newest ones.

    `until`: only those up to a journal position; None leaves nothing out.
    """

    uid: Uid
    wallet: Wallet
    asset: str
    newest: int
    until: Seq | None = None


class SourceView(Struct, frozen=True):
    """`sums`: number and sum of the postings for each reason. `newest`: newest first."""

    sums: dict[str, tuple[int, int]]
    newest: tuple[PostingRow, ...]


HistoryQuery = (
    TransferHistory
    | PostingHistory
    | IncomeHistory
    | DepositHistory
    | WithdrawalHistory
    | DividendHistory
    | DustHistory
    | ClosingBalances
    | BalanceSource
    | TradingHistory
    | StoredCandles
)

"""Queries and their answers: what the outside may ask to see. Plain values.

A query about one account names its `uid`; the answer leaves when everything that it could
have seen is durable. What was is asked in `messages/histories.py`.
"""

from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct

from clearhouse.messages.exports import ExportKind
from clearhouse.model.access import KeyKind, Permission
from clearhouse.model.addresses import SavedAddress
from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.model.instruments import Asset, Contract
from clearhouse.model.orders import PositionSide
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


Revision = tuple[Seq, int, tuple[int, ...]]
"""The last position that touched an account, the catalogue's revision, and marks."""


class ReadRevision(Query[Revision], frozen=True):
    """What an account's numbers depend on; the marks are those of the symbols it ever traded.

    While it is the same, nothing that an account's answer shows has changed.
    """

    uid: Uid


class ReadFuturesAccount(Query["FuturesAccountView"], frozen=True):
    """All numbers of a futures account."""

    uid: Uid


class AssetView(Struct, frozen=True, gc=False):
    """One asset of a futures account; amounts in units of 1e-8 of the asset.

    `isolated_wallets` is what was assigned to isolated positions. `unrealized` to `maint_margin`
    are sums over positions and open orders; `cross_unrealized` is that of cross positions.
    """

    asset: str
    wallet_balance: int
    available_balance: int
    max_withdraw: int
    margin_available: bool
    moved_at: Millis
    isolated_wallets: int = 0
    unrealized: int = 0
    cross_unrealized: int = 0
    position_margin: int = 0
    order_margin: int = 0
    maint_margin: int = 0


class PositionFigures(Struct, frozen=True, kw_only=True, gc=False):
    """A position with what account information shows of it; amounts in units of 1e-8.

    `position_margin` is positionInitialMargin, `order_margin` openOrderInitialMargin; `bid_value`
    and `ask_value` are the values of open orders that may open.
    """

    symbol: str
    side: PositionSide
    quantity: int
    entry_price: int
    notional: int
    unrealized: int
    leverage: int
    isolated: bool
    isolated_wallet: int
    position_margin: int
    order_margin: int
    maint_margin: int
    bid_value: int
    ask_value: int
    max_notional: int
    updated_at: Millis

    @property
    def initial_margin(self) -> int:
        """What position and orders need together."""
        return self.position_margin + self.order_margin

    @property
    def isolated_margin(self) -> int:
        """Wallet and profit of an isolated position; 0 of a cross one."""
        return self.isolated_wallet + self.unrealized if self.isolated else 0


class PositionView(PositionFigures, frozen=True, kw_only=True, gc=False):
    """A position with everything that answers show of it.

    `break_even_price` has twelve decimals: units of 1e-12. `liquidation_price` is 0 where there
    is none; `quantile` is that of automatic deleveraging, 0 to 4.
    """

    margin_asset: str
    mark_price: int
    break_even_price: int
    liquidation_price: int
    quantile: int


class Fees(NamedTuple):
    """A fee tier and its rates, in units of 1e-8."""

    tier: int
    maker: int
    taker: int


class SymbolSetting(NamedTuple):
    """How an account trades a symbol."""

    leverage: int
    isolated: bool


class AccountTotals(NamedTuple):
    """Totals of a futures account, in units of 1e-8.

    Of USDT in single-asset mode, in USD over all collateral in multi-assets mode; in the order
    in which account information shows them.
    """

    initial_margin: int
    maint_margin: int
    wallet_balance: int
    unrealized: int
    margin_balance: int
    position_margin: int
    order_margin: int
    cross_wallet: int
    cross_unrealized: int
    available_balance: int
    max_withdraw: int


class FuturesAccountView(Struct, frozen=True):
    """A futures account.

    `symbols`: the symbols whose setting was ever changed; the others have the default.
    `positions`: those that are open or have open orders.
    """

    uid: Uid
    multi_assets: bool
    hedge: bool
    fee_tier: int
    fee_burn: bool
    symbols: Mapping[str, SymbolSetting]
    totals: AccountTotals
    assets: tuple[AssetView, ...]
    positions: tuple[PositionFigures, ...] = ()


class ExplainAccount(Query["ExplanationView"], frozen=True):
    """What the fields of a futures account follow from.

    Fields of an asset's row, of a symbol's rows, or the account's own; `field` None asks for
    all of them, each with its direct inputs alone, and where neither asset nor symbol is named
    also for the rows of the assets that ever moved.
    """

    uid: Uid
    field: str | None = None
    asset: str | None = None
    symbol: str | None = None


class Place(NamedTuple):
    """Whose a quantity is: an asset's, a position's, or (all empty) the account's own."""

    asset: str = ""
    symbol: str = ""
    side: str = ""


class Explained(Struct, frozen=True, kw_only=True):
    """A quantity, its value as the answers print it, and what it follows from.

    One that is derived has a `formula` over its `inputs`; one that is given has a `source` in
    words. A sum over nothing has both. `section`: of docs/internals/numbers.md.
    """

    name: str
    place: Place
    value: str | int | bool
    section: str
    formula: str = ""
    source: str = ""
    inputs: tuple["Explained", ...] = ()


class ExplanationView(Struct, frozen=True):
    """Explanations, all of the moment after one event."""

    seq: Seq
    multi_assets: bool
    fields: tuple[Explained, ...]


class ReadFuturesSettings(Query["FuturesSettingsView"], frozen=True):
    """The settings of a futures account, without its numbers."""

    uid: Uid


class FuturesSettingsView(Struct, frozen=True):
    """Modes and fees. `symbols`: as in `FuturesAccountView`."""

    multi_assets: bool
    hedge: bool
    fee_burn: bool
    fees: Fees
    symbols: Mapping[str, SymbolSetting]


class ReadWalletSettings(Query["WalletSettingsView"], frozen=True):
    """The settings of an account's wallets, and the USD that left in the 24 hours before now."""

    uid: Uid
    now: Millis


class WalletSettingsView(Struct, frozen=True):
    """BNB burn, fast withdrawal, whitelist, address book; `sent` in units of 1e-8 USD."""

    spot_burn: bool
    interest_burn: bool
    fast_withdraw: bool
    whitelist: bool
    addresses: tuple[SavedAddress, ...]
    sent: int


class FindListenKey(Query["ListenKeyView | None"], frozen=True):
    """The listen key that an account has, expired or not."""

    uid: Uid


class ListenKeyView(Struct, frozen=True):
    """A listen key: what its text is made of, and its end."""

    serial: Seq
    expires_at: Millis


class FindExport(Query["ExportView | None"], frozen=True):
    """An export by its number."""

    export_id: int


class UnfinishedExports(Query["tuple[ExportView, ...]"], frozen=True):
    """Exports whose file is still to be written, oldest first."""


class ReadExportPace(Query[int], frozen=True):
    """The mean milliseconds that an account's exports of a kind took in the last 30 days."""

    uid: Uid
    kind: ExportKind
    now: Millis


class ExportView(Struct, frozen=True):
    """An export; `expires_at` None while its file is being written."""

    export_id: int
    uid: Uid
    kind: ExportKind
    start: Millis
    end: Millis
    requested_at: Millis
    expires_at: Millis | None

    def has_expired(self, now: Millis) -> bool:
        """Whether the file was there, and is no more."""
        return self.expires_at is not None and self.expires_at <= now


class QuoteDust(Query["tuple[DustQuote, ...]"], frozen=True):
    """What each small balance of a wallet would become in the target, if that is anything."""

    uid: Uid
    wallet: Wallet
    target: str


class DustQuote(Struct, frozen=True):
    """A small balance, what it is worth in the target, and the charge on that."""

    asset: str
    units: int
    proceeds: int
    charge: int


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
    """An account, its keys without their material, its modes, fees and holdings."""

    uid: Uid
    label: str
    opened_at: Millis
    keys: tuple[KeyView, ...]
    multi_assets: bool
    hedge: bool
    fees: Fees
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


StateQuery = (
    FindKey
    | ReadRevision
    | ReadFuturesAccount
    | ExplainAccount
    | ReadFuturesSettings
    | ReadWalletSettings
    | FindListenKey
    | FindExport
    | UnfinishedExports
    | ReadExportPace
    | QuoteDust
    | ReadWallets
    | ReadCatalogue
    | ReadAccount
    | ListAccounts
    | CheckLedger
    | FindAnswer
)

"""Events: facts with their numbers decided. The journal holds these and nothing else.

Each class writes its `KIND` and `VERSION`, and its tag on disk is `KIND.VERSION`. A released
field never changes: a change is a new class with the next version and one step in
`journal/upcasters.py`. Fields are stored by position. `tests/journal/schema.lock` holds the
shapes that were released.
"""

from typing import ClassVar, get_args

from msgspec import Struct

from clearhouse.ledger.postings import Posting
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.trading_events import TradingEvent
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import KeyKind, Permission
from clearhouse.model.addresses import SavedAddress
from clearhouse.model.ids import Millis, TranId, Uid
from clearhouse.model.instruments import Asset, Contract
from clearhouse.model.wallets import Wallet


class DustPart(Struct, frozen=True, array_like=True):
    """One asset of a dust conversion: what went, what it was worth in the target, the charge."""

    tran_id: TranId
    asset: str
    units: int
    proceeds: int
    charge: int


class AccountOpened(Struct, frozen=True, kw_only=True, array_like=True, tag="account_opened.1"):
    """An account exists from now on."""

    KIND: ClassVar = "account_opened"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    label: str


class KeyCreated(Struct, frozen=True, kw_only=True, array_like=True, tag="key_created.1"):
    """An account has a new key. `material`: a sealed HMAC secret, or a public key (PEM)."""

    KIND: ClassVar = "key_created"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    api_key: str
    kind: KeyKind
    material: bytes
    permissions: tuple[Permission, ...]
    allowed_ips: tuple[str, ...]


class KeyRevoked(Struct, frozen=True, kw_only=True, array_like=True, tag="key_revoked.1"):
    """A key opens nothing any more."""

    KIND: ClassVar = "key_revoked"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    api_key: str


class FundsDeposited(Struct, frozen=True, kw_only=True, array_like=True, tag="funds_deposited.1"):
    """Money came in from the outside."""

    KIND: ClassVar = "funds_deposited"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    uid: Uid
    wallet: Wallet
    postings: tuple[Posting, ...]


class FundsWithdrawn(Struct, frozen=True, kw_only=True, array_like=True, tag="funds_withdrawn.1"):
    """Money left to the outside."""

    KIND: ClassVar = "funds_withdrawn"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    uid: Uid
    wallet: Wallet
    postings: tuple[Posting, ...]


class FundsTransferred(
    Struct, frozen=True, kw_only=True, array_like=True, tag="funds_transferred.1"
):
    """Money moved between two wallets of one account: (source, target) postings."""

    KIND: ClassVar = "funds_transferred"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    uid: Uid
    kind: TransferKind
    from_symbol: str | None
    to_symbol: str | None
    postings: tuple[Posting, ...]


class MultiAssetsModeSet(
    Struct, frozen=True, kw_only=True, array_like=True, tag="multi_assets_mode_set.1"
):
    """The futures account shares its collateral among assets, or does not."""

    KIND: ClassVar = "multi_assets_mode_set"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    on: bool


class PositionModeSet(
    Struct, frozen=True, kw_only=True, array_like=True, tag="position_mode_set.1"
):
    """Hedge mode or one-way mode."""

    KIND: ClassVar = "position_mode_set"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    hedge: bool


class LeverageSet(Struct, frozen=True, kw_only=True, array_like=True, tag="leverage_set.1"):
    """The account trades a symbol with this leverage."""

    KIND: ClassVar = "leverage_set"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    symbol: str
    leverage: int


class MarginTypeSet(Struct, frozen=True, kw_only=True, array_like=True, tag="margin_type_set.1"):
    """Positions of a symbol have margin of their own (isolated), or share it (cross)."""

    KIND: ClassVar = "margin_type_set"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    symbol: str
    isolated: bool


class FeeBurnSet(Struct, frozen=True, kw_only=True, array_like=True, tag="fee_burn_set.1"):
    """Futures fees are paid in BNB at a discount, or are not."""

    KIND: ClassVar = "fee_burn_set"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    on: bool


class FeesSet(Struct, frozen=True, kw_only=True, array_like=True, tag="fees_set.1"):
    """The fee tier of an account and its rates, in units of 1e-8."""

    KIND: ClassVar = "fees_set"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    tier: int
    maker: int
    taker: int


class BnbBurnSet(Struct, frozen=True, kw_only=True, array_like=True, tag="bnb_burn_set.1"):
    """Spot fees and margin interest are paid in BNB, or are not."""

    KIND: ClassVar = "bnb_burn_set"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    spot: bool
    interest: bool


class FastWithdrawSet(
    Struct, frozen=True, kw_only=True, array_like=True, tag="fast_withdraw_set.1"
):
    """Withdrawals to another account of this venue are internal, or go by the network."""

    KIND: ClassVar = "fast_withdraw_set"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    on: bool


class WhitelistSet(Struct, frozen=True, kw_only=True, array_like=True, tag="whitelist_set.1"):
    """Money may leave to saved and trusted addresses only, or to any."""

    KIND: ClassVar = "whitelist_set"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    on: bool


class AddressSaved(Struct, frozen=True, kw_only=True, array_like=True, tag="address_saved.1"):
    """An address stands in the address book of an account, new or changed."""

    KIND: ClassVar = "address_saved"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    address: SavedAddress


class ListenKeyOpened(
    Struct, frozen=True, kw_only=True, array_like=True, tag="listen_key_opened.1"
):
    """An account has a new listen key; its serial is the position of this event."""

    KIND: ClassVar = "listen_key_opened"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    expires_at: Millis


class ListenKeyExtended(
    Struct, frozen=True, kw_only=True, array_like=True, tag="listen_key_extended.1"
):
    """The listen key of an account lives on."""

    KIND: ClassVar = "listen_key_extended"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    expires_at: Millis


class ListenKeyClosed(
    Struct, frozen=True, kw_only=True, array_like=True, tag="listen_key_closed.1"
):
    """The listen key of an account opens nothing any more."""

    KIND: ClassVar = "listen_key_closed"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid


class WithdrawalSent(Struct, frozen=True, kw_only=True, array_like=True, tag="withdrawal_sent.1"):
    """Money left to an address.

    `order_id`: the client's own id. `internal`: it went to another account of this venue.
    `value`: what it counted for against the daily limit, in units of 1e-8 USD.
    """

    KIND: ClassVar = "withdrawal_sent"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    uid: Uid
    wallet: Wallet
    network: str
    address: str
    tag: str
    order_id: str
    internal: bool
    value: int
    postings: tuple[Posting, ...]


class DividendPaid(Struct, frozen=True, kw_only=True, array_like=True, tag="dividend_paid.1"):
    """A distribution to a holder, and what for."""

    KIND: ClassVar = "dividend_paid"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    uid: Uid
    info: str
    postings: tuple[Posting, ...]


class DustConverted(Struct, frozen=True, kw_only=True, array_like=True, tag="dust_converted.1"):
    """Small balances of a wallet became one asset; each part has a number of its own."""

    KIND: ClassVar = "dust_converted"
    VERSION: ClassVar = 1
    at: Millis
    tran_id: TranId
    uid: Uid
    wallet: Wallet
    target: str
    parts: tuple[DustPart, ...]
    postings: tuple[Posting, ...]


class ExportRequested(Struct, frozen=True, kw_only=True, array_like=True, tag="export_requested.1"):
    """An account wants a file of its history in a closed window."""

    KIND: ClassVar = "export_requested"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    export_id: int
    kind: ExportKind
    start: Millis
    end: Millis


class ExportFinished(Struct, frozen=True, kw_only=True, array_like=True, tag="export_finished.1"):
    """The file of an export is there until it expires."""

    KIND: ClassVar = "export_finished"
    VERSION: ClassVar = 1
    at: Millis
    uid: Uid
    export_id: int
    expires_at: Millis


class AssetListed(Struct, frozen=True, kw_only=True, array_like=True, tag="asset_listed.1"):
    """An asset is configured, new or changed."""

    KIND: ClassVar = "asset_listed"
    VERSION: ClassVar = 1
    at: Millis
    asset: Asset


class ContractListed(Struct, frozen=True, kw_only=True, array_like=True, tag="contract_listed.1"):
    """A contract is configured, new or changed."""

    KIND: ClassVar = "contract_listed"
    VERSION: ClassVar = 1
    at: Millis
    contract: Contract


class AssetIndexSet(Struct, frozen=True, kw_only=True, array_like=True, tag="asset_index_set.1"):
    """An asset has this USD index price, in units of 1e-8."""

    KIND: ClassVar = "asset_index_set"
    VERSION: ClassVar = 1
    at: Millis
    asset: str
    index: int


class ClockSet(Struct, frozen=True, kw_only=True, array_like=True, tag="clock_set.1"):
    """The venue's clock: `real`; `frozen` at `now`; `scaled`, from `now`, `rate`/1e8 as fast."""

    KIND: ClassVar = "clock_set"
    VERSION: ClassVar = 1
    at: Millis
    mode: str
    now: Millis
    rate: int


class AnswerKept(Struct, frozen=True, kw_only=True, array_like=True, tag="answer_kept.1"):
    """The answer to a control-plane call that carried an idempotency key, sealed.

    `fingerprint` is a hash of the call, so that a key used for another call is noticed.
    """

    KIND: ClassVar = "answer_kept"
    VERSION: ClassVar = 1
    at: Millis
    key: str
    fingerprint: bytes
    sealed: bytes


class VenueReset(Struct, frozen=True, kw_only=True, array_like=True, tag="venue_reset.1"):
    """Every account, key, balance, asset and contract is gone; ids go on counting."""

    KIND: ClassVar = "venue_reset"
    VERSION: ClassVar = 1
    at: Millis


Event = (
    AccountOpened
    | KeyCreated
    | KeyRevoked
    | FundsDeposited
    | FundsWithdrawn
    | FundsTransferred
    | MultiAssetsModeSet
    | PositionModeSet
    | LeverageSet
    | MarginTypeSet
    | FeeBurnSet
    | FeesSet
    | BnbBurnSet
    | FastWithdrawSet
    | WhitelistSet
    | AddressSaved
    | ListenKeyOpened
    | ListenKeyExtended
    | ListenKeyClosed
    | WithdrawalSent
    | DividendPaid
    | DustConverted
    | ExportRequested
    | ExportFinished
    | AssetListed
    | ContractListed
    | AssetIndexSet
    | ClockSet
    | AnswerKept
    | VenueReset
    | TradingEvent
)

EVENT_TYPES: tuple[type[Event], ...] = get_args(Event)

"""Events: facts with their numbers decided. The journal holds these and nothing else.

Each class writes its `KIND` and `VERSION`, and its tag on disk is `KIND.VERSION`. A released
field never changes: a change is a new class with the next version and one step in
`journal/upcasters.py`. Fields are stored by position. `tests/journal/schema.lock` holds the
shapes that were released.
"""

from typing import ClassVar, get_args

from msgspec import Struct

from clearhouse.ledger.postings import Posting
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import KeyKind, Permission
from clearhouse.model.ids import Millis, TranId, Uid
from clearhouse.model.instruments import Asset, Contract
from clearhouse.model.wallets import Wallet


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
    | AssetListed
    | ContractListed
    | AssetIndexSet
    | ClockSet
    | AnswerKept
    | VenueReset
)

EVENT_TYPES: tuple[type[Event], ...] = get_args(Event)

"""Commands: what the outside asks of the venue. Plain values; nothing here decides."""

from msgspec import Struct

from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import KeyKind, Permission
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.instruments import Asset, Contract
from clearhouse.model.money import Money
from clearhouse.model.wallets import Wallet


class Credential(Struct, frozen=True, kw_only=True):
    """A key to be created. `material` is a sealed HMAC secret or a public key (PEM)."""

    api_key: str
    kind: KeyKind
    material: bytes
    permissions: tuple[Permission, ...]
    allowed_ips: tuple[str, ...] = ()


class OpenAccount(Struct, frozen=True, kw_only=True):
    """Open an account with a key and first deposits; `uid` None takes the next free one."""

    label: str
    credential: Credential
    uid: Uid | None = None
    deposits: tuple[tuple[Wallet, Money], ...] = ()


class CreateKey(Struct, frozen=True, kw_only=True):
    """Give an account another key."""

    uid: Uid
    credential: Credential


class RevokeKey(Struct, frozen=True, kw_only=True):
    """Take a key away for good."""

    uid: Uid
    api_key: str


class DepositFunds(Struct, frozen=True, kw_only=True):
    """Bring money from the outside into a wallet."""

    uid: Uid
    wallet: Wallet
    money: Money


class WithdrawFunds(Struct, frozen=True, kw_only=True):
    """Take money out of a wallet to the outside."""

    uid: Uid
    wallet: Wallet
    money: Money


class TransferFunds(Struct, frozen=True, kw_only=True):
    """Move money between two wallets of one account."""

    uid: Uid
    kind: TransferKind
    money: Money
    from_symbol: str | None = None
    to_symbol: str | None = None


class SetMultiAssetsMode(Struct, frozen=True, kw_only=True):
    """Turn multi-assets mode of the futures account on or off."""

    uid: Uid
    on: bool


class SetPositionMode(Struct, frozen=True, kw_only=True):
    """Choose hedge mode (LONG and SHORT apart) or one-way mode (BOTH)."""

    uid: Uid
    hedge: bool


class ListAsset(Struct, frozen=True):
    """Configure an asset, new or changed."""

    asset: Asset


class ListContract(Struct, frozen=True):
    """Configure a contract, new or changed."""

    contract: Contract


class SetAssetIndex(Struct, frozen=True, kw_only=True):
    """Set the USD index price of an asset, in units of 1e-8."""

    asset: str
    index: int


class SetClock(Struct, frozen=True, kw_only=True):
    """Choose the venue's clock; see `messages.events.ClockSet`."""

    mode: str
    now: Millis | None = None
    rate: int | None = None


class AdvanceClock(Struct, frozen=True):
    """Move a frozen clock forward."""

    ms: int


class ResetVenue(Struct, frozen=True):
    """Forget every account, key and balance; the journal remembers."""


Command = (
    OpenAccount
    | CreateKey
    | RevokeKey
    | DepositFunds
    | WithdrawFunds
    | TransferFunds
    | SetMultiAssetsMode
    | SetPositionMode
    | ListAsset
    | ListContract
    | SetAssetIndex
    | SetClock
    | AdvanceClock
    | ResetVenue
)

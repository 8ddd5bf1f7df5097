"""Commands: what the outside asks of the venue. Plain values; nothing here decides."""

from msgspec import Struct

from clearhouse.messages.exports import ExportKind
from clearhouse.messages.trading_commands import TradingCommand
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import KeyKind, Permission
from clearhouse.model.addresses import SavedAddress
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


class SetLeverage(Struct, frozen=True, kw_only=True):
    """Choose the leverage of a symbol."""

    uid: Uid
    symbol: str
    leverage: int


class SetMarginType(Struct, frozen=True, kw_only=True):
    """Choose isolated or cross margin for a symbol."""

    uid: Uid
    symbol: str
    isolated: bool


class SetFeeBurn(Struct, frozen=True, kw_only=True):
    """Pay futures fees in BNB, or stop doing so."""

    uid: Uid
    on: bool


class SetFees(Struct, frozen=True, kw_only=True):
    """Give an account a fee tier and its rates, in units of 1e-8."""

    uid: Uid
    tier: int
    maker: int
    taker: int


class SetBnbBurn(Struct, frozen=True, kw_only=True):
    """Pay spot fees or margin interest in BNB, or stop doing so; None leaves one as it is."""

    uid: Uid
    spot: bool | None = None
    interest: bool | None = None


class SetFastWithdraw(Struct, frozen=True, kw_only=True):
    """Let withdrawals to accounts of this venue be internal, or not."""

    uid: Uid
    on: bool


class SetWhitelist(Struct, frozen=True, kw_only=True):
    """Let money leave to trusted addresses only, or to any."""

    uid: Uid
    on: bool


class SaveAddress(Struct, frozen=True, kw_only=True):
    """Put an address into the address book of an account, or change it there."""

    uid: Uid
    address: SavedAddress


class OpenListenKey(Struct, frozen=True, kw_only=True):
    """Give an account a listen key, or extend the one it has."""

    uid: Uid


class ExtendListenKey(Struct, frozen=True, kw_only=True):
    """Let the listen key of an account live on."""

    uid: Uid


class CloseListenKey(Struct, frozen=True, kw_only=True):
    """End the listen key of an account."""

    uid: Uid


class SendWithdrawal(Struct, frozen=True, kw_only=True):
    """Send money from a wallet to an address, which may be that of an account here."""

    uid: Uid
    wallet: Wallet
    money: Money
    network: str
    address: str
    tag: str = ""
    order_id: str = ""


class PayDividend(Struct, frozen=True, kw_only=True):
    """Give a distribution to an account, into its spot wallet."""

    uid: Uid
    money: Money
    info: str


class ConvertDust(Struct, frozen=True, kw_only=True):
    """Turn small balances of a wallet into one asset."""

    uid: Uid
    wallet: Wallet
    assets: tuple[str, ...]
    target: str


class RequestExport(Struct, frozen=True, kw_only=True):
    """Have a file written of a history in a closed window."""

    uid: Uid
    kind: ExportKind
    start: Millis
    end: Millis


class FinishExport(Struct, frozen=True, kw_only=True):
    """Say that the file of an export is there."""

    uid: Uid
    export_id: int


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
    | SetLeverage
    | SetMarginType
    | SetFeeBurn
    | SetFees
    | SetBnbBurn
    | SetFastWithdraw
    | SetWhitelist
    | SaveAddress
    | OpenListenKey
    | ExtendListenKey
    | CloseListenKey
    | SendWithdrawal
    | PayDividend
    | ConvertDust
    | RequestExport
    | FinishExport
    | ListAsset
    | ListContract
    | SetAssetIndex
    | SetClock
    | AdvanceClock
    | ResetVenue
    | TradingCommand
)

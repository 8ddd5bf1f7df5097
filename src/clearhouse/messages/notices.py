"""Notices: what an account is told when something in it changed.

Each is made of the state right after its event, because later events may already have been
applied when it leaves; it leaves when its event is durable.
"""

from msgspec import Struct

from clearhouse.model.ids import Millis, Seq, Uid


class BalanceChange(Struct, frozen=True):
    """An asset of the futures wallet after a change, and the change; units of 1e-8."""

    asset: str
    wallet_balance: int
    cross_wallet_balance: int
    change: int


class SymbolState(Struct, frozen=True):
    """A symbol whose margin type changed."""

    symbol: str
    side: str
    isolated: bool


class AccountChanged(Struct, frozen=True):
    """Balances of the futures wallet, or margin types, changed for a reason.

    `reason` is one of the words of the event ACCOUNT_UPDATE.
    """

    uid: Uid
    at: Millis
    reason: str
    balances: tuple[BalanceChange, ...] = ()
    symbols: tuple[SymbolState, ...] = ()


class LeverageChanged(Struct, frozen=True):
    """A symbol has another leverage."""

    uid: Uid
    at: Millis
    symbol: str
    leverage: int


class AssetModeChanged(Struct, frozen=True):
    """Multi-assets mode was turned on or off."""

    uid: Uid
    at: Millis
    on: bool


class ListenKeyExtended(Struct, frozen=True):
    """A listen key lives on."""

    uid: Uid
    at: Millis
    expires_at: Millis


class ListenKeyEnded(Struct, frozen=True):
    """A listen key was closed before its time."""

    uid: Uid
    at: Millis
    serial: Seq


Notice = AccountChanged | LeverageChanged | AssetModeChanged | ListenKeyExtended | ListenKeyEnded

"""Notices as the exchange spells them: the events of the user data stream.

Source: «User Data Streams». Balances have eight decimals and `bc` only its significant
digits, as in the exchange's samples. E and T are both the time of the event, so the same
history gives the same bytes.
"""

from msgspec import UNSET, Struct, UnsetType, field

from clearhouse.api.wire import encode_json
from clearhouse.messages.notices import (
    AccountChanged,
    AssetModeChanged,
    BalanceChange,
    LeverageChanged,
    SymbolState,
)
from clearhouse.model.ids import Millis
from clearhouse.model.money import fixed8, trimmed

ACCOUNT_UPDATE = "ACCOUNT_UPDATE"
ACCOUNT_CONFIG_UPDATE = "ACCOUNT_CONFIG_UPDATE"
LISTEN_KEY_EXPIRED = "listenKeyExpired"


class Balance(Struct, frozen=True):
    """An asset of the futures wallet."""

    a: str
    wb: str
    cw: str
    bc: str


class Position(Struct, frozen=True):
    """A symbol whose margin type changed; nothing is open in it."""

    s: str
    pa: str
    ep: str
    bep: str
    cr: str
    up: str
    mt: str
    iw: str
    ps: str


class Changes(Struct, frozen=True):
    """The reason, and what is different now."""

    m: str
    B: list[Balance]
    P: list[Position]


class AccountUpdate(Struct, frozen=True, tag_field="e", tag=ACCOUNT_UPDATE):
    """ACCOUNT_UPDATE."""

    E: Millis
    T: Millis
    a: Changes


class SymbolConfig(Struct, frozen=True):
    """The leverage of a symbol."""

    s: str
    l: int  # noqa: E741  the exchange's name


class AccountConfig(Struct, frozen=True):
    """Multi-assets mode."""

    j: bool


class AccountConfigUpdate(Struct, frozen=True, tag_field="e", tag=ACCOUNT_CONFIG_UPDATE):
    """ACCOUNT_CONFIG_UPDATE: of a symbol or of the account."""

    E: Millis
    T: Millis
    ac: SymbolConfig | UnsetType = UNSET
    ai: AccountConfig | UnsetType = UNSET


class ListenKeyExpired(Struct, frozen=True, tag_field="e", tag=LISTEN_KEY_EXPIRED):
    """The last event of a listen key."""

    E: Millis
    listen_key: str = field(name="listenKey")


Told = AccountChanged | LeverageChanged | AssetModeChanged
"""Notices that clients see."""


def payload_of(notice: Told) -> tuple[str, bytes]:
    """The type of an event and its JSON."""
    at = notice.at
    match notice:
        case AccountChanged():
            balances = [_balance(change) for change in notice.balances]
            positions = [_position(state) for state in notice.symbols]
            changes = Changes(notice.reason, balances, positions)
            return ACCOUNT_UPDATE, encode_json(AccountUpdate(at, at, changes))
        case LeverageChanged():
            config = AccountConfigUpdate(at, at, ac=SymbolConfig(notice.symbol, notice.leverage))
            return ACCOUNT_CONFIG_UPDATE, encode_json(config)
        case AssetModeChanged():
            config = AccountConfigUpdate(at, at, ai=AccountConfig(notice.on))
            return ACCOUNT_CONFIG_UPDATE, encode_json(config)


def expired(listen_key: str, at: Millis) -> bytes:
    """The JSON that ends a listen key."""
    return encode_json(ListenKeyExpired(at, listen_key))


def wrapped(stream: str, payload: bytes) -> bytes:
    """A payload in the wrapper of combined streams."""
    return b'{"stream":%b,"data":%b}' % (encode_json(stream), payload)


def _balance(change: BalanceChange) -> Balance:
    wallet, cross = fixed8(change.wallet_balance), fixed8(change.cross_wallet_balance)
    return Balance(change.asset, wallet, cross, trimmed(change.change))


def _position(state: SymbolState) -> Position:
    margin_type = "isolated" if state.isolated else "cross"
    return Position(
        state.symbol, "0", "0.00000", "0", "0", "0", margin_type, "0.00000000", state.side
    )

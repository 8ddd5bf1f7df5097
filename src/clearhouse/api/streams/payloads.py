"""Notices as the exchange spells them: the events of the user data stream.

Source: «User Data Streams». Wallet balances have eight decimals, the short form of a fill as many
as its symbol, and everything else its significant digits only: docs/reference/streams.md says
why. E and T are both the time of the event, so the same history gives the same bytes.
"""

from msgspec import UNSET, Struct, UnsetType, field

from clearhouse.api.streams.orders import (
    ALGO_UPDATE,
    ORDER_TRADE_UPDATE,
    TRADE_LITE,
    algo_update,
    order_trade_update,
    trade_lite,
)
from clearhouse.api.wire import encode_json
from clearhouse.margin.requirements import BREAK_EVEN_DECIMALS
from clearhouse.messages.notices import (
    AccountChanged,
    AlgoChanged,
    AssetModeChanged,
    BalanceChange,
    LeverageChanged,
    MarginCall,
    OrderChanged,
    OrderTraded,
    PositionState,
)
from clearhouse.model.ids import Millis
from clearhouse.model.money import at_least, fixed8, trimmed

ACCOUNT_UPDATE = "ACCOUNT_UPDATE"
ACCOUNT_CONFIG_UPDATE = "ACCOUNT_CONFIG_UPDATE"
MARGIN_CALL = "MARGIN_CALL"
LISTEN_KEY_EXPIRED = "listenKeyExpired"


class Balance(Struct, frozen=True):
    """An asset of the futures wallet."""

    a: str
    wb: str
    cw: str
    bc: str


class Position(Struct, frozen=True):
    """A position, or a symbol whose margin type changed."""

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
    """The reason, and what is different now; `S` with funding alone."""

    m: str
    B: list[Balance]
    P: list[Position]
    S: str | UnsetType = UNSET


class AccountUpdate(Struct, frozen=True, tag_field="e", tag=ACCOUNT_UPDATE):
    """ACCOUNT_UPDATE."""

    E: Millis
    T: Millis
    a: Changes


class PositionCalled(Struct, frozen=True, kw_only=True):
    """A position of MARGIN_CALL."""

    s: str
    ps: str
    pa: str
    mt: str
    iw: str
    mp: str
    up: str
    mm: str


class MarginCalled(Struct, frozen=True, tag_field="e", tag=MARGIN_CALL):
    """MARGIN_CALL; `cw` with cross margin alone."""

    E: Millis
    cw: str | UnsetType
    p: list[PositionCalled]


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


Told = (
    AccountChanged
    | OrderTraded
    | OrderChanged
    | AlgoChanged
    | MarginCall
    | LeverageChanged
    | AssetModeChanged
)
"""Notices that clients see."""


def payload_of(notice: Told) -> tuple[str, bytes]:
    """The type of an event and its JSON."""
    name, payload = _payload(notice)
    return name, encode_json(payload)


def _payload(notice: Told) -> tuple[str, Struct]:  # noqa: PLR0911  one for each kind of notice
    match notice:
        case OrderTraded():
            return TRADE_LITE, trade_lite(notice)
        case AccountChanged():
            return ACCOUNT_UPDATE, _account_update(notice)
        case OrderChanged():
            return ORDER_TRADE_UPDATE, order_trade_update(notice)
        case AlgoChanged():
            return ALGO_UPDATE, algo_update(notice)
        case MarginCall():
            return MARGIN_CALL, _margin_call(notice)
        case LeverageChanged():
            symbol = SymbolConfig(notice.symbol, notice.leverage)
            return ACCOUNT_CONFIG_UPDATE, AccountConfigUpdate(notice.at, notice.at, ac=symbol)
        case AssetModeChanged():
            config = AccountConfig(notice.on)
            return ACCOUNT_CONFIG_UPDATE, AccountConfigUpdate(notice.at, notice.at, ai=config)


def expired(listen_key: str, at: Millis) -> bytes:
    """The JSON that ends a listen key."""
    return encode_json(ListenKeyExpired(at, listen_key))


def wrapped(stream: str, payload: bytes) -> bytes:
    """A payload in the wrapper of combined streams."""
    return b'{"stream":%b,"data":%b}' % (encode_json(stream), payload)


def _account_update(notice: AccountChanged) -> AccountUpdate:
    balances = [_balance(change) for change in notice.balances]
    positions = [_position(state) for state in notice.positions]
    changes = Changes(notice.reason, balances, positions, notice.symbol or UNSET)
    return AccountUpdate(notice.at, notice.at, changes)


def _margin_call(notice: MarginCall) -> MarginCalled:
    wallet = notice.cross_wallet_balance
    called = [
        PositionCalled(
            s=risk.state.symbol,
            ps=risk.state.side,
            pa=trimmed(risk.state.quantity),
            mt="ISOLATED" if risk.state.isolated else "CROSSED",
            iw=trimmed(risk.state.isolated_wallet),
            mp=trimmed(risk.mark_price),
            up=trimmed(risk.state.unrealized),
            mm=trimmed(risk.maint_margin),
        )
        for risk in notice.positions
    ]
    return MarginCalled(notice.at, UNSET if wallet is None else trimmed(wallet), called)


def _balance(change: BalanceChange) -> Balance:
    wallet, cross = fixed8(change.wallet_balance), fixed8(change.cross_wallet_balance)
    return Balance(change.asset, wallet, cross, trimmed(change.change))


def _position(state: PositionState) -> Position:
    return Position(
        s=state.symbol,
        pa=trimmed(state.quantity),
        ep=trimmed(state.entry_price),
        bep=at_least(state.break_even_price, 0, of=BREAK_EVEN_DECIMALS),
        cr=trimmed(state.cumulative_realized),
        up=trimmed(state.unrealized),
        mt="isolated" if state.isolated else "cross",
        iw=trimmed(state.isolated_wallet),
        ps=state.side,
    )

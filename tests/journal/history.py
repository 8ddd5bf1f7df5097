"""A short history with every kind of event in it, as plain facts.

It was written once; the golden journal was made of it (`make_golden.py`). Tests that need
records of every kind use it too.
"""

from clearhouse.journal.record import Head, Record, chain
from clearhouse.ledger.chart import OUTSIDE
from clearhouse.ledger.postings import Posting
from clearhouse.messages.events import (
    AccountOpened,
    AnswerKept,
    AssetIndexSet,
    AssetListed,
    ClockSet,
    ContractListed,
    Event,
    FundsDeposited,
    FundsTransferred,
    FundsWithdrawn,
    KeyCreated,
    KeyRevoked,
    MultiAssetsModeSet,
    PositionModeSet,
    VenueReset,
)
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import KeyKind, Permission
from clearhouse.model.ids import VENUE, Millis, TranId, Uid
from clearhouse.model.instruments import Asset, Bracket, Collateral, Contract
from clearhouse.model.wallets import FUNDING, MAIN, UMFUTURE, Wallet, isolated_margin

ANN, BOB = Uid(1_000_001), Uid(1_000_002)
START = Millis(1_760_000_000_000)
USDT = 100_000_000

TETHER = Asset(
    name="USDT",
    full_name="TetherUS",
    index=100_000_000,
    futures=True,
    collateral=Collateral(
        bid_buffer=10_000,
        ask_buffer=10_000,
        auto_exchange_bid_buffer=10_000,
        auto_exchange_ask_buffer=10_000,
        auto_exchange_threshold="-5000",
    ),
)
BITCOIN = Asset(name="BTC", full_name="Bitcoin", index=6_500_000_000_000)
BTCUSDT = Contract(
    symbol="BTCUSDT",
    base_asset="BTC",
    quote_asset="USDT",
    margin_asset="USDT",
    price_precision=2,
    quantity_precision=3,
    tick_size="0.10",
    min_price="556.80",
    max_price="4529764",
    step_size="0.001",
    min_qty="0.001",
    max_qty="1000",
    market_min_qty="0.001",
    market_max_qty="120",
    min_notional="100",
    multiplier_up="1.0500",
    multiplier_down="0.9500",
    multiplier_decimal="4",
    liquidation_fee="0.012500",
    market_take_bound="0.05",
    trigger_protect="0.0500",
    max_num_orders=200,
    onboard_date=1_569_398_400_000,
    funding_interval_hours=8,
    funding_cap="0.02000",
    funding_floor="-0.02000",
    brackets=(
        Bracket(
            initial_leverage=125,
            notional_floor=0,
            notional_cap=300_000 * USDT,
            maint_margin_ratio=400_000,
            cum=0,
        ),
        Bracket(
            initial_leverage=100,
            notional_floor=300_000 * USDT,
            notional_cap=800_000 * USDT,
            maint_margin_ratio=500_000,
            cum=300 * USDT,
        ),
    ),
)


def opened(uid: Uid, label: str, *, at: int = 0) -> AccountOpened:
    return AccountOpened(at=_at(at), uid=uid, label=label)


def key(uid: Uid, api_key: str, *, at: int = 0) -> KeyCreated:
    return KeyCreated(
        at=_at(at),
        uid=uid,
        api_key=api_key,
        kind=KeyKind.HMAC,
        material=b"sealed " + api_key.encode(),
        permissions=(Permission.READING, Permission.UNIVERSAL_TRANSFER),
        allowed_ips=("127.0.0.0/8",),
    )


def deposit(tran_id: int, uid: Uid, units: int, *, at: int, wallet: Wallet = MAIN) -> Event:
    return FundsDeposited(
        at=_at(at),
        tran_id=TranId(tran_id),
        uid=uid,
        wallet=wallet,
        postings=(Posting(VENUE, OUTSIDE, "USDT", -units), Posting(uid, wallet, "USDT", units)),
    )


def withdrawal(tran_id: int, uid: Uid, units: int, *, at: int) -> Event:
    return FundsWithdrawn(
        at=_at(at),
        tran_id=TranId(tran_id),
        uid=uid,
        wallet=MAIN,
        postings=(Posting(uid, MAIN, "USDT", -units), Posting(VENUE, OUTSIDE, "USDT", units)),
    )


def transfer(
    tran_id: int,
    uid: Uid,
    units: int,
    *,
    at: int,
    kind: TransferKind = TransferKind.MAIN_UMFUTURE,
    ends: tuple[Wallet, Wallet] = (MAIN, UMFUTURE),
    symbols: tuple[str | None, str | None] = (None, None),
) -> Event:
    source, target = ends
    return FundsTransferred(
        at=_at(at),
        tran_id=TranId(tran_id),
        uid=uid,
        kind=kind,
        from_symbol=symbols[0],
        to_symbol=symbols[1],
        postings=(Posting(uid, source, "USDT", -units), Posting(uid, target, "USDT", units)),
    )


def history() -> list[Event]:
    """A first life with an account, a reset, and a second life with everything else."""
    return [
        AssetListed(at=_at(0), asset=TETHER),
        opened(ANN, "first life"),
        key(ANN, "old-key"),
        deposit(13_526_853_623, ANN, 5 * USDT, at=1),
        transfer(13_526_853_624, ANN, 2 * USDT, at=2),
        VenueReset(at=_at(3)),
        AssetListed(at=_at(4), asset=TETHER),
        AssetListed(at=_at(4), asset=BITCOIN),
        ContractListed(at=_at(5), contract=BTCUSDT),
        AssetIndexSet(at=_at(6), asset="BTC", index=6_400_012_345_678),
        opened(ANN, "ann", at=7),
        key(ANN, "ann-1", at=7),
        deposit(13_526_853_625, ANN, 1_000 * USDT, at=8),
        opened(BOB, "", at=9),
        key(BOB, "bob-1", at=9),
        key(BOB, "bob-2", at=10),
        KeyRevoked(at=_at(11), uid=BOB, api_key="bob-1"),
        deposit(13_526_853_626, BOB, 7, at=12, wallet=FUNDING),
        transfer(13_526_853_627, ANN, 250 * USDT, at=13),
        transfer(
            13_526_853_628,
            ANN,
            3 * USDT,
            at=14,
            kind=TransferKind.MAIN_ISOLATED_MARGIN,
            ends=(MAIN, isolated_margin("BTCUSDT")),
            symbols=(None, "BTCUSDT"),
        ),
        withdrawal(13_526_853_629, ANN, 47 * USDT, at=15),
        MultiAssetsModeSet(at=_at(16), uid=ANN, on=True),
        PositionModeSet(at=_at(17), uid=BOB, hedge=True),
        ClockSet(at=_at(18), mode="frozen", now=_at(1_000), rate=0),
        AnswerKept(at=_at(1_000), key="once", fingerprint=bytes(32), sealed=b"sealed answer"),
    ]


def records(events: list[Event], after: Head | None = None) -> list[Record]:
    """The events as records of a journal."""
    return chain(after or Head(), events)


def _at(offset: int) -> Millis:
    return Millis(START + offset)

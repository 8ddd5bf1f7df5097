"""A short history with every kind of event in it, as plain facts.

Each part was written once, for the release that brought its kinds of event; the golden journals
were made of them (`make_golden.py`), each following on from the one before it; the third is in
`trades.py`. Tests that need records of every kind use them too.
"""

from clearhouse.journal.record import Head, Record, chain
from clearhouse.ledger.chart import FEES, HOUSE, OUTSIDE
from clearhouse.ledger.postings import Posting
from clearhouse.messages.events import (
    AccountOpened,
    AddressSaved,
    AnswerKept,
    AssetIndexSet,
    AssetListed,
    BnbBurnSet,
    ClockSet,
    ContractListed,
    DividendPaid,
    DustConverted,
    DustPart,
    Event,
    ExportFinished,
    ExportRequested,
    FastWithdrawSet,
    FeeBurnSet,
    FeesSet,
    FundsDeposited,
    FundsTransferred,
    FundsWithdrawn,
    KeyCreated,
    KeyRevoked,
    LeverageSet,
    ListenKeyClosed,
    ListenKeyExtended,
    ListenKeyOpened,
    MarginTypeSet,
    MultiAssetsModeSet,
    PositionModeSet,
    VenueReset,
    WhitelistSet,
    WithdrawalSent,
)
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import KeyKind, Permission
from clearhouse.model.addresses import SavedAddress
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
BUILD_COIN = Asset(name="BNB", full_name="BNB", index=60_000_000_000)
DOGECOIN = Asset(name="DOGE", full_name="Dogecoin", index=8_000_000)
SAVINGS = SavedAddress(
    coin="USDT", network="TRX", address="TXm3CLb8", tag="", name="savings", trusted=True
)
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


def deposit(
    tran_id: int, uid: Uid, units: int, *, at: int, wallet: Wallet = MAIN, asset: str = "USDT"
) -> Event:
    return FundsDeposited(
        at=_at(at),
        tran_id=TranId(tran_id),
        uid=uid,
        wallet=wallet,
        postings=(Posting(VENUE, OUTSIDE, asset, -units), Posting(uid, wallet, asset, units)),
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
    asset: str = "USDT",
) -> Event:
    source, target = ends
    return FundsTransferred(
        at=_at(at),
        tran_id=TranId(tran_id),
        uid=uid,
        kind=kind,
        from_symbol=symbols[0],
        to_symbol=symbols[1],
        postings=(Posting(uid, source, asset, -units), Posting(uid, target, asset, units)),
    )


def sent(
    tran_id: int,
    uid: Uid,
    units: int,
    *,
    at: int,
    wallet: Wallet = MAIN,
    asset: str = "USDT",
    order_id: str = "",
    internal: bool = False,
) -> Event:
    """A withdrawal to the saved address; its USD value is that of USDT."""
    return WithdrawalSent(
        at=_at(at),
        tran_id=TranId(tran_id),
        uid=uid,
        wallet=wallet,
        network="TRX",
        address="TXm3CLb8",
        tag="",
        order_id=order_id,
        internal=internal,
        value=units,
        postings=(Posting(uid, wallet, asset, -units), Posting(VENUE, OUTSIDE, asset, units)),
    )


def dividend(
    tran_id: int, uid: Uid, units: int, *, at: int, asset: str = "BNB", info: str = "Launchpool"
) -> Event:
    return DividendPaid(
        at=_at(at),
        tran_id=TranId(tran_id),
        uid=uid,
        info=info,
        postings=(Posting(VENUE, OUTSIDE, asset, -units), Posting(uid, MAIN, asset, units)),
    )


def dust(
    tran_id: int,
    uid: Uid,
    parts: list[tuple[str, int, int, int]],
    *,
    at: int,
    wallet: Wallet = MAIN,
    target: str = "BNB",
) -> Event:
    """`parts`: (asset, units, proceeds, charge) of each small balance."""
    numbered = enumerate(parts, tran_id + 1)
    return DustConverted(
        at=_at(at),
        tran_id=TranId(tran_id),
        uid=uid,
        wallet=wallet,
        target=target,
        parts=tuple(DustPart(TranId(number), *part) for number, part in numbered),
        postings=tuple(
            posting
            for asset, units, proceeds, charge in parts
            for posting in (
                Posting(uid, wallet, asset, -units),
                Posting(VENUE, HOUSE, asset, units),
                Posting(VENUE, HOUSE, target, -proceeds),
                Posting(VENUE, FEES, target, charge),
                Posting(uid, wallet, target, proceeds - charge),
            )
        ),
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


def later() -> list[Event]:
    """What the same accounts did next: the account section of the second release."""
    return [
        AssetListed(at=_at(1_000), asset=BUILD_COIN),
        AssetListed(at=_at(1_000), asset=DOGECOIN),
        LeverageSet(at=_at(1_000), uid=BOB, symbol="BTCUSDT", leverage=100),
        MarginTypeSet(at=_at(1_000), uid=BOB, symbol="BTCUSDT", isolated=True),
        FeeBurnSet(at=_at(1_000), uid=BOB, on=False),
        FeesSet(at=_at(1_000), uid=ANN, tier=1, maker=16_000, taker=40_000),
        BnbBurnSet(at=_at(1_000), uid=ANN, spot=False, interest=True),
        FastWithdrawSet(at=_at(1_000), uid=ANN, on=True),
        AddressSaved(at=_at(1_000), uid=ANN, address=SAVINGS),
        WhitelistSet(at=_at(1_000), uid=ANN, on=True),
        ListenKeyOpened(at=_at(1_000), uid=ANN, expires_at=_at(3_601_000)),
        ListenKeyOpened(at=_at(1_000), uid=BOB, expires_at=_at(3_601_000)),
        ClockSet(at=_at(1_000), mode="frozen", now=_at(61_000), rate=0),
        ListenKeyExtended(at=_at(61_000), uid=ANN, expires_at=_at(3_661_000)),
        ListenKeyClosed(at=_at(61_000), uid=BOB),
        sent(13_526_853_630, ANN, 100 * USDT, at=61_000, order_id="payout-1"),
        deposit(13_526_853_631, ANN, 10_000, at=61_000, asset="BTC"),
        deposit(13_526_853_632, ANN, 50 * USDT, at=61_000, asset="DOGE"),
        dividend(13_526_853_633, ANN, 1_000_000, at=61_000),
        dust(
            13_526_853_634,
            ANN,
            [
                ("BTC", 10_000, 1_066_668, 21_333),  # 6.40001234 USD
                ("DOGE", 50 * USDT, 666_666, 13_333),  # 4 USD
            ],
            at=61_000,
        ),
        ExportRequested(
            at=_at(61_000),
            uid=ANN,
            export_id=546_975_389_218_332_672,
            kind=ExportKind.INCOME,
            start=_at(0),
            end=_at(60_000),
        ),
        ExportFinished(
            at=_at(61_000),
            uid=ANN,
            export_id=546_975_389_218_332_672,
            expires_at=_at(61_000 + 604_800_000),
        ),
    ]


def records(events: list[Event], after: Head | None = None) -> list[Record]:
    """The events as records of a journal."""
    return chain(after or Head(), events)


def _at(offset: int) -> Millis:
    return Millis(START + offset)

"""Facts of trading for tests, and the third part of the history: every kind of them.

It was written for the release that brought orders and follows on from `history.later`.
"""

from typing import Any

from msgspec.structs import replace

from clearhouse.ledger.chart import CLEARING, FEES, FUNDING_FEES, HOUSE
from clearhouse.ledger.postings import Posting
from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import (
    AlgoActivated,
    AlgoEnded,
    AlgoPlaced,
    AlgoTriggered,
    CountdownSet,
    FundingPaid,
    FundingSettled,
    HouseFilled,
    LiquiditySet,
    MarginMoved,
    OrderAmended,
    OrderEnded,
    OrderFilled,
    OrderPlaced,
    PriceSet,
)
from clearhouse.model.ids import VENUE, Millis, TranId, Uid
from clearhouse.model.orders import (
    AlgoKind,
    AlgoOrder,
    AlgoStatus,
    Expiry,
    Order,
    OrderKind,
    OrderStatus,
    Position,
    PositionSide,
    PriceMatch,
    Side,
    TimeInForce,
)
from clearhouse.model.wallets import UMFUTURE

from .history import ANN, BOB, START, USDT, deposit


def order(number: int, *, at: int, uid: Uid = ANN, **facts: Any) -> Order:
    """A limit order to buy 0.002 BTC at 63,990, unless `facts` say otherwise."""
    plain = Order(
        order_id=number,
        uid=uid,
        client_id=f"client-{number}",
        symbol="BTCUSDT",
        side=Side.BUY,
        position_side=PositionSide.BOTH,
        kind=OrderKind.LIMIT,
        time_in_force=TimeInForce.GTC,
        quantity=200_000,
        price=63_990 * USDT,
        created_at=_at(at),
        updated_at=_at(at),
    )
    return replace(plain, **facts)


def placed(number: int, *, at: int, uid: Uid = ANN, **facts: Any) -> Event:
    return OrderPlaced(at=_at(at), uid=uid, order=order(number, at=at, uid=uid, **facts))


def ended(
    number: int,
    *,
    at: int,
    uid: Uid = ANN,
    symbol: str = "BTCUSDT",
    status: OrderStatus = OrderStatus.CANCELED,
) -> Event:
    return OrderEnded(
        at=_at(at), uid=uid, order_id=number, symbol=symbol, status=status, expiry=Expiry.NONE
    )


def amended(
    number: int,
    *,
    at: int,
    amendment: int = 1,
    uid: Uid = ANN,
    symbol: str = "BTCUSDT",
    price: tuple[int, int] = (63_990 * USDT, 64_000 * USDT),
    quantity: tuple[int, int] = (200_000, 300_000),
    count: int = 1,
    modify_id: int = 7,
) -> Event:
    """`price`, `quantity`: before and after."""
    return OrderAmended(
        at=_at(at),
        uid=uid,
        order_id=number,
        symbol=symbol,
        client_id=f"client-{number}",
        amendment_id=amendment,
        price_before=price[0],
        price=price[1],
        quantity_before=quantity[0],
        quantity=quantity[1],
        price_match=PriceMatch.NONE,
        count=count,
        modify_id=modify_id,
    )


def filled(number: int, trade_id: int, *, at: int, uid: Uid = ANN, **facts: Any) -> OrderFilled:
    """A maker's fill of 0.001 BTC at 64,000 for 1 unit of commission, unless `facts` say else.

    Its postings are those of `realized` and `commission`.
    """
    plain = OrderFilled(
        at=_at(at),
        tran_id=TranId(trade_id),
        uid=uid,
        order_id=number,
        symbol="BTCUSDT",
        side=Side.BUY,
        position_side=PositionSide.BOTH,
        trade_id=trade_id,
        maker=True,
        price=64_000 * USDT,
        quantity=100_000,
        quote=64 * USDT,
        margin_asset="USDT",
        realized=0,
        commission=1,
        commission_asset="USDT",
        executed=100_000,
        total_quote=64 * USDT,
        status=OrderStatus.PARTIALLY_FILLED,
        position=Position(quantity=100_000, entry_price=64_000 * USDT, updated_at=_at(at)),
        postings=(),
    )
    fill: OrderFilled = replace(plain, **facts)
    profit = _pair(uid, CLEARING, fill.margin_asset, fill.realized)
    commission = _pair(uid, FEES, fill.commission_asset, -fill.commission)
    return replace(fill, postings=(*profit, *commission))


def house_filled(trade_id: int, *, at: int, realized: int = 0, **facts: Any) -> Event:
    """The house buys 0.001 BTC at 63,900."""
    pair = Posting(VENUE, HOUSE, "USDT", realized), Posting(VENUE, CLEARING, "USDT", -realized)
    plain = HouseFilled(
        at=_at(at),
        tran_id=TranId(trade_id),
        symbol="BTCUSDT",
        side=Side.BUY,
        trade_id=trade_id,
        maker=True,
        price=63_900 * USDT,
        quantity=100_000,
        quote=6_390_000_000,
        quote_id=-1,
        realized=realized,
        position=Position(quantity=100_000, entry_price=63_900 * USDT, updated_at=_at(at)),
        postings=pair if realized else (),
    )
    return replace(plain, **facts)


def margin_moved(
    amount: int,
    *,
    at: int,
    uid: Uid = ANN,
    symbol: str = "BTCUSDT",
    side: PositionSide = PositionSide.SHORT,
    isolated_wallet: int = 0,
) -> Event:
    return MarginMoved(
        at=_at(at),
        uid=uid,
        symbol=symbol,
        position_side=side,
        asset="USDT",
        amount=amount,
        isolated_wallet=isolated_wallet,
    )


def funded(
    tran_id: int,
    amount: int,
    *,
    at: int,
    uid: Uid = ANN,
    symbol: str = "BTCUSDT",
    side: PositionSide = PositionSide.BOTH,
    isolated_wallet: int = 0,
) -> Event:
    return FundingPaid(
        at=_at(at),
        tran_id=TranId(tran_id),
        uid=uid,
        symbol=symbol,
        position_side=side,
        rate=10_000,
        mark=64_000 * USDT,
        asset="USDT",
        amount=amount,
        isolated_wallet=isolated_wallet,
        postings=_pair(uid, FUNDING_FEES, "USDT", amount),
    )


def settled(tran_id: int, units: int, *, at: int) -> Event:
    """`units`: what the house paid (negative) or received."""
    return FundingSettled(
        at=_at(at),
        tran_id=TranId(tran_id),
        symbol="BTCUSDT",
        rate=10_000,
        mark=64_000 * USDT,
        postings=(
            Posting(VENUE, HOUSE, "USDT", units),
            Posting(VENUE, FUNDING_FEES, "USDT", -units),
        ),
    )


def algo(number: int, *, at: int, uid: Uid = ANN, **facts: Any) -> AlgoOrder:
    """A trailing order to sell 0.001 BTC, unless `facts` say otherwise."""
    plain = AlgoOrder(
        algo_id=number,
        uid=uid,
        client_id=f"algo-{number}",
        symbol="BTCUSDT",
        side=Side.SELL,
        position_side=PositionSide.BOTH,
        kind=AlgoKind.TRAILING_STOP_MARKET,
        time_in_force=TimeInForce.GTC,
        quantity=100_000,
        price=0,
        trigger_price=0,
        reduce_only=True,
        activate_price=64_000 * USDT,
        callback_rate=1_000_000,
        created_at=_at(at),
        updated_at=_at(at),
    )
    return replace(plain, **facts)


def algo_placed(number: int, *, at: int, uid: Uid = ANN, **facts: Any) -> Event:
    return AlgoPlaced(at=_at(at), uid=uid, algo=algo(number, at=at, uid=uid, **facts))


def algo_activated(number: int, extreme: int, *, at: int, uid: Uid = ANN) -> Event:
    return AlgoActivated(at=_at(at), uid=uid, algo_id=number, symbol="BTCUSDT", extreme=extreme)


def algo_triggered(number: int, order_id: int, *, at: int, uid: Uid = ANN) -> Event:
    return AlgoTriggered(at=_at(at), uid=uid, algo_id=number, symbol="BTCUSDT", order_id=order_id)


def algo_ended(
    number: int,
    *,
    at: int,
    uid: Uid = ANN,
    status: AlgoStatus = AlgoStatus.CANCELED,
    reason: str = "",
    executed: int = 0,
    quote: int = 0,
) -> Event:
    return AlgoEnded(
        at=_at(at),
        uid=uid,
        algo_id=number,
        symbol="BTCUSDT",
        status=status,
        reason=reason,
        executed=executed,
        quote=quote,
    )


def trades() -> list[Event]:
    """Ann buys from Bob, who is short on isolated margin, and sells to the house by a stop."""
    first, second, third, now = 4_000_000_001, 4_000_000_002, 4_000_000_003, 61_000
    price = 64_000 * USDT
    return [
        PriceSet(at=_at(now), symbol="BTCUSDT", last=price, mark=price, index=price, anchor=price),
        LiquiditySet(
            at=_at(now), symbol="BTCUSDT", mode="levels", bids=((63_900 * USDT, 100_000_000),)
        ),
        deposit(13_526_853_637, BOB, 1_000 * USDT, at=now, wallet=UMFUTURE),
        CountdownSet(at=_at(now), uid=ANN, symbol="BTCUSDT", due=_at(121_000)),
        placed(first, at=now),
        amended(first, at=now),
        placed(
            second,
            at=now,
            uid=BOB,
            side=Side.SELL,
            position_side=PositionSide.SHORT,
            kind=OrderKind.MARKET,
            quantity=100_000,
            price=0,
        ),
        filled(
            first,
            1,
            at=now,
            tran_id=TranId(13_526_853_638),
            commission=1_024_000,
            position=Position(100_000, price, 0, 1_024_000, 0, 0, _at(now)),
        ),
        filled(
            second,
            1,
            at=now,
            uid=BOB,
            tran_id=TranId(13_526_853_639),
            side=Side.SELL,
            position_side=PositionSide.SHORT,
            maker=False,
            commission=3_200_000,
            status=OrderStatus.FILLED,
            position=Position(-100_000, price, 60_800_000, 3_200_000, 0, 0, _at(now)),
        ),
        margin_moved(5 * USDT, at=now, uid=BOB, isolated_wallet=560_800_000),
        algo_placed(2_000_001, at=now),
        algo_activated(2_000_001, price, at=now),
        algo_triggered(2_000_001, third, at=now),
        placed(
            third,
            at=now,
            side=Side.SELL,
            kind=OrderKind.MARKET,
            quantity=100_000,
            price=0,
            reduce_only=True,
            algo_id=2_000_001,
        ),
        house_filled(2, at=now, tran_id=TranId(13_526_853_640)),
        filled(
            third,
            2,
            at=now,
            tran_id=TranId(13_526_853_641),
            side=Side.SELL,
            maker=False,
            price=63_900 * USDT,
            quote=6_390_000_000,
            realized=-10_000_000,
            commission=2_556_000,
            total_quote=6_390_000_000,
            status=OrderStatus.FILLED,
            position=Position(cumulative_realized=-10_000_000, updated_at=_at(now)),
        ),
        algo_ended(
            2_000_001,
            at=now,
            status=AlgoStatus.FINISHED,
            executed=100_000,
            quote=6_390_000_000,
        ),
        funded(
            13_526_853_642,
            640_000,
            at=now,
            uid=BOB,
            side=PositionSide.SHORT,
            isolated_wallet=561_440_000,
        ),
        settled(13_526_853_643, -640_000, at=now),
        ended(first, at=now),
    ]


def _pair(uid: Uid, other: Any, asset: str, units: int) -> tuple[Posting, ...]:
    """An amount for an account, and the venue's account that it comes from."""
    if not units:
        return ()
    return Posting(uid, UMFUTURE, asset, units), Posting(VENUE, other, asset, -units)


def _at(offset: int) -> Millis:
    return Millis(START + offset)

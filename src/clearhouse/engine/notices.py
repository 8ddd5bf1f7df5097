"""Notices of an event: what its account is told, of the state right after it.

What pushes what, and in which order: docs/reference/streams.md.
"""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from clearhouse.engine.state import State
from clearhouse.ledger.postings import Posting
from clearhouse.liquidation.pools import Pool, pools_of
from clearhouse.margin.positions import isolated_wallets, setting_in, sides_of
from clearhouse.margin.requirements import break_even_price, unrealized
from clearhouse.messages import events, trading_events
from clearhouse.messages.events import Event
from clearhouse.messages.notices import (
    AccountChanged,
    AlgoChanged,
    AssetModeChanged,
    BalanceChange,
    Execution,
    Fill,
    LeverageChanged,
    ListenKeyEnded,
    ListenKeyExtended,
    MarginCall,
    Notice,
    OrderChanged,
    OrderTraded,
    PositionAtRisk,
    PositionState,
)
from clearhouse.model.ids import Uid
from clearhouse.model.money import SCALE
from clearhouse.model.orders import (
    AlgoOrder,
    Expiry,
    Order,
    OrderStatus,
    PositionSide,
)
from clearhouse.model.wallets import UMFUTURE

Subject = Order | AlgoOrder | None
Told = tuple[Notice, ...]


def subject_of(state: State, event: Event) -> Subject:
    """The order that an event will change, before it does: afterwards it may be gone."""
    find = SUBJECTS.get(type(event))
    return find(state, event) if find else None


def _order(state: State, event: Any) -> Order | None:
    return state.orders.open.get(event.order_id)


def _algo(state: State, event: Any) -> AlgoOrder | None:
    return state.orders.algos.get(event.algo_id)


SUBJECTS: dict[type[Event], Callable[[State, Any], Subject]] = {
    trading_events.OrderFilled: _order,
    trading_events.OrderAmended: _order,
    trading_events.OrderEnded: _order,
    trading_events.AlgoActivated: _algo,
    trading_events.AlgoTriggered: _algo,
    trading_events.AlgoEnded: _algo,
}
"""Events that change an order which is there already."""


def notices_of(state: State, event: Event, subject: Subject = None) -> Told:
    """What the account of an event is told, in this order; `subject` is its order after it."""
    tell = TOLD.get(type(event))
    return tell(state, event, subject) if tell else ()


def _moved(state: State, event: Any, incoming: str, outgoing: str) -> Told:
    """One movement of the futures wallet: its reason depends on the direction."""
    moved = _by_asset(event.uid, event.postings)
    if not moved:
        return ()
    reason = incoming if next(iter(moved.values())) > 0 else outgoing
    changes = tuple(_balance(state, event.uid, asset, units) for asset, units in moved.items())
    return (AccountChanged(event.uid, event.at, reason, changes),)


def _by_asset(uid: Uid, postings: Iterable[Posting]) -> dict[str, int]:
    moved: dict[str, int] = {}
    for posting in postings:
        if posting.uid == uid and posting.wallet == UMFUTURE:
            moved[posting.asset] = moved.get(posting.asset, 0) + posting.units
    return moved


def _balance(state: State, uid: Uid, asset: str, change: int) -> BalanceChange:
    wallet = state.books.balance(uid, UMFUTURE, asset)
    assigned = isolated_wallets(state.catalogue, state.futures.of(uid), asset)
    return BalanceChange(asset, wallet, wallet - assigned, change)


def _position(state: State, uid: Uid, symbol: str, side: PositionSide) -> PositionState:
    account = state.futures.of(uid)
    position = account.exposure(symbol).position(side)
    mark = state.markets[symbol].mark
    return PositionState(
        symbol=symbol,
        side=side,
        isolated=setting_in(state.catalogue, account, symbol).isolated,
        quantity=position.quantity,
        entry_price=position.entry_price,
        break_even_price=break_even_price(position),
        cumulative_realized=position.cumulative_realized,
        unrealized=unrealized(position.quantity, position.entry_price, mark),
        isolated_wallet=position.isolated_wallet,
    )


def _margin_type(state: State, event: events.MarginTypeSet, _: Subject) -> Told:
    sides = sides_of(state.futures.of(event.uid))
    positions = tuple(_position(state, event.uid, event.symbol, side) for side in sides)
    return (AccountChanged(event.uid, event.at, "MARGIN_TYPE_CHANGE", positions=positions),)


def _filled(state: State, event: trading_events.OrderFilled, order: Order) -> Told:
    fill = Fill(
        trade_id=event.trade_id,
        maker=event.maker,
        price=event.price,
        quantity=event.quantity,
        realized=event.realized,
        commission=event.commission,
        commission_asset=event.commission_asset,
    )
    execution = Execution.CALCULATED if order.forced else Execution.TRADE
    changed = _changed(state, event, order, execution, fill=fill)
    contract = state.catalogue.contracts[event.symbol]
    short = OrderTraded(
        uid=event.uid,
        at=event.at,
        order=changed.order,
        fill=fill,
        price_decimals=contract.price_precision,
        quantity_decimals=contract.quantity_precision,
    )
    return (short, _after_fill(state, event), changed)


def _after_fill(state: State, event: trading_events.OrderFilled) -> AccountChanged:
    """The margin asset, which an isolated wallet may have moved alone, and what else was paid in.

    Profit and commission are no change of their own here: that stands with the order.
    """
    paid = _by_asset(event.uid, event.postings)
    assets = dict.fromkeys((event.margin_asset, *paid))
    balances = tuple(_balance(state, event.uid, asset, 0) for asset in assets)
    position = _position(state, event.uid, event.symbol, event.position_side)
    return AccountChanged(event.uid, event.at, "ORDER", balances, (position,))


def _placed(state: State, event: trading_events.OrderPlaced, _: Subject) -> Told:
    return (_changed(state, event, event.order, Execution.NEW),)


def _amended(state: State, event: trading_events.OrderAmended, order: Order) -> Told:
    return (_changed(state, event, order, Execution.AMENDMENT),)


def _ended(state: State, event: trading_events.OrderEnded, order: Order) -> Told:
    canceled = event.status is OrderStatus.CANCELED
    execution = Execution.CANCELED if canceled else Execution.EXPIRED
    return (_changed(state, event, order, execution, expiry=event.expiry),)


def _changed(
    state: State,
    event: Any,
    order: Order,
    execution: Execution,
    *,
    fill: Fill | None = None,
    expiry: Expiry = Expiry.NONE,
) -> OrderChanged:
    values = state.futures.of(event.uid).exposure(order.symbol).open.values()
    return OrderChanged(
        uid=event.uid,
        at=event.at,
        execution=execution,
        order=copy(order),
        bids=sum(value.bids for value in values) // SCALE,
        asks=sum(value.asks for value in values) // SCALE,
        expiry=expiry,
        fill=fill,
        origin=copy(state.orders.algos.get(order.algo_id)),
    )


def _algo_placed(_: State, event: trading_events.AlgoPlaced, __: Subject) -> Told:
    return (AlgoChanged(uid=event.uid, at=event.at, algo=event.algo),)


def _algo_changed(_: State, event: Any, algo: AlgoOrder) -> Told:
    return (AlgoChanged(uid=event.uid, at=event.at, algo=copy(algo)),)


def _algo_ended(_: State, event: trading_events.AlgoEnded, algo: AlgoOrder) -> Told:
    ended = AlgoChanged(
        uid=event.uid, at=event.at, algo=copy(algo), executed=event.executed, quote=event.quote
    )
    return (ended,)


def _margin_moved(state: State, event: trading_events.MarginMoved, _: Subject) -> Told:
    """What is in the cross wallet changed, the wallet as a whole did not."""
    balance = _balance(state, event.uid, event.asset, 0)
    position = _position(state, event.uid, event.symbol, event.position_side)
    return (AccountChanged(event.uid, event.at, "MARGIN_TRANSFER", (balance,), (position,)),)


def _funded(state: State, event: trading_events.FundingPaid, _: Subject) -> Told:
    """The position stands beside the balance only where it bears the funding itself."""
    balance = _balance(state, event.uid, event.asset, event.amount)
    position = _position(state, event.uid, event.symbol, event.position_side)
    positions = (position,) if position.isolated else ()
    told = AccountChanged(event.uid, event.at, "FUNDING_FEE", (balance,), positions, event.symbol)
    return (told,)


def _cleared(state: State, event: trading_events.InsuranceCleared, _: Subject) -> Told:
    balance = _balance(state, event.uid, event.asset, event.amount)
    return (AccountChanged(event.uid, event.at, "INSURANCE_CLEAR", (balance,)),)


def _called(state: State, event: trading_events.MarginCalled, _: Subject) -> Told:
    """A warning; that the reason for one is gone is told to nobody."""
    if not event.on:
        return ()
    [pool] = (pool for pool in pools_of(state, event.uid) if pool.name == event.pool)
    wallet = None if pool.isolated else _cross_wallet(state, event.uid, pool)
    at_risk = tuple(
        PositionAtRisk(
            state=_position(state, event.uid, held.contract.symbol, held.side),
            mark_price=held.mark,
            maint_margin=held.maint,
        )
        for held in pool.held
    )
    call = MarginCall(uid=event.uid, at=event.at, cross_wallet_balance=wallet, positions=at_risk)
    return (call,)


def _cross_wallet(state: State, uid: Uid, pool: Pool) -> int:
    """Of the margin asset; where all collateral is shared, of that of the first position."""
    asset = pool.asset or pool.held[0].contract.margin_asset
    return _balance(state, uid, asset, 0).cross_wallet_balance


def _exchanged(state: State, event: trading_events.AutoExchanged, _: Subject) -> Told:
    """What was made good, then what was sold for it."""
    moved = _by_asset(event.uid, event.postings).items()
    changes = tuple(_balance(state, event.uid, asset, units) for asset, units in moved)
    return (AccountChanged(event.uid, event.at, "AUTO_EXCHANGE", changes),)


TOLD: dict[type[Event], Callable[[State, Any, Any], Told]] = {
    events.FundsTransferred: lambda s, e, _: _moved(s, e, "DEPOSIT", "WITHDRAW"),
    events.FundsDeposited: lambda s, e, _: _moved(s, e, "ADMIN_DEPOSIT", "ADMIN_WITHDRAW"),
    events.FundsWithdrawn: lambda s, e, _: _moved(s, e, "ADMIN_DEPOSIT", "ADMIN_WITHDRAW"),
    events.MarginTypeSet: _margin_type,
    events.LeverageSet: lambda _, e, __: (LeverageChanged(e.uid, e.at, e.symbol, e.leverage),),
    events.ListenKeyExtended: lambda _, e, __: (ListenKeyExtended(e.uid, e.at, e.expires_at),),
    events.MultiAssetsModeSet: lambda _, e, __: (AssetModeChanged(e.uid, e.at, e.on),),
    trading_events.OrderPlaced: _placed,
    trading_events.OrderFilled: _filled,
    trading_events.OrderAmended: _amended,
    trading_events.OrderEnded: _ended,
    trading_events.AlgoPlaced: _algo_placed,
    trading_events.AlgoActivated: _algo_changed,
    trading_events.AlgoTriggered: _algo_changed,
    trading_events.AlgoEnded: _algo_ended,
    trading_events.MarginMoved: _margin_moved,
    trading_events.FundingPaid: _funded,
    trading_events.InsuranceCleared: _cleared,
    trading_events.MarginCalled: _called,
    trading_events.AutoExchanged: _exchanged,
}
"""Events that say something to an account."""


def ended_keys(state: State, event: Event) -> tuple[ListenKeyEnded, ...]:
    """The listen keys that an event will end, seen before it is applied: one, all, or none."""
    ends = ENDS.get(type(event))
    if ends is None:
        return ()
    keys = [(uid, state.listen_keys.get(uid)) for uid in ends(state, event)]
    return tuple(ListenKeyEnded(uid, event.at, key.serial) for uid, key in keys if key)


ENDS: dict[type[Event], Callable[[State, Any], Iterable[Uid]]] = {
    events.ListenKeyClosed: lambda _, e: (e.uid,),
    events.KeyRevoked: lambda _, e: (e.uid,),
    events.VenueReset: lambda s, _: s.listen_keys,
}
"""Events that end listen keys, and whose."""

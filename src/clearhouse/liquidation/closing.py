"""Liquidating a pool: its orders go, then its positions, until what is left suffices.

One position after the other, the one with the largest maintenance margin first, is closed by an
order at its bankruptcy price: as much as brings it into the next lower tier, and all of it where
there is no lower one or the pool has nothing left. What the book does not take at that price the
insurance fund takes over, or deleveraging does (`liquidation/takeover.py`). The clearance fee
goes to the fund, as far as the pool has collateral (docs/internals/numbers.md, "Liquidation").
"""

from collections.abc import Iterator

from clearhouse.ledger.chart import INSURANCE_FUND
from clearhouse.ledger.postings import Posting
from clearhouse.liquidation.bankruptcy import bankruptcy_price
from clearhouse.liquidation.forced import Closing, closing_order
from clearhouse.liquidation.pools import Pool, balance_left, find_pool, pools_of
from clearhouse.liquidation.takeover import take_over
from clearhouse.margin.exchange import debts
from clearhouse.margin.positions import Held
from clearhouse.margin.requirements import bracket_of
from clearhouse.margin.summary import rates_of
from clearhouse.messages.events import Event
from clearhouse.messages.trading_events import InsuranceCleared, OrderFilled, OrderPlaced
from clearhouse.model.ids import VENUE, Millis
from clearhouse.model.money import SCALE, multiply_toward_zero
from clearhouse.model.orders import Expiry, Order, OrderStatus
from clearhouse.model.wallets import UMFUTURE
from clearhouse.trading.auto_exchange import auto_exchange
from clearhouse.trading.ending import end_order
from clearhouse.trading.state import Trading
from clearhouse.trading.sweep import OPEN, sweep


def liquidate(state: Trading, pool: Pool, at: Millis) -> Iterator[Event]:
    """Close what a pool in trouble cannot keep; what it then owes, the insurance fund pays."""
    yield from _cancel_orders(state, pool, at)
    left: Pool | None = pool
    while left is not None and left.in_trouble:
        yield from _close(state, left, _first(left), at)
        left = find_pool(state, pool)
    if left is None:
        yield from _make_whole(state, pool, at)


def _cancel_orders(state: Trading, pool: Pool, at: Millis) -> Iterator[Event]:
    """Open orders of the pool's symbols; conditional orders that wait hold no margin and stay."""
    account = state.futures.of(pool.uid)
    for symbol in dict.fromkeys(held.contract.symbol for held in pool.held):
        for order in tuple(account.exposure(symbol).orders.values()):
            yield from end_order(state, order, OrderStatus.EXPIRED, Expiry.LIQUIDATION, at)


def _first(pool: Pool) -> Held:
    """The position that needs most; of equals the first by the name of its symbol."""
    return max(pool.held, key=lambda held: held.maint)


def _close(state: Trading, pool: Pool, held: Held, at: Millis) -> Iterator[Event]:
    """One order: into the book, then to whoever takes over what is left, then the fee."""
    symbol = held.contract.symbol
    quantity = _quantity(state, pool, held)
    unit = _unit(state, pool, held)
    price = bankruptcy_price(pool, held, state.catalogue.rules[symbol], unit)
    order = closing_order(state, Closing(pool.uid, held, quantity, price), at)
    closed: list[OrderFilled] = []
    for event in _run(state, order, at):
        yield event
        if isinstance(event, OrderFilled) and event.order_id == order.order_id:
            closed.append(event)
    yield from _clear(state, pool, held, closed, at)


def _run(state: Trading, order: Order, at: Millis) -> Iterator[Event]:
    yield OrderPlaced(at=at, uid=order.uid, order=order)
    placed = state.orders.open[order.order_id]
    yield from sweep(state, placed, placed.price, at)
    if placed.status in OPEN:
        yield from take_over(state, placed, at)


def _quantity(state: Trading, pool: Pool, held: Held) -> int:
    """As much as leads into the next lower tier, in whole steps; all where there is none."""
    size, value = abs(held.position.quantity), abs(held.value)
    tier = bracket_of(held.contract, value)
    if tier is held.contract.brackets[0] or pool.balance <= 0:
        return size
    step = state.catalogue.rules[held.contract.symbol].step or 1
    beyond = (value - tier.notional_floor) * SCALE // held.mark
    return min(size, (beyond // step + 1) * step)


def _unit(state: Trading, pool: Pool, held: Held) -> int:
    """USD for a unit of the margin asset where the pool counts in USD; else the asset itself."""
    if pool.asset:
        return SCALE
    rates = rates_of(state.catalogue, held.contract.margin_asset)
    return rates.ask if rates else SCALE


def _clear(
    state: Trading, pool: Pool, held: Held, closed: list[OrderFilled], at: Millis
) -> Iterator[Event]:
    """The clearance fee on what was closed, as far as collateral remains."""
    rate = state.catalogue.rules[held.contract.symbol].liquidation_fee
    due = multiply_toward_zero(sum(fill.quote for fill in closed), rate)
    fee = min(due, max(0, _collateral(state, pool, held, closed)))
    if fee:
        yield _moved(state, pool, held, (held.contract.margin_asset, -fee), at)


def _collateral(state: Trading, pool: Pool, held: Held, closed: list[OrderFilled]) -> int:
    """What is left to pay with, in the margin asset."""
    if pool.isolated:
        released = held.position.isolated_wallet - closed[-1].position.isolated_wallet
        return released + sum(fill.realized for fill in closed)
    return balance_left(state, pool) * SCALE // _unit(state, pool, held)


def _make_whole(state: Trading, pool: Pool, at: Millis) -> Iterator[Event]:
    """What a wallet owes after its last position was closed is made good.

    By other collateral where that is shared, and what then is still owed by the fund. While
    another position has its margin in it, the profit of that one may be what covers it.
    """
    if not pool.asset:
        yield from auto_exchange(state, pool.uid, at)
    backing = {held.contract.margin_asset for one in pools_of(state, pool.uid) for held in one.held}
    for asset in _assets(state, pool):
        owed = -state.books.balance(pool.uid, UMFUTURE, asset)
        if owed > 0 and asset not in backing:
            yield _moved(state, pool, pool.held[0], (asset, owed), at)


def _assets(state: Trading, pool: Pool) -> tuple[str, ...]:
    """The wallets that a pool may owe in."""
    if pool.asset:
        return (pool.asset,)
    return debts(state.catalogue, state.books, state.futures.of(pool.uid), pool.uid)


def _moved(
    state: Trading, pool: Pool, held: Held, money: tuple[str, int], at: Millis
) -> InsuranceCleared:
    asset, amount = money
    return InsuranceCleared(
        at=at,
        tran_id=state.next_tran_id,
        uid=pool.uid,
        symbol=held.contract.symbol,
        asset=asset,
        amount=amount,
        postings=(
            Posting(pool.uid, UMFUTURE, asset, amount),
            Posting(VENUE, INSURANCE_FUND, asset, -amount),
        ),
    )

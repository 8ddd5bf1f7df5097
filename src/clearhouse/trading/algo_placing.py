"""Placing and cancelling conditional orders.

Everything that can be known before the price comes is refused here, in the order of
docs/reference/algo-orders.md, "Refusals". Margin is not looked at: what the account has by the
time when the order is triggered counts.
"""

from collections.abc import Iterator

from clearhouse.market.market import Market
from clearhouse.market.rules import Rules
from clearhouse.matching.triggers import fires_rising
from clearhouse.messages.events import Event
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.trading_commands import CancelAlgo, CancelAllAlgos, PlaceAlgo
from clearhouse.messages.trading_events import AlgoActivated, AlgoPlaced
from clearhouse.model.ids import Millis
from clearhouse.model.money import multiply_toward_zero, trimmed
from clearhouse.model.orders import (
    LIMITED,
    AlgoKind,
    AlgoOrder,
    AlgoStatus,
    OrderKind,
    PositionSide,
    PriceMatch,
    Side,
    TimeInForce,
)
from clearhouse.trading.algos import end_algo, followed_price, watched_price
from clearhouse.trading.filters import check_notional, check_price, check_quantity
from clearhouse.trading.placing import GOOD_TILL_AHEAD_MS, LAST_GOOD_TILL, made_up_id
from clearhouse.trading.state import Trading

CLOSING = (AlgoKind.STOP_MARKET, AlgoKind.TAKE_PROFIT_MARKET)
"""Those that may close a position whole."""

MAX_OPEN_ALGOS = 200
"""Waiting conditional orders of an account, over all symbols."""

LOWEST_CALLBACK, HIGHEST_CALLBACK = 100_000, 10_000_000
"""0.1% and 10%."""


def decide_place_algo(state: Trading, command: PlaceAlgo, at: Millis) -> Iterator[Event]:
    """Let a conditional order wait; a trailing one without activation price follows at once."""
    state.catalogue.contract(command.symbol)
    rules, market = state.catalogue.rules[command.symbol], state.markets[command.symbol]
    _check_mode(command, hedge=state.futures.of(command.uid).hedge)
    _check_closing(command)
    _check_values(rules, market, command)
    good_till = _good_till(command, at)
    _check_place(state, command)
    _check_patience(rules, market, command)
    algo = _algo(state, command, good_till, at)
    trailing = command.kind is AlgoKind.TRAILING_STOP_MARKET
    if trailing and not algo.activate_price:
        algo.activate_price = followed_price(market, algo.working_type)
    yield AlgoPlaced(at=at, uid=algo.uid, algo=algo)
    if trailing and not command.activate_price:
        yield AlgoActivated(
            at=at,
            uid=algo.uid,
            algo_id=algo.algo_id,
            symbol=algo.symbol,
            extreme=algo.activate_price,
        )


def decide_cancel_algo(state: Trading, command: CancelAlgo, at: Millis) -> Iterator[Event]:
    """Cancel a conditional order. Refuses one that does not wait any more, or never did."""
    algo = state.orders.find_algo(command.uid, command.name)
    if algo is None or algo.status is not AlgoStatus.NEW:
        raise Rejected(
            Reason.NO_ORDER_TO_CANCEL, "the account has no such conditional order waiting"
        )
    yield end_algo(algo, AlgoStatus.CANCELED, "", at)


def decide_cancel_all_algos(state: Trading, command: CancelAllAlgos, at: Millis) -> Iterator[Event]:
    """Cancel every waiting conditional order of a symbol, oldest first; none is no refusal."""
    state.catalogue.contract(command.symbol)
    for algo_id in tuple(state.futures.of(command.uid).exposure(command.symbol).algos):
        yield end_algo(state.orders.algos[algo_id], AlgoStatus.CANCELED, "", at)


def _check_mode(command: PlaceAlgo, *, hedge: bool) -> None:
    """The position side against the position mode, and reduce-only, which hedge mode has not."""
    if hedge == (command.position_side is PositionSide.BOTH):
        wanted = "LONG or SHORT in hedge mode" if hedge else "BOTH in one-way mode"
        raise Rejected(Reason.POSITION_SIDE_AGAINST_MODE, f"positionSide is {wanted}")
    if hedge and command.reduce_only:
        raise Rejected(Reason.REDUCE_ONLY_IN_HEDGE_MODE, "the position side says what closes")


def _check_closing(command: PlaceAlgo) -> None:
    """Closing a whole position: which kinds can, what goes without saying, and on which side."""
    if not command.close_position:
        return
    if command.kind not in CLOSING:
        raise Rejected(Reason.CLOSE_POSITION_OF_KIND, f"{command.kind} cannot close a position")
    if command.quantity:
        raise Rejected(Reason.QUANTITY_WITH_CLOSE_POSITION)
    if command.reduce_only:
        raise Rejected(Reason.REDUCE_ONLY_WITH_CLOSE_POSITION, "closePosition reduces as it is")
    opens = (Side.BUY, PositionSide.LONG), (Side.SELL, PositionSide.SHORT)
    if (command.side, command.position_side) in opens:
        raise Rejected(
            Reason.CLOSE_POSITION_OPENS, f"{command.side} does not close {command.position_side}"
        )


def _check_values(rules: Rules, market: Market, command: PlaceAlgo) -> None:
    """The filters of the symbol: trigger price, price, quantity, callback, activation, value."""
    if command.kind is AlgoKind.TRAILING_STOP_MARKET:
        _check_trailing(rules, command)
    else:
        _check_trigger(rules, command.trigger_price)
    limit = command.kind in LIMITED
    if limit and command.price_match is PriceMatch.NONE:
        check_price(rules, command.price)
        _check_trigger_multiplier(rules, command)
    if command.close_position:
        return
    check_quantity(rules, OrderKind.LIMIT if limit else OrderKind.MARKET, command.quantity)
    if not _reduces(command):
        price = command.price or command.trigger_price or command.activate_price
        price = price or followed_price(market, command.working_type)
        check_notional(rules, price, command.quantity)


def _check_trigger(rules: Rules, price: int) -> None:
    if price <= 0:
        raise Rejected(Reason.TRIGGER_NOT_POSITIVE)
    if price % rules.price_unit:
        raise Rejected(Reason.TOO_PRECISE, "the trigger has more decimals than the symbol allows")
    if rules.price.high and price > rules.price.high:
        raise Rejected(Reason.TRIGGER_ABOVE_MAXIMUM, f"at most {trimmed(rules.price.high)}")
    if rules.tick and (price - rules.price.low) % rules.tick:
        raise Rejected(Reason.PRICE_OFF_TICK, f"the tick size is {trimmed(rules.tick)}")


def _check_trailing(rules: Rules, command: PlaceAlgo) -> None:
    if not LOWEST_CALLBACK <= command.callback_rate <= HIGHEST_CALLBACK:
        raise Rejected(Reason.CALLBACK_OUT_OF_RANGE, "callbackRate is from 0.1 to 10 percent")
    price = command.activate_price
    if price % rules.price_unit:
        raise Rejected(Reason.TOO_PRECISE, "activatePrice has more decimals than allowed")
    above = rules.price.high and price > rules.price.high
    if price and (above or (rules.tick and (price - rules.price.low) % rules.tick)):
        raise Rejected(
            Reason.ACTIVATION_PRICE_INVALID,
            "activatePrice is above the maximum price or off the ticks",
        )


def _check_trigger_multiplier(rules: Rules, command: PlaceAlgo) -> None:
    """A limit price against its trigger: a buy not far above it, a sell not far below."""
    trigger, price = command.trigger_price, command.price
    if command.side is Side.BUY:
        cap = multiply_toward_zero(trigger, rules.multiplier_up)
        if rules.multiplier_up and price > cap:
            raise Rejected(Reason.PRICE_ABOVE_TRIGGER_CAP, f"at most {trimmed(cap)}", trimmed(cap))
    else:
        floor = multiply_toward_zero(trigger, rules.multiplier_down)
        if price < floor:
            detail = f"at least {trimmed(floor)}"
            raise Rejected(Reason.PRICE_BELOW_TRIGGER_FLOOR, detail, trimmed(floor))


def _good_till(command: PlaceAlgo, at: Millis) -> Millis:
    """Until when it waits, in whole seconds; 0 without end."""
    if command.time_in_force is not TimeInForce.GTD:
        return Millis(0)
    good_till = Millis(command.good_till // 1000 * 1000)
    if not at + GOOD_TILL_AHEAD_MS < good_till < LAST_GOOD_TILL:
        raise Rejected(Reason.GOOD_TILL_OUT_OF_RANGE)
    return good_till


def _check_place(state: Trading, command: PlaceAlgo) -> None:
    """A name of its own, and room for one more."""
    if command.client_id and (command.uid, command.client_id) in state.orders.algo_names:
        detail = f"{command.client_id} is the id of an open conditional order"
        raise Rejected(Reason.CLIENT_ID_TAKEN, detail)
    exposures = state.futures.of(command.uid).exposures.values()
    if sum(len(exposure.algos) for exposure in exposures) >= MAX_OPEN_ALGOS:
        raise Rejected(Reason.TOO_MANY_OPEN_ALGOS, f"an account has at most {MAX_OPEN_ALGOS}")


def _check_patience(rules: Rules, market: Market, command: PlaceAlgo) -> None:
    """It has to wait for something: its trigger or activation price is not there yet."""
    if command.kind is not AlgoKind.TRAILING_STOP_MARKET:
        price = watched_price(market, rules, command.working_type)
        rising = fires_rising(command.kind, command.side)
        reached = price >= command.trigger_price if rising else price <= command.trigger_price
        if reached:
            raise Rejected(Reason.WOULD_TRIGGER, f"the price is {trimmed(price)} already")
    elif command.activate_price:
        price = followed_price(market, command.working_type)
        if (price - command.activate_price) * command.side.sign <= 0:
            wanted = "below" if command.side is Side.BUY else "above"
            detail = f"activatePrice must be {wanted} the price, which is {trimmed(price)}"
            raise Rejected(Reason.WOULD_TRIGGER, detail)


def _reduces(command: PlaceAlgo) -> bool:
    closes = (Side.SELL, PositionSide.LONG), (Side.BUY, PositionSide.SHORT)
    return command.reduce_only or (command.side, command.position_side) in closes


def _algo(state: Trading, command: PlaceAlgo, good_till: Millis, at: Millis) -> AlgoOrder:
    number = state.orders.next_algo_id
    return AlgoOrder(
        algo_id=number,
        uid=command.uid,
        client_id=command.client_id or made_up_id(number),
        symbol=command.symbol,
        side=command.side,
        position_side=command.position_side,
        kind=command.kind,
        time_in_force=command.time_in_force,
        quantity=command.quantity,
        price=command.price if command.kind in LIMITED else 0,
        trigger_price=command.trigger_price,
        working_type=command.working_type,
        price_match=command.price_match,
        close_position=command.close_position,
        price_protect=command.price_protect,
        reduce_only=command.reduce_only,
        activate_price=command.activate_price,
        callback_rate=command.callback_rate,
        self_trade=command.self_trade,
        good_till=good_till,
        created_at=at,
        updated_at=at,
    )

"""Who is deleveraged next: of the positions on the other side the one with the highest score.

Of one score the lowest uid (docs/internals/numbers.md, "Deleveraging"). Scores are those of the
mark, and a price that brings thousands down may ask thousands of times: so a queue is kept until
everybody is quiet, and only accounts to which something happened meanwhile are ranked anew. Their
old places stay in the heap and are recognised when they come up, because their score is another.
"""

from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush

from clearhouse.margin.positions import Held, held_in
from clearhouse.margin.quantile import score
from clearhouse.margin.watch import Place
from clearhouse.model.ids import Uid
from clearhouse.model.orders import Order
from clearhouse.trading.state import Trading


def next_in_queue(state: Trading, order: Order) -> tuple[Uid, Held] | None:
    """Whose position the rest of a forced order is to close next, taken out of the queue."""
    sign = order.side.sign
    heap, own = _queue(state, order.symbol, sign), []
    found = None
    while heap and found is None:
        place = heappop(heap)
        held = _standing(state, place, order.symbol, sign)
        if held is not None and place[1] == order.uid:
            own.append(place)
        elif held is not None:
            found = place[1], held
    for place in own:  # for others it stands where it stood
        heappush(heap, place)
    return found


def _queue(state: Trading, symbol: str, sign: int) -> list[Place]:
    watch = state.watch
    for (name, way), heap in watch.queues.items():
        for place in places(state, watch.ranked_anew, name, way):
            heappush(heap, place)
    watch.ranked_anew = {}
    queue = watch.queues.get((symbol, sign))
    if queue is None:
        holders = state.markets[symbol].holders
        queue = watch.queues[symbol, sign] = list(places(state, holders, symbol, sign))
        heapify(queue)
    return queue


def places(state: Trading, uids: Iterable[Uid], symbol: str, sign: int) -> Iterator[Place]:
    """The places of accounts with a position in a symbol that is long (1) or short (-1)."""
    for uid in uids:
        account = state.futures.of(uid)
        positions = account.exposure(symbol).positions.values()
        if not any(one.quantity * sign > 0 for one in positions):
            continue  # most that are asked hold none, and figures take longer than a look
        for held in held_in(state.catalogue, state.markets, account, symbol):
            if held.position.quantity * sign > 0:
                yield -score(state.catalogue, state.books, account, uid, held), uid, held.side


def _standing(state: Trading, place: Place, symbol: str, sign: int) -> Held | None:
    """The position of a place; None where it is no longer there, or stands elsewhere by now."""
    ranked, uid, side = place
    account = state.futures.of(uid)
    for held in held_in(state.catalogue, state.markets, account, symbol):
        if held.side is side and held.position.quantity * sign > 0:
            now = -score(state.catalogue, state.books, account, uid, held)
            return held if now == ranked else None
    return None

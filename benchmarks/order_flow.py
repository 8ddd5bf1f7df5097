"""A flow of orders, the same for every venue that takes it: seeded, and made before it is timed.

60% limit orders, 25% cancels, 15% market orders, of 1,000 accounts in one symbol, on a book that
holds 10,000 resting orders and keeps them: what leaves it by cancels and fills comes back. There
are two such flows:

- *house*: depth stands a tick either side of the anchor, resting orders behind it. Of the limit
  orders as many cross as are not needed to replace what was cancelled; crossing and market
  orders trade with that depth. Every venue that has depth ends with the same fills at the same
  prices.
- *accounts*: there is no depth but that of other accounts. Every limit order rests, and a market
  order is so large that on average it fills as many as keep the book at its size.

Only the standard library is used: the flow is also read by an interpreter without Clearhouse.
"""

import heapq
import random  # noqa: TID251  seeded: the same flow for every venue
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

ACCOUNTS = 1_000
RESTING = 10_000
SEED = 20_260_913
ANCHOR = 650_000
"""The middle of the book in ticks of 0.1."""
NEAREST, FARTHEST = 2, 500
"""Where orders rest, in ticks from the anchor."""
LIMIT, CANCEL, MARKET = "limit", "cancel", "market"
SHARES = {LIMIT: 60, CANCEL: 25, MARKET: 15}
CROSSING = (SHARES[LIMIT] - SHARES[CANCEL]) / SHARES[LIMIT]
"""The part of limit orders that crosses, for a book that stays as large as it is."""
SIZES = (1, 9)
"""Smallest and largest limit order, in steps of 0.001."""
FILLED_PER_MARKET = (SHARES[LIMIT] - SHARES[CANCEL]) / SHARES[MARKET]
"""Limit orders that a market order has to fill between accounts."""


class Step(NamedTuple):
    """One command. `number` names the order: of a cancel, the one to cancel.

    `price` in ticks, 0 for a market order; `quantity` in steps.
    """

    kind: str
    number: int
    account: int
    buy: bool
    price: int
    quantity: int


def flow(name: str, steps: int, resting: int = RESTING) -> tuple[list[Step], list[Step]]:
    """Return what fills the book, and the steps to time after it."""
    made = FLOWS[name](resting)
    return [next(made) for _ in range(resting)], [next(made) for _ in range(steps)]


def against_the_house(resting: int) -> Iterator[Step]:
    """Yield the resting orders, then a flow in which only depth is traded with."""
    dice, book = random.Random(SEED), Book()
    for number in count():
        kind = drawn(dice) if number >= resting else LIMIT
        if kind == CANCEL:
            yield book.cancelled(dice)
            continue
        step = order(dice, number)
        if kind == MARKET:
            yield step._replace(kind=MARKET, price=0)
        elif number >= resting and dice.random() < CROSSING:
            yield step._replace(price=ANCHOR + (NEAREST if step.buy else -NEAREST))
        else:
            yield book.rest(step)


def between_accounts(resting: int) -> Iterator[Step]:
    """Yield the resting orders, then a flow in which accounts trade with each other alone."""
    dice, book = random.Random(SEED), Book()
    for number in count():
        kind = drawn(dice) if number >= resting else LIMIT
        if kind == CANCEL:
            yield book.cancelled(dice)
            continue
        step = order(dice, number)
        if kind == LIMIT:
            yield book.rest(step)
            continue
        quantity = round(step.quantity * FILLED_PER_MARKET)
        yield book.take(step._replace(kind=MARKET, price=0, quantity=quantity))


FLOWS = {"house": against_the_house, "accounts": between_accounts}


def drawn(dice: random.Random) -> str:
    """Return the kind of the next command."""
    return dice.choices(list(SHARES), list(SHARES.values()))[0]


def order(dice: random.Random, number: int) -> Step:
    """Return a limit order somewhere behind the best price of its side."""
    buy, away = dice.random() < 0.5, dice.randint(NEAREST, FARTHEST)
    price = ANCHOR - away if buy else ANCHOR + away
    return Step(LIMIT, number, dice.randrange(ACCOUNTS), buy, price, dice.randint(*SIZES))


class Book:
    """Which orders are open, so that cancels name some that are."""

    def __init__(self) -> None:
        self.open: dict[int, Step] = {}
        self.numbers: list[int] = []
        self.sides: dict[bool, list[tuple[int, int]]] = {True: [], False: []}

    def rest(self, step: Step) -> Step:
        """Take an order in."""
        self.open[step.number] = step
        self.numbers.append(step.number)
        key = -step.price if step.buy else step.price
        heapq.heappush(self.sides[step.buy], (key, step.number))
        return step

    def cancelled(self, dice: random.Random) -> Step:
        """Cancel any open order."""
        while True:
            at = dice.randrange(len(self.numbers))
            self.numbers[at], self.numbers[-1] = self.numbers[-1], self.numbers[at]
            step = self.open.pop(self.numbers.pop(), None)
            if step:
                return step._replace(kind=CANCEL)

    def take(self, market: Step) -> Step:
        """Fill the best orders with a market order, oldest first at a price."""
        side, left = self.sides[not market.buy], market.quantity
        while left and side:
            number = side[0][1]
            order = self.open.get(number)
            if order is None:
                heapq.heappop(side)
                continue
            filled = min(left, order.quantity)
            left -= filled
            if filled == order.quantity:
                del self.open[number]
            else:
                self.open[number] = order._replace(quantity=order.quantity - filled)
        return market

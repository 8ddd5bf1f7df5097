"""Orders for a server that is about to die, and a diary of what it answered.

Every order has a client id and every change a modify id that never comes again, so that whatever
is found after a restart can be traced to the one attempt that caused it. The accounts trade with
each other and with the house, while one connection moves the prices.
"""

import asyncio
import json
import random  # noqa: TID251  seeded by the test, so that a failure repeats
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Any, NamedTuple

from clearhouse.testing import Client

from .load import Owner, Pace, connection, message, signed_message


class Act(StrEnum):
    """What an attempt does."""

    PLACE = "POST /fapi/v1/order"
    AMEND = "PUT /fapi/v1/order"
    CANCEL = "DELETE /fapi/v1/order"
    CANCEL_ALL = "DELETE /fapi/v1/allOpenOrders"
    BATCH = "POST /fapi/v1/batchOrders"
    STOP = "POST /fapi/v1/algoOrder"
    UNSTOP = "DELETE /fapi/v1/algoOrder"
    PRICE = "PUT /_clearhouse/v1/symbols"


class Product(NamedTuple):
    """A symbol: a round price of it, the decimals of its tick, an order of each size.

    Quantities are whole thousandths; a lot is worth more than the smallest notional, and nobody
    has the margin for `too_many`.
    """

    price: float
    decimals: int
    lot: int
    too_many: str


PRODUCTS = {
    "BTCUSDT": Product(65_000, 1, 1, "900"),
    "ETHUSDT": Product(3_200, 2, 10, "9000"),
}
CONNECTIONS = 6
OPERATOR = Owner(0, "", "")
NO_MARGIN = -2019
MAY_BE_REFUSED = {
    Act.PLACE: {-2022, -2025, -5021, -5022},
    Act.AMEND: {-2013, -5027},
    Act.CANCEL: {-2011},
    Act.CANCEL_ALL: set[int](),
    Act.STOP: {-2021, -4045},
    Act.UNSTOP: {-2011},
    Act.PRICE: set[int](),
}
"""What the book, the position or the price of the moment may say to an attempt."""
SHARES = (
    (Act.PLACE, 50),
    (Act.CANCEL, 16),
    (Act.AMEND, 12),
    (Act.STOP, 8),
    (Act.UNSTOP, 5),
    (Act.BATCH, 5),
    (Act.CANCEL_ALL, 4),
)


class Attempt(NamedTuple):
    """A request that was sent.

    `name`: the client id of the order that it is about; `after`: how much was acknowledged before.
    """

    act: Act
    uid: int
    symbol: str
    name: str
    params: dict[str, Any]
    must_fail: bool = False
    after: int = 0


class Acknowledged(NamedTuple):
    """An attempt and its answer."""

    attempt: Attempt
    answer: Any


@dataclass(slots=True)
class OrderDiary:
    """What was sent, by how it ended: acknowledged with its answer, refused, or unknown."""

    chance: random.Random
    acked: list[Acknowledged] = field(default_factory=list)
    refused: list[Attempt] = field(default_factory=list)
    unknown: list[Attempt] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    placed: defaultdict[tuple[Act, int], list[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By what placed them: symbols and names of an account's orders, those of late."""

    def next_attempt(self, uid: int) -> Attempt:
        """Something for an account to do; the operator moves a price."""
        symbol = self.chance.choice(tuple(PRODUCTS))
        if uid == OPERATOR.uid:
            return Attempt(Act.PRICE, uid, symbol, "", {"last": self._price(symbol, 0.003)})
        acts, shares = zip(*SHARES, strict=True)
        [act] = self.chance.choices(acts, shares)
        return self._attempt(act, uid, symbol)._replace(after=len(self.acked))

    def note(self, attempt: Attempt, status: int, body: bytes) -> None:
        """Write an answer down; one that cannot be fails the test."""
        if status == 503:  # the server is stopping: it promises nothing
            self.unknown.append(attempt)
            return
        answer = json.loads(body)
        if attempt.act is Act.BATCH:
            assert status == 200, (attempt, body)
            self._note_batch(attempt, answer)
        else:
            self._note(attempt, answer, refused=status != 200)

    def _attempt(self, act: Act, uid: int, symbol: str) -> Attempt:
        if act in (Act.AMEND, Act.CANCEL, Act.UNSTOP):
            known = self.placed[Act.STOP if act is Act.UNSTOP else Act.PLACE, uid]
            if not known:
                return self._place(uid, symbol)
            return self._about(act, uid, *known.pop(self.chance.randrange(len(known))))
        match act:
            case Act.STOP:
                return self._stop(uid, symbol)
            case Act.BATCH:
                return self._batch(uid, symbol)
            case Act.CANCEL_ALL:
                return Attempt(act, uid, symbol, "", {"symbol": symbol})
            case _:
                return self._place(uid, symbol)

    def _place(self, uid: int, symbol: str) -> Attempt:
        name, must_fail = f"o{next(self.numbers)}", self.chance.random() < 0.08
        params = {
            "symbol": symbol,
            "side": self.chance.choice(("BUY", "SELL")),
            "type": "LIMIT",
            "timeInForce": self.chance.choice(("GTC", "GTC", "GTC", "GTX", "IOC", "FOK")),
            "price": self._price(symbol, 0.004),
            "quantity": self._quantity(symbol),
            "newClientOrderId": name,
            "newOrderRespType": self.chance.choice(("ACK", "RESULT")),
            "reduceOnly": "true" if self.chance.random() < 0.05 else "false",
        }
        if must_fail:
            plain = {"timeInForce": "GTC", "reduceOnly": "false"}
            params |= plain | {"quantity": PRODUCTS[symbol].too_many}
        elif self.chance.random() < 0.3:
            params["type"] = "MARKET"
            del params["timeInForce"], params["price"]
        return Attempt(Act.PLACE, uid, symbol, name, params, must_fail)

    def _batch(self, uid: int, symbol: str) -> Attempt:
        """Two orders that rest far away, and one between them that must be refused."""
        product = PRODUCTS[symbol]
        far = (("BUY", 0.97), ("SELL", 1), ("SELL", 1.03))
        orders = [
            {
                "symbol": symbol,
                "side": side,
                "type": "LIMIT",
                "timeInForce": "GTC",
                "price": f"{product.price * up:.{product.decimals}f}",
                "quantity": product.too_many if up == 1 else self._quantity(symbol),
                "newClientOrderId": f"o{next(self.numbers)}",
            }
            for side, up in far
        ]
        return Attempt(Act.BATCH, uid, symbol, "", {"batchOrders": json.dumps(orders)})

    def _stop(self, uid: int, symbol: str) -> Attempt:
        name = f"s{next(self.numbers)}"
        params = {
            "algoType": "CONDITIONAL",
            "symbol": symbol,
            "side": self.chance.choice(("BUY", "SELL")),
            "type": self.chance.choice(("STOP_MARKET", "TAKE_PROFIT", "TRAILING_STOP_MARKET")),
            "quantity": self._quantity(symbol),
            "clientAlgoId": name,
            "selfTradePreventionMode": self.chance.choice(("NONE", "EXPIRE_TAKER", "EXPIRE_BOTH")),
        }
        if params["type"] == "TRAILING_STOP_MARKET":
            params["callbackRate"] = "0.1"
        else:
            params["triggerPrice"] = self._price(symbol, 0.004)
        if params["type"] == "TAKE_PROFIT":
            params["price"] = params["triggerPrice"]
        return Attempt(Act.STOP, uid, symbol, name, params)

    def _about(self, act: Act, uid: int, symbol: str, name: str) -> Attempt:
        """A change or the end of an order; its side is in its name where a change needs it."""
        if act is Act.UNSTOP:
            return Attempt(act, uid, symbol, name, {"clientAlgoId": name})
        params: dict[str, Any] = {"symbol": symbol, "origClientOrderId": name.partition(" ")[0]}
        if act is Act.AMEND:
            params |= {
                "side": name.partition(" ")[2],
                "price": self._price(symbol, 0.004),
                "quantity": self._quantity(symbol),
                "modifyId": next(self.numbers),
            }
        return Attempt(act, uid, symbol, params["origClientOrderId"], params)

    def _note(self, attempt: Attempt, answer: Any, *, refused: bool) -> None:
        if refused:
            code = answer["code"]
            expected = {NO_MARGIN} if attempt.must_fail else MAY_BE_REFUSED[attempt.act]
            assert code in expected, (attempt, answer)
            self.refused.append(attempt)
            return
        assert not attempt.must_fail, (attempt, answer)
        self.acked.append(Acknowledged(attempt, answer))
        if attempt.act in (Act.PLACE, Act.AMEND) and answer["status"] == "NEW":
            name = f"{attempt.name} {answer['side']}"
            self.placed[Act.PLACE, attempt.uid].append((attempt.symbol, name))
        elif attempt.act is Act.STOP:
            self.placed[Act.STOP, attempt.uid].append((attempt.symbol, attempt.name))

    def _note_batch(self, batch: Attempt, answers: Any) -> None:
        """Each element as an attempt of its own."""
        for attempt, answer in zip(elements(batch), answers, strict=True):
            self._note(attempt, answer, refused="code" in answer)

    def _price(self, symbol: str, most: float) -> str:
        product = PRODUCTS[symbol]
        price = product.price * (1 + self.chance.uniform(-most, most))
        return f"{price:.{product.decimals}f}"

    def _quantity(self, symbol: str) -> str:
        thousandths = PRODUCTS[symbol].lot * self.chance.randint(1, 20)
        return f"0.{thousandths:03d}"


def elements(batch: Attempt) -> list[Attempt]:
    """The orders of a batch; the one between the others is too large."""
    return [
        Attempt(Act.PLACE, batch.uid, batch.symbol, order["newClientOrderId"], order, n == 1)
        for n, order in enumerate(json.loads(batch.params["batchOrders"]))
    ]


async def trade(url: str, owners: list[Owner], diary: OrderDiary) -> None:
    """Trade over several connections, one of them the operator's, until the server breaks all."""
    lanes = [*(owners[number % len(owners)] for number in range(CONNECTIONS)), OPERATOR]
    # An operator who moved the price without a pause would leave the traders no market.
    await asyncio.gather(
        *(
            connection(
                url, owner, diary, request, Pace(0.01 * (owner is OPERATOR), asyncio.Event())
            )
            for owner in lanes
        )
    )


def request(client: Client, attempt: Attempt) -> bytes:
    """An attempt as it goes over the wire."""
    method, path = attempt.act.split(" ")
    if attempt.act is Act.PRICE:
        return message(
            method, f"{path}/{attempt.symbol}/price", json.dumps(attempt.params).encode()
        )
    return signed_message(client, method, path, attempt.params)

"""The place in the queue of deleveraging as quantities (`margin/quantile.py`).

A score is the account's own and has a formula; where it stands among the scores of others is
counted.
"""

from collections.abc import Callable

from clearhouse.margin.positions import Held, flat, held_in
from clearhouse.margin.quantile import Queue, quantile, queue_of, score, standing, wallet_behind
from clearhouse.margin.quantity import (
    Account,
    Given,
    Quantity,
    always,
    contract_of,
    plain,
    short,
)
from clearhouse.messages.queries import Place
from clearhouse.model.money import SCALE
from clearhouse.model.orders import PositionSide

DELEVERAGING = "Deleveraging"
"""A section of docs/internals/numbers.md."""


def _held(account: Account, place: Place) -> Held:
    """The position of a place, as it is or flat."""
    known = account.catalogue, account.markets, account.settings, place.symbol
    found = (held for held in held_in(*known) if held.side == place.side)
    return next(found, None) or flat(*known, PositionSide(place.side))


def _in_queue(count: Callable[[Queue, Held, int], int]) -> Callable[[Account, Place], int]:
    """What is counted in the queue of a position; nothing of one that is not open."""

    def read(account: Account, place: Place) -> int:
        held = _held(account, place)
        if not held.position.quantity:
            return 0
        listed, markets, books, settings, uid, *_ = account
        queue = queue_of(listed, markets, books, account.everybody, place.symbol)
        return count(queue, held, score(listed, books, settings, uid, held))

    return read


def _wallet(account: Account, place: Place) -> int:
    listed, _, books, settings, uid, *_ = account
    return wallet_behind(listed, books, settings, uid, _held(account, place))


def _wallet_from(account: Account, place: Place) -> tuple[tuple[str, Place], ...]:
    contract = contract_of(account, place)
    if account.settings.setting(contract).isolated:
        return (("isolatedWallet", place),)
    return (("crossWalletBalance", Place(asset=contract.margin_asset)),)


QUEUE: tuple[Quantity, ...] = (
    plain("adl", "The place in the queue of deleveraging; 4 is closed first.",
          "the fifth of the queue that it stands in, by ascending scores; 0 without a profit",
          _in_queue(quantile), DELEVERAGING, ("score", "standing", "queued")),
)  # fmt: skip
"""What positionRisk shows of the queue."""

QUEUE_STEPS: tuple[Quantity, ...] = (
    Quantity("score", "How early it is closed when somebody else's loss cannot be covered.",
             always("max(0, unrealizedProfit) / max(1, scoreWallet) "
                    "· (maintMargin / (scoreWallet + unrealizedProfit)) "
                    "if scoreWallet + unrealizedProfit > 0 else 0", DELEVERAGING)),
    Quantity("scoreWallet", "The wallet that its profit is measured by.",
             Given(_wallet, "isolatedWallet, or the cross wallet of the margin asset",
                   DELEVERAGING, elsewhere=_wallet_from)),
    Quantity("standing", "How many on its side have its score or less, itself among them.",
             Given(_in_queue(lambda *of: standing(*of) * SCALE),
                   "counted among the holders of {symbol}, at their marks", DELEVERAGING), short),
    Quantity("queued", "How many positions there are on its side.",
             Given(_in_queue(lambda queue, held, _: len(queue.beside(held)) * SCALE),
                   "counted among the holders of {symbol}", DELEVERAGING), short),
)  # fmt: skip
"""What that follows from."""

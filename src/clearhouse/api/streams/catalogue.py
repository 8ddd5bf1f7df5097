"""What there is to listen to: one declaration for coverage, pages and tests."""

from typing import NamedTuple

from clearhouse.api.streams.orders import ALGO_UPDATE, ORDER_TRADE_UPDATE, TRADE_LITE
from clearhouse.api.streams.payloads import (
    ACCOUNT_CONFIG_UPDATE,
    ACCOUNT_UPDATE,
    LISTEN_KEY_EXPIRED,
    MARGIN_CALL,
)


class UserEvent(NamedTuple):
    """An event of the user data stream. `refused`: why a venue like this cannot have it."""

    name: str
    pushed: str
    refused: str = ""


USER_EVENTS = (
    UserEvent(ORDER_TRADE_UPDATE, "An order was placed, changed, filled or ended."),
    UserEvent(TRADE_LITE, "An order was filled, in short."),
    UserEvent(
        ACCOUNT_UPDATE, "A balance of the futures wallet, a position or a margin type changed."
    ),
    UserEvent(ALGO_UPDATE, "A conditional order was placed, triggered or is over."),
    UserEvent(MARGIN_CALL, "Margin is close to what positions need at least."),
    UserEvent(ACCOUNT_CONFIG_UPDATE, "A leverage or the asset mode changed."),
    UserEvent(LISTEN_KEY_EXPIRED, "The time of the listen key is over."),
    UserEvent("STRATEGY_UPDATE", "A strategy changed.", "this venue runs no strategies"),
    UserEvent(
        "GRID_UPDATE",
        "An order of a grid was filled.",
        "this venue runs no grids; the exchange has retired it",
    ),
    UserEvent(
        "CONDITIONAL_ORDER_TRIGGER_REJECT",
        "A triggered order was refused.",
        "the exchange has retired it",
    ),
)

WAYS_IN = (
    "/ws/<listenKey>",
    "/private/ws?listenKey=<listenKey>&events=<A>/<B>",
    "/private/stream?listenKey=<listenKey>&events=<A>",
    "/stream?streams=<listenKey>",
)
"""The forms that clients use most; docs/reference/streams.md has all."""

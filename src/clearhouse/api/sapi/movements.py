"""What deposits and withdrawals have in common: their ids, their wallets, their network.

A movement has one number. What clients know it by is derived from that number and found again
by it; nothing is stored. The two ends of a withdrawal to an account here share the number, and
so the transaction.
"""

from typing import Annotated

from clearhouse.api.params import NAME, integer_in
from clearhouse.model.ids import DAY_MS, TranId
from clearhouse.model.references import reference, referred
from clearhouse.model.wallets import FUNDING, MAIN

Coin = Annotated[str, NAME]
Network = Annotated[str, NAME]
Offset = Annotated[int, integer_in(0, 1_000_000_000)]
Limit = Annotated[int, integer_in(1, 1000)]

WALLETS = (MAIN, FUNDING)
"""By `walletType`: 0 spot, 1 funding."""

EXTERNAL, INTERNAL = 0, 1
"""`transferType`."""

HISTORY_MS = 90 * DAY_MS

_WITHDRAWAL, _TRANSACTION = ("withdrawal", 32), ("transaction", 64)
_OFF_CHAIN = "Internal transfer "


def withdrawal_id(number: TranId) -> str:
    """The id of a withdrawal."""
    return reference(number, *_WITHDRAWAL)


def withdrawal_number(text: str) -> TranId | None:
    """The movement that an id is of."""
    return _number(referred(text, *_WITHDRAWAL))


def transaction_id(number: TranId, *, internal: bool) -> str:
    """`txId`; a fast withdrawal is no transaction of a network, and says so."""
    return f"{_OFF_CHAIN}{number}" if internal else reference(number, *_TRANSACTION)


def transaction_number(text: str) -> TranId | None:
    """The movement that a `txId` is of."""
    number = text.removeprefix(_OFF_CHAIN)
    if number != text:
        return _number(int(number)) if number.isdecimal() else None
    return _number(referred(text, *_TRANSACTION))


def _number(found: int | None) -> TranId | None:
    """The number, where it can be one of a movement: those have 63 bits."""
    return TranId(found) if found is not None and 0 < found < 1 << 63 else None

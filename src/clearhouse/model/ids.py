"""Ids and times: integers with a name, so that the type checker keeps them apart."""

from functools import lru_cache
from typing import NewType

Uid = NewType("Uid", int)
"""An account holder. 0 is the venue itself."""

TranId = NewType("TranId", int)
"""One movement of money; the number that transfer, history and income rows share."""

Seq = NewType("Seq", int)
"""Position of an event in the journal, from 1. It alone orders."""

Millis = NewType("Millis", int)
"""UTC milliseconds since 1970. It explains, it does not order."""

VENUE = Uid(0)
FIRST_UID = Uid(1_000_001)
FIRST_TRAN_ID = TranId(13_526_853_623)
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000

_ALIAS_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_ALIAS_PRIME = 2_654_435_761


@lru_cache(maxsize=65_536)
def account_alias(uid: Uid) -> str:
    """The short public name of an account (`accountAlias`), derived from its uid.

    A multiplication by a prime scatters neighbours; nothing is stored for it.
    """
    number = uid * _ALIAS_PRIME % 62**6
    letters = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        letters += _ALIAS_ALPHABET[digit]
    return letters

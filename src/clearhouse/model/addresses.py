"""Addresses: those of the accounts here, and those outside that money may be sent to.

The venue is a network of its own, and it takes any other network's name as a label. An
account has one deposit address for each coin and network. It is derived, not stored, so money
that is sent to it is recognised (docs/reference/capital.md, "Addresses").
"""

import re
from functools import lru_cache

from msgspec import Struct

from clearhouse.model.ids import Uid
from clearhouse.model.references import reference, referred

NETWORK = "CLEARHOUSE"
"""The network where none is named."""

ADDRESS_PATTERN = "^[0-9A-Za-z:._-]{3,128}$"
"""What an address looks like, on whatever network."""

_WELL_FORMED = re.compile(ADDRESS_PATTERN.replace("$", r"\Z"))
_PREFIX = "clh1"
_LENGTH = 40


class SavedAddress(Struct, frozen=True, array_like=True):
    """An entry of an address book. `trusted`: it may be used while the whitelist is on."""

    coin: str
    network: str
    address: str
    tag: str
    name: str
    trusted: bool


def well_formed(address: str) -> bool:
    """Whether a text can be an address."""
    return _WELL_FORMED.match(address) is not None


@lru_cache(maxsize=65_536)
def deposit_address(uid: Uid, coin: str, network: str) -> str:
    """Where money of a coin reaches an account by a network."""
    return _PREFIX + reference(uid, f"{coin}/{network}", _LENGTH)


def is_of_venue(address: str) -> bool:
    """Whether an address claims to belong to an account here."""
    return address.startswith(_PREFIX)


def owner_of(address: str, coin: str, network: str) -> Uid | None:
    """The uid in a deposit address; None where it was not made for this coin and network."""
    found = referred(address.removeprefix(_PREFIX), f"{coin}/{network}", _LENGTH)
    return None if found is None else Uid(found)

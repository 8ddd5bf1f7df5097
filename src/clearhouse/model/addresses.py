"""Addresses outside of the venue that money may be sent to."""

from msgspec import Struct


class SavedAddress(Struct, frozen=True, array_like=True):
    """An entry of an address book. `trusted`: it may be used while the whitelist is on."""

    coin: str
    network: str
    address: str
    tag: str
    name: str
    trusted: bool

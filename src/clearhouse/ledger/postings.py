"""A posting: one leg of a movement of money."""

from collections.abc import Iterable

from msgspec import Struct

from clearhouse.model.ids import Uid
from clearhouse.model.wallets import Wallet


class Posting(Struct, frozen=True, array_like=True):
    """Add `units` (negative: take) of an asset to a wallet of an owner."""

    uid: Uid
    wallet: Wallet
    asset: str
    units: int


def balanced(postings: Iterable[Posting]) -> bool:
    """Whether the postings sum to zero in each asset."""
    sums: dict[str, int] = {}
    for posting in postings:
        sums[posting.asset] = sums.get(posting.asset, 0) + posting.units
    return not any(sums.values())

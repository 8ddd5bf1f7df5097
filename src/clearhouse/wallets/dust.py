"""Dust: small balances turned into one asset, at the index prices, less a charge.

The venue itself is the counterpart: it takes the small balances (HOUSE), gives what they are
worth in the target, and keeps the charge (FEES).
"""

from collections.abc import Iterator

from clearhouse.ledger.books import Books
from clearhouse.ledger.chart import FEES, HOUSE
from clearhouse.ledger.postings import Posting
from clearhouse.market.catalogue import Catalogue
from clearhouse.messages.commands import ConvertDust
from clearhouse.messages.events import DustConverted, DustPart
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import VENUE, Millis, TranId, Uid
from clearhouse.model.money import (
    SCALE,
    Money,
    divide_toward_zero,
    multiply_toward_zero,
)
from clearhouse.model.wallets import MAIN, MARGIN, Wallet
from clearhouse.wallets.transfer import check_room

WALLETS = (MAIN, MARGIN)
"""Whose small balances can be converted; all of what these hold may leave them."""

CHARGE_RATE = 2_000_000
"""2% of what the dust is worth, in units of 1e-8."""

DUST_BELOW = 10 * SCALE
"""A balance worth at least this many USD is no dust."""


def decide_convert_dust(
    books: Books, catalogue: Catalogue, command: ConvertDust, tran_id: TranId, at: Millis
) -> DustConverted:
    """Convert whole balances.

    Refuses, asset by asset: one that is not listed, the target itself, one that is not held,
    one worth 10 USD or more, one worth nothing in the target; then a target that would overflow.
    """
    assert command.wallet in WALLETS
    if command.target not in catalogue.assets:
        raise Rejected(Reason.UNKNOWN_ASSET, f"no asset {command.target} is listed")
    parts = tuple(
        _part(books, catalogue, command, asset, TranId(tran_id + number))
        for number, asset in enumerate(dict.fromkeys(command.assets), 1)
    )
    gained = sum(part.proceeds - part.charge for part in parts)
    check_room(books, command.uid, command.wallet, Money(command.target, gained))
    return DustConverted(
        at=at,
        tran_id=tran_id,
        uid=command.uid,
        wallet=command.wallet,
        target=command.target,
        parts=parts,
        postings=tuple(_postings(command.uid, command.wallet, command.target, parts)),
    )


def quote(catalogue: Catalogue, asset: str, units: int, target: str) -> tuple[int, int]:
    """What a balance is worth in the target by the index prices, and the charge on that."""
    value = multiply_toward_zero(units, catalogue.indices[asset])
    proceeds = divide_toward_zero(value, catalogue.indices[target])
    return proceeds, multiply_toward_zero(proceeds, CHARGE_RATE)


def is_dust(catalogue: Catalogue, asset: str, units: int) -> bool:
    """Whether a balance is small enough."""
    return units > 0 and multiply_toward_zero(units, catalogue.indices[asset]) < DUST_BELOW


def _part(
    books: Books, catalogue: Catalogue, command: ConvertDust, asset: str, tran_id: TranId
) -> DustPart:
    if asset not in catalogue.assets:
        raise Rejected(Reason.UNKNOWN_ASSET, f"no asset {asset} is listed")
    if asset == command.target:
        raise Rejected(Reason.DUST_INTO_ITSELF, f"{asset} is what the dust is turned into")
    units = books.balance(command.uid, command.wallet, asset)
    if units <= 0:
        raise Rejected(Reason.DUST_NOT_HELD, f"{command.wallet} holds no {asset}")
    if not is_dust(catalogue, asset, units):
        raise Rejected(Reason.NOT_DUST, f"{asset} is worth 10 USD or more")
    proceeds, charge = quote(catalogue, asset, units, command.target)
    if proceeds <= charge:
        raise Rejected(Reason.DUST_WORTH_NOTHING, f"{asset} is worth less than a unit")
    return DustPart(tran_id, asset, units, proceeds, charge)


def _postings(
    uid: Uid, wallet: Wallet, target: str, parts: tuple[DustPart, ...]
) -> Iterator[Posting]:
    for part in parts:
        yield Posting(uid, wallet, part.asset, -part.units)
        yield Posting(VENUE, HOUSE, part.asset, part.units)
        yield Posting(VENUE, HOUSE, target, -part.proceeds)
        yield Posting(VENUE, FEES, target, part.charge)
        yield Posting(uid, wallet, target, part.proceeds - part.charge)

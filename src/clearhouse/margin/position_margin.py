"""Giving margin to an isolated position, and taking it back.

No wallet balance changes: what an isolated position has is part of the futures wallet that the
cross positions no longer share. Limits: docs/internals/numbers.md, "Isolated margin".
"""

from clearhouse.ledger.books import Books
from clearhouse.margin.futures_account import FuturesAccounts
from clearhouse.margin.positions import Held, held_in
from clearhouse.margin.summary import max_withdraw
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.trading_commands import MovePositionMargin
from clearhouse.messages.trading_events import MarginMoved
from clearhouse.model.ids import Millis
from clearhouse.model.money import fixed8


def decide_move_position_margin(
    catalogue: Catalogue,
    markets: Markets,
    books: Books,
    accounts: FuturesAccounts,
    command: MovePositionMargin,
    at: Millis,
) -> MarginMoved:
    """Move margin between the cross wallet and an isolated position.

    Refuses, in this order: an unknown symbol, cross margin, no position on that side, no amount,
    and more than may be added or taken.
    """
    contract = catalogue.contract(command.symbol)
    account = accounts.of(command.uid)
    if not account.setting(contract).isolated:
        raise Rejected(Reason.POSITION_NOT_ISOLATED)
    held = {one.side: one for one in held_in(catalogue, markets, account, command.symbol)}
    position = held.get(command.position_side)
    if position is None or not position.position.quantity:
        raise Rejected(Reason.NO_POSITION, f"nothing is open on {command.position_side}")
    if command.amount <= 0:
        raise Rejected(Reason.MARGIN_AMOUNT_NOT_POSITIVE)
    asset = contract.margin_asset
    if command.add:
        limit = max_withdraw(catalogue, markets, books, account, command.uid, asset)
        reason = Reason.CROSS_MARGIN_INSUFFICIENT
    else:
        limit, reason = removable(position), Reason.ISOLATED_MARGIN_INSUFFICIENT
    if command.amount > limit:
        raise Rejected(reason, f"at most {fixed8(limit)} {asset}")
    amount = command.amount if command.add else -command.amount
    return MarginMoved(
        at=at,
        uid=command.uid,
        symbol=command.symbol,
        position_side=command.position_side,
        asset=asset,
        amount=amount,
        isolated_wallet=position.position.isolated_wallet + amount,
    )


def removable(held: Held) -> int:
    """What may be taken from an isolated position: it keeps its initial margin at the mark."""
    wallet = held.position.isolated_wallet
    return max(0, min(wallet - held.maint, wallet + held.unrealized - held.margin))

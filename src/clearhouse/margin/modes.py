"""Switching the modes of the futures account (docs/internals/numbers.md, "Modes")."""

from clearhouse.ledger.books import Books
from clearhouse.margin.futures_account import FuturesAccounts
from clearhouse.messages.commands import SetMultiAssetsMode, SetPositionMode
from clearhouse.messages.events import MultiAssetsModeSet, PositionModeSet
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import Millis
from clearhouse.model.wallets import UMFUTURE


def decide_set_multi_assets_mode(
    accounts: FuturesAccounts, books: Books, command: SetMultiAssetsMode, at: Millis
) -> MultiAssetsModeSet:
    """Switch the asset mode. Refuses no change, and leaving with a negative wallet."""
    if accounts.of(command.uid).multi_assets == command.on:
        raise Rejected(Reason.MULTI_ASSETS_MODE_UNCHANGED)
    if not command.on and any(units < 0 for _, units in books.wallet(command.uid, UMFUTURE)):
        raise Rejected(Reason.NEGATIVE_MARGIN_BALANCE)
    return MultiAssetsModeSet(at=at, uid=command.uid, on=command.on)


def decide_set_position_mode(
    accounts: FuturesAccounts, command: SetPositionMode, at: Millis
) -> PositionModeSet:
    """Switch the position mode. Refuses no change."""
    if accounts.of(command.uid).hedge == command.hedge:
        raise Rejected(Reason.POSITION_MODE_UNCHANGED)
    return PositionModeSet(at=at, uid=command.uid, hedge=command.hedge)

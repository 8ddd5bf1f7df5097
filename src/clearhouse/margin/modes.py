"""Settings of the futures account and who may change them (docs/internals/numbers.md, "Modes").

Accounts have no orders and no positions yet, so the refusals that depend on those cannot
arise.
"""

from clearhouse.ledger.books import Books
from clearhouse.margin.futures_account import FuturesAccounts
from clearhouse.market.catalogue import Catalogue
from clearhouse.messages.commands import (
    SetFeeBurn,
    SetFees,
    SetLeverage,
    SetMarginType,
    SetMultiAssetsMode,
    SetPositionMode,
)
from clearhouse.messages.events import (
    FeeBurnSet,
    FeesSet,
    LeverageSet,
    MarginTypeSet,
    MultiAssetsModeSet,
    PositionModeSet,
)
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import Millis
from clearhouse.model.wallets import UMFUTURE


def decide_set_multi_assets_mode(
    accounts: FuturesAccounts, books: Books, command: SetMultiAssetsMode, at: Millis
) -> MultiAssetsModeSet:
    """Switch the asset mode.

    Refuses no change, entering with an isolated symbol, and leaving with a negative wallet.
    """
    account = accounts.of(command.uid)
    if account.multi_assets == command.on:
        raise Rejected(Reason.MULTI_ASSETS_MODE_UNCHANGED)
    if command.on:
        isolated = [name for name, setting in account.symbols.items() if setting.isolated]
        if isolated:
            raise Rejected(Reason.SYMBOL_IS_ISOLATED, f"set {', '.join(isolated)} to CROSSED first")
    elif any(units < 0 for _, units in books.wallet(command.uid, UMFUTURE)):
        raise Rejected(Reason.NEGATIVE_MARGIN_BALANCE)
    return MultiAssetsModeSet(at=at, uid=command.uid, on=command.on)


def decide_set_position_mode(
    accounts: FuturesAccounts, command: SetPositionMode, at: Millis
) -> PositionModeSet:
    """Switch the position mode. Refuses no change."""
    if accounts.of(command.uid).hedge == command.hedge:
        raise Rejected(Reason.POSITION_MODE_UNCHANGED)
    return PositionModeSet(at=at, uid=command.uid, hedge=command.hedge)


def decide_set_leverage(catalogue: Catalogue, command: SetLeverage, at: Millis) -> LeverageSet:
    """Choose the leverage of a symbol. Refuses an unknown symbol, and what no tier allows.

    Choosing the leverage that is set already is no change and no refusal.
    """
    contract = catalogue.contract(command.symbol)
    if not 1 <= command.leverage <= contract.max_leverage:
        raise Rejected(
            Reason.LEVERAGE_OUT_OF_RANGE,
            f"{command.symbol} takes a leverage from 1 to {contract.max_leverage}",
        )
    return LeverageSet(at=at, uid=command.uid, symbol=command.symbol, leverage=command.leverage)


def decide_set_margin_type(
    accounts: FuturesAccounts, catalogue: Catalogue, command: SetMarginType, at: Millis
) -> MarginTypeSet:
    """Choose the margin type of a symbol.

    Refuses, in this order: an unknown symbol, no change, isolated margin in multi-assets mode.
    """
    contract = catalogue.contract(command.symbol)
    account = accounts.of(command.uid)
    if account.setting(contract).isolated == command.isolated:
        raise Rejected(Reason.MARGIN_TYPE_UNCHANGED)
    if command.isolated and account.multi_assets:
        raise Rejected(Reason.ISOLATED_IN_MULTI_ASSETS_MODE)
    return MarginTypeSet(at=at, uid=command.uid, symbol=command.symbol, isolated=command.isolated)


def decide_set_fee_burn(command: SetFeeBurn, at: Millis) -> FeeBurnSet:
    """Pay futures fees in BNB, or stop doing so. The same choice again is no refusal."""
    return FeeBurnSet(at=at, uid=command.uid, on=command.on)


def decide_set_fees(command: SetFees, at: Millis) -> FeesSet:
    """Give an account other fee rates."""
    return FeesSet(
        at=at, uid=command.uid, tier=command.tier, maker=command.maker, taker=command.taker
    )


def decide_move_position_margin(catalogue, markets, books, accounts, command, at): ...

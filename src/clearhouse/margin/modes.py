"""Settings of the futures account and who may change them (docs/internals/numbers.md, "Modes").

What is open stands in the way of most of them: orders are looked for before positions.
Conditional orders that wait count as open orders.
"""

from clearhouse.ledger.books import Books
from clearhouse.margin.futures_account import FuturesAccounts
from clearhouse.margin.positions import Held, SumsByAsset, all_held, held_in, sums_of
from clearhouse.margin.requirements import initial_margin
from clearhouse.margin.summary import available_balance, pool_of
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
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
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.instruments import Contract
from clearhouse.model.money import fixed8, trimmed
from clearhouse.model.wallets import UMFUTURE


def decide_set_multi_assets_mode(
    catalogue: Catalogue,
    markets: Markets,
    books: Books,
    accounts: FuturesAccounts,
    command: SetMultiAssetsMode,
    at: Millis,
) -> MultiAssetsModeSet:
    """Switch the asset mode.

    Refuses, in this order: no change, open orders, entering with an isolated symbol, leaving
    with a negative wallet, and positions that the margin would not suffice for.
    """
    account = accounts.of(command.uid)
    if account.multi_assets == command.on:
        raise Rejected(Reason.MULTI_ASSETS_MODE_UNCHANGED)
    ordered = [symbol for symbol, exposure in account.exposures.items() if exposure.has_orders]
    if ordered:
        raise Rejected(Reason.MULTI_ASSETS_WITH_ORDERS, f"cancel those of {', '.join(ordered)}")
    if command.on:
        isolated = [name for name, setting in account.symbols.items() if setting.isolated]
        if isolated:
            raise Rejected(Reason.SYMBOL_IS_ISOLATED, f"set {', '.join(isolated)} to CROSSED first")
    elif any(units < 0 for _, units in books.wallet(command.uid, UMFUTURE)):
        raise Rejected(Reason.NEGATIVE_MARGIN_BALANCE)
    sums = sums_of(all_held(catalogue, markets, account))
    if sums and _lacking(catalogue, books, command.uid, sums, shared=command.on):
        raise Rejected(
            Reason.MULTI_ASSETS_MARGIN_INSUFFICIENT, "the positions need more margin in that mode"
        )
    return MultiAssetsModeSet(at=at, uid=command.uid, on=command.on)


def decide_set_position_mode(
    accounts: FuturesAccounts, command: SetPositionMode, at: Millis
) -> PositionModeSet:
    """Switch the position mode.

    Refuses, in this order: no change, any open order, any position.
    """
    account = accounts.of(command.uid)
    if account.hedge == command.hedge:
        raise Rejected(Reason.POSITION_MODE_UNCHANGED)
    exposures = account.exposures.items()
    ordered = [symbol for symbol, exposure in exposures if exposure.has_orders]
    if ordered:
        raise Rejected(Reason.POSITION_MODE_WITH_ORDERS, f"cancel those of {', '.join(ordered)}")
    held = [symbol for symbol, exposure in exposures if exposure.has_position]
    if held:
        raise Rejected(Reason.POSITION_MODE_WITH_POSITION, f"close those in {', '.join(held)}")
    return PositionModeSet(at=at, uid=command.uid, hedge=command.hedge)


def decide_set_leverage(
    catalogue: Catalogue,
    markets: Markets,
    books: Books,
    accounts: FuturesAccounts,
    command: SetLeverage,
    at: Millis,
) -> LeverageSet:
    """Choose the leverage of a symbol.

    Refuses, in this order: an unknown symbol, what no tier allows, less for an isolated
    position, more than what is open may have, and less than the margin suffices for. Choosing
    the leverage that is set already is no change and no refusal.
    """
    contract = catalogue.contract(command.symbol)
    if not 1 <= command.leverage <= contract.max_leverage:
        raise Rejected(
            Reason.LEVERAGE_OUT_OF_RANGE,
            f"{command.symbol} takes a leverage from 1 to {contract.max_leverage}",
        )
    account = accounts.of(command.uid)
    held = held_in(catalogue, markets, account, command.symbol)
    if held:
        _check_lower_isolated(held, command.leverage)
        _check_limit(contract, held, command.leverage)
        if command.leverage < held[0].leverage:
            asset = contract.margin_asset
            free = available_balance(catalogue, markets, books, account, command.uid, asset)
            _check_margin(held, command.leverage, free)
    return LeverageSet(at=at, uid=command.uid, symbol=command.symbol, leverage=command.leverage)


def decide_set_margin_type(
    accounts: FuturesAccounts, catalogue: Catalogue, command: SetMarginType, at: Millis
) -> MarginTypeSet:
    """Choose the margin type of a symbol.

    Refuses, in this order: an unknown symbol, no change, open orders of the symbol, a position
    in it, isolated margin in multi-assets mode.
    """
    contract = catalogue.contract(command.symbol)
    account = accounts.of(command.uid)
    if account.setting(contract).isolated == command.isolated:
        raise Rejected(Reason.MARGIN_TYPE_UNCHANGED)
    exposure = account.exposure(command.symbol)
    if exposure.has_orders:
        raise Rejected(Reason.MARGIN_TYPE_WITH_ORDERS)
    if exposure.has_position:
        raise Rejected(Reason.MARGIN_TYPE_WITH_POSITION)
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


def _lacking(
    catalogue: Catalogue, books: Books, uid: Uid, sums: SumsByAsset, *, shared: bool
) -> bool:
    """Whether positions need more than there is, in multi-assets mode (`shared`) or without."""
    wallet = dict(books.wallet(uid, UMFUTURE))
    if shared:
        return pool_of(catalogue, wallet, sums).free < 0
    return any(of.free(wallet.get(asset, 0)) < 0 for asset, of in sums.items())


def _check_lower_isolated(held: list[Held], leverage: int) -> None:
    """An isolated position keeps the margin it was given, so it cannot come to need more."""
    is_open = any(one.isolated and one.position.quantity for one in held)
    if is_open and leverage < held[0].leverage:
        raise Rejected(Reason.ISOLATED_LEVERAGE_LOWERED)


def _check_limit(contract: Contract, held: list[Held], leverage: int) -> None:
    """Positions and their open orders stay below the cap of the leverage."""
    cap, value = contract.max_notional(leverage), sum(one.largest for one in held)
    if value > cap:
        raise Rejected(
            Reason.POSITION_LIMIT,
            f"{trimmed(cap)} is allowed at {leverage} times, positions and orders have "
            f"{trimmed(value)}",
        )


def _check_margin(held: list[Held], leverage: int, free: int) -> None:
    """What a lower leverage needs more is there."""
    needed = sum(initial_margin(one.value, one.orders, leverage) for one in held)
    more = needed - sum(one.margin + one.order_margin for one in held)
    if more > free:
        raise Rejected(
            Reason.LEVERAGE_MARGIN_INSUFFICIENT,
            f"{leverage} times needs {fixed8(more)} more, available are {fixed8(free)}",
        )

"""The futures account: balance and account information, versions 2 and 3.

Sources: «Futures Account Balance V2/V3», «Account Information V2/V3» and the WebSocket API
pages; the numbers are explained in docs/internals/numbers.md.
"""

from functools import partial

from msgspec import Raw, Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.api.fapi.flat_positions import PositionRow, flat_rows
from clearhouse.messages.queries import (
    AssetView,
    CatalogueView,
    FuturesAccountView,
    ReadCatalogue,
    ReadFuturesAccount,
)
from clearhouse.model.ids import account_alias
from clearhouse.model.money import ZERO_FIXED, fixed8

router = Router(Family.FAPI)

Eleven = tuple[str, str, str, str, str, str, str, str, str, str, str]
Twelve = tuple[str, str, str, str, str, str, str, str, str, str, str, str]


class BalanceRow(Struct, frozen=True, rename="camel", gc=False):
    """One asset of the futures wallet."""

    account_alias: str
    asset: str
    balance: str
    cross_wallet_balance: str
    cross_un_pnl: str
    available_balance: str
    max_withdraw_amount: str
    margin_available: bool
    update_time: int


class AssetRow(Struct, frozen=True, rename="camel", gc=False):
    """One asset of account information V3."""

    asset: str
    wallet_balance: str
    unrealized_profit: str
    margin_balance: str
    maint_margin: str
    initial_margin: str
    position_initial_margin: str
    open_order_initial_margin: str
    cross_wallet_balance: str
    cross_un_pnl: str
    available_balance: str
    max_withdraw_amount: str
    update_time: int


class AssetRowV2(Struct, frozen=True, rename="camel", gc=False):
    """One asset of account information V2."""

    asset: str
    wallet_balance: str
    unrealized_profit: str
    margin_balance: str
    maint_margin: str
    initial_margin: str
    position_initial_margin: str
    open_order_initial_margin: str
    cross_wallet_balance: str
    cross_un_pnl: str
    available_balance: str
    max_withdraw_amount: str
    margin_available: bool
    update_time: int


class PositionRowV3(Struct, frozen=True, rename="camel"):
    """An open position of account information V3."""

    symbol: str
    position_side: str
    position_amt: str
    unrealized_profit: str
    isolated_margin: str
    notional: str
    isolated_wallet: str
    initial_margin: str
    maint_margin: str
    update_time: int


class AccountV3(Struct, frozen=True, rename="camel"):
    """Account information V3."""

    total_initial_margin: str
    total_maint_margin: str
    total_wallet_balance: str
    total_unrealized_profit: str
    total_margin_balance: str
    total_position_initial_margin: str
    total_open_order_initial_margin: str
    total_cross_wallet_balance: str
    total_cross_un_pnl: str
    available_balance: str
    max_withdraw_amount: str
    assets: list[AssetRow]
    positions: list[PositionRowV3]


class AccountV2(Struct, frozen=True, rename="camel"):
    """Account information V2. `positions` may be rendered already."""

    fee_tier: int
    fee_burn: bool
    can_trade: bool
    can_deposit: bool
    can_withdraw: bool
    update_time: int
    multi_assets_margin: bool
    trade_group_id: int
    total_initial_margin: str
    total_maint_margin: str
    total_wallet_balance: str
    total_unrealized_profit: str
    total_margin_balance: str
    total_position_initial_margin: str
    total_open_order_initial_margin: str
    total_cross_wallet_balance: str
    total_cross_un_pnl: str
    available_balance: str
    max_withdraw_amount: str
    assets: list[AssetRowV2]
    positions: list[PositionRow] | Raw


@router.get("/v2/balance", security=Security.USER_DATA, weight=ip(5), ws="account.balance")
async def balance_v2(ctx: Context) -> list[BalanceRow] | Raw:
    """Futures account balance V2.

    One row for each asset of the futures account, zero balances included.
    """
    return await ctx.kept("balance", ReadFuturesAccount(ctx.uid), _balance_rows)


@router.get("/v3/balance", security=Security.USER_DATA, weight=ip(5), ws="v2/account.balance")
async def balance_v3(ctx: Context) -> list[BalanceRow] | Raw:
    """Futures account balance V3.

    The rows of V2.
    """
    return await ctx.kept("balance", ReadFuturesAccount(ctx.uid), _balance_rows)


@router.get("/v2/account", security=Security.USER_DATA, weight=ip(5), ws="account.status")
async def account_v2(ctx: Context) -> AccountV2:
    """Account information V2.

    Totals are those of USDT in single-asset mode and USD values in multi-assets mode.
    Positions list every symbol: BOTH in one-way mode, LONG and SHORT in hedge mode.
    """
    view = await ctx.read(ReadFuturesAccount(ctx.uid))
    catalogue = await ctx.read(ReadCatalogue())
    return AccountV2(
        view.fee_tier,
        view.fee_burn,
        True,
        True,
        True,
        0,
        view.multi_assets,
        -1,
        *_totals(view),
        [AssetRowV2(*_asset(row), row.margin_available, row.moved_at) for row in view.assets],
        _positions(ctx, view, catalogue),
    )


@router.get("/v3/account", security=Security.USER_DATA, weight=ip(5), ws="v2/account.status")
async def account_v3(ctx: Context) -> AccountV3:
    """Account information V3.

    Like V2 without settings; positions list only symbols with a position or an order.
    """
    view = await ctx.read(ReadFuturesAccount(ctx.uid))
    rows = [AssetRow(*_asset(row), row.moved_at) for row in view.assets]
    return AccountV3(*_totals(view), rows, [])


def _positions(
    ctx: Context, view: FuturesAccountView, catalogue: CatalogueView
) -> list[PositionRow] | Raw:
    """Rows of flat positions; accounts that changed no symbol all have the same ones."""
    if view.symbols:
        return flat_rows(catalogue, hedge=view.hedge, settings=view.symbols)
    name = f"flat positions, hedge={view.hedge}"
    build = partial(flat_rows, catalogue, hedge=view.hedge)
    return ctx.rendered.json(name, catalogue.revision, build)


def _balance_rows(view: FuturesAccountView) -> list[BalanceRow]:
    alias = account_alias(view.uid)
    return [_balance_row(alias, row) for row in view.assets]


def _balance_row(alias: str, row: AssetView) -> BalanceRow:
    none = ZERO_FIXED
    wallet = fixed8(row.wallet_balance) if row.wallet_balance else none
    available = fixed8(row.available_balance) if row.available_balance else none
    withdraw = fixed8(row.max_withdraw) if row.max_withdraw else none
    return BalanceRow(
        alias,
        row.asset,
        wallet,
        wallet,
        none,
        available,
        withdraw,
        row.margin_available,
        row.moved_at,
    )


def _asset(row: AssetView) -> Twelve:
    """The twelve texts that an asset row starts with; without positions the margins are zero."""
    wallet = fixed8(row.wallet_balance)
    none = ZERO_FIXED
    return (
        row.asset,
        wallet,
        none,
        wallet,
        none,
        none,
        none,
        none,
        wallet,
        none,
        fixed8(row.available_balance),
        fixed8(row.max_withdraw),
    )


def _totals(view: FuturesAccountView) -> Eleven:
    """The eleven texts of the account totals."""
    none, wallet = ZERO_FIXED, fixed8(view.wallet_balance)
    return (
        none,
        none,
        wallet,
        none,
        fixed8(view.margin_balance),
        none,
        none,
        wallet,
        none,
        fixed8(view.available_balance),
        fixed8(view.max_withdraw),
    )

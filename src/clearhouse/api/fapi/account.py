"""The futures account: balance and account information, versions 2 and 3.

Sources: «Futures Account Balance V2/V3», «Account Information V2/V3» and the WebSocket API
pages; the numbers are explained in docs/internals/numbers.md.
"""

from collections.abc import Iterator

from msgspec import Raw, Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.api.fapi.flat_positions import PositionRow, by_symbol, position_rows
from clearhouse.messages.queries import (
    AccountTotals,
    AssetView,
    CatalogueView,
    FuturesAccountView,
    PositionFigures,
    ReadCatalogue,
    ReadFuturesAccount,
)
from clearhouse.model.ids import account_alias
from clearhouse.model.money import ZERO_FIXED, fixed8, size_text, trimmed

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
    return await ctx.kept("balance", _balances)


@router.get("/v3/balance", security=Security.USER_DATA, weight=ip(5), ws="v2/account.balance")
async def balance_v3(ctx: Context) -> list[BalanceRow] | Raw:
    """Futures account balance V3.

    The rows of V2.
    """
    return await ctx.kept("balance", _balances)


@router.get("/v2/account", security=Security.USER_DATA, weight=ip(5), ws="account.status")
async def account_v2(ctx: Context) -> AccountV2 | Raw:
    """Account information V2.

    Totals are those of USDT in single-asset mode and USD values in multi-assets mode.
    Positions list every symbol: BOTH in one-way mode, LONG and SHORT in hedge mode.
    """
    return await ctx.kept("account v2", _account_v2)


@router.get("/v3/account", security=Security.USER_DATA, weight=ip(5), ws="v2/account.status")
async def account_v3(ctx: Context) -> AccountV3 | Raw:
    """Account information V3.

    Like V2 without settings; positions list only symbols with a position or an order.
    """
    return await ctx.kept("account v3", _account_v3)


async def _balances(ctx: Context) -> list[BalanceRow]:
    view = await ctx.read(ReadFuturesAccount(ctx.uid))
    alias = account_alias(view.uid)
    return [_balance_row(alias, row) for row in view.assets]


async def _account_v2(ctx: Context) -> AccountV2:
    view = await ctx.read(ReadFuturesAccount(ctx.uid))
    catalogue = await ctx.read(ReadCatalogue())
    asset = _asset if view.positions else _plain_asset
    return AccountV2(
        view.fee_tier,
        view.fee_burn,
        True,
        True,
        True,
        0,
        view.multi_assets,
        -1,
        *_totals(view.totals),
        [AssetRowV2(*asset(row), row.margin_available, row.moved_at) for row in view.assets],
        position_rows(ctx.rendered, catalogue, view),
    )


async def _account_v3(ctx: Context) -> AccountV3:
    view = await ctx.read(ReadFuturesAccount(ctx.uid))
    asset = _asset if view.positions else _plain_asset
    rows = [AssetRow(*asset(row), row.moved_at) for row in view.assets]
    positions: list[PositionRowV3] = []
    if view.positions:
        positions = list(_positions_v3(await ctx.read(ReadCatalogue()), view))
    return AccountV3(*_totals(view.totals), rows, positions)


def _positions_v3(catalogue: CatalogueView, view: FuturesAccountView) -> Iterator[PositionRowV3]:
    """Rows in the order in which symbols are listed."""
    held = by_symbol(view.positions)
    for symbol, contract in catalogue.contracts.items():
        for figures in held.get(symbol, ()):
            yield _position_v3(figures, contract.quantity_precision)


def _position_v3(figures: PositionFigures, quantity_precision: int) -> PositionRowV3:
    return PositionRowV3(
        symbol=figures.symbol,
        position_side=figures.side,
        position_amt=size_text(figures.quantity, quantity_precision),
        unrealized_profit=fixed8(figures.unrealized),
        isolated_margin=fixed8(figures.isolated_margin),
        notional=trimmed(figures.notional),
        isolated_wallet=trimmed(figures.isolated_wallet),
        initial_margin=trimmed(figures.initial_margin),
        maint_margin=trimmed(figures.maint_margin),
        update_time=figures.updated_at,
    )


def _balance_row(alias: str, row: AssetView) -> BalanceRow:
    none = ZERO_FIXED
    wallet = fixed8(row.wallet_balance) if row.wallet_balance else none
    cross = wallet
    if row.isolated_wallets:
        cross = fixed8(row.wallet_balance - row.isolated_wallets)
    available = fixed8(row.available_balance) if row.available_balance else none
    withdraw = fixed8(row.max_withdraw) if row.max_withdraw else none
    return BalanceRow(
        alias,
        row.asset,
        wallet,
        cross,
        fixed8(row.cross_unrealized) if row.cross_unrealized else none,
        available,
        withdraw,
        row.margin_available,
        row.moved_at,
    )


def _plain_asset(row: AssetView) -> Twelve:
    """As `_asset`, of an account that has nothing open."""
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


def _asset(row: AssetView) -> Twelve:
    """The twelve texts that an asset row starts with."""
    wallet = row.wallet_balance
    return (
        row.asset,
        fixed8(wallet),
        fixed8(row.unrealized),
        fixed8(wallet + row.unrealized),
        fixed8(row.maint_margin),
        fixed8(row.position_margin + row.order_margin),
        fixed8(row.position_margin),
        fixed8(row.order_margin),
        fixed8(wallet - row.isolated_wallets),
        fixed8(row.cross_unrealized),
        fixed8(row.available_balance),
        fixed8(row.max_withdraw),
    )


def _totals(totals: AccountTotals) -> Eleven:
    """The eleven texts of the account totals."""
    return (
        fixed8(totals.initial_margin),
        fixed8(totals.maint_margin),
        fixed8(totals.wallet_balance),
        fixed8(totals.unrealized),
        fixed8(totals.margin_balance),
        fixed8(totals.position_margin),
        fixed8(totals.order_margin),
        fixed8(totals.cross_wallet),
        fixed8(totals.cross_unrealized),
        fixed8(totals.available_balance),
        fixed8(totals.max_withdraw),
    )

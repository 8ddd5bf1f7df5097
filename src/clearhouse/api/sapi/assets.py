"""Reading the spot and funding wallets, and an overview of all wallets."""

from msgspec import UNSET, Struct, UnsetType

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family
from clearhouse.api.params import Asset, Switch
from clearhouse.api.valuation import total_in, value_in
from clearhouse.messages.queries import (
    CatalogueView,
    ReadCatalogue,
    ReadWallets,
    WalletsView,
)
from clearhouse.messages.rejections import Reason
from clearhouse.model.access import Permission
from clearhouse.model.money import trimmed
from clearhouse.model.wallets import FUNDING, MAIN, Wallet, WalletKind, kind_of

router = Router(Family.SAPI)

BITCOIN = "BTC"
WALLET_NAMES: tuple[tuple[str, WalletKind | None], ...] = (
    ("Spot", WalletKind.MAIN),
    ("Funding", WalletKind.FUNDING),
    ("Cross Margin", WalletKind.MARGIN),
    ("Isolated Margin", WalletKind.ISOLATED_MARGIN),
    ("USDⓈ-M Futures", WalletKind.UMFUTURE),
    ("COIN-M Futures", WalletKind.CMFUTURE),
    ("Earn", None),
    ("Options", WalletKind.OPTION),
    ("Trading Bots", None),
    ("Copy Trading", None),
    ("Portfolio Margin", WalletKind.PORTFOLIO_MARGIN),
)
"""Rows of the overview. None: a product that this venue does not have, never activated."""


class UserAssetParams(Struct, frozen=True, rename="camel"):
    """One asset or all."""

    asset: Asset | None = None
    need_btc_valuation: Switch = False


class UserAsset(Struct, frozen=True, rename="camel"):
    """An asset of the spot wallet."""

    asset: str
    free: str
    locked: str
    freeze: str
    withdrawing: str
    ipoable: str
    btc_valuation: str


class FundingAsset(Struct, frozen=True, rename="camel"):
    """An asset of the funding wallet."""

    asset: str
    free: str
    locked: str
    freeze: str
    withdrawing: str
    btc_valuation: str


class WalletBalanceParams(Struct, frozen=True, rename="camel"):
    """The asset to value in."""

    quote_asset: Asset = BITCOIN
    need_balance_detail: Switch = False


class AssetBalance(Struct, frozen=True, rename="camel"):
    """An asset inside a wallet of the overview."""

    asset: str
    asset_name: str
    free: str
    locked: str
    freeze: str
    withdrawing: str
    btc_valuation: str


class WalletBalance(Struct, frozen=True, rename="camel"):
    """A wallet and what it is worth."""

    activate: bool
    balance: str
    wallet_name: str
    asset_balances: list[AssetBalance] | UnsetType = UNSET


@router.post("/v3/asset/getUserAsset", security=Security.USER_DATA, weight=ip(5))
async def user_assets(ctx: Context, params: UserAssetParams) -> list[UserAsset]:
    """User asset: the spot wallet.

    Positive balances only, unless `asset` names one.
    """
    view = await ctx.read(ReadWallets(ctx.uid))
    return [
        UserAsset(asset, trimmed(units), "0", "0", "0", "0", _btc(view, asset, units, params))
        for asset, units in _rows(view, MAIN, params.asset)
    ]


@router.post("/v1/asset/get-funding-asset", security=Security.USER_DATA)
async def funding_assets(ctx: Context, params: UserAssetParams) -> list[FundingAsset]:
    """Funding wallet.

    Positive balances only, unless `asset` names one.
    """
    view = await ctx.read(ReadWallets(ctx.uid))
    return [
        FundingAsset(asset, trimmed(units), "0", "0", "0", _btc(view, asset, units, params))
        for asset, units in _rows(view, FUNDING, params.asset)
    ]


@router.get(
    "/v1/asset/wallet/balance",
    security=Security.USER_DATA,
    permissions=(Permission.UNIVERSAL_TRANSFER,),
    weight=ip(60),
)
async def wallet_balances(ctx: Context, params: WalletBalanceParams) -> list[WalletBalance]:
    """Query user wallet balance: every wallet, valued in one asset by the index prices."""
    view = await ctx.read(ReadWallets(ctx.uid))
    catalogue = await ctx.read(ReadCatalogue())
    if params.quote_asset not in view.indices:
        raise ApiError(Reason.UNKNOWN_ASSET, hint=f"no asset {params.quote_asset} is listed")
    return [_overview(view, catalogue, params, name, kind) for name, kind in WALLET_NAMES]


def _overview(
    view: WalletsView,
    catalogue: CatalogueView,
    params: WalletBalanceParams,
    name: str,
    kind: WalletKind | None,
) -> WalletBalance:
    rows = [(h.asset, h.units) for h in view.holdings if kind_of(h.wallet) is kind]
    worth = trimmed(total_in(view, rows, params.quote_asset))
    if not params.need_balance_detail:
        return WalletBalance(kind is not None, worth, name)
    detail = [_detail(view, catalogue, *row) for row in _merged(rows) if row[1]]
    return WalletBalance(kind is not None, worth, name, detail)


def _detail(view: WalletsView, catalogue: CatalogueView, asset: str, units: int) -> AssetBalance:
    valuation = trimmed(value_in(view, asset, units, BITCOIN))
    full_name = catalogue.assets[asset].full_name
    return AssetBalance(asset, full_name, trimmed(units), "0", "0", "0", valuation)


def _merged(rows: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """One row an asset: isolated margin has a wallet for each pair."""
    sums: dict[str, int] = {}
    for asset, units in rows:
        sums[asset] = sums.get(asset, 0) + units
    return list(sums.items())


def _rows(view: WalletsView, wallet: Wallet, asset: str | None) -> list[tuple[str, int]]:
    rows = [(h.asset, h.units) for h in view.holdings if h.wallet == wallet]
    if asset is None:
        return [row for row in rows if row[1] > 0]
    if asset not in view.indices:
        raise ApiError(Reason.UNKNOWN_ASSET, hint=f"no asset {asset} is listed")
    return [row for row in rows if row[0] == asset] or [(asset, 0)]


def _btc(view: WalletsView, asset: str, units: int, params: UserAssetParams) -> str:
    if not params.need_btc_valuation:
        return "0"
    return trimmed(value_in(view, asset, units, BITCOIN))

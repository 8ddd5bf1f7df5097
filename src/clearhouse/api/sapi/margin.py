"""Reading the margin wallets. There is no borrowing here: debts and interest are zero."""

from msgspec import Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.params import Asset, Symbol, Text
from clearhouse.api.valuation import price_in, total_in, value_in
from clearhouse.messages.queries import (
    CatalogueView,
    ReadCatalogue,
    ReadWallets,
    WalletsView,
)
from clearhouse.messages.rejections import Reason
from clearhouse.model.instruments import Contract
from clearhouse.model.money import ZERO_FIXED, fixed8
from clearhouse.model.wallets import MARGIN, Wallet, isolated_margin, pair_of

router = Router(Family.SAPI)

BITCOIN, TETHER = "BTC", "USDT"
NO_DEBT_LEVEL = "999.00000000"
"""The margin level that the exchange shows for an account without debts."""
MAX_SYMBOLS = 5


class CrossAsset(Struct, frozen=True, rename="camel"):
    """An asset of the cross margin wallet."""

    asset: str
    borrowed: str
    free: str
    interest: str
    locked: str
    net_asset: str


class CrossAccount(Struct, frozen=True, rename="camel"):
    """The cross margin account."""

    created: bool
    borrow_enabled: bool
    margin_level: str
    collateral_margin_level: str
    total_asset_of_btc: str
    total_liability_of_btc: str
    total_net_asset_of_btc: str
    total_collateral_value_in_usdt: str = field(name="TotalCollateralValueInUSDT")
    trade_enabled: bool
    transfer_in_enabled: bool
    transfer_out_enabled: bool
    account_type: str
    user_assets: list[CrossAsset]


class PairAsset(Struct, frozen=True, rename="camel"):
    """One side of an isolated margin wallet."""

    asset: str
    borrow_enabled: bool
    borrowed: str
    free: str
    interest: str
    locked: str
    net_asset: str
    net_asset_of_btc: str
    repay_enabled: bool
    total_asset: str


class IsolatedPair(Struct, frozen=True, rename="camel"):
    """The isolated margin wallet of a pair."""

    base_asset: PairAsset
    quote_asset: PairAsset
    symbol: str
    isolated_created: bool
    enabled: bool
    margin_level: str
    margin_level_status: str
    margin_ratio: str
    index_price: str
    liquidate_price: str
    liquidate_rate: str
    trade_enabled: bool


class IsolatedAccount(Struct, frozen=True, rename="camel"):
    """The isolated margin wallets; the totals are left out when symbols are named."""

    assets: list[IsolatedPair]
    total_asset_of_btc: str
    total_liability_of_btc: str
    total_net_asset_of_btc: str


class SymbolsParams(Struct, frozen=True, rename="camel"):
    """Up to five pairs, separated by commas."""

    symbols: Text | None = None


class PairParams(Struct, frozen=True, rename="camel"):
    """One pair or all."""

    symbol: Symbol | None = None


class CrossPair(Struct, frozen=True, rename="camel"):
    """A pair of the cross margin wallet."""

    base: str
    id: int
    is_buy_allowed: bool
    is_margin_trade: bool
    is_sell_allowed: bool
    quote: str
    symbol: str


class IsolatedMarginPair(Struct, frozen=True, rename="camel"):
    """A pair that has an isolated wallet."""

    base: str
    is_buy_allowed: bool
    is_margin_trade: bool
    is_sell_allowed: bool
    quote: str
    symbol: str


class AssetParams(Struct, frozen=True, rename="camel"):
    """One asset or all."""

    asset: Asset | None = None


class MarginAsset(Struct, frozen=True, rename="camel"):
    """An asset of the margin wallets."""

    asset_full_name: str
    asset_name: str
    is_borrowable: bool
    is_mortgageable: bool
    user_min_borrow: str
    user_min_repay: str


@router.get("/v1/margin/allAssets", security=Security.MARKET_DATA)
async def margin_assets(ctx: Context, params: AssetParams) -> list[MarginAsset]:
    """Get all margin assets: every listed asset can be held, none can be borrowed."""
    listed = await ctx.read(ReadCatalogue())
    if params.asset is not None and params.asset not in listed.assets:
        raise ApiError(Reason.NOT_A_MARGIN_ASSET, hint=f"no asset {params.asset} is listed")
    return [
        MarginAsset(asset.full_name, asset.name, False, True, ZERO_FIXED, ZERO_FIXED)
        for asset in listed.assets.values()
        if params.asset in (None, asset.name)
    ]


@router.get("/v1/margin/account", security=Security.USER_DATA, weight=ip(10))
async def cross_account(ctx: Context) -> CrossAccount:
    """Query cross margin account details."""
    view = await ctx.read(ReadWallets(ctx.uid))
    held = _of(view, MARGIN)
    worth = fixed8(total_in(view, list(held.items()), BITCOIN))
    names = await ctx.read(ReadCatalogue())
    return CrossAccount(
        created=True,
        borrow_enabled=False,
        margin_level=NO_DEBT_LEVEL,
        collateral_margin_level=NO_DEBT_LEVEL,
        total_asset_of_btc=worth,
        total_liability_of_btc=ZERO_FIXED,
        total_net_asset_of_btc=worth,
        total_collateral_value_in_usdt=fixed8(total_in(view, list(held.items()), TETHER)),
        trade_enabled=False,
        transfer_in_enabled=True,
        transfer_out_enabled=True,
        account_type="MARGIN_1",
        user_assets=[cross_asset(name, held.get(name, 0)) for name in names.assets],
    )


@router.get("/v1/margin/isolated/account", security=Security.USER_DATA, weight=ip(10))
async def isolated_account(ctx: Context, params: SymbolsParams) -> IsolatedAccount:
    """Query isolated margin account info.

    The pairs that were used, or up to five named by `symbols`.
    """
    view = await ctx.read(ReadWallets(ctx.uid))
    catalogue = await ctx.read(ReadCatalogue())
    pairs = _named(params.symbols, catalogue) if params.symbols else _used(view)
    rows = [(h.asset, h.units) for h in view.holdings if pair_of(h.wallet) in pairs]
    worth = fixed8(total_in(view, rows, BITCOIN))
    return IsolatedAccount(
        [_isolated(view, catalogue.contracts[pair]) for pair in pairs], worth, ZERO_FIXED, worth
    )


@router.get("/v1/margin/allPairs", security=Security.MARKET_DATA)
async def cross_pairs(ctx: Context, params: PairParams) -> list[CrossPair]:
    """Get all cross margin pairs: none can be traded here, all can be held."""
    listed = await ctx.read(ReadCatalogue())
    return [
        CrossPair(c.base_asset, number, False, True, False, c.quote_asset, c.symbol)
        for number, c in enumerate(listed.contracts.values(), 1)
        if params.symbol in (None, c.symbol)
    ]


@router.get("/v1/margin/isolated/allPairs", security=Security.MARKET_DATA, weight=ip(10))
async def isolated_pairs(ctx: Context, params: PairParams) -> list[IsolatedMarginPair]:
    """Get all isolated margin symbols: every listed pair has a wallet."""
    listed = await ctx.read(ReadCatalogue())
    return [
        IsolatedMarginPair(c.base_asset, False, True, False, c.quote_asset, c.symbol)
        for c in listed.contracts.values()
        if params.symbol in (None, c.symbol)
    ]


def _of(view: WalletsView, wallet: Wallet) -> dict[str, int]:
    return {h.asset: h.units for h in view.holdings if h.wallet == wallet}


def cross_asset(asset: str, units: int) -> CrossAsset:
    """An asset of the cross margin wallet; there are no debts."""
    free = fixed8(units)
    return CrossAsset(asset, ZERO_FIXED, free, ZERO_FIXED, ZERO_FIXED, free)


def _used(view: WalletsView) -> list[str]:
    pairs = dict.fromkeys(pair_of(h.wallet) for h in view.holdings)
    return [pair for pair in pairs if pair is not None]


def _named(symbols: str, catalogue: CatalogueView) -> list[str]:
    pairs = list(dict.fromkeys(symbols.split(",")))
    if len(pairs) > MAX_SYMBOLS:
        raise ApiError(Fault.INVALID, "symbols", hint="at most five symbols")
    for pair in pairs:
        if pair not in catalogue.contracts:
            raise ApiError(Reason.NOT_A_MARGIN_PAIR, hint=f"{pair[:40]} is no margin pair")
    return pairs


def _isolated(view: WalletsView, contract: Contract) -> IsolatedPair:
    held = _of(view, isolated_margin(contract.symbol))
    price = price_in(view, contract.base_asset, contract.quote_asset)
    return IsolatedPair(
        base_asset=_side(view, contract.base_asset, held),
        quote_asset=_side(view, contract.quote_asset, held),
        symbol=contract.symbol,
        isolated_created=True,
        enabled=True,
        margin_level=NO_DEBT_LEVEL,
        margin_level_status="EXCESSIVE",
        margin_ratio="10.00000000",
        index_price=fixed8(price),
        liquidate_price=ZERO_FIXED,
        liquidate_rate=ZERO_FIXED,
        trade_enabled=False,
    )


def _side(view: WalletsView, asset: str, held: dict[str, int]) -> PairAsset:
    units = held.get(asset, 0)
    free = fixed8(units)
    return PairAsset(
        asset=asset,
        borrow_enabled=False,
        borrowed=ZERO_FIXED,
        free=free,
        interest=ZERO_FIXED,
        locked=ZERO_FIXED,
        net_asset=free,
        net_asset_of_btc=fixed8(value_in(view, asset, units, BITCOIN)),
        repay_enabled=False,
        total_asset=free,
    )

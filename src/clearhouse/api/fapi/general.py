"""Ping, time and exchange information of the futures."""

from msgspec import Raw, Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router
from clearhouse.api.errors import Family
from clearhouse.api.limits import IP_POOLS, ORDER_POOLS
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.model.instruments import Asset, Contract
from clearhouse.model.orders import AlgoKind, OrderKind, TimeInForce

router = Router(Family.FAPI)

DELIVERY_DATE = 4_133_404_800_000
ORDER_TYPES = tuple(kind.value for kinds in (OrderKind, AlgoKind) for kind in kinds)
TIMES_IN_FORCE = tuple(time.value for time in TimeInForce if time is not TimeInForce.RPI)
"""RPI is taken and not listed, as on the exchange: a client refuses what its list has not."""


class Empty(Struct, frozen=True):
    """`{}`."""


class ServerTime(Struct, frozen=True, rename="camel"):
    """The venue's time in UTC milliseconds."""

    server_time: int


class RateLimit(Struct, frozen=True, rename="camel"):
    """A limit as `exchangeInfo` lists it."""

    rate_limit_type: str
    interval: str
    interval_num: int
    limit: int


class MarginAsset(Struct, frozen=True, rename="camel"):
    """An asset of the futures account; what has no threshold for its auto-exchange shows 0."""

    asset: str
    margin_available: bool
    auto_asset_exchange: str


class Filter(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A rule for orders of a symbol; only the fields of its type are there."""

    filter_type: str
    max_price: str | None = None
    min_price: str | None = None
    tick_size: str | None = None
    max_qty: str | None = None
    min_qty: str | None = None
    step_size: str | None = None
    limit: int | None = None
    notional: str | None = None
    multiplier_up: str | None = None
    multiplier_down: str | None = None
    multiplier_decimal: str | None = None


class SymbolInfo(Struct, frozen=True, rename="camel"):
    """A contract."""

    symbol: str
    pair: str
    contract_type: str
    delivery_date: int
    onboard_date: int
    status: str
    maint_margin_percent: str
    required_margin_percent: str
    base_asset: str
    quote_asset: str
    margin_asset: str
    price_precision: int
    quantity_precision: int
    base_asset_precision: int
    quote_precision: int
    underlying_type: str
    underlying_sub_type: tuple[str, ...]
    settle_plan: int
    trigger_protect: str
    filters: tuple[Filter, ...]
    order_types: tuple[str, ...]
    time_in_force: tuple[str, ...]
    liquidation_fee: str
    market_take_bound: str


class ExchangeInfo(Struct, frozen=True, rename="camel"):
    """Limits, assets and symbols. `symbols` may be rendered already."""

    timezone: str
    server_time: int
    futures_type: str
    rate_limits: tuple[RateLimit, ...]
    exchange_filters: tuple[str, ...]
    assets: list[MarginAsset]
    symbols: list[SymbolInfo] | Raw


ORDER_LIMITS = [
    RateLimit("ORDERS", pool.interval, pool.interval_num, pool.limit) for pool in ORDER_POOLS
]
RATE_LIMITS = (
    RateLimit("REQUEST_WEIGHT", "MINUTE", 1, IP_POOLS[Family.FAPI].limit),
    *reversed(ORDER_LIMITS),
)


@router.get("/v1/ping", ws="ping")
async def ping(_: Context) -> Empty:
    """Test connectivity."""
    return Empty()


@router.get("/v1/time", ws="time")
async def time(ctx: Context) -> ServerTime:
    """Server time."""
    return ServerTime(ctx.now)


@router.get("/v1/exchangeInfo")
async def exchange_info(ctx: Context) -> ExchangeInfo:
    """Exchange information: limits, assets, and every symbol with its filters."""
    listed = await ctx.read(ReadCatalogue())
    symbols = ctx.rendered.json(
        "fapi symbols", listed.revision, lambda: [_symbol(c) for c in listed.contracts.values()]
    )
    assets = [_asset(asset) for asset in listed.assets.values() if asset.futures]
    return ExchangeInfo("UTC", ctx.now, "U_MARGINED", RATE_LIMITS, (), assets, symbols)


def _asset(asset: Asset) -> MarginAsset:
    threshold = asset.collateral.auto_exchange_threshold if asset.collateral else None
    return MarginAsset(asset.name, asset.collateral is not None, threshold or "0")


def _symbol(contract: Contract) -> SymbolInfo:
    return SymbolInfo(
        symbol=contract.symbol,
        pair=contract.symbol,
        contract_type="PERPETUAL",
        delivery_date=DELIVERY_DATE,
        onboard_date=contract.onboard_date,
        status="TRADING",
        maint_margin_percent="2.5000",
        required_margin_percent="5.0000",
        base_asset=contract.base_asset,
        quote_asset=contract.quote_asset,
        margin_asset=contract.margin_asset,
        price_precision=contract.price_precision,
        quantity_precision=contract.quantity_precision,
        base_asset_precision=8,
        quote_precision=8,
        underlying_type="COIN",
        underlying_sub_type=(),
        settle_plan=0,
        trigger_protect=contract.trigger_protect,
        filters=_filters(contract),
        order_types=ORDER_TYPES,
        time_in_force=TIMES_IN_FORCE,
        liquidation_fee=contract.liquidation_fee,
        market_take_bound=contract.market_take_bound,
    )


def _filters(c: Contract) -> tuple[Filter, ...]:
    """PRICE_FILTER stands first: a client reads the tick size from the first filter."""
    return (
        Filter("PRICE_FILTER", max_price=c.max_price, min_price=c.min_price, tick_size=c.tick_size),
        Filter("LOT_SIZE", max_qty=c.max_qty, min_qty=c.min_qty, step_size=c.step_size),
        Filter(
            "MARKET_LOT_SIZE",
            max_qty=c.market_max_qty,
            min_qty=c.market_min_qty,
            step_size=c.step_size,
        ),
        Filter("MAX_NUM_ORDERS", limit=c.max_num_orders),
        Filter("MIN_NOTIONAL", notional=c.min_notional),
        Filter(
            "PERCENT_PRICE",
            multiplier_up=c.multiplier_up,
            multiplier_down=c.multiplier_down,
            multiplier_decimal=c.multiplier_decimal,
        ),
    )

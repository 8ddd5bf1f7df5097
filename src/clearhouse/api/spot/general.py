"""Spot: what clients call when they start, and the spot wallet as account information."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.fapi.general import Empty, RateLimit, ServerTime
from clearhouse.api.limits import IP_POOLS
from clearhouse.api.params import TEXT, Form, Switch, Symbol, choice, one_of
from clearhouse.messages.queries import CatalogueView, ReadCatalogue, ReadWallets
from clearhouse.messages.rejections import Reason
from clearhouse.model.instruments import Contract
from clearhouse.model.money import ZERO_FIXED, fixed8
from clearhouse.model.wallets import MAIN

router = Router(Family.SPOT)

SYMBOLS_HELD_ONLY = "BREAK"
"""Pairs can be held (isolated margin) but not traded: their status says so."""


class SpotSymbol(Struct, frozen=True, rename="camel"):
    """A pair."""

    symbol: str
    status: str
    base_asset: str
    base_asset_precision: int
    quote_asset: str
    quote_precision: int
    quote_asset_precision: int
    base_commission_precision: int
    quote_commission_precision: int
    order_types: tuple[str, ...]
    iceberg_allowed: bool
    oco_allowed: bool
    oto_allowed: bool
    opo_allowed: bool
    quote_order_qty_market_allowed: bool
    allow_trailing_stop: bool
    cancel_replace_allowed: bool
    amend_allowed: bool
    peg_instructions_allowed: bool
    is_spot_trading_allowed: bool
    is_margin_trading_allowed: bool
    filters: tuple[str, ...]
    permissions: tuple[str, ...]
    permission_sets: tuple[tuple[str, ...], ...]
    default_self_trade_prevention_mode: str
    allowed_self_trade_prevention_modes: tuple[str, ...]


class SpotExchangeInfo(Struct, frozen=True, rename="camel"):
    """Limits and pairs."""

    timezone: str
    server_time: int
    rate_limits: tuple[RateLimit, ...]
    exchange_filters: tuple[str, ...]
    symbols: list[SpotSymbol]


class SymbolStatus(StrEnum):
    """Whether a pair is traded."""

    TRADING = "TRADING"
    HALT = "HALT"
    BREAK = "BREAK"


PERMISSIONS = "SPOT", "MARGIN"
"""Of every pair here; the others are those of accounts that may trade less than all."""
GROUPS = tuple(f"TRD_GRP_{number:03}" for number in range(2, 26))
Permission = Annotated[str, one_of((*PERMISSIONS, "LEVERAGED", *GROUPS))]
Pairs = Annotated[str, Form("LIST", TEXT.parse, longest=TEXT.longest)]
Status = Annotated[SymbolStatus, choice(SymbolStatus)]


class SpotSymbolsParams(Struct, frozen=True, rename="camel"):
    """One pair, or a JSON list of pairs, or all of some permission or status."""

    symbol: Symbol | None = None
    symbols: Pairs | None = None
    permissions: Permission | None = None
    show_permission_sets: Switch = True
    symbol_status: Status | None = None


class AccountParams(Struct, frozen=True, rename="camel"):
    """Whether to leave zero balances out."""

    omit_zero_balances: Switch = False


class CommissionRates(Struct, frozen=True):
    """Rates of the spot market."""

    maker: str
    taker: str
    buyer: str
    seller: str


class SpotBalance(Struct, frozen=True):
    """An asset of the spot wallet."""

    asset: str
    free: str
    locked: str


class SpotAccount(Struct, frozen=True, rename="camel"):
    """The spot wallet as account information."""

    maker_commission: int
    taker_commission: int
    buyer_commission: int
    seller_commission: int
    commission_rates: CommissionRates
    can_trade: bool
    can_withdraw: bool
    can_deposit: bool
    brokered: bool
    require_self_trade_prevention: bool
    prevent_sor: bool
    update_time: int
    account_type: str
    balances: list[SpotBalance]
    permissions: tuple[str, ...]
    uid: int


@router.get("/v3/ping")
async def ping(_: Context) -> Empty:
    """Test connectivity."""
    return Empty()


@router.get("/v3/time")
async def time(ctx: Context) -> ServerTime:
    """Server time."""
    return ServerTime(ctx.now)


@router.get("/v3/exchangeInfo", weight=ip(20))
async def exchange_info(ctx: Context, params: SpotSymbolsParams) -> SpotExchangeInfo:
    """Exchange information: the listed pairs, none of which can be traded on spot here.

    Their status is BREAK and their permissions are SPOT and MARGIN, so with another `symbolStatus`
    or `permissions` there are none. Neither goes with `symbol` or `symbols`.
    """
    listed = await ctx.read(ReadCatalogue())
    wanted = wanted_symbols(params.symbol, params.symbols, listed)
    limits = (RateLimit("REQUEST_WEIGHT", "MINUTE", 1, IP_POOLS[Family.SPOT].limit),)
    sets = (PERMISSIONS,) if params.show_permission_sets else ()
    symbols = [_symbol(listed.contracts[name], sets) for name in wanted if _matches(params)]
    return SpotExchangeInfo("UTC", ctx.now, limits, (), symbols)


@router.get("/v3/account", security=Security.USER_DATA, weight=ip(20))
async def account(ctx: Context, params: AccountParams) -> SpotAccount:
    """Account information: the spot wallet.

    Every listed asset, or only what is there with `omitZeroBalances`.
    """
    view = await ctx.read(ReadWallets(ctx.uid))
    listed = await ctx.read(ReadCatalogue())
    held = {h.asset: h.units for h in view.holdings if h.wallet == MAIN}
    return SpotAccount(
        maker_commission=0,
        taker_commission=0,
        buyer_commission=0,
        seller_commission=0,
        commission_rates=CommissionRates(*(ZERO_FIXED,) * 4),
        can_trade=False,
        can_withdraw=True,
        can_deposit=True,
        brokered=False,
        require_self_trade_prevention=False,
        prevent_sor=False,
        update_time=view.moved_at,
        account_type="SPOT",
        balances=[
            SpotBalance(asset, fixed8(held.get(asset, 0)), ZERO_FIXED)
            for asset in listed.assets
            if held.get(asset, 0) or not params.omit_zero_balances
        ],
        permissions=("SPOT",),
        uid=ctx.uid,
    )


def wanted_symbols(symbol: str | None, symbols: str | None, listed: CatalogueView) -> list[str]:
    """The pairs that are named, else all. Refuses both names at once, and unknown pairs."""
    if symbol is not None and symbols is not None:
        raise ApiError(Fault.INVALID, "symbols", hint="send symbol or symbols, not both")
    names = list(listed.contracts)
    if symbol is not None:
        names = [symbol]
    elif symbols is not None:
        names = _json_names(symbols)
    if any(name not in listed.contracts for name in names):
        raise ApiError(Reason.UNKNOWN_SYMBOL)
    return names


def _json_names(text: str) -> list[str]:
    try:
        return msgspec.json.decode(text, type=list[str])
    except msgspec.MsgspecError:
        raise ApiError(Fault.INVALID, "symbols", hint="it must be a JSON list of texts") from None


def _matches(params: SpotSymbolsParams) -> bool:
    """Whether the pairs of this venue are of the status and permission asked for."""
    named = params.symbol is not None or params.symbols is not None
    for name, value in (
        ("permissions", params.permissions),
        ("symbolStatus", params.symbol_status),
    ):
        if named and value is not None:
            raise ApiError(Fault.INVALID, name, hint="it does not go with symbol or symbols")
    of_status = params.symbol_status in (None, SYMBOLS_HELD_ONLY)
    return of_status and (params.permissions is None or params.permissions in PERMISSIONS)


def _symbol(contract: Contract, permission_sets: tuple[tuple[str, ...], ...]) -> SpotSymbol:
    return SpotSymbol(
        symbol=contract.symbol,
        status=SYMBOLS_HELD_ONLY,
        base_asset=contract.base_asset,
        base_asset_precision=8,
        quote_asset=contract.quote_asset,
        quote_precision=8,
        quote_asset_precision=8,
        base_commission_precision=8,
        quote_commission_precision=8,
        order_types=(),
        iceberg_allowed=False,
        oco_allowed=False,
        oto_allowed=False,
        opo_allowed=False,
        quote_order_qty_market_allowed=False,
        allow_trailing_stop=False,
        cancel_replace_allowed=False,
        amend_allowed=False,
        peg_instructions_allowed=False,
        is_spot_trading_allowed=False,
        is_margin_trading_allowed=True,
        filters=(),
        permissions=(),
        permission_sets=permission_sets,
        default_self_trade_prevention_mode="NONE",
        allowed_self_trade_prevention_modes=("NONE",),
    )

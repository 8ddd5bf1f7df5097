"""Dust that could be turned, and what into; nothing moves here.

Sources: «Assets That Can Be Converted Into BNB» and «Dust Convertible Assets». A balance that
is worth less than a unit of the target is left out.
"""

from msgspec import Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security
from clearhouse.api.errors import Family
from clearhouse.api.params import Amount, Asset
from clearhouse.api.sapi.dust import BNB, WALLETS, Account, AccountType
from clearhouse.api.valuation import value_in
from clearhouse.messages.queries import (
    CatalogueView,
    DustQuote,
    QuoteDust,
    ReadCatalogue,
)
from clearhouse.model.money import trimmed
from clearhouse.wallets.dust import CHARGE_RATE, DUST_BELOW

router = Router(Family.SAPI)

BITCOIN, TETHER = "BTC", "USDT"


class BnbParams(Struct, frozen=True, rename="camel"):
    """Whose dust."""

    account_type: Account = AccountType.SPOT


class IntoBnb(Struct, frozen=True, rename="camel"):
    """A balance, its worth, and what is left of that after the charge (`exchange`)."""

    asset: str
    asset_full_name: str
    amount_free: str
    to_btc: str = field(name="toBTC")
    to_bnb: str = field(name="toBNB")
    to_bnb_off_exchange: str = field(name="toBNBOffExchange")
    exchange: str


class BnbDust(Struct, frozen=True, rename="camel"):
    """All dust, valued in BTC and BNB before the charge."""

    details: list[IntoBnb]
    total_transfer_btc: str
    total_transfer_bnb: str = field(name="totalTransferBNB")
    dribblet_percentage: str


class TargetParams(Struct, frozen=True, rename="camel"):
    """Into what, and whose dust; the index prices count, not the client's."""

    target_asset: Asset
    account_type: Account = AccountType.SPOT
    dust_quota_asset_to_target_asset_price: Amount | None = None


class IntoTarget(Struct, frozen=True, rename="camel"):
    """A balance, its worth, and what is left of that after the charge (`exchange`)."""

    asset: str
    asset_full_name: str
    amount_free: str
    exchange: str
    to_quota_asset_amount: str
    to_target_asset_amount: str
    to_target_asset_off_exchange: str


class TargetDust(Struct, frozen=True, rename="camel"):
    """All dust, valued in USDT and the target. `dribblet_base`: worth less it is dust, in USD."""

    dribblet_percentage: str
    total_transfer_quota_asset_amount: str
    total_transfer_target_asset_amount: str
    dribblet_base: str
    details: list[IntoTarget]


@router.post("/v1/asset/dust-btc", security=Security.USER_DATA)
async def assets_into_bnb(ctx: Context, params: BnbParams) -> BnbDust:
    """Assets that can be converted into BNB."""
    quotes, listed = await _quoted(ctx, params.account_type, BNB)
    return BnbDust(
        [_into_bnb(listed, quoted) for quoted in quotes],
        _total(listed, quotes, BITCOIN),
        trimmed(sum(quoted.proceeds for quoted in quotes)),
        trimmed(CHARGE_RATE),
    )


@router.post("/v1/asset/dust-convert/query-convertible-assets", security=Security.USER_DATA)
async def convertible_assets(ctx: Context, params: TargetParams) -> TargetDust:
    """Dust convertible assets: what could be turned into an asset."""
    quotes, listed = await _quoted(ctx, params.account_type, params.target_asset)
    return TargetDust(
        trimmed(CHARGE_RATE),
        _total(listed, quotes, TETHER),
        trimmed(sum(quoted.proceeds for quoted in quotes)),
        trimmed(DUST_BELOW),
        [_into_target(listed, quoted) for quoted in quotes],
    )


async def _quoted(
    ctx: Context, account: AccountType, target: str
) -> tuple[tuple[DustQuote, ...], CatalogueView]:
    quotes = await ctx.read(QuoteDust(ctx.uid, WALLETS[account], target))
    return quotes, await ctx.read(ReadCatalogue())


def _total(listed: CatalogueView, quotes: tuple[DustQuote, ...], quote: str) -> str:
    return trimmed(sum(value_in(listed, row.asset, row.units, quote) for row in quotes))


def _into_bnb(listed: CatalogueView, quoted: DustQuote) -> IntoBnb:
    return IntoBnb(
        asset=quoted.asset,
        asset_full_name=listed.assets[quoted.asset].full_name,
        amount_free=trimmed(quoted.units),
        to_btc=trimmed(value_in(listed, quoted.asset, quoted.units, BITCOIN)),
        to_bnb=trimmed(quoted.proceeds),
        to_bnb_off_exchange=trimmed(quoted.proceeds - quoted.charge),
        exchange=trimmed(quoted.charge),
    )


def _into_target(listed: CatalogueView, quoted: DustQuote) -> IntoTarget:
    return IntoTarget(
        asset=quoted.asset,
        asset_full_name=listed.assets[quoted.asset].full_name,
        amount_free=trimmed(quoted.units),
        exchange=trimmed(quoted.charge),
        to_quota_asset_amount=trimmed(value_in(listed, quoted.asset, quoted.units, TETHER)),
        to_target_asset_amount=trimmed(quoted.proceeds),
        to_target_asset_off_exchange=trimmed(quoted.proceeds - quoted.charge),
    )

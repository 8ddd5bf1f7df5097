"""Coins: `capital/config/getall`. Clients look up every asset of exchangeInfo here.

Every coin has one network, the venue itself: what is sent is there at once, whole and for free.
"""

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.messages.queries import ReadCatalogue, ReadWallets
from clearhouse.model.addresses import ADDRESS_PATTERN, NETWORK
from clearhouse.model.instruments import Asset
from clearhouse.model.money import trimmed
from clearhouse.model.wallets import MAIN

router = Router(Family.SAPI)

MAX_WITHDRAWAL = "9999999999"


class Network(Struct, frozen=True, rename="camel"):
    """A network that a coin can be sent by."""

    network: str
    coin: str
    withdraw_integer_multiple: str
    is_default: bool
    deposit_enable: bool
    withdraw_enable: bool
    deposit_desc: str
    withdraw_desc: str
    special_tips: str
    special_withdraw_tips: str
    name: str
    reset_address_status: bool
    address_regex: str
    memo_regex: str
    withdraw_fee: str
    withdraw_min: str
    withdraw_max: str
    withdraw_internal_min: str
    deposit_dust: str
    min_confirm: int
    un_lock_confirm: int
    same_address: bool
    withdraw_tag: bool
    estimated_arrival_time: int
    busy: bool
    contract_address_url: str
    contract_address: str
    denomination: int


class Coin(Struct, frozen=True, rename="camel"):
    """An asset and the caller's spot balance of it."""

    coin: str
    deposit_all_enable: bool
    withdraw_all_enable: bool
    name: str
    free: str
    locked: str
    freeze: str
    withdrawing: str
    ipoing: str
    ipoable: str
    storage: str
    is_legal_money: bool
    trading: bool
    network_list: list[Network]


@router.get("/v1/capital/config/getall", security=Security.USER_DATA, weight=ip(10))
async def all_coins(ctx: Context) -> list[Coin]:
    """All coins' information: every listed asset and the one network here."""
    view = await ctx.read(ReadWallets(ctx.uid))
    listed = await ctx.read(ReadCatalogue())
    spot = {h.asset: h.units for h in view.holdings if h.wallet == MAIN}
    return [_coin(asset, spot.get(asset.name, 0)) for asset in listed.assets.values()]


def _coin(asset: Asset, units: int) -> Coin:
    return Coin(
        coin=asset.name,
        deposit_all_enable=True,
        withdraw_all_enable=True,
        name=asset.full_name,
        free=trimmed(units),
        locked="0",
        freeze="0",
        withdrawing="0",
        ipoing="0",
        ipoable="0",
        storage="0",
        is_legal_money=False,
        trading=True,
        network_list=[_network(asset)],
    )


def _network(asset: Asset) -> Network:
    return Network(
        network=NETWORK,
        coin=asset.name,
        withdraw_integer_multiple="0.00000001",
        is_default=True,
        deposit_enable=True,
        withdraw_enable=True,
        deposit_desc="",
        withdraw_desc="",
        special_tips="Deposits come from the control plane and from accounts of this venue.",
        special_withdraw_tips="Nothing leaves this machine; accounts of this venue are credited.",
        name="Clearhouse",
        reset_address_status=False,
        address_regex=ADDRESS_PATTERN,
        memo_regex="",
        withdraw_fee="0",
        withdraw_min="0.00000001",
        withdraw_max=MAX_WITHDRAWAL,
        withdraw_internal_min="0.00000001",
        deposit_dust="0.00000001",
        min_confirm=1,
        un_lock_confirm=0,
        same_address=False,
        withdraw_tag=False,
        estimated_arrival_time=0,
        busy=False,
        contract_address_url="",
        contract_address="",
        denomination=1,
    )

"""Dust: turning small balances into one asset, and the log of it.

Sources: «Dust Transfer», «Dust Convert» and «Dust Log». In their samples the charge is 2% of
`transferedAmount` where dust is turned, and of `transferedAmount` and charge together in the
log: the answer shows what the dust was worth, the log what arrived.
"""

from collections.abc import Callable
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Annotated

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, uid
from clearhouse.api.errors import Family
from clearhouse.api.params import Amount, Asset, Assets, Text, Time, choice
from clearhouse.api.windows import closed_window
from clearhouse.messages.commands import ConvertDust
from clearhouse.messages.events import DustConverted
from clearhouse.messages.histories import DustHistory, DustRow
from clearhouse.model.access import Permission
from clearhouse.model.money import fixed8, trimmed
from clearhouse.model.wallets import MAIN, MARGIN

router = Router(Family.SAPI)

BNB = "BNB"
"""What dust is turned into where no target is named."""
LOGGED = 100
"""Conversions that the log shows."""


class AccountType(StrEnum):
    """Whose dust."""

    SPOT = "SPOT"
    MARGIN = "MARGIN"


WALLETS = {AccountType.SPOT: MAIN, AccountType.MARGIN: MARGIN}
Account = Annotated[AccountType, choice(AccountType)]


class DustParams(Struct, frozen=True, rename="camel"):
    """Which balances: the name may be repeated, or the assets separated by commas."""

    asset: Assets
    account_type: Account = AccountType.SPOT


class ConvertParams(Struct, frozen=True, rename="camel"):
    """Which balances into what.

    A conversion goes at the index prices, and a second one finds nothing left: the client's
    ids and its price change nothing.
    """

    asset: Assets
    account_type: Account = AccountType.SPOT
    client_id: Text | None = None
    target_asset: Asset = BNB
    third_party_client_id: Text | None = None
    dust_quota_asset_to_target_asset_price: Amount | None = None


class Turned(Struct, frozen=True, rename="camel"):
    """One asset that was turned: what went, what it was worth, and the charge on that."""

    amount: str
    from_asset: str
    operate_time: int
    service_charge_amount: str
    tran_id: int
    transfered_amount: str


class AllTurned(Struct, frozen=True, rename="camel"):
    """Everything that was turned."""

    total_service_charge: str
    total_transfered: str
    transfer_result: list[Turned]


class LogParams(Struct, frozen=True, rename="camel"):
    """Whose log, and when."""

    account_type: Account = AccountType.SPOT
    start_time: Time | None = None
    end_time: Time | None = None


class LoggedPart(Struct, frozen=True, rename="camel"):
    """One asset of a past conversion: what went, what arrived, and the charge."""

    trans_id: int
    service_charge_amount: str
    amount: str
    operate_time: int
    transfered_amount: str
    from_asset: str
    target_asset: str


class LoggedConversion(Struct, frozen=True, rename="camel"):
    """A past conversion."""

    operate_time: int
    total_transfered_amount: str
    total_service_charge_amount: str
    trans_id: int
    user_asset_dribblet_details: list[LoggedPart]


class DustLog(Struct, frozen=True, rename="camel"):
    """Past conversions, newest first, and the number of them."""

    total: int
    user_asset_dribblets: list[LoggedConversion]


@router.post(
    "/v1/asset/dust",
    security=Security.USER_DATA,
    permissions=(Permission.SPOT_AND_MARGIN_TRADING,),
    weight=uid(10),
)
async def dust_transfer(ctx: Context, params: DustParams) -> AllTurned:
    """Dust transfer: turn small balances into BNB.

    At the index prices, less 2%; a balance worth 10 USD or more is no dust.
    """
    wallet = WALLETS[params.account_type]
    command = ConvertDust(uid=ctx.uid, wallet=wallet, assets=params.asset, target=BNB)
    return _turned(await ctx.submit(command, DustConverted), fixed8)


@router.post(
    "/v1/asset/dust-convert/convert",
    security=Security.USER_DATA,
    permissions=(Permission.SPOT_AND_MARGIN_TRADING,),
    weight=uid(10),
)
async def dust_convert(ctx: Context, params: ConvertParams) -> AllTurned:
    """Dust convert: turn small balances into any listed asset, else into BNB."""
    command = ConvertDust(
        uid=ctx.uid,
        wallet=WALLETS[params.account_type],
        assets=params.asset,
        target=params.target_asset,
    )
    return _turned(await ctx.submit(command, DustConverted), trimmed)


@router.get("/v1/asset/dribblet", security=Security.USER_DATA)
async def dust_log(ctx: Context, params: LogParams) -> DustLog:
    """Dust log: the last 100 conversions, newest first."""
    start, end = closed_window(params.start_time or 0, params.end_time, ctx.now, default_ms=0)
    asked = DustHistory(
        uid=ctx.uid, wallet=WALLETS[params.account_type], start=start, end=end, limit=LOGGED
    )
    rows = await ctx.read(asked)
    conversions = groupby(rows, attrgetter("conversion"))
    logged = [_logged(number, list(parts)) for number, parts in conversions]
    return DustLog(len(logged), logged)


def _turned(done: DustConverted, written: Callable[[int], str]) -> AllTurned:
    parts = [
        Turned(
            amount=written(part.units),
            from_asset=part.asset,
            operate_time=done.at,
            service_charge_amount=written(part.charge),
            tran_id=part.tran_id,
            transfered_amount=written(part.proceeds),
        )
        for part in done.parts
    ]
    charged = sum(part.charge for part in done.parts)
    worth = sum(part.proceeds for part in done.parts)
    return AllTurned(written(charged), written(worth), parts)


def _logged(number: int, parts: list[DustRow]) -> LoggedConversion:
    return LoggedConversion(
        operate_time=parts[0].at,
        total_transfered_amount=trimmed(sum(part.proceeds - part.charge for part in parts)),
        total_service_charge_amount=trimmed(sum(part.charge for part in parts)),
        trans_id=number,
        user_asset_dribblet_details=[_logged_part(part) for part in parts],
    )


def _logged_part(part: DustRow) -> LoggedPart:
    return LoggedPart(
        trans_id=part.tran_id,
        service_charge_amount=trimmed(part.charge),
        amount=trimmed(part.units),
        operate_time=part.at,
        transfered_amount=trimmed(part.proceeds - part.charge),
        from_asset=part.asset,
        target_asset=part.target,
    )

"""Deposits: where they may be sent, and which came.

Source: «Deposit Address», «Fetch deposit address list with network», «Deposit History» and
«One click arrival deposit apply»; the choices made stand in docs/reference/capital.md.
"""

from typing import Annotated

from msgspec import UNSET, Struct, UnsetType

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.params import INTEGER, Amount, Switch, Text, Time, integer_in
from clearhouse.api.sapi.movements import (
    EXTERNAL,
    HISTORY_MS,
    INTERNAL,
    WALLETS,
    Coin,
    Limit,
    Network,
    Offset,
    transaction_id,
    transaction_number,
)
from clearhouse.api.windows import beyond_days, closed_window
from clearhouse.messages.histories import DepositHistory, DepositRow
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.rejections import Reason
from clearhouse.model.addresses import NETWORK, deposit_address
from clearhouse.model.ids import Millis, TranId, Uid
from clearhouse.model.money import trimmed

router = Router(Family.SAPI)

SUCCESS = 1
"""The `status` of every deposit: one that has come is credited."""


class AddressParams(Struct, frozen=True, rename="camel"):
    """A coin, and the network to send it by. `amount` is for Lightning alone, and ignored."""

    coin: Coin
    network: Network = NETWORK
    amount: Amount | None = None


class AddressListParams(Struct, frozen=True, rename="camel"):
    """A coin, and the network to send it by."""

    coin: Coin
    network: Network = NETWORK


class DepositAddress(Struct, frozen=True):
    """Where to send a coin. `url`: no explorer shows this venue."""

    address: str
    coin: str
    tag: str = ""
    url: str = ""


class ListedAddress(Struct, frozen=True, rename="camel"):
    """An address of the caller; each coin and network has one."""

    coin: str
    address: str
    tag: str = ""
    is_default: int = 1


class HistoryParams(Struct, frozen=True, rename="camel"):
    """Which deposits, and which page of them."""

    include_source: Switch = False
    coin: Coin | None = None
    status: Annotated[int, integer_in(0, 8)] | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    offset: Offset = 0
    limit: Limit = 1000
    tx_id: Text | None = None


class Deposit(Struct, frozen=True, kw_only=True, rename="camel"):
    """One past deposit."""

    id: str
    amount: str
    coin: str
    network: str
    status: int = SUCCESS
    address: str
    address_tag: str = ""
    tx_id: str
    insert_time: int
    complete_time: int
    transfer_type: int
    confirm_times: str = "1/1"
    unlock_confirm: int = 0
    wallet_type: int
    travel_rule_status: int = 0
    source_address: str | UnsetType = UNSET


class ApplyParams(Struct, frozen=True, rename="camel"):
    """A deposit by its id or its transaction; the id goes first."""

    deposit_id: Annotated[int, INTEGER] | None = None
    tx_id: Text | None = None
    sub_account_id: Text | None = None
    sub_user_id: Annotated[int, INTEGER] | None = None


class Applied(Struct, frozen=True):
    """The deposit is in the wallet."""

    code: str = "000000"
    message: str = "success"
    data: bool = True
    success: bool = True


@router.get("/v1/capital/deposit/address", security=Security.USER_DATA, weight=ip(10))
async def address(ctx: Context, params: AddressParams) -> DepositAddress:
    """Deposit address (supporting network)."""
    await _require_coin(ctx, params.coin)
    return DepositAddress(deposit_address(ctx.uid, params.coin, params.network), params.coin)


@router.get("/v1/capital/deposit/address/list", security=Security.USER_DATA, weight=ip(10))
async def address_list(ctx: Context, params: AddressListParams) -> list[ListedAddress]:
    """Fetch deposit address list with network."""
    await _require_coin(ctx, params.coin)
    return [ListedAddress(params.coin, deposit_address(ctx.uid, params.coin, params.network))]


@router.post("/v1/capital/deposit/credit-apply", security=Security.USER_DATA)
async def credit_apply(ctx: Context, params: ApplyParams) -> Applied:
    """One click arrival deposit apply.

    Deposits are credited when they come, so there is nothing to do but to find it.
    """
    if params.sub_account_id is not None or params.sub_user_id is not None:
        which = "subUserId" if params.sub_account_id is None else "subAccountId"
        raise ApiError(Fault.INVALID, which, hint="there are no sub-accounts here")
    name, number = "depositId", None
    if params.deposit_id is not None:
        number = TranId(params.deposit_id)
    elif params.tx_id is not None:
        name, number = "txId", transaction_number(params.tx_id)
    else:
        raise ApiError(Fault.MISSING, name)
    if number is None or not await _deposits(ctx, Millis(0), ctx.now, tran_id=number):
        raise ApiError(Fault.INVALID, name, hint="this account has no such deposit")
    return Applied()


@router.get("/v1/capital/deposit/hisrec", security=Security.USER_DATA)
async def history(ctx: Context, params: HistoryParams) -> list[Deposit]:
    """Deposit history (supporting network): spot and funding wallet, newest first.

    Without times the last 90 days; a window of more is refused.
    """
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=HISTORY_MS,
        longest_ms=HISTORY_MS,
        too_long=beyond_days,
    )
    number = None if params.tx_id is None else transaction_number(params.tx_id)
    if params.status not in (None, SUCCESS) or (params.tx_id is not None and number is None):
        return []
    rows = await _deposits(
        ctx, start, end, params.offset, params.limit, asset=params.coin, tran_id=number
    )
    found = [_deposit(ctx.uid, row, with_source=params.include_source) for row in rows]
    return [row for row in found if params.tx_id in (None, row.tx_id)]


async def _require_coin(ctx: Context, coin: str) -> None:
    if coin not in (await ctx.read(ReadCatalogue())).assets:
        raise ApiError(Reason.WITHDRAWAL_ASSET_UNKNOWN, hint=f"no asset {coin} is listed")


async def _deposits(  # noqa: PLR0913  the keywords are those of the query
    ctx: Context,
    start: Millis,
    end: Millis,
    offset: int = 0,
    limit: int = 1,
    *,
    asset: str | None = None,
    tran_id: TranId | None = None,
) -> tuple[DepositRow, ...]:
    return await ctx.read(
        DepositHistory(
            uid=ctx.uid,
            wallets=WALLETS,
            start=start,
            end=end,
            offset=offset,
            limit=limit,
            asset=asset,
            tran_id=tran_id,
        )
    )


def _deposit(uid: Uid, row: DepositRow, *, with_source: bool) -> Deposit:
    sent = row.sent
    network = sent.network if sent else NETWORK
    internal = sent is not None and sent.internal
    source = deposit_address(sent.uid, row.asset, network) if sent else ""
    return Deposit(
        id=str(row.tran_id),
        amount=trimmed(row.units),
        coin=row.asset,
        network=network,
        address=deposit_address(uid, row.asset, network),
        tx_id=transaction_id(row.tran_id, internal=internal),
        insert_time=row.at,
        complete_time=row.at,
        transfer_type=INTERNAL if internal else EXTERNAL,
        wallet_type=WALLETS.index(row.wallet),
        source_address=source if with_source else UNSET,
    )

"""Withdrawals: sending money to an address, what was sent, and who may be sent to.

Source: «Withdraw», «Withdraw History», «Fetch withdraw address list» and «Fetch withdraw
quota»; every refusal stands in docs/reference/capital.md.
"""

from time import gmtime, strftime
from typing import Annotated

from msgspec import UNSET, Struct, UnsetType

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip, uid
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.params import Amount, Switch, Text, Time, integer_in, text_up_to
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
    withdrawal_id,
    withdrawal_number,
)
from clearhouse.api.windows import beyond_days, closed_window
from clearhouse.messages.commands import SendWithdrawal
from clearhouse.messages.events import WithdrawalSent
from clearhouse.messages.histories import WithdrawalHistory, WithdrawalRow
from clearhouse.messages.queries import ReadWalletSettings
from clearhouse.messages.rejections import Reason
from clearhouse.model.access import Permission
from clearhouse.model.addresses import ADDRESS_PATTERN, NETWORK, well_formed
from clearhouse.model.ids import DAY_MS, Millis, TranId
from clearhouse.model.money import Money, fixed8, trimmed
from clearhouse.wallets.withdrawal import DAILY_QUOTA

router = Router(Family.SAPI)

COMPLETED = 6
"""The `status` of every withdrawal: one that is accepted has left."""

BY_ORDER_ID_MS = 7 * DAY_MS
MAX_IDS, MAX_ID_LIST = 45, 2_000


class WithdrawParams(Struct, frozen=True, rename="camel"):
    """How much of what to send where. There is no fee, and so nobody to bear it."""

    coin: Coin
    address: Text
    amount: Amount
    withdraw_order_id: Text = ""
    network: Network = NETWORK
    address_tag: Text = ""
    transaction_fee_flag: Switch = False
    name: Text = ""
    wallet_type: Annotated[int, integer_in(0, 1)] = 0


class Sent(Struct, frozen=True):
    """The id of the withdrawal; history rows carry it too."""

    id: str


class HistoryParams(Struct, frozen=True, rename="camel"):
    """Which withdrawals, and which page of them."""

    coin: Coin | None = None
    withdraw_order_id: Text | None = None
    status: Annotated[int, integer_in(0, 6)] | None = None
    offset: Offset = 0
    limit: Limit = 1000
    id_list: Annotated[str, text_up_to(MAX_ID_LIST)] | None = None
    start_time: Time | None = None
    end_time: Time | None = None


class Withdrawal(Struct, frozen=True, kw_only=True, rename="camel"):
    """One past withdrawal; `withdrawOrderId` only where the client gave one."""

    id: str
    amount: str
    transaction_fee: str = "0"
    coin: str
    status: int = COMPLETED
    address: str
    tx_id: str
    apply_time: str
    network: str
    transfer_type: int
    withdraw_order_id: str | UnsetType
    info: str = ""
    confirm_no: int = 1
    wallet_type: int
    tx_key: str = ""
    complete_time: str


class BookEntry(Struct, frozen=True, kw_only=True, rename="camel"):
    """An address of the address book. `whiteStatus`: it may be used while the whitelist is on."""

    address: str
    address_tag: str
    coin: str
    name: str
    network: str
    origin: str = ""
    origin_type: str = "others"
    white_status: bool


class Quota(Struct, frozen=True, rename="camel"):
    """USD that may leave in 24 hours, and that did."""

    wd_quota: str
    used_wd_quota: str


@router.post(
    "/v1/capital/withdraw/apply",
    security=Security.USER_DATA,
    permissions=(Permission.WITHDRAWALS,),
    weight=uid(900),
)
async def withdraw(ctx: Context, params: WithdrawParams) -> Sent:
    """Withdraw.

    The key needs an IP restriction. An address of an account here is credited at once.
    """
    _require_ip_restriction(ctx)
    _require_form_of_network(params)
    command = SendWithdrawal(
        uid=ctx.uid,
        wallet=WALLETS[params.wallet_type],
        money=Money(params.coin, params.amount),
        network=params.network,
        address=params.address,
        tag=params.address_tag,
        order_id=params.withdraw_order_id,
    )
    return Sent(withdrawal_id((await ctx.submit(command, WithdrawalSent)).tran_id))


@router.get(
    "/v1/capital/withdraw/history", security=Security.USER_DATA, weight=uid(18_000, by_second=True)
)
async def history(ctx: Context, params: HistoryParams) -> list[Withdrawal]:
    """Withdraw history (supporting network), newest first.

    Without times the last 90 days, or 7 with `withdrawOrderId`; a window of more is refused.
    """
    longest = HISTORY_MS if params.withdraw_order_id is None else BY_ORDER_ID_MS
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=longest,
        longest_ms=longest,
        too_long=beyond_days,
    )
    numbers = None if params.id_list is None else _numbers(params.id_list)
    if params.status not in (None, COMPLETED):
        return []
    rows = await ctx.read(
        WithdrawalHistory(
            uid=ctx.uid,
            start=start,
            end=end,
            offset=params.offset,
            limit=params.limit,
            asset=params.coin,
            order_id=params.withdraw_order_id,
            tran_ids=numbers,
        )
    )
    return [_withdrawal(row) for row in rows]


@router.get("/v1/capital/withdraw/address/list", security=Security.USER_DATA, weight=ip(10))
async def address_list(ctx: Context) -> list[BookEntry]:
    """Fetch withdraw address list: the address book, which the control plane keeps."""
    view = await ctx.read(ReadWalletSettings(ctx.uid, ctx.now))
    return [
        BookEntry(
            address=entry.address,
            address_tag=entry.tag,
            coin=entry.coin,
            name=entry.name,
            network=entry.network,
            white_status=entry.trusted,
        )
        for entry in view.addresses
    ]


@router.get("/v1/capital/withdraw/quota", security=Security.USER_DATA, weight=ip(10))
async def quota(ctx: Context) -> Quota:
    """Fetch withdraw quota."""
    view = await ctx.read(ReadWalletSettings(ctx.uid, ctx.now))
    return Quota(trimmed(DAILY_QUOTA), trimmed(view.sent))


def _require_ip_restriction(ctx: Context) -> None:
    """The exchange gives the right to withdraw to such keys only."""
    assert ctx.key is not None
    if not ctx.key.allowed_ips:
        make = f"POST /_clearhouse/v1/accounts/{ctx.uid}/keys with ipRestrict makes one"
        hint = f"withdrawals need a key with an IP restriction: {make}"
        raise ApiError(Fault.NOT_AUTHORISED, hint=hint)


def _require_form_of_network(params: WithdrawParams) -> None:
    """What `capital/config/getall` says of every network here."""
    if params.address_tag:
        hint = "no network here has tags; leave addressTag out"
        raise ApiError(Reason.TAG_NOT_SUPPORTED, hint=hint)
    if not well_formed(params.address):
        raise ApiError(Reason.ADDRESS_ILLEGAL, hint=f"{ADDRESS_PATTERN} is meant")


def _numbers(ids: str) -> tuple[TranId, ...]:
    """The movements of a list of ids; what is no id stands for none."""
    texts = ids.split(",")
    if len(texts) > MAX_IDS:
        raise ApiError(Fault.INVALID, "idList", hint=f"at most {MAX_IDS} ids")
    found = (withdrawal_number(text) for text in texts)
    return tuple(number for number in found if number is not None)


def _withdrawal(row: WithdrawalRow) -> Withdrawal:
    at = _utc(row.at)
    return Withdrawal(
        id=withdrawal_id(row.tran_id),
        amount=fixed8(row.units),
        coin=row.asset,
        address=row.address,
        tx_id=transaction_id(row.tran_id, internal=row.internal),
        apply_time=at,
        network=row.network,
        transfer_type=INTERNAL if row.internal else EXTERNAL,
        withdraw_order_id=row.order_id or UNSET,
        wallet_type=WALLETS.index(row.wallet),
        complete_time=at,
    )


def _utc(at: Millis) -> str:
    return strftime("%Y-%m-%d %H:%M:%S", gmtime(at // 1000))

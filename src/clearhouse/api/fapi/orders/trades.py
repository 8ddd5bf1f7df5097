"""What became of orders: an account's trades, and the changes of an order.

Sources: «Account Trade List», «Get Order Modify History».
"""

from typing import Annotated

from msgspec import Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.fapi.orders.answers import Digits, digits_of
from clearhouse.api.fapi.orders.changing import OrderParams
from clearhouse.api.fapi.orders.forms import OrderId
from clearhouse.api.order_errors import OrderFault
from clearhouse.api.params import Symbol, Time, integer_in
from clearhouse.api.windows import closed_window, more_than_days
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.trading_histories import Amendment, Amendments, UserTrade, UserTrades
from clearhouse.model.ids import DAY_MS
from clearhouse.model.money import fixed8, with_decimals
from clearhouse.model.orders import Side

router = Router(Family.FAPI)

KEPT_MS = 92 * DAY_MS
"""Three months, the longest there are."""
LONGEST_WINDOW_MS = 7 * DAY_MS


class TradesParams(Struct, frozen=True, kw_only=True, rename="camel"):
    """Trades of a symbol, or of every one; of an order, from a trade on, or of a window of time."""

    symbol: Symbol | None = None
    order_id: OrderId | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    from_id: OrderId | None = None
    limit: Annotated[int, integer_in(1, 1000)] = 500


class AmendmentsParams(OrderParams, frozen=True, kw_only=True, rename="camel"):
    """Changes of an order."""

    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, integer_in(1, 100)] = 50


class AccountTrade(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An account's side of a trade; `baseQty` says `qty` again."""

    buyer: bool
    commission: str
    commission_asset: str
    id: int
    maker: bool
    order_id: int
    price: str
    qty: str
    quote_qty: str
    base_qty: str
    margin_asset: str
    realized_pnl: str
    side: str
    position_side: str
    symbol: str
    pair: str
    time: int


class Change(Struct, frozen=True):
    """A number of an order, before and after."""

    before: str
    after: str


class Changes(Struct, frozen=True, rename="camel"):
    """What was changed: the `count`-th change of the order."""

    price: Change
    orig_qty: Change
    count: int
    modify_id: int


class AmendmentRow(Struct, frozen=True, rename="camel"):
    """A change of an order."""

    amendment_id: int
    symbol: str
    pair: str
    order_id: int
    client_order_id: str
    time: int
    amendment: Changes


@router.get("/v1/userTrades", security=Security.USER_DATA, weight=ip(5))
async def user_trades(ctx: Context, params: TradesParams) -> list[AccountTrade]:
    """Account trade list: trades from `fromId` on, of a window of 7 days at most, or the newest.

    Ascending. `orderId` needs `symbol`; `fromId` excludes times. Without any of them the last 7
    days. Trades are kept for 3 months.
    """
    listed = await ctx.read(ReadCatalogue())
    if params.symbol is not None:
        contract_of(listed, params.symbol)
    trades = await ctx.read(_asked(ctx, params))
    digits = {contract.symbol: digits_of(contract) for contract in listed.contracts.values()}
    return [_trade(trade, digits[trade.symbol]) for trade in trades]


@router.get("/v1/orderAmendment", security=Security.USER_DATA)
async def order_amendments(ctx: Context, params: AmendmentsParams) -> list[AmendmentRow]:
    """Order modify history, newest first; it is kept for 3 months."""
    name = params.name
    contract = contract_of(await ctx.read(ReadCatalogue()), params.symbol)
    start, end = closed_window(
        params.start_time, params.end_time, ctx.now, default_ms=KEPT_MS, kept_ms=KEPT_MS
    )
    asked = Amendments(
        uid=ctx.uid,
        symbol=params.symbol,
        name=name,
        start=start,
        end=end,
        limit=params.limit,
    )
    digits = digits_of(contract)
    return [_amendment(row, digits) for row in await ctx.read(asked)]


def _asked(ctx: Context, params: TradesParams) -> UserTrades:
    timed = params.start_time is not None or params.end_time is not None
    if params.order_id is not None and params.symbol is None:
        raise ApiError(Fault.MISSING, "symbol", hint="orderId needs symbol")
    if params.from_id is not None and timed:
        raise ApiError(OrderFault.BAD_COMBINATION, hint="fromId excludes startTime and endTime")
    by_id = params.from_id is not None or params.order_id is not None
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=KEPT_MS if by_id and not timed else LONGEST_WINDOW_MS,
        kept_ms=KEPT_MS,
        longest_ms=LONGEST_WINDOW_MS if timed else None,
        too_long=more_than_days,
    )
    return UserTrades(
        uid=ctx.uid,
        limit=params.limit,
        start=start,
        end=end,
        symbol=params.symbol,
        order_id=params.order_id,
        from_id=params.from_id,
        newest=params.from_id is None and params.start_time is None,
    )


def _trade(trade: UserTrade, digits: Digits) -> AccountTrade:
    quantity = with_decimals(trade.quantity, digits.quantity)
    return AccountTrade(
        buyer=trade.side is Side.BUY,
        commission=fixed8(trade.commission),
        commission_asset=trade.commission_asset,
        id=trade.trade_id,
        maker=trade.maker,
        order_id=trade.order_id,
        price=with_decimals(trade.price, digits.price),
        qty=quantity,
        quote_qty=with_decimals(trade.quote, digits.value),
        base_qty=quantity,
        margin_asset=trade.margin_asset,
        realized_pnl=fixed8(trade.realized),
        side=trade.side,
        position_side=trade.position_side,
        symbol=trade.symbol,
        pair=trade.symbol,
        time=trade.at,
    )


def _amendment(row: Amendment, digits: Digits) -> AmendmentRow:
    price = (with_decimals(at, digits.price) for at in (row.price_before, row.price))
    quantity = (with_decimals(of, digits.quantity) for of in (row.quantity_before, row.quantity))
    changes = Changes(Change(*price), Change(*quantity), row.number, row.modify_id)
    return AmendmentRow(
        amendment_id=row.amendment_id,
        symbol=row.symbol,
        pair=row.symbol,
        order_id=row.order_id,
        client_order_id=row.client_id,
        time=row.at,
        amendment=changes,
    )

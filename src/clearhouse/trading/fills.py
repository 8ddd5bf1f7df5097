"""The two sides of a trade as events: positions, profit, commission, postings.

Commission: docs/internals/numbers.md, "Fees". Realised profit moves between an account (or the
house) and CLEARING, commission to FEES; what the other side of the trade did does not matter.
"""

from collections.abc import Iterator
from typing import NamedTuple

from clearhouse.ledger.chart import CLEARING, FEES, HOUSE, INSURANCE_FUND
from clearhouse.ledger.postings import Posting
from clearhouse.margin.futures_account import DEFAULT_SETTING, RPI_FEE, FuturesAccount
from clearhouse.margin.requirements import initial_margin_rate
from clearhouse.messages.trading_events import FundFilled, HouseFilled, OrderFilled
from clearhouse.model.ids import VENUE, Millis, Uid
from clearhouse.model.instruments import Contract
from clearhouse.model.money import multiply_toward_zero
from clearhouse.model.orders import Order, OrderStatus, Position, TimeInForce
from clearhouse.model.wallets import UMFUTURE, Wallet
from clearhouse.trading.positions import Fill, Outcome, after_fill
from clearhouse.trading.state import Trading

BURNED = "BNB"
BURN_SHARE = 90_000_000
"""A commission that is paid in BNB is 10% smaller."""


class Trade(NamedTuple):
    """What both sides of a trade share."""

    trade_id: int
    price: int
    quantity: int
    at: Millis


class Commission(NamedTuple):
    """What is charged, and what it is worth in the margin asset."""

    asset: str
    units: int
    worth: int


def account_side(state: Trading, order: Order, trade: Trade, *, maker: bool) -> OrderFilled:
    """A trade for the account of an order."""
    contract = state.catalogue.contracts[order.symbol]
    account = state.futures.of(order.uid)
    quote = multiply_toward_zero(trade.quantity, trade.price)
    commission = _commission(state, account, order, quote, maker=maker)
    fill = Fill(
        quantity=trade.quantity * order.side.sign,
        price=trade.price,
        commission=commission.worth,
        mark=state.markets[order.symbol].mark,
        rate=_isolated_rate(account, contract),
        charged=commission.asset == contract.margin_asset,
        at=trade.at,
    )
    before = account.exposure(order.symbol).position(order.position_side)
    position, realized = after_fill(before, fill)
    executed = order.executed + trade.quantity
    return OrderFilled(
        at=trade.at,
        tran_id=state.next_tran_id,
        uid=order.uid,
        order_id=order.order_id,
        symbol=order.symbol,
        side=order.side,
        position_side=order.position_side,
        trade_id=trade.trade_id,
        maker=maker,
        price=trade.price,
        quantity=trade.quantity,
        quote=quote,
        margin_asset=contract.margin_asset,
        realized=realized,
        commission=commission.units,
        commission_asset=commission.asset,
        executed=executed,
        total_quote=order.quote + quote,
        status=OrderStatus.FILLED if executed == order.quantity else OrderStatus.PARTIALLY_FILLED,
        position=position,
        postings=tuple(_postings(order.uid, contract.margin_asset, realized, commission)),
    )


def house_side(state: Trading, quote: Order, trade: Trade, *, maker: bool) -> HouseFilled:
    """A trade for the house: by one of its levels, or by what it always quotes (id 0)."""
    position, realized = _venue_fill(state.markets[quote.symbol].house, quote, trade)
    return HouseFilled(
        at=trade.at,
        tran_id=state.next_tran_id,
        symbol=quote.symbol,
        side=quote.side,
        trade_id=trade.trade_id,
        maker=maker,
        price=trade.price,
        quantity=trade.quantity,
        quote=multiply_toward_zero(trade.quantity, trade.price),
        quote_id=quote.order_id,
        realized=realized,
        position=position,
        postings=tuple(_venue_pair(state, quote.symbol, HOUSE, realized)),
    )


def fund_side(state: Trading, order: Order, trade: Trade) -> FundFilled:
    """A trade for the insurance fund, which only takes over."""
    position, realized = _venue_fill(state.markets[order.symbol].fund, order, trade)
    return FundFilled(
        at=trade.at,
        tran_id=state.next_tran_id,
        symbol=order.symbol,
        side=order.side,
        trade_id=trade.trade_id,
        price=trade.price,
        quantity=trade.quantity,
        quote=multiply_toward_zero(trade.quantity, trade.price),
        realized=realized,
        position=position,
        postings=tuple(_venue_pair(state, order.symbol, INSURANCE_FUND, realized)),
    )


def _venue_fill(held: Position, order: Order, trade: Trade) -> Outcome:
    """What a trade does to a position of the venue's own: nobody charges it."""
    signed = trade.quantity * order.side.sign
    return after_fill(held, Fill(signed, trade.price, 0, 0, 0, charged=False, at=trade.at))


def _venue_pair(state: Trading, symbol: str, wallet: Wallet, realized: int) -> Iterator[Posting]:
    asset = state.catalogue.contracts[symbol].margin_asset
    yield from _pair(VENUE, wallet, CLEARING, asset, realized)


def _isolated_rate(account: FuturesAccount, contract: Contract) -> int:
    """The initial margin rate of an isolated symbol; 0 on cross margin."""
    if not account.symbols.get(contract.symbol, DEFAULT_SETTING).isolated:
        return 0
    return initial_margin_rate(account.setting(contract).leverage)


def _commission(
    state: Trading, account: FuturesAccount, order: Order, quote: int, *, maker: bool
) -> Commission:
    """In the margin asset, or in BNB where the account chose that and has enough of it."""
    asset = state.catalogue.contracts[order.symbol].margin_asset
    if order.forced:  # a liquidation pays its clearance fee, a deleveraging nothing
        return Commission(asset, 0, 0)
    rate = account.fees.maker if maker else account.fees.taker
    if maker and order.time_in_force is TimeInForce.RPI:
        rate = RPI_FEE
    units = multiply_toward_zero(quote, rate)
    if units > 0 and account.fee_burn and asset != BURNED:
        held = state.books.balance(order.uid, UMFUTURE, BURNED)
        if held > 0:
            indices = state.catalogue.indices
            worth = multiply_toward_zero(units, BURN_SHARE)
            burned = worth * indices[asset] // indices[BURNED]
            if burned <= held:
                return Commission(BURNED, burned, worth)
    return Commission(asset, units, units)


def _postings(uid: Uid, asset: str, realized: int, charged: Commission) -> Iterator[Posting]:
    yield from _pair(uid, UMFUTURE, CLEARING, asset, realized)
    yield from _pair(uid, UMFUTURE, FEES, charged.asset, -charged.units)


def _pair(uid: Uid, wallet: Wallet, other: Wallet, asset: str, units: int) -> Iterator[Posting]:
    """An amount for a wallet, and the venue's account that it comes from."""
    if units:
        yield Posting(uid, wallet, asset, units)
        yield Posting(VENUE, other, asset, -units)

"""Settling funding: every position of a symbol pays or receives, at one mark and one rate.

Amount = quantity · mark · rate, cut toward zero; a long pays where the rate is above zero
(docs/internals/numbers.md, "Funding"). The house takes part with its own position, and what
cutting leaves over stays with it, so FUNDING_FEES is zero after a settlement.
"""

from collections.abc import Iterator

from clearhouse.ledger.chart import FUNDING_FEES, HOUSE
from clearhouse.ledger.postings import Posting
from clearhouse.margin.futures_account import DEFAULT_SETTING
from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import SettleFunding
from clearhouse.messages.trading_events import FundingPaid, FundingSettled
from clearhouse.model.ids import VENUE, Millis, Uid
from clearhouse.model.money import multiply_toward_zero
from clearhouse.model.orders import PositionSide
from clearhouse.model.wallets import UMFUTURE
from clearhouse.trading.state import Trading


def decide_settle_funding(state: Trading, command: SettleFunding, at: Millis) -> Iterator[Event]:
    """Settle a symbol once, in the order in which its positions were opened, the house last."""
    asset = state.catalogue.contract(command.symbol).margin_asset
    market, left = state.markets[command.symbol], 0
    for uid in tuple(market.holders):
        positions = state.futures.of(uid).exposure(command.symbol).positions
        for side in (side for side, position in positions.items() if position.quantity):
            paid = _paid(state, command, uid, side, at)
            left += paid.amount
            yield paid
    postings = (
        (Posting(VENUE, HOUSE, asset, -left), Posting(VENUE, FUNDING_FEES, asset, left))
        if left
        else ()
    )
    yield FundingSettled(
        at=at,
        tran_id=state.next_tran_id,
        symbol=command.symbol,
        rate=command.rate,
        mark=market.mark,
        postings=postings,
    )


def _paid(
    state: Trading, command: SettleFunding, uid: Uid, side: PositionSide, at: Millis
) -> FundingPaid:
    contract, market = state.catalogue.contracts[command.symbol], state.markets[command.symbol]
    account = state.futures.of(uid)
    position = account.exposure(command.symbol).position(side)
    value = multiply_toward_zero(position.quantity, market.mark)
    amount = -multiply_toward_zero(value, command.rate)
    isolated = account.symbols.get(command.symbol, DEFAULT_SETTING).isolated
    asset = contract.margin_asset
    postings = (Posting(uid, UMFUTURE, asset, amount), Posting(VENUE, FUNDING_FEES, asset, -amount))
    return FundingPaid(
        at=at,
        tran_id=state.next_tran_id,
        uid=uid,
        symbol=command.symbol,
        position_side=side,
        rate=command.rate,
        mark=market.mark,
        asset=asset,
        amount=amount,
        isolated_wallet=position.isolated_wallet + (amount if isolated else 0),
        postings=postings if amount else (),
    )

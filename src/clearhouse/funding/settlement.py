"""Settling funding: every position of a symbol pays or receives, at one mark and one rate.

Amount = quantity · mark · rate, cut toward zero; a long pays where the rate is above zero
(docs/internals/numbers.md, "Funding"). The house takes part with its own position, and what
cutting leaves over stays with it, so FUNDING_FEES is zero after a settlement.

A settlement begins with a fact that fixes rate, mark and who takes part, and may then take
several commands: a hundred thousand positions in one would keep everybody waiting for seconds.
Whatever an account does meanwhile, it pays for what it held when the settlement began.
"""

from collections.abc import Iterator
from itertools import islice

from clearhouse.funding.rate import average_premium, funding_rate
from clearhouse.ledger.chart import FUNDING_FEES, HOUSE
from clearhouse.ledger.postings import Posting
from clearhouse.margin.futures_account import DEFAULT_SETTING
from clearhouse.market.funding import Settlement
from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import SettleFunding
from clearhouse.messages.trading_events import FundingPaid, FundingSettled, FundingStarted
from clearhouse.model.ids import VENUE, Millis, Uid
from clearhouse.model.money import multiply_toward_zero
from clearhouse.model.orders import PositionSide
from clearhouse.model.wallets import UMFUTURE
from clearhouse.trading.apply import quantities
from clearhouse.trading.state import Trading


def decide_settle_funding(state: Trading, command: SettleFunding, at: Millis) -> Iterator[Event]:
    """Settle a symbol once, now, all of it; one that is under way is ended first.

    Refuses an unknown symbol. What is due by the clock stays so.
    """
    state.catalogue.contract(command.symbol)
    market = state.markets[command.symbol]
    if market.settlement:
        yield from pay_funding(state, command.symbol, at)
    yield FundingStarted(
        at=at,
        symbol=command.symbol,
        time=at,
        rate=command.rate,
        mark=market.mark,
        premium=average_premium(market, at),
        scheduled=False,
    )
    yield from pay_funding(state, command.symbol, at)


def start_settlement(state: Trading, symbol: str, due: Millis, at: Millis) -> FundingStarted:
    """Settle what was due at a time, at the rate that the premium came to by then."""
    market, contract = state.markets[symbol], state.catalogue.contracts[symbol]
    premium, bounds = average_premium(market, due), state.catalogue.rules[symbol].funding
    return FundingStarted(
        at=at,
        symbol=symbol,
        time=due,
        rate=funding_rate(premium, contract.funding_interval_hours, bounds),
        mark=market.mark,
        premium=premium,
        scheduled=True,
    )


def pay_funding(
    state: Trading, symbol: str, at: Millis, most: int | None = None
) -> Iterator[Event]:
    """Go on with a settlement: at most so many accounts, or all that are left, and then its end.

    In the order in which the positions were opened, the house last.
    """
    settlement = state.markets[symbol].settlement
    assert settlement is not None
    for uid in tuple(islice(settlement.unpaid, most)):
        exposure = state.futures.of(uid).exposure(symbol)
        held = settlement.held.get(uid) or quantities(exposure)
        assert held, "who is to pay had a position"
        for side, quantity in held.items():
            yield _paid(state, settlement, uid, (symbol, side, quantity), at)
    if not settlement.unpaid:
        yield _settled(state, symbol, settlement, at)


def _paid(
    state: Trading,
    settlement: Settlement,
    uid: Uid,
    held: tuple[str, PositionSide, int],
    at: Millis,
) -> FundingPaid:
    """The payment of what was held. An isolated position bears it, unless it was closed since."""
    symbol, side, quantity = held
    account = state.futures.of(uid)
    position = account.exposure(symbol).position(side)
    value = multiply_toward_zero(quantity, settlement.mark)
    amount = -multiply_toward_zero(value, settlement.rate)
    isolated = account.symbols.get(symbol, DEFAULT_SETTING).isolated and position.quantity
    asset = state.catalogue.contracts[symbol].margin_asset
    postings = (Posting(uid, UMFUTURE, asset, amount), Posting(VENUE, FUNDING_FEES, asset, -amount))
    return FundingPaid(
        at=at,
        tran_id=state.next_tran_id,
        uid=uid,
        symbol=symbol,
        position_side=side,
        rate=settlement.rate,
        mark=settlement.mark,
        asset=asset,
        amount=amount,
        isolated_wallet=position.isolated_wallet + (amount if isolated else 0),
        postings=postings if amount else (),
    )


def _settled(state: Trading, symbol: str, settlement: Settlement, at: Millis) -> FundingSettled:
    asset, left = state.catalogue.contracts[symbol].margin_asset, settlement.left
    postings = (
        (Posting(VENUE, HOUSE, asset, -left), Posting(VENUE, FUNDING_FEES, asset, left))
        if left
        else ()
    )
    return FundingSettled(
        at=at,
        tran_id=state.next_tran_id,
        symbol=symbol,
        rate=settlement.rate,
        mark=settlement.mark,
        postings=postings,
    )

"""What the checks of an order look at, found once."""

from msgspec import Struct

from clearhouse.margin.exposure import Exposure
from clearhouse.margin.futures_account import DEFAULT_SETTING, FuturesAccount
from clearhouse.market.market import Market
from clearhouse.market.rules import Rules
from clearhouse.matching.book import OrderBook
from clearhouse.model.ids import Uid
from clearhouse.trading.state import Trading


class Standing(Struct, frozen=True, gc=False):
    """An account in a symbol: what it has there, and the market that it meets."""

    account: FuturesAccount
    exposure: Exposure
    leverage: int
    rules: Rules
    market: Market
    book: OrderBook


def standing(state: Trading, uid: Uid, symbol: str) -> Standing:
    """Where an account stands in a listed symbol."""
    account, rules = state.futures.of(uid), state.catalogue.rules[symbol]
    chosen = account.symbols.get(symbol, DEFAULT_SETTING)
    return Standing(
        account,
        account.exposure(symbol),
        min(chosen.leverage, rules.max_leverage),
        rules,
        state.markets[symbol],
        state.order_books[symbol],
    )

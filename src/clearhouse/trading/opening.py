"""The market of a contract: opened when the contract is listed first, adjusted when it changes."""

from clearhouse.market.market import Market
from clearhouse.matching.book import OrderBook
from clearhouse.matching.house import DEPTH
from clearhouse.matching.triggers import Triggers
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.trading.house import default_quantity, on_tick
from clearhouse.trading.state import Trading


def open_market(state: Trading, contract: Contract, at: Millis) -> None:
    """A new contract starts at the index price of its base asset; one that changes goes on."""
    rules = state.catalogue.rules[contract.symbol]
    book = state.order_books.get(contract.symbol)
    if book is not None:
        book.tick = rules.tick
        return
    price = on_tick(rules, state.catalogue.indices[contract.base_asset])
    state.markets[contract.symbol] = Market(last=price, mark=price, index=price, priced_at=at)
    state.order_books[contract.symbol] = OrderBook(
        tick=rules.tick, anchor=price, quantity=default_quantity(rules), depth=DEPTH
    )
    state.triggers[contract.symbol] = Triggers()

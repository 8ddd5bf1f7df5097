"""The market of a contract: opened when the contract is listed first, adjusted when it changes."""

from clearhouse.market.catalogue import decide_list_contract
from clearhouse.market.funding import Premium, due_after
from clearhouse.market.market import Market
from clearhouse.matching.book import OrderBook
from clearhouse.matching.house import DEPTH
from clearhouse.matching.triggers import Triggers
from clearhouse.messages.commands import ListContract
from clearhouse.messages.events import ContractListed
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.trading.apply import plan_funding
from clearhouse.trading.house import default_quantity, on_tick
from clearhouse.trading.state import Trading


def decide_list_or_change(state: Trading, command: ListContract, at: Millis) -> ContractListed:
    """Configure a contract.

    Refuses what `decide_list_contract` does, and other assets where accounts have positions or
    open orders: those are kept in the assets that they were made in. Everything else may change;
    open orders stay as they were placed.
    """
    event = decide_list_contract(state.catalogue, command, at)
    known = state.catalogue.contracts.get(command.contract.symbol)
    if known and _assets(known) != _assets(command.contract) and _in_use(state, known.symbol):
        raise Rejected(
            Reason.SYMBOL_IN_USE,
            f"{known.symbol} has positions or open orders, so its assets cannot change",
        )
    return event


def _assets(contract: Contract) -> tuple[str, str, str]:
    return contract.base_asset, contract.quote_asset, contract.margin_asset


def _in_use(state: Trading, symbol: str) -> bool:
    return (
        bool(state.markets[symbol].holders)
        or any(order.symbol == symbol for order in state.orders.open.values())
        or any(algo.symbol == symbol for algo in state.orders.algos.values())
    )


def open_market(state: Trading, contract: Contract, at: Millis) -> None:
    """A new contract starts at the index price of its base asset; one that changes goes on."""
    symbol, rules = contract.symbol, state.catalogue.rules[contract.symbol]
    book = state.order_books.get(symbol)
    if book is not None:
        book.tick = rules.tick
        book.quote_around(on_tick(rules, book.anchor))
        book.changed(state.seq, at)
        if due_after(at, contract.funding_interval_hours) != state.markets[symbol].funding_due:
            plan_funding(state, symbol, at)
        return
    price = on_tick(rules, state.catalogue.indices[contract.base_asset])
    state.markets[symbol] = Market(
        last=price, mark=price, index=price, priced_at=at, premium=Premium(at)
    )
    plan_funding(state, symbol, at)
    book = OrderBook(tick=rules.tick, anchor=price, quantity=default_quantity(rules), depth=DEPTH)
    book.changed(state.seq, at)
    state.order_books[symbol] = book
    state.triggers[symbol] = Triggers()

"""What of the venue's state trading reads and changes.

`engine.state.State` has all of it; the core below the engine knows it by this shape alone.
"""

from typing import Protocol

from clearhouse.ledger.books import Books
from clearhouse.margin.futures_account import FuturesAccounts
from clearhouse.margin.watch import Watch
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
from clearhouse.matching.book import OrderBooks
from clearhouse.matching.triggers import TriggersBySymbol
from clearhouse.model.ids import Millis, Seq, TranId
from clearhouse.trading.deadlines import Deadlines
from clearhouse.trading.orders import Orders


class Trading(Protocol):
    """The parts of the state that orders, positions and prices are made of."""

    seq: Seq
    at: Millis
    next_tran_id: TranId
    books: Books
    futures: FuturesAccounts
    catalogue: Catalogue
    markets: Markets
    order_books: OrderBooks
    triggers: TriggersBySymbol
    orders: Orders
    deadlines: Deadlines
    watch: Watch

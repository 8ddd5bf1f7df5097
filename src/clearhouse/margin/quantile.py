"""The place of a position in the queue of automatic deleveraging, 0 to 4.

The more a position gained on its wallet and the more of that wallet it needs, the earlier it is
closed when somebody else's loss cannot be covered (docs/internals/numbers.md, "Deleveraging").
An estimate, as at the exchange: where a symbol has more holders than `PEERS`, every n-th of them
stands for all, so that asking costs the same however many there are.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from clearhouse.ledger.books import Books
from clearhouse.margin.futures_account import FuturesAccount, FuturesAccounts
from clearhouse.margin.positions import Held, held_in, isolated_wallets
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
from clearhouse.model.ids import Uid
from clearhouse.model.money import SCALE
from clearhouse.model.wallets import UMFUTURE

PEERS = 200
LEVELS = 5


class Queue(NamedTuple):
    """Scores of the holders of a symbol, ascending: of those with a long one, and a short one."""

    longs: list[int]
    shorts: list[int]

    def beside(self, held: Held) -> list[int]:
        """The scores of those on the side of a position, its own among them."""
        return self.longs if held.position.quantity > 0 else self.shorts


def queue_of(
    catalogue: Catalogue, markets: Markets, books: Books, accounts: FuturesAccounts, symbol: str
) -> Queue:
    """The queue of a symbol, at its mark."""
    longs: list[int] = []
    shorts: list[int] = []
    for uid in _peers(markets, symbol):
        account = accounts.of(uid)
        for held in held_in(catalogue, markets, account, symbol):
            if held.position.quantity:
                side = longs if held.position.quantity > 0 else shorts
                side.append(score(catalogue, books, account, uid, held))
    return Queue(sorted(longs), sorted(shorts))


def quantile(queue: Queue, held: Held, own: int) -> int:
    """The fifth of the queue that a position with a score of its own stands in; 4 is closed first.

    0 also for a position without profit: it is closed last.
    """
    scores = queue.beside(held)
    if not own or not scores:
        return 0
    return (standing(queue, held, own) * LEVELS - 1) // len(scores)


def standing(queue: Queue, held: Held, own: int) -> int:
    """How many of the queue have a position's score or less; at least itself."""
    return max(1, bisect_right(queue.beside(held), own))


def score(catalogue: Catalogue, books: Books, account: FuturesAccount, uid: Uid, held: Held) -> int:
    """Profit on the wallet · maintenance margin on what the wallet is worth."""
    wallet = wallet_behind(catalogue, books, account, uid, held)
    worth = wallet + held.unrealized
    if held.unrealized <= 0 or worth <= 0:
        return 0
    return (held.unrealized * SCALE // max(SCALE, wallet)) * (held.maint * SCALE // worth)


def wallet_behind(
    catalogue: Catalogue, books: Books, account: FuturesAccount, uid: Uid, held: Held
) -> int:
    """The wallet that a position's profit is measured by: its own, or that of its margin asset."""
    if held.isolated:
        return held.position.isolated_wallet
    asset = held.contract.margin_asset
    return books.balance(uid, UMFUTURE, asset) - isolated_wallets(catalogue, account, asset)


def _peers(markets: Markets, symbol: str) -> Iterator[Uid]:
    holders = markets[symbol].holders
    step = -(-len(holders) // PEERS) or 1
    return islice(holders, 0, None, step)

"""A symbol at a moment: its prices, and how the accounts with the most margin stand in it.

The fifth of the holders with the largest margin balance are the top ones. Where a symbol has more
holders than `PEERS`, every n-th of them stands for all, as in `margin/quantile.py`, so that a
sample costs the same however many there are.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from clearhouse.engine.state import State
from clearhouse.margin.positions import all_held
from clearhouse.messages.queries import Query
from clearhouse.messages.statistics import ReadSample, Sample, moment_after
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import multiply_toward_zero

PEERS = 200
TOP = 5
"""One in so many is a top one; of fewer than that, one."""


def samples(state: State) -> Iterator[Sample]:
    """A sample of each symbol, in listing order."""
    balances: dict[Uid, int] = {}
    for symbol in state.catalogue.contracts:
        yield sample(state, symbol, balances)


def sample(state: State, symbol: str, balances: dict[Uid, int]) -> Sample:
    """A sample of a symbol; `balances` keeps margin balances that were worked out for others."""
    market = state.markets[symbol]
    longs = shorts = long = short = 0
    for uid in _top(state, symbol, balances):
        positions = state.futures.of(uid).exposure(symbol).positions.values()
        held = [position.quantity for position in positions]
        bought, sold = (sum(max(sign * one, 0) for one in held) for sign in (1, -1))
        longs, shorts = longs + bool(bought), shorts + bool(sold)
        long, short = long + bought, short + sold
    return Sample(symbol, market.last, market.mark, market.index, longs, shorts, long, short)


def margin_balance(state: State, uid: Uid) -> int:
    """What an account has in its futures wallet, with unrealised profit, in USD."""
    indices, account = state.catalogue.indices, state.futures.of(uid)
    held = state.books.of(uid)
    worth = sum(
        multiply_toward_zero(held.get(slot, 0), indices[name])
        for name, slot, _ in state.catalogue.futures_assets
    )
    return worth + sum(
        multiply_toward_zero(one.unrealized, indices[one.contract.margin_asset])
        for one in all_held(state.catalogue, state.markets, account)
    )


def _top(state: State, symbol: str, balances: dict[Uid, int]) -> list[Uid]:
    """By descending margin balance, and of one balance by ascending uid."""
    holders = state.markets[symbol].holders
    step = -(-len(holders) // PEERS) or 1
    peers = list(islice(holders, 0, None, step))
    for uid in peers:
        if uid not in balances:
            balances[uid] = margin_balance(state, uid)
    peers.sort(key=lambda uid: (-balances[uid], uid))
    return peers[: -(-len(peers) // TOP)]


def _sample(state: State, asked: ReadSample) -> tuple[Millis, Sample]:
    state.catalogue.contract(asked.symbol)
    return moment_after(state.at), sample(state, asked.symbol, {})


SAMPLE_ANSWERS: Mapping[type[Query[Any]], Callable[..., Any]] = MappingProxyType(
    {ReadSample: _sample}
)
"""One answer for each query."""

"""Streams of mark prices, and of the index prices of collateral.

Sources: «Mark Price Stream», «Mark Price Stream for All market», «Multi-Assets Mode Asset Index».
They are told at each turn, whether or not anything changed.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct
from typing_extensions import override

from clearhouse.api.streams.market.channel import SYMBOL_CLASS, Channel, Seen
from clearhouse.messages.queries import Query
from clearhouse.messages.trading_queries import QuoteView, ReadQuotes
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Asset
from clearhouse.model.money import fixed8


class MarkPriceUpdate(Struct, frozen=True, kw_only=True, tag_field="e", tag="markPriceUpdate"):
    """Mark, index and funding of a symbol. `ap`, the average of the mark, is the mark."""

    E: Millis
    s: str
    p: str
    i: str
    P: str
    r: str
    ap: str
    T: Millis
    st: int = SYMBOL_CLASS


class AssetIndexUpdate(Struct, frozen=True, kw_only=True, tag_field="e", tag="assetIndexUpdate"):
    """The index of an asset, its buffers, and the rates that follow; then those of exchange."""

    E: Millis
    s: str
    i: str
    b: str
    a: str
    B: str
    A: str
    q: str
    g: str
    Q: str
    G: str


class MarkPrice(Channel):
    """`<symbol>@markPrice`."""

    steady = True

    @override
    def asks(self, now: Millis) -> tuple[Query[Any], ...]:
        return (ReadQuotes(now, self.symbol),)

    @override
    def tell(self, seen: Seen) -> Iterator[MarkPriceUpdate]:
        for quote in seen.answers.get(ReadQuotes(seen.now, self.symbol), ()):
            yield _mark_price(quote, seen.now)


class AllMarkPrices(Channel):
    """`!markPrice@arr`."""

    steady = True

    @override
    def asks(self, now: Millis) -> tuple[Query[Any], ...]:
        return (ReadQuotes(now),)

    @override
    def tell(self, seen: Seen) -> Iterator[list[MarkPriceUpdate]]:
        quotes = seen.answers.get(ReadQuotes(seen.now), ())
        rows = [_mark_price(quote, seen.now) for quote in quotes]
        if rows:
            yield rows


class AssetIndex(Channel):
    """`<assetSymbol>@assetIndex`: the asset is named with the currency, as in `btcusd`."""

    steady = True

    @override
    def tell(self, seen: Seen) -> Iterable[AssetIndexUpdate]:
        return [row for row in _indices(seen) if row.s == self.symbol]


class AllAssetIndices(Channel):
    """`!assetIndex@arr`."""

    steady = True

    @override
    def tell(self, seen: Seen) -> Iterator[list[AssetIndexUpdate]]:
        rows = list(_indices(seen))
        if rows:
            yield rows


def _mark_price(quote: QuoteView, now: Millis) -> MarkPriceUpdate:
    return MarkPriceUpdate(
        E=now,
        s=quote.symbol,
        p=fixed8(quote.mark),
        i=fixed8(quote.index),
        P=fixed8(quote.index),
        r=fixed8(quote.predicted_rate),
        ap=fixed8(quote.mark),
        T=quote.next_funding_at,
    )


def _indices(seen: Seen) -> Iterator[AssetIndexUpdate]:
    for asset in seen.listed.assets.values():
        if asset.collateral:
            yield _index(asset, seen.listed.indices[asset.name], seen.now)


def _index(asset: Asset, index: int, now: Millis) -> AssetIndexUpdate:
    haircut = asset.collateral
    assert haircut
    return AssetIndexUpdate(
        E=now,
        s=f"{asset.name}USD",
        i=fixed8(index),
        b=fixed8(haircut.bid_buffer),
        a=fixed8(haircut.ask_buffer),
        B=fixed8(haircut.bid_rate(index)),
        A=fixed8(haircut.ask_rate(index)),
        q=fixed8(haircut.auto_exchange_bid_buffer),
        g=fixed8(haircut.auto_exchange_ask_buffer),
        Q=fixed8(haircut.auto_exchange_bid_rate(index)),
        G=fixed8(haircut.auto_exchange_ask_rate(index)),
    )

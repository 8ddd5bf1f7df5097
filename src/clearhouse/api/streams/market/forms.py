"""The streams there are: how each is named, where the exchange serves it, and how often it tells.

One table for the server, for `clearhouse coverage`, and for docs/reference/market-streams.md. In a
name `<symbol>` and its like stand for lower-case texts.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from clearhouse.api.streams.market.books import (
    AllBestPrices,
    BestLevels,
    BestPrices,
    Differences,
)
from clearhouse.api.streams.market.candles import Candles, ContinuousCandles
from clearhouse.api.streams.market.channel import Channel, Silent
from clearhouse.api.streams.market.happenings import Contracts, Liquidations
from clearhouse.api.streams.market.prices import (
    AllAssetIndices,
    AllMarkPrices,
    AssetIndex,
    MarkPrice,
)
from clearhouse.api.streams.market.tickers import AllTickers, OneTicker, Row, mini_ticker, ticker
from clearhouse.api.streams.market.trades import AggTrades, Trades
from clearhouse.model.intervals import LENGTHS

PUBLIC, MARKET = "public", "market"
AT_ONCE, SECOND_MS = 0, 1_000
"""The speed of a stream that tells as soon as something changed."""

LONGEST_NAME = 100

Make = Callable[..., Channel]
"""Makes a channel from the parts of a name, each by its own name."""

PARTS = {
    "symbol": r"[^@!<>\sA-Z]+",
    "pair": r"[^@!<>\sA-Z]+?",
    "assetSymbol": r"[^@!<>\sA-Z]+",
    "contractType": "perpetual|current_quarter|next_quarter|tradifi_perpetual",
    "levels": "5|10|20",
    "interval": "|".join(LENGTHS),
}
_PART = re.compile(r"<(\w+)>")

DEPTH_SPEEDS = {"": 250, "@500ms": 500, "@250ms": 250, "@100ms": 100, "@0ms": AT_ONCE}
"""What may stand after a stream of depth, and how often it then tells."""


class Form(NamedTuple):
    """A form of names. `refused`: why this venue has nothing to tell under it."""

    text: str
    route: str
    speed_ms: int
    make: Make
    pushed: str
    refused: str = ""

    @property
    def speed_text(self) -> str:
        """How often it tells, for people."""
        if self.speed_ms == AT_ONCE:
            return "at once"
        return f"{self.speed_ms} ms" if self.speed_ms < SECOND_MS else f"{self.speed_ms // 1000} s"


def _symbol(channel: Callable[[str], Channel]) -> Make:
    return lambda symbol: channel(symbol.upper())


def _retail(symbol: str) -> Channel:
    return Differences(symbol.upper(), retail=True)


def _levels(symbol: str, levels: str) -> Channel:
    return BestLevels(symbol.upper(), int(levels))


def _asset(assetSymbol: str) -> Channel:  # noqa: N803  the exchange's name
    return AssetIndex(assetSymbol.upper())


def _candles(symbol: str, interval: str) -> Channel:
    return Candles(symbol.upper(), interval)


def _continuous(pair: str, contractType: str, interval: str) -> Channel:  # noqa: N803  as above
    perpetual = contractType == "perpetual"
    return ContinuousCandles(pair.upper(), interval) if perpetual else Silent()


def _ticker(row: Row) -> Make:
    return lambda symbol: OneTicker(symbol.upper(), row)


AGGREGATE = "Trades of one taker at one time and price, as one."
CANDLE = "The open candle changed, or one was closed."
DAY = "The statistics of the last 24 hours changed."
DAYS = "Of each symbol whose statistics changed: the last 24 hours."
BEST = "The best price or quantity of a side changed."
LEVELS = "The book changed: its best levels."
DIFFERENCES = "The book changed: the levels that did."
RETAIL = "The same with orders of retail price improvement."
MARK = "Mark price, index price and funding rate."
FORCED = "An order that liquidates a position: the largest of a symbol in a second."

FORMS = (
    Form("<symbol>@bookTicker", PUBLIC, AT_ONCE, _symbol(BestPrices), BEST),
    Form("!bookTicker", PUBLIC, 5_000, AllBestPrices, "Of each book that changed: the best."),
    *(
        Form(f"<symbol>@depth<levels>{text}", PUBLIC, ms, _levels, LEVELS)
        for text, ms in DEPTH_SPEEDS.items()
    ),
    *(
        Form(f"<symbol>@depth{text}", PUBLIC, ms, _symbol(Differences), DIFFERENCES)
        for text, ms in DEPTH_SPEEDS.items()
    ),
    Form("<symbol>@rpiDepth@500ms", PUBLIC, 500, _retail, RETAIL),
    Form("<symbol>@trade", PUBLIC, AT_ONCE, _symbol(Trades), "Each trade."),
    Form("<symbol>@aggTrade", MARKET, 100, _symbol(AggTrades), AGGREGATE),
    Form("<symbol>@kline_<interval>", MARKET, 250, _candles, CANDLE),
    Form("<pair>_<contractType>@continuousKline_<interval>", MARKET, 250, _continuous, CANDLE),
    Form("<symbol>@miniTicker", MARKET, 500, _ticker(mini_ticker), DAY),
    Form("<symbol>@ticker", MARKET, 2_000, _ticker(ticker), DAY),
    Form("!miniTicker@arr", MARKET, 1_000, lambda: AllTickers(mini_ticker), DAYS),
    Form("!ticker@arr", MARKET, 1_000, lambda: AllTickers(ticker), DAYS),
    Form("<symbol>@markPrice", MARKET, 3_000, _symbol(MarkPrice), MARK),
    Form("<symbol>@markPrice@1s", MARKET, 1_000, _symbol(MarkPrice), MARK),
    Form("!markPrice@arr", MARKET, 3_000, AllMarkPrices, MARK),
    Form("!markPrice@arr@1s", MARKET, 1_000, AllMarkPrices, MARK),
    Form("<symbol>@forceOrder", MARKET, 1_000, _symbol(Liquidations), FORCED),
    Form("!forceOrder@arr", MARKET, 1_000, Liquidations, FORCED),
    Form("!contractInfo", MARKET, AT_ONCE, Contracts, "A contract was listed or changed."),
    Form("!assetIndex@arr", MARKET, 1_000, AllAssetIndices, "Index prices of collateral."),
    Form("<assetSymbol>@assetIndex", MARKET, 1_000, _asset, "The index price of an asset."),
    Form(
        "<symbol>@compositeIndex",
        MARKET,
        1_000,
        _symbol(Silent),
        "What an index is made of.",
        "this venue lists no contract on an index of several assets",
    ),
    Form(
        "tradingSession",
        MARKET,
        1_000,
        Silent,
        "The session of a market with opening hours.",
        "this venue lists no contract with opening hours",
    ),
)


def _pattern(text: str) -> re.Pattern[str]:
    """What names of a form look like."""
    named = _PART.sub(lambda part: f"\x00{part[1]}\x00", text)
    pieces = re.escape(named).split("\x00")
    for place in range(1, len(pieces), 2):
        pieces[place] = f"(?P<{pieces[place]}>{PARTS[pieces[place]]})"
    return re.compile("".join(pieces))


_PATTERNS = tuple((_pattern(form.text), form) for form in FORMS)


def _read(name: str) -> tuple[Form, dict[str, str]] | None:
    if len(name) > LONGEST_NAME:
        return None
    for pattern, form in _PATTERNS:
        found = pattern.fullmatch(name)
        if found:
            return form, found.groupdict()
    return None


def form_of(name: str) -> Form | None:
    """The form of a stream's name; None where it has none."""
    found = _read(name)
    return found[0] if found else None


def channel_of(name: str) -> tuple[Form, Channel]:
    """The form of a name, which must have one, and a new channel for it."""
    found = _read(name)
    assert found
    form, parts = found
    return form, form.make(**parts)


def is_market_stream(name: str) -> bool:
    """Whether a name is spelled like a market stream, or is one: `btcusdt@depth`, `!ticker@arr`."""
    return "@" in name or name.startswith("!") or form_of(name) is not None

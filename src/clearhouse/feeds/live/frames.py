"""Frames of public streams, as far as they move a market here.

Only fields that are used are decoded; what else an exchange sends along is passed over. A frame
that cannot be read, or whose numbers do not fit the symbol as it is listed here, moves nothing
and is counted.
"""

from collections.abc import Collection

import msgspec
from msgspec import Struct, field

from clearhouse.market.rules import Rules
from clearhouse.model.money import AmountError, parse_units


class UnusableError(Exception):
    """A frame that moves nothing, and why."""


class AggTrade(Struct, frozen=True, tag_field="e", tag="aggTrade"):
    """Trades of one order at one price."""

    symbol: str = field(name="s")
    price: str = field(name="p")
    quantity: str = field(name="q")
    at: int = field(name="T")
    buyer_maker: bool = field(name="m")


class BookTicker(Struct, frozen=True, tag_field="e", tag="bookTicker"):
    """Best prices."""

    symbol: str = field(name="s")
    bid: str = field(name="b")
    ask: str = field(name="a")


class MarkPrice(Struct, frozen=True, tag_field="e", tag="markPriceUpdate"):
    """Mark and index price."""

    symbol: str = field(name="s")
    mark: str = field(name="p")
    index: str = field(name="i")


Frame = AggTrade | BookTicker | MarkPrice


class _Combined(Struct, frozen=True):
    data: Frame


_decoder = msgspec.json.Decoder(_Combined)


def read_frame(text: str | bytes, asked: Collection[str]) -> Frame:
    """What a combined frame tells of one of the symbols asked for; raises `UnusableError`."""
    try:
        frame = _decoder.decode(text).data
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnusableError(f"a frame cannot be read: {error}") from None
    if frame.symbol not in asked:
        raise UnusableError(f"{frame.symbol[:40]} was not asked for")
    return frame


def on_tick(symbol: str, text: str, rules: Rules) -> int:
    """A price of trades and quotes in units of 1e-8."""
    units = positive(symbol, text)
    if rules.tick and units % rules.tick:
        raise UnusableError(f"{symbol}: the price {text} is off the tick size of this venue")
    return units


def positive(symbol: str, text: str) -> int:
    """A number above zero in units of 1e-8."""
    try:
        units = parse_units(text)
    except AmountError as error:
        raise UnusableError(f"{symbol}: '{text[:40]}' is no number: {error}") from None
    if not units:
        raise UnusableError(f"{symbol}: a price or quantity of zero")
    return units

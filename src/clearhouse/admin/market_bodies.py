"""Bodies of the calls that set a market, and how they become commands."""

from typing import Annotated

from msgspec import Meta, Struct

from clearhouse.admin.bodies import Decimal, decode_body, fraction_of, units_of
from clearhouse.admin.errors import malformed
from clearhouse.matching.book import HOUSE, LEVELS, NONE
from clearhouse.messages.trading_commands import ForceFill, SetLiquidity, SetPrice, SettleFunding

Level = tuple[Decimal, Decimal]
MAX_LEVELS = 1_000


class PriceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`PUT /symbols/{symbol}/price`. One of them alone sets all three."""

    last: Decimal | None = None
    mark: Decimal | None = None
    index: Decimal | None = None


class LiquidityBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`PUT /symbols/{symbol}/liquidity`: a mode, or levels of [price, quantity]."""

    mode: str | None = None
    depth: Annotated[int, Meta(ge=1, le=MAX_LEVELS)] | None = None
    quantity: Decimal | None = None
    bids: Annotated[tuple[Level, ...], Meta(max_length=MAX_LEVELS)] | None = None
    asks: Annotated[tuple[Level, ...], Meta(max_length=MAX_LEVELS)] | None = None


class FillBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /orders/{orderId}/fill`."""

    price: Decimal | None = None
    quantity: Decimal | None = None


class FundingBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /symbols/{symbol}/funding`. A fraction: 0.0001 is 0.01%, and shorts pay below zero."""

    rate: Decimal


def price_command(symbol: str, raw: bytes) -> SetPrice:
    """The command of a price body. Refuses one without any price, and prices of zero."""
    body = decode_body(raw, PriceBody)
    sent = {"last": body.last, "mark": body.mark, "index": body.index}
    prices = {name: positive(name, price) for name, price in sent.items() if price is not None}
    if not prices:
        raise malformed("last, mark, index: name one of them, which sets all three, or more")
    return SetPrice(symbol=symbol, **prices)


def liquidity_command(symbol: str, raw: bytes) -> SetLiquidity:
    """The command of a liquidity body. Refuses a mode beside levels, and what a mode has not."""
    body = decode_body(raw, LiquidityBody)
    scripted = body.bids is not None or body.asks is not None
    if scripted == (body.mode is not None):
        raise malformed("mode, bids, asks: name a mode, or levels of one side or both")
    if not scripted and body.mode not in (HOUSE, NONE):
        raise malformed(f"mode: {HOUSE} or {NONE}")
    if body.mode != HOUSE and (body.depth is not None or body.quantity is not None):
        raise malformed(f"depth, quantity: they belong to the mode {HOUSE}")
    return SetLiquidity(
        symbol=symbol,
        mode=body.mode or LEVELS,
        bids=_levels("bids", body.bids or ()),
        asks=_levels("asks", body.asks or ()),
        depth=body.depth or 0,
        quantity=0 if body.quantity is None else positive("quantity", body.quantity),
    )


def fill_command(order_id: int, raw: bytes) -> ForceFill:
    """The command of a fill body."""
    body = decode_body(raw, FillBody)
    return ForceFill(
        order_id=order_id,
        price=None if body.price is None else positive("price", body.price),
        quantity=None if body.quantity is None else positive("quantity", body.quantity),
    )


def funding_command(symbol: str, raw: bytes) -> SettleFunding:
    """The command of a funding body. Refuses a rate beyond the whole value of a position."""
    rate = fraction_of("rate", str(decode_body(raw, FundingBody).rate))
    return SettleFunding(symbol=symbol, rate=rate)


def positive(field: str, number: Decimal) -> int:
    """Units of a decimal that is above zero."""
    units = units_of(field, number)
    if units <= 0:
        raise malformed(f"{field}: above zero")
    return units


def _levels(field: str, sent: tuple[Level, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((positive(field, price), positive(field, quantity)) for price, quantity in sent)

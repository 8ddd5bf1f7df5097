"""Symbols with a past, for the tests of it."""

from msgspec.structs import replace

from clearhouse.feeds.past import SymbolPast, Window
from clearhouse.market.rules import Range, Rules
from clearhouse.messages.commands import ListContract
from clearhouse.messages.market_queries import Birth, Candle, CandleKind
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.money import parse_units
from clearhouse.runtime.market import builtin_market

BORN = Millis(1_795_284_067_123)
"""21 November 2026, 18:01:07.123 UTC."""
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def rules(tick: str = "0.1", step: str = "0.001", *, low: str = "0", high: str = "0") -> Rules:
    none = Range(0, 0)
    return Rules(
        tick=parse_units(tick),
        price=Range(parse_units(low), parse_units(high)),
        price_unit=1,
        step=parse_units(step),
        quantity=none,
        market_quantity=none,
        quantity_unit=1,
        min_notional=0,
        multiplier_up=0,
        multiplier_down=0,
        take_bound=0,
        trigger_protect=0,
        liquidation_fee=0,
        max_orders=200,
        max_leverage=20,
        max_notional=(),
        funding=none,
    )


def contract(symbol: str) -> Contract:
    """A contract of that name."""
    base = symbol.removesuffix("USDT").removesuffix("USDC")
    some = next(one for one in builtin_market() if isinstance(one, ListContract))
    return replace(some.contract, symbol=symbol, base_asset=base)


def past(
    symbol: str = "BTCUSDT",
    *,
    price: str = "65000",
    filters: Rules | None = None,
    seed: int = 1,
    born: int = BORN,
) -> SymbolPast:
    birth = Birth(at=Millis(born), price=parse_units(price))
    return SymbolPast(seed, contract(symbol), filters or rules(low="556.8", high="4529764"), birth)


def asked(
    of: SymbolPast,
    interval: str,
    *,
    kind: CandleKind = CandleKind.LAST,
    limit: int = 1_500,
    start: int | None = None,
    end: int | None = None,
) -> tuple[Candle, ...]:
    return of.candles(
        Window(
            kind=kind,
            interval=interval,
            limit=limit,
            start=None if start is None else Millis(start),
            end=None if end is None else Millis(end),
        )
    )

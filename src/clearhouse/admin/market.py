"""The calls of the control plane about markets: symbols, prices, liquidity, fills, funding."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.routing import Route

from clearhouse.admin.bodies import IndexBody, decode_body, list_symbol, name_of
from clearhouse.admin.control_plane import ControlPlane, Plan
from clearhouse.admin.market_bodies import (
    fill_command,
    funding_command,
    liquidity_command,
    positive,
    price_command,
)
from clearhouse.admin.urls import integer_in
from clearhouse.engine.execute import Decision
from clearhouse.matching.book import HOUSE
from clearhouse.messages.commands import Command, ListAsset, SetAssetIndex
from clearhouse.messages.events import Event
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.trading_events import (
    FundingPaid,
    FundingSettled,
    HouseFilled,
    LiquiditySet,
    OrderFilled,
    PriceSet,
)
from clearhouse.messages.trading_queries import MarketView, QuoteView, ReadMarket, ReadQuotes
from clearhouse.model.instruments import Asset
from clearhouse.model.money import trimmed

BEST_LEVELS = 5
MOST_LEVELS = 1_000

Levels = Iterable[tuple[int, int]]


class MarketCalls:
    """Calls about markets, bound to a venue."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._venue = plane.venue

    def routes(self) -> list[Route]:
        """The table of calls."""
        read, change = self._plane.reading, self._plane.changing
        return [
            read("/symbols", self.symbols),
            read("/symbols/{symbol}", self.symbol),
            change("/symbols/{symbol}", self.put_symbol, method="PUT"),
            change("/symbols/{symbol}/price", self.set_price, method="PUT"),
            change("/symbols/{symbol}/liquidity", self.set_liquidity, method="PUT"),
            change("/symbols/{symbol}/funding", self.settle_funding),
            change("/orders/{orderId:number}/fill", self.fill_order),
            change("/assets/{asset}/index", self.put_index, method="PUT"),
        ]

    async def symbols(self, _request: Request) -> object:
        """The prices of every symbol, in the order of listing."""
        quotes = await self._venue.read(ReadQuotes(self._venue.now()))
        return {"symbols": [_quote(quote) for quote in quotes]}

    async def symbol(self, request: Request) -> object:
        """One symbol: prices, how the house quotes, the best of the book, who holds what."""
        limit = min(integer_in(request, "levels", BEST_LEVELS), MOST_LEVELS)
        name = request.path_params["symbol"]
        return _market(await self._venue.read(ReadMarket(name, self._venue.now(), limit)))

    async def put_symbol(self, request: Request, raw: bytes) -> Plan:
        """Create or change a symbol; a base asset that is new is listed at one dollar."""
        symbol = request.path_params["symbol"]
        listed = await self._venue.read(ReadCatalogue())
        commands: list[Command] = list(list_symbol(symbol, raw, listed))
        return Plan(commands, lambda _: {"symbol": symbol})

    async def set_price(self, request: Request, raw: bytes) -> Plan:
        """Set last, mark and index price; orders that the price passes are filled."""
        return Plan([price_command(request.path_params["symbol"], raw)], _prices_in_force)

    async def set_liquidity(self, request: Request, raw: bytes) -> Plan:
        """Let the house quote around the last price, or not, or these levels once."""
        return Plan([liquidity_command(request.path_params["symbol"], raw)], _liquidity)

    async def settle_funding(self, request: Request, raw: bytes) -> Plan:
        """Settle funding once, now."""
        command = funding_command(request.path_params["symbol"], raw)
        asset = (await self._venue.read(ReadCatalogue())).contracts.get(command.symbol)
        margin_asset = asset.margin_asset if asset else ""
        return Plan([command], lambda events: _settlement(events, margin_asset))

    async def fill_order(self, request: Request, raw: bytes) -> Plan:
        """Fill an open order against the house, whatever its price and the book are."""
        command = fill_command(request.path_params["orderId"], raw)
        return Plan([command], lambda events: _fill(events, command.order_id))

    async def put_index(self, request: Request, raw: bytes) -> Plan:
        """Set the USD index price of an asset; an asset that is new is listed with it."""
        name = name_of("asset", request.path_params["asset"])
        index = positive("index", decode_body(raw, IndexBody).index)
        listed = await self._venue.read(ReadCatalogue())
        command: Command = SetAssetIndex(asset=name, index=index)
        if name not in listed.assets:
            command = ListAsset(Asset(name=name, full_name=name, index=index))
        return Plan([command], lambda _: {"asset": name, "index": trimmed(index)})


def _prices_in_force(events: Decision) -> object:
    """The prices that were set, and as last price what conditional orders made of it."""
    [set_at] = (number for number, event in enumerate(events) if isinstance(event, PriceSet))
    prices = events[set_at]
    assert isinstance(prices, PriceSet)
    last = prices.last
    for fill in _takers(events[set_at:]):
        if fill.symbol == prices.symbol:
            last = fill.price
    return {
        "symbol": prices.symbol,
        "last": trimmed(last),
        "mark": trimmed(prices.mark),
        "index": trimmed(prices.index),
        "trades": len(list(_takers(events))),
    }


def _takers(events: Iterable[Event]) -> Iterable[OrderFilled | HouseFilled]:
    """One event for each trade."""
    return (
        event
        for event in events
        if isinstance(event, OrderFilled | HouseFilled) and not event.maker
    )


def _liquidity(events: Decision) -> object:
    chosen = next(event for event in events if isinstance(event, LiquiditySet))
    answer: dict[str, object] = {"symbol": chosen.symbol, "mode": chosen.mode}
    if chosen.mode == HOUSE:
        answer |= {"depth": chosen.depth, "quantity": trimmed(chosen.quantity)}
    if chosen.bids or chosen.asks:
        answer |= {"bids": _levels(chosen.bids), "asks": _levels(chosen.asks)}
    return answer | {"trades": len(list(_takers(events)))}


def _fill(events: Decision, order_id: int) -> object:
    filled = next(
        event for event in events if isinstance(event, OrderFilled) and event.order_id == order_id
    )
    return {
        "orderId": filled.order_id,
        "symbol": filled.symbol,
        "status": filled.status.value,
        "price": trimmed(filled.price),
        "quantity": trimmed(filled.quantity),
        "executedQty": trimmed(filled.executed),
        "tradeId": filled.trade_id,
    }


def _settlement(events: Decision, asset: str) -> object:
    settled = next(event for event in events if isinstance(event, FundingSettled))
    amounts = [event.amount for event in events if isinstance(event, FundingPaid)]
    return {
        "symbol": settled.symbol,
        "rate": trimmed(settled.rate),
        "mark": trimmed(settled.mark),
        "asset": asset,
        "positions": len(amounts),
        "paid": trimmed(-sum(amount for amount in amounts if amount < 0)),
        "received": trimmed(sum(amount for amount in amounts if amount > 0)),
    }


def _quote(quote: QuoteView) -> dict[str, object]:
    return {
        "symbol": quote.symbol,
        "last": trimmed(quote.last),
        "mark": trimmed(quote.mark),
        "index": trimmed(quote.index),
        "bid": trimmed(quote.bid),
        "ask": trimmed(quote.ask),
        "fundingRate": trimmed(quote.funding_rate),
        "predictedFundingRate": trimmed(quote.predicted_rate),
        "nextFundingTime": quote.next_funding_at,
    }


def _market(view: MarketView) -> object:
    house = view.house
    liquidity: dict[str, object] = {"mode": view.mode}
    if view.mode == HOUSE:
        liquidity |= {"depth": view.depth, "quantity": trimmed(view.quantity)}
    return {
        **_quote(view.quote),
        "liquidity": liquidity,
        "bids": _levels(view.bids),
        "asks": _levels(view.asks),
        "house": {
            "positionAmt": trimmed(house.quantity),
            "entryPrice": trimmed(house.entry_price),
        },
        "openInterest": trimmed(view.open_interest),
        "holders": view.holders,
    }


def _levels(levels: Levels) -> list[tuple[str, str]]:
    return [(trimmed(price), trimmed(quantity)) for price, quantity in levels]

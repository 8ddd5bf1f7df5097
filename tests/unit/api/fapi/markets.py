"""Markets with known numbers, put into a running house by hand."""

from clearhouse.market.market import Market, record_trade
from clearhouse.matching.book import OrderBook
from clearhouse.messages.trading_queries import TradeView
from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.model.money import parse_units
from clearhouse.model.orders import Order, OrderKind, PositionSide, Side, TimeInForce
from clearhouse.tape.symbol import open_tape
from unit.api.harness import NOW, House

units = parse_units


def put_market(
    house: House,
    symbol: str = "BTCUSDT",
    *,
    last: str = "60000.1",
    mark: str = "60000.12345678",
    index: str = "59999.9",
    tick: str = "0.1",
    depth: int = 2,
    quantity: str = "10",
) -> OrderBook:
    """A market whose house quotes `depth` levels around the last price."""
    house.state.markets[symbol] = Market(
        last=units(last), mark=units(mark), index=units(index), priced_at=Millis(NOW - 5)
    )
    book = OrderBook(
        tick=units(tick),
        anchor=units(last),
        quantity=units(quantity),
        depth=depth,
        update_id=Seq(7),
        updated_at=Millis(NOW - 9),
    )
    house.state.order_books[symbol] = book
    tape = house.opened.sequencer.tape
    tape.symbols[symbol] = open_tape(house.state.markets[symbol], book, Millis(NOW))
    return book


def put_markets(house: House) -> None:
    """A market for every symbol that is listed."""
    for symbol in house.state.catalogue.contracts:
        put_market(house, symbol)


def rest(
    book: OrderBook, number: int, side: Side, price: str, quantity: str, executed: str = "0"
) -> Order:
    """An account's order in the book."""
    order = Order(
        order_id=number,
        uid=Uid(1_000_001),
        client_id=str(number),
        symbol="BTCUSDT",
        side=side,
        position_side=PositionSide.BOTH,
        kind=OrderKind.LIMIT,
        time_in_force=TimeInForce.GTC,
        quantity=units(quantity),
        price=units(price),
        executed=units(executed),
    )
    book.side(side).add(order)
    book.update_id = Seq(book.update_id + 1)
    return order


def trade(house: House, number: int, price: str, quantity: str, *, buyer_maker: bool) -> None:
    """A trade of BTCUSDT."""
    value = units(price) * units(quantity) // 10**8
    view = TradeView(
        number, units(price), units(quantity), value, Millis(NOW + number), buyer_maker
    )
    record_trade(house.state.markets["BTCUSDT"], view)
    row = number, view.at, view.price, view.quantity, view.buyer_maker
    house.opened.sequencer.tape.of("BTCUSDT").trade(row)

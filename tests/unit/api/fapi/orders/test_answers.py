"""Answers about orders, field for field: what is placed, changed, cancelled, checked and read."""

import pytest
from msgspec.structs import replace

from clearhouse.api.fapi.orders.answers import Digits, answer, by_table, digits_of
from clearhouse.api.fapi.orders.shapes import PlacedOrder, QueriedOrder
from clearhouse.messages.trading_commands import SetLiquidity
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import SCALE, parse_units
from clearhouse.model.orders import (
    Order,
    OrderKind,
    OrderStatus,
    PositionSide,
    PriceMatch,
    SelfTrade,
    Side,
    TimeInForce,
)
from unit.api.fapi.orders.calls import (
    AMEND,
    CANCEL,
    CANCEL_ALL,
    CHANGE,
    CHECK,
    COUNTDOWN,
    FIND,
    FIND_OPEN,
    LIMIT,
    MARKET,
    MINE,
    OPEN_ORDERS,
    PLACE,
    ask,
    fund,
    taken,
)
from unit.api.harness import NOW, House, in_house

FIRST = 4_000_000_001
PLACED = {
    "clientOrderId": "mine",
    "cumQty": "0.000",
    "executedQty": "0.000",
    "orderId": FIRST,
    "origQty": "0.010",
    "price": "64000.00",
    "reduceOnly": False,
    "side": "BUY",
    "positionSide": "BOTH",
    "status": "NEW",
    "stopPrice": "0.00",
    "closePosition": False,
    "symbol": "BTCUSDT",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "origType": "LIMIT",
    "updateTime": NOW,
    "workingType": "CONTRACT_PRICE",
    "priceProtect": False,
    "priceMatch": "NONE",
    "selfTradePreventionMode": "EXPIRE_MAKER",
    "goodTillDate": 0,
}
READ = {name: value for name, value in PLACED.items() if name != "cumQty"} | {
    "avgPrice": "0.00000",
    "cumQuote": "0.00000",
    "time": NOW,
}


def test_a_new_order_in_the_order_of_the_documents() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        answer = (await taken(house, PLACE, LIMIT)).json
        assert answer == PLACED
        assert list(answer) == list(PLACED)

    in_house(scene)


@pytest.mark.parametrize("call", [FIND, FIND_OPEN])
def test_an_open_order_is_read(call: str) -> None:
    """By the venue's id too, which goes before the client's."""

    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        assert (await taken(house, call, MINE)).json == READ
        both = {"symbol": "BTCUSDT", "orderId": FIRST, "origClientOrderId": "another"}
        assert (await taken(house, call, both)).json == READ

    in_house(scene)


def test_open_orders_of_a_symbol_and_of_all() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        other = {"symbol": "ETHUSDT", "quantity": "1", "price": "2400", "newClientOrderId": "e"}
        await taken(house, PLACE, {**LIMIT, **other})
        both = (await taken(house, OPEN_ORDERS, {})).json
        assert [row["clientOrderId"] for row in both] == ["mine", "e"]
        assert (await taken(house, OPEN_ORDERS, {"symbol": "BTCUSDT"})).json == [READ]
        assert (await taken(house, OPEN_ORDERS, {"symbol": "BNBUSDT"})).json == []

    in_house(scene)


def test_what_is_checked_is_not_placed() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        before = house.digest()
        checked = (await taken(house, CHECK, LIMIT)).json
        assert checked == {**PLACED, "avgPrice": "0.00000", "cumQuote": "0.00000"}
        assert house.digest() == before

    in_house(scene)


def test_a_cancelled_order() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        assert (await taken(house, CANCEL, MINE)).json == {**PLACED, "status": "CANCELED"}
        assert (await taken(house, OPEN_ORDERS, {})).json == []

    in_house(scene)


def test_a_changed_order() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        changed = (await taken(house, AMEND, {**CHANGE, "modifyId": 7})).json
        new = {"origQty": "0.020", "price": "63000.00", "pair": "BTCUSDT", "modifyId": 7}
        assert changed == {**PLACED, **new}
        assert list(changed)[:6] == [
            "orderId",
            "symbol",
            "pair",
            "status",
            "clientOrderId",
            "modifyId",
        ]
        again = (await taken(house, AMEND, {**CHANGE, "quantity": "0.03"})).json
        assert again["modifyId"] == 0

    in_house(scene)


def test_a_change_that_reaches_the_market_is_answered_as_filled() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        changed = (await taken(house, AMEND, {**CHANGE, "price": "66000"})).json
        assert (changed["status"], changed["executedQty"]) == ("FILLED", "0.020")

    in_house(scene)


def test_a_change_to_what_is_filled_already_cancels() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await levels(house, asks=[("64000", "0.004")])
        placed = {**LIMIT, "newOrderRespType": "RESULT"}
        assert (await taken(house, PLACE, placed)).json["status"] == "NEW"
        assert (await taken(house, FIND_OPEN, MINE)).json["status"] == "PARTIALLY_FILLED"
        changed = (await taken(house, AMEND, {**CHANGE, "quantity": "0.004"})).json
        assert (changed["status"], changed["origQty"]) == ("CANCELED", "0.004")

    in_house(scene)


@pytest.mark.parametrize(
    ("order", "response", "status", "executed"),
    [
        (MARKET, "ACK", "NEW", "0.000"),
        (MARKET, "RESULT", "FILLED", "0.010"),
        ({**LIMIT, "timeInForce": "IOC", "price": "66000"}, "ACK", "NEW", "0.000"),
        ({**LIMIT, "timeInForce": "IOC", "price": "66000"}, "RESULT", "FILLED", "0.010"),
        ({**LIMIT, "timeInForce": "IOC"}, "RESULT", "EXPIRED", "0.000"),
        ({**LIMIT, "timeInForce": "FOK", "price": "66000"}, "RESULT", "FILLED", "0.010"),
        ({**LIMIT, "price": "66000"}, "RESULT", "NEW", "0.000"),
        ({**LIMIT, "price": "66000"}, None, "NEW", "0.000"),
    ],
)
def test_acknowledged_and_resulting(
    order: dict[str, object], response: str | None, status: str, executed: str
) -> None:
    async def scene(house: House) -> None:
        await fund(house)
        placed = (await taken(house, PLACE, {**order, "newOrderRespType": response})).json
        assert (placed["status"], placed["executedQty"]) == (status, executed)
        assert placed["cumQty"] == executed

    in_house(scene)


def test_a_market_order_has_the_price_of_nothing() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        placed = (await taken(house, PLACE, MARKET)).json
        assert (placed["price"], placed["timeInForce"], placed["type"]) == ("0.00", "GTC", "MARKET")
        assert len(placed["clientOrderId"]) == 22

    in_house(scene)


def test_an_order_that_is_filled_in_part_shows_its_average_price() -> None:
    """0.004 at 64,000.0 and 0.003 at 64,100.0 of 0.010: 64,042.857142… on average."""

    async def scene(house: House) -> None:
        await fund(house)
        await levels(house, asks=[("64000", "0.004"), ("64100", "0.003")])
        await taken(house, PLACE, {**LIMIT, "price": "64100"})
        found = (await taken(house, FIND, MINE)).json
        assert found["status"] == "PARTIALLY_FILLED"
        assert found["executedQty"] == "0.007"
        assert found["cumQuote"] == "448.30000"
        assert found["avgPrice"] == "64042.85714"

    in_house(scene)


def test_a_price_match_shows_its_price() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        matched = {**LIMIT, "price": None, "priceMatch": "QUEUE"}
        placed = (await taken(house, PLACE, matched)).json
        assert (placed["price"], placed["priceMatch"]) == ("64999.90", "QUEUE")

    in_house(scene)


def test_a_good_till_date_is_one_of_whole_seconds() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        dated = {**LIMIT, "timeInForce": "GTD", "goodTillDate": NOW + 700_123}
        placed = (await taken(house, PLACE, dated)).json
        assert placed["goodTillDate"] == NOW + 700_000
        undated = {**LIMIT, "goodTillDate": NOW + 700_123, "newClientOrderId": "gtc"}
        assert (await taken(house, PLACE, undated)).json["goodTillDate"] == 0

    in_house(scene)


def test_all_orders_of_a_symbol_are_cancelled() -> None:
    """And it is no refusal that there is none."""

    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        for _ in range(2):
            assert (await taken(house, CANCEL_ALL, {"symbol": "BTCUSDT"})).json == {
                "code": 200,
                "msg": "The operation of cancel all open order is done.",
            }
        assert (await taken(house, OPEN_ORDERS, {})).json == []

    in_house(scene)


def test_a_countdown_cancels() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        asked = {"symbol": "BTCUSDT", "countdownTime": 1000}
        assert (await taken(house, COUNTDOWN, asked)).json == {
            "symbol": "BTCUSDT",
            "countdownTime": "1000",
        }
        await house.control("POST", "/clock/advance", {"ms": 1000})
        later = {"timestamp": NOW + 1000}
        assert (await taken(house, OPEN_ORDERS, later)).json == []

    in_house(scene)


@pytest.mark.parametrize("spelled", ["orderid", "ORDERID", "orderID"])
def test_names_of_parameters_in_any_case(spelled: str) -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        assert (await taken(house, CANCEL, {"symbol": "BTCUSDT", spelled: FIRST})).status == 200

    in_house(scene)


def test_another_account_sees_and_cancels_nothing() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, PLACE, LIMIT)
        stranger = await house.account()
        by_id = {"symbol": "BTCUSDT", "orderId": FIRST}
        assert (await ask(stranger, CANCEL, by_id)).refusal[1] == -2011
        assert (await ask(stranger, FIND_OPEN, by_id)).refusal[1] == -2013
        assert (await taken(stranger, OPEN_ORDERS, {})).json == []

    in_house(scene)


def test_what_only_closes_reads_as_reduce_only() -> None:
    """In hedge mode the position side says it, and the answers say it as `reduceOnly`."""

    async def scene(house: House) -> None:
        await fund(house)
        await taken(house, "POST /fapi/v1/positionSide/dual", {"dualSidePosition": "true"})
        opened = (await taken(house, PLACE, {**MARKET, "positionSide": "LONG"})).json
        closing = {**LIMIT, "positionSide": "LONG", "side": "SELL", "price": "66000"}
        closed = (await taken(house, PLACE, closing)).json
        assert (opened["reduceOnly"], closed["reduceOnly"]) == (False, True)
        assert (await taken(house, FIND, MINE)).json["reduceOnly"] is True

    in_house(scene)


def test_digits_of_a_symbol_are_eight_at_most() -> None:
    async def scene(house: House) -> None:
        contract = house.state.catalogue.contracts["BTCUSDT"]
        assert digits_of(contract) == Digits(2, 3, 5)
        fine = replace(contract, price_precision=7, quantity_precision=3)
        assert digits_of(fine) == Digits(7, 3, 8)

    in_house(scene)


def test_a_symbol_of_whole_contracts() -> None:
    order = Order(
        order_id=1,
        uid=Uid(1),
        client_id="a",
        symbol="DOGEUSDT",
        side=Side.SELL,
        position_side=PositionSide.SHORT,
        kind=OrderKind.LIMIT,
        time_in_force=TimeInForce.GTX,
        quantity=307 * SCALE,
        price=228_200,
        created_at=Millis(5),
    )
    shown = answer(QueriedOrder, order, Digits(7, 0, 7))
    assert (shown.orig_qty, shown.executed_qty, shown.price) == ("307", "0", "0.0022820")
    assert (shown.avg_price, shown.cum_quote, shown.time) == ("0.0000000", "0.0000000", 5)


async def levels(house: House, *, asks: list[tuple[str, str]]) -> None:
    """Let the house offer these prices and quantities once, and nothing else."""
    offers = tuple((parse_units(price), parse_units(quantity)) for price, quantity in asks)
    command = SetLiquidity(symbol="BTCUSDT", mode="levels", asks=offers)
    await house.opened.venue.submit(command)


def test_what_is_written_out_is_what_the_table_says() -> None:
    """Every field differs from its default, so that no two can be mistaken for each other."""
    order = Order(
        order_id=7,
        uid=Uid(1),
        client_id="a",
        symbol="BTCUSDT",
        side=Side.SELL,
        position_side=PositionSide.SHORT,
        kind=OrderKind.LIMIT,
        time_in_force=TimeInForce.GTD,
        quantity=3 * SCALE,
        price=2 * SCALE,
        reduce_only=True,
        close_position=True,
        self_trade=SelfTrade.EXPIRE_BOTH,
        price_match=PriceMatch.QUEUE,
        good_till=Millis(9),
        stop_price=5 * SCALE,
        created_at=Millis(10),
        updated_at=Millis(11),
        status=OrderStatus.PARTIALLY_FILLED,
        executed=SCALE,
        quote=2 * SCALE,
    )
    digits = Digits(1, 2, 3)
    assert answer(PlacedOrder, order, digits) == by_table(PlacedOrder, order, digits)

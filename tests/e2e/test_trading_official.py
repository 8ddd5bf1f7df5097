"""Trading with the exchange's own Python SDK: REST, and the WebSocket API."""

import asyncio
import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from binance_common.errors import BadRequestError
from binance_sdk_derivatives_trading_usds_futures.rest_api.models import (
    ModifyMultipleOrdersBatchOrdersParameterInner,
    PlaceMultipleOrdersBatchOrdersParameterInner,
)

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import official_rest, official_socket
from .market import fill, fresh, quote, set_price

# The SDK passes aiohttp a number where it wants a structure by now.
pytestmark = pytest.mark.filterwarnings(
    "ignore:parameter 'timeout' of type 'float':DeprecationWarning"
)

BTC: dict[str, Any] = {"symbol": "BTCUSDT"}
LIMIT: dict[str, Any] = {
    **BTC,
    "side": "BUY",
    "type": "LIMIT",
    "time_in_force": "GTC",
    "quantity": 0.01,
}
MARKET: dict[str, Any] = {**BTC, "type": "MARKET", "quantity": 0.01}


@pytest.fixture(autouse=True)
def parsed_without_complaint(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The SDK only logs an answer that does not fit its model, so its log must stay empty."""
    yield
    assert [
        r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.WARNING
    ] == []


@pytest.fixture
def account(control: Client) -> Account:
    fresh(control)
    return open_account(control, {"UMFUTURE": {"USDT": "10000"}})


@pytest.fixture
def futures(server: ServerProcess, account: Account) -> Any:
    return official_rest(server.url, account)


def code_of(call: Any, **params: Any) -> int:
    """The code that a call is refused with."""
    with pytest.raises(BadRequestError) as refused:
        call(**params)
    code = refused.value.status_code
    assert code is not None
    return code


def summed(texts: list[str]) -> Decimal:
    return sum((Decimal(text) for text in texts), Decimal(0))


def test_a_limit_order_rests_is_changed_and_cancelled(futures: Any) -> None:
    made = futures.new_order(**LIMIT, price=64000, new_client_order_id="mine").data()
    assert (made.status, made.price, made.orig_qty) == ("NEW", "64000.00", "0.010")
    assert [row.order_id for row in futures.current_all_open_orders(**BTC).data()] == [
        made.order_id
    ]
    changed = futures.modify_order(
        **BTC, side="BUY", quantity=0.02, price=63000, orig_client_order_id="mine", modify_id=7
    ).data()
    assert (changed.order_id, changed.price, changed.modify_id) == (made.order_id, "63000.00", 7)
    [row] = futures.get_order_modify_history(**BTC, order_id=made.order_id).data()
    assert (row.amendment.price.before, row.amendment.price.after) == ("64000.00", "63000.00")
    assert (row.amendment.orig_qty.before, row.amendment.orig_qty.after) == ("0.010", "0.020")
    held = futures.account_information_v3().data()
    assert held.total_open_order_initial_margin == "63.00000000"  # 1,260 at 20 times
    assert held.available_balance == "9937.00000000"
    assert futures.cancel_order(**BTC, order_id=made.order_id).data().status == "CANCELED"
    assert futures.query_order(**BTC, orig_client_order_id="mine").data().status == "CANCELED"
    assert code_of(futures.query_current_open_order, **BTC, order_id=made.order_id) == -2013
    assert code_of(futures.cancel_order, **BTC, order_id=made.order_id) == -2011
    assert futures.account_information_v3().data().available_balance == "10000.00000000"


def test_an_order_is_filled_in_parts(control: Client, futures: Any) -> None:
    """Two levels of a scripted book, then a forced fill; every record of it agrees."""
    quote(control, asks=[["65000.1", "0.004"], ["65000.2", "1"]])
    made = futures.new_order(**LIMIT, price=65000.1).data()
    assert (made.status, made.executed_qty) == ("NEW", "0.000")  # as accepted, as at the exchange
    part = futures.query_order(**BTC, order_id=made.order_id).data()
    assert (part.status, part.executed_qty, part.avg_price) == (
        "PARTIALLY_FILLED",
        "0.004",
        "65000.10000",
    )
    fill(control, made.order_id, price="64000", quantity="0.001")
    fill(control, made.order_id)
    whole = futures.query_order(**BTC, order_id=made.order_id).data()
    # 0.004 and 0.005 at 65,000.1, 0.001 at 64,000
    assert (whole.status, whole.cum_quote, whole.avg_price) == (
        "FILLED",
        "649.00090",
        "64900.09000",
    )
    trades = futures.account_trade_list(**BTC, order_id=made.order_id).data()
    assert [(row.qty, row.price, row.maker) for row in trades] == [
        ("0.004", "65000.10", False),
        ("0.001", "64000.00", True),
        ("0.005", "65000.10", True),
    ]
    assert summed([row.quote_qty for row in trades]) == Decimal(whole.cum_quote)
    # 260.0004 at 0.05%, 64 and 325.0005 at 0.02%
    assert [row.commission for row in trades] == ["0.13000020", "0.01280000", "0.06500010"]
    [position] = futures.position_information_v3(**BTC).data()
    assert (position.position_amt, position.entry_price) == ("0.010", "64900.09")
    income = futures.get_income_history(income_type="COMMISSION").data()
    assert [row.income for row in income] == [f"-{row.commission}" for row in trades]
    assert [row.trade_id for row in income] == [str(row.id) for row in trades]
    wallet = futures.futures_account_balance_v3().data()[0].balance
    assert wallet == "9999.79219970"
    assert summed([row.income for row in futures.get_income_history().data()]) == Decimal(wallet)


def test_every_time_in_force(control: Client, futures: Any) -> None:
    quote(control, bids=[["64999.9", "1"]], asks=[["65000.1", "0.004"], ["65000.2", "1"]])
    order = LIMIT | {"price": 65000.1}
    assert code_of(futures.new_order, **order | {"time_in_force": "GTX"}) == -5022
    assert code_of(futures.new_order, **order | {"time_in_force": "FOK"}) == -5021
    rest = futures.new_order(
        **order | {"time_in_force": "IOC"}, new_order_resp_type="RESULT"
    ).data()
    assert (rest.status, rest.executed_qty) == ("EXPIRED", "0.004")
    whole = futures.new_order(
        **order | {"time_in_force": "FOK", "price": 65000.2}, new_order_resp_type="RESULT"
    ).data()
    assert (whole.status, whole.executed_qty) == ("FILLED", "0.010")
    maker = futures.new_order(**order | {"time_in_force": "GTX", "price": 65000}).data()
    assert (maker.status, maker.time_in_force) == ("NEW", "GTX")
    assert code_of(futures.new_order, **order | {"time_in_force": "GTD"}) == -1102
    until = futures.check_server_time().data().server_time + 700_000
    dated = futures.new_order(
        **order | {"time_in_force": "GTD", "price": 64000}, good_till_date=until
    ).data()
    assert (dated.status, dated.good_till_date) == ("NEW", until // 1000 * 1000)
    assert futures.cancel_all_open_orders(**BTC).data().code == 200
    statuses = [row.status for row in futures.all_orders(**BTC).data()]
    assert statuses == ["EXPIRED", "FILLED", "CANCELED", "CANCELED"]


def test_prices_that_follow_the_book(control: Client, futures: Any) -> None:
    quote(control, bids=[["64990", "1"], ["64980", "1"]], asks=[["65010", "1"]])
    matched = {name: value for name, value in LIMIT.items() if name != "quantity"}
    queued = futures.new_order(**matched, quantity=0.01, price_match="QUEUE").data()
    assert (queued.status, queued.price, queued.price_match) == ("NEW", "64990.00", "QUEUE")
    taken = futures.new_order(**matched, quantity=0.01, price_match="OPPONENT").data()
    assert taken.price == "65010.00"
    assert futures.query_order(**BTC, order_id=taken.order_id).data().status == "FILLED"
    assert code_of(futures.new_order, **LIMIT, price_match="QUEUE_5") == -5041


def test_batches_answer_element_by_element(futures: Any) -> None:
    """What is refused stands in the answer as code and message; the others are there."""
    new: Any = PlaceMultipleOrdersBatchOrdersParameterInner
    change: Any = ModifyMultipleOrdersBatchOrdersParameterInner
    limit = {**BTC, "side": "BUY", "type": "LIMIT", "time_in_force": "GTC"}
    placed = futures.place_multiple_orders(
        [
            new(**limit, quantity=0.01, price=60000, new_client_order_id="one"),
            new(**limit, quantity=0.01, price=100, new_client_order_id="two"),
            new(**limit, quantity=0.01, price=61000, new_client_order_id="one"),
            new(**limit, quantity=0.01, price=62000, new_client_order_id="three"),
        ]
    ).data()
    assert [(row.client_order_id, row.code) for row in placed] == [
        ("one", None),
        (None, -4013),
        (None, -4116),
        ("three", None),
    ]
    changed = futures.modify_multiple_orders(
        [
            change(**BTC, side="BUY", orig_client_order_id="one", quantity=0.02, price=60500),
            change(**BTC, side="BUY", orig_client_order_id="two", quantity=0.02, price=60500),
            change(**BTC, side="SELL", orig_client_order_id="three", quantity=0.02, price=60500),
        ]
    ).data()
    assert [(row.price, row.code) for row in changed] == [
        ("60500.00", None),
        (None, -2013),
        (None, -1117),
    ]
    gone = futures.cancel_multiple_orders(
        **BTC, orig_client_order_id_list=["one", "two", "three"]
    ).data()
    assert [(row.status, row.code) for row in gone] == [
        ("CANCELED", None),
        (None, -2011),
        ("CANCELED", None),
    ]
    assert futures.current_all_open_orders(**BTC).data() == []


def test_both_sides_of_hedge_mode(control: Client, futures: Any) -> None:
    futures.change_position_mode(dual_side_position="true")
    for side, of, quantity in (("BUY", "LONG", 0.03), ("SELL", "SHORT", 0.02)):
        futures.new_order(**BTC, side=side, type="MARKET", quantity=quantity, position_side=of)
    long, short = futures.position_information_v3(**BTC).data()
    assert (long.position_side, long.position_amt, long.entry_price) == (
        "LONG",
        "0.030",
        "65000.1",
    )
    assert (short.position_side, short.position_amt, short.entry_price) == (
        "SHORT",
        "-0.020",
        "64999.9",
    )
    assert code_of(futures.new_order, **MARKET, side="BUY") == -4061
    closing = {**BTC, "type": "MARKET", "side": "SELL", "position_side": "LONG"}
    assert code_of(futures.new_order, **closing, quantity=0.04) == -2022
    assert code_of(futures.change_position_mode, dual_side_position="false") == -4068
    set_price(control, "66000")
    futures.new_order(**closing, quantity=0.03)
    futures.new_order(**BTC, type="MARKET", side="BUY", position_side="SHORT", quantity=0.02)
    realized = futures.get_income_history(income_type="REALIZED_PNL").data()
    # 0.03 of 65,000.1 to 65,999.9; 0.02 of 64,999.9 to 66,000.1
    assert [row.income for row in realized] == ["29.99400000", "-20.00400000"]
    assert futures.position_information_v3(**BTC).data() == []
    assert futures.change_position_mode(dual_side_position="false").data().code == 200


def test_orders_that_only_reduce(futures: Any) -> None:
    reducing = {**BTC, "side": "SELL", "type": "MARKET", "reduce_only": "true"}
    assert code_of(futures.new_order, **reducing, quantity=0.01) == -2022
    futures.new_order(**MARKET, side="BUY")
    done = futures.new_order(**reducing, quantity=5, new_order_resp_type="RESULT").data()
    assert (done.status, done.executed_qty, done.reduce_only) == ("EXPIRED", "0.010", True)
    assert futures.position_information_v3(**BTC).data() == []


def test_isolated_margin(futures: Any) -> None:
    futures.change_margin_type(**BTC, margin_type="ISOLATED")
    futures.change_initial_leverage(**BTC, leverage=10)
    futures.new_order(**MARKET, side="BUY")
    assert code_of(futures.change_margin_type, **BTC, margin_type="CROSSED") == -4048
    assert code_of(futures.change_initial_leverage, **BTC, leverage=5) == -4161
    [before] = futures.position_information_v3(**BTC).data()
    moved = futures.modify_isolated_position_margin(**BTC, amount=20, type=1).data()
    assert (moved.code, moved.amount, moved.type) == (200, 20.0, 1)
    futures.modify_isolated_position_margin(**BTC, amount=5, type=2)
    [after] = futures.position_information_v3(**BTC).data()
    assert Decimal(after.isolated_wallet) == Decimal(before.isolated_wallet) + 15
    assert Decimal(after.liquidation_price) < Decimal(before.liquidation_price)
    rows = futures.get_position_margin_change_history(**BTC).data()
    assert [(row.type, row.amount) for row in rows] == [(1, "20.00000000"), (2, "5.00000000")]
    [queue] = futures.position_adl_quantile_estimation(**BTC).data()
    assert (queue.symbol, queue.adl_quantile.both) == ("BTCUSDT", 0)


def test_the_websocket_api(server: ServerProcess, account: Account, futures: Any) -> None:
    """Place, change, look, cancel, trade; the positions of both versions."""

    async def scene() -> None:
        api = official_socket(server.url, account)
        await api.create_connection()
        try:
            made = (await api.new_order(**LIMIT, price=64000)).data().result
            number = made.order_id
            assert (made.status, made.price) == ("NEW", "64000.00")
            changed = await api.modify_order(
                **BTC, side="BUY", quantity=0.02, price=63000, order_id=number
            )
            assert changed.data().result.orig_qty == "0.020"
            looked = (await api.query_order(**BTC, order_id=number)).data().result
            assert (looked.price, looked.executed_qty) == ("63000.00", "0.000")
            gone = (await api.cancel_order(**BTC, order_id=number)).data().result
            assert gone.status == "CANCELED"
            traded = await api.new_order(**MARKET, side="BUY", new_order_resp_type="RESULT")
            assert traded.data().result.status == "FILLED"
            [row] = (await api.position_information_v2(**BTC)).data().result
            assert (row.position_amt, row.entry_price) == ("0.010", "65000.1")
            [row] = (await api.position_information(**BTC)).data().result
            assert (row.position_amt, row.leverage) == ("0.010", "20")
        finally:
            await api.close_connection()

    asyncio.run(scene())
    assert [row.status for row in futures.all_orders(**BTC).data()] == ["CANCELED", "FILLED"]

"""Every event about trading, byte for byte: keys, their order, and how numbers are printed."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from clearhouse.api.streams.payloads import Told, payload_of
from clearhouse.messages.notices import (
    AccountChanged,
    AlgoChanged,
    BalanceChange,
    Execution,
    Fill,
    OrderChanged,
    OrderTraded,
    PositionState,
)
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.orders import (
    AlgoKind,
    AlgoOrder,
    AlgoStatus,
    Expiry,
    Order,
    OrderKind,
    OrderStatus,
    PositionSide,
    PriceMatch,
    SelfTrade,
    Side,
    TimeInForce,
    WorkingType,
)

ONE = 10**8
UID, AT = Uid(7), Millis(1_789_000_000_123)

LIMIT = Order(
    order_id=8886774,
    uid=UID,
    client_id="mb-1",
    symbol="BTCUSDT",
    side=Side.BUY,
    position_side=PositionSide.BOTH,
    kind=OrderKind.LIMIT,
    time_in_force=TimeInForce.GTC,
    quantity=ONE // 100,
    price=60_000 * ONE,
)
PART = Fill(
    trade_id=702,
    maker=True,
    price=60_000 * ONE,
    quantity=4 * ONE // 1000,
    realized=-25_000_000,
    commission=4_800_000,
    commission_asset="USDT",
)
STOP = AlgoOrder(
    algo_id=2148719,
    uid=UID,
    client_id="mb-sl-1",
    symbol="BTCUSDT",
    side=Side.SELL,
    position_side=PositionSide.BOTH,
    kind=AlgoKind.STOP_MARKET,
    time_in_force=TimeInForce.GTC,
    quantity=ONE // 100,
    price=0,
    trigger_price=58_000 * ONE,
    working_type=WorkingType.MARK_PRICE,
    self_trade=SelfTrade.EXPIRE_MAKER,
    reduce_only=True,
)
TRAILING = replace(
    STOP,
    kind=AlgoKind.TRAILING_STOP_MARKET,
    working_type=WorkingType.CONTRACT_PRICE,
    trigger_price=0,
    activate_price=61_000 * ONE,
    callback_rate=1_500_000,
    price_protect=True,
)


def changed(execution: Execution, order: Order = LIMIT, **more: Any) -> OrderChanged:
    values = {"bids": 0, "asks": 0, **more}
    return OrderChanged(uid=UID, at=AT, execution=execution, order=order, **values)


def algo(order: AlgoOrder, executed: int = 0, quote: int = 0) -> AlgoChanged:
    return AlgoChanged(uid=UID, at=AT, algo=order, executed=executed, quote=quote)


PARTLY = replace(
    LIMIT, executed=4 * ONE // 1000, quote=240 * ONE, status=OrderStatus.PARTIALLY_FILLED
)
FROM_TRAILING = replace(
    LIMIT,
    side=Side.SELL,
    kind=OrderKind.MARKET,
    price=0,
    reduce_only=True,
    algo_id=TRAILING.algo_id,
)

WHOLE: list[tuple[str, Told, str, str]] = [
    (
        "a new order",
        changed(Execution.NEW, bids=600 * ONE),
        "ORDER_TRADE_UPDATE",
        (
            '{"e":"ORDER_TRADE_UPDATE","E":1789000000123,"T":1789000000123,"o":{"s":"BTCUSDT",'
            '"c":"mb-1","S":"BUY","o":"LIMIT","f":"GTC","q":"0.01","p":"60000","ap":"0","sp":"0",'
            '"x":"NEW","X":"NEW","i":8886774,"l":"0","z":"0","L":"0","T":1789000000123,"t":0,'
            '"b":"600","a":"0","m":false,"R":false,"wt":"CONTRACT_PRICE","ot":"LIMIT","ps":"BOTH",'
            '"cp":false,"rp":"0","pP":false,"si":0,"ss":0,"V":"EXPIRE_MAKER","pm":"NONE","gtd":0,'
            '"er":"0"}}'
        ),
    ),
    (
        "a fill",
        changed(Execution.TRADE, PARTLY, bids=360 * ONE, fill=PART),
        "ORDER_TRADE_UPDATE",
        (
            '{"e":"ORDER_TRADE_UPDATE","E":1789000000123,"T":1789000000123,"o":{"s":"BTCUSDT",'
            '"c":"mb-1","S":"BUY","o":"LIMIT","f":"GTC","q":"0.01","p":"60000","ap":"60000","sp":"0",'
            '"x":"TRADE","X":"PARTIALLY_FILLED","i":8886774,"l":"0.004","z":"0.004","L":"60000",'
            '"N":"USDT","n":"0.048","T":1789000000123,"t":702,"b":"360","a":"0","m":true,"R":false,'
            '"wt":"CONTRACT_PRICE","ot":"LIMIT","ps":"BOTH","cp":false,"rp":"-0.25","pP":false,'
            '"si":0,"ss":0,"V":"EXPIRE_MAKER","pm":"NONE","gtd":0,"er":"0"}}'
        ),
    ),
    (
        "a fill in short",
        OrderTraded(uid=UID, at=AT, order=PARTLY, fill=PART, price_decimals=2, quantity_decimals=3),
        "TRADE_LITE",
        (
            '{"e":"TRADE_LITE","E":1789000000123,"T":1789000000123,"s":"BTCUSDT","q":"0.010",'
            '"p":"60000.00","m":true,"c":"mb-1","S":"BUY","L":"60000.00","l":"0.004","t":702,'
            '"i":8886774}'
        ),
    ),
    (
        "the account after a fill",
        AccountChanged(
            UID,
            AT,
            "ORDER",
            (
                BalanceChange("USDT", 100 * ONE, 70 * ONE, 0),
                BalanceChange("BNB", 2 * ONE, 2 * ONE, 0),
            ),
            (
                PositionState(
                    symbol="BTCUSDT",
                    side=PositionSide.SHORT,
                    isolated=True,
                    quantity=-ONE // 100,
                    entry_price=6_000_012_345_678,
                    break_even_price=59_997_120_000_000_001,
                    cumulative_realized=-25_000_000,
                    unrealized=-150_000_000,
                    isolated_wallet=30 * ONE,
                ),
            ),
        ),
        "ACCOUNT_UPDATE",
        (
            '{"e":"ACCOUNT_UPDATE","E":1789000000123,"T":1789000000123,"a":{"m":"ORDER","B":['
            '{"a":"USDT","wb":"100.00000000","cw":"70.00000000","bc":"0"},'
            '{"a":"BNB","wb":"2.00000000","cw":"2.00000000","bc":"0"}],"P":['
            '{"s":"BTCUSDT","pa":"-0.01","ep":"60000.12345678","bep":"59997.120000000001","cr":"-0.25",'
            '"up":"-1.5","mt":"isolated","iw":"30","ps":"SHORT"}]}}'
        ),
    ),
    (
        "funding",
        AccountChanged(
            UID,
            AT,
            "FUNDING_FEE",
            (BalanceChange("USDT", 99 * ONE, 99 * ONE, -85_067),),
            symbol="BTCUSDT",
        ),
        "ACCOUNT_UPDATE",
        (
            '{"e":"ACCOUNT_UPDATE","E":1789000000123,"T":1789000000123,"a":{"m":"FUNDING_FEE","B":['
            '{"a":"USDT","wb":"99.00000000","cw":"99.00000000","bc":"-0.00085067"}],"P":[],'
            '"S":"BTCUSDT"}}'
        ),
    ),
    (
        "a stop that waits",
        algo(STOP),
        "ALGO_UPDATE",
        (
            '{"e":"ALGO_UPDATE","T":1789000000123,"E":1789000000123,"o":{"caid":"mb-sl-1",'
            '"aid":2148719,"at":"CONDITIONAL","o":"STOP_MARKET","s":"BTCUSDT","S":"SELL","ps":"BOTH",'
            '"f":"GTC","q":"0.01","X":"NEW","ai":"","ap":"0","aq":"0","act":"0","tp":"58000","p":"0",'
            '"V":"EXPIRE_MAKER","wt":"MARK_PRICE","pm":"NONE","cp":false,"pP":false,"R":true,"tt":0,'
            '"gtd":0,"rm":"","ia":false}}'
        ),
    ),
    (
        "a trailing order that is over",
        algo(
            replace(
                TRAILING,
                status=AlgoStatus.FINISHED,
                order_id=8886774,
                triggered_at=Millis(AT - 1),
                activated=True,
            ),
            executed=ONE // 100,
            quote=600 * ONE,
        ),
        "ALGO_UPDATE",
        (
            '{"e":"ALGO_UPDATE","T":1789000000123,"E":1789000000123,"o":{"caid":"mb-sl-1",'
            '"aid":2148719,"at":"CONDITIONAL","o":"TRAILING_STOP_MARKET","s":"BTCUSDT","S":"SELL",'
            '"ps":"BOTH","f":"GTC","q":"0.01","X":"FINISHED","ai":"8886774","ap":"60000","aq":"0.01",'
            '"act":"MARKET","tp":"0","p":"0","V":"EXPIRE_MAKER","wt":"CONTRACT_PRICE","pm":"NONE",'
            '"cp":false,"pP":true,"R":true,"tt":1789000000122,"gtd":0,"rm":"","ia":true}}'
        ),
    ),
]


@pytest.mark.parametrize(("name", "notice", "kind", "text"), WHOLE, ids=[row[0] for row in WHOLE])
def test_an_event_reads_so(name: str, notice: Told, kind: str, text: str) -> None:
    assert payload_of(notice) == (kind, text.encode())


def fields(notice: Told) -> dict[str, Any]:
    order: dict[str, Any] = json.loads(payload_of(notice)[1])["o"]
    return order


DIFFERENT: list[tuple[str, Told, dict[str, Any]]] = [
    (
        "cancelled",
        changed(Execution.CANCELED, replace(PARTLY, status=OrderStatus.CANCELED)),
        {"x": "CANCELED", "X": "CANCELED", "z": "0.004", "ap": "60000", "l": "0", "er": "0"},
    ),
    (
        "expired against its own account",
        changed(
            Execution.EXPIRED,
            replace(LIMIT, status=OrderStatus.EXPIRED_IN_MATCH),
            expiry=Expiry.SELF_TRADE,
        ),
        {"x": "EXPIRED", "X": "EXPIRED_IN_MATCH", "er": "1"},
    ),
    (
        "amended, with a tag",
        changed(Execution.AMENDMENT, replace(LIMIT, price=59_000 * ONE + ONE // 10, modify_id=42)),
        {"x": "AMENDMENT", "X": "NEW", "p": "59000.1", "M": "42"},
    ),
    (
        "of a trailing order",
        changed(Execution.NEW, FROM_TRAILING, origin=TRAILING),
        {"o": "MARKET", "ot": "TRAILING_STOP_MARKET", "AP": "61000", "cr": "1.5", "pP": True}
        | {"wt": "CONTRACT_PRICE", "R": True, "p": "0"},
    ),
    (
        "of a stop on the mark price",
        changed(Execution.NEW, replace(FROM_TRAILING, stop_price=58_000 * ONE), origin=STOP),
        {"o": "MARKET", "ot": "STOP_MARKET", "sp": "58000", "wt": "MARK_PRICE", "pP": False},
    ),
    (
        "closing one side of hedge mode",
        changed(Execution.NEW, replace(LIMIT, position_side=PositionSide.SHORT)),
        {"S": "BUY", "ps": "SHORT", "R": True},
    ),
    (
        "closing a whole position",
        changed(
            Execution.NEW, replace(LIMIT, side=Side.SELL, close_position=True, reduce_only=True)
        ),
        {"cp": True, "R": True},
    ),
    (
        "with an end and a matched price",
        changed(
            Execution.NEW,
            replace(
                LIMIT,
                time_in_force=TimeInForce.GTD,
                good_till=Millis(1_789_001_000_000),
                price_match=PriceMatch.QUEUE_5,
                self_trade=SelfTrade.EXPIRE_BOTH,
            ),
        ),
        {"f": "GTD", "gtd": 1_789_001_000_000, "pm": "QUEUE_5", "V": "EXPIRE_BOTH"},
    ),
    (
        "an average price that does not come out even",
        changed(Execution.TRADE, replace(PARTLY, executed=3 * ONE, quote=10 * ONE), fill=PART),
        {"ap": "3.33333333"},
    ),
    (
        "a commission of nothing",
        changed(Execution.TRADE, PARTLY, fill=replace(PART, commission=0)),
        {"n": "0", "N": "USDT"},
    ),
    (
        "a stop limit that has become an order",
        algo(
            replace(
                STOP,
                kind=AlgoKind.STOP,
                price=57_900 * ONE,
                status=AlgoStatus.TRIGGERED,
                order_id=9,
                triggered_at=AT,
            )
        ),
        {"o": "STOP", "X": "TRIGGERED", "ai": "9", "act": "LIMIT", "p": "57900", "tt": AT}
        | {"ap": "0", "aq": "0"},
    ),
    (
        "a conditional order that was refused",
        algo(replace(STOP, status=AlgoStatus.REJECTED, reason="Margin is insufficient.")),
        {"X": "REJECTED", "rm": "Margin is insufficient.", "ai": ""},
    ),
    (
        "a conditional order that closes a position",
        algo(replace(STOP, reduce_only=False, close_position=True, quantity=0)),
        {"q": "0", "cp": True, "R": True},
    ),
]


@pytest.mark.parametrize(("name", "notice", "part"), DIFFERENT, ids=[row[0] for row in DIFFERENT])
def test_an_event_says_what_is_different(name: str, notice: Told, part: dict[str, Any]) -> None:
    shown = fields(notice)
    assert {key: shown[key] for key in part} == part


def test_what_says_nothing_is_left_out() -> None:
    plain = fields(changed(Execution.NEW))
    assert {"N", "n", "AP", "cr", "M"} & plain.keys() == set()
    assert {"AP", "cr"} & fields(changed(Execution.NEW, FROM_TRAILING, origin=STOP)).keys() == set()

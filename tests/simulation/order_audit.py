"""What a restarted server must show of its orders, given the diary of what it answered before."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

from clearhouse.testing import Client

from .load import Owner
from .order_load import PRODUCTS, Act, Attempt, OrderDiary, elements

PAGE = 1_000
DEPOSIT = "1000000"
OPEN = ("NEW", "PARTIALLY_FILLED")
FIXED = ("orderId", "symbol", "side", "type", "timeInForce", "reduceOnly", "goodTillDate")
"""What an order keeps whatever happens to it."""
DONE = ("status", "executedQty", "price", "origQty", "updateTime")
"""What an order that is over keeps."""


class Records(NamedTuple):
    """What an account can read of itself. Orders by client id."""

    orders: dict[str, Any]
    stops: dict[str, Any]
    open_orders: list[Any]
    open_stops: list[Any]
    trades: list[Any]
    income: list[Any]
    positions: dict[str, Decimal]
    wallet: Decimal
    amendments: dict[str, list[Any]]


def open_traders(url: str, number: int) -> list[Owner]:
    """Accounts with money in the futures wallet."""
    with closing(Client(url)) as client:
        body = {"balances": {"UMFUTURE": {"USDT": DEPOSIT}}}
        made = [client.control("POST", "/accounts", body).json for _ in range(number)]
    return [Owner(one["uid"], one["apiKey"], one["apiSecret"]) for one in made]


def check_orders(
    url: str, owners: list[Owner], diary: OrderDiary, before: dict[int, Records]
) -> dict[int, Records]:
    """Everything acknowledged is there, nothing refused is, and all records agree."""
    found = {owner.uid: _records(url, owner, diary) for owner in owners}
    for uid, records in found.items():
        _check_acknowledged(uid, records, diary)
        _check_refused(uid, records, diary)
        _check_whole_batches(uid, records, diary)
        _check_open(records)
        _check_amendments(uid, records, diary)
        _check_trades(records)
        _check_money(records)
        if uid in before:
            _check_standing(before[uid], records)
    with closing(Client(url)) as client:
        _check_market(client, found, diary)
        ledger = client.control("GET", "/ledger/check").json
    assert ledger["ok"], ledger
    assert {row["sum"] for row in ledger["assets"].values()} == {"0.00000000"}
    return found


def _check_acknowledged(uid: int, records: Records, diary: OrderDiary) -> None:
    """What an answer said is so, or what came of it since."""
    for attempt, answer in diary.acked:
        if attempt.uid != uid:
            continue
        if attempt.act is Act.CANCEL_ALL:
            _check_ended(records, attempt, diary)
        elif attempt.act in (Act.STOP, Act.UNSTOP):
            assert attempt.name in records.stops, f"acknowledged and lost: {attempt}"
            _check_stop(records.stops[attempt.name], attempt, answer)
        else:
            assert attempt.name in records.orders, f"acknowledged and lost: {attempt}"
            _check_order(records.orders[attempt.name], attempt, answer)


def _check_order(row: Any, attempt: Attempt, answer: Any) -> None:
    """An order that was placed, changed or cancelled."""
    assert _of(row, FIXED) == _of(answer, FIXED), (attempt, answer, row)
    assert Decimal(row["executedQty"]) >= Decimal(answer["executedQty"]), (attempt, answer, row)
    if answer["status"] not in OPEN:
        assert _of(row, DONE) == _of(answer, DONE), (attempt, answer, row)
    assert attempt.act is not Act.CANCEL or answer["status"] == "CANCELED"


def _check_stop(row: Any, attempt: Attempt, answer: Any) -> None:
    """A conditional order that was placed or cancelled."""
    if attempt.act is Act.UNSTOP:
        assert (row["algoId"], row["algoStatus"]) == (answer["algoId"], "CANCELED"), attempt
    else:
        fields = ("algoId", "symbol", "side", "orderType", "createTime")
        assert _of(row, fields) == _of(answer, fields), (attempt, answer, row)


def _check_ended(records: Records, attempt: Attempt, diary: OrderDiary) -> None:
    """Every order that was answered before all were cancelled is over."""
    for earlier, _ in diary.acked[: attempt.after]:
        same = (earlier.uid, earlier.symbol) == (attempt.uid, attempt.symbol)
        if earlier.act is Act.PLACE and same:
            assert records.orders[earlier.name]["status"] not in OPEN, (attempt, earlier)


def _of(row: Any, fields: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in fields}


def _check_refused(uid: int, records: Records, diary: OrderDiary) -> None:
    """What was refused is nowhere; what was refused for want of an open order is over."""
    for attempt in diary.refused:
        if attempt.uid != uid:
            continue
        order: Any = records.orders.get(attempt.name)
        stop: Any = records.stops.get(attempt.name)
        if attempt.act in (Act.PLACE, Act.STOP):
            assert order is None, attempt
            assert stop is None, attempt
        elif attempt.act is Act.CANCEL:
            assert order["status"] not in OPEN, attempt
        elif attempt.act is Act.UNSTOP:
            assert stop["algoStatus"] != "NEW", attempt


def _check_whole_batches(uid: int, records: Records, diary: OrderDiary) -> None:
    """Every order was asked for; a batch without an answer is there whole or not at all."""
    sent = [*(one.attempt for one in diary.acked), *diary.unknown]
    batches = [one for one in diary.unknown if one.act is Act.BATCH and one.uid == uid]
    names = {one.name for one in sent if one.uid == uid}
    for batch in batches:
        first, refused, last = (one.name for one in elements(batch))
        assert refused not in records.orders
        assert (first in records.orders) == (last in records.orders), batch
        names |= {first, last}
    assert {*records.orders, *records.stops} <= names


def _check_open(records: Records) -> None:
    """Open orders come from memory, all orders from the journal's tables."""
    listed = {name: row for name, row in records.orders.items() if row["status"] in OPEN}
    shown = {row["clientOrderId"]: row for row in records.open_orders}
    assert listed.keys() == shown.keys(), listed.keys() ^ shown.keys()
    for name, row in shown.items():
        assert _of(row, FIXED + DONE) == _of(listed[name], FIXED + DONE)
    waiting = sorted(row["algoId"] for row in records.stops.values() if row["algoStatus"] == "NEW")
    assert [row["algoId"] for row in records.open_stops] == waiting
    ids = {str(row["orderId"]) for row in records.orders.values()}
    became = [row["actualOrderId"] for row in records.stops.values() if row["actualOrderId"]]
    assert set(became) <= ids
    assert len(set(became)) == len(became)


def _check_amendments(uid: int, records: Records, diary: OrderDiary) -> None:
    """Each acknowledged change is there once; the newest one is what the order shows."""
    done = {one.attempt.params["modifyId"] for one in diary.acked if _amends(one.attempt, uid)}
    maybe = {one.params["modifyId"] for one in diary.unknown if _amends(one, uid)}
    found = [row["amendment"]["modifyId"] for rows in records.amendments.values() for row in rows]
    assert len(set(found)) == len(found)
    assert done <= set(found) <= done | maybe
    for name, rows in records.amendments.items():
        if rows:
            order, newest = records.orders[name], rows[0]["amendment"]
            assert newest["price"]["after"] == order["price"]
            assert newest["origQty"]["after"] == order["origQty"]


def _amends(attempt: Attempt, uid: int) -> bool:
    return attempt.act is Act.AMEND and attempt.uid == uid


def _check_trades(records: Records) -> None:
    """The trades of an order add up to it, those of a symbol to the position."""
    filled: Counter[int] = Counter()
    value: defaultdict[int, Decimal] = defaultdict(Decimal)
    held: defaultdict[str, Decimal] = defaultdict(Decimal)
    keys = Counter((trade["symbol"], trade["id"], trade["orderId"]) for trade in records.trades)
    assert max(keys.values(), default=1) == 1, "a side of a trade is listed twice"
    for trade in records.trades:
        quantity = Decimal(trade["qty"])
        filled[trade["orderId"]] += int(quantity * 1000)
        value[trade["orderId"]] += Decimal(trade["quoteQty"])
        held[trade["symbol"]] += quantity if trade["side"] == "BUY" else -quantity
    for row in records.orders.values():
        number = row["orderId"]
        assert Decimal(row["executedQty"]) * 1000 == filled.pop(number, 0), row
        assert Decimal(row["cumQuote"]) == value[number], row
    assert not filled, "trades without an order"
    assert records.positions == {symbol: held[symbol] for symbol in PRODUCTS}


def _check_money(records: Records) -> None:
    """Income says what the trades say, and adds up to the wallet."""
    of: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in records.income:
        of[row["incomeType"]][f"{row['symbol']} {row['tradeId']} {row['income']}"] += 1
    commissions, profits = Counter[str](), Counter[str]()
    for trade in records.trades:
        key = f"{trade['symbol']} {trade['id']}"
        commissions[f"{key} {_signed(-Decimal(trade['commission']))}"] += 1
        if Decimal(trade["realizedPnl"]):
            profits[f"{key} {trade['realizedPnl']}"] += 1
    assert of.pop("COMMISSION", Counter()) == commissions
    assert of.pop("REALIZED_PNL", Counter()) == profits
    assert list(of) == ["TRANSFER"]
    assert sum(Decimal(row["income"]) for row in records.income) == records.wallet


def _signed(amount: Decimal) -> str:
    return f"{amount:.8f}"


def _check_standing(before: Records, now: Records) -> None:
    """What was found after an earlier crash stands."""
    for symbol in PRODUCTS:
        was, is_now = (
            [trade for trade in records.trades if trade["symbol"] == symbol]
            for records in (before, now)
        )
        assert is_now[: len(was)] == was
    for name, row in before.orders.items():
        later = now.orders[name]
        assert _of(later, FIXED) == _of(row, FIXED)
        if row["status"] not in OPEN:
            assert later == row


def _check_market(client: Client, found: dict[int, Records], diary: OrderDiary) -> None:
    """Long equals short with the house; the price is the last one that was set."""
    for symbol in PRODUCTS:
        shown = client.control("GET", f"/symbols/{symbol}").json
        held = [records.positions[symbol] for records in found.values()]
        held.append(Decimal(shown["house"]["positionAmt"]))
        assert sum(held) == 0
        assert sum(amount for amount in held if amount > 0) == Decimal(shown["openInterest"])
        prices = [one.attempt for one in diary.acked if one.attempt.act is Act.PRICE]
        set_ones = [one.params["last"] for one in prices if one.symbol == symbol]
        maybe = [one.params["last"] for one in diary.unknown if _prices(one, symbol)]
        known = (set_ones or [str(PRODUCTS[symbol].price)])[-1]
        assert Decimal(shown["mark"]) in [Decimal(price) for price in (known, *maybe)]


def _prices(attempt: Attempt, symbol: str) -> bool:
    return attempt.act is Act.PRICE and attempt.symbol == symbol


def _records(url: str, owner: Owner, diary: OrderDiary) -> Records:
    with closing(Client(url, owner.api_key, owner.secret)) as client:
        orders = _named("clientOrderId", _paged(client, "allOrders", "orderId", "orderId"))
        asked = {one.attempt.name for one in diary.acked if _amends(one.attempt, owner.uid)}
        asked |= {one.name for one in (*diary.unknown, *diary.refused) if _amends(one, owner.uid)}
        balances = _read(client, "/fapi/v3/balance")
        risks = [_read(client, "/fapi/v2/positionRisk", symbol=symbol)[0] for symbol in PRODUCTS]
        return Records(
            orders=orders,
            stops=_named("clientAlgoId", _paged(client, "allAlgoOrders", "algoId", "algoId")),
            open_orders=_read(client, "/fapi/v1/openOrders"),
            open_stops=_read(client, "/fapi/v1/openAlgoOrders"),
            trades=_paged(client, "userTrades", "fromId", "id"),
            income=_income(client),
            positions={risk["symbol"]: Decimal(risk["positionAmt"]) for risk in risks},
            wallet=next(Decimal(row["balance"]) for row in balances if row["asset"] == "USDT"),
            amendments={name: _amendments(client, orders[name]) for name in asked & orders.keys()},
        )


def _named(field: str, rows: Iterable[Any]) -> dict[str, Any]:
    """By the client's id, which never comes twice."""
    named: dict[str, Any] = {}
    for row in rows:
        assert row[field] not in named, f"{row[field]} is listed twice"
        named[row[field]] = row
    return named


def _paged(client: Client, call: str, start: str, key: str) -> list[Any]:
    return [row for symbol in PRODUCTS for row in _pages(client, call, symbol, start, key)]


def _pages(client: Client, call: str, symbol: str, start: str, key: str) -> Iterator[Any]:
    """All rows of a symbol, by ascending numbers.

    A page begins with the number that the one before ended with: an account that trades with
    itself has two rows of one trade.
    """
    first, seen = 1, list[Any]()
    while True:
        page = _read(client, f"/fapi/v1/{call}", symbol=symbol, limit=PAGE, **{start: first})
        numbers = [row[key] for row in page]
        assert numbers == sorted(numbers)
        yield from (row for row in page if row not in seen)
        if len(page) < PAGE:
            return
        first = numbers[-1]
        seen = [row for row in page if row[key] == first]


def _income(client: Client) -> list[Any]:
    rows: list[Any] = []
    for number in count(1):
        page = _read(client, "/fapi/v1/income", startTime=1, limit=PAGE, page=number)
        rows += page
        if len(page) < PAGE:
            return rows
    raise AssertionError


def _amendments(client: Client, order: Any) -> list[Any]:
    rows = _read(
        client,
        "/fapi/v1/orderAmendment",
        symbol=order["symbol"],
        orderId=order["orderId"],
        limit=100,
    )
    assert len(rows) < 100
    return list(rows)


def _read(client: Client, path: str, **params: object) -> Any:
    answer = client.signed("GET", path, **params)
    assert answer.status == 200, answer.body
    return answer.json

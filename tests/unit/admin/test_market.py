"""The calls that set a market: prices, liquidity, forced fills, funding, and what they show."""

from typing import Any

import pytest

from clearhouse.model.orders import TimeInForce
from unit.admin.trading import fund, place
from unit.api.harness import NOW, House, in_house

BTC = "/symbols/BTCUSDT"
MALFORMED = (400, "malformed")
UNKNOWN = (404, "unknown_symbol")


async def call(house: House, method: str, path: str, body: object = None) -> Any:
    answer = await house.control(method, path, body)
    assert answer.status == 200, answer.body
    return answer.json


def test_a_symbol_starts_at_its_index_with_the_house_around_it() -> None:
    async def scene(house: House) -> None:
        path, host = "/_clearhouse/v1" + BTC, {"host": "127.0.0.1:7400"}
        assert (await house.send("GET", path, "levels=2", headers=host)).json == {
            "symbol": "BTCUSDT",
            "last": "65000",
            "mark": "65000",
            "index": "65000",
            "bid": "64999.9",
            "ask": "65000.1",
            "fundingRate": "0",
            "predictedFundingRate": "0.0001",
            "nextFundingTime": 1_760_025_600_000,
            "liquidity": {"mode": "house", "depth": 20, "quantity": "120"},
            "bids": [["64999.9", "120"], ["64999.8", "120"]],
            "asks": [["65000.1", "120"], ["65000.2", "120"]],
            "house": {"positionAmt": "0", "entryPrice": "0"},
            "openInterest": "0",
            "holders": 0,
        }
        rows = (await call(house, "GET", "/symbols"))["symbols"]
        assert [row["symbol"] for row in rows] == list(house.state.catalogue.contracts)
        assert rows[0]["last"] == "65000"

    in_house(scene)


@pytest.mark.parametrize(
    ("body", "last", "mark", "index"),
    [
        ({"last": "60000.1"}, "60000.1", "60000.1", "60000.1"),
        ({"last": 60000.1}, "60000.1", "60000.1", "60000.1"),
        ({"mark": "60000.12345678"}, "60000.1", "60000.12345678", "60000.12345678"),
        ({"index": 60001}, "60001", "60001", "60001"),
        ({"last": "60000", "mark": "60001.5"}, "60000", "60001.5", "65000"),
        ({"mark": "60001.5", "index": "60002"}, "65000", "60001.5", "60002"),
        ({"last": "1000", "mark": "2000", "index": "3000"}, "1000", "2000", "3000"),
    ],
)
def test_prices_are_set(body: object, last: str, mark: str, index: str) -> None:
    async def scene(house: House) -> None:
        prices = {"last": last, "mark": mark, "index": index}
        answer = await call(house, "PUT", BTC + "/price", body)
        assert answer == {"symbol": "BTCUSDT", **prices, "trades": 0}
        await house.revive()
        shown = await call(house, "GET", BTC)
        assert {name: shown[name] for name in prices} == prices
        ticker = await house.send("GET", "/fapi/v2/ticker/price", "symbol=BTCUSDT")
        assert float(ticker.json["price"]) == float(last)
        assert ticker.json["time"] == NOW
        other = await call(house, "GET", "/symbols/ETHUSDT")
        assert other["last"] == "3200"

    in_house(scene)


def test_a_price_that_passes_an_order_fills_it_at_its_own_price() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await place(house, "BUY", "0.1", "60000")
        await place(house, "BUY", "0.2", "50000")
        assert (await call(house, "PUT", BTC + "/price", {"last": "55000"}))["trades"] == 1
        shown = await call(house, "GET", BTC)
        assert shown["last"] == "55000"
        assert shown["house"] == {"positionAmt": "-0.1", "entryPrice": "60000"}
        assert (shown["openInterest"], shown["holders"]) == ("0.1", 1)
        trades = (await house.send("GET", "/fapi/v1/trades", "symbol=BTCUSDT")).json
        assert [(row["price"], row["qty"], row["isBuyerMaker"]) for row in trades] == [
            ("60000.00", "0.100", True)
        ]

    in_house(scene)


def test_the_depth_of_the_api_follows_prices_and_liquidity() -> None:
    async def scene(house: House) -> None:
        async def depth() -> Any:
            return (await house.send("GET", "/fapi/v1/depth", "symbol=BTCUSDT&limit=5")).json

        first = await depth()
        assert first["bids"][0] == ["64999.90", "120.000"]
        await call(house, "PUT", BTC + "/price", {"last": "60000"})
        second = await depth()
        assert second["asks"][0] == ["60000.10", "120.000"]
        assert second["lastUpdateId"] > first["lastUpdateId"]
        await call(house, "PUT", BTC + "/liquidity", {"mode": "house", "depth": 1, "quantity": 2})
        third = await depth()
        assert third["bids"] == [["59999.90", "2.000"]]
        assert third["lastUpdateId"] > second["lastUpdateId"]

    in_house(scene)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"mode": "none"}, {"mode": "none"}),
        ({"mode": "house"}, {"mode": "house", "depth": 20, "quantity": "120"}),
        (
            {"mode": "house", "depth": 1000, "quantity": "0.5"},
            {"mode": "house", "depth": 1000, "quantity": "0.5"},
        ),
        (
            {"bids": [["60000", "1"], [59000, 2.5]], "asks": [["61000", "0.001"]]},
            {
                "mode": "levels",
                "bids": [["60000", "1"], ["59000", "2.5"]],
                "asks": [["61000", "0.001"]],
            },
        ),
        ({"asks": [["61000", "1"]]}, {"mode": "levels", "bids": [], "asks": [["61000", "1"]]}),
        ({"bids": []}, {"mode": "levels"}),
    ],
)
def test_liquidity_is_chosen(body: object, answer: dict[str, object]) -> None:
    async def scene(house: House) -> None:
        chosen = await call(house, "PUT", BTC + "/liquidity", body)
        assert chosen == {"symbol": "BTCUSDT", **answer, "trades": 0}
        await house.revive()
        shown = await call(house, "GET", BTC)
        levels = {name: answer.get(name, []) for name in ("bids", "asks")}
        assert shown["liquidity"] == {k: v for k, v in answer.items() if k not in levels}
        if answer["mode"] != "house":
            assert {name: shown[name] for name in levels} == levels

    in_house(scene)


def test_levels_are_used_up_and_what_they_reach_is_filled() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await call(house, "PUT", BTC + "/liquidity", {"mode": "none"})
        await place(house, "BUY", "0.1", "64000")
        body = {"asks": [["63999.9", "0.04"], ["65000", "1"]]}
        assert (await call(house, "PUT", BTC + "/liquidity", body))["trades"] == 1
        shown = await call(house, "GET", BTC)
        assert shown["bids"] == [["64000", "0.06"]]
        assert shown["asks"] == [["65000", "1"]]
        await place(house, "BUY", "0.5")
        assert (await call(house, "GET", BTC))["asks"] == [["65000", "0.5"]]

    in_house(scene)


def test_an_order_is_filled_by_force() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        order = await place(house, "BUY", "0.1", "60000")
        path = f"/orders/{order}/fill"
        first = await call(house, "POST", path, {"quantity": "0.04", "price": "12345.67"})
        assert first == {
            "orderId": order,
            "symbol": "BTCUSDT",
            "status": "PARTIALLY_FILLED",
            "price": "12345.67",
            "quantity": "0.04",
            "executedQty": "0.04",
            "tradeId": 1,
        }
        rest = await call(house, "POST", path)
        assert (rest["status"], rest["price"], rest["quantity"]) == ("FILLED", "60000", "0.06")
        assert rest["executedQty"] == "0.1"
        assert (await house.control("POST", path)).error == (404, "no_such_order")
        found = await call(house, "GET", "/ledger/check")
        assert found["ok"]

    in_house(scene)


def test_a_fill_happens_once_for_an_idempotency_key() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        order = await place(house, "BUY", "0.1", "60000")
        path, body = f"/orders/{order}/fill", {"quantity": "0.04"}
        first = await house.control("POST", path, body, idempotency_key="a")
        again = await house.control("POST", path, body, idempotency_key="a")
        assert first.body == again.body
        assert (await call(house, "GET", BTC))["openInterest"] == "0.04"

    in_house(scene)


@pytest.mark.parametrize(
    ("rate", "paid", "received"),
    [
        ("0.0001", "0.65", "0.325"),
        (-0.0001, "0.325", "0.65"),
        ("0", "0", "0"),
        ("-1", "3250", "6500"),
    ],
)
def test_funding_is_settled_once(rate: object, paid: str, received: str) -> None:
    """0.1 BTC long and 0.05 BTC short at 65,000; the house is short the difference."""

    async def scene(house: House) -> None:
        await fund(house)
        await place(house, "BUY", "0.1")
        other = await house.account(UMFUTURE={"USDT": "90000"})
        await place(other, "SELL", "0.05")
        assert await call(house, "POST", BTC + "/funding", {"rate": rate}) == {
            "symbol": "BTCUSDT",
            "rate": str(rate) if isinstance(rate, str) else "-0.0001",
            "mark": "65000",
            "asset": "USDT",
            "positions": 2,
            "paid": paid,
            "received": received,
        }
        assert (await call(house, "GET", "/ledger/check"))["ok"]

    in_house(scene)


def test_funding_without_positions_is_the_rate_alone() -> None:
    async def scene(house: House) -> None:
        settled = await call(house, "POST", BTC + "/funding", {"rate": "0.0003"})
        assert (settled["positions"], settled["paid"], settled["received"]) == (0, "0", "0")
        shown = await call(house, "GET", BTC)
        assert (shown["fundingRate"], shown["predictedFundingRate"]) == ("0.0003", "0.0001")

    in_house(scene)


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/symbols/NOPE", None, UNKNOWN),
        ("PUT", "/symbols/NOPE/price", {"last": 1}, UNKNOWN),
        ("PUT", BTC + "/price", {}, MALFORMED),
        ("PUT", BTC + "/price", {"last": "0"}, MALFORMED),
        ("PUT", BTC + "/price", {"last": "-1"}, MALFORMED),
        ("PUT", BTC + "/price", {"last": "1e5"}, MALFORMED),
        ("PUT", BTC + "/price", {"last": "1.000000001"}, MALFORMED),
        ("PUT", BTC + "/price", {"last": None}, MALFORMED),
        ("PUT", BTC + "/price", {"price": "60000"}, MALFORMED),
        ("PUT", BTC + "/price", {"last": "60000.15"}, (400, "price_illegal")),
        ("PUT", BTC + "/price", {"mark": "4529764.1"}, (400, "price_illegal")),
        ("PUT", "/symbols/NOPE/liquidity", {"mode": "none"}, UNKNOWN),
        ("PUT", BTC + "/liquidity", {}, MALFORMED),
        ("PUT", BTC + "/liquidity", {"mode": "levels"}, MALFORMED),
        ("PUT", BTC + "/liquidity", {"mode": "none", "bids": []}, MALFORMED),
        ("PUT", BTC + "/liquidity", {"mode": "none", "depth": 1}, MALFORMED),
        ("PUT", BTC + "/liquidity", {"bids": [], "quantity": "1"}, MALFORMED),
        ("PUT", BTC + "/liquidity", {"mode": "house", "depth": 0}, MALFORMED),
        ("PUT", BTC + "/liquidity", {"mode": "house", "depth": 1001}, MALFORMED),
        ("PUT", BTC + "/liquidity", {"mode": "house", "quantity": "0"}, MALFORMED),
        ("PUT", BTC + "/liquidity", {"bids": [["60000"]]}, MALFORMED),
        ("PUT", BTC + "/liquidity", {"bids": [["60000", "0"]]}, MALFORMED),
        ("PUT", BTC + "/liquidity", {"bids": [["60000", "1"]] * 1001}, MALFORMED),
        ("PUT", BTC + "/liquidity", {"bids": [["60000.15", "1"]]}, (400, "liquidity_illegal")),
        (
            "PUT",
            BTC + "/liquidity",
            {"bids": [["60000", "1"]], "asks": [["60000", "1"]]},
            (400, "liquidity_illegal"),
        ),
        ("POST", "/orders/1/fill", None, (404, "no_such_order")),
        ("POST", "/orders/1/fill", {"price": "0"}, MALFORMED),
        ("POST", "/orders/1/fill", {"quantity": "0"}, MALFORMED),
        ("POST", "/orders/1/fill", {"side": "BUY"}, MALFORMED),
        ("POST", f"/orders/{10**18}/fill", None, (404, "not_found")),
        ("POST", "/symbols/NOPE/funding", {"rate": "0.0001"}, UNKNOWN),
        ("POST", BTC + "/funding", {}, MALFORMED),
        ("POST", BTC + "/funding", {"rate": "1.00000001"}, MALFORMED),
        ("POST", BTC + "/funding", {"rate": "--0.1"}, MALFORMED),
        ("POST", BTC + "/funding", {"rate": "much"}, MALFORMED),
        ("PUT", BTC, {"fundingIntervalHours": 2}, MALFORMED),
        ("PUT", BTC, {"fundingCap": "1.00000001"}, MALFORMED),
        ("PUT", BTC, {"fundingFloor": "-0.000000001"}, MALFORMED),
        ("PUT", BTC, {"fundingCap": "-0.004"}, MALFORMED),
        ("POST", "/clock/advance", {"ms": 366 * 86_400_000 + 1}, MALFORMED),
    ],
)
def test_refusal(method: str, path: str, body: object, expected: tuple[int, str]) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        assert (await house.control(method, path, body)).error == expected
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"price": "4529764.1"}, (400, "price_illegal")),
        ({"quantity": "0.10000001"}, (400, "liquidity_illegal")),
    ],
)
def test_a_fill_that_is_refused(body: object, expected: tuple[int, str]) -> None:
    async def scene(house: House) -> None:
        await fund(house)
        order = await place(house, "BUY", "0.1", "60000")
        before = house.digest()
        assert (await house.control("POST", f"/orders/{order}/fill", body)).error == expected
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize("traded", [True, False])
def test_a_symbol_in_use_keeps_its_assets_and_takes_any_other_change(*, traded: bool) -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await place(house, "BUY", "0.1", "" if traded else "60000")
        tier = {
            "initialLeverage": 5,
            "notionalFloor": 0,
            "notionalCap": 5_000_000,
            "maintMarginRatio": "0.05",
            "cum": 0,
        }
        for name, value in (("marginAsset", "USDC"), ("quoteAsset", "USDC"), ("baseAsset", "ETH")):
            before = house.digest()
            refused = await house.control("PUT", BTC, {name: value})
            assert refused.error == (409, "symbol_in_use")
            assert house.digest() == before
        await call(house, "PUT", BTC, {"brackets": [tier], "tickSize": "0.5", "minPrice": "0.5"})
        await house.revive()
        shown = await call(house, "GET", BTC)
        assert (shown["bid"], shown["ask"]) == ("64999.5", "65000.5")
        account = await house.signed("GET", "/fapi/v2/account")
        assert account.status == 200
        await call(house, "PUT", BTC + "/price", {"last": "50000"})
        assert (await call(house, "GET", BTC))["openInterest"] == "0.1"
        await place(house, "SELL", "0.1")
        assert (await call(house, "GET", BTC))["openInterest"] == "0"
        assert (await call(house, "GET", "/ledger/check"))["ok"]

    in_house(scene)


def test_a_finer_tick_and_a_price_off_the_new_grid() -> None:
    async def scene(house: House) -> None:
        await call(house, "PUT", BTC + "/price", {"last": "60000.1"})
        await call(house, "PUT", BTC, {"tickSize": "1", "minPrice": "1"})
        shown = await call(house, "GET", BTC)
        assert (shown["bid"], shown["last"], shown["ask"]) == ("59999", "60000.1", "60001")
        await call(house, "PUT", BTC, {"tickSize": "0.01"})
        shown = await call(house, "GET", BTC)
        assert (shown["bid"], shown["ask"]) == ("59999.99", "60000.01")

    in_house(scene)


def test_an_advance_ends_at_its_own_time_whatever_falls_due_on_the_way() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        till: dict[str, Any] = {"time_in_force": TimeInForce.GTD, "good_till": NOW + 700_000}
        await place(house, "BUY", "0.1", "60000", **till)
        answer = await call(house, "POST", "/clock/advance", {"ms": 3_600_000})
        assert answer == {"mode": "frozen", "now": NOW + 3_600_000}
        assert not house.state.orders.open

    in_house(scene)

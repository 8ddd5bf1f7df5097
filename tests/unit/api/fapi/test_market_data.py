"""Candles, public trades and the day of a market: bytes, windows, refusals, and what restarts keep."""

from typing import Any

import pytest

from unit.api.harness import NOW, Answer, House, in_house

MINUTE = 60_000
OPEN = NOW - NOW % MINUTE
KLINES, MARKS = "/fapi/v1/klines", "/fapi/v1/markPriceKlines"
INDICES, PREMIUMS = "/fapi/v1/indexPriceKlines", "/fapi/v1/premiumIndexKlines"
CONTINUOUS = "/fapi/v1/continuousKlines"
DAY, AGGREGATES, OLDER = "/fapi/v1/ticker/24hr", "/fapi/v1/aggTrades", "/fapi/v1/historicalTrades"
MINUTES = "symbol=BTCUSDT&interval=1m"
BAD_INTERVAL = (400, -1120, "Invalid interval.")
BAD_SYMBOL = (400, -1121, "Invalid symbol.")


async def get(house: House, path: str, query: str = "") -> Any:
    answer = await house.send("GET", path, query)
    assert answer.status == 200, answer.body
    return answer.json


async def done(house: House, path: str, body: object, method: str = "PUT") -> Answer:
    answer = await house.control(method, path, body)
    assert answer.status == 200, answer.body
    return answer


async def price(house: House, last: str) -> None:
    await done(house, "/symbols/BTCUSDT/price", {"last": last})


async def advance(house: House, ms: int) -> None:
    await done(house, "/clock/advance", {"ms": ms}, "POST")


async def order(house: House, side: str, quantity: str, **more: object) -> None:
    kind = {"type": "LIMIT", "timeInForce": "GTC"} if "price" in more else {"type": "MARKET"}
    now = house.opened.venue.now()
    params = {"symbol": "BTCUSDT", "side": side, "quantity": quantity, **kind, **more}
    answer = await house.signed("POST", "/fapi/v1/order", {**params, "timestamp": now})
    assert answer.status == 200, answer.body


async def traded(house: House) -> None:
    """Funds, then a purchase at 65000.1 in the first minute and a sale at 64009.9 in the third."""
    await house.transfer("MAIN_UMFUTURE", "USDT", "50000")
    await order(house, "BUY", "0.010")
    await advance(house, 2 * MINUTE)
    await price(house, "64010")
    await order(house, "SELL", "0.004")


def test_a_new_market_has_one_candle() -> None:
    async def scene(house: House) -> None:
        answer = await house.send("GET", KLINES, MINUTES)
        assert answer.body.decode() == (
            f'[[{OPEN},"65000.00","65000.00","65000.00","65000.00","0.000",'
            f'{OPEN + MINUTE - 1},"0.00000",0,"0.000","0.00000","0"]]'
        )

    in_house(scene)


def test_trades_make_candles_and_quiet_minutes_are_flat() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        first, second, third = await get(house, KLINES, MINUTES)
        assert first == [
            OPEN,
            "65000.00",
            "65000.10",
            "65000.00",
            "65000.10",
            "0.010",
            OPEN + MINUTE - 1,
            "650.00100",
            1,
            "0.010",
            "650.00100",
            "0",
        ]
        assert second[1:6] == ["65000.10"] * 4 + ["0.000"]
        assert third[1:6] == ["65000.10", "65000.10", "64009.90", "64009.90", "0.004"]
        assert third[7:11] == ["256.03960", 1, "0.000", "0.00000"]
        (hour,) = await get(house, KLINES, "symbol=BTCUSDT&interval=1h")
        assert hour[1:6] == ["65000.00", "65000.10", "64009.90", "64009.90", "0.014"]
        pair = "pair=BTCUSDT&interval=1h&contractType=PERPETUAL"
        assert await get(house, CONTINUOUS, pair) == [hour]

    in_house(scene)


def test_marks_indices_and_premiums_have_candles_of_eight_decimals() -> None:
    async def scene(house: House) -> None:
        prices = {"last": "65000", "mark": "65130", "index": "65000"}
        await done(house, "/symbols/BTCUSDT/price", prices)
        (mark,) = await get(house, MARKS, MINUTES)
        assert mark[1:] == [
            "65000.00000000",
            "65130.00000000",
            "65000.00000000",
            "65130.00000000",
            "0",
            OPEN + MINUTE - 1,
            "0",
            1,
            "0",
            "0",
            "0",
        ]
        (index,) = await get(house, INDICES, "pair=BTCUSDT&interval=1m")
        assert index[4] == "65000.00000000"
        (premium,) = await get(house, PREMIUMS, MINUTES)
        assert premium[2] == premium[4] == "0.00200000"

    in_house(scene)


def test_rows_that_were_shown_are_shown_again_and_new_ones_behind_them() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        before = await get(house, KLINES, MINUTES)
        assert await get(house, KLINES, MINUTES) == before
        await price(house, "64500")
        await advance(house, 3 * MINUTE)
        after = await get(house, KLINES, MINUTES)
        assert after[:2] == before[:2]
        assert after[2][4] == "64500.00"
        assert [row[0] for row in after] == [OPEN + n * MINUTE for n in range(6)]
        assert await get(house, KLINES, MINUTES + "&limit=2") == after[-2:]
        window = f"&startTime={OPEN + MINUTE}&endTime={OPEN + 2 * MINUTE}"
        assert await get(house, KLINES, MINUTES + window) == after[1:3]

    in_house(scene)


@pytest.mark.parametrize(
    ("window", "opened"),
    [
        (f"startTime={OPEN}", [0, 1, 2]),
        (f"startTime={OPEN + 1}", [1, 2]),
        (f"startTime={OPEN}&limit=2", [0, 1]),
        (f"endTime={OPEN + MINUTE - 1}", [0]),
        (f"endTime={OPEN + MINUTE}&limit=1", [1]),
        (f"startTime={OPEN + 1}&endTime={OPEN + MINUTE - 1}", []),
        (f"startTime={OPEN + 3 * MINUTE}", []),
        (f"startTime={OPEN - 10 * MINUTE}&limit=12", [0, 1]),
    ],
)
def test_candles_of_a_window_open_in_it(window: str, opened: list[int]) -> None:
    """None is from before `startTime`: a client that asks for what follows would turn in circles."""

    async def scene(house: House) -> None:
        await traded(house)
        rows = await get(house, KLINES, f"{MINUTES}&{window}")
        assert [row[0] for row in rows] == [OPEN + n * MINUTE for n in opened]

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        (KLINES, "symbol=BTCUSDT&interval=1s", BAD_INTERVAL),
        (KLINES, "symbol=BTCUSDT&interval=7m", BAD_INTERVAL),
        (KLINES, "symbol=NOPE&interval=1m", BAD_SYMBOL),
        (MARKS, "symbol=NOPE&interval=1m", BAD_SYMBOL),
        (INDICES, "pair=NOPE&interval=1m", (400, -4144, "Invalid pair")),
        (
            CONTINUOUS,
            "pair=BTCUSDT&interval=1m&contractType=NEXT_QUARTER",
            (400, -4104, "Invalid contract type"),
        ),
        (
            CONTINUOUS,
            "pair=BTCUSDT&interval=1m&contractType=SPOT",
            (400, -4104, "Invalid contract type"),
        ),
        (
            KLINES,
            f"{MINUTES}&limit=1501",
            (400, -1130, "Data sent for parameter 'limit' is not valid."),
        ),
        (
            KLINES,
            f"{MINUTES}&startTime=2&endTime=1",
            (400, -1023, "Start time is greater than end time."),
        ),
        (DAY, "symbol=NOPE", BAD_SYMBOL),
        (AGGREGATES, "symbol=NOPE", BAD_SYMBOL),
        (
            AGGREGATES,
            "symbol=BTCUSDT&fromId=1&startTime=1",
            (400, -1128, "Combination of optional parameters invalid."),
        ),
        (
            AGGREGATES,
            "symbol=BTCUSDT&startTime=2&endTime=1",
            (400, -1023, "Start time is greater than end time."),
        ),
        (
            AGGREGATES,
            "symbol=BTCUSDT&startTime=1&endTime=3600001",
            (400, -1127, "More than 1 hours between startTime and endTime."),
        ),
        ("/fapi/v1/openInterest", "symbol=NOPE", BAD_SYMBOL),
        (
            "/fapi/v1/rpiDepth",
            "symbol=BTCUSDT&limit=500",
            (400, -4021, "500 is not valid depth limit."),
        ),
    ],
)
def test_what_is_refused(path: str, query: str, expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        assert (await house.send("GET", path, query)).refusal == expected

    in_house(scene)


@pytest.mark.parametrize(
    ("limit", "weight"), [("1", "1"), ("99", "1"), ("100", "2"), ("", "5"), ("1500", "10")]
)
def test_what_candles_weigh(limit: str, weight: str) -> None:
    async def scene(house: House) -> None:
        query = f"{MINUTES}&limit={limit}" if limit else MINUTES
        answer = await house.send("GET", KLINES, query)
        assert answer.headers["x-mbx-used-weight-1m"] == weight

    in_house(scene)


def test_the_day_is_the_sum_of_its_minutes() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        day = await get(house, DAY, "symbol=BTCUSDT")
        assert day == {
            "symbol": "BTCUSDT",
            "priceChange": "-990.10",
            "priceChangePercent": "-1.523",
            "weightedAvgPrice": "64717.18",
            "lastPrice": "64009.90",
            "lastQty": "0.004",
            "openPrice": "65000.00",
            "highPrice": "65000.10",
            "lowPrice": "64009.90",
            "volume": "0.014",
            "quoteVolume": "906.04060",
            "openTime": OPEN + 2 * MINUTE - 1439 * MINUTE,
            "closeTime": NOW + 2 * MINUTE,
            "firstId": 1,
            "lastId": 2,
            "count": 2,
        }
        every = await get(house, DAY)
        assert day in every
        assert len(every) == len(house.state.catalogue.contracts)
        await advance(house, 1438 * MINUTE)
        later = await get(house, DAY, "symbol=BTCUSDT")
        assert (later["volume"], later["openPrice"]) == ("0.004", "65000.10")

    in_house(scene)


def test_aggregate_trades_are_those_of_one_taker_at_one_price() -> None:
    async def scene(house: House) -> None:
        await house.transfer("MAIN_UMFUTURE", "USDT", "50000")
        levels = {"bids": [], "asks": [["65001", "0.01"], ["65001", "0.01"], ["65002", "1"]]}
        await done(house, "/symbols/BTCUSDT/liquidity", levels)
        await order(house, "BUY", "0.030")
        first, second = await get(house, AGGREGATES, "symbol=BTCUSDT")
        assert first == {
            "a": 1,
            "p": "65001.00",
            "q": "0.020",
            "nq": "0.020",
            "f": 1,
            "l": 2,
            "T": NOW,
            "m": False,
        }
        assert (second["a"], second["q"], second["f"], second["l"]) == (3, "0.010", 3, 3)
        assert await get(house, AGGREGATES, "symbol=BTCUSDT&fromId=2") == [second]
        assert await get(house, AGGREGATES, f"symbol=BTCUSDT&startTime={NOW}&limit=1") == [first]
        assert await get(house, AGGREGATES, f"symbol=BTCUSDT&endTime={NOW - 1}") == []

    in_house(scene)


def test_older_trades_need_a_key() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        refused = await house.send("GET", OLDER, "symbol=BTCUSDT")
        assert refused.refusal[:2] == (401, -2014)
        answer = await house.send(
            "GET", OLDER, "symbol=BTCUSDT&fromId=2", headers={"x-mbx-apikey": house.key}
        )
        assert [(row["id"], row["price"], row["isBuyerMaker"]) for row in answer.json] == [
            (2, "64009.90", True)
        ]

    in_house(scene)


def test_open_interest_is_what_is_held_long() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        found = await get(house, "/fapi/v1/openInterest", "symbol=BTCUSDT")
        expected = {"openInterest": "0.006", "symbol": "BTCUSDT", "time": NOW + 2 * MINUTE}
        assert found == expected

    in_house(scene)


def test_the_rpi_book_has_retail_orders_that_do_not_cross() -> None:
    async def scene(house: House) -> None:
        await house.transfer("MAIN_UMFUTURE", "USDT", "50000")
        levels = {"bids": [["64990", "1"]], "asks": [["65010", "2"]]}
        await done(house, "/symbols/BTCUSDT/liquidity", levels)
        await order(house, "BUY", "0.002", price="65000", timeInForce="RPI")
        plain = await get(house, "/fapi/v1/depth", "symbol=BTCUSDT&limit=5")
        assert plain["bids"] == [["64990.00", "1.000"]]
        found = await get(house, "/fapi/v1/rpiDepth", "symbol=BTCUSDT")
        assert found["bids"] == [["65000.00", "0.002"], ["64990.00", "1.000"]]
        assert found["asks"] == [["65010.00", "2.000"]]

    in_house(scene)


def test_candles_go_on_after_a_restart() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        shown = [await get(house, KLINES, MINUTES), await get(house, MARKS, MINUTES)]
        day = await get(house, DAY, "symbol=BTCUSDT")
        await house.revive()
        assert [await get(house, KLINES, MINUTES), await get(house, MARKS, MINUTES)] == shown
        again = await get(house, DAY, "symbol=BTCUSDT")
        assert again == day
        await advance(house, MINUTE)
        rows = await get(house, KLINES, MINUTES)
        assert rows[:3] == shown[0]
        assert rows[3][1:5] == ["64009.90"] * 4

    in_house(scene)


def test_a_reset_begins_anew() -> None:
    async def scene(house: House) -> None:
        await traded(house)
        house.opened.sequencer.keep_candles(house.opened.sequencer.tape.symbols)
        await done(house, "/reset", {}, "POST")
        await done(house, "/clock", {"mode": "frozen", "now": NOW + 10 * MINUTE})
        rows = await get(house, KLINES, MINUTES)
        assert {row[5] for row in rows} == {"0.000"}
        assert rows[-1][4] == "65000.00"
        assert len(rows) == 1

    in_house(scene)

"""What a market shows: fields, formats, orders, defaults, weights."""

import pytest

from clearhouse.model.ids import Millis
from clearhouse.model.orders import Side
from unit.api.fapi.markets import put_market, put_markets, rest, trade
from unit.api.harness import NOW, House, in_house

DEPTH, TRADES = "/fapi/v1/depth", "/fapi/v1/trades"
PRICES = ("/fapi/v1/ticker/price", "/fapi/v2/ticker/price")
BOOK, PREMIUM = "/fapi/v1/ticker/bookTicker", "/fapi/v1/premiumIndex"
BAD_SYMBOL = (400, -1121, "Invalid symbol.")
SYMBOL_MISSING = (
    400,
    -1102,
    "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
)


async def get(house: House, path: str, query: str = "") -> object:
    answer = await house.send("GET", path, query)
    assert answer.status == 200, answer.body
    return answer.json


def test_the_depth_is_what_accounts_and_the_house_offer() -> None:
    async def scene(house: House) -> None:
        book = put_market(house)
        rest(book, 1, Side.BUY, "60000.1", "0.5")
        rest(book, 2, Side.BUY, "59999.9", "2", executed="0.75")
        rest(book, 3, Side.SELL, "60000.3", "0.004")
        rest(book, 4, Side.SELL, "60000.3", "0.002")
        answer = await house.send("GET", DEPTH, "symbol=BTCUSDT")
        assert answer.body.decode() == (
            f'{{"lastUpdateId":11,"E":{NOW},"T":{NOW - 9},'
            '"bids":[["60000.10","0.500"],["60000.00","10.000"],["59999.90","11.250"]],'
            '"asks":[["60000.20","10.000"],["60000.30","10.006"]]}'
        )

    in_house(scene)


def test_a_depth_that_is_asked_for_again_is_the_same_until_the_book_changes() -> None:
    async def scene(house: House) -> None:
        book = put_market(house)
        first = await get(house, DEPTH, "symbol=BTCUSDT&limit=5")
        assert await get(house, DEPTH, "symbol=BTCUSDT&limit=5") == first
        rest(book, 1, Side.BUY, "60000.1", "0.5")
        book.updated_at = Millis(NOW)
        changed = (await house.send("GET", DEPTH, "symbol=BTCUSDT&limit=5")).json
        assert changed["lastUpdateId"] == 8
        assert changed["T"] == NOW
        assert changed["bids"][0] == ["60000.10", "0.500"]

    in_house(scene)


def test_a_depth_is_written_with_the_precision_in_force() -> None:
    async def scene(house: House) -> None:
        put_market(house, depth=1)
        await get(house, DEPTH, "symbol=BTCUSDT")
        body = {"pricePrecision": 1, "quantityPrecision": 0, "stepSize": "1"}
        assert (await house.control("PUT", "/symbols/BTCUSDT", body)).status == 200
        put_market(house, depth=1)
        found = (await house.send("GET", DEPTH, "symbol=BTCUSDT")).json
        assert found["asks"] == [["60000.2", "10"]]

    in_house(scene)


@pytest.mark.parametrize(
    ("query", "levels", "weight"),
    [
        ("limit=5", 5, "2"),
        ("limit=10", 10, "2"),
        ("limit=20", 20, "2"),
        ("limit=50", 50, "2"),
        ("limit=100", 100, "5"),
        ("limit=500", 500, "10"),
        ("limit=1000", 1000, "20"),
        ("limit=0500", 500, "10"),
        ("", 500, "10"),
    ],
)
def test_levels_and_weight_of_a_depth(query: str, levels: int, weight: str) -> None:
    async def scene(house: House) -> None:
        put_market(house, depth=1200)
        answer = await house.send("GET", DEPTH, f"symbol=BTCUSDT&{query}")
        assert [len(answer.json["bids"]), len(answer.json["asks"])] == [levels, levels]
        assert answer.headers["x-mbx-used-weight-1m"] == weight

    in_house(scene)


@pytest.mark.parametrize(
    ("query", "expected", "weight"),
    [
        ("", SYMBOL_MISSING, "10"),
        ("symbol=", SYMBOL_MISSING, "10"),
        ("symbol=NOPE", BAD_SYMBOL, "10"),
        ("symbol=BTCUSDT&limit=7", (400, -4021, "7 is not valid depth limit."), "2"),
        ("symbol=BTCUSDT&limit=0", (400, -4021, "0 is not valid depth limit."), "2"),
        ("symbol=BTCUSDT&limit=1001", (400, -4021, "1001 is not valid depth limit."), "2"),
        (
            "symbol=BTCUSDT&limit=many",
            (
                400,
                -1100,
                "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,18}$'.",
            ),
            "2",
        ),
        ("symbol=BTCUSDT&limit=", (400, -1105, "Parameter 'limit' was empty."), "10"),
    ],
)
def test_a_depth_that_is_refused(query: str, expected: tuple[int, int, str], weight: str) -> None:
    async def scene(house: House) -> None:
        answer = await house.send("GET", DEPTH, query)
        assert answer.refusal == expected
        assert answer.headers["x-mbx-used-weight-1m"] == weight

    in_house(scene)


def test_trades_are_the_latest_and_the_oldest_of_them_comes_first() -> None:
    async def scene(house: House) -> None:
        put_market(house)
        trade(house, 1, "60000.1", "0.5", buyer_maker=False)
        trade(house, 2, "60000.2", "0.013", buyer_maker=True)
        assert await get(house, TRADES, "symbol=BTCUSDT&limit=1") == [
            {
                "id": 2,
                "price": "60000.20",
                "qty": "0.013",
                "quoteQty": "780.00",
                "time": NOW + 2,
                "isBuyerMaker": True,
                "isRPITrade": False,
            }
        ]
        both = (await house.send("GET", TRADES, "symbol=BTCUSDT")).json
        assert [(row["id"], row["isBuyerMaker"]) for row in both] == [(1, False), (2, True)]

    in_house(scene)


@pytest.mark.parametrize(("query", "rows"), [("", 500), ("&limit=1000", 1000), ("&limit=1", 1)])
def test_how_many_trades_are_shown(query: str, rows: int) -> None:
    async def scene(house: House) -> None:
        put_market(house)
        for number in range(1, 1203):
            trade(house, number, "60000.1", "0.001", buyer_maker=False)
        answer = await house.send("GET", TRADES, f"symbol=BTCUSDT{query}")
        assert [row["id"] for row in answer.json] == list(range(1203 - rows, 1203))
        assert answer.headers["x-mbx-used-weight-1m"] == "5"

    in_house(scene)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", SYMBOL_MISSING),
        ("symbol=NOPE", BAD_SYMBOL),
        ("symbol=BTCUSDT&limit=0", (400, -1130, "Data sent for parameter 'limit' is not valid.")),
        (
            "symbol=BTCUSDT&limit=1001",
            (400, -1130, "Data sent for parameter 'limit' is not valid."),
        ),
    ],
)
def test_trades_that_are_refused(query: str, expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        assert (await house.send("GET", TRADES, query)).refusal == expected

    in_house(scene)


@pytest.mark.parametrize("path", PRICES)
def test_the_last_price(path: str) -> None:
    async def scene(house: House) -> None:
        put_market(house)
        assert await get(house, path, "symbol=BTCUSDT") == {
            "symbol": "BTCUSDT",
            "price": "60000.10",
            "time": NOW - 5,
        }

    in_house(scene)


def test_the_best_of_a_book() -> None:
    async def scene(house: House) -> None:
        book = put_market(house)
        rest(book, 1, Side.BUY, "60000.1", "0.5")
        assert await get(house, BOOK, "symbol=BTCUSDT") == {
            "symbol": "BTCUSDT",
            "bidPrice": "60000.10",
            "bidQty": "0.500",
            "askPrice": "60000.20",
            "askQty": "10.000",
            "time": NOW - 9,
        }

    in_house(scene)


def test_an_empty_book() -> None:
    async def scene(house: House) -> None:
        put_market(house).mode = "none"
        found = (await house.send("GET", BOOK, "symbol=BTCUSDT")).json
        assert (found["bidPrice"], found["bidQty"]) == ("0.00", "0.000")
        assert (found["askPrice"], found["askQty"]) == ("0.00", "0.000")
        depth = (await house.send("GET", DEPTH, "symbol=BTCUSDT")).json
        assert (depth["bids"], depth["asks"]) == ([], [])

    in_house(scene)


def test_mark_price_and_funding() -> None:
    """The clock stands at 08:53:20 UTC, so an eight-hour symbol pays at 16:00.

    The mark is 0.0004% above the index, which is too little to count: the interest remains.
    """

    async def scene(house: House) -> None:
        put_market(house)
        assert await get(house, PREMIUM, "symbol=BTCUSDT") == {
            "symbol": "BTCUSDT",
            "markPrice": "60000.12345678",
            "indexPrice": "59999.90000000",
            "estimatedSettlePrice": "59999.90000000",
            "lastFundingRate": "0.00010000",
            "interestRate": "0.00010000",
            "nextFundingTime": 1_760_025_600_000,
            "time": NOW,
        }

    in_house(scene)


@pytest.mark.parametrize(
    ("hours", "now", "due"),
    [
        (8, 1_760_025_599_999, 1_760_025_600_000),
        (8, 1_760_025_600_000, 1_760_054_400_000),
        (4, NOW, 1_760_011_200_000),
        (1, NOW, 1_760_000_400_000),
    ],
)
def test_when_funding_is_due_next(hours: int, now: int, due: int) -> None:
    async def scene(house: House) -> None:
        body = {"fundingIntervalHours": hours}
        assert (await house.control("PUT", "/symbols/BTCUSDT", body)).status == 200
        put_market(house)
        await house.control("PUT", "/clock", {"mode": "frozen", "now": now})
        found = (await house.send("GET", PREMIUM, "symbol=BTCUSDT")).json
        assert found["nextFundingTime"] == due

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "one", "every"),
    [(PRICES[0], "1", "2"), (PRICES[1], "1", "2"), (BOOK, "2", "5"), (PREMIUM, "1", "10")],
)
def test_without_a_symbol_it_is_a_list_and_costs_more(path: str, one: str, every: str) -> None:
    async def scene(house: House) -> None:
        put_markets(house)
        listed = await house.send("GET", path)
        assert [row["symbol"] for row in listed.json] == list(house.state.catalogue.contracts)
        assert listed.headers["x-mbx-used-weight-1m"] == every
        house.wall.now += 60_000
        single = await house.send("GET", path, "symbol=BTCUSDT")
        assert single.json in listed.json
        assert single.headers["x-mbx-used-weight-1m"] == one

    in_house(scene)


@pytest.mark.parametrize("path", [*PRICES, BOOK, PREMIUM])
def test_a_price_that_is_refused(path: str) -> None:
    async def scene(house: House) -> None:
        assert (await house.send("GET", path, "symbol=NOPE")).refusal == BAD_SYMBOL
        empty = await house.send("GET", path, "symbol=")
        assert empty.refusal == (400, -1105, "Parameter 'symbol' was empty.")

    in_house(scene)


def test_the_websocket_api_answers_the_same() -> None:
    async def scene(house: House) -> None:
        put_markets(house)
        async with house.socket() as socket:
            depth = await socket.ask("depth", {"symbol": "BTCUSDT", "limit": 5})
            assert depth["result"] == await get(house, DEPTH, "symbol=BTCUSDT&limit=5")
            price = await socket.ask("ticker.price", {"symbol": "BTCUSDT"})
            assert price["result"] == await get(house, PRICES[1], "symbol=BTCUSDT")
            prices = await socket.ask("ticker.price")
            assert prices["result"] == await get(house, PRICES[1])
            refused = await socket.ask("depth", {"symbol": "BTCUSDT", "limit": 7})
            assert refused["error"] == {"code": -4021, "msg": "7 is not valid depth limit."}

    in_house(scene)


def test_the_websocket_api_numbers_the_best_of_a_book() -> None:
    async def scene(house: House) -> None:
        put_markets(house)
        async with house.socket() as socket:
            one = (await socket.ask("ticker.book", {"symbol": "BTCUSDT"}))["result"]
            shown = await get(house, BOOK, "symbol=BTCUSDT")
            assert list(one) == [
                "lastUpdateId",
                "symbol",
                "bidPrice",
                "bidQty",
                "askPrice",
                "askQty",
                "time",
            ]
            assert isinstance(shown, dict)
            assert one == {"lastUpdateId": 7, **shown}
            every = (await socket.ask("ticker.book"))["result"]
            assert one in every
            assert len(every) == len(house.state.catalogue.contracts)

    in_house(scene)

"""What clients compare across answers: one fact has one value wherever it is shown."""

from typing import Any

from clearhouse.messages.commands import AdvanceClock
from unit.api.harness import NOW, House, in_house

STEP = 300_000
HOUR = 3_600_000


async def get(house: House, path: str, query: str = "") -> Any:
    answer = await house.send("GET", path, query)
    assert answer.status == 200, answer.body
    return answer.json


async def traded(house: House, usdt: str, side: str, quantity: str) -> House:
    someone = await house.account(UMFUTURE={"USDT": usdt})
    order = {"symbol": "BTCUSDT", "side": side, "type": "MARKET", "quantity": quantity}
    assert (await someone.signed("POST", "/fapi/v1/order", order)).status == 200
    return someone


def test_open_interest_is_what_positions_add_up_to() -> None:
    """Long 0.3 and 0.2, short 0.1: the house is short the other 0.4."""

    async def scene(house: House) -> None:
        traders = [
            await traded(house, "100000", "BUY", "0.3"),
            await traded(house, "100000", "BUY", "0.2"),
            await traded(house, "100000", "SELL", "0.1"),
        ]
        await house.opened.venue.submit(AdvanceClock(STEP))
        held = []
        for one in traders:
            found = await one.signed("GET", "/fapi/v3/positionRisk", {"timestamp": NOW + STEP})
            held += [float(row["positionAmt"]) for row in found.json]
        assert held == [0.3, 0.2, -0.1]
        (row,) = await get(house, "/futures/data/openInterestHist", "symbol=BTCUSDT&period=5m")
        market = (await house.control("GET", "/symbols/BTCUSDT")).json
        assert row["sumOpenInterest"] == "0.50000000"
        assert market["openInterest"] == "0.5"
        premium = await get(house, "/fapi/v1/premiumIndex", "symbol=BTCUSDT")
        value = 0.5 * float(premium["markPrice"])
        assert float(row["sumOpenInterestValue"]) == value

    in_house(scene)


def test_funding_is_one_wherever_it_is_shown() -> None:
    async def scene(house: House) -> None:
        await house.control("PUT", "/symbols/BTCUSDT/price", {"mark": "65065", "index": "65000"})
        before = await get(house, "/fapi/v1/premiumIndex", "symbol=BTCUSDT")
        infos = await get(house, "/fapi/v1/fundingInfo")
        info = next(row for row in infos if row["symbol"] == "BTCUSDT")
        due = before["nextFundingTime"]
        assert NOW < due <= NOW + info["fundingIntervalHours"] * HOUR
        assert due % (info["fundingIntervalHours"] * HOUR) == 0
        await house.opened.venue.submit(AdvanceClock(due - NOW))
        (rate,) = await get(house, "/fapi/v1/fundingRate", "symbol=BTCUSDT")
        after = await get(house, "/fapi/v1/premiumIndex", "symbol=BTCUSDT")
        assert rate["fundingTime"] == due
        assert after["nextFundingTime"] == due + info["fundingIntervalHours"] * HOUR
        assert rate["markPrice"] == before["markPrice"] == after["markPrice"]
        bounds = info["adjustedFundingRateFloor"], info["adjustedFundingRateCap"]
        assert float(bounds[0]) <= float(rate["fundingRate"]) <= float(bounds[1])

    in_house(scene)


def test_every_list_has_the_symbols_of_exchange_info() -> None:
    async def scene(house: House) -> None:
        listed = [row["symbol"] for row in (await get(house, "/fapi/v1/exchangeInfo"))["symbols"]]
        for path in (
            "/fapi/v1/premiumIndex",
            "/fapi/v1/fundingInfo",
            "/fapi/v1/ticker/price",
            "/fapi/v1/ticker/bookTicker",
            "/fapi/v1/symbolAdlRisk",
        ):
            assert [row["symbol"] for row in await get(house, path)] == listed
        brackets = (await house.signed("GET", "/fapi/v1/leverageBracket")).json
        assert [row["symbol"] for row in brackets] == listed
        funds = await get(house, "/fapi/v1/insuranceBalance")
        assert sorted(symbol for row in funds for symbol in row["symbols"]) == sorted(listed)

    in_house(scene)


def test_the_collateral_of_exchange_info_has_an_index() -> None:
    async def scene(house: House) -> None:
        info = await get(house, "/fapi/v1/exchangeInfo")
        collateral = [row["asset"] for row in info["assets"] if row["marginAvailable"]]
        indices = await get(house, "/fapi/v1/assetIndex")
        assert [row["symbol"] for row in indices] == [f"{asset}USD" for asset in collateral]
        shared = {row["marginAsset"] for row in info["symbols"]}
        assert shared <= {row["asset"] for row in info["assets"]}
        assert {row["asset"]: row["autoAssetExchange"] for row in info["assets"]} == {
            "USDT": "-5000",
            "USDC": "-5000",
            "BTC": "-0.1",
            "ETH": "0",
            "BNB": "0",
            "FDUSD": "0",
        }

    in_house(scene)


def test_prices_are_one_wherever_they_are_shown() -> None:
    async def scene(house: House) -> None:
        price = {"last": "60000.1", "mark": "60010", "index": "59990"}
        await house.control("PUT", "/symbols/BTCUSDT/price", price)
        await house.opened.venue.submit(AdvanceClock(STEP))
        query = "pair=BTCUSDT&contractType=PERPETUAL&period=5m"
        (basis,) = await get(house, "/futures/data/basis", query)
        premium = await get(house, "/fapi/v1/premiumIndex", "symbol=BTCUSDT")
        last = await get(house, "/fapi/v2/ticker/price", "symbol=BTCUSDT")
        made = await get(house, "/fapi/v1/constituents", "symbol=BTCUSDT")
        assert basis["indexPrice"] == premium["indexPrice"] == made["constituents"][0]["price"]
        assert basis["futuresPrice"] == last["price"] == "60000.10"

    in_house(scene)


def test_what_can_be_started_with_names_every_asset() -> None:
    """ccxt looks up each base and quote asset as a coin, and each margin pair as a symbol."""

    async def scene(house: House) -> None:
        info = await get(house, "/fapi/v1/exchangeInfo")
        named = {row[side] for row in info["symbols"] for side in ("baseAsset", "quoteAsset")}
        coins = (await house.signed("GET", "/sapi/v1/capital/config/getall")).json
        assert named <= {row["coin"] for row in coins}
        spot = await get(house, "/api/v3/exchangeInfo", "showPermissionSets=false")
        assert {row["symbol"] for row in spot["symbols"]} == {r["symbol"] for r in info["symbols"]}
        assert {tuple(row["permissionSets"]) for row in spot["symbols"]} == {()}
        for query, number in (
            ("permissions=SPOT", 10),
            ("permissions=LEVERAGED", 0),
            ("symbolStatus=BREAK", 10),
            ("symbolStatus=TRADING", 0),
        ):
            found = await get(house, "/api/v3/exchangeInfo", query)
            assert len(found["symbols"]) == number
        both = await house.send("GET", "/api/v3/exchangeInfo", "symbol=BTCUSDT&permissions=SPOT")
        assert both.refusal[:2] == (400, -1130)
        assert all(row["filters"][0]["filterType"] == "PRICE_FILTER" for row in info["symbols"])

    in_house(scene)

"""The collateral index, what an index is made of, the insurance fund, and the risk of ADL."""

import pytest

from clearhouse.ledger.chart import INSURANCE_FUND
from clearhouse.messages.commands import AdvanceClock
from clearhouse.model.ids import VENUE
from clearhouse.model.money import parse_units
from clearhouse.model.orders import Position
from unit.api.harness import NOW, House, in_house

HALF_HOUR = 1_800_000
MARGIN_ASSETS = {"USDT": 8, "USDC": 2}
"""How many symbols of the built-in market have their margin in each."""


def test_the_index_of_an_asset_and_what_haircuts_leave_of_it() -> None:
    """BTC at 65,000: 5% off or on top as collateral, 2.5% when it is exchanged by force."""

    async def scene(house: House) -> None:
        answer = await house.send("GET", "/fapi/v1/assetIndex", "symbol=BTCUSD")
        assert answer.body == (
            b'{"symbol":"BTCUSD","time":1760000000000,"index":"65000.00000000",'
            b'"bidBuffer":"0.05000000","askBuffer":"0.05000000",'
            b'"bidRate":"61750.00000000","askRate":"68250.00000000",'
            b'"autoExchangeBidBuffer":"0.02500000","autoExchangeAskBuffer":"0.02500000",'
            b'"autoExchangeBidRate":"63375.00000000","autoExchangeAskRate":"66625.00000000"}'
        )
        every = (await house.send("GET", "/fapi/v1/assetIndex")).json
        names = ["USDTUSD", "USDCUSD", "BTCUSD", "ETHUSD", "BNBUSD", "FDUSDUSD"]
        assert [row["symbol"] for row in every] == names
        assert every[2] == answer.json

    in_house(scene)


def test_an_index_price_is_the_venues_own() -> None:
    async def scene(house: House) -> None:
        await house.control("PUT", "/symbols/BTCUSDT/price", {"index": "64999.5"})
        answer = await house.send("GET", "/fapi/v1/constituents", "symbol=BTCUSDT")
        assert answer.body == (
            b'{"symbol":"BTCUSDT","time":1760000000000,"constituents":[{"exchange":"clearhouse",'
            b'"symbol":"BTCUSDT","price":"64999.50000000","weight":"1.00000000"}]}'
        )

    in_house(scene)


def test_no_contract_is_on_a_composite_index_or_has_sessions() -> None:
    async def scene(house: House) -> None:
        assert (await house.send("GET", "/fapi/v1/indexInfo")).json == []
        assert (await house.send("GET", "/fapi/v1/indexInfo", "symbol=BTCUSDT")).json == []
        groups = ("EQUITY", "COMMODITY", "KR_EQUITY", "HK_EQUITY", "CN_EQUITY", "FX")
        schedule = (await house.send("GET", "/fapi/v1/tradingSchedule")).json
        assert schedule == {
            "updateTime": NOW,
            "marketSchedules": {group: {"sessions": []} for group in groups},
        }

    in_house(scene)


def test_the_fund_of_each_margin_asset() -> None:
    """250.5 USDT and a position of 2 ETH bought at 3,000, at a mark of 3,200: 650.5."""

    async def scene(house: House) -> None:
        house.state.books.of(VENUE)[INSURANCE_FUND, "USDT"] = parse_units("250.5")
        bought = Position(quantity=parse_units("2"), entry_price=parse_units("3000"))
        house.state.markets["ETHUSDT"].fund = bought
        every = (await house.send("GET", "/fapi/v1/insuranceBalance")).json
        assert {row["assets"][0]["asset"]: len(row["symbols"]) for row in every} == MARGIN_ASSETS
        one = (await house.send("GET", "/fapi/v1/insuranceBalance", "symbol=BTCUSDT")).json
        assert one == every[0]
        usdt = {"asset": "USDT", "marginBalance": "650.5", "updateTime": NOW}
        assert one["assets"] == [usdt]

    in_house(scene)


def test_the_risk_is_high_where_more_margin_is_in_danger_than_the_fund_has() -> None:
    """1 BTC at 60,000 with 1,000 USDT: 240 of maintenance margin; half way to the end at 520."""

    async def scene(house: House) -> None:
        async def risk(symbol: str = "BTCUSDT") -> tuple[str, int]:
            found = (await house.send("GET", "/fapi/v1/symbolAdlRisk", f"symbol={symbol}")).json
            return found["adlRisk"], found["updateTime"]

        await house.control("PUT", "/symbols/BTCUSDT/price", {"last": "60000"})
        ann = await house.account(UMFUTURE={"USDT": "1000"})
        leverage = {"symbol": "BTCUSDT", "leverage": 100}
        assert (await ann.signed("POST", "/fapi/v1/leverage", leverage)).status == 200
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"}
        assert (await ann.signed("POST", "/fapi/v1/order", order)).status == 200
        assert await risk() == ("low", NOW)
        await house.control("PUT", "/symbols/BTCUSDT/price", {"mark": "59400"})
        assert await risk() == ("low", NOW)
        await house.opened.venue.submit(AdvanceClock(HALF_HOUR))
        assert await risk() == ("high", NOW + HALF_HOUR)
        assert await risk("ETHUSDT") == ("low", NOW + HALF_HOUR)
        every = (await house.send("GET", "/fapi/v1/symbolAdlRisk")).json
        assert [row["adlRisk"] for row in every] == ["high", *["low"] * 9]

    in_house(scene)


@pytest.mark.parametrize(
    "name", ["assetIndex", "constituents", "indexInfo", "insuranceBalance", "symbolAdlRisk"]
)
def test_an_unknown_symbol_is_refused(name: str) -> None:
    async def scene(house: House) -> None:
        answer = await house.send("GET", f"/fapi/v1/{name}", "symbol=NOPE")
        assert answer.refusal == (400, -1121, "Invalid symbol.")

    in_house(scene)

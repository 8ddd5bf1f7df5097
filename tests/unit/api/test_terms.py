"""The terms on which an account trades: fee rates, order limits, restrictions."""

import pytest

from unit.api.harness import NOW, House, in_house

RATE, STATUS = "/fapi/v1/commissionRate", "/fapi/v1/apiTradingStatus"


@pytest.mark.parametrize("symbol", ["BTCUSDT", "1000SHIBUSDT"])
def test_the_rates_of_a_regular_user(symbol: str) -> None:
    async def scene(house: House) -> None:
        assert (await house.signed("GET", RATE, {"symbol": symbol})).json == {
            "symbol": symbol,
            "makerCommissionRate": "0.0002",
            "takerCommissionRate": "0.0005",
            "rpiCommissionRate": "0.00005",
        }

    in_house(scene)


def test_the_rates_that_the_operator_set_are_those_of_one_account() -> None:
    async def scene(house: House) -> None:
        other = await house.account()
        body = {"maker": "0", "taker": "0.00017001"}
        await house.control("PUT", "/accounts/1000001/fees", body)
        own = (await house.signed("GET", RATE, {"symbol": "BTCUSDT"})).json
        assert (own["makerCommissionRate"], own["takerCommissionRate"]) == ("0", "0.00017001")
        assert own["rpiCommissionRate"] == "0.00005"
        others = (await other.signed("GET", RATE, {"symbol": "BTCUSDT"})).json
        assert (others["makerCommissionRate"], others["takerCommissionRate"]) == (
            "0.0002",
            "0.0005",
        )

    in_house(scene)


def test_the_order_limits() -> None:
    async def scene(house: House) -> None:
        assert (await house.signed("GET", "/fapi/v1/rateLimit/order")).json == [
            {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 300},
            {"rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1, "limit": 1200},
        ]

    in_house(scene)


@pytest.mark.parametrize(("params", "weight"), [({"symbol": "BTCUSDT"}, "1"), ({}, "10")])
def test_nobody_is_restricted(params: dict[str, object], weight: str) -> None:
    async def scene(house: House) -> None:
        answer = await house.signed("GET", STATUS, params)
        assert answer.json == {"indicators": {}, "updateTime": NOW}
        assert answer.headers["x-mbx-used-weight-1m"] == weight

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "weight"),
    [
        ("/fapi/v1/accountConfig", "5"),
        ("/fapi/v1/symbolConfig", "5"),
        ("/fapi/v1/commissionRate", "20"),
        ("/fapi/v1/rateLimit/order", "1"),
        ("/fapi/v1/leverageBracket", "1"),
        ("/fapi/v1/income", "30"),
        ("/fapi/v1/feeBurn", "30"),
    ],
)
def test_what_a_reading_costs(path: str, weight: str) -> None:
    async def scene(house: House) -> None:
        answer = await house.signed("GET", path)
        assert answer.headers["x-mbx-used-weight-1m"] == weight

    in_house(scene)

"""Leverage brackets: JSON numbers that are exact to the last digit."""

from unit.api.harness import House, in_house

PATH = "/fapi/v1/leverageBracket"
BNB = (
    b'[{"symbol":"BNBUSDT","brackets":['
    b'{"bracket":1,"initialLeverage":75,"notionalCap":10000,"notionalFloor":0,'
    b'"maintMarginRatio":0.005,"cum":0},'
    b'{"bracket":2,"initialLeverage":50,"notionalCap":200000,"notionalFloor":10000,'
    b'"maintMarginRatio":0.006,"cum":10},'
)


def test_a_symbol_is_an_array_of_one() -> None:
    async def scene(house: House) -> None:
        answer = await house.signed("GET", PATH, {"symbol": "BNBUSDT"})
        assert answer.status == 200
        assert answer.body.startswith(BNB)
        [found] = answer.json
        assert len(found["brackets"]) == 10
        assert found["brackets"][-1] == {
            "bracket": 10,
            "initialLeverage": 1,
            "notionalCap": 150_000_000,
            "notionalFloor": 75_000_000,
            "maintMarginRatio": 0.5,
            "cum": 25_024_810,
        }

    in_house(scene)


def test_every_symbol_in_the_order_of_the_market() -> None:
    async def scene(house: House) -> None:
        found = (await house.signed("GET", PATH)).json
        assert [row["symbol"] for row in found[:2]] == ["BTCUSDT", "ETHUSDT"]
        assert len(found) == 10
        assert found[2] == (await house.signed("GET", PATH, {"symbol": "BNBUSDT"})).json[0]

    in_house(scene)


def test_digits_that_no_double_holds_arrive_as_they_are() -> None:
    """And a changed symbol is shown at once, although the answer is kept rendered."""

    async def scene(house: House) -> None:
        await house.signed("GET", PATH)
        body = (
            b'{"brackets": [{"initialLeverage": 3, "notionalFloor": 0.00000001, '
            b'"notionalCap": 9007199254.74099301, "maintMarginRatio": 0.33333333, "cum": 1.10}]}'
        )
        assert (await house.control("PUT", "/symbols/BTCUSDT", body)).status == 200
        shown = (
            b'[{"symbol":"BTCUSDT","brackets":[{"bracket":1,"initialLeverage":3,'
            b'"notionalCap":9007199254.74099301,"notionalFloor":0.00000001,'
            b'"maintMarginRatio":0.33333333,"cum":1.1}]}'
        )
        assert (await house.signed("GET", PATH)).body.startswith(shown + b",")
        assert (await house.signed("GET", PATH, {"symbol": "BTCUSDT"})).body == shown + b"]"

    in_house(scene)

"""Statistics over time: what accounts held and traded, and prices, told of moments.

The clock stands at 08:53:20 UTC, so the first moment that tells of anything done now is 08:55.
"""

from typing import Any

import pytest

from clearhouse.messages.commands import AdvanceClock
from clearhouse.model.ids import DAY_MS, HOUR_MS, MINUTE_MS
from unit.api.harness import NOW, House, in_house

FIRST = 1_760_000_100_000
"""08:55."""
STEP = 5 * MINUTE_MS
DATA = "/futures/data"
OPEN, GLOBAL, TAKER = "openInterestHist", "globalLongShortAccountRatio", "takerlongshortRatio"
TOP_ACCOUNTS, TOP_POSITIONS = "topLongShortAccountRatio", "topLongShortPositionRatio"
SERIES = (OPEN, GLOBAL, TAKER, TOP_ACCOUNTS, TOP_POSITIONS)


async def rows(
    house: House, name: str, query: str = "symbol=BTCUSDT&period=5m"
) -> list[dict[str, Any]]:
    answer = await house.send("GET", f"{DATA}/{name}", query)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.json
    return found


async def pass_by(house: House, ms: int) -> None:
    await house.opened.venue.submit(AdvanceClock(ms))


async def trade(house: House, side: str, quantity: str) -> None:
    order = {"symbol": "BTCUSDT", "side": side, "type": "MARKET", "quantity": quantity}
    stamp = house.opened.venue.now()
    done = await house.signed("POST", "/fapi/v1/order", {**order, "timestamp": stamp})
    assert done.status == 200, done.body


async def someone(house: House, usdt: str) -> House:
    return await house.account(UMFUTURE={"USDT": usdt})


def test_a_day_of_two_accounts() -> None:
    """Ann buys 0.3, Bob sells 0.1 and later 0.1 more; each row tells of its own moment."""

    async def scene(house: House) -> None:
        ann, bob = await someone(house, "100000"), await someone(house, "50000")
        price = {"last": "60000", "mark": "60010", "index": "59990"}
        await house.control("PUT", "/symbols/BTCUSDT/price", price)
        await trade(ann, "BUY", "0.3")
        await trade(bob, "SELL", "0.1")
        assert await rows(house, OPEN) == []
        await pass_by(house, FIRST - NOW)
        opened = {
            "symbol": "BTCUSDT",
            "sumOpenInterest": "0.30000000",
            "sumOpenInterestValue": "18003.00000000",
            "CMCCirculatingSupply": "0",
            "timestamp": FIRST,
        }
        assert await rows(house, OPEN) == [opened]
        taken = {
            "buySellRatio": "3.0000",
            "buyVol": "0.3000",
            "sellVol": "0.1000",
            "timestamp": FIRST,
        }
        assert await rows(house, TAKER) == [taken]
        half = {"longShortRatio": "1.0000", "longAccount": "0.5000", "shortAccount": "0.5000"}
        ratio = {"symbol": "BTCUSDT", **half, "timestamp": FIRST}
        assert await rows(house, GLOBAL) == [ratio]
        all_long = {
            "symbol": "BTCUSDT",
            "longShortRatio": "10000.0000",
            "longAccount": "1.0000",
            "shortAccount": "0.0000",
            "timestamp": FIRST,
        }
        assert await rows(house, TOP_ACCOUNTS) == [all_long]
        assert await rows(house, TOP_POSITIONS) == [all_long]
        await pass_by(house, 2 * STEP)
        await trade(bob, "SELL", "0.1")
        await pass_by(house, STEP)
        later = await rows(house, OPEN)
        assert later == [opened, {**opened, "timestamp": FIRST + 3 * STEP}]
        assert [row["timestamp"] - FIRST for row in await rows(house, GLOBAL)] == [
            0,
            STEP,
            2 * STEP,
            3 * STEP,
        ]
        sold = {
            "buySellRatio": "0.0000",
            "buyVol": "0.0000",
            "sellVol": "0.1000",
            "timestamp": FIRST + 3 * STEP,
        }
        assert await rows(house, TAKER) == [taken, sold]

    in_house(scene)


def test_the_basis_is_that_of_each_moment() -> None:
    """A price that is set at 09:10:00 is told of from 09:15 on."""

    async def scene(house: House) -> None:
        price = {"last": "60000", "mark": "60010", "index": "59990"}
        await house.control("PUT", "/symbols/BTCUSDT/price", price)
        await pass_by(house, FIRST - NOW + 3 * STEP)
        price = {"last": "59000", "mark": "59010", "index": "59990.5"}
        await house.control("PUT", "/symbols/BTCUSDT/price", price)
        await pass_by(house, STEP)
        first = {
            "indexPrice": "59990.00000000",
            "contractType": "PERPETUAL",
            "basisRate": "0.0001",
            "futuresPrice": "60000.00",
            "annualizedBasisRate": "",
            "basis": "10.00000000",
            "pair": "BTCUSDT",
            "timestamp": FIRST,
        }
        later = {
            "indexPrice": "59990.50000000",
            "contractType": "PERPETUAL",
            "basisRate": "-0.0165",
            "futuresPrice": "59000.00",
            "annualizedBasisRate": "",
            "basis": "-990.50000000",
            "pair": "BTCUSDT",
            "timestamp": FIRST + 4 * STEP,
        }
        between = [{**first, "timestamp": FIRST + n * STEP} for n in range(4)]
        query = "pair=BTCUSDT&contractType=PERPETUAL&period=5m"
        assert await rows(house, "basis", query) == [*between, later]
        assert await rows(house, "basis", query.replace("PERPETUAL", "NEXT_QUARTER")) == []

    in_house(scene)


def test_windows_limits_and_periods() -> None:
    async def scene(house: House) -> None:
        await trade(await someone(house, "100000"), "BUY", "0.1")
        await pass_by(house, FIRST - NOW + 10 * STEP)

        async def steps(query: str) -> list[int]:
            found = await rows(house, GLOBAL, f"symbol=BTCUSDT&{query}")
            return [(row["timestamp"] - FIRST) // STEP for row in found]

        assert await steps("period=5m") == list(range(11))
        assert await steps("period=5m&limit=2") == [9, 10]
        assert await steps(f"period=5m&limit=2&startTime={FIRST + 3 * STEP}") == [3, 4]
        assert await steps(f"period=5m&limit=2&startTime={FIRST + 3 * STEP + 1}") == [4, 5]
        assert await steps(f"period=5m&limit=2&endTime={FIRST + 3 * STEP}") == [2, 3]
        assert await steps(f"period=5m&startTime={FIRST}&endTime={FIRST + STEP}") == [0, 1]
        assert await steps("period=15m") == [1, 4, 7, 10]
        assert await steps("period=30m") == [1, 7]
        assert await steps("period=1d") == []
        assert await steps(f"period=5m&endTime={NOW}") == []
        assert await steps(f"period=5m&startTime={FIRST + 99 * STEP}") == []

    in_house(scene)


def test_a_longer_period_adds_up_what_was_traded_in_it() -> None:
    async def scene(house: House) -> None:
        ann = await someone(house, "100000")
        for _ in range(4):
            await trade(ann, "BUY", "0.1")
            await pass_by(house, STEP)
        await pass_by(house, HOUR_MS)
        (hour,) = await rows(house, TAKER, "symbol=BTCUSDT&period=1h&limit=1")
        quarters = await rows(house, TAKER, "symbol=BTCUSDT&period=15m")
        # 08:53, 08:58 | 09:03, 09:08: two hours end at 09:00 and at 10:00.
        assert (hour["buyVol"], hour["timestamp"]) == ("0.2000", FIRST + HOUR_MS + STEP)
        assert [row["buyVol"] for row in quarters] == ["0.2000", "0.2000"]

    in_house(scene)


def test_it_is_the_same_after_a_restart() -> None:
    async def scene(house: House) -> None:
        ann = await someone(house, "100000")
        await trade(ann, "BUY", "0.1")
        await pass_by(house, FIRST - NOW + STEP)
        await trade(ann, "SELL", "0.2")
        before = [await rows(house, name) for name in SERIES]
        assert all(before)
        await house.revive()
        assert [await rows(house, name) for name in SERIES] == before

    in_house(scene)


def test_a_venue_that_is_reset_has_no_past() -> None:
    async def scene(house: House) -> None:
        await trade(await someone(house, "100000"), "BUY", "0.1")
        await pass_by(house, FIRST - NOW + STEP)
        assert (await house.control("POST", "/reset")).status == 200
        for name in SERIES:
            assert await rows(house, name) == []

    in_house(scene)


def test_nothing_older_than_thirty_days_is_told() -> None:
    async def scene(house: House) -> None:
        await trade(await someone(house, "100000"), "BUY", "0.1")
        await pass_by(house, 31 * DAY_MS)
        now = NOW + 31 * DAY_MS
        found = await rows(house, GLOBAL, "symbol=BTCUSDT&period=1d&limit=500")
        assert len(found) == 30
        assert found[0]["timestamp"] >= now - 30 * DAY_MS
        query = f"symbol=BTCUSDT&period=1d&startTime={now - 30 * DAY_MS - 1}"
        answer = await house.send("GET", f"{DATA}/{GLOBAL}", query)
        refusal = (400, -1130, "Data sent for parameter 'startTime' is not valid.")
        assert answer.refusal == refusal

    in_house(scene)


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("period=5m", (400, -1102)),
        ("symbol=BTCUSDT", (400, -1102)),
        ("symbol=NOPE&period=5m", (400, -1121)),
        ("symbol=BTCUSDT&period=1m", (400, -1130)),
        ("symbol=BTCUSDT&period=5m&limit=0", (400, -1130)),
        ("symbol=BTCUSDT&period=5m&limit=501", (400, -1130)),
        ("symbol=BTCUSDT&period=5m&limit=x", (400, -1100)),
        (f"symbol=BTCUSDT&period=5m&startTime={NOW}&endTime={NOW - 1}", (400, -1023)),
    ],
)
def test_what_is_refused(query: str, refusal: tuple[int, int]) -> None:
    async def scene(house: House) -> None:
        for name in SERIES:
            answer = await house.send("GET", f"{DATA}/{name}", query)
            assert answer.refusal[:2] == refusal

    in_house(scene)


def test_nothing_was_ever_delivered() -> None:
    async def scene(house: House) -> None:
        assert await rows(house, "delivery-price", "pair=BTCUSDT") == []
        answer = await house.send("GET", f"{DATA}/delivery-price", "pair=NOPE")
        assert answer.refusal == (400, -1121, "Invalid symbol.")

    in_house(scene)


def test_they_share_a_pool_of_requests() -> None:
    async def scene(house: House) -> None:
        for number in range(1000):
            name = SERIES[number % len(SERIES)]
            assert (await house.send("GET", f"{DATA}/{name}", "period=5m")).status == 400
        answer = await house.send("GET", f"{DATA}/{GLOBAL}", "symbol=BTCUSDT&period=5m")
        assert answer.refusal[:2] == (429, -1003)
        assert (await house.send("GET", f"{DATA}/delivery-price", "pair=BTCUSDT")).status == 200

    in_house(scene)

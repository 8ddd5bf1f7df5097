"""Funding as clients see it: what was settled, bounds and intervals, what is due, and the pool.

The clock stands at 08:53:20 UTC. Eight-hour funding is due at 16:00.
"""

import pytest

from clearhouse.messages.commands import AdvanceClock
from unit.api.harness import NOW, House, in_house

RATES, INFO, PREMIUM = "/fapi/v1/fundingRate", "/fapi/v1/fundingInfo", "/fapi/v1/premiumIndex"
DUE = 1_760_025_600_000
HOUR = 3_600_000
BAD_SYMBOL = (400, -1121, "Invalid symbol.")


async def days(house: House, number: int) -> None:
    """Days go by from 16:00 to 16:00; each settles three times."""
    await house.opened.venue.submit(AdvanceClock(DUE - NOW + (number * 24 - 8) * HOUR))


async def times(house: House, query: str = "") -> list[int]:
    """Hours after 16:00 of the rates that are found."""
    found = (await house.send("GET", RATES, f"symbol=BTCUSDT&{query}")).json
    return [(row["fundingTime"] - DUE) // HOUR for row in found]


async def price(house: House, symbol: str = "BTCUSDT", **prices: str) -> None:
    answer = await house.control("PUT", f"/symbols/{symbol}/price", prices)
    assert answer.status == 200


def test_a_rate_that_was_settled() -> None:
    async def scene(house: House) -> None:
        assert (await house.send("GET", RATES)).json == []
        await price(house, mark="65065.12345678", index="65000")
        await days(house, 1)
        answer = await house.send("GET", RATES, f"symbol=BTCUSDT&endTime={DUE}")
        assert answer.body == (
            b'[{"symbol":"BTCUSDT","fundingRate":"0.00050189","fundingTime":1760025600000,'
            b'"markPrice":"65065.12345678","rateType":"Regular"}]'
        )

    in_house(scene)


def test_one_that_was_settled_by_hand_is_in_the_history() -> None:
    async def scene(house: House) -> None:
        body = {"rate": "-0.0075"}
        assert (await house.control("POST", "/symbols/ETHUSDT/funding", body)).status == 200
        assert (await house.send("GET", RATES)).json == [
            {
                "symbol": "ETHUSDT",
                "fundingRate": "-0.00750000",
                "fundingTime": NOW,
                "markPrice": "3200.00000000",
                "rateType": "Regular",
            }
        ]

    in_house(scene)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 8, 16, 24, 32, 40]),
        ("limit=2", [32, 40]),
        (f"startTime={DUE + 8 * HOUR}", [8, 16, 24, 32, 40]),
        (f"startTime={DUE + 8 * HOUR + 1}&limit=2", [16, 24]),
        (f"endTime={DUE + 16 * HOUR}&limit=2", [8, 16]),
        (f"endTime={DUE + 16 * HOUR - 1}", [0, 8]),
        (f"startTime={DUE + 8 * HOUR}&endTime={DUE + 16 * HOUR}", [8, 16]),
        (f"startTime={DUE + 1}&endTime={DUE + 1}", []),
        (f"startTime={DUE + 99 * HOUR}", []),
    ],
)
def test_windows_are_closed_and_rows_ascend(query: str, expected: list[int]) -> None:
    async def scene(house: House) -> None:
        await days(house, 2)
        assert await times(house, query) == expected

    in_house(scene)


def test_how_many_rows_there_are_by_default() -> None:
    """The latest 200; with a time 100; with neither symbol nor time, of all symbols together."""

    async def scene(house: House) -> None:
        await days(house, 70)
        assert await times(house) == [8 * number for number in range(10, 210)]
        assert await times(house, "startTime=1") == [8 * number for number in range(100)]
        assert await times(house, f"endTime={NOW * 2}") == [8 * n for n in range(110, 210)]
        assert len(await times(house, "limit=1000")) == 210
        every = (await house.send("GET", RATES)).json
        assert len(every) == 200
        assert every == sorted(every, key=lambda row: row["fundingTime"])
        assert {row["symbol"] for row in every} == set(house.state.catalogue.contracts)

    in_house(scene)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("symbol=NOPE", BAD_SYMBOL),
        ("symbol=", (400, -1105, "Parameter 'symbol' was empty.")),
        ("limit=0", (400, -1130, "Data sent for parameter 'limit' is not valid.")),
        ("limit=1001", (400, -1130, "Data sent for parameter 'limit' is not valid.")),
        ("startTime=2&endTime=1", (400, -1023, "Start time is greater than end time.")),
    ],
)
def test_what_is_refused(query: str, expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        assert (await house.send("GET", RATES, query)).refusal == expected

    in_house(scene)


def test_bounds_and_intervals() -> None:
    """What was not adjusted has a disclaimer: eight hours, and three quarters of the margin rate."""

    async def scene(house: House) -> None:
        body = {"fundingIntervalHours": 4, "fundingCap": "0.02", "fundingFloor": "-0.015"}
        assert (await house.control("PUT", "/symbols/ETHUSDT", body)).status == 200
        rows = (await house.send("GET", INFO)).json
        assert [row["symbol"] for row in rows] == list(house.state.catalogue.contracts)
        assert rows[:2] == [
            {
                "symbol": "BTCUSDT",
                "adjustedFundingRateCap": "0.00300000",
                "adjustedFundingRateFloor": "-0.00300000",
                "fundingIntervalHours": 8,
                "disclaimer": True,
            },
            {
                "symbol": "ETHUSDT",
                "adjustedFundingRateCap": "0.02000000",
                "adjustedFundingRateFloor": "-0.01500000",
                "fundingIntervalHours": 4,
                "disclaimer": False,
            },
        ]
        assert all(row["disclaimer"] for row in rows[2:])

    in_house(scene)


def test_the_rate_that_is_coming() -> None:
    """0.1% for the second half of the time: 0.074995% on average, less 0.05%.

    A sample earlier it is 0.1% · 9,826,560 / 13,104,640 = 0.074985%.
    """

    async def scene(house: House) -> None:
        async def shown() -> tuple[str, int]:
            found = (await house.send("GET", PREMIUM, "symbol=BTCUSDT")).json
            return found["lastFundingRate"], found["nextFundingTime"]

        assert await shown() == ("0.00010000", DUE)
        await house.opened.venue.submit(AdvanceClock(12_800_000))
        await price(house, mark="65065", index="65000")
        assert await shown() == ("0.00010000", DUE)
        await house.opened.venue.submit(AdvanceClock(12_799_999))
        assert await shown() == ("0.00024985", DUE)
        await house.opened.venue.submit(AdvanceClock(1))
        assert await shown() == ("0.00050000", DUE + 8 * HOUR)  # a new interval, all of it at 0.1%
        [row] = (await house.send("GET", RATES, "symbol=BTCUSDT")).json
        assert row["fundingRate"] == "0.00024995"

    in_house(scene)


def test_both_share_a_pool_of_requests_by_address() -> None:
    """500 in five minutes of real time, which no header tells, and no weight of the family's."""

    async def scene(house: House) -> None:
        for path in [RATES, INFO] * 250:
            answer = await house.send("GET", path, address="203.0.113.9")
            assert answer.status == 200
            assert not [name for name in answer.headers if "used" in name]
        refused = await house.send("GET", INFO, address="203.0.113.9")
        assert refused.refusal == (
            429,
            -1003,
            (
                "Too many requests; current limit is 500 requests per 5 minutes. "
                "Please use the websocket for live updates to avoid polling the API."
            ),
        )
        hint = "this limit is one of five minutes, and of requests"
        assert refused.headers["x-clearhouse-hint"] == hint
        ping = await house.send("GET", "/fapi/v1/ping", address="203.0.113.9")
        assert ping.headers["x-mbx-used-weight-1m"] == "1"
        assert (await house.send("GET", RATES)).status == 200
        house.wall.now += int(refused.headers["retry-after"]) * 1000 - 1000
        assert (await house.send("GET", RATES, address="203.0.113.9")).status == 429
        house.wall.now += 1000
        assert (await house.send("GET", RATES, address="203.0.113.9")).status == 200

    in_house(scene)

"""Limits as a client meets them: headers, 429, 418, windows, pools."""

import pytest

from clearhouse.config import Config
from unit.api.harness import WALL, Answer, House, in_house

FAR = "203.0.113.9"
PING, CONFIG, TRANSFER = (
    "/fapi/v1/ping",
    "/sapi/v1/capital/config/getall",
    "/sapi/v1/asset/transfer",
)
FUTURES_LIMIT = (
    429,
    -1003,
    (
        "Too many requests; current limit is 2400 requests per minute. "
        "Please use the websocket for live updates to avoid polling the API."
    ),
)
MOVE = {"type": "MAIN_FUNDING", "asset": "USDT", "amount": "0.00000001"}


def too_much(limit: int) -> tuple[int, int, str]:
    text = (
        f"Too much request weight used; current limit is {limit} request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API."
    )
    return 429, -1003, text


async def pings(house: House, times: int, address: str = FAR) -> Answer:
    for _ in range(times - 1):
        await house.send("GET", PING, address=address)
    return await house.send("GET", PING, address=address)


def test_headers_of_each_family() -> None:
    async def scene(house: House) -> None:
        async def used(path: str, method: str = "GET") -> dict[str, str]:
            answer = await house.signed(method, path)
            return {k: v for k, v in answer.headers.items() if "used" in k}

        assert await used("/fapi/v2/balance") == {"x-mbx-used-weight-1m": "5"}
        assert await used("/dapi/v1/balance") == {"x-mbx-used-weight-1m": "6"}  # one pool
        assert await used("/eapi/v1/marginAccount") == {"x-mbx-used-weight-1m": "3"}
        assert await used("/papi/v1/balance") == {"x-mbx-used-weight-1m": "20"}
        assert await used("/api/v3/account") == {
            "x-mbx-used-weight-1m": "20",
            "x-mbx-used-weight": "20",
        }
        assert await used(CONFIG) == {"x-sapi-used-ip-weight-1m": "10"}
        assert await used(CONFIG) == {"x-sapi-used-ip-weight-1m": "20"}
        other = "/sapi/v1/account/apiRestrictions"
        assert await used(other) == {"x-sapi-used-ip-weight-1m": "1"}  # each its own pool

    in_house(scene)


def test_refusals_are_counted_and_say_so() -> None:
    """Whatever is wrong with a request, it used weight, and the answer shows how much."""

    async def scene(house: House) -> None:
        path, key = "/fapi/v2/balance", {"x-mbx-apikey": house.key}
        count = 0
        for method, at, query, headers, weight in [
            ("GET", path, "", {}, 5),  # no key
            ("GET", path, "timestamp=1&signature=0", key, 5),
            ("GET", path, house.query() + "0", key, 5),
            ("GET", path, "a=1&a=2", key, 5),
            ("GET", path, "%", key, 5),
            ("GET", path, "x" * 70_000, key, 5),
            ("PUT", path, "", {}, 1),
            ("GET", "/fapi/v1/nothing", "", {}, 1),
            ("POST", "/fapi/v1/multiAssetsMargin", house.query(multiAssetsMargin="?"), key, 1),
            ("POST", "/fapi/v1/multiAssetsMargin", house.query(multiAssetsMargin="false"), key, 1),
        ]:
            answer = await house.send(method, at, query, headers=headers)
            count += weight
            assert answer.status >= 400
            assert answer.headers["x-mbx-used-weight-1m"] == str(count)

    in_house(scene)


def test_a_body_that_is_too_long_is_counted() -> None:
    async def scene(house: House) -> None:
        for count in ("1", "2"):
            answer = await house.send("POST", "/fapi/v1/multiAssetsMargin", b"", b"x" * 65_537)
            assert answer.status == 413
            assert answer.headers["x-mbx-used-weight-1m"] == count

    in_house(scene)


def test_429_at_the_limit_and_not_before() -> None:
    async def scene(house: House) -> None:
        last = await pings(house, 2400)
        assert (last.status, last.headers["x-mbx-used-weight-1m"]) == (200, "2400")
        refused = await pings(house, 1)
        assert refused.refusal == FUTURES_LIMIT
        assert refused.headers["retry-after"] == "40"
        assert refused.headers["x-mbx-used-weight-1m"] == "2401"
        assert (await pings(house, 1, "203.0.113.10")).status == 200  # another address
        assert (await house.send("GET", "/api/v3/ping", address=FAR)).status == 200  # another pool
        assert (await house.send("GET", "/dapi/v1/exchangeInfo", address=FAR)).status == 429

    in_house(scene)


def test_a_new_minute_begins_at_zero() -> None:
    async def scene(house: House) -> None:
        await pings(house, 2401)
        house.wall.now = WALL + 39_999
        refused = await pings(house, 1)
        assert (refused.status, refused.headers["retry-after"]) == (429, "1")
        house.wall.now = WALL + 40_000
        answer = await pings(house, 1)
        assert (answer.status, answer.headers["x-mbx-used-weight-1m"]) == (200, "1")

    in_house(scene)


def test_going_on_after_429_is_banned_and_bans_grow() -> None:
    """Twenty refusals in a minute are forgiven; the ban is 2 minutes, then 4, then 8."""

    async def scene(house: House) -> None:
        for minutes in (2, 4, 8):
            start = house.wall.now
            assert (await pings(house, 2420)).status == 429
            banned = await pings(house, 1)
            until = start + minutes * 60_000
            assert banned.refusal == (
                418,
                -1003,
                (
                    f"Way too many requests; IP banned until {until}. "
                    "Please use the websocket for live updates to avoid bans."
                ),
            )
            assert banned.headers["retry-after"] == str(minutes * 60)
            spot = await house.send("GET", "/api/v3/ping", address=FAR)  # banned everywhere
            assert spot.refusal == (
                418,
                -1003,
                (
                    f"Way too much request weight used; IP banned until {until}. "
                    "Please use WebSocket Streams for live updates to avoid bans."
                ),
            )
            house.wall.now = until - 1
            last = await pings(house, 1)
            assert (last.status, last.headers["retry-after"]) == (418, "1")
            house.wall.now = until
            assert (await pings(house, 1)).status == 200
            house.wall.now = until + 60_000

    in_house(scene)


def test_the_longest_ban_is_three_days() -> None:
    async def scene(house: House) -> None:
        longest = 0
        for _ in range(14):
            await pings(house, 2420)
            banned = await pings(house, 1)
            longest = max(longest, int(banned.headers["retry-after"]))
            house.wall.now += longest * 1000 + 60_000
        assert longest == 3 * 24 * 3600

    in_house(scene)


def test_transfers_count_by_account_and_operation() -> None:
    """900 for each; 180,000 a minute: 200 transfers, wherever they come from."""

    async def scene(house: House) -> None:
        other = await house.account(MAIN={"USDT": "1"})
        for number in range(1, 201):
            answer = await house.signed("POST", TRANSFER, MOVE, address=f"10.0.0.{number}")
            assert answer.status == 200
            assert answer.headers["x-sapi-used-uid-weight-1m"] == str(900 * number)
        before = house.digest()
        refused = await house.signed("POST", TRANSFER, MOVE, address=FAR)
        assert refused.refusal == too_much(180_000)
        assert refused.headers["retry-after"] == "40"
        assert refused.headers["x-sapi-used-uid-weight-1m"] == "180900"
        assert house.digest() == before
        second = await house.new_key()
        assert (await second.signed("POST", TRANSFER, MOVE)).status == 429  # the same account
        assert (await other.signed("POST", TRANSFER, MOVE)).status == 200
        history = await house.signed("GET", TRANSFER, {"type": "MAIN_FUNDING"})
        assert history.status == 200  # the same path, another operation
        house.wall.now = WALL + 40_000
        assert (await house.signed("POST", TRANSFER, MOVE)).status == 200

    in_house(scene)


def test_a_request_that_fails_before_its_account_is_known_costs_the_account_nothing() -> None:
    async def scene(house: House) -> None:
        spoiled = house.as_key(house.key, "x" * 64)
        answer = await spoiled.signed("POST", TRANSFER, MOVE)
        assert (answer.status, answer.headers["x-sapi-used-uid-weight-1m"]) == (400, "0")
        answer = await house.signed("POST", TRANSFER, MOVE)
        assert answer.headers["x-sapi-used-uid-weight-1m"] == "900"

    in_house(scene)


def test_guessing_signatures_is_limited_by_address() -> None:
    """What does not reach its account costs its address 1, of 12,000 for the operation."""

    async def scene(house: House) -> None:
        spoiled = house.as_key(house.key, "x" * 64)
        for _ in range(12_000):
            await spoiled.send("POST", TRANSFER, address=FAR)
        refused = await spoiled.send("POST", TRANSFER, address=FAR)
        assert refused.refusal == too_much(12_000)
        assert (await house.signed("POST", TRANSFER, MOVE)).status == 200

    in_house(scene)


@pytest.mark.parametrize("path", [PING, "/fapi/nothing"])
def test_without_rate_limits_all_is_counted_and_nothing_refused(path: str) -> None:
    async def scene(house: House) -> None:
        for _ in range(2500):
            await house.send("GET", path, address=FAR)
        answer = await house.send("GET", path, address=FAR)
        assert answer.status in (200, 404)
        assert answer.headers["x-mbx-used-weight-1m"] == "2501"

    in_house(scene, Config(data=None, rate_limits=False))


def test_a_reset_forgets_limits_and_bans() -> None:
    async def scene(house: House) -> None:
        await pings(house, 2421)
        assert (await pings(house, 1)).status == 418
        assert (await house.control("POST", "/reset")).status == 200
        answer = await pings(house, 1)
        assert (answer.status, answer.headers["x-mbx-used-weight-1m"]) == (200, "1")

    in_house(scene)


def test_the_limits_are_those_that_exchange_info_lists() -> None:
    async def scene(house: House) -> None:
        futures = (await house.send("GET", "/fapi/v1/exchangeInfo")).json["rateLimits"]
        assert [
            (r["rateLimitType"], r["interval"], r["intervalNum"], r["limit"]) for r in futures
        ] == [
            ("REQUEST_WEIGHT", "MINUTE", 1, 2400),
            ("ORDERS", "MINUTE", 1, 1200),
            ("ORDERS", "SECOND", 10, 300),
        ]
        spot = (await house.send("GET", "/api/v3/exchangeInfo")).json["rateLimits"]
        assert [(r["rateLimitType"], r["limit"]) for r in spot] == [("REQUEST_WEIGHT", 6000)]

    in_house(scene)

"""The order of checks (docs/reference/protocol.md): of two faults, the earlier one is told.

Each row has its own fault and every fault below it, so a row fails when two checks swap.
"""

import pytest

from clearhouse.api.limits import FIRST_BAN_MS, REFUSALS_BEFORE_BAN
from unit.api.harness import NOW, WALL, Answer, House, in_house

PATH = "/sapi/v1/asset/transfer"
BODY = "type=NONSENSE&asset=MOON&amount=0"
STALE, AHEAD = NOW - 5001, NOW + 1000
BANNED = (
    "Way too many requests; IP banned until %s. "
    "Please use the websocket for live updates to avoid bans."
)
LADDER = [
    ("key header", "short", f"{BODY}&recvWindow=x&signature=0", (401, -2014)),
    ("key", "k" * 64, f"{BODY}&recvWindow=x&signature=0", (401, -2015)),
    ("timestamp there", None, f"{BODY}&recvWindow=x&signature=0", (400, -1102)),
    ("signature there", None, f"{BODY}&recvWindow=x&timestamp={STALE}", (400, -1102)),
    ("recvWindow", None, f"{BODY}&recvWindow=x&timestamp={STALE}&signature=0", (400, -1100)),
    (
        "widest window",
        None,
        f"{BODY}&recvWindow=60001&timestamp={AHEAD}&signature=0",
        (400, -1131),
    ),
    ("time window", None, f"{BODY}&timestamp={STALE}&signature=0", (400, -1021)),
    ("signature", None, f"{BODY}&timestamp={NOW}&signature=0", (400, -1022)),
]


@pytest.mark.parametrize(("name", "key", "query", "expected"), LADDER, ids=[r[0] for r in LADDER])
def test_the_request_chain(
    name: str, key: str | None, query: str, expected: tuple[int, int]
) -> None:
    async def scene(house: House) -> None:
        weak = await house.new_key(permissions=[])
        before = house.digest()
        answer = await house.send("POST", PATH, query, headers={"x-mbx-apikey": key or weak.key})
        assert answer.refusal[:2] == expected
        assert house.digest() == before

    in_house(scene)


async def _refused(house: House, **params: object) -> tuple[int, int, str]:
    before = house.digest()
    answer: Answer = await house.signed("POST", PATH, params)
    assert house.digest() == before
    return answer.refusal


def test_the_end_of_the_chain() -> None:
    async def scene(house: House) -> None:
        weak = await house.new_key(permissions=["enableReading"])
        assert (await _refused(weak, type="NONSENSE"))[1] == -1002
        assert (await _refused(house, type="NONSENSE"))[1] == -1130
        assert (await _refused(house, type="MAIN_FUNDING"))[1:] == (
            -1102,
            "Mandatory parameter 'asset' was not sent, was empty/null, or malformed.",
        )

    in_house(scene)


def test_the_order_of_the_rules_of_a_transfer() -> None:
    """A pair that is missing, then the amount, the asset, the pair, the ends, the funds."""

    async def scene(house: House) -> None:
        kind = {"type": "ISOLATEDMARGIN_ISOLATEDMARGIN", "asset": "MOON", "amount": "0"}
        assert (await _refused(house, **kind))[2].startswith("Mandatory parameter 'fromSymbol'")
        kind["fromSymbol"] = "MOONUSDT"
        assert (await _refused(house, **kind))[2].startswith("Mandatory parameter 'toSymbol'")
        kind["toSymbol"] = "MOONUSDT"
        assert (await _refused(house, **kind))[1] == -5007
        kind["amount"] = "1000000000000000"
        assert (await _refused(house, **kind))[1] == -5003
        kind["asset"] = "BNB"
        assert (await _refused(house, **kind))[1] == -3028
        kind |= {"fromSymbol": "BTCUSDT", "toSymbol": "BTCUSDT"}
        assert (await _refused(house, **kind))[1] == -9000
        kind["asset"] = "USDT"
        assert (await _refused(house, **kind))[1] == -9000
        kind["toSymbol"] = "ETHUSDT"
        assert (await _refused(house, **kind))[1] == -3041

    in_house(scene)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/fapi/nothing"), ("PUT", "/fapi/v1/ping"), ("GET", "/fapi/v1/ping")],
)
def test_a_ban_comes_before_the_route(method: str, path: str) -> None:
    async def scene(house: House) -> None:
        banned = "203.0.113.9"
        for _ in range(2400 + REFUSALS_BEFORE_BAN + 1):
            await house.send("GET", "/fapi/v1/ping", address=banned)
        answer = await house.send(method, path, b"%", address=banned)
        assert answer.refusal == (418, -1003, BANNED % (WALL + FIRST_BAN_MS))

    in_house(scene)

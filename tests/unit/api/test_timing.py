"""The time window, at its exact edges, in every family; `recvWindow` and its limits."""

import pytest

from unit.api.harness import NOW, House, in_house

OLD = (400, -1021, "Timestamp for this request is outside of the recvWindow.")
AHEAD = (400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.")
TOO_WIDE = (400, -1131, "recvWindow must be less than 60000")
FAPI, SAPI, SPOT = "/fapi/v2/balance", "/sapi/v1/account/apiRestrictions", "/api/v3/account"
DAPI, EAPI, PAPI = "/dapi/v1/balance", "/eapi/v1/marginAccount", "/papi/v1/balance"
ALL = (FAPI, SAPI, SPOT, DAPI, EAPI, PAPI)


def illegal(name: str) -> tuple[int, int, str]:
    text = f"Illegal characters found in parameter '{name}'; legal range is '^[0-9]{{1,17}}$'."
    return 400, -1100, text


def missing(name: str) -> tuple[int, int, str]:
    text = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    return 400, -1102, text


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"timestamp": NOW}, None),
        ({"timestamp": NOW + 999}, None),
        ({"timestamp": NOW + 1000}, AHEAD),
        ({"timestamp": NOW + 86_400_000}, AHEAD),
        ({"timestamp": NOW + 1000, "recvWindow": 60_000}, AHEAD),
        ({"timestamp": NOW - 5000}, None),
        ({"timestamp": NOW - 5001}, OLD),
        ({"timestamp": NOW - 100, "recvWindow": 100}, None),
        ({"timestamp": NOW - 101, "recvWindow": 100}, OLD),
        ({"timestamp": NOW, "recvWindow": 0}, None),
        ({"timestamp": NOW - 1, "recvWindow": 0}, OLD),
        ({"timestamp": NOW - 60_000, "recvWindow": 60_000}, None),
        ({"timestamp": NOW - 60_001, "recvWindow": 60_000}, OLD),
        ({"timestamp": 0}, OLD),
        ({"timestamp": 1}, OLD),
        ({"timestamp": NOW // 1000}, OLD),  # seconds
        ({"timestamp": None}, missing("timestamp")),
        ({"timestamp": ""}, missing("timestamp")),
        ({"timestamp": "now"}, illegal("timestamp")),
        ({"timestamp": f"{NOW}.5"}, illegal("timestamp")),
        ({"timestamp": "1.76e12"}, illegal("timestamp")),
        ({"timestamp": f"-{NOW}"}, illegal("timestamp")),
        ({"timestamp": f"+{NOW}"}, illegal("timestamp")),
        ({"timestamp": f" {NOW}"}, illegal("timestamp")),
        ({"timestamp": f"{NOW}\n"}, illegal("timestamp")),
        ({"timestamp": "\u0661" * 13}, illegal("timestamp")),
        ({"timestamp": "9" * 17}, AHEAD),
        ({"timestamp": "9" * 18}, illegal("timestamp")),
        ({"timestamp": "9" * 5000}, illegal("timestamp")),
        ({"recvWindow": "wide"}, illegal("recvWindow")),
        ({"recvWindow": "-1"}, illegal("recvWindow")),
        ({"recvWindow": "5e3"}, illegal("recvWindow")),
        ({"recvWindow": ""}, (400, -1105, "Parameter 'recvWindow' was empty.")),
    ],
)
def test_edge(path: str, params: dict[str, object], expected: tuple[int, int, str] | None) -> None:
    async def scene(house: House) -> None:
        answer = await house.signed("GET", path, params)
        if expected is None:
            assert answer.status == 200
        else:
            assert answer.refusal == expected

    in_house(scene)


@pytest.mark.parametrize("path", [SAPI, SPOT])
@pytest.mark.parametrize("wide", [60_001, 9_999_999])
def test_a_window_above_a_minute_is_refused_by_spot_and_wallet(path: str, wide: int) -> None:
    async def scene(house: House) -> None:
        assert (await house.signed("GET", path, {"recvWindow": wide})).refusal == TOO_WIDE

    in_house(scene)


@pytest.mark.parametrize("path", [FAPI, DAPI, EAPI, PAPI])
def test_the_futures_families_know_no_widest_window(path: str) -> None:
    """Their pages give no maximum, and one example uses 9999999."""

    async def scene(house: House) -> None:
        params = {"timestamp": NOW - 9_999_999, "recvWindow": 9_999_999}
        assert (await house.signed("GET", path, params)).status == 200
        params = {"timestamp": NOW - 10_000_000, "recvWindow": 9_999_999}
        assert (await house.signed("GET", path, params)).refusal == OLD

    in_house(scene)


@pytest.mark.parametrize("path", [SAPI, SPOT])
@pytest.mark.parametrize(
    ("micros", "expected"),
    [
        (NOW * 1000, None),
        (NOW * 1000 + 999_999, None),
        (NOW * 1000 + 1_000_000, AHEAD),
        (NOW * 1000 - 5_000_000, None),
        (NOW * 1000 - 5_000_001, OLD),
    ],
)
def test_spot_and_wallet_take_microseconds(
    path: str, micros: int, expected: tuple[int, int, str] | None
) -> None:
    async def scene(house: House) -> None:
        answer = await house.signed("GET", path, {"timestamp": micros})
        if expected is None:
            assert answer.status == 200
        else:
            assert answer.refusal == expected

    in_house(scene)


@pytest.mark.parametrize("path", [FAPI, DAPI, EAPI, PAPI])
def test_the_futures_families_take_milliseconds_only(path: str) -> None:
    async def scene(house: House) -> None:
        assert (await house.signed("GET", path, {"timestamp": NOW * 1000})).refusal == AHEAD

    in_house(scene)


def test_the_venue_s_clock_judges_not_the_wall() -> None:
    async def scene(house: House) -> None:
        await house.control("POST", "/clock/advance", {"ms": 86_400_000})
        assert (await house.signed("GET", FAPI)).refusal == OLD
        later = {"timestamp": NOW + 86_400_000}
        assert (await house.signed("GET", FAPI, later)).status == 200

    in_house(scene)

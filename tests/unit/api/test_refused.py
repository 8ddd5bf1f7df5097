"""Operations that this venue knows and will not have, and routes that the exchange retired."""

import pytest

from clearhouse.api.operations import OPERATIONS
from unit.api.harness import House, in_house

NEVER = {operation.name: operation for operation in OPERATIONS if operation.refused}
NOT_SUPPORTED = (400, -1020, "This operation is not supported.")
RETIRED = {
    "/fapi/v1/account": "GET /fapi/v2/account",
    "/fapi/v1/balance": "GET /fapi/v2/balance",
    "/fapi/v1/positionRisk": "GET /fapi/v2/positionRisk",
}


def test_which_they_are() -> None:
    assert set(NEVER) == {
        "GET /sapi/v1/asset/custody/transfer-history",
        "GET /sapi/v1/asset/ledger-transfer/cloud-mining/queryByPage",
        "POST /sapi/v1/localentity/withdraw/apply",
        "GET /sapi/v1/localentity/withdraw/history",
        "GET /sapi/v2/localentity/withdraw/history",
        "PUT /sapi/v1/localentity/deposit/provide-info",
        "PUT /sapi/v2/localentity/deposit/provide-info",
        "GET /sapi/v1/localentity/deposit/history",
        "GET /sapi/v2/localentity/deposit/history",
        "GET /sapi/v1/localentity/questionnaire-requirements",
        "GET /sapi/v1/localentity/vasp",
        "POST /sapi/v1/margin/transfer",
        *(f"GET {path}" for path in RETIRED),
    }


@pytest.mark.parametrize(
    "name", [name for name in NEVER if "localentity" in name or "/asset/" in name]
)
def test_what_is_not_supported(name: str) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        method, path = name.split(" ")
        answer = await house.signed(method, path)
        assert answer.refusal == NOT_SUPPORTED
        assert answer.headers["x-clearhouse-hint"] == NEVER[name].refused
        assert house.digest() == before

    in_house(scene)


def test_security_comes_first() -> None:
    async def scene(house: House) -> None:
        path = "/sapi/v1/localentity/vasp"
        assert (await house.send("GET", path)).refusal[:2] == (401, -2014)
        unsigned = await house.send("GET", path, headers={"x-mbx-apikey": house.key})
        assert unsigned.refusal[:2] == (400, -1102)

    in_house(scene)


def test_the_margin_transfer_that_the_exchange_retired() -> None:
    async def scene(house: House) -> None:
        params = {"asset": "USDT", "amount": "1", "type": 1}
        answer = await house.signed("POST", "/sapi/v1/margin/transfer", params)
        assert answer.refusal == (400, -21015, "The endpoint has been deprecated and removed")
        assert answer.headers["x-clearhouse-hint"] == (
            "The exchange retired it in March 2024; use POST /sapi/v1/asset/transfer."
        )

    in_house(scene)


@pytest.mark.parametrize("path", RETIRED)
def test_a_retired_futures_route_answers_as_one_that_never_was(path: str) -> None:
    async def scene(house: House) -> None:
        for answer in (await house.send("GET", path), await house.signed("GET", path)):
            assert answer.refusal == (404, -5000, f"Path {path}, Method GET is invalid")
            hint = f"The exchange retired it; use {RETIRED[path]}."
            assert answer.headers["x-clearhouse-hint"] == hint
        other = await house.send("POST", path)
        assert other.refusal == (404, -5000, f"Path {path}, Method POST is invalid")
        assert other.headers["x-clearhouse-hint"] == "what is built: /docs/coverage"

    in_house(scene)

"""Fee rates that the operator gives an account."""

import pytest

from unit.api.harness import House, in_house

PATH = "/accounts/1000001/fees"
REGULAR = {"tier": 0, "maker": "0.0002", "taker": "0.0005"}


async def shown(house: House) -> object:
    return (await house.control("GET", "/accounts/1000001")).json["fees"]


def test_a_new_account_is_a_regular_user() -> None:
    async def scene(house: House) -> None:
        assert await shown(house) == REGULAR

    in_house(scene)


@pytest.mark.parametrize(
    ("body", "fees"),
    [
        (b'{"maker":0.0001,"taker":"0.00030"}', {"tier": 0, "maker": "0.0001", "taker": "0.0003"}),
        (b'{"maker":0,"taker":0.1,"tier":9}', {"tier": 9, "maker": "0", "taker": "0.1"}),
        (
            b'{"maker":0.00000001,"taker":0,"tier":1}',
            {"tier": 1, "maker": "0.00000001", "taker": "0"},
        ),
    ],
)
def test_the_answer_is_what_was_set(body: bytes, fees: dict[str, object]) -> None:
    async def scene(house: House) -> None:
        answer = await house.control("PUT", PATH, body)
        assert (answer.status, answer.json) == (200, fees)
        assert await shown(house) == fees
        await house.revive()
        assert await shown(house) == fees

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (PATH, {"taker": "0.0005"}, (400, "malformed")),
        (PATH, {"maker": "0.0002"}, (400, "malformed")),
        (PATH, {"maker": "-0.0001", "taker": "0.0005"}, (400, "malformed")),
        (PATH, {"maker": "0.10000001", "taker": "0.0005"}, (400, "malformed")),
        (PATH, {"maker": "0.0002", "taker": "1"}, (400, "malformed")),
        (PATH, {"maker": "0.000000001", "taker": "0.0005"}, (400, "malformed")),
        (PATH, {"maker": "2e-4", "taker": "0.0005"}, (400, "malformed")),
        (PATH, {"maker": "0.0002", "taker": "0.0005", "tier": 10}, (400, "malformed")),
        (PATH, {"maker": "0.0002", "taker": "0.0005", "tier": -1}, (400, "malformed")),
        (PATH, {"maker": "0.0002", "taker": "0.0005", "rpi": "0"}, (400, "malformed")),
        ("/accounts/7/fees", {"maker": "0", "taker": "0"}, (404, "unknown_account")),
    ],
)
def test_refusal(path: str, body: object, expected: tuple[int, str]) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        assert (await house.control("PUT", path, body)).error == expected
        assert house.digest() == before

    in_house(scene)

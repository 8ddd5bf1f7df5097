"""The two switches of BNB burn."""

import pytest

from unit.api.harness import House, in_house

PATH = "/sapi/v1/bnbBurn"


def burn(spot: bool, interest: bool) -> dict[str, bool]:
    return {"spotBNBBurn": spot, "interestBNBBurn": interest}


def test_a_new_account_burns_on_spot() -> None:
    async def scene(house: House) -> None:
        assert (await house.signed("GET", PATH)).json == burn(spot=True, interest=False)

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"spotBNBBurn": "false"}, burn(spot=False, interest=False)),
        ({"interestBNBBurn": "true"}, burn(spot=True, interest=True)),
        ({"spotBNBBurn": "false", "interestBNBBurn": "true"}, burn(spot=False, interest=True)),
        ({"spotBnbBurn": "false"}, burn(spot=False, interest=False)),
        ({"interestBnbBurn": "true"}, burn(spot=True, interest=True)),
        ({"spotBNBBurn": "true"}, burn(spot=True, interest=False)),
    ],
)
def test_what_is_not_named_stays(params: dict[str, object], expected: dict[str, bool]) -> None:
    async def scene(house: House) -> None:
        assert (await house.signed("POST", PATH, params)).json == expected
        assert (await house.signed("GET", PATH)).json == expected
        other = await house.account(MAIN={})
        assert (await other.signed("GET", PATH)).json == burn(spot=True, interest=False)

    in_house(scene)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {},
            (
                400,
                -1102,
                "Mandatory parameter 'spotBNBBurn' was not sent, was empty/null, or malformed.",
            ),
        ),
        (
            {"spotBNBBurn": "yes"},
            (400, -1130, "Data sent for parameter 'spotBNBBurn' is not valid."),
        ),
        ({"interestBNBBurn": ""}, (400, -1105, "Parameter 'interestBNBBurn' was empty.")),
    ],
)
def test_refusals(params: dict[str, object], expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        assert (await house.signed("POST", PATH, params)).refusal == expected
        assert house.digest() == before

    in_house(scene)

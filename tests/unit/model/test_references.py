"""Texts that carry a number: the same on every machine, and nobody else's."""

import pytest

from clearhouse.model.addresses import deposit_address, is_of_venue, owner_of, well_formed
from clearhouse.model.ids import Uid
from clearhouse.model.references import reference, referred

ADDRESS = "clh1d48d36e668ab1d96ceb022ccb075205b528720dc"


def test_a_text_is_the_same_on_every_machine() -> None:
    """Clients keep them, so a change of the making would be a change of the past."""
    assert reference(13_526_853_623, "withdrawal", 32) == "60ca6c98535e5bea4d5db9e5a56225c4"
    assert deposit_address(Uid(1_000_001), "USDT", "CLEARHOUSE") == ADDRESS


@pytest.mark.parametrize("length", [32, 40, 64])
@pytest.mark.parametrize("number", [0, 1, 13_526_853_623, 2**53, 2**64 - 1])
def test_the_number_comes_back(number: int, length: int) -> None:
    text = reference(number, "x", length)
    assert len(text) == length
    assert referred(text, "x", length) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "0" * 32,
        "60ca6c98535e5bea4d5db9e5a56225c4".upper(),
        "60ca6c98535e5bea4d5db9e5a56225c4"[:-1],
        "60ca6c98535e5bea4d5db9e5a56225c4" + "0",
        " 60ca6c98535e5bea4d5db9e5a56225c4",
        "0x60ca6c98535e5bea4d5db9e5a56225c4",
        "\u0661" * 32,
        reference(13_526_853_623, "transaction", 32),
        reference(13_526_853_623, "withdrawal", 40),
    ],
)
def test_what_was_not_made_here_for_this_purpose_is_nothing(text: str) -> None:
    assert referred(text, "withdrawal", 32) is None


def test_neighbours_have_nothing_in_common() -> None:
    texts = [reference(number, "withdrawal", 32) for number in range(1000)]
    assert len({text[:6] for text in texts}) == 1000


def test_an_address_knows_its_account_coin_and_network() -> None:
    assert well_formed(ADDRESS)
    assert is_of_venue(ADDRESS)
    assert owner_of(ADDRESS, "USDT", "CLEARHOUSE") == 1_000_001
    assert owner_of(ADDRESS, "BTC", "CLEARHOUSE") is None
    assert owner_of(ADDRESS, "USDT", "TRX") is None
    assert owner_of(ADDRESS + "0", "USDT", "CLEARHOUSE") is None
    assert owner_of(ADDRESS.replace("clh1", "clh2"), "USDT", "CLEARHOUSE") is None

"""Seed files: what a new venue begins with, and that a wrong one is refused before it begins."""

import json
from pathlib import Path

import pytest

from clearhouse.admin.seed import SeedError
from clearhouse.app import Application
from clearhouse.config import Config
from unit.api.harness import House, in_house
from unit.wallets.readings import balances


def seeded(folder: Path, seed: object) -> Config:
    path = folder / "seed.json"
    path.write_text(json.dumps(seed))
    return Config(data=None, seed_file=path)


def test_a_seed_is_there_at_the_start_and_after_a_reset(tmp_path: Path) -> None:
    seed = {
        "assets": {"BTC": {"index": "70000"}, "PEPE": {"index": 0.5}},
        "symbols": {"PEPEUSDT": {"baseAsset": "PEPE", "quoteAsset": "USDT"}},
        "accounts": [
            {
                "uid": 7,
                "apiKey": "a" * 64,
                "apiSecret": "b" * 64,
                "balances": {"UMFUTURE": {"USDT": "9"}},
            }
        ],
    }

    async def scene(house: House) -> None:
        for _ in range(2):
            assert house.state.catalogue.indices["BTC"] == 70_000 * 10**8
            assert house.state.catalogue.indices["PEPE"] == 5 * 10**7
            assert "PEPEUSDT" in house.state.catalogue.contracts
            owner = house.as_key("a" * 64, "b" * 64, 7)
            await house.control("PUT", "/clock", {"mode": "frozen", "now": 1_760_000_000_000})
            assert await balances(owner, "USDT", ()) == {"UMFUTURE": "9.00000000"}
            assert (await house.control("POST", "/reset")).status == 200

    in_house(scene, seeded(tmp_path, seed))


@pytest.mark.parametrize(
    "seed",
    [
        [],
        {"asset": {}},
        {"assets": {"BTC": {"index": 0}}},
        {"assets": {"B C": {"index": 1}}},
        {"symbols": {"NEWUSDT": {}}},
        {"symbols": {"NEW USDT": {"baseAsset": "NEW", "quoteAsset": "USDT"}}},
        {"symbols": {"NEWMOON": {"baseAsset": "NEW", "quoteAsset": "MOON"}}},
        {"accounts": [{"uid": 1_000_001}]},
        {"accounts": [{"uid": 7}, {"uid": 7}]},
        {"accounts": [{"balances": {"MAIN": {"MOON": 1}}}]},
        {"accounts": [{"balances": {"UMFUTURE": {"SOL": 1}}}]},
        {"accounts": [{"balances": {"MAIN": {"USDT": "1e3"}}}]},
    ],
)
def test_a_wrong_seed_is_refused_at_once(tmp_path: Path, seed: object) -> None:
    with pytest.raises(SeedError, match="seed file"):
        Application(seeded(tmp_path, seed))


def test_a_seed_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="cannot be read"):
        Application(Config(data=None, seed_file=tmp_path / "none.json"))

"""Places in the queue of deleveraging."""

import pytest

from clearhouse.engine.queries import visible_at
from clearhouse.margin import quantile
from clearhouse.margin.positions import held_in
from clearhouse.messages.commands import OpenAccount
from clearhouse.messages.queries import ExplainAccount
from clearhouse.messages.trading_queries import ReadPositions
from clearhouse.model.ids import Uid
from unit.margin.holding import Holding, units
from unit.world import ANN, BOB, credential


def crowd(world: Holding, entries: list[str]) -> list[Uid]:
    """Accounts with 1,000 USDT and a piece each, bought at these prices."""
    uids = []
    for number, entry in enumerate(entries):
        uid = Uid(2_000_000 + number)
        world.do(OpenAccount(label="", uid=uid, credential=credential(f"key {number}")))
        world.fund("1000", uid=uid)
        world.hold("ETHUSDT", "1", entry, uid=uid)
        uids.append(uid)
    return uids


def places(world: Holding, uids: list[Uid]) -> list[int]:
    return [world.position("ETHUSDT", uid=uid).quantile for uid in uids]


def test_the_more_profit_the_earlier_it_is_closed() -> None:
    world = Holding()
    uids = crowd(world, ["900", "500", "700", "600", "800"])
    world.mark("ETHUSDT", "1000")
    assert places(world, uids) == [0, 4, 2, 3, 1]


def test_a_place_is_explained_by_what_is_counted() -> None:
    """Profit 300 on 1,000, and 0.5% of 1,000 on 1,300: the third of five, in the third fifth."""
    world = Holding()
    world.tiers("ETHUSDT", (20, "0", "10000", "0.005", "0"))
    uids = crowd(world, ["900", "500", "700", "600", "800"])
    world.mark("ETHUSDT", "1000")
    for uid, place in zip(uids, (0, 4, 2, 3, 1), strict=True):
        view = world.read(ExplainAccount(uid, "adl", None, "ETHUSDT"))
        assert [found.value for found in view.fields] == [place]
    [found] = world.read(ExplainAccount(uids[2], "adl", None, "ETHUSDT")).fields
    inputs = {one.name: one for one in found.inputs}
    assert {name: one.value for name, one in inputs.items()} == {
        "score": "0.00115384",
        "standing": "3",
        "queued": "5",
    }
    values = {one.name: one.value for one in inputs["score"].inputs}
    assert values == {
        "scoreWallet": "1000.00000000",
        "unrealizedProfit": "300.00000000",
        "maintMargin": "5",
    }
    flat = world.read(ExplainAccount(ANN, "adl", None, "ETHUSDT")).fields
    assert [one.value for one in flat] == [0]


def test_without_profit_a_position_is_closed_last() -> None:
    world = Holding()
    uids = crowd(world, ["1000", "1100", "900", "1200"])
    world.mark("ETHUSDT", "1000")
    assert places(world, uids) == [0, 0, 4, 0]


def test_longs_and_shorts_stand_in_two_queues() -> None:
    world = Holding()
    for uid, quantity in ((ANN, "1"), (BOB, "-1")):
        world.fund("1000", uid=uid)
        world.hold("ETHUSDT", quantity, "900" if quantity == "1" else "1100", uid=uid)
    world.mark("ETHUSDT", "1000")
    assert places(world, [ANN, BOB]) == [4, 4]


def test_less_wallet_behind_the_same_profit_comes_first() -> None:
    world = Holding()
    for uid, wallet in ((ANN, "200"), (BOB, "2000")):
        world.fund("10000", uid=uid)
        world.isolate("ETHUSDT", uid)
        world.hold("ETHUSDT", "1", "900", wallet=wallet, uid=uid)
    world.mark("ETHUSDT", "1000")
    assert places(world, [ANN, BOB]) == [4, 2]


@pytest.mark.parametrize(
    ("wallet", "gained", "needed"),
    [
        ("0", "100", "0.05"),
        ("0.5", "100", "0.04975124"),  # 5 / 100.5, not on a profit of 200
        ("2", "50", "0.04901960"),
    ],
)
def test_a_wallet_below_one_counts_as_one(wallet: str, gained: str, needed: str) -> None:
    """Profit of 100 on the wallet, and 5 to keep on what the wallet is worth with it."""
    world = Holding()
    world.tiers("ETHUSDT", (20, "0", "10000", "0.005", "0"))
    world.isolate("ETHUSDT")
    world.hold("ETHUSDT", "1", "900", wallet=wallet)
    world.mark("ETHUSDT", "1000")
    assert places(world, [ANN]) == [4]
    state = world.state
    account = state.futures.of(ANN)
    [held] = held_in(state.catalogue, state.markets, account, "ETHUSDT")
    found = quantile.score(state.catalogue, state.books, account, ANN, held)
    assert found == units(gained) * units(needed)


def test_of_many_holders_some_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantile, "PEERS", 5)
    world = Holding()
    uids = crowd(world, [str(900 - 10 * number) for number in range(15)])
    world.mark("ETHUSDT", "1000")
    found = places(world, uids)
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, 4)


def test_positions_wait_for_what_others_did() -> None:
    """A place in the queue shows something of the other holders."""
    world = Holding()
    world.fund("1", uid=BOB)
    assert visible_at(world.state, ReadPositions(ANN)) == world.state.seq

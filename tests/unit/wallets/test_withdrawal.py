"""Withdrawals to an address: refusals in their order, the whitelist, and the limit of 24 hours."""

from typing import Any

import pytest
from msgspec import structs

from clearhouse.engine.execute import execute
from clearhouse.ledger.chart import OUTSIDE
from clearhouse.ledger.postings import Posting
from clearhouse.messages.commands import (
    SaveAddress,
    SendWithdrawal,
    SetAssetIndex,
    SetFastWithdraw,
    SetWhitelist,
)
from clearhouse.messages.events import WithdrawalSent
from clearhouse.messages.queries import ReadWalletSettings
from clearhouse.model.addresses import SavedAddress, deposit_address
from clearhouse.model.ids import VENUE, Millis, TranId, Uid
from clearhouse.model.money import Money
from clearhouse.model.wallets import FUNDING, MAIN, MARGIN, UMFUTURE, Wallet
from unit.world import ANN, BOB, DAY, NOW, UNIT, World

QUOTA = 8_000_000
SAVED = SavedAddress(
    coin="USDT", network="TRX", address="T-one", tag="", name="savings", trusted=True
)


def send(units: int, asset: str = "USDT", **other: Any) -> SendWithdrawal:
    command = SendWithdrawal(
        uid=ANN, wallet=MAIN, money=Money(asset, units), network="TRX", address="T-one"
    )
    return structs.replace(command, **other)


def used(world: World, uid: Uid = ANN) -> int:
    return world.read(ReadWalletSettings(uid, Millis(world.now))).sent


def test_money_leaves_to_an_address() -> None:
    world = World()
    world.give(3 * UNIT, "BTC", FUNDING)
    command = send(2 * UNIT, "BTC", wallet=FUNDING, network="BTC", order_id="mine")
    assert world.do(command) == WithdrawalSent(
        at=Millis(NOW),
        tran_id=TranId(13_526_853_624),
        uid=ANN,
        wallet=FUNDING,
        network="BTC",
        address="T-one",
        tag="",
        order_id="mine",
        internal=False,
        value=130_000 * UNIT,
        postings=(
            Posting(ANN, FUNDING, "BTC", -2 * UNIT),
            Posting(VENUE, OUTSIDE, "BTC", 2 * UNIT),
        ),
    )
    assert world.balance("BTC", FUNDING) == UNIT
    assert world.state.next_tran_id == 13_526_853_625
    assert used(world) == 130_000 * UNIT
    assert world.balanced()


def test_the_order_of_refusals() -> None:
    """Account, asset, amount, whitelist, cover, limit: each row has every later fault too."""
    world = World()
    world.give((QUOTA + 1) * UNIT)
    world.do(SetWhitelist(uid=ANN, on=True))
    assert world.refusal(send(-1, "MOON", uid=Uid(9))) == "UNKNOWN_ACCOUNT"
    assert world.refusal(send(-1, "MOON")) == "WITHDRAWAL_ASSET_UNKNOWN"
    assert world.refusal(send(0)) == "WITHDRAWAL_TOO_SMALL"
    assert world.refusal(send(-1)) == "WITHDRAWAL_TOO_SMALL"
    assert world.refusal(send((QUOTA + 2) * UNIT)) == "ADDRESS_NOT_TRUSTED"
    world.do(SetWhitelist(uid=ANN, on=False))
    assert world.refusal(send((QUOTA + 2) * UNIT)) == "WITHDRAWAL_NOT_COVERED"
    assert world.refusal(send((QUOTA + 1) * UNIT)) == "WITHDRAWAL_ABOVE_QUOTA"
    world.do(send(QUOTA * UNIT))


@pytest.mark.parametrize(
    "other",
    [
        {"money": Money("USDC", UNIT)},
        {"network": "ETH"},
        {"address": "T-two"},
        {"address": "t-one"},
    ],
)
def test_the_whitelist_takes_an_address_as_it_was_saved(other: dict[str, Any]) -> None:
    world = World()
    world.give(UNIT)
    world.give(UNIT, "USDC")
    world.do(SetWhitelist(uid=ANN, on=True))
    assert world.refusal(send(UNIT)) == "ADDRESS_NOT_TRUSTED"
    world.do(SaveAddress(uid=ANN, address=SAVED))
    assert world.refusal(send(UNIT, **other)) == "ADDRESS_NOT_TRUSTED"
    world.do(send(UNIT))


def test_the_whitelist_takes_trusted_addresses_of_the_account_alone() -> None:
    world = World()
    world.give(UNIT)
    world.do(SetWhitelist(uid=ANN, on=True))
    world.do(SaveAddress(uid=BOB, address=SAVED))
    world.do(SaveAddress(uid=ANN, address=structs.replace(SAVED, trusted=False)))
    assert world.refusal(send(UNIT)) == "ADDRESS_NOT_TRUSTED"
    world.do(SaveAddress(uid=ANN, address=SAVED))
    world.do(send(UNIT))


def test_the_limit_counts_usd_of_all_assets() -> None:
    """100 BTC are 6.5 million USD; 23.07692307 more are 1,499,999.99955 and half a cent is left."""
    world = World()
    world.give(200 * UNIT, "BTC")
    world.give(10 * UNIT)
    world.do(send(100 * UNIT, "BTC"))
    assert world.refusal(send(2_307_692_308, "BTC")) == "WITHDRAWAL_ABOVE_QUOTA"
    world.do(send(2_307_692_307, "BTC"))
    assert used(world) == 799_999_999_955_000
    assert world.refusal(send(45_001)) == "WITHDRAWAL_ABOVE_QUOTA"
    world.do(send(45_000))
    assert used(world) == QUOTA * UNIT
    assert world.refusal(send(1)) == "WITHDRAWAL_ABOVE_QUOTA"


def test_a_withdrawal_counts_by_the_price_of_its_day() -> None:
    world = World()
    world.give(200 * UNIT, "BTC")
    world.do(send(100 * UNIT, "BTC"))
    world.do(SetAssetIndex(asset="BTC", index=1))
    assert used(world) == 6_500_000 * UNIT
    world.do(send(UNIT, "BTC"))
    assert used(world) == 6_500_000 * UNIT + 1


def test_the_limit_comes_back_after_24_hours_to_the_millisecond() -> None:
    world = World()
    world.give(3 * QUOTA * UNIT)
    world.do(send((QUOTA - 1) * UNIT))
    world.now += 1_000
    world.do(send(UNIT))
    world.now = NOW + DAY - 1
    assert world.refusal(send(1)) == "WITHDRAWAL_ABOVE_QUOTA"
    world.now = NOW + DAY
    assert used(world) == UNIT
    assert world.refusal(send((QUOTA - 1) * UNIT + 1)) == "WITHDRAWAL_ABOVE_QUOTA"
    world.do(send((QUOTA - 1) * UNIT))
    assert used(world) == QUOTA * UNIT
    world.now = NOW + DAY + 1_000
    assert used(world) == (QUOTA - 1) * UNIT
    world.do(send(UNIT))
    assert len(world.state.wallets.of(ANN).sent) == 2


def test_the_limit_belongs_to_one_account() -> None:
    world = World()
    for uid in (ANN, BOB):
        world.give(QUOTA * UNIT, uid=uid)
        world.do(send(QUOTA * UNIT, uid=uid))
    assert (used(world), used(world, BOB)) == (QUOTA * UNIT, QUOTA * UNIT)


HERE = deposit_address(BOB, "USDT", "TRX")


@pytest.mark.parametrize(
    ("address", "fast", "expected"),
    [(HERE, True, True), (HERE, False, False), ("T-one", True, False), ("T-one", False, False)],
)
def test_internal_takes_an_account_here_and_the_switch(
    address: str, fast: bool, expected: bool
) -> None:
    world = World()
    world.give(UNIT)
    world.do(SetFastWithdraw(uid=ANN, on=fast))
    sent = next(execute(world.state, send(UNIT, address=address), Millis(NOW)))
    assert isinstance(sent, WithdrawalSent)
    assert sent.internal is expected


@pytest.mark.parametrize("wallet", [UMFUTURE, MARGIN])
def test_money_leaves_from_the_spot_and_the_funding_wallet(wallet: Wallet) -> None:
    world = World()
    world.give(UNIT, wallet=wallet)
    with pytest.raises(AssertionError):
        world.do(send(UNIT, wallet=wallet))

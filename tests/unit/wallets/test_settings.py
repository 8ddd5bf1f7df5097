"""Settings of the wallets: burns, switches, the address book; and distributions."""

import pytest
from msgspec import structs

from clearhouse.ledger.chart import OUTSIDE
from clearhouse.ledger.postings import Posting
from clearhouse.messages.commands import (
    Command,
    PayDividend,
    SaveAddress,
    SetBnbBurn,
    SetFastWithdraw,
    SetWhitelist,
)
from clearhouse.messages.events import BnbBurnSet, DividendPaid
from clearhouse.messages.queries import ReadWalletSettings, WalletSettingsView
from clearhouse.model.addresses import SavedAddress
from clearhouse.model.ids import VENUE, Millis, TranId, Uid
from clearhouse.model.money import Money
from clearhouse.model.wallets import MAIN
from unit.world import ANN, BOB, NOW, World

HOME = SavedAddress(coin="BTC", network="BTC", address="one", tag="", name="home", trusted=False)


def settings(world: World, uid: Uid = ANN) -> WalletSettingsView:
    return world.read(ReadWalletSettings(uid, Millis(world.now)))


NEW = WalletSettingsView(
    spot_burn=True,
    interest_burn=False,
    fast_withdraw=False,
    whitelist=False,
    addresses=(),
    sent=0,
)


def test_the_settings_of_a_new_account() -> None:
    assert settings(World()) == NEW


@pytest.mark.parametrize(
    ("spot", "interest", "expected"),
    [
        (False, None, (False, False)),
        (None, True, (True, True)),
        (False, True, (False, True)),
        (None, None, (True, False)),
        (True, False, (True, False)),
    ],
)
def test_a_burn_that_is_not_named_stays(
    spot: bool | None, interest: bool | None, expected: tuple[bool, bool]
) -> None:
    world = World()
    event = world.do(SetBnbBurn(uid=ANN, spot=spot, interest=interest))
    assert event == BnbBurnSet(at=Millis(NOW), uid=ANN, spot=expected[0], interest=expected[1])
    assert (settings(world).spot_burn, settings(world).interest_burn) == expected
    world.do(SetBnbBurn(uid=ANN))
    assert (settings(world).spot_burn, settings(world).interest_burn) == expected
    assert settings(world, BOB) == NEW


@pytest.mark.parametrize(
    ("command", "name"),
    [(SetFastWithdraw, "fast_withdraw"), (SetWhitelist, "whitelist")],
)
def test_a_switch_takes_the_same_choice_again(
    command: type[SetFastWithdraw | SetWhitelist], name: str
) -> None:
    world = World()
    for on in (True, True, False, False):
        world.do(command(uid=ANN, on=on))
        assert settings(world) == structs.replace(NEW, **{name: on})
    assert settings(world, BOB) == NEW


@pytest.mark.parametrize(
    "command",
    [
        SetBnbBurn(uid=Uid(9)),
        SetFastWithdraw(uid=Uid(9), on=True),
        SetWhitelist(uid=Uid(9), on=True),
        SaveAddress(uid=Uid(9), address=HOME),
        PayDividend(uid=Uid(9), money=Money("USDT", 1), info=""),
    ],
)
def test_settings_need_an_account(command: Command) -> None:
    assert World().refusal(command) == "UNKNOWN_ACCOUNT"


def test_an_address_is_changed_in_its_place() -> None:
    """It is the same when coin, network, address and tag are; name and trust may change."""
    world = World()
    others = [
        structs.replace(HOME, coin="ETH"),
        structs.replace(HOME, network="ETH"),
        structs.replace(HOME, address="two"),
        structs.replace(HOME, tag="7"),
    ]
    for address in (HOME, *others):
        world.do(SaveAddress(uid=ANN, address=address))
    assert settings(world).addresses == (HOME, *others)
    changed = structs.replace(HOME, name="house", trusted=True)
    world.do(SaveAddress(uid=ANN, address=changed))
    assert settings(world).addresses == (changed, *others)
    assert settings(world, BOB).addresses == ()


def test_a_distribution_comes_into_the_spot_wallet() -> None:
    world = World()
    event = world.do(PayDividend(uid=ANN, money=Money("BNB", 5), info="Launchpool"))
    assert event == DividendPaid(
        at=Millis(NOW),
        tran_id=TranId(13_526_853_623),
        uid=ANN,
        info="Launchpool",
        postings=(Posting(VENUE, OUTSIDE, "BNB", -5), Posting(ANN, MAIN, "BNB", 5)),
    )
    assert world.balance("BNB") == 5
    assert world.state.next_tran_id == 13_526_853_624
    assert world.balanced()


@pytest.mark.parametrize(
    ("money", "reason"),
    [
        (Money("MOON", 0), "AMOUNT_NOT_POSITIVE"),
        (Money("BNB", -1), "AMOUNT_NOT_POSITIVE"),
        (Money("MOON", 1), "UNKNOWN_ASSET"),
        (Money("BNB", 2**63 - 5), "BALANCE_TOO_LARGE"),
    ],
)
def test_a_distribution_refuses_what_a_deposit_refuses(money: Money, reason: str) -> None:
    world = World()
    world.give(5, "BNB")
    assert world.refusal(PayDividend(uid=ANN, money=money, info="")) == reason

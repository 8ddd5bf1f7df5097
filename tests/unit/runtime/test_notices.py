"""Notices: what each kind of change tells its account.

`test_subscriptions.py` has when and whom.
"""

import pytest

from clearhouse.messages.commands import (
    CloseListenKey,
    Command,
    ConvertDust,
    CreateKey,
    DepositFunds,
    ExtendListenKey,
    OpenListenKey,
    PayDividend,
    ResetVenue,
    RevokeKey,
    SaveAddress,
    SendWithdrawal,
    SetAssetIndex,
    SetBnbBurn,
    SetClock,
    SetFastWithdraw,
    SetFeeBurn,
    SetFees,
    SetLeverage,
    SetMarginType,
    SetMultiAssetsMode,
    SetPositionMode,
    SetWhitelist,
    TransferFunds,
    WithdrawFunds,
)
from clearhouse.messages.notices import (
    AccountChanged,
    AssetModeChanged,
    BalanceChange,
    LeverageChanged,
    ListenKeyEnded,
    ListenKeyExtended,
    Notice,
    PositionState,
)
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.addresses import SavedAddress
from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.model.money import Money
from clearhouse.model.orders import PositionSide
from clearhouse.model.wallets import FUNDING, MAIN, UMFUTURE, Wallet
from clearhouse.runtime.subscriptions import Subscriptions
from unit.world import ANN, BOB, NOW, World, credential

AT = Millis(NOW)
HOME = SavedAddress(coin="USDT", network="TRX", address="one", tag="", name="", trusted=True)


class Listening(World):
    """Ann and Bob hold 100 USDT in spot and 10 in futures each, and Ann is listened to."""

    def __init__(self) -> None:
        subscriptions = Subscriptions()
        super().__init__(subscriptions.apply)
        self._subscriptions = subscriptions
        self._told: list[Notice] = []
        for uid in (ANN, BOB):
            self.give(100, uid=uid)
            self.give(10, wallet=UMFUTURE, uid=uid)
        self.listen(ANN)

    def listen(self, uid: Uid) -> None:
        self._subscriptions.add(uid, self._told.append)

    def told(self) -> list[Notice]:
        self._subscriptions.publish(self.state.seq)
        return self._told


def move(units: int, *, uid: Uid = ANN, out: bool = False) -> TransferFunds:
    kind = TransferKind.UMFUTURE_MAIN if out else TransferKind.MAIN_UMFUTURE
    return TransferFunds(uid=uid, kind=kind, money=Money("USDT", units))


def give(units: int, wallet: Wallet, asset: str = "USDT") -> DepositFunds:
    return DepositFunds(uid=ANN, wallet=wallet, money=Money(asset, units))


def changed(balance: int, change: int, reason: str) -> AccountChanged:
    """A notice of a change of USDT."""
    return AccountChanged(ANN, AT, reason, (BalanceChange("USDT", balance, balance, change),))


def flat_isolated(side: PositionSide) -> PositionState:
    return PositionState(symbol="BTCUSDT", side=side, isolated=True)


HOUR_LATER = Millis(AT + 60 * 60_000)

TOLD: list[tuple[str, list[Command], list[Notice]]] = [
    ("a transfer in", [move(3)], [changed(13, 3, "DEPOSIT")]),
    ("a transfer out", [move(4, out=True)], [changed(6, -4, "WITHDRAW")]),
    ("a deposit by the operator", [give(5, UMFUTURE)], [changed(15, 5, "ADMIN_DEPOSIT")]),
    (
        "a withdrawal by the operator",
        [WithdrawFunds(uid=ANN, wallet=UMFUTURE, money=Money("USDT", 9))],
        [changed(1, -9, "ADMIN_WITHDRAW")],
    ),
    (
        "leverage",
        [SetLeverage(uid=ANN, symbol="BTCUSDT", leverage=7)],
        [LeverageChanged(ANN, AT, "BTCUSDT", 7)],
    ),
    (
        "margin type in one-way mode",
        [SetMarginType(uid=ANN, symbol="BTCUSDT", isolated=True)],
        [
            AccountChanged(
                ANN, AT, "MARGIN_TYPE_CHANGE", positions=(flat_isolated(PositionSide.BOTH),)
            )
        ],
    ),
    (
        "margin type in hedge mode",
        [
            SetPositionMode(uid=ANN, hedge=True),
            SetMarginType(uid=ANN, symbol="BTCUSDT", isolated=True),
        ],
        [
            AccountChanged(
                ANN,
                AT,
                "MARGIN_TYPE_CHANGE",
                positions=(
                    flat_isolated(PositionSide.LONG),
                    flat_isolated(PositionSide.SHORT),
                ),
            )
        ],
    ),
    (
        "asset mode",
        [SetMultiAssetsMode(uid=ANN, on=True), SetMultiAssetsMode(uid=ANN, on=False)],
        [AssetModeChanged(ANN, AT, True), AssetModeChanged(ANN, AT, False)],
    ),
    ("wallets beside futures", [give(5, MAIN), give(5, FUNDING)], []),
    (
        "money of the spot wallet",
        [
            SendWithdrawal(
                uid=ANN, wallet=MAIN, money=Money("USDT", 1), network="TRX", address="one"
            ),
            PayDividend(uid=ANN, money=Money("BNB", 1), info=""),
            give(10**9, MAIN, "DOGE"),
            ConvertDust(uid=ANN, wallet=MAIN, assets=("DOGE",), target="USDT"),
        ],
        [],
    ),
    (
        "settings that the stream does not show",
        [
            SetFeeBurn(uid=ANN, on=False),
            SetFees(uid=ANN, tier=1, maker=1, taker=1),
            SetBnbBurn(uid=ANN, spot=False),
            SetPositionMode(uid=ANN, hedge=True),
            SetFastWithdraw(uid=ANN, on=True),
            SetWhitelist(uid=ANN, on=True),
            SaveAddress(uid=ANN, address=HOME),
        ],
        [],
    ),
    (
        "the life of a listen key",
        [OpenListenKey(uid=ANN), OpenListenKey(uid=ANN), ExtendListenKey(uid=ANN)],
        [ListenKeyExtended(ANN, AT, HOUR_LATER), ListenKeyExtended(ANN, AT, HOUR_LATER)],
    ),
    ("the market", [SetAssetIndex(asset="BTC", index=1), SetClock(mode="frozen", now=AT)], []),
    ("another account", [move(3, uid=BOB), SetLeverage(uid=BOB, symbol="BTCUSDT", leverage=7)], []),
]


@pytest.mark.parametrize(("name", "commands", "expected"), TOLD, ids=[row[0] for row in TOLD])
def test_what_an_account_is_told(
    name: str, commands: list[Command], expected: list[Notice]
) -> None:
    world = Listening()
    for command in commands:
        world.do(command)
    assert world.told() == expected


def test_the_end_of_a_listen_key_is_told() -> None:
    """With the serial of the key, since another one may be open by then."""
    for command in (CloseListenKey(uid=ANN), RevokeKey(uid=ANN, api_key=f"key of {ANN}")):
        world = Listening()
        world.listen(BOB)
        world.do(OpenListenKey(uid=BOB))
        world.do(OpenListenKey(uid=ANN))
        serial = world.state.seq
        world.do(command)
        world.do(OpenListenKey(uid=ANN))
        assert world.told() == [ListenKeyEnded(ANN, AT, serial)]


def test_revoking_a_key_without_a_listen_key_tells_nothing() -> None:
    world = Listening()
    world.do(CreateKey(uid=ANN, credential=credential("another")))
    world.do(RevokeKey(uid=ANN, api_key="another"))
    assert world.told() == []


def test_a_reset_tells_the_end_of_every_listen_key_and_nothing_else() -> None:
    world = Listening()
    world.listen(BOB)
    world.do(OpenListenKey(uid=ANN))
    world.do(OpenListenKey(uid=BOB))
    last = world.state.seq
    world.do(ResetVenue())
    assert world.told() == [ListenKeyEnded(ANN, AT, Seq(last - 1)), ListenKeyEnded(BOB, AT, last)]


def test_a_listen_key_that_went_out_by_itself_is_not_closed() -> None:
    """Whoever serves the stream sees the time pass; a new key ends nothing."""
    world = Listening()
    world.do(OpenListenKey(uid=ANN))
    world.now += 3_600_000
    world.do(OpenListenKey(uid=ANN))
    assert world.told() == []

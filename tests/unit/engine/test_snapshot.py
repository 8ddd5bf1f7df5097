"""A snapshot holds the whole state: what was dumped and loaded is equal and goes on equally."""

import dataclasses
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from clearhouse.engine.apply import apply
from clearhouse.engine.execute import execute
from clearhouse.engine.snapshot import digest, dump, load
from clearhouse.engine.state import State
from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.messages.commands import (
    Command,
    ConvertDust,
    FinishExport,
    OpenAccount,
    OpenListenKey,
    RequestExport,
    RevokeKey,
    SaveAddress,
    SendWithdrawal,
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
)
from clearhouse.messages.events import AnswerKept
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.trading_commands import (
    AmendOrder,
    OrderName,
    PlaceAlgo,
    PlaceOrder,
    SetCountdown,
    SetLiquidity,
    SetPrice,
    SettleFunding,
)
from clearhouse.messages.trading_events import MarginCalled
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.addresses import SavedAddress
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import Money
from clearhouse.model.orders import AlgoKind, OrderKind, Side, TimeInForce
from clearhouse.model.wallets import MAIN, UMFUTURE
from clearhouse.wallets.settings import WalletSettings
from unit.world import ANN, BOB, DAY, NOW, UNIT, World, credential

CARL = Uid(1_000_003)
FIRST_EXPORT = 546_975_389_218_332_672
HOME = SavedAddress(coin="USDT", network="TRX", address="one", tag="", name="home", trusted=True)
AWAY = SavedAddress(coin="BTC", network="BTC", address="two", tag="7", name="", trusted=False)


def order(symbol: str, **facts: Any) -> PlaceOrder:
    """An order of Carl's, by default a limit order below the market."""
    usual = {
        "side": Side.BUY,
        "kind": OrderKind.LIMIT,
        "quantity": UNIT,
        "price": 3_000 * UNIT,
    }
    return PlaceOrder(uid=CARL, symbol=symbol, **{**usual, **facts})


def algo(kind: AlgoKind, **facts: Any) -> PlaceAlgo:
    return PlaceAlgo(uid=CARL, symbol="ETHUSDT", kind=kind, quantity=UNIT, **facts)


STEPS: dict[str, Command] = {
    "leverage": SetLeverage(uid=ANN, symbol="ETHUSDT", leverage=7),
    "margin type": SetMarginType(uid=ANN, symbol="BTCUSDT", isolated=True),
    "multi-assets": SetMultiAssetsMode(uid=BOB, on=True),
    "hedge": SetPositionMode(uid=ANN, hedge=True),
    "fee burn": SetFeeBurn(uid=ANN, on=False),
    "fees": SetFees(uid=BOB, tier=3, maker=-1_000, taker=30_000),
    "BNB burn": SetBnbBurn(uid=ANN, spot=False, interest=True),
    "fast withdrawal": SetFastWithdraw(uid=ANN, on=True),
    "whitelist": SetWhitelist(uid=ANN, on=True),
    "first address": SaveAddress(uid=ANN, address=HOME),
    "second address": SaveAddress(uid=ANN, address=AWAY),
    "withdrawal": SendWithdrawal(
        uid=ANN, wallet=MAIN, money=Money("USDT", UNIT), network="TRX", address="one"
    ),
    "transfer": TransferFunds(uid=ANN, kind=TransferKind.MAIN_UMFUTURE, money=Money("USDT", UNIT)),
    "dust": ConvertDust(uid=ANN, wallet=MAIN, assets=("DOGE",), target="BNB"),
    "listen key": OpenListenKey(uid=BOB),
    "another listen key": OpenListenKey(uid=ANN),
    "export": RequestExport(uid=ANN, kind=ExportKind.TRADE, start=Millis(NOW), end=Millis(NOW + 1)),
    "another export": RequestExport(
        uid=BOB, kind=ExportKind.INCOME, start=Millis(0), end=Millis(NOW)
    ),
    "file": FinishExport(uid=ANN, export_id=FIRST_EXPORT),
    "clock": SetClock(mode="scaled", now=Millis(NOW + 5), rate=60 * UNIT),
    "revoked key": RevokeKey(uid=BOB, api_key=f"key of {BOB}"),
    "price": SetPrice(symbol="ETHUSDT", last=3_100 * UNIT),
    "quotes": SetLiquidity(
        symbol="SOLUSDT",
        mode="levels",
        bids=((148 * UNIT, 2 * UNIT), (149 * UNIT, UNIT)),
        asks=((151 * UNIT, 2 * UNIT), (152 * UNIT, UNIT)),
    ),
    "market order": order("ETHUSDT", kind=OrderKind.MARKET, price=0),
    "first order": order("ETHUSDT"),
    "second order": order("ETHUSDT"),
    "changed order": AmendOrder(
        uid=CARL,
        symbol="ETHUSDT",
        name=OrderName(client_id="first"),
        side=Side.BUY,
        quantity=2 * UNIT,
        price=3_000 * UNIT,
    ),
    "taker": order("SOLUSDT", kind=OrderKind.MARKET, price=0),
    "retail order": order("ETHUSDT", time_in_force=TimeInForce.RPI, price=2_990 * UNIT),
    "order with an end": order(
        "ETHUSDT", time_in_force=TimeInForce.GTD, good_till=Millis(NOW + DAY)
    ),
    "stop": algo(AlgoKind.STOP_MARKET, trigger_price=2_900 * UNIT, side=Side.SELL),
    "trailing": algo(AlgoKind.TRAILING_STOP_MARKET, callback_rate=UNIT // 100, side=Side.SELL),
    "countdown": SetCountdown(uid=CARL, symbol="ETHUSDT", ms=5_000),
    "funding": SettleFunding(symbol="ETHUSDT", rate=10_000),
}


def started() -> World:
    world = World()
    world.give(100 * UNIT)
    world.give(UNIT, "DOGE")
    world.do(OpenAccount(label="", uid=CARL, credential=credential("key of Carl")))
    world.give(100_000 * UNIT, wallet=UMFUTURE, uid=CARL)
    world.do(order("ETHUSDT", client_id="first"))
    return world


def filled() -> World:
    """A world in which every field of the state has a value that a new one does not have."""
    world = started()
    for command in STEPS.values():
        world.do(command)
    called = MarginCalled(at=Millis(NOW), uid=BOB, pool=("USDT", ""), on=True)
    apply(world.state, called)
    apply(world.state, AnswerKept(at=Millis(NOW), key="k", fingerprint=b"f", sealed=b"s"))
    return world


def test_a_full_state_comes_back() -> None:
    state = filled().state
    parts = list(dump(state))
    again = load(parts)
    assert again == state
    assert list(dump(again)) == parts
    assert digest(again) == digest(state)


def test_every_field_of_the_state_was_given_a_value() -> None:
    """Or the test above shows nothing: a field that the form forgets would come back as new."""
    state, new = filled().state, State()
    for field in dataclasses.fields(state):
        assert getattr(state, field.name) != getattr(new, field.name), field.name
    shown: list[FuturesAccount | WalletSettings] = [
        *state.futures.by_uid.values(),
        *state.wallets.by_uid.values(),
    ]
    for kind in (FuturesAccount, WalletSettings):
        untouched, accounts = kind(), [account for account in shown if isinstance(account, kind)]
        for field in dataclasses.fields(kind):
            values = [getattr(account, field.name) for account in accounts]
            assert any(value != getattr(untouched, field.name) for value in values), field.name


@pytest.mark.parametrize("command", STEPS.values(), ids=STEPS)
def test_what_was_loaded_goes_on_like_what_was_dumped(command: Command) -> None:
    world = started()
    world.do(STEPS["export"])
    pair = world.state, load(list(dump(world.state)))
    for state in pair:
        for event in execute(state, command, Millis(NOW + 1)):
            apply(state, event)
    assert digest(pair[0]) == digest(pair[1])
    assert pair[0] == pair[1]


CHANGES: dict[str, Callable[[State], object]] = {
    "sent": lambda s: setattr(s.wallets.opened(ANN), "sent", ()),
    "addresses": lambda s: setattr(s.wallets.opened(ANN), "addresses", (AWAY, HOME)),
    "interest burn": lambda s: setattr(s.wallets.opened(ANN), "interest_burn", False),
    "fees": lambda s: setattr(s.futures.opened(BOB), "fees", s.futures.of(ANN).fees),
    "symbols": lambda s: setattr(s.futures.opened(ANN), "symbols", {}),
    "listen key": lambda s: s.listen_keys.pop(ANN),
    "export": lambda s: s.exports.pop(FIRST_EXPORT),
    "expiry": lambda s: setattr(s.exports[FIRST_EXPORT], "expires_at", None),
    "next export": lambda s: setattr(s, "next_export_id", 1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_digest_tells_states_apart(name: str) -> None:
    state = filled().state
    before = digest(state)
    CHANGES[name](state)
    assert digest(state) != before


def test_a_snapshot_of_another_form_is_refused() -> None:
    """Its fields may mean something else; whoever asked replays the journal instead."""
    venue, *accounts = dump(filled().state)
    fields = msgspec.msgpack.decode(venue)
    older = msgspec.msgpack.encode([fields[0] - 1, *fields[1:]])
    with pytest.raises(ValueError, match="has form 4, this version reads 5"):
        load([older, *accounts])

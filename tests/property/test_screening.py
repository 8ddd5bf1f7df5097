"""Looking at those whom a mark may have brought into trouble finds what looking at everybody does.

The same storms twice, once with the bounds of every account's prices and once with a look at all
holders after each price: the events must be the same, one by one. After each command everybody is
quiet. Accounts of every kind: both
position modes, both margin types, one asset and all collateral, many symbols, two margin assets,
little and much money; marks that creep and that jump, index prices, funding, money that comes and
goes, tiers that change.
"""

import random  # noqa: TID251  seeded: the same number gives the same storm
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import msgspec
import pytest

from clearhouse.engine.apply import apply
from clearhouse.engine.snapshot import digest, dump, load
from clearhouse.engine.state import State
from clearhouse.liquidation.bounds import Found, bounds_of, of_pools
from clearhouse.liquidation.pools import is_quiet, pools_of
from clearhouse.margin import watch
from clearhouse.margin.watch import Bounds, Rows, left_by
from clearhouse.messages.commands import (
    Command,
    ListContract,
    OpenAccount,
    SetAssetIndex,
    SetLeverage,
    SetMarginType,
    SetMultiAssetsMode,
    SetPositionMode,
    TransferFunds,
)
from clearhouse.messages.events import Event
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import (
    MovePositionMargin,
    PlaceOrder,
    SetLiquidity,
    SetPrice,
    SettleFunding,
)
from clearhouse.messages.trading_events import MarginCalled, OrderPlaced
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import Uid
from clearhouse.model.money import Money
from clearhouse.model.orders import OrderKind, PositionSide, Side
from clearhouse.model.wallets import UMFUTURE
from unit.world import UNIT, World, credential

UIDS = tuple(Uid(2_000_001 + number) for number in range(14))
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "BTCUSDC")
COLLATERAL = ("USDT", "USDC", "BTC", "ETH", "BNB")
SEEDS, STEPS = range(8), 150


class Storm(World):
    """A world of accounts of every kind that trade too much."""

    def __init__(self, seed: int) -> None:
        self.told: list[Event] = []
        super().__init__(self.note)
        self.dice = random.Random(seed)
        for symbol in SYMBOLS:  # so that there is something between a warning and the end
            self.do(self.tiers(symbol, 600))
        for uid in UIDS:
            self.open(uid)

    def note(self, state: State, event: Event) -> None:
        self.told.append(event)
        apply(state, event)

    def open(self, uid: Uid) -> None:
        dice = self.dice
        self.do(OpenAccount(label="", uid=uid, credential=credential(f"of {uid}")))
        rich = dice.choice((1, 1, 1, 30))
        for asset in ("USDT", "USDC"):
            self.give(dice.randint(2_000, 30_000) * rich * UNIT, asset, UMFUTURE, uid)
        for asset in COLLATERAL:
            self.give(1_000_000 * UNIT, asset, uid=uid)
        if dice.random() < 0.4:
            self.do(SetPositionMode(uid=uid, hedge=True))
        if dice.random() < 0.4:
            self.do(SetMultiAssetsMode(uid=uid, on=True))
            self.give(dice.randint(1, 40) * UNIT // 100, "BTC", UMFUTURE, uid)
            self.give(dice.randint(1, 900) * UNIT // 100, "BNB", UMFUTURE, uid)
        for symbol in SYMBOLS:
            self.attempt(SetLeverage(uid=uid, symbol=symbol, leverage=dice.choice((20, 50, 75))))
            if dice.random() < 0.3:
                self.attempt(SetMarginType(uid=uid, symbol=symbol, isolated=True))

    def attempt(self, command: Command) -> None:
        with suppress(Rejected):
            self.all(command)

    def step(self) -> None:
        self.attempt(self.command())
        self.now += 1

    def command(self) -> Command:
        dice, symbol, uid = self.dice, self.dice.choice(SYMBOLS), self.dice.choice(UIDS)
        commands: tuple[tuple[int, Callable[[], Command]], ...] = (
            (70, lambda: self.price(symbol)),
            (45, lambda: self.order(uid, symbol)),
            (4, self.index),
            (3, lambda: SettleFunding(symbol=symbol, rate=dice.randint(-200_000, 200_000))),
            (10, lambda: self.transfer(uid)),
            (3, lambda: self.margin(uid, symbol)),
            (2, lambda: SetLiquidity(symbol=symbol, mode=dice.choice(("house", "none")))),
            (2, lambda: SetMultiAssetsMode(uid=uid, on=dice.random() < 0.5)),
            (1, lambda: self.tiers(symbol, dice.choice((90, 110)))),
            (1, lambda: SetMarginType(uid=uid, symbol=symbol, isolated=dice.random() < 0.5)),
        )
        weights, makers = zip(*commands, strict=True)
        make: Callable[[], Command] = dice.choices(makers, weights)[0]
        return make()

    def price(self, symbol: str) -> SetPrice:
        market, tick = self.state.markets[symbol], self.state.catalogue.rules[symbol].tick
        jump = self.dice.choice((0.002, 0.01, 0.02, 0.05))
        price = int(market.mark * self.dice.uniform(1 - jump, 1 + jump)) // tick * tick
        if self.dice.random() < 0.3:
            return SetPrice(symbol=symbol, mark=price + self.dice.randrange(tick))
        return SetPrice(symbol=symbol, last=price, mark=price)

    def index(self) -> SetAssetIndex:
        asset = self.dice.choice(COLLATERAL)
        price = int(self.state.catalogue.indices[asset] * self.dice.uniform(0.93, 1.07))
        return SetAssetIndex(asset=asset, index=price)

    def transfer(self, uid: Uid) -> TransferFunds:
        kind = self.dice.choice((TransferKind.MAIN_UMFUTURE, TransferKind.UMFUTURE_MAIN))
        asset = self.dice.choice(COLLATERAL)
        worth = self.dice.randint(1, 2_000) * UNIT
        money = Money(asset, worth * UNIT // self.state.catalogue.indices[asset])
        return TransferFunds(uid=uid, kind=kind, money=money)

    def margin(self, uid: Uid, symbol: str) -> MovePositionMargin:
        return MovePositionMargin(
            uid=uid,
            symbol=symbol,
            position_side=self.dice.choice(tuple(PositionSide)),
            amount=self.dice.randint(1, 3_000) * UNIT,
            add=self.dice.random() < 0.5,
        )

    def tiers(self, symbol: str, by: int) -> ListContract:
        """Each tier needs so many per cent of what it did."""
        contract = self.state.catalogue.contracts[symbol]
        brackets = tuple(
            msgspec.structs.replace(
                tier,
                maint_margin_ratio=tier.maint_margin_ratio * by // 100,
                cum=tier.cum * by // 100,
            )
            for tier in contract.brackets
        )
        return ListContract(msgspec.structs.replace(contract, brackets=brackets))

    def order(self, uid: Uid, symbol: str) -> PlaceOrder:
        dice, rules = self.dice, self.state.catalogue.rules[symbol]
        price = self.state.markets[symbol].last
        value = self.balance(symbol[-4:], UMFUTURE, uid) * dice.choice((3, 12, 18, 45))
        quantity = max(1, value * UNIT // price // rules.step) * rules.step
        limit = dice.random() < 0.4
        away = int(price * dice.uniform(0.985, 1.015)) // rules.tick * rules.tick
        sides = (PositionSide.LONG, PositionSide.SHORT)
        return PlaceOrder(
            uid=uid,
            symbol=symbol,
            side=dice.choice((Side.BUY, Side.SELL)),
            position_side=dice.choice(sides)
            if self.state.futures.of(uid).hedge
            else PositionSide.BOTH,
            kind=OrderKind.LIMIT if limit else OrderKind.MARKET,
            quantity=quantity,
            price=away if limit else 0,
        )


def everybody(rows: dict[str, Rows], name: str, _price: int) -> list[Uid]:
    """The slow twin: whoever depends on the price is to be looked at."""
    return list(rows[name]._at) if name in rows else []


class Looked:
    """Counts the accounts that a screening names."""

    def __init__(self, names: Callable[[dict[str, Rows], str, int], list[Uid]]) -> None:
        self.names, self.count = names, 0

    def __call__(self, rows: dict[str, Rows], name: str, price: int) -> list[Uid]:
        named = self.names(rows, name, price)
        self.count += len(named)
        return named


def storm(seed: int, monkeypatch: pytest.MonkeyPatch, looked: Looked) -> Storm:
    monkeypatch.setattr(watch, "left_by", looked)
    storm = Storm(seed)
    for _ in range(STEPS):
        storm.step()
    return storm


@pytest.mark.parametrize("seed", SEEDS)
def test_both_see_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = storm(seed, monkeypatch, all_of_them := Looked(everybody))
    fast = storm(seed, monkeypatch, some_of_them := Looked(left_by))
    assert fast.told == slow.told
    assert digest(fast.state) == digest(slow.state)
    assert some_of_them.count < all_of_them.count


@pytest.mark.parametrize("seed", SEEDS)
def test_within_its_bounds_an_account_is_quiet(seed: int) -> None:
    """Whatever all prices of an account do at once: at the ends of its bounds above all."""
    dice, quiet = random.Random(seed), 0
    storm = Storm(seed)
    for _ in range(STEPS):
        storm.step()
        for uid in UIDS:
            found = bounds_of(storm.state, uid)
            assert found.quiet
            assert found == of_pools(storm.state, uid)
            quiet += bool(found.marks)
            if found.marks and storm.state.futures.of(uid).multi_assets:
                assert {"USDT", "USDC", "BTC", "BNB"} <= found.indices.keys()
            for _ in range(3):
                with prices_within(storm.state, found, dice):
                    called = storm.state.futures.of(uid).called
                    assert all(is_quiet(pool, called) for pool in pools_of(storm.state, uid))
    assert quiet > 100


@contextmanager
def prices_within(state: State, found: Found, dice: random.Random) -> Iterator[None]:
    marks = {symbol: state.markets[symbol].mark for symbol in found.marks}
    indices = dict(state.catalogue.indices)
    for symbol, bounds in found.marks.items():
        state.markets[symbol].mark = somewhere(bounds, marks[symbol], dice)
    for asset, bounds in found.indices.items():
        state.catalogue.indices[asset] = somewhere(bounds, indices[asset], dice)
    yield
    for symbol, mark in marks.items():
        state.markets[symbol].mark = mark
    state.catalogue.indices |= indices


def somewhere(bounds: Bounds, price: int, dice: random.Random) -> int:
    assert bounds.low <= price <= bounds.high
    low, high = max(bounds.low, price // 2), min(bounds.high, 2 * price)
    return dice.choice((low, high, dice.randint(low, high)))


def test_a_restart_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds are in no snapshot: a state that was just restored works them all out."""
    one, other = (storm(3, monkeypatch, Looked(left_by)) for _ in range(2))
    one.state = load(dump(one.state))
    for _ in range(STEPS):
        one.step()
        other.step()
    assert one.told == other.told


def test_storms_do_what_they_are_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the tests above show nothing: many looks are spared, many accounts are in trouble."""
    looked_at = forced = warned = relieved = 0
    for seed in SEEDS:
        found = storm(seed, monkeypatch, looked := Looked(left_by))
        looked_at += looked.count
        for event in found.told:
            forced += isinstance(event, OrderPlaced) and "autoclose" in event.order.client_id
            warned += isinstance(event, MarginCalled) and event.on
            relieved += isinstance(event, MarginCalled) and not event.on
    assert looked_at < 1_000
    assert forced > 40
    assert warned > 10
    assert relieved > 5

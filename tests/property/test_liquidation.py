"""Whatever prices do, liquidation leaves everybody with enough or with nothing.

Accounts with little money and much leverage, in both position modes and margin types, among each
other and with the house, while prices jump. After every command: each asset sums to zero, long
equals short with house and fund, no pool is in trouble, and no wallet without a position owes.
At the end the events replay to the same state.
"""

import random  # noqa: TID251  seeded: the same number gives the same storm

import pytest

from clearhouse.engine.apply import apply
from clearhouse.engine.snapshot import digest, dump, load
from clearhouse.engine.state import State
from clearhouse.journal.record import decode, encode
from clearhouse.liquidation import takeover
from clearhouse.liquidation.pools import pools_of
from clearhouse.liquidation.queue import places
from clearhouse.margin.positions import Held, held_in
from clearhouse.messages.commands import (
    Command,
    OpenAccount,
    SetLeverage,
    SetMarginType,
    SetPositionMode,
)
from clearhouse.messages.events import Event
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import PlaceOrder, SetLiquidity, SetPrice, SettleFunding
from clearhouse.messages.trading_events import FundFilled, InsuranceCleared, OrderPlaced
from clearhouse.model.ids import Uid
from clearhouse.model.orders import Order, OrderKind, PositionSide, Side
from clearhouse.model.wallets import UMFUTURE
from clearhouse.trading.state import Trading
from unit.world import UNIT, World, credential

UIDS = tuple(Uid(2_000_001 + number) for number in range(6))
SYMBOLS = {"BTCUSDT": 65_000, "ETHUSDT": 3_200}
SEEDS, STEPS = range(12), 60


class Storm(World):
    """A world of accounts that trade too much."""

    def __init__(self, seed: int) -> None:
        self.told: list[Event] = []
        super().__init__(self.note)
        self.dice = random.Random(seed)
        for uid in UIDS:
            self.do(OpenAccount(label="", uid=uid, credential=credential(f"of {uid}")))
            self.give(self.dice.randint(2_000, 40_000) * UNIT, wallet=UMFUTURE, uid=uid)
            if self.dice.random() < 0.4:
                self.do(SetPositionMode(uid=uid, hedge=True))
            for symbol in SYMBOLS:
                self.do(
                    SetLeverage(uid=uid, symbol=symbol, leverage=self.dice.choice((20, 50, 100)))
                )
                if self.dice.random() < 0.3:
                    self.do(SetMarginType(uid=uid, symbol=symbol, isolated=True))

    def note(self, state: State, event: Event) -> None:
        self.told.append(event)
        apply(state, event)

    def step(self) -> None:
        try:
            self.all(self.command())
        except Rejected:
            return
        finally:
            self.now += 1
        self.check()

    def command(self) -> Command:
        dice, symbol = self.dice, self.dice.choice(tuple(SYMBOLS))
        kind = dice.random()
        if kind < 0.35:
            market = self.state.markets[symbol]
            last = int(market.last * dice.uniform(0.93, 1.07)) // 10_000_000 * 10_000_000
            return SetPrice(symbol=symbol, last=last)
        if kind < 0.4:
            return SettleFunding(symbol=symbol, rate=dice.randint(-300_000, 300_000))
        if kind < 0.45:
            return SetLiquidity(symbol=symbol, mode=dice.choice(("house", "none")))
        return self.order(symbol)

    def order(self, symbol: str) -> PlaceOrder:
        dice, uid = self.dice, self.dice.choice(UIDS)
        hedge = self.state.futures.of(uid).hedge
        side = dice.choice((Side.BUY, Side.SELL))
        price = self.state.markets[symbol].last
        limit = dice.random() < 0.5
        away = int(price * dice.uniform(0.98, 1.02)) // 10_000_000 * 10_000_000
        return PlaceOrder(
            uid=uid,
            symbol=symbol,
            side=side,
            position_side=dice.choice((PositionSide.LONG, PositionSide.SHORT))
            if hedge
            else PositionSide.BOTH,
            kind=OrderKind.LIMIT if limit else OrderKind.MARKET,
            quantity=dice.randint(1, 20_000)
            * UNIT
            // (1_000 if symbol == "ETHUSDT" else 20_000)
            // 100_000
            * 100_000,
            price=away if limit else 0,
        )

    def check(self) -> None:
        assert self.balanced()
        for symbol, market in self.state.markets.items():
            held = sum(
                position.quantity
                for uid in market.holders
                for position in self.state.futures.of(uid).exposure(symbol).positions.values()
            )
            assert held + market.house.quantity + market.fund.quantity == 0
        for uid in UIDS:
            pools = list(pools_of(self.state, uid))
            assert not any(pool.in_trouble for pool in pools), uid
            if not pools:
                assert self.balance("USDT", UMFUTURE, uid) >= 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_storm(seed: int) -> None:
    storm = Storm(seed)
    for _ in range(STEPS):
        storm.step()
    replayed = State()
    for event in storm.told:
        apply(replayed, decode(encode(event)))
    assert digest(replayed) == digest(storm.state) == digest(load(dump(storm.state)))


def afresh(state: Trading, order: Order) -> tuple[Uid, Held] | None:
    """The slow twin of a queue that is kept: everybody is ranked for each that is closed."""
    holders, sign = state.markets[order.symbol].holders, order.side.sign
    others = [uid for uid in holders if uid != order.uid]
    for _, uid, side in sorted(places(state, others, order.symbol, sign)):
        held = held_in(state.catalogue, state.markets, state.futures.of(uid), order.symbol)
        return uid, next(one for one in held if one.side is side)
    return None


@pytest.mark.parametrize("seed", range(6))
def test_a_queue_that_is_kept_ranks_as_one_made_afresh(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a house the other side is asked every time, and nobody else offers anything."""
    days = []
    for slow in (False, True):
        with monkeypatch.context() as patch:
            if slow:
                patch.setattr(takeover, "next_in_queue", afresh)
            storm = Storm(seed)
            for number in range(3 * STEPS):
                if number % 10 == 0:
                    for symbol in SYMBOLS:
                        house = "none" if number % 20 else "house"
                        storm.all(SetLiquidity(symbol=symbol, mode=house))
                storm.step()
        days.append(storm.told)
    assert days[0] == days[1]
    names = [event.order.client_id for event in days[0] if isinstance(event, OrderPlaced)]
    assert "adl_autoclose" in names


def test_storms_liquidate() -> None:
    """Or the test above shows nothing: forced orders, clearances, and both ways of a takeover."""
    seen: dict[str, int] = {}
    for seed in SEEDS:
        storm = Storm(seed)
        for _ in range(STEPS):
            storm.step()
        for event in storm.told:
            name = type(event).__name__
            if isinstance(event, OrderPlaced):
                name = event.order.client_id.rstrip("0123456789")
            seen[name] = seen.get(name, 0) + 1
    assert seen["autoclose-"] > 20
    assert seen["adl_autoclose"] > 2
    assert seen[InsuranceCleared.__name__] > 10
    assert seen[FundFilled.__name__] > 0

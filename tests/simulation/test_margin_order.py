"""What a liquidation may not depend on, and what it may.

The events of a day are the same, word for word, whatever the order in which its accounts were opened
and whatever else the venue's dictionaries grew by. With bystanders they are the same but for the
numbers that the venue counts up for everybody (transactions, orders): accounts that hold nothing, and
those with positions in other symbols that nothing happens to. Somebody on the other side of a
liquidated symbol may be closed against it, so those do count.

Of one account it does not matter either in which order it first traded its symbols.
"""

import random  # noqa: TID251  seeded by the day, so that a failure repeats
from collections.abc import Iterable

import pytest
from msgspec import to_builtins

from clearhouse.messages.commands import OpenAccount, SetLeverage, SetMultiAssetsMode
from clearhouse.messages.events import Event
from clearhouse.messages.queries import ReadFuturesAccount
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import PlaceOrder, SetPrice
from clearhouse.messages.trading_events import OrderPlaced
from clearhouse.messages.trading_queries import ReadPositions
from clearhouse.model.ids import Uid
from clearhouse.model.orders import OrderKind, Side
from unit.world import UNIT, World, credential

from .margin_day import Day, deposit, opening, uids

STEPS, ACCOUNTS = 250, 12
ELSEWHERE = "SOLUSDT"
BYSTANDERS = tuple(Uid(1_900_001 + number * 300_000) for number in range(5))
"""Between, before and after the others by their numbers."""

COUNTED = frozenset(("tran_id", "order_id", "algo_id", "amendment_id", "client_id"))


class Told(World):
    """A venue whose events of a day are kept."""

    def day(self, seed: str, steps: int = STEPS) -> list[Event]:
        day, told = Day(uids(ACCOUNTS), seed), list[Event]()
        for number in range(steps):
            self.now += 1_000
            try:
                told += self.all(day.command(self.state, number))
            except Rejected:
                continue
        return told


def forced(told: Iterable[Event]) -> int:
    return sum(
        isinstance(event, OrderPlaced) and event.order.client_id.startswith("autoclose-")
        for event in told
    )


def plain(told: Iterable[Event]) -> list[object]:
    """Events without what is counted up for everybody; ids by the order of their first mention."""
    known: dict[object, int] = {}
    rows: list[object] = []
    for event in told:
        row = {name: getattr(event, name) for name in event.__struct_fields__}
        if isinstance(event, OrderPlaced):
            order = event.order
            row["order"] = {name: getattr(order, name) for name in order.__struct_fields__}
        rows.append((type(event).__name__, _renamed(row, known)))
    return rows


def _renamed(row: dict[str, object], known: dict[object, int]) -> dict[str, object]:
    return {
        name: _renamed(value, known)
        if isinstance(value, dict)
        else known.setdefault((name, value), len(known))
        if name in COUNTED and value
        else to_builtins(value)
        for name, value in row.items()
    }


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_accounts_were_opened_changes_nothing(seed: int) -> None:
    days, shown = [], []
    for shuffled in range(3):
        venue, accounts = Told(), list(uids(ACCOUNTS))
        if shuffled:
            random.Random(shuffled).shuffle(accounts)
        for command in opening(tuple(accounts), str(seed)):
            venue.all(command)
        days.append(venue.day(str(seed)))
        asked = ((ReadFuturesAccount(uid), ReadPositions(uid)) for uid in uids(ACCOUNTS))
        shown.append([(venue.read(account), venue.read(held)) for account, held in asked])
    assert days[0] == days[1] == days[2]
    assert shown[0] == shown[1] == shown[2]
    assert forced(days[0])


@pytest.mark.parametrize("seed", range(3))
def test_bystanders_change_nothing(seed: int) -> None:
    """Some with money alone, others with a position that stays as it is."""
    days = []
    for crowded in (False, True):
        venue = Told()
        for command in opening(uids(ACCOUNTS), str(seed)):
            venue.all(command)
        if crowded:
            for uid in BYSTANDERS:
                stand_by(venue, uid)
        days.append(venue.day(str(seed)))
    assert plain(days[0]) == plain(days[1])
    assert forced(days[0])


def stand_by(venue: World, uid: Uid) -> None:
    venue.do(OpenAccount(label="", uid=uid, credential=credential(f"of {uid}")))
    venue.do(deposit(uid, "USDT", 50_000 * UNIT))
    if uid != BYSTANDERS[0]:
        venue.do(market(uid, ELSEWHERE, Side.BUY, 100 * UNIT))


def market(uid: Uid, symbol: str, side: Side, quantity: int) -> PlaceOrder:
    return PlaceOrder(uid=uid, symbol=symbol, side=side, kind=OrderKind.MARKET, quantity=quantity)


@pytest.mark.parametrize("shared", [False, True])
def test_the_order_in_which_symbols_were_traded_changes_nothing(shared: bool) -> None:
    """Two positions that need the same: which goes first is not a matter of which came first."""
    closed = [
        closed_of(symbols, shared) for symbols in (("ETHUSDT", "ETHUSDC"), ("ETHUSDC", "ETHUSDT"))
    ]
    assert closed == [["ETHUSDC"] if shared else ["ETHUSDC", "ETHUSDT"]] * 2


def closed_of(symbols: tuple[str, ...], shared: bool) -> list[str]:
    """What is closed, in which order, of an account that is in trouble in two symbols at once."""
    venue, uid = World(), uids(1)[0]
    venue.do(OpenAccount(label="", uid=uid, credential=credential("one")))
    for symbol in symbols:
        venue.do(deposit(uid, symbol.removeprefix("ETH"), 1_000 * UNIT))
        venue.do(SetLeverage(uid=uid, symbol=symbol, leverage=100))
    if shared:
        venue.do(SetMultiAssetsMode(uid=uid, on=True))
    for symbol in symbols:
        venue.do(market(uid, symbol, Side.BUY, 10 * UNIT))
    venue.state.markets["ETHUSDC"].mark = 3_090 * UNIT  # as if nobody had looked yet
    told = venue.all(SetPrice(symbol="ETHUSDT", last=3_090 * UNIT))
    orders = [event.order for event in told if isinstance(event, OrderPlaced)]
    return [order.symbol for order in orders if order.client_id.startswith("autoclose-")]

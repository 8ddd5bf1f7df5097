"""Any sequence of commands leaves the books as a plain model has them.

After every step: each asset sums to zero, every balance and every number of the futures account
is the model's, a refusal is the one that the model predicts and changes nothing. At the end:
the journal replays to the same state, and so does a snapshot of it.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clearhouse.engine.apply import apply
from clearhouse.engine.execute import execute
from clearhouse.engine.queries import query
from clearhouse.engine.snapshot import digest, dump, load
from clearhouse.engine.state import State
from clearhouse.journal.memory import MemoryJournal
from clearhouse.messages.commands import (
    Command,
    Credential,
    DepositFunds,
    OpenAccount,
    SetAssetIndex,
    SetMultiAssetsMode,
    SetPositionMode,
    TransferFunds,
    WithdrawFunds,
)
from clearhouse.messages.events import Event
from clearhouse.messages.queries import ReadFuturesAccount
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import ALL_PERMISSIONS, KeyKind
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import Money
from clearhouse.model.wallets import Wallet
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.market import builtin_market
from clearhouse.runtime.recovery import recover
from clearhouse.runtime.sequencer import Sequencer
from property.model import BUFFERS, FUTURES_ASSETS, PlainVenue

UIDS = (Uid(1_000_001), Uid(1_000_002))
ASSETS = ("USDT", "BTC", "ETH", "DOGE", "NOPE")
PAIRS = (None, "BTCUSDT", "ETHUSDC", "NOPEUSDT")
WALLETS = ("MAIN", "FUNDING", "UMFUTURE", "MARGIN", "ISOLATED_MARGIN:BTCUSDT", "OPTION")
LONG_ISOLATED = "ISOLATEDMARGIN"

uids = st.sampled_from(UIDS)
assets = st.sampled_from(ASSETS)
amounts = st.one_of(
    st.integers(0, 5 * 10**8), st.integers(0, 10**17), st.sampled_from((0, 1, 2**63 - 1))
)
moves = st.tuples(
    st.just("transfer"),
    uids,
    st.sampled_from(TransferKind),
    assets,
    amounts,
    st.sampled_from(PAIRS),
    st.sampled_from(PAIRS),
)
deposits = st.tuples(st.just("deposit"), uids, st.sampled_from(WALLETS), assets, amounts)
withdrawals = st.tuples(st.just("withdraw"), uids, st.sampled_from(WALLETS), assets, amounts)
drains = st.tuples(
    st.just("drain"),
    uids,
    st.sampled_from((TransferKind.UMFUTURE_MAIN, TransferKind.MAIN_FUNDING)),
    assets,
    st.sampled_from((0, 1)),
)
modes = st.tuples(st.sampled_from(("multi", "hedge")), uids, st.booleans())
prices = st.tuples(st.just("index"), st.sampled_from(FUTURES_ASSETS), st.integers(1, 10**13))
steps = st.lists(
    st.one_of(moves, deposits, deposits, withdrawals, drains, modes, prices), max_size=40
)


def ends(kind: TransferKind, source_pair: str | None, target_pair: str | None) -> tuple[str, str]:
    """The two wallets, read off the name of the kind by another way than the venue's."""
    name = kind.value.replace(LONG_ISOLATED, "ISO").replace("ISOLATED_MARGIN", "ISO")
    name = name.replace("PORTFOLIO_MARGIN", "PORTFOLIO")
    source, target = name.split("_")
    full = {"ISO": "ISOLATED_MARGIN:", "PORTFOLIO": "PORTFOLIO_MARGIN"}
    source, target = full.get(source, source), full.get(target, target)
    source += (source_pair or "") if source.endswith(":") else ""
    target += (target_pair or "") if target.endswith(":") else ""
    return source, target


class Venue:
    """The real core and the model of each account, side by side."""

    def __init__(self) -> None:
        self.state = State()
        self.events: list[Event] = []
        self.models = {uid: PlainVenue() for uid in UIDS}
        for command in builtin_market():
            self.run(command)
        for number, uid in enumerate(UIDS):
            key = Credential(
                api_key=f"{number:064}",
                kind=KeyKind.HMAC,
                material=b"sealed",
                permissions=ALL_PERMISSIONS,
            )
            self.run(OpenAccount(label="", uid=uid, credential=key))
            for wallet in ("MAIN", "UMFUTURE"):
                for asset in ("USDT", "BTC"):
                    self.do_deposit(uid, wallet, asset, 7 * 10**8 + 1)

    def run(self, command: Command) -> str | None:
        """The refusal of a command, or None when it was done."""
        before = digest(self.state)
        try:
            events = execute(self.state, command, Millis(1_700_000_000_000 + len(self.events)))
        except Rejected as refusal:
            assert digest(self.state) == before
            return refusal.reason.name
        for event in events:
            apply(self.state, event)
        self.events.extend(events)
        return None

    def step(self, step: tuple[Any, ...]) -> None:
        """One command on both sides; the refusals must agree."""
        run: Callable[..., None] = getattr(self, "do_" + step[0])
        run(*step[1:])
        self.compare()

    def do_transfer(
        self, uid: Uid, kind: TransferKind, asset: str, units: int, a: str | None, b: str | None
    ) -> None:
        source, target = ends(kind, a, b)
        model = self.models[uid]
        expected = model.transfer_refusal(source, target, asset, units)
        money = Money(asset, units)
        got = self.run(TransferFunds(uid=uid, kind=kind, money=money, from_symbol=a, to_symbol=b))
        assert got == expected
        if expected is None:
            model.move(source, target, asset, units)

    def do_drain(self, uid: Uid, kind: TransferKind, asset: str, more: int) -> None:
        """Exactly what can be spared, or one unit more."""
        source, _ = ends(kind, None, None)
        model = self.models[uid]
        known = model.place_refusal(source, asset) is None
        units = model.spendable(source, asset) + more if known else more
        self.do_transfer(uid, kind, asset, units, None, None)

    def do_deposit(self, uid: Uid, wallet: str, asset: str, units: int) -> None:
        model = self.models[uid]
        expected = "AMOUNT_NOT_POSITIVE" if units == 0 else model.place_refusal(wallet, asset)
        expected = expected or model.room_refusal(wallet, asset, units)
        got = self.run(DepositFunds(uid=uid, wallet=Wallet(wallet), money=Money(asset, units)))
        assert got == expected
        if expected is None:
            model.move(None, wallet, asset, units)

    def do_withdraw(self, uid: Uid, wallet: str, asset: str, units: int) -> None:
        model = self.models[uid]
        expected = "AMOUNT_NOT_POSITIVE" if units == 0 else model.place_refusal(wallet, asset)
        if expected is None and model.spendable(wallet, asset) < units:
            expected = "INSUFFICIENT_BALANCE"
        got = self.run(WithdrawFunds(uid=uid, wallet=Wallet(wallet), money=Money(asset, units)))
        assert got == expected
        if expected is None:
            model.move(wallet, None, asset, units)

    def do_multi(self, uid: Uid, on: bool) -> None:
        model = self.models[uid]
        expected = "MULTI_ASSETS_MODE_UNCHANGED" if model.multi_assets == on else None
        assert self.run(SetMultiAssetsMode(uid=uid, on=on)) == expected
        model.multi_assets = on

    def do_hedge(self, uid: Uid, on: bool) -> None:
        model = self.models[uid]
        expected = "POSITION_MODE_UNCHANGED" if model.hedge == on else None
        assert self.run(SetPositionMode(uid=uid, hedge=on)) == expected
        model.hedge = on

    def do_index(self, asset: str, index: int) -> None:
        assert self.run(SetAssetIndex(asset=asset, index=index)) is None
        for model in self.models.values():
            model.index[asset] = type(model.index[asset])(index, 10**8)

    def compare(self) -> None:
        """Everything that is held and shown."""
        assert all(row.total == 0 for row in self.state.books.trial_balance())
        for uid, model in self.models.items():
            held = {key: units for key, units in self.state.books.of(uid).items() if units}
            assert held == {key: units for key, units in model.held.items() if units}
            view = query(self.state, ReadFuturesAccount(uid))
            assert view.hedge == model.hedge
            for row in view.assets:
                assert row.wallet_balance == model.balance("UMFUTURE", row.asset)
                assert row.available_balance == model.available(row.asset)
                assert row.max_withdraw == model.max_withdraw(row.asset)
                assert row.margin_available == (row.asset in BUFFERS)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(steps)
def test_the_venue_is_what_a_plain_model_says(sequence: list[tuple[Any, ...]]) -> None:
    venue = Venue()
    for step in sequence:
        venue.step(step)
    replayed = State()
    for event in venue.events:
        apply(replayed, event)
    assert replayed == venue.state
    assert digest(replayed) == digest(venue.state)
    assert load(list(dump(venue.state))) == venue.state


def test_the_journal_leads_to_the_same_state() -> None:
    """The built-in market through sequencer and journal, recovered from the stored bytes."""
    journal = MemoryJournal()

    async def run() -> bytes:
        sequencer = Sequencer(State(), journal, Clock())
        for command in builtin_market():
            sequencer.submit(command)
        await sequencer.stop()
        return digest(sequencer.state)

    reached = asyncio.run(run())
    assert digest(recover(journal).state) == reached

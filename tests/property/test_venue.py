"""Any sequence of commands leaves the books as a plain model has them.

After every step: each asset sums to zero, every balance and every number of the futures account
is the model's, a refusal is the one that the model predicts and changes nothing. Notices add up to
the futures wallets, whenever they leave. At the end: the journal replays to the same state, and so
does a snapshot of it.
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
    ConvertDust,
    Credential,
    DepositFunds,
    OpenAccount,
    PayDividend,
    SaveAddress,
    SendWithdrawal,
    SetAssetIndex,
    SetLeverage,
    SetMarginType,
    SetMultiAssetsMode,
    SetPositionMode,
    SetWhitelist,
    TransferFunds,
    WithdrawFunds,
)
from clearhouse.messages.events import Event
from clearhouse.messages.notices import AccountChanged, Notice
from clearhouse.messages.queries import QuoteDust, ReadFuturesAccount
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import ALL_PERMISSIONS, KeyKind
from clearhouse.model.addresses import SavedAddress
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import Money
from clearhouse.model.wallets import UMFUTURE, Wallet
from clearhouse.runtime.clock import Clock
from clearhouse.runtime.market import builtin_market
from clearhouse.runtime.recovery import recover
from clearhouse.runtime.sequencer import Sequencer
from clearhouse.runtime.subscriptions import Subscriptions
from property.model import (
    BUFFERS,
    INDICES,
    LARGEST_LEVERAGE,
    PlainVenue,
    in_units,
)

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
prices = st.tuples(st.just("index"), st.sampled_from(tuple(INDICES)), st.integers(1, 10**13))
symbols = st.sampled_from((*LARGEST_LEVERAGE, "NOPEUSDT"))
leverages = st.tuples(st.just("leverage"), uids, symbols, st.integers(0, 160))
margin_types = st.tuples(st.just("margin_type"), uids, symbols, st.booleans())
payments = st.tuples(
    st.just("send"),
    uids,
    st.sampled_from(("FUNDING", "MAIN")),
    st.sampled_from(("USDT", *ASSETS)),
    st.sampled_from((8 * 10**14, 4 * 10**14, 7 * 10**8, 1, 0)),
    st.sampled_from(("home", "away")),
)
whitelists = st.tuples(st.just("whitelist"), uids, st.booleans())
dividends = st.tuples(st.just("dividend"), uids, assets, amounts)
crumbs = st.tuples(
    st.just("deposit"), uids, st.sampled_from(("MAIN", "MARGIN")), assets, st.integers(1, 10**7)
)
conversions = st.tuples(
    st.just("dust"),
    uids,
    st.sampled_from(("MAIN", "MARGIN")),
    st.lists(st.sampled_from((*ASSETS, "DOGE", "USDT")), min_size=1, max_size=2),
    st.sampled_from((*ASSETS, "BNB", "BNB")),
)
waits = st.tuples(st.just("wait"), st.sampled_from((1, 43_200_000, 86_400_000)))
commits = st.tuples(st.just("commit"))
money = (moves, deposits, deposits, withdrawals, drains, payments, dividends, conversions, crumbs)
others = (modes, prices, leverages, margin_types, whitelists, waits, commits)
steps = st.lists(st.one_of(*money, *others), min_size=10, max_size=40)


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
        self.now = 1_700_000_000_000
        self.events: list[Event] = []
        self.models = {uid: PlainVenue() for uid in UIDS}
        self.subscriptions = Subscriptions()
        self.told: dict[tuple[Uid, str], int] = {}
        for uid in UIDS:
            self.subscriptions.add(uid, self.hear)
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
            self.do_deposit(uid, "FUNDING", "USDT", 2 * 10**15)
            self.do_deposit(uid, "MARGIN", "DOGE", 10**9)
            self.do_home(uid)

    def run(self, command: Command) -> str | None:
        """The refusal of a command, or None when it was done."""
        before = digest(self.state)
        try:
            for event in execute(self.state, command, Millis(self.now)):
                self.subscriptions.apply(self.state, event)
                self.events.append(event)
        except Rejected as refusal:
            assert digest(self.state) == before
            return refusal.reason.name
        self.now += 1
        return None

    def hear(self, notice: Notice) -> None:
        """Each balance that is told is the one before it and the change, though it is told late."""
        if isinstance(notice, AccountChanged):
            for row in notice.balances:
                place = notice.uid, row.asset
                self.told[place] = self.told.get(place, 0) + row.change
                assert row.wallet_balance == row.cross_wallet_balance == self.told[place]

    def do_commit(self) -> None:
        """What was told so far adds up to what the futures wallets hold."""
        self.subscriptions.publish(self.state.seq)
        held = {
            (uid, asset): balance
            for uid in UIDS
            for asset, balance in self.state.books.wallet(uid, UMFUTURE)
        }
        assert self.told == held

    def do_wait(self, ms: int) -> None:
        self.now += ms

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
        expected = model.multi_assets_refusal(on)
        assert self.run(SetMultiAssetsMode(uid=uid, on=on)) == expected
        if expected is None:
            model.multi_assets = on

    def do_hedge(self, uid: Uid, on: bool) -> None:
        model = self.models[uid]
        expected = "POSITION_MODE_UNCHANGED" if model.hedge == on else None
        assert self.run(SetPositionMode(uid=uid, hedge=on)) == expected
        model.hedge = on

    def do_leverage(self, uid: Uid, symbol: str, leverage: int) -> None:
        expected = self.models[uid].leverage_refusal(symbol, leverage)
        assert self.run(SetLeverage(uid=uid, symbol=symbol, leverage=leverage)) == expected
        if expected is None:
            self.models[uid].leverage[symbol] = leverage

    def do_margin_type(self, uid: Uid, symbol: str, isolated: bool) -> None:
        model = self.models[uid]
        expected = model.margin_type_refusal(symbol, isolated)
        assert self.run(SetMarginType(uid=uid, symbol=symbol, isolated=isolated)) == expected
        if expected is None:
            model.isolated ^= {symbol}

    def do_whitelist(self, uid: Uid, on: bool) -> None:
        assert self.run(SetWhitelist(uid=uid, on=on)) is None
        self.models[uid].whitelist = on

    def do_home(self, uid: Uid) -> None:
        """The one address of the book, for each asset that is listed."""
        for asset in INDICES:
            home = SavedAddress(
                coin=asset, network="NET", address="home", tag="", name="", trusted=True
            )
            assert self.run(SaveAddress(uid=uid, address=home)) is None
        self.models[uid].trusted.add("home")

    def do_send(self, uid: Uid, wallet: str, asset: str, units: int, address: str) -> None:
        model, now = self.models[uid], self.now
        expected = model.send_refusal(wallet, asset, units, address, now)
        command = SendWithdrawal(
            uid=uid,
            wallet=Wallet(wallet),
            money=Money(asset, units),
            network="NET",
            address=address,
        )
        assert self.run(command) == expected
        if expected is None:
            model.sent.append((now, model.usd(asset, units)))
            model.move(wallet, None, asset, units)

    def do_dividend(self, uid: Uid, asset: str, units: int) -> None:
        model = self.models[uid]
        expected = "AMOUNT_NOT_POSITIVE" if units == 0 else model.place_refusal("MAIN", asset)
        expected = expected or model.room_refusal("MAIN", asset, units)
        assert self.run(PayDividend(uid=uid, money=Money(asset, units), info="")) == expected
        if expected is None:
            model.move(None, "MAIN", asset, units)

    def do_dust(self, uid: Uid, wallet: str, named: list[str], target: str) -> None:
        model, assets = self.models[uid], sorted(set(named), key=named.index)
        if target in INDICES:
            for quote in query(self.state, QuoteDust(uid, Wallet(wallet), target)):
                worth, charge = model.dust(wallet, quote.asset, target)
                assert (quote.proceeds, quote.charge) == (in_units(worth), in_units(charge))
        expected = model.dust_refusal(wallet, assets, target)
        command = ConvertDust(uid=uid, wallet=Wallet(wallet), assets=tuple(named), target=target)
        assert self.run(command) == expected
        if expected is None:
            model.convert(wallet, assets, target)

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
            setting_of = self.state.futures.of(uid).setting
            for symbol in LARGEST_LEVERAGE:
                setting = setting_of(self.state.catalogue.contracts[symbol])
                assert setting.leverage == model.leverage.get(symbol, 20)
                assert setting.isolated == (symbol in model.isolated)
            view = query(self.state, ReadFuturesAccount(uid))
            assert view.hedge == model.hedge
            for row in view.assets:
                assert row.wallet_balance == model.balance("UMFUTURE", row.asset)
                assert row.available_balance == model.available(row.asset)
                assert row.max_withdraw == model.max_withdraw(row.asset)
                assert row.margin_available == (row.asset in BUFFERS)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(steps)
def test_the_venue_is_what_a_plain_model_says(sequence: list[tuple[Any, ...]]) -> None:
    venue = Venue()
    for step in sequence:
        venue.step(step)
    venue.do_commit()
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

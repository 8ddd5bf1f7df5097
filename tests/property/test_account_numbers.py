"""Random accounts against a plain twin in exact fractions, cut where the exchange cuts.

The twin reads what was put into the account, not the state: positions, order values, marks,
balances, modes. Liquidation prices are not computed a second time but checked: just there the
account must fall, by the twin's own maintenance margin.
"""

from fractions import Fraction
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from clearhouse.engine.apply import apply
from clearhouse.engine.snapshot import dump, load
from clearhouse.margin.positions import all_held
from clearhouse.margin.ratio import account_pool, cross_pool, isolated
from clearhouse.margin.summary import available_balance
from clearhouse.messages.queries import AssetView
from clearhouse.messages.trading_events import AutoExchanged
from clearhouse.model.ids import Millis
from clearhouse.model.orders import PositionSide
from clearhouse.trading.auto_exchange import auto_exchange
from unit.margin.holding import BOTH, LONG, SHORT, Holding
from unit.world import ANN, NOW

UNIT = 10**8
TIERS = (
    (50, "0", "10000", "0.005", "0"),
    (20, "10000", "100000", "0.01", "50"),
    (5, "100000", "1000000", "0.05", "4050"),
    (1, "1000000", "10000000", "0.25", "204050"),
)
ASSETS = ("USDT", "USDC", "BTC")
SYMBOLS = {"BTCUSDT": "USDT", "ETHUSDT": "USDT", "ETHUSDC": "USDC"}


class Leg(NamedTuple):
    """One side of a symbol; everything in units of 1e-8."""

    symbol: str
    side: PositionSide
    quantity: int
    entry: int
    bids: int
    asks: int
    wallet: int


class Case(NamedTuple):
    legs: tuple[Leg, ...]
    marks: dict[str, int]
    leverages: dict[str, int]
    isolated: frozenset[str]
    balances: dict[str, int]
    hedge: bool
    shared: bool
    debts: dict[str, int]


def texts(value: int) -> str:
    sign, size = ("-" if value < 0 else ""), abs(value)
    return f"{sign}{size // UNIT}.{size % UNIT:08d}"


amounts = st.one_of(st.integers(0, 20 * UNIT), st.integers(0, 10**12), st.just(0))
prices = st.one_of(
    st.integers(1, 10**6), st.integers(UNIT, 10**12), st.integers(10**11, 2 * 10**11)
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    hedge = draw(st.booleans())
    shared = draw(st.booleans())
    chosen = draw(st.lists(st.sampled_from(tuple(SYMBOLS)), unique=True, max_size=3))
    isolated = frozenset(s for s in chosen if not shared and draw(st.booleans()))
    legs = []
    for symbol in chosen:
        for side in (LONG, SHORT) if hedge else (BOTH,):
            quantity = draw(amounts)
            if side is SHORT or (side is BOTH and draw(st.booleans())):
                quantity = -quantity
            legs.append(
                Leg(
                    symbol,
                    side,
                    quantity,
                    draw(prices),
                    0 if side is SHORT else draw(amounts) * draw(st.integers(0, 9)),
                    0 if side is LONG else draw(amounts) * draw(st.integers(0, 9)),
                    draw(st.integers(0, 10**11)) if symbol in isolated and quantity else 0,
                )
            )
    return Case(
        tuple(legs),
        {symbol: draw(prices) for symbol in chosen},
        {symbol: draw(st.sampled_from((1, 3, 7, 15, 20, 50))) for symbol in chosen},
        isolated,
        draw(st.dictionaries(st.sampled_from(ASSETS), st.integers(1, 10**13))),
        hedge,
        shared,
        draw(st.dictionaries(st.sampled_from(ASSETS), st.integers(1, 10**13))) if shared else {},
    )


def account(case: Case) -> Holding:
    world = Holding()
    for symbol in SYMBOLS:
        world.tiers(symbol, *TIERS)
    for asset, amount in case.balances.items():
        world.fund(texts(amount), asset)
    for symbol, times in case.leverages.items():
        world.leverage(symbol, times)
    for symbol in case.isolated:
        world.isolate(symbol)
    if case.hedge:
        world.hedge()
    if case.shared:
        world.share()
    for asset, amount in case.debts.items():
        world.lose(texts(amount), asset)
    for leg in case.legs:
        entry = texts(leg.entry)
        world.hold(leg.symbol, texts(leg.quantity), entry, leg.side, wallet=texts(leg.wallet))
        world.order(leg.symbol, bids=texts(leg.bids), asks=texts(leg.asks), side=leg.side)
    for symbol, price in case.marks.items():
        world.state.markets[symbol].mark = price
    return world


class Twin(NamedTuple):
    """The figures of a leg."""

    leg: Leg
    cross: bool
    notional: int
    unrealized: int
    margin: int
    initial: int
    maint: int


def cut(value: Fraction) -> int:
    return int(value)  # toward zero


def maint_margin(size: Fraction) -> Fraction:
    """Of a value in units, not cut."""
    inside = [tier for tier in TIERS if size <= Fraction(tier[2]) * UNIT]
    _, _, _, ratio, cum = (inside or TIERS[-1:])[0]
    return size * Fraction(ratio) - Fraction(cum) * UNIT


def twin(case: Case, leg: Leg) -> Twin:
    mark = case.marks[leg.symbol]
    notional = cut(Fraction(leg.quantity * mark, UNIT))
    rate = Fraction(int(Fraction(UNIT, case.leverages[leg.symbol]) + Fraction(1, 2)), UNIT)
    ways = (abs(notional), abs(notional + leg.bids), abs(notional - leg.asks))
    return Twin(
        leg,
        leg.symbol not in case.isolated,
        notional,
        cut(Fraction(leg.quantity * (mark - leg.entry), UNIT)),
        cut(abs(notional) * rate),
        cut(max(ways) * rate),
        max(0, cut(maint_margin(Fraction(abs(notional))))),
    )


@settings(max_examples=250, deadline=None, derandomize=True)
@given(cases())
def test_every_number_of_an_account(case: Case) -> None:
    world = account(case)
    twins = [twin(case, leg) for leg in case.legs if leg.quantity or leg.bids or leg.asks]
    view = world.account()
    shown = {(row.symbol, row.side): row for row in view.positions}
    assert shown.keys() == {(one.leg.symbol, one.leg.side) for one in twins}
    for one in twins:
        row = shown[one.leg.symbol, one.leg.side]
        assert row.notional == one.notional
        assert row.unrealized == one.unrealized
        assert row.position_margin == one.margin
        assert row.order_margin == one.initial - one.margin >= 0
        assert row.maint_margin == one.maint
        assert row.isolated_margin == (0 if one.cross else one.leg.wallet + one.unrealized)
    for asset in ASSETS:
        compare_asset(world, case, asset, [t for t in twins if SYMBOLS[t.leg.symbol] == asset])
    compare_totals(world, case, twins)
    compare_pools(world, case, twins)


def compare_asset(world: Holding, case: Case, asset: str, twins: list[Twin]) -> None:
    row, wallet = world.asset(asset), case.balances.get(asset, 0) - case.debts.get(asset, 0)
    cross = [one for one in twins if one.cross]
    assert row.wallet_balance == wallet
    assert row.isolated_wallets == sum(one.leg.wallet for one in twins)
    assert row.unrealized == sum(one.unrealized for one in twins)
    assert row.cross_unrealized == sum(one.unrealized for one in cross)
    assert row.position_margin == sum(one.margin for one in twins)
    assert row.order_margin == sum(one.initial - one.margin for one in twins)
    assert row.maint_margin == sum(one.maint for one in twins)
    if case.shared:
        return
    orders = sum(one.initial - one.margin for one in twins if not one.cross)
    free = (
        wallet
        - row.isolated_wallets
        + row.cross_unrealized
        - sum(one.initial for one in cross)
        - orders
    )
    spare = wallet - row.isolated_wallets - orders - sum(one.maint for one in cross)
    assert row.available_balance == max(0, free)
    assert row.max_withdraw == max(0, min(spare, free))
    state = world.state
    ann = state.futures.of(ANN)
    assert free == available_balance(state.catalogue, state.markets, state.books, ann, ANN, asset)


def compare_totals(world: Holding, case: Case, twins: list[Twin]) -> None:
    totals = world.account().totals
    if not case.shared:
        row = world.asset("USDT")
        assert totals.margin_balance == row.wallet_balance + row.unrealized
        assert totals.initial_margin == row.position_margin + row.order_margin
        assert (totals.available_balance, totals.max_withdraw) == (
            row.available_balance, row.max_withdraw
        )  # fmt: skip
        return
    rows = {asset: world.asset(asset) for asset in ASSETS}
    assert totals.margin_balance == sum(
        value(world, row.wallet_balance + row.cross_unrealized, row) for row in rows.values()
    )
    assert totals.wallet_balance == sum(
        value(world, row.wallet_balance, row) for row in rows.values()
    )
    needs = sum(
        cut(Fraction((row.position_margin + row.order_margin) * ask(world, row), UNIT))
        for row in rows.values()
    )
    assert totals.initial_margin == needs
    kept = sum(cut(Fraction(row.maint_margin * ask(world, row), UNIT)) for row in rows.values())
    assert totals.maint_margin == kept
    free = max(0, totals.margin_balance - needs)
    assert totals.available_balance == free
    for row in rows.values():
        assert row.available_balance == cut(Fraction(free * UNIT, ask(world, row)))
        assert 0 <= row.max_withdraw <= max(0, row.wallet_balance)


def compare_pools(world: Holding, case: Case, twins: list[Twin]) -> None:
    """What decides a liquidation: two whole numbers for each pool."""
    state = world.state
    place = state.catalogue, state.markets, state.books, state.futures.of(ANN), ANN
    for held in all_held(*place[:2], place[3]):
        (one,) = [
            t for t in twins if (t.leg.symbol, t.leg.side) == (held.contract.symbol, held.side)
        ]
        if held.isolated:
            assert isolated(held) == (one.leg.wallet + one.unrealized, one.maint)
    for asset in ASSETS:
        row = world.asset(asset)
        mine = [one for one in twins if one.cross and SYMBOLS[one.leg.symbol] == asset]
        profit, kept = sum(one.unrealized for one in mine), sum(one.maint for one in mine)
        balance = row.wallet_balance - row.isolated_wallets + profit
        assert cross_pool(*place, asset) == (balance, kept)
    if case.shared:
        totals = world.account().totals
        assert account_pool(*place) == (totals.margin_balance, totals.maint_margin)


def bid(world: Holding, row: AssetView) -> int:
    found = world.state.catalogue.assets[row.asset].collateral
    assert found
    return world.state.catalogue.indices[row.asset] * (UNIT - found.bid_buffer) // UNIT


def ask(world: Holding, row: AssetView) -> int:
    found = world.state.catalogue.assets[row.asset].collateral
    assert found
    return world.state.catalogue.indices[row.asset] * (UNIT + found.ask_buffer) // UNIT


def value(world: Holding, units: int, row: AssetView) -> int:
    return cut(Fraction(units * (bid if units >= 0 else ask)(world, row), UNIT))


@settings(max_examples=250, deadline=None, derandomize=True)
@given(cases())
def test_what_is_sold_for_a_debt(case: Case) -> None:
    """Every debt in listing order, against exact fractions; whoever shares nothing sells nothing."""
    world = account(case)
    balances = {asset: world.asset(asset).wallet_balance for asset in ASSETS}
    done = []
    for event in auto_exchange(world.state, ANN, Millis(NOW)):
        assert isinstance(event, AutoExchanged)
        apply(world.state, event)
        done.append(event)
    for asset in ASSETS if case.shared else ():
        debt, index = -balances[asset], world.state.catalogue.indices[asset]
        brings = {
            name: Fraction(units * rate_of_sale(world, name), UNIT)
            for name, units in balances.items()
            if units > 0
        }
        needed, worth = Fraction(debt * index, UNIT), sum(brings.values())
        if debt <= 0 or not worth:
            continue
        share = min(Fraction(1), needed / worth)
        sold = {name: cut(balances[name] * share) for name in brings}
        sold = {name: units for name, units in sold.items() if units}
        gained = debt if needed < worth else cut(Fraction(worth) * UNIT / index)
        if not sold or not gained:
            continue
        event = done.pop(0)
        assert (event.asset, event.gained, dict(event.sold)) == (asset, gained, sold)
        balances[asset] += gained
        for name, units in sold.items():
            balances[name] -= units
    assert not done
    for asset in ASSETS:
        assert world.asset(asset).wallet_balance == balances[asset]
    owing = sum(units < 0 for units in balances.values())
    assert world.state.books.in_debt == ({ANN: owing} if owing else {})
    assert load(dump(world.state)).books.in_debt == world.state.books.in_debt
    assert world.balanced()


def rate_of_sale(world: Holding, asset: str) -> int:
    found = world.state.catalogue.assets[asset].collateral
    assert found
    price = world.state.catalogue.indices[asset]
    return price * (UNIT - found.auto_exchange_bid_buffer) // UNIT


@settings(max_examples=250, deadline=None, derandomize=True)
@given(cases())
def test_a_liquidation_price_is_where_the_account_falls(case: Case) -> None:
    world = account(case)
    for group in groups(case):
        if not any(leg.quantity for leg in group):
            continue
        views = [world.position(leg.symbol, leg.side) for leg in group if leg.quantity]
        [price] = {view.liquidation_price for view in views}
        net = sum(leg.quantity for leg in group)
        if price == 0:
            if net > 0 and len(views) == 1:  # even at nothing there is enough
                assert margin_at(world, case, group, Fraction(1, UNIT)) > -2 * slack(case)
            continue
        step = Fraction(1) + price // 10**6
        below = margin_at(world, case, group, price - step)
        above = margin_at(world, case, group, price + step)
        if net > 0:
            assert below <= slack(case)
            assert above >= -slack(case)
        else:
            assert below >= -slack(case)
            assert above <= slack(case)


def slack(case: Case) -> int:
    """What cutting takes from each number."""
    return 4 * (len(case.legs) + 4)


def groups(case: Case) -> list[list[Leg]]:
    """Legs that fall together."""
    found: list[list[Leg]] = []
    for symbol in dict.fromkeys(leg.symbol for leg in case.legs):
        legs = [leg for leg in case.legs if leg.symbol == symbol]
        found += [[leg] for leg in legs] if symbol in case.isolated else [legs]
    return found


def margin_at(world: Holding, case: Case, group: list[Leg], price: Fraction) -> Fraction:
    """What supports a group less what it needs, at another price; in USD where assets share."""
    profit = sum((Fraction(leg.quantity) * (price - leg.entry) / UNIT for leg in group), Fraction())
    needed = sum(
        (maint_margin(abs(leg.quantity) * price / UNIT) for leg in group if leg.quantity),
        Fraction(),
    )
    symbol = group[0].symbol
    if symbol in case.isolated:
        return group[0].wallet + profit - needed
    others = [
        twin(case, leg)
        for leg in case.legs
        if leg not in group and leg.quantity and leg.symbol not in case.isolated
    ]
    total = Fraction(0)
    for asset in ASSETS:
        row, own = world.asset(asset), SYMBOLS[symbol] == asset
        if not case.shared and not own:
            continue
        mine = [one for one in others if SYMBOLS[one.leg.symbol] == asset]
        equity = Fraction(row.wallet_balance - row.isolated_wallets)
        equity += sum(one.unrealized for one in mine) + (profit if own else 0)
        maint = sum(one.maint for one in mine) + (needed if own else 0)
        if not case.shared:
            return equity - maint
        rate = bid(world, row) if equity >= 0 else ask(world, row)
        total += equity * rate / UNIT - Fraction(maint) * ask(world, row) / UNIT
    return total
